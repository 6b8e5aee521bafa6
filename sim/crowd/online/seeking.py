"""A party needs one thing now, a charger: where it looks for it, and what an app that knows who has it changes."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.books import transfer
from sim.crowd.checkout.methods import settle_method
from sim.crowd.checkout.payment import till_of_choice
from sim.crowd.online.records import Scope, Seeks
from sim.crowd.queues import expected_wait_s, join
from sim.crowd.sales import leave_store
from sim.crowd.state import VISITED_KEPT, Doing, Mall, Role, Stream, Then
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import inlined, kernel
from sim.ledger.accounts import FIRST_TENANT, OUTSIDE, TransferReason
from sim.random_streams import uniform

NEEDS_IT, WHEN = 2 << 20, 3 << 20  # counts of a party's draws of Stream.ONLINE
NOT_SOLD = -1  # stock of a store whose trade never has it


@kernel
def begin_seeking(mall: Mall, row: int) -> None:
    """Draw whether and when the party will find out that it needs the thing: in the first half of its stay."""
    mind = mall.minds[row]
    shopper = mall.shoppers[row]
    if uniform(mall.keys[Stream.ONLINE], shopper.number, NEEDS_IT) >= mall.params[0].seek_share or shopper.walk_through >= 0:
        return
    mind.seeks = Seeks.LATER
    stay_us = shopper.stay_until_us - shopper.arrived_us
    mind.seek_us = shopper.arrived_us + np.int64(0.5 * stay_us * uniform(mall.keys[Stream.ONLINE], shopper.number, WHEN))


@inlined
def sought_unit(mall: Mall, row: int, now_us: int) -> int:
    """Return the store to which the party goes for the thing that it needs, -1 for none."""
    if mall.params[0].seek_share <= 0.0 or mall.minds[row].seeks == Seeks.NOT or mall.minds[row].seeks >= Seeks.HAS:
        return -1
    return _seek(mall, row, now_us)


@kernel
def _seek(mall: Mall, row: int, now_us: int) -> int:
    mind = mall.minds[row]
    params = mall.params[0]
    if mind.seeks == Seeks.LATER:
        if now_us < mind.seek_us:
            return -1
        mind.seeks = Seeks.NOW
        mind.seek_us = now_us
    is_told = params.seek_scope != Scope.NONE and mall.errands[row].uses_app == 1
    unit = _soonest(mall, row, is_told, now_us)
    if unit >= 0 and is_told and params.seek_scope == Scope.DELIVERY and _sends_runner(mall, row, unit, now_us):
        return -1
    if unit < 0 or mind.seek_tries >= params.seek_tries:
        mind.seeks = Seeks.GAVE_UP
        note(mall, row, now_us, EventKind.ITEM_MISSED, max(mind.seek_unit, 0), now_us - mind.seek_us)
        return -1
    mind.seeks = Seeks.GOING
    mind.seek_unit = unit
    return unit


@kernel
def _soonest(mall: Mall, row: int, is_told: bool, now_us: int) -> int:
    """Return the store that may have it nearest; for whoever is told, that which has it soonest, line included, as far as the app knows."""
    shopper = mall.shoppers[row]
    best = -1
    best_s = np.inf
    for unit in range(mall.units.size):
        here = mall.units[unit]
        closes_us = here.closes_us - mall.categories[here.category].last_entry_us
        if mall.seller_stock[unit] == NOT_SOLD or here.is_open == 0 or now_us >= closes_us or _has_been_in(mall, row, unit):
            continue
        if is_told and mall.seller_shown[unit] <= 0:
            continue
        time_s = float(mall.hop_s[shopper.step_free, shopper.place, unit])
        if is_told:
            time_s += expected_wait_s(mall.stations, unit)
        if time_s < best_s:
            best_s = time_s
            best = unit
    return best


@inlined
def _has_been_in(mall: Mall, row: int, unit: int) -> bool:
    for index in range(VISITED_KEPT):
        if mall.visited[row, index] == unit:
            return True
    return False


@kernel
def _sends_runner(mall: Mall, row: int, unit: int, now_us: int) -> bool:
    """Let a runner bring it, where that is sooner than to walk and to stand in line, and worth its fee; fails where the shelf is empty."""
    shopper = mall.shoppers[row]
    params = mall.params[0]
    walk_s = float(mall.hop_s[shopper.step_free, shopper.place, unit]) + expected_wait_s(mall.stations, unit)
    saved_us = 1e6 * walk_s - params.runner_us
    worth = params.line_us_weight * saved_us - params.fee_weight * mall.minds[row].price_sensitivity * params.runner_fen
    if worth <= 0.0 or mall.seller_stock[unit] <= 0:
        return False
    mall.seller_stock[unit] -= 1
    mall.minds[row].seeks = Seeks.HAS
    transfer(mall, OUTSIDE, FIRST_TENANT + unit, params.seek_fen, TransferReason.ONLINE_SALE, now_us)
    note(mall, row, now_us, EventKind.ITEM_FOUND, unit, now_us - mall.minds[row].seek_us + params.runner_us)
    return True


@inlined
def seeks_here(mall: Mall, row: int) -> bool:
    """Return whether the party is in the store for the thing that it needs."""
    mind = mall.minds[row]
    return mind.seeks == Seeks.GOING and mind.seek_unit == mall.shoppers[row].unit


@kernel
def ask_for_it(mall: Mall, row: int, now_us: int) -> int:
    """In the store: ask somebody."""
    mall.shoppers[row].doing = Doing.BROWSING
    schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + mall.params[0].order_handover_us, NORMAL)
    return Then.WAIT


@kernel
def get_it(mall: Mall, row: int, now_us: int) -> int:
    """Take it to the till where the store has it; else look elsewhere."""
    mind = mall.minds[row]
    shopper = mall.shoppers[row]
    unit = shopper.unit
    mind.seek_tries += 1
    mind.seeks = Seeks.NOW
    if mall.seller_stock[unit] <= 0 or mall.stations[unit].role != Role.TILL:
        return leave_store(mall, row, now_us)
    shopper.amount_fen = mall.params[0].seek_fen
    settle_method(mall, row, now_us, True)
    if not join(mall, row, till_of_choice(mall, row), now_us):
        return leave_store(mall, row, now_us)
    mall.seller_stock[unit] -= 1
    mind.seeks = Seeks.HAS
    note(mall, row, now_us, EventKind.ITEM_FOUND, unit, now_us - mind.seek_us)
    return Then.WAIT
