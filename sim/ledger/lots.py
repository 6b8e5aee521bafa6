"""Lots: what an account of points holds, by month and expiry; the first to expire is the first to be spent."""

from __future__ import annotations

from sim.kernel import kernel
from sim.ledger.records import NONE, Book, Count, Refusal, Undone


@kernel
def remember(book: Book, kind: int, index: int, amount: int) -> int:
    """Write down what would have to be taken back if the open chain fails."""
    row = book.book_counts[Count.UNDO_ROWS]
    if row >= book.undo.size:
        return Refusal.CHAIN_TOO_LONG
    undo = book.undo[row]
    undo.kind = kind
    undo.index = index
    undo.amount = amount
    book.book_counts[Count.UNDO_ROWS] = row + 1
    return Refusal.POSTED


@kernel
def add_to_lots(book: Book, account: int, amount: int, expires_us: int) -> int:
    """Credit an account's lots; what it owes is paid back first."""
    holder = book.accounts[account]
    if book.book_counts[Count.UNDO_ROWS] + 4 > book.undo.size:
        return Refusal.CHAIN_TOO_LONG
    repaid = min(amount, holder.owed)
    if repaid > 0:
        remember(book, Undone.OWED, account, -repaid)
        holder.owed -= repaid
    rest = amount - repaid
    if rest > 0:
        lot = _lot_for(book, account, expires_us)
        if lot == NONE:
            return Refusal.JOURNAL_FULL
        remember(book, Undone.LOT, lot, rest)
        remember(book, Undone.ISSUE, lot, rest)
        book.lots[lot].remaining += rest
        book.lots[lot].issued += rest
    return Refusal.POSTED


@kernel
def _lot_for(book: Book, account: int, expires_us: int) -> int:
    """Return the account's lot of this month and expiry, a new one in its place by expiry and then by issue; NONE when there is no room."""
    month = book.book_counts[Count.MONTH]
    before = NONE
    lot = book.accounts[account].first_lot
    last = book.accounts[account].last_lot
    if last != NONE and book.lots[last].expires_us <= expires_us:
        before, lot = last, NONE
    while lot != NONE and book.lots[lot].expires_us <= expires_us:
        before = lot
        lot = book.lots[lot].next
    if before != NONE and book.lots[before].expires_us == expires_us and book.lots[before].month == month:
        return before
    made = _free_lot(book)
    if made == NONE:
        return NONE
    remember(book, Undone.LOT_MADE, made, 0)
    new = book.lots[made]
    new.remaining = 0
    new.issued = 0
    new.expires_us = expires_us
    new.month = month
    new.account = account
    new.next = lot
    if before == NONE:
        book.accounts[account].first_lot = made
    else:
        book.lots[before].next = made
    if lot == NONE:
        book.accounts[account].last_lot = made
    return made


@kernel
def _free_lot(book: Book) -> int:
    counts = book.book_counts
    found = counts[Count.LOT_FREE]
    if found != NONE:
        counts[Count.LOT_FREE] = book.lots[found].next
        return found
    found = counts[Count.LOTS]
    if found >= book.lots.size:
        return NONE
    counts[Count.LOTS] = found + 1
    return found


@kernel
def take_from_lots(book: Book, account: int, amount: int, kept: int) -> int:
    """Debit an account's lots in their order, the first `kept` left out; what they do not hold is owed, where the account may owe.

    What is kept is reserved for something else; a claw-back that needs it takes it all the same.
    """
    holder = book.accounts[account]
    rest = amount
    skipped = max(0, min(kept, holder.balance - amount))
    lot = holder.first_lot
    while lot != NONE and rest > 0:
        passed = min(skipped, book.lots[lot].remaining)
        skipped -= passed
        taken = min(rest, book.lots[lot].remaining - passed)
        if taken > 0:
            refusal = remember(book, Undone.LOT, lot, -taken)
            if refusal != Refusal.POSTED:
                return refusal
            book.lots[lot].remaining -= taken
            rest -= taken
        lot = book.lots[lot].next
    if rest > 0:
        if holder.may_owe == 0:
            return Refusal.INSUFFICIENT
        refusal = remember(book, Undone.OWED, account, rest)
        if refusal != Refusal.POSTED:
            return refusal
        holder.owed += rest
    return Refusal.POSTED


@kernel
def due_to_expire(book: Book, account: int, time_us: int) -> int:
    """Return how much of an account's lots is over at an instant of the journal, without what is reserved: that is the oldest."""
    due = 0
    lot = book.accounts[account].first_lot
    while lot != NONE and book.lots[lot].expires_us <= time_us:
        due += book.lots[lot].remaining
        lot = book.lots[lot].next
    return max(0, due - book.accounts[account].reserved)


@kernel
def drop_empty_lots(book: Book, account: int) -> None:
    """Give back the slots of lots at the head that hold nothing any more."""
    holder = book.accounts[account]
    while holder.first_lot != NONE and book.lots[holder.first_lot].remaining == 0:
        empty = holder.first_lot
        holder.first_lot = book.lots[empty].next
        if holder.first_lot == NONE:
            holder.last_lot = NONE
        _give_back(book, empty)


@kernel
def unmake_lot(book: Book, lot: int) -> None:
    """Take a lot that a failed chain has made from among those of its account."""
    account = book.lots[lot].account
    before = NONE
    at = book.accounts[account].first_lot
    while at != lot:
        before = at
        at = book.lots[at].next
    after = book.lots[lot].next
    if before == NONE:
        book.accounts[account].first_lot = after
    else:
        book.lots[before].next = after
    if after == NONE:
        book.accounts[account].last_lot = before
    _give_back(book, lot)


@kernel
def _give_back(book: Book, lot: int) -> None:
    book.lots[lot].account = NONE
    book.lots[lot].next = book.book_counts[Count.LOT_FREE]
    book.book_counts[Count.LOT_FREE] = lot
