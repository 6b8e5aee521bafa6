"""The end of what accounts hold: lots and pending transfers that are over, members that are merged, accounts that are closed."""

from __future__ import annotations

from sim.kernel import kernel
from sim.ledger.accounts import GIFTS_EXPIRED, POINTS_BREAKAGE, Currency, TransferReason
from sim.ledger.lots import remember
from sim.ledger.posting import begin_chain, claw_back, end_chain, expire_account, fail_chain, issue, release_pending
from sim.ledger.records import NEVER_US, NONE, Book, Count, Refusal, State, Undone


@kernel
def expire_lots(book: Book, now_us: int, first: int) -> int:
    """Let the lots of all accounts from `first` on that are over at this instant expire; return the account at which the journal is full.

    That is the number of accounts when all is done.
    """
    time_us = now_us + book.book_counts[Count.MIDNIGHT_US]
    for account in range(first, book.book_counts[Count.ACCOUNTS]):
        lot = book.accounts[account].first_lot
        if book.accounts[account].has_lots == 0 or lot == NONE or book.lots[lot].expires_us > time_us:
            continue
        if expire_account(book, now_us, account) == Refusal.JOURNAL_FULL:
            return account
    return book.book_counts[Count.ACCOUNTS]


@kernel
def expire_pendings(book: Book, now_us: int, first: int) -> int:
    """Release all pending transfers from slot `first` on that are over at this instant; return the slot at which the journal is full."""
    time_us = now_us + book.book_counts[Count.MIDNIGHT_US]
    for slot in range(first, book.book_counts[Count.PENDINGS]):
        waiting = book.pendings[slot]
        if waiting.state != State.PENDING or waiting.expires_us > time_us:
            continue
        if release_pending(book, now_us, slot, waiting.id, State.EXPIRE) == Refusal.JOURNAL_FULL:
            return slot
    return book.book_counts[Count.PENDINGS]


@kernel
def has_pending(book: Book, account: int) -> bool:
    """Return whether a pending transfer would debit or credit an account."""
    for slot in range(book.book_counts[Count.PENDINGS]):
        waiting = book.pendings[slot]
        if waiting.state == State.PENDING and (waiting.debit == account or waiting.credit == account):
            return True
    return False


@kernel
def close_account(book: Book, now_us: int, account: int) -> int:
    """Close an account that holds nothing, owes nothing and waits for nothing; return a Refusal."""
    counts = book.book_counts
    if account < 0 or account >= counts[Count.ACCOUNTS]:
        return Refusal.UNKNOWN_ACCOUNT
    time_us = now_us + counts[Count.MIDNIGHT_US]
    holder = book.accounts[account]
    if time_us < counts[Count.LAST_US]:
        return Refusal.OUT_OF_ORDER
    if time_us >= holder.closed_us:
        return Refusal.ACCOUNT_CLOSED
    if has_pending(book, account):
        return Refusal.HAS_PENDING
    if holder.balance != 0 or holder.owed != 0:
        return Refusal.NOT_EMPTY
    if counts[Count.CHAIN] != NONE and remember(book, Undone.CLOSED, account, 0) != Refusal.POSTED:
        fail_chain(book, Refusal.CHAIN_TOO_LONG)
        return Refusal.CHAIN_TOO_LONG
    holder.closed_us = time_us
    return Refusal.POSTED


@kernel
def merge(book: Book, now_us: int, gone: int, kept: int) -> int:
    """Move all that a member holds or owes to another, each lot with its expiry, and close its account; return a Refusal."""
    counts = book.book_counts
    if gone < 0 or kept < 0 or gone >= counts[Count.ACCOUNTS] or kept >= counts[Count.ACCOUNTS]:
        return Refusal.UNKNOWN_ACCOUNT
    if gone == kept:
        return Refusal.SAME_ACCOUNT
    if book.accounts[gone].has_lots == 0 or book.accounts[kept].has_lots == 0:
        return Refusal.NOT_A_LOT_ACCOUNT
    if now_us + counts[Count.MIDNIGHT_US] >= min(book.accounts[gone].closed_us, book.accounts[kept].closed_us):
        return Refusal.ACCOUNT_CLOSED
    if has_pending(book, gone):
        return Refusal.HAS_PENDING
    begin_chain(book)
    expire_account(book, now_us, gone)
    if book.accounts[gone].owed > 0:
        claw_back(book, now_us, kept, gone, book.accounts[gone].owed, TransferReason.MERGED, NONE)
    lot = book.accounts[gone].first_lot
    while lot != NONE:
        if book.lots[lot].remaining > 0:
            amount = book.lots[lot].remaining
            if (
                issue(book, now_us, gone, kept, amount, TransferReason.MERGED, book.lots[lot].expires_us, NONE)
                != Refusal.POSTED
            ):
                break
        lot = book.lots[lot].next
    refused = close_account(book, now_us, gone)
    if refused != Refusal.POSTED:
        fail_chain(book, refused)
    return end_chain(book)


@kernel
def close_out(book: Book, now_us: int, first: int) -> int:
    """Give up as breakage what members hold, and let off what they owe; return the account at which the journal is full, or -1 - the first that has something pending."""
    counts = book.book_counts
    for account in range(first, counts[Count.ACCOUNTS]):
        holder = book.accounts[account]
        if holder.has_lots == 0 or holder.closed_us != NEVER_US or holder.balance == 0:
            continue
        if holder.reserved > 0:
            return -1 - account
        if counts[Count.ROWS] + 2 > book.transfers.size:
            return account
        if holder.currency == Currency.POINTS:
            into = POINTS_BREAKAGE
        else:
            into = GIFTS_EXPIRED
        expire_account(book, now_us, account)
        if holder.balance > 0:
            issue(book, now_us, account, into, holder.balance, TransferReason.CLOSED_OUT, NEVER_US, NONE)
        elif holder.balance < 0:
            issue(book, now_us, into, account, -holder.balance, TransferReason.CLOSED_OUT, NEVER_US, NONE)
    return counts[Count.ACCOUNTS]
