"""A party collects what was ordered, for itself or as a gift: when it goes, how long it waits, and whether it looks round once there."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.choice import lognormal
from sim.crowd.online.fulfil import FLAGS
from sim.crowd.online.records import DONE, Course, Errand, Seeks
from sim.crowd.queues import join
from sim.crowd.sales import leave_store
from sim.crowd.state import Doing, Mall, Role, Stream, Then
from sim.crowd.writing import note
from sim.events import EventKind, Reason
from sim.kernel import inlined, kernel
from sim.random_streams import standard_normal, uniform

LOOKS, LOOK_TIME = (
    1 << 20,
    1 << 20,
)  # counts of a party's draws of Stream.ONLINE; the second is a normal deviate, at twice its own


@inlined
def order_due(mall: Mall, row: int, now_us: int) -> int:
    """Return the store at which the party's order is ready, -1 for none."""
    if mall.params[0].has_online == 0 or mall.minds[row].order < 0:
        return -1
    return _unit_of_order(mall, row, now_us, True)


@inlined
def order_left(mall: Mall, row: int, now_us: int) -> int:
    """Return the store to which the party goes for its order at last, ready or not, -1 for none."""
    if mall.params[0].has_online == 0 or mall.minds[row].order < 0:
        return -1
    return _unit_of_order(mall, row, now_us, False)


@kernel
def _unit_of_order(mall: Mall, row: int, now_us: int, is_to_be_ready: bool) -> int:
    mind = mall.minds[row]
    order = mall.orders[mind.order]
    if mind.errand != Errand.NOT_YET or order.course >= DONE or mall.units[order.unit].is_open == 0:
        return -1
    return -1 if is_to_be_ready and not _is_ready(mall, mind.order, now_us) else order.unit


@inlined
def _is_ready(mall: Mall, index: int, now_us: int) -> bool:
    order = mall.orders[index]
    return order.course == Course.READY or (order.course == Course.WORKED_ON and order.ready_us <= now_us)


@kernel
def ask_for_order(mall: Mall, row: int, now_us: int) -> int:
    """In the store: take it at the till or from the shelf; who has come too early waits a little."""
    mind = mall.minds[row]
    params = mall.params[0]
    if not _is_ready(mall, mind.order, now_us):
        mind.errand = Errand.WAITS
        order = mall.orders[mind.order]
        until_us = now_us + params.order_waits_us
        if order.course == Course.WORKED_ON:
            until_us = min(until_us, max(order.ready_us, now_us))
        mall.shoppers[row].doing = Doing.BROWSING
        schedule(mall.shoppers, mall.heap, mall.meta, row, until_us, NORMAL)
        return Then.WAIT
    unit = mall.shoppers[row].unit
    if params.order_at_till == 1 and mall.stations[unit].role == Role.TILL:
        mind.errand = Errand.IN_LINE
        mall.shoppers[row].amount_fen = 0
        return Then.WAIT if join(mall, row, unit, now_us) else leave_store(mall, row, now_us)
    mind.errand = Errand.AT_SHELF
    mall.shoppers[row].doing = Doing.BROWSING
    schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + params.order_handover_us, NORMAL)
    return Then.WAIT


@kernel
def collect_on(mall: Mall, row: int, now_us: int) -> int:
    """The wait or the handing over is done: get it, or leave without it."""
    mind = mall.minds[row]
    if mind.errand == Errand.AT_SHELF:
        return take_order(mall, row, now_us)
    if _is_ready(mall, mind.order, now_us):
        return ask_for_order(mall, row, now_us)
    mind.errand = Errand.OVER
    mind.misses += 1
    return leave_store(mall, row, now_us)


@kernel
def take_order(mall: Mall, row: int, now_us: int) -> int:
    """The party has its order; some look round, and may buy more."""
    mind = mall.minds[row]
    shopper = mall.shoppers[row]
    order = mall.orders[mind.order]
    mind.errand = Errand.OVER
    if order.course >= DONE:
        return leave_store(mall, row, now_us)
    order.course = Course.COLLECTED
    if order.article >= 0:
        mall.items[order.article].sold += 1
    mind.got_order = 1
    if mind.list_length == 0:
        mind.finds += 1
    flags = 2 * order.is_first + order.comes_for_it
    note(mall, row, now_us, EventKind.ORDER_COLLECTED, shopper.unit, FLAGS * max(0, now_us - order.ready_us) + flags)
    if uniform(mall.keys[Stream.ONLINE], shopper.number, LOOKS) >= mall.params[0].order_looks_share:
        return leave_store(mall, row, now_us)
    mind.errand = Errand.LOOKS_ROUND
    category = mall.categories[mall.units[shopper.unit].category]
    normal = standard_normal(mall.keys[Stream.ONLINE], shopper.number, LOOK_TIME)
    look_us = np.int64(1e6 * lognormal(category.dwell_mu, category.dwell_sigma, normal))
    shopper.doing = Doing.BROWSING
    closes_us = max(now_us, mall.units[shopper.unit].closes_us)
    schedule(mall.shoppers, mall.heap, mall.meta, row, min(now_us + look_us, closes_us), NORMAL)
    return Then.WAIT


@inlined
def collects(mall: Mall, row: int) -> bool:
    """Return whether the party is in a store for its order, and not done with it."""
    return mall.shoppers[row].reason == Reason.COLLECT and mall.minds[row].errand < Errand.LOOKS_ROUND


@kernel
def end_online(mall: Mall, row: int, now_us: int) -> None:
    """At the end of a visit: what else it has bought that came to collect, and what it needed and has not found."""
    mind = mall.minds[row]
    spent_fen = mall.errands[row].spent_fen
    if mind.got_order == 1 and spent_fen > 0:
        note(mall, row, now_us, EventKind.ORDER_EXTRA, mall.orders[mind.order].unit, spent_fen)
    if mind.seeks == Seeks.NOW or mind.seeks == Seeks.GOING:
        note(mall, row, now_us, EventKind.ITEM_MISSED, max(mind.seek_unit, 0), now_us - mind.seek_us)
        mind.seeks = Seeks.GAVE_UP
