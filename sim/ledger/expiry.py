"""Expiry: at midnight, lots whose time is over go from members to the account of what has expired."""

from __future__ import annotations

from sim.kernel import entry, referred
from sim.ledger.accounts import GIFTS_EXPIRED, POINTS_EXPIRED, Currency, TransferReason
from sim.ledger.posting import issue
from sim.ledger.records import NEVER_US, NONE, Book, Count, Refusal


@entry
def expire_lots(book: Book, now_us: int, first: int) -> int:
    """Let lots expire that are over at `now_us`, from account `first` on; return the account that waits for room in the journal.

    A lot holds until the microsecond before its time. What is set aside by a pending transfer stays, and goes at the next midnight
    if it is released.
    """
    book = referred(book)
    until_us = now_us + book.book_counts[Count.MIDNIGHT_US]
    for account in range(first, book.book_counts[Count.ACCOUNTS]):
        holder = book.accounts[account]
        if holder.has_lots == 0:
            continue
        amount = 0
        lot = holder.first_lot
        while lot != NONE and book.lots[lot].expires_us <= until_us:
            amount += book.lots[lot].remaining
            lot = book.lots[lot].next
        amount = min(amount, holder.balance - holder.reserved)
        if amount <= 0:
            continue
        if book.book_counts[Count.ROWS] >= book.transfers.size:
            return account
        to = GIFTS_EXPIRED if holder.currency == Currency.GIFTS else POINTS_EXPIRED
        refusal = issue(book, now_us, account, to, amount, TransferReason.EXPIRED, NEVER_US, NONE)
        assert refusal == Refusal.POSTED
    return book.book_counts[Count.ACCOUNTS]
