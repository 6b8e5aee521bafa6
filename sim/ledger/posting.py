"""Posting: double entry into an append-only journal; pending transfers settled exactly once; chains that stand or fall together.

After TigerBeetle: whole amounts, one debit and one credit account of one currency, corrections are new transfers. Instants are of the
day; the journal's are since the run's first midnight.
"""

from __future__ import annotations

from sim.kernel import kernel
from sim.ledger.accounts import GIFTS_EXPIRED, POINTS_EXPIRED, Currency, TransferReason
from sim.ledger.entering import (
    AMOUNT_MOST,
    commit,
    conclude,
    fail,
    has_failed,
    is_available,
    move,
    take_back,
    why_not,
    why_not_settle,
)
from sim.ledger.lots import due_to_expire, remember
from sim.ledger.records import NEVER_US, NONE, Book, Count, Refusal, State, Undone


@kernel
def transfer(book: Book, now_us: int, debit: int, credit: int, amount: int, reason: int) -> int:
    """Move an amount from `debit` to `credit`, whose currency it has; return a Refusal, all or nothing."""
    return issue(book, now_us, debit, credit, amount, reason, NEVER_US, NONE)


@kernel
def issue(book: Book, now_us: int, debit: int, credit: int, amount: int, reason: int, expires_us: int, of: int) -> int:
    """Move an amount which expires, into a lot of `credit`; `of` is the id of the transfer that it corrects, or NONE."""
    if reason == TransferReason.EXPIRED:
        refusal = why_not(book, now_us, debit, credit, amount)
    else:
        refusal = _why_not_now(book, now_us, debit, credit, amount)
    if refusal == Refusal.POSTED and not is_available(book, debit, amount):
        refusal = Refusal.INSUFFICIENT
    if refusal == Refusal.POSTED:
        refusal = move(book, debit, credit, amount, expires_us, book.accounts[debit].reserved)
    return conclude(book, refusal, now_us, debit, credit, amount, reason, State.POSTED, expires_us, of)


@kernel
def claw_back(book: Book, now_us: int, debit: int, credit: int, amount: int, reason: int, of: int) -> int:
    """Take points back whether or not they are still there; what is not is owed, and what the account earns next repays it."""
    refusal = _why_not_now(book, now_us, debit, credit, amount)
    if refusal == Refusal.POSTED and book.accounts[debit].may_owe == 0 and not is_available(book, debit, amount):
        refusal = Refusal.INSUFFICIENT
    if refusal == Refusal.POSTED:
        refusal = move(book, debit, credit, amount, NEVER_US, book.accounts[debit].reserved)
    return conclude(book, refusal, now_us, debit, credit, amount, reason, State.POSTED, NEVER_US, of)


@kernel
def reserve(book: Book, now_us: int, debit: int, credit: int, amount: int, reason: int, expires_us: int) -> int:
    """Set an amount of `debit` aside until it is posted, voided, or expires; its slot is then `Count.LAST_PENDING`."""
    refusal = _why_not_now(book, now_us, debit, credit, amount)
    if refusal == Refusal.POSTED and not is_available(book, debit, amount):
        refusal = Refusal.INSUFFICIENT
    if refusal == Refusal.POSTED and book.accounts[debit].reserved + amount > AMOUNT_MOST:
        refusal = Refusal.OVERFLOW
    if refusal == Refusal.POSTED and book.book_counts[Count.UNDO_ROWS] + 2 > book.undo.size:
        refusal = Refusal.CHAIN_TOO_LONG
    slot = NONE
    if refusal == Refusal.POSTED:
        slot = _free_pending(book)
        refusal = Refusal.JOURNAL_FULL if slot == NONE else Refusal.POSTED
    if refusal == Refusal.POSTED:
        remember(book, Undone.RESERVED, debit, amount)
        remember(book, Undone.MADE, slot, 0)
        book.accounts[debit].reserved += amount
        made = book.pendings[slot]
        made.id = book.book_counts[Count.POSTED]
        made.amount = amount
        made.expires_us = expires_us
        made.debit = debit
        made.credit = credit
        made.reason = reason
        made.state = State.PENDING
        made.next = NONE
        book.book_counts[Count.LAST_PENDING] = slot
    return conclude(book, refusal, now_us, debit, credit, amount, reason, State.PENDING, expires_us, NONE)


@kernel
def post_pending(book: Book, now_us: int, slot: int, pending_id: int, amount: int) -> int:
    """Post a pending transfer or a part of it before it expires, and release the rest at once."""
    refusal = why_not_settle(book, now_us, slot, pending_id)
    if refusal == Refusal.POSTED and now_us + book.book_counts[Count.MIDNIGHT_US] >= book.pendings[slot].expires_us:
        refusal = Refusal.ALREADY_EXPIRED
    if refusal == Refusal.POSTED and (amount <= 0 or amount > book.pendings[slot].amount):
        refusal = Refusal.AMOUNT_NOT_POSITIVE if amount <= 0 else Refusal.EXCEEDS_PENDING
    if refusal != Refusal.POSTED:
        return fail(book, refusal)
    waiting = book.pendings[slot]
    refusal = why_not(book, now_us, waiting.debit, waiting.credit, amount)
    if refusal == Refusal.POSTED:
        refusal = _release(book, slot, State.POST)
    if refusal == Refusal.POSTED:
        refusal = move(book, waiting.debit, waiting.credit, amount, NEVER_US, 0)
    return conclude(
        book, refusal, now_us, waiting.debit, waiting.credit, amount, waiting.reason, State.POST, NEVER_US, pending_id
    )


@kernel
def release_pending(book: Book, now_us: int, slot: int, pending_id: int, state: int) -> int:
    """Release a pending transfer: State.VOID because somebody says so, State.EXPIRE because its time is over."""
    refusal = why_not_settle(book, now_us, slot, pending_id)
    if refusal != Refusal.POSTED:
        return fail(book, refusal)
    waiting = book.pendings[slot]
    amount = waiting.amount
    refusal = _release(book, slot, state)
    return conclude(book, refusal, now_us, waiting.debit, waiting.credit, amount, waiting.reason, state, NEVER_US, pending_id)


@kernel
def begin_chain(book: Book) -> None:
    """From here on all transfers stand or fall together, until `end_chain`; a chain inside another is part of that."""
    counts = book.book_counts
    if counts[Count.CHAIN] != NONE:
        counts[Count.CHAIN_DEPTH] += 1
        return
    counts[Count.CHAIN] = counts[Count.POSTED]
    counts[Count.CHAIN_US] = counts[Count.LAST_US]
    counts[Count.CHAIN_ROW] = counts[Count.ROWS]
    counts[Count.UNDO_ROWS] = 0
    counts[Count.FAILED] = Refusal.POSTED


@kernel
def end_chain(book: Book) -> int:
    """Keep the chain if all of it was posted, else take all of it back; return the Refusal of the first that was not."""
    counts = book.book_counts
    failed = counts[Count.FAILED]
    if counts[Count.CHAIN_DEPTH] > 0:
        counts[Count.CHAIN_DEPTH] -= 1
        return failed
    if failed == Refusal.POSTED:
        commit(book)
    else:
        take_back(book)
    counts[Count.CHAIN] = NONE
    return failed


@kernel
def fail_chain(book: Book, refusal: int) -> None:
    """Let the open chain fail for a reason that no transfer of it knows."""
    if book.book_counts[Count.FAILED] == Refusal.POSTED:
        book.book_counts[Count.FAILED] = refusal


@kernel
def expire_account(book: Book, now_us: int, account: int) -> int:
    """Let the lots of an account that are over at this instant expire, in one transfer; return a Refusal."""
    if has_failed(book):
        return Refusal.LINKED_FAILED
    time_us = now_us + book.book_counts[Count.MIDNIGHT_US]
    due = due_to_expire(book, account, time_us)
    if due == 0:
        return Refusal.POSTED
    if book.accounts[account].currency == Currency.POINTS:
        into = POINTS_EXPIRED
    else:
        into = GIFTS_EXPIRED
    refusal = why_not(book, now_us, account, into, due)
    if refusal == Refusal.POSTED:
        refusal = move(book, account, into, due, NEVER_US, book.accounts[account].reserved)
    return conclude(book, refusal, now_us, account, into, due, TransferReason.EXPIRED, State.POSTED, NEVER_US, NONE)


@kernel
def _why_not_now(book: Book, now_us: int, debit: int, credit: int, amount: int) -> int:
    """Return the same, after what is over of the debit account's lots has expired: nobody spends it."""
    refusal = why_not(book, now_us, debit, credit, amount)
    if refusal != Refusal.POSTED or book.accounts[debit].has_lots == 0:
        return refusal
    lot = book.accounts[debit].first_lot
    if lot == NONE or book.lots[lot].expires_us > now_us + book.book_counts[Count.MIDNIGHT_US]:
        return refusal
    if book.book_counts[Count.ROWS] + 2 > book.transfers.size:
        return Refusal.JOURNAL_FULL
    return expire_account(book, now_us, debit)


@kernel
def _release(book: Book, slot: int, state: int) -> int:
    """Give a pending transfer's reserve free and write down how it was settled."""
    waiting = book.pendings[slot]
    if book.book_counts[Count.UNDO_ROWS] + 2 > book.undo.size:
        return Refusal.CHAIN_TOO_LONG
    remember(book, Undone.RESERVED, waiting.debit, -waiting.amount)
    remember(book, Undone.PENDING, slot, 0)
    book.accounts[waiting.debit].reserved -= waiting.amount
    waiting.state = state
    return Refusal.POSTED


@kernel
def _free_pending(book: Book) -> int:
    counts = book.book_counts
    found = counts[Count.PENDING_FREE]
    if found != NONE:
        counts[Count.PENDING_FREE] = book.pendings[found].next
        return found
    found = counts[Count.PENDINGS]
    if found >= book.pendings.size:
        return NONE
    counts[Count.PENDINGS] = found + 1
    return found
