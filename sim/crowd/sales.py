"""A sale: what a party pays, the transfer in the books, and the way out of the store."""

from __future__ import annotations

import numpy as np

from sim.crowd.choice import lognormal
from sim.crowd.movement import come_out
from sim.crowd.state import Mall, Meta, Stream
from sim.crowd.venues.bags import carry_away
from sim.crowd.writing import note, note_segment
from sim.events import EventKind, SegmentKind
from sim.kernel import kernel
from sim.ledger.accounts import FIRST_TENANT, OUTSIDE, TransferReason, post
from sim.random_streams import standard_normal


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
    mall.errands[row].spent_fen += shopper.amount_fen
    carry_away(mall, row, now_us)
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
