"""What stores and couriers do about orders: take them, set goods aside, work on them, hand them on, bring them, give money back."""

from __future__ import annotations

import numpy as np

from sim.crowd.books import transfer
from sim.crowd.checkout.methods import fee_fen
from sim.crowd.online.records import DONE, Course, Dispatch, Way
from sim.crowd.state import Discipline, Mall, Meta, Role, Stream
from sim.crowd.venues.kitchens import cooked_us
from sim.events import EventKind
from sim.kernel import entry, inlined, kernel, referred
from sim.ledger.accounts import FIRST_TENANT, OPERATOR, OUTSIDE, PAYMENT_PLATFORM, TransferReason
from sim.ledger.records import Count
from sim.random_streams import exponential, uniform

ROOM = 16  # rows of log and journal that one order may add
WORK, SIZE, COMES_BACK, ARTICLE = 0, 1, 2, 8  # draws that belong to an order
LOOKS_AT = 4  # articles that a buyer looks at in the app; engineering judgement
# An event's value: WAYS x SCENES x 2 x fen + flag x WAYS x SCENES + SCENES x Way + Scene
SCENES, WAYS = 8, 4
FLAGS = 4  # of ORDER_COLLECTED: FLAGS x us + 2 x first visit + comes for it


@entry
def work_on_orders(mall: Mall, first: int, now_us: int, is_last: int) -> int:
    """Let happen what is due to every order from `first` on; return the one at which a buffer was full, else -1."""
    mall = referred(mall)
    for index in range(first, mall.params[0].orders):
        if mall.meta[Meta.LOG_ROWS] + ROOM > mall.log.size or mall.book_counts[Count.ROWS] + ROOM > mall.transfers.size:
            return index
        if mall.orders[index].at_till == 1 and (is_last == 1 or mall.orders[index].ready_us <= now_us):
            _back_to_till(mall, index)
        if is_last == 1:
            _close(mall, index, now_us)
        else:
            _go_on(mall, index, now_us)
    return -1


@kernel
def _go_on(mall: Mall, index: int, now_us: int) -> None:
    order = mall.orders[index]
    if order.course == Course.MEANT and order.placed_us <= now_us and mall.units[order.unit].is_open == 1:
        _take(mall, index, now_us)
    if order.course == Course.WORKED_ON:
        _see_to_tills(mall, index, now_us)
        if order.ready_us <= now_us:
            _hand_on(mall, index, now_us)
    if order.course == Course.UNDERWAY and order.due_us <= now_us:
        _bring(mall, index, now_us)


@inlined
def note_order(mall: Mall, now_us: int, kind: int, order: int, value: int) -> None:
    """Append an event of an order, under the number of the visit that is to collect it."""
    index = mall.meta[Meta.LOG_ROWS]
    event = mall.log[index]
    event.time_us = now_us
    event.visit = mall.orders[order].visit
    event.people = 0
    event.kind = kind
    event.place = mall.orders[order].unit
    event.value = value
    mall.meta[Meta.LOG_ROWS] = index + 1


@kernel
def _take(mall: Mall, index: int, now_us: int) -> None:
    """A store sees the order: it is paid, and worked on by the store that can, or given back."""
    order = mall.orders[index]
    params = mall.params[0]
    order.placed_us = now_us
    order.branch = order.unit
    note_order(
        mall, now_us, EventKind.ORDER_PLACED, index,
        2 * WAYS * SCENES * order.amount_fen + WAYS * SCENES * order.instead + SCENES * order.way + order.scene,
    )  # fmt: skip
    tenant = FIRST_TENANT + order.unit
    transfer(mall, OUTSIDE, tenant, order.amount_fen, TransferReason.ONLINE_SALE, now_us)
    fee = fee_fen(order.amount_fen, params.order_fee_ppm)
    transfer(mall, tenant, PAYMENT_PLATFORM, fee, TransferReason.PLATFORM_FEE, now_us)
    if order.way == Way.DELIVER:
        transfer(mall, OUTSIDE, OPERATOR, params.deliver_fee_fen, TransferReason.COURIER, now_us)
    branch = _branch_for(mall, index, now_us)
    if branch < 0:
        _give_back(mall, index, Course.REFUNDED, now_us)
        return
    if branch != order.unit:  # who does the work has the sale
        transfer(mall, tenant, FIRST_TENANT + branch, order.amount_fen, TransferReason.ONLINE_BRANCH, now_us)
    order.branch = branch
    order.course = Course.WORKED_ON
    _set_aside(mall, index)
    _begin_work(mall, index, now_us)


@kernel
def _branch_for(mall: Mall, index: int, now_us: int) -> int:
    """Return the store that works on an order: that which was chosen, or the one of its brand or trade from which it leaves soonest; -1 for none."""
    order = mall.orders[index]
    best = -1
    best_us = 0
    for unit in range(mall.units.size):
        if unit != order.unit and (order.way != Way.DELIVER or not _is_branch(mall, order.unit, unit)):
            continue
        if mall.units[unit].is_open == 0 or not _has(mall, index, unit):
            continue
        leaves_us = _free_us(mall, unit, now_us)
        if order.way == Way.DELIVER:
            leaves_us += _to_door_us(mall, unit)
        if best < 0 or leaves_us < best_us:
            best = unit
            best_us = leaves_us
    return best


@inlined
def _is_branch(mall: Mall, chosen: int, unit: int) -> bool:
    dispatch = mall.params[0].dispatch
    if dispatch == Dispatch.CHOSEN or mall.units[unit].category != mall.units[chosen].category:
        return False
    return dispatch == Dispatch.TRADE or mall.brand_of[unit] == mall.brand_of[chosen]


@inlined
def _has(mall: Mall, index: int, unit: int) -> bool:
    """Return whether a store has what is ordered: portions, or the article in its size; what has neither is there."""
    venue = mall.venues[unit]
    if venue.dines == 1:
        return venue.portions_left >= mall.orders[index].people
    if venue.articles == 0:
        return True
    return _article(mall, index, unit) >= 0


@kernel
def _article(mall: Mall, index: int, unit: int) -> int:
    """Return the first of a few articles, in the buyer's size, of which the app shows that they are there; -1 when none of them is."""
    number = mall.orders[index].number
    venue = mall.venues[unit]
    size = int(uniform(mall.keys[Stream.ONLINE], number, SIZE) * venue.sizes)
    for look in range(LOOKS_AT):
        which = int(uniform(mall.keys[Stream.ONLINE], number, ARTICLE + look) * venue.articles)
        item = venue.item_start + venue.sizes * which + size
        if mall.items[item].stock > 0:
            return item
    return -1


@inlined
def _set_aside(mall: Mall, index: int) -> None:
    """Take off the shelf what is ordered, so that nobody else can buy it."""
    order = mall.orders[index]
    venue = mall.venues[order.branch]
    if venue.dines == 1:
        venue.portions_left -= order.people
        venue.portions_used += order.people
    elif venue.articles > 0:
        order.article = _article(mall, index, order.branch)
        mall.items[order.article].stock -= 1


@kernel
def _free_us(mall: Mall, unit: int, now_us: int) -> int:
    """Return when somebody of a store can begin on another order."""
    venue = mall.venues[unit]
    if venue.kitchen >= 0:
        first_us = mall.cooks[venue.cook_start].free_us
        for cook in range(venue.cook_start + 1, venue.cook_end):
            first_us = min(first_us, mall.cooks[cook].free_us)
        return max(now_us, first_us)
    first_us = mall.picker_free_us[unit, 0]
    for picker in range(1, mall.picker_free_us.shape[1]):
        first_us = min(first_us, mall.picker_free_us[unit, picker])
    return max(now_us, first_us)


@kernel
def _to_door_us(mall: Mall, unit: int) -> int:
    """Return a courier's walk from a store to the nearest way out."""
    least_s = np.inf
    for entrance in range(mall.entrances.size):
        least_s = min(least_s, float(mall.hop_s[0, unit, mall.units.size + entrance]))
    return np.int64(1e6 * least_s) if least_s < np.inf else 0


@kernel
def _begin_work(mall: Mall, index: int, now_us: int) -> None:
    """Let cooks or pickers take the order in turn; while it is worked on `due_us` is when that begins."""
    order = mall.orders[index]
    venue = mall.venues[order.branch]
    draw = exponential(mall.keys[Stream.ONLINE], order.number, WORK)
    if venue.kitchen >= 0:
        order.due_us = _free_us(mall, order.branch, now_us)
        cook_s = venue.cook_s_base + venue.cook_s_per_head * order.people
        order.ready_us = cooked_us(mall, order.branch, draw * cook_s, now_us)
        return
    first = 0
    for picker in range(1, mall.picker_free_us.shape[1]):
        if mall.picker_free_us[order.branch, picker] < mall.picker_free_us[order.branch, first]:
            first = picker
    order.due_us = max(now_us, mall.picker_free_us[order.branch, first])
    order.ready_us = order.due_us + np.int64(draw * mall.params[0].order_pick_us)
    mall.picker_free_us[order.branch, first] = order.ready_us


@inlined
def _see_to_tills(mall: Mall, index: int, now_us: int) -> None:
    """Who works on an order is missing at the tills from its beginning on."""
    order = mall.orders[index]
    till = mall.stations[order.branch]
    is_begun = order.due_us <= now_us and order.ready_us > now_us and order.at_till == 0
    if is_begun and mall.params[0].picks_at_till == 1 and till.role == Role.TILL and till.discipline <= Discipline.PRIORITY:
        till.busy += 1
        order.at_till = 1


@inlined
def _back_to_till(mall: Mall, index: int) -> None:
    """Who worked on an order is at the tills again."""
    order = mall.orders[index]
    mall.stations[order.branch].busy -= 1
    order.at_till = 0


@kernel
def _hand_on(mall: Mall, index: int, now_us: int) -> None:
    """Ready: to be collected, or with the courier who is free first."""
    order = mall.orders[index]
    params = mall.params[0]
    note_order(mall, now_us, EventKind.ORDER_READY, index, order.ready_us - order.placed_us)
    if order.way != Way.DELIVER:
        order.course = Course.READY
        return
    first = 0
    for courier in range(1, mall.courier_free_us.size):
        if mall.courier_free_us[courier] < mall.courier_free_us[first]:
            first = courier
    ride_us = np.int64(params.courier_us_per_km * order.distance_km)
    starts_us = max(order.ready_us, mall.courier_free_us[first])
    order.due_us = starts_us + _to_door_us(mall, order.branch) + ride_us + params.courier_stop_us
    mall.courier_free_us[first] = order.due_us + ride_us
    order.course = Course.UNDERWAY
    transfer(mall, OPERATOR, OUTSIDE, params.deliver_cost_fen, TransferReason.COURIER, now_us)


@kernel
def _bring(mall: Mall, index: int, now_us: int) -> None:
    """At the door: taken, unless it comes too late; some of what nobody has tried on goes back."""
    order = mall.orders[index]
    params = mall.params[0]
    took_us = order.due_us - order.placed_us
    if took_us > params.deliver_promised_us + params.deliver_late_us:
        _give_back(mall, index, Course.REFUNDED, now_us)
        return
    order.course = Course.DELIVERED
    note_order(mall, now_us, EventKind.ORDER_DELIVERED, index, took_us)
    tenant = FIRST_TENANT + order.branch
    transfer(mall, tenant, OUTSIDE, params.deliver_gift_fen, TransferReason.POLICY_COST, now_us)
    if order.article >= 0:
        mall.items[order.article].sold += 1
    trade = mall.categories[mall.units[order.branch].category]
    is_untried = trade.wanted_share > trade.conversion_share
    if is_untried and uniform(mall.keys[Stream.ONLINE], order.number, COMES_BACK) < params.order_returns_share:
        transfer(mall, tenant, OUTSIDE, order.amount_fen, TransferReason.ONLINE_REFUND, now_us)
        note_order(mall, now_us, EventKind.ORDER_RETURNED, index, order.amount_fen)
        if order.article >= 0:
            mall.items[order.article].returning += 1


@kernel
def _give_back(mall: Mall, index: int, course: int, now_us: int) -> None:
    """The money goes back, and what was set aside goes back on its shelf; food that was cooked is lost."""
    order = mall.orders[index]
    transfer(mall, FIRST_TENANT + order.branch, OUTSIDE, order.amount_fen, TransferReason.ONLINE_REFUND, now_us)
    if order.way == Way.DELIVER:
        transfer(mall, OPERATOR, OUTSIDE, mall.params[0].deliver_fee_fen, TransferReason.ONLINE_REFUND, now_us)
    if order.article >= 0:
        mall.items[order.article].stock += 1
        order.article = -1
    order.course = course
    kind = EventKind.ORDER_LAPSED if course == Course.LAPSED else EventKind.ORDER_REFUNDED
    note_order(mall, now_us, kind, index, order.amount_fen)


@kernel
def _close(mall: Mall, index: int, now_us: int) -> None:
    """At the end of the day: what nobody has come for is given back, so is what no store has got done."""
    order = mall.orders[index]
    if order.course == Course.MEANT and order.placed_us <= now_us:
        order.branch = order.unit
        note_order(
            mall, now_us, EventKind.ORDER_PLACED, index,
            2 * WAYS * SCENES * order.amount_fen + WAYS * SCENES * order.instead + SCENES * order.way + order.scene,
        )  # fmt: skip
        order.course = Course.REFUNDED
        note_order(mall, now_us, EventKind.ORDER_REFUNDED, index, order.amount_fen)
    elif order.course == Course.UNDERWAY and order.due_us <= now_us:
        _bring(mall, index, now_us)
    elif order.course == Course.READY:
        _give_back(mall, index, Course.LAPSED, now_us)
    elif order.course != Course.MEANT and order.course < DONE:
        _give_back(mall, index, Course.REFUNDED, now_us)
