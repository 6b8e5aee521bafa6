"""Inside a store: the door, the tables or the shelves, the decision to buy, the till, the sale."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.choice import lognormal
from sim.crowd.movement import come_out, door_slot, leave_zone
from sim.crowd.queues import join
from sim.crowd.state import VISITED_KEPT, Doing, Mall, Meta, Stream, Then
from sim.crowd.wayfinding import see_mistake
from sim.crowd.writing import note, note_segment
from sim.events import EventKind, Reason, SegmentKind
from sim.kernel import kernel
from sim.ledger.accounts import FIRST_TENANT, OUTSIDE, TransferReason, post
from sim.random_streams import standard_normal, uniform

REFUSED_CLOSED = 0
REFUSED_FULL = 1


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
    unit = shopper.goal
    here = mall.units[unit]
    shopper.place = unit
    mall.visited[row, shopper.visits % VISITED_KEPT] = unit
    shopper.visits += 1
    if here.is_open == 0 or here.people + shopper.people > here.room_people:
        note(mall, row, now_us, EventKind.STORE_REFUSED, unit, REFUSED_CLOSED if here.is_open == 0 else REFUSED_FULL)
        return Then.DECIDE
    leave_zone(mall, row, now_us)
    here.people += shopper.people
    shopper.unit = unit
    shopper.since_us = now_us
    shopper.amount_fen = 0
    note(mall, row, now_us, EventKind.STORE_ENTERED, unit, shopper.reason)
    if mall.categories[here.category].has_tables == 1:
        shopper.amount_fen = basket_fen(mall, row)
        return Then.WAIT if join(mall, row, unit, now_us) else leave_store(mall, row, now_us)
    shopper.doing = Doing.BROWSING
    schedule(mall.shoppers, mall.heap, mall.meta, row, _browse_until_us(mall, row, now_us), NORMAL)
    return Then.WAIT


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
def basket_fen(mall: Mall, row: int) -> int:
    """Return what the party will pay here if it buys: at least one fen."""
    shopper = mall.shoppers[row]
    category = mall.categories[mall.units[shopper.unit].category]
    normal = standard_normal(mall.keys[Stream.BASKET], shopper.number, shopper.visits)
    heads = shopper.people if category.per_head == 1 else 1
    amount = 100.0 * heads * shopper.spend_scale * lognormal(category.basket_mu, category.basket_sigma, normal)
    return max(1, np.int64(amount))


@kernel
def end_browsing(mall: Mall, row: int, now_us: int) -> int:
    """Buy or not; whoever buys goes to the till."""
    shopper = mall.shoppers[row]
    category = mall.categories[mall.units[shopper.unit].category]
    if uniform(mall.keys[Stream.BUY], shopper.number, shopper.visits) >= category.conversion_share:
        return leave_store(mall, row, now_us)
    shopper.amount_fen = basket_fen(mall, row)
    return Then.WAIT if join(mall, row, shopper.unit, now_us) else leave_store(mall, row, now_us)


@kernel
def pay(mall: Mall, row: int, now_us: int) -> int:
    """Served: the money moves, the sale is noted, the party leaves."""
    shopper = mall.shoppers[row]
    serial = mall.meta[Meta.TRANSFERS_POSTED]
    journal_row = mall.meta[Meta.TRANSFER_ROWS]
    refusal = post(
        mall.balances_fen, mall.transfers, journal_row, serial, now_us,
        OUTSIDE, FIRST_TENANT + shopper.unit, shopper.amount_fen, TransferReason.SALE,
    )  # fmt: skip
    assert refusal == 0
    mall.meta[Meta.TRANSFERS_POSTED] = serial + 1
    mall.meta[Meta.TRANSFER_ROWS] = journal_row + 1
    note(mall, row, now_us, EventKind.PURCHASED, shopper.unit, shopper.amount_fen)
    return leave_store(mall, row, now_us)


@kernel
def leave_store(mall: Mall, row: int, now_us: int) -> int:
    """Come out by the door one came in by, and decide what next."""
    shopper = mall.shoppers[row]
    here = mall.units[shopper.unit]
    here.people -= shopper.people
    here.person_us += (now_us - shopper.since_us) * shopper.people
    note(mall, row, now_us, EventKind.STORE_LEFT, shopper.unit, now_us - shopper.since_us)
    note_segment(mall, row, SegmentKind.INSIDE_UNIT, shopper.unit, shopper.since_us, now_us, 0.0, 0.0)
    shopper.unit = -1
    return come_out(mall, row, now_us)
