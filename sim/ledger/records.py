"""What a ledger is made of: accounts, lots, pending transfers, the journal, and the tuple in which kernels receive them."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.kernel import declare_type

NEVER_US = 2**62  # of a lot that does not expire: permanent points are the default (article S2)
NO_LIMIT = 2**62  # of an account that may owe any amount
NONE = -1

ACCOUNT = np.dtype(
    [
        ("balance", "i8"), ("reserved", "i8"), ("owed", "i8"), ("limit", "i8"), ("opened_us", "i8"), ("closed_us", "i8"),
        ("first_lot", "i4"), ("last_lot", "i4"), ("currency", "i1"), ("has_lots", "i1"), ("may_owe", "i1"),
    ],
    align=True,
)  # fmt: skip
# balance: credits - debits posted; reserved: of it, by transfers that are pending; available = balance - reserved + limit;
# owed: what a claw-back took beyond the lots: balance = remaining of its lots - owed, and who owes has empty lots;
# closed_us: NEVER_US while it is open. What is reserved is the oldest of what the lots hold, and does not expire meanwhile.
LOT = np.dtype(
    [("remaining", "i8"), ("issued", "i8"), ("expires_us", "i8"), ("month", "i4"), ("account", "i4"), ("next", "i4")],
    align=True,
)
PENDING = np.dtype(
    [
        ("id", "i8"), ("amount", "i8"), ("expires_us", "i8"), ("debit", "i4"), ("credit", "i4"), ("next", "i4"),
        ("reason", "i1"), ("state", "i1"),
    ],
    align=True,
)  # fmt: skip
TRANSFER = np.dtype(
    [
        ("id", "i8"), ("time_us", "i8"), ("amount", "i8"), ("chain", "i8"), ("of", "i8"), ("expires_us", "i8"),
        ("debit", "i4"), ("credit", "i4"), ("currency", "i1"), ("reason", "i1"), ("state", "i1"),
    ],
    align=True,
)  # fmt: skip
# chain: id of the first transfer that stands or falls with it, its own where it stands alone; of: id of the pending transfer that it
# settles, or of the one that it corrects, NONE otherwise; expires_us: of the lot that it credits, or of the pending transfer. All
# instants in records are since the run's first midnight, `expires_us` as callers give it too.
UNDO = np.dtype([("amount", "i8"), ("index", "i4"), ("kind", "i1")], align=True)


class State(IntEnum):
    """What a transfer is; a pending one is settled once, by one of the last three."""

    POSTED = 0
    PENDING = 1
    POST = 2  # of a pending one, or of a part of it
    VOID = 3
    EXPIRE = 4


class Refusal(IntEnum):
    """Why the books refuse a transfer; 0 means that it was posted."""

    POSTED = 0
    AMOUNT_NOT_POSITIVE = 1
    SAME_ACCOUNT = 2
    UNKNOWN_ACCOUNT = 3
    WRONG_CURRENCY = 4
    INSUFFICIENT = 5
    ACCOUNT_CLOSED = 6
    ACCOUNT_NOT_YET_OPEN = 7
    OUT_OF_ORDER = 8  # before the last transfer
    UNKNOWN_PENDING = 9
    ALREADY_POSTED = 10
    ALREADY_VOIDED = 11
    ALREADY_EXPIRED = 12
    EXCEEDS_PENDING = 13
    OVERFLOW = 14
    CHAIN_TOO_LONG = 15
    JOURNAL_FULL = 16  # the caller must flush the journal and make room, and ask again
    LINKED_FAILED = 17  # another of its chain was refused
    NOT_A_LOT_ACCOUNT = 18
    HAS_PENDING = 19  # what is pending must be settled before an account is merged or closed
    NOT_EMPTY = 20  # an account that holds or owes something cannot be closed


class Count(IntEnum):
    """Whole numbers of a ledger; `counts` is indexed by it."""

    ACCOUNTS = 0
    LOTS = 1  # slots that have ever been used
    LOT_FREE = 2  # the first of the free slots among them, NONE
    PENDINGS = 3
    PENDING_FREE = 4
    ROWS = 5  # of the journal that have not been handed over
    POSTED = 6  # transfers ever: the next id
    LAST_US = 7
    MIDNIGHT_US = 8  # of today since the run's first day; callers give instants of the day
    MONTH = 9  # since year 0: lots of an account, a month and an expiry are one
    CHAIN = 10  # id of the open chain's first transfer, NONE
    CHAIN_ROW = 11  # its row in the journal
    UNDO_ROWS = 12
    FAILED = 13  # Refusal of the first transfer that the open chain could not post
    LAST_PENDING = 14  # slot of the pending transfer that was made last
    CHAIN_US = 15  # LAST_US when the open chain began
    CHAIN_DEPTH = 16  # chains that were begun inside the open one, and are part of it


class Undone(IntEnum):
    """What a row of the undo list takes back."""

    LOT = 0  # amount that a lot gained
    ISSUE = 1  # the same of its issued amount
    OWED = 2  # amount by which an account's debt grew
    RESERVED = 3  # amount by which an account's reserve grew
    PENDING = 4  # a pending transfer was settled; amount: its amount before
    MADE = 5  # a pending transfer was made
    LOT_MADE = 6  # a lot was put among those of its account
    CLOSED = 7  # an account was closed


class Book(NamedTuple):
    """All that a kernel of the ledger may touch."""

    accounts: np.ndarray  # ACCOUNT
    lots: np.ndarray  # LOT
    pendings: np.ndarray  # PENDING
    transfers: np.ndarray  # TRANSFER: what has not been handed over
    undo: np.ndarray  # UNDO: what the open chain has done
    book_counts: np.ndarray  # int64 by Count


def book_records(rows: int, dtype: np.dtype) -> np.recarray:  # type: ignore[type-arg]
    """Return `rows` zeroed records whose fields read as attributes."""
    return np.zeros(rows, dtype).view(np.recarray)


def empty_book(accounts: int = 0, lots: int = 0, pendings: int = 0, journal: int = 0, undo: int = 0) -> Book:
    """Return a book with room for so many of each, and nothing in it."""
    counts = np.zeros(len(Count), np.int64)
    counts[[Count.LOT_FREE, Count.PENDING_FREE, Count.CHAIN]] = NONE
    return Book(
        book_records(accounts, ACCOUNT), book_records(lots, LOT), book_records(pendings, PENDING), book_records(journal, TRANSFER),
        book_records(undo, UNDO), counts,
    )  # fmt: skip


declare_type("Book", empty_book(), by_reference=True)
