"""Into a store: the door, the shelves, the decision to buy."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.checkout.payment import go_to_till, miss_sale
from sim.crowd.choice import lognormal
from sim.crowd.goods.records import Shelf
from sim.crowd.goods.shelf import look
from sim.crowd.movement import door_slot, leave_zone
from sim.crowd.needs import can_spend
from sim.crowd.online.collecting import ask_for_order, collect_on, collects
from sim.crowd.online.seeking import ask_for_it, get_it, seeks_here
from sim.crowd.promos.triggers import pull_triggers
from sim.crowd.sales import basket_fen, leave_store
from sim.crowd.state import VISITED_KEPT, Doing, Mall, Stream, Then
from sim.crowd.tickets import is_called, meets_line, turns_round
from sim.crowd.venues.cinema_records import CINEMA
from sim.crowd.venues.cinemas import enter_cinema, has_place_in, loses_way
from sim.crowd.venues.desks import enter_desk
from sim.crowd.venues.restaurants import ask_for_table
from sim.crowd.wayfinding import see_mistake
from sim.crowd.writing import note
from sim.events import Change, EventKind, Reason
from sim.kernel import inlined, kernel
from sim.promos import Hook
from sim.random_streams import standard_normal, uniform
from sim.visitors import NEEDS_MAX

REFUSED_CLOSED = 0
REFUSED_FULL = 1
NEED_BITS = 8
LIST_BITS = 8 * (NEEDS_MAX - 1)  # of shopper.needs that are free for one need more


@kernel
def reach_store(mall: Mall, row: int, now_us: int) -> int:
    """Before the door: take a slot in the doorway, unless it is the wrong store."""
    shopper = mall.shoppers[row]
    if shopper.is_misled == 1 and shopper.reason != Reason.IMPULSE:
        return see_mistake(mall, row, now_us)
    slot_us = door_slot(mall.units, shopper.goal, shopper.people, now_us)
    if slot_us > now_us:
        shopper.doing = Doing.ENTERING_STORE
        schedule(mall.shoppers, mall.heap, mall.meta, row, slot_us, NORMAL)
        return Then.WAIT
    return enter_store(mall, row, now_us)


@kernel
def enter_store(mall: Mall, row: int, now_us: int) -> int:
    """Go in and browse or ask for a table; turn round when the store is closed or full."""
    shopper = mall.shoppers[row]
    if turns_round(mall, row):
        return Then.DECIDE
    unit = shopper.goal
    here = mall.units[unit]
    if shopper.reason == Reason.DESK:
        return enter_desk(mall, row, now_us)
    shopper.place = unit
    mall.visited[row, shopper.visits % VISITED_KEPT] = unit
    shopper.visits += 1
    if here.is_open == 0 or (here.people + shopper.people > here.room_people and not has_place_in(mall, row, unit)):
        note(mall, row, now_us, EventKind.STORE_REFUSED, unit, REFUSED_CLOSED if here.is_open == 0 else REFUSED_FULL)
        loses_way(mall, row, unit, now_us)
        _look_for_another(mall, row, unit, now_us)
        return Then.DECIDE
    leave_zone(mall, row, now_us)
    here.people += shopper.people
    shopper.unit = unit
    shopper.since_us = now_us
    shopper.amount_fen = 0
    note(mall, row, now_us, EventKind.STORE_ENTERED, unit, shopper.reason)
    pull_triggers(mall, row, Hook.ENTERED, unit, now_us)
    if mall.params[0].has_online == 1:
        if collects(mall, row):
            return ask_for_order(mall, row, now_us)
        if seeks_here(mall, row):
            return ask_for_it(mall, row, now_us)
    if mall.categories[here.category].has_tables == 1:
        if not meets_line(mall, row, now_us):
            return leave_store(mall, row, now_us)
        return ask_for_table(mall, row, now_us)
    if here.category == CINEMA:
        return enter_cinema(mall, row, now_us)
    shopper.doing = Doing.BROWSING
    schedule(mall.shoppers, mall.heap, mall.meta, row, _browse_until_us(mall, row, now_us), NORMAL)
    return Then.WAIT


@inlined
def _look_for_another(mall: Mall, row: int, unit: int, now_us: int) -> None:
    """Closed or full: whoever needs something of this trade puts it back on its list, first; who came to eat is hungry still."""
    shopper = mall.shoppers[row]
    trade = mall.units[unit].category
    mind = mall.minds[row]
    is_free = mind.replans < mall.params[0].replans_max and shopper.needs >> LIST_BITS == 0
    if shopper.reason == Reason.NEED and trade != CINEMA and is_free:
        mind.replans += 1
        shopper.needs = shopper.needs << NEED_BITS | (trade + 1)
        note(mall, row, now_us, EventKind.PLAN_CHANGED, trade, Change.REPLANNED)
    elif shopper.reason == Reason.MEAL:
        shopper.has_eaten = 0


@kernel
def _browse_until_us(mall: Mall, row: int, now_us: int) -> int:
    """Return the end of browsing, a little after closing time at the latest."""
    shopper = mall.shoppers[row]
    category = mall.categories[mall.units[shopper.unit].category]
    normal = standard_normal(mall.keys[Stream.DWELL], shopper.number, shopper.visits)
    until_us = now_us + np.int64(1e6 * lognormal(category.dwell_mu, category.dwell_sigma, normal))
    grace = uniform(mall.keys[Stream.CLOSING], shopper.number, shopper.visits)
    asked_out_us = mall.units[shopper.unit].closes_us + np.int64(grace * mall.params[0].closing_grace_us)
    return max(now_us, min(until_us, asked_out_us))


@kernel
def end_browsing(mall: Mall, row: int, now_us: int) -> int:
    """Buy or not; whoever buys goes to the till, and some would have bought what is not there."""
    if mall.params[0].has_online == 1:
        if collects(mall, row):
            return collect_on(mall, row, now_us)
        if seeks_here(mall, row):
            return get_it(mall, row, now_us)
    if is_called(mall, row):
        return leave_store(mall, row, now_us)
    found = look(mall, row, now_us)
    if found == Shelf.FOUND and not can_spend(mall, row, basket_fen(mall, row)):
        note(mall, row, now_us, EventKind.PLAN_CHANGED, mall.units[mall.shoppers[row].unit].category, Change.UNAFFORDABLE)
        return leave_store(mall, row, now_us)
    if found == Shelf.FOUND:
        return go_to_till(mall, row, now_us)
    if found == Shelf.WANTED:
        return miss_sale(mall, row, now_us)
    return leave_store(mall, row, now_us)
