"""Doors in the ledger for rules against abuse: points held back, set free, taken back."""

from __future__ import annotations

from sim.kernel import entry, referred
from sim.ledger import posting
from sim.ledger.accounts import POINTS_REDEEMED, POINTS_VOIDED, TREASURY, TransferReason
from sim.ledger.records import NEVER_US, NONE, Book, Count, State

ROOM = 4
DONE = -1


@entry
def hold_issued(book: Book, now_us: int, account: int, centi: int, until_us: int) -> int:
    """Set points of an account aside until an instant since the run's first midnight; return a Refusal."""
    book = referred(book)
    return posting.reserve(book, now_us, account, POINTS_VOIDED, centi, TransferReason.TAKEN_BACK, until_us)


@entry
def settle_hold(book: Book, now_us: int, slot: int, pending_id: int, state: int) -> int:
    """Take held points for good (State.POST) or set them free (State.VOID); return a Refusal."""
    book = referred(book)
    if state == State.POST:
        return posting.post_pending(book, now_us, slot, pending_id, book.pendings[slot].amount)
    return posting.release_pending(book, now_us, slot, pending_id, state)


@entry
def spend(book: Book, now_us: int, account: int, tenant: int, centi: int, is_trusted: bool) -> int:
    """Spend points that the treasury pays for at a yuan each, both or neither; trusted: whether or not they are there; return a Refusal."""
    book = referred(book)
    posting.begin_chain(book)
    if is_trusted:
        posting.claw_back(book, now_us, account, POINTS_REDEEMED, centi, TransferReason.TAKEN_BACK, NONE)
    else:
        posting.transfer(book, now_us, account, POINTS_REDEEMED, centi, TransferReason.ABUSED)
    posting.transfer(book, now_us, TREASURY, tenant, centi, TransferReason.ABUSED)
    return posting.end_chain(book)


@entry
def taken_back(book: Book, now_us: int, account: int, credit: int, centi: int) -> int:
    """Take points back, whether or not they are there; return a Refusal."""
    book = referred(book)
    return posting.claw_back(book, now_us, account, credit, centi, TransferReason.TAKEN_BACK, NONE)


@entry
def free_held(book: Book, now_us: int, first: int) -> int:
    """Set free what rules have held for long enough, from slot `first` on; return the slot at which the journal was full, or DONE."""
    book = referred(book)
    counts = book.book_counts
    at_us = now_us + counts[Count.MIDNIGHT_US]
    for slot in range(first, counts[Count.PENDINGS]):
        waiting = book.pendings[slot]
        if waiting.state != State.PENDING or waiting.reason != TransferReason.TAKEN_BACK or waiting.expires_us > at_us:
            continue
        if waiting.expires_us >= NEVER_US:
            continue
        if counts[Count.ROWS] + ROOM > book.transfers.size:
            return slot
        posting.release_pending(book, now_us, slot, waiting.id, State.EXPIRE)
    return DONE
