"""At desks and in lounges: bags, car wash, playground, information.

A party comes for a use, once of each kind, or to collect what it left: bags, its key, its children. What it left it collects on its way
out; only bags may stay behind, and are then sent home.
"""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.company.care import leave_in_care, may_leave_children, miss_parents, take_from_care
from sim.crowd.movement import leave_zone
from sim.crowd.queues import join
from sim.crowd.sales import leave_store
from sim.crowd.state import Doing, Mall, Stream, Then
from sim.crowd.venues.bags import feel_bags, send_home, settle, soonest_hand, take_hand
from sim.crowd.venues.desk_records import Desk
from sim.crowd.writing import note
from sim.events import EventKind, Reason
from sim.kernel import inlined, kernel
from sim.random_streams import uniform

STORES_BEFORE_LOUNGE = 2


@inlined
def wanted_desk(mall: Mall, row: int, now_us: int) -> int:
    """Return the unit of the desk or lounge that the party wants to go to now, or -1."""
    if mall.params[0].desks == 0:
        return -1
    return _desk_to_use(mall, row)


@kernel
def _desk_to_use(mall: Mall, row: int) -> int:
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    for turn in range(Desk.INFORMATION, Desk.PARCEL, -1):
        desk = mall.desks[turn]
        if desk.unit < 0 or desk.is_open == 0 or errand.desks_seen >> turn & 1 == 1 or not _is_for(mall, row, turn):
            continue
        if mall.hop_s[shopper.step_free, shopper.place, desk.unit] == np.inf:
            continue
        if uniform(mall.keys[Stream.DESK], shopper.number, turn) < desk.share:
            return desk.unit
    return -1


@kernel
def _is_for(mall: Mall, row: int, kind: int) -> bool:
    """Return whether a desk is for such a party now."""
    shopper = mall.shoppers[row]
    if mall.desks[kind].vips_only == 1 and mall.errands[row].is_vip == 0:
        return False
    if kind == Desk.INFORMATION:
        return shopper.navigates == 0
    if kind == Desk.PLAYGROUND:
        return may_leave_children(mall, row)
    if kind == Desk.CAR_WASH:
        return shopper.parking >= 0
    return shopper.visits >= STORES_BEFORE_LOUNGE


@inlined
def collects_first(mall: Mall, row: int, now_us: int) -> bool:
    """Return whether the party goes by a desk on its way out, and set it as its goal."""
    if mall.params[0].desks == 0:
        return False
    return _collects(mall, row, now_us)


@kernel
def _collects(mall: Mall, row: int, now_us: int) -> bool:
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    unit = -1
    if errand.bags_held > 0:
        if _asks_for_bags(mall, row):
            unit = mall.desks[Desk.PARCEL].unit
        else:
            _send_all_home(mall, row, now_us)
    if unit < 0 and errand.wash_ready_us > 0:
        unit = mall.desks[Desk.CAR_WASH].unit
    if unit < 0 and mall.minds[row].in_care >= 0:
        unit = mall.desks[Desk.PLAYGROUND].unit
    if unit < 0:
        return False
    shopper.goal = unit
    shopper.reason = Reason.DESK
    shopper.resume = -1
    shopper.stay_until_us = min(
        shopper.stay_until_us, now_us
    )  # what it has decided, it does: nobody shops on after this errand
    return True


@kernel
def _send_all_home(mall: Mall, row: int, now_us: int) -> None:
    errand = mall.errands[row]
    if errand.bags_mislaid > 0:
        note(mall, row, now_us, EventKind.BAGS_MISLAID, mall.desks[Desk.PARCEL].unit, errand.bags_mislaid)
        errand.bags_mislaid = 0
    send_home(mall, row, now_us, errand.bags_held)


@kernel
def _asks_for_bags(mall: Mall, row: int) -> bool:
    """Return whether the party goes to the parcel desk: once, if bags are handed out there, it is open, and there is a way."""
    shopper = mall.shoppers[row]
    desk = mall.desks[Desk.PARCEL]
    if mall.params[0].parcel_to_home == 1 or desk.is_open == 0 or mall.errands[row].has_asked_for_bags == 1:
        return False
    return mall.hop_s[shopper.step_free, shopper.place, desk.unit] < np.inf


@kernel
def enter_desk(mall: Mall, row: int, now_us: int) -> int:
    """Come to a desk, whatever the hours and the room of the tenant whose unit it stands in; no visit to a store, so none is remembered."""
    shopper = mall.shoppers[row]
    unit = shopper.goal
    leave_zone(mall, row, now_us)
    mall.units[unit].people += shopper.people
    shopper.place = unit
    shopper.unit = unit
    shopper.since_us = now_us
    shopper.amount_fen = 0
    if shopper.resume == unit:
        shopper.resume = -1
    note(mall, row, now_us, EventKind.STORE_ENTERED, unit, Reason.DESK)
    kind = mall.venues[unit].desk
    errand = mall.errands[row]
    if kind == Desk.PARCEL:
        return _ask_for_bags(mall, row, now_us)
    if kind == Desk.CAR_WASH and errand.wash_ready_us > 0:
        return _await_car(mall, row, now_us)
    if kind == Desk.PLAYGROUND and mall.minds[row].in_care >= 0:
        take_from_care(mall, row, now_us)
        return _leave_used(mall, row, now_us)
    return _ask_to_use(mall, row, kind, now_us)


@kernel
def _ask_to_use(mall: Mall, row: int, kind: int, now_us: int) -> int:
    """Join the desk's line, or hear that it is closed, full, or could not be done in time."""
    desk = mall.desks[kind]
    errand = mall.errands[row]
    errand.desks_seen |= 1 << kind
    children = mall.minds[row].children
    present = mall.stations[desk.station].waiting
    is_refused = desk.is_open == 0
    if kind == Desk.PLAYGROUND:
        present = desk.present
        is_refused = is_refused or present + children > desk.places
    elif kind == Desk.CAR_WASH:
        first_us = max(now_us, mall.hands[soonest_hand(mall, desk.first_hand, desk.end_hand)].free_us)
        is_refused = is_refused or first_us + desk.work_us > desk.closes_us
    if is_refused:
        note(mall, row, now_us, EventKind.DESK_REFUSED, desk.unit, present)
        return leave_store(mall, row, now_us)
    if not join(mall, row, desk.station, now_us):
        return leave_store(mall, row, now_us)
    if kind == Desk.PLAYGROUND:
        desk.present += children
    return Then.WAIT


@kernel
def _ask_for_bags(mall: Mall, row: int, now_us: int) -> int:
    """Join the line for one's bags; wait for those still on their way, unless that takes longer than one has patience."""
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    desk = mall.desks[Desk.PARCEL]
    errand.has_asked_for_bags = 1
    wait_us = errand.bags_ready_us - now_us
    if desk.is_open == 0 or wait_us > desk.patience_us:
        return leave_store(mall, row, now_us)  # go_home then sends the bags home
    if wait_us <= 0:
        return _line_up(mall, row, now_us)
    note(mall, row, now_us, EventKind.BAGS_AWAITED, desk.unit, wait_us)
    shopper.doing = Doing.AT_DESK
    schedule(mall.shoppers, mall.heap, mall.meta, row, errand.bags_ready_us, NORMAL)
    return Then.WAIT


@kernel
def _line_up(mall: Mall, row: int, now_us: int) -> int:
    if join(mall, row, mall.desks[Desk.PARCEL].station, now_us):
        return Then.WAIT
    return leave_store(mall, row, now_us)


@kernel
def _await_car(mall: Mall, row: int, now_us: int) -> int:
    """Take the key, or wait until the car has been washed."""
    shopper = mall.shoppers[row]
    ready_us = mall.errands[row].wash_ready_us
    if ready_us <= now_us:
        return leave_desk(mall, row, now_us)
    shopper.doing = Doing.AT_DESK
    schedule(mall.shoppers, mall.heap, mall.meta, row, ready_us, NORMAL)
    return Then.WAIT


@kernel
def leave_desk(mall: Mall, row: int, now_us: int) -> int:
    """The end of a wait at a desk: the bags have come, the car is clean, or children have not been fetched."""
    kind = mall.venues[mall.shoppers[row].unit].desk
    if kind == Desk.PLAYGROUND:
        return miss_parents(mall, row, now_us)
    if kind == Desk.PARCEL:
        return _line_up(mall, row, now_us)
    mall.errands[row].wash_ready_us = 0
    return _leave_used(mall, row, now_us)


@kernel
def served_at_desk(mall: Mall, row: int, now_us: int) -> int:
    """The end of service at a desk."""
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    kind = mall.venues[shopper.unit].desk
    desk = mall.desks[kind]
    if kind == Desk.PARCEL:
        _take_bags(mall, row, now_us)
        return _leave_used(mall, row, now_us)
    settle(mall, row, now_us, desk.unit, desk.price_fen)
    settle(mall, row, now_us, desk.unit, -desk.cost_fen)
    if kind == Desk.INFORMATION:
        shopper.navigates = 1
    elif kind == Desk.CAR_WASH:
        errand.wash_ready_us = take_hand(mall, desk.first_hand, desk.end_hand, desk.work_us, now_us)
    elif kind == Desk.PLAYGROUND:
        shopper.stay_until_us += desk.extends_us
        leave_in_care(mall, row, now_us)
    else:
        shopper.stay_until_us += np.int64(desk.rests_share * (now_us - shopper.joined_us))
    return _leave_used(mall, row, now_us)


@kernel
def _take_bags(mall: Mall, row: int, now_us: int) -> None:
    """Take the bags that are there; those mislaid are sent home once they are found."""
    errand = mall.errands[row]
    desk = mall.desks[Desk.PARCEL]
    if errand.bags_mislaid > 0:
        note(mall, row, now_us, EventKind.BAGS_MISLAID, desk.unit, errand.bags_mislaid)
        send_home(mall, row, now_us, errand.bags_mislaid)
        errand.bags_mislaid = 0
    if errand.bags_held > 0:
        note(mall, row, now_us, EventKind.BAGS_COLLECTED, desk.unit, errand.bags_held)
        errand.bags += errand.bags_held
        errand.bags_held = 0
        feel_bags(mall, row, now_us)


@kernel
def _leave_used(mall: Mall, row: int, now_us: int) -> int:
    shopper = mall.shoppers[row]
    note(mall, row, now_us, EventKind.DESK_USED, shopper.unit, now_us - shopper.since_us)
    return leave_store(mall, row, now_us)
