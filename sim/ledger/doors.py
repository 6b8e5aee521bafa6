"""The kernels of the ledger as Python calls them, one transfer at a time."""

from __future__ import annotations

import numpy as np

from sim.kernel import entry, referred
from sim.ledger import closing, posting
from sim.ledger.accounts import POINTS_ISSUED, TransferReason
from sim.ledger.records import NEVER_US, NONE, Book, Refusal


@entry
def post_one(book: Book, now_us: int, debit: int, credit: int, amount: int, reason: int) -> int:
    """Post one transfer from Python; return its Refusal."""
    book = referred(book)
    return posting.transfer(book, now_us, debit, credit, amount, reason)


@entry
def issue_one(book: Book, now_us: int, debit: int, credit: int, amount: int, reason: int, expires_us: int, of: int) -> int:
    """Post one transfer into a lot, or one that corrects another; return its Refusal."""
    book = referred(book)
    return posting.issue(book, now_us, debit, credit, amount, reason, expires_us, of)


@entry
def claw_back_one(book: Book, now_us: int, debit: int, credit: int, amount: int, reason: int, of: int) -> int:
    """Take points back whether or not they are there; return the Refusal."""
    book = referred(book)
    return posting.claw_back(book, now_us, debit, credit, amount, reason, of)


@entry
def reserve_one(book: Book, now_us: int, debit: int, credit: int, amount: int, reason: int, expires_us: int) -> int:
    """Make a pending transfer, in slot Count.LAST_PENDING; return its Refusal."""
    book = referred(book)
    return posting.reserve(book, now_us, debit, credit, amount, reason, expires_us)


@entry
def post_pending_one(book: Book, now_us: int, slot: int, pending_id: int, amount: int) -> int:
    """Post a pending transfer or a part of it; return the Refusal."""
    book = referred(book)
    return posting.post_pending(book, now_us, slot, pending_id, amount)


@entry
def release_one(book: Book, now_us: int, slot: int, pending_id: int, state: int) -> int:
    """Release a pending transfer; return the Refusal."""
    book = referred(book)
    return posting.release_pending(book, now_us, slot, pending_id, state)


@entry
def merge_one(book: Book, now_us: int, gone: int, kept: int) -> int:
    """Merge two members; return the Refusal."""
    book = referred(book)
    return closing.merge(book, now_us, gone, kept)


@entry
def close_one(book: Book, now_us: int, account: int) -> int:
    """Close an account; return the Refusal."""
    book = referred(book)
    return closing.close_account(book, now_us, account)


@entry
def expire_lots(book: Book, now_us: int, first: int) -> int:
    """Let lots expire from an account on; return where the journal is full."""
    book = referred(book)
    return closing.expire_lots(book, now_us, first)


@entry
def expire_pendings(book: Book, now_us: int, first: int) -> int:
    """Release what is over from a slot on; return where the journal is full."""
    book = referred(book)
    return closing.expire_pendings(book, now_us, first)


@entry
def close_out(book: Book, now_us: int, first: int) -> int:
    """Give up what members hold from an account on; return where the journal is full, or -1 - the account that has something pending."""
    book = referred(book)
    return closing.close_out(book, now_us, first)


@entry
def begin_chain(book: Book) -> None:
    """From here on all transfers stand or fall together."""
    book = referred(book)
    posting.begin_chain(book)


@entry
def fail_chain(book: Book, refusal: int) -> None:
    """Let the open chain fail."""
    book = referred(book)
    posting.fail_chain(book, refusal)


@entry
def end_chain(book: Book) -> int:
    """Keep the chain or take all of it back; return the Refusal of the first that was refused."""
    book = referred(book)
    return posting.end_chain(book)


@entry
def open_balances(book: Book, now_us: int, accounts: np.ndarray, balances: np.ndarray) -> int:
    """Post what members hold from before (int32 accounts, int64 centi-points); return a Refusal."""
    book = referred(book)
    for index in range(balances.size):
        if balances[index] > 0:
            refusal = posting.issue(
                book, now_us, POINTS_ISSUED, accounts[index], balances[index], TransferReason.OPENING, NEVER_US, NONE
            )
            if refusal != Refusal.POSTED:
                return refusal
    return Refusal.POSTED
