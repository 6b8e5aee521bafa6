"""Entering a transfer in the books: why it may not be, the balances and lots that it moves, its row, and all of it taken back."""

from __future__ import annotations

from sim.kernel import kernel
from sim.ledger.lots import add_to_lots, drop_empty_lots, take_from_lots, unmake_lot
from sim.ledger.records import NEVER_US, NO_LIMIT, NONE, Book, Count, Refusal, State, Undone

AMOUNT_MOST = 2**60  # of a transfer, and of what an account may hold or owe


@kernel
def is_available(book: Book, account: int, amount: int) -> bool:
    """Return whether an account can spend an amount, what it has set aside left out."""
    holder = book.accounts[account]
    return holder.limit == NO_LIMIT or holder.balance - holder.reserved + holder.limit >= amount


@kernel
def why_not(book: Book, now_us: int, debit: int, credit: int, amount: int) -> int:
    """Return why an amount cannot move between two accounts whatever they hold."""
    counts = book.book_counts
    if has_failed(book):
        return Refusal.LINKED_FAILED
    if counts[Count.ROWS] >= book.transfers.size:
        return Refusal.JOURNAL_FULL
    if amount <= 0:
        return Refusal.AMOUNT_NOT_POSITIVE
    if amount > AMOUNT_MOST:
        return Refusal.OVERFLOW
    if debit < 0 or credit < 0 or debit >= counts[Count.ACCOUNTS] or credit >= counts[Count.ACCOUNTS]:
        return Refusal.UNKNOWN_ACCOUNT
    if debit == credit:
        return Refusal.SAME_ACCOUNT
    source = book.accounts[debit]
    target = book.accounts[credit]
    if source.currency != target.currency:
        return Refusal.WRONG_CURRENCY
    time_us = now_us + counts[Count.MIDNIGHT_US]
    if time_us < counts[Count.LAST_US]:
        return Refusal.OUT_OF_ORDER
    if time_us < source.opened_us or time_us < target.opened_us:
        return Refusal.ACCOUNT_NOT_YET_OPEN
    if time_us >= source.closed_us or time_us >= target.closed_us:
        return Refusal.ACCOUNT_CLOSED
    if source.balance - amount < -AMOUNT_MOST or target.balance + amount > AMOUNT_MOST:
        return Refusal.OVERFLOW
    return Refusal.POSTED


@kernel
def has_failed(book: Book) -> bool:
    """Return whether another transfer of the open chain was refused."""
    return book.book_counts[Count.CHAIN] != NONE and book.book_counts[Count.FAILED] != Refusal.POSTED


@kernel
def why_not_settle(book: Book, now_us: int, slot: int, pending_id: int) -> int:
    """Return why a pending transfer cannot be settled."""
    if has_failed(book):
        return Refusal.LINKED_FAILED
    if book.book_counts[Count.ROWS] >= book.transfers.size:
        return Refusal.JOURNAL_FULL
    if slot < 0 or slot >= book.book_counts[Count.PENDINGS] or book.pendings[slot].id != pending_id:
        return Refusal.UNKNOWN_PENDING
    state = book.pendings[slot].state
    if state == State.POST:
        return Refusal.ALREADY_POSTED
    if state == State.VOID:
        return Refusal.ALREADY_VOIDED
    if state == State.EXPIRE:
        return Refusal.ALREADY_EXPIRED
    if now_us + book.book_counts[Count.MIDNIGHT_US] < book.book_counts[Count.LAST_US]:
        return Refusal.OUT_OF_ORDER
    return Refusal.POSTED


@kernel
def move(book: Book, debit: int, credit: int, amount: int, expires_us: int, kept: int) -> int:
    """Change the two balances and the lots behind them, the oldest `kept` of the debit account's left out."""
    if book.accounts[debit].has_lots == 1:
        refusal = take_from_lots(book, debit, amount, kept)
        if refusal != Refusal.POSTED:
            return refusal
    if book.accounts[credit].has_lots == 1:
        refusal = add_to_lots(book, credit, amount, expires_us)
        if refusal != Refusal.POSTED:
            return refusal
    book.accounts[debit].balance -= amount
    book.accounts[credit].balance += amount
    return Refusal.POSTED


@kernel
def conclude(
    book: Book,
    refusal: int,
    now_us: int,
    debit: int,
    credit: int,
    amount: int,
    reason: int,
    state: int,
    expires_us: int,
    of: int,
) -> int:
    """Write the transfer down if it was done; take back what was done of it if it stands alone and was refused."""
    counts = book.book_counts
    if refusal != Refusal.POSTED:
        return fail(book, refusal)
    row = book.transfers[counts[Count.ROWS]]
    row.id = counts[Count.POSTED]
    row.time_us = now_us + counts[Count.MIDNIGHT_US]
    row.amount = amount
    row.chain = counts[Count.POSTED] if counts[Count.CHAIN] == NONE else counts[Count.CHAIN]
    row.of = of
    row.expires_us = expires_us
    row.debit = debit
    row.credit = credit
    row.currency = book.accounts[debit].currency
    row.reason = reason
    row.state = state
    counts[Count.ROWS] += 1
    counts[Count.POSTED] += 1
    counts[Count.LAST_US] = row.time_us
    if counts[Count.CHAIN] == NONE:
        commit(book)
    return Refusal.POSTED


@kernel
def fail(book: Book, refusal: int) -> int:
    """Let the open chain fail, or take back what was done of a transfer that stands alone."""
    counts = book.book_counts
    if counts[Count.CHAIN] == NONE:
        counts[Count.CHAIN_ROW] = counts[Count.ROWS]
        counts[Count.CHAIN_US] = counts[Count.LAST_US]
        take_back(book)
    elif counts[Count.FAILED] == Refusal.POSTED:
        counts[Count.FAILED] = refusal
    return refusal


@kernel
def commit(book: Book) -> None:
    """What was done stays: give back the slots of what is empty or settled."""
    for index in range(book.book_counts[Count.UNDO_ROWS]):
        done = book.undo[index]
        if done.kind == Undone.LOT and done.amount < 0 and book.lots[done.index].account != NONE:
            drop_empty_lots(book, book.lots[done.index].account)
        elif done.kind == Undone.PENDING:
            book.pendings[done.index].next = book.book_counts[Count.PENDING_FREE]
            book.book_counts[Count.PENDING_FREE] = done.index
    book.book_counts[Count.UNDO_ROWS] = 0


@kernel
def take_back(book: Book) -> None:
    """Undo all that the chain has done, the last first."""
    counts = book.book_counts
    counts[Count.LAST_US] = counts[Count.CHAIN_US]
    while counts[Count.ROWS] > counts[Count.CHAIN_ROW]:
        counts[Count.ROWS] -= 1
        counts[Count.POSTED] -= 1
        row = book.transfers[counts[Count.ROWS]]
        if row.state == State.POSTED or row.state == State.POST:
            book.accounts[row.debit].balance += row.amount
            book.accounts[row.credit].balance -= row.amount
    while counts[Count.UNDO_ROWS] > 0:
        counts[Count.UNDO_ROWS] -= 1
        done = book.undo[counts[Count.UNDO_ROWS]]
        if done.kind == Undone.LOT:
            book.lots[done.index].remaining -= done.amount
        elif done.kind == Undone.ISSUE:
            book.lots[done.index].issued -= done.amount
        elif done.kind == Undone.OWED:
            book.accounts[done.index].owed -= done.amount
        elif done.kind == Undone.RESERVED:
            book.accounts[done.index].reserved -= done.amount
        elif done.kind == Undone.PENDING:
            book.pendings[done.index].state = State.PENDING
        elif done.kind == Undone.LOT_MADE:
            unmake_lot(book, done.index)
        elif done.kind == Undone.CLOSED:
            book.accounts[done.index].closed_us = NEVER_US
        else:
            book.pendings[done.index].next = counts[Count.PENDING_FREE]
            book.pendings[done.index].id = NONE  # another transfer will have that id
            book.pendings[done.index].state = State.VOID
            counts[Count.PENDING_FREE] = done.index
