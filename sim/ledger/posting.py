"""Posting: double entry into an append-only journal; pending transfers settled exactly once; chains that stand or fall together.

After TigerBeetle: whole amounts, one debit and one credit account of one currency, corrections are new transfers. Instants are of the
day; the journal's are since the run's first midnight.
"""

from __future__ import annotations

from sim.kernel import kernel
from sim.ledger.lots import add_to_lots, drop_empty_lots, remember, take_from_lots
from sim.ledger.records import NEVER_US, NO_LIMIT, NONE, Book, Count, Refusal, State, Undone

AMOUNT_MOST = 2**60  # of a transfer, and of what an account may hold or owe


@kernel
def transfer(book: Book, now_us: int, debit: int, credit: int, amount: int, reason: int) -> int:
    """Move an amount from `debit` to `credit`, whose currency it has; return a Refusal, all or nothing."""
    return issue(book, now_us, debit, credit, amount, reason, NEVER_US, NONE)


@kernel
def issue(book: Book, now_us: int, debit: int, credit: int, amount: int, reason: int, expires_us: int, of: int) -> int:
    """Move an amount which expires, into a lot of `credit`; `of` is the id of the transfer that it corrects, or NONE."""
    refusal = _why_not(book, now_us, debit, credit, amount)
    if refusal == Refusal.POSTED and not is_available(book, debit, amount):
        refusal = Refusal.INSUFFICIENT
    if refusal == Refusal.POSTED:
        refusal = _move(book, debit, credit, amount, expires_us)
    return _conclude(book, refusal, now_us, debit, credit, amount, reason, State.POSTED, expires_us, of)


@kernel
def claw_back(book: Book, now_us: int, debit: int, credit: int, amount: int, reason: int, of: int) -> int:
    """Take points back whether or not they are still there; what is not is owed, and what the account earns next repays it."""
    refusal = _why_not(book, now_us, debit, credit, amount)
    if refusal == Refusal.POSTED and book.accounts[debit].may_owe == 0 and not is_available(book, debit, amount):
        refusal = Refusal.INSUFFICIENT
    if refusal == Refusal.POSTED:
        refusal = _move(book, debit, credit, amount, NEVER_US)
    return _conclude(book, refusal, now_us, debit, credit, amount, reason, State.POSTED, NEVER_US, of)


@kernel
def reserve(book: Book, now_us: int, debit: int, credit: int, amount: int, reason: int, expires_us: int) -> int:
    """Set an amount of `debit` aside until it is posted, voided, or expires; its slot is then `Count.LAST_PENDING`."""
    refusal = _why_not(book, now_us, debit, credit, amount)
    if refusal == Refusal.POSTED and not is_available(book, debit, amount):
        refusal = Refusal.INSUFFICIENT
    slot = NONE
    if refusal == Refusal.POSTED:
        slot = _free_pending(book)
        refusal = Refusal.JOURNAL_FULL if slot == NONE else remember(book, Undone.RESERVED, debit, amount)
    if refusal == Refusal.POSTED:
        refusal = remember(book, Undone.MADE, slot, 0)
    if refusal == Refusal.POSTED:
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
    return _conclude(book, refusal, now_us, debit, credit, amount, reason, State.PENDING, expires_us, NONE)


@kernel
def post_pending(book: Book, now_us: int, slot: int, pending_id: int, amount: int) -> int:
    """Post a pending transfer or a part of it, and release the rest at once."""
    refusal = _why_not_settle(book, now_us, slot, pending_id)
    if refusal == Refusal.POSTED and (amount <= 0 or amount > book.pendings[slot].amount):
        refusal = Refusal.AMOUNT_NOT_POSITIVE if amount <= 0 else Refusal.EXCEEDS_PENDING
    if refusal != Refusal.POSTED:
        return _fail(book, refusal)
    waiting = book.pendings[slot]
    refusal = _why_not(book, now_us, waiting.debit, waiting.credit, amount)
    if refusal == Refusal.POSTED:
        refusal = _release(book, slot, State.POST)
    if refusal == Refusal.POSTED:
        refusal = _move(book, waiting.debit, waiting.credit, amount, NEVER_US)
    return _conclude(
        book, refusal, now_us, waiting.debit, waiting.credit, amount, waiting.reason, State.POST, NEVER_US, pending_id
    )


@kernel
def release_pending(book: Book, now_us: int, slot: int, pending_id: int, state: int) -> int:
    """Release a pending transfer: State.VOID because somebody says so, State.EXPIRE because its time is over."""
    refusal = _why_not_settle(book, now_us, slot, pending_id)
    if refusal != Refusal.POSTED:
        return _fail(book, refusal)
    waiting = book.pendings[slot]
    amount = waiting.amount
    refusal = _release(book, slot, state)
    return _conclude(book, refusal, now_us, waiting.debit, waiting.credit, amount, waiting.reason, state, NEVER_US, pending_id)


@kernel
def begin_chain(book: Book) -> None:
    """From here on all transfers stand or fall together, until `end_chain`."""
    counts = book.book_counts
    counts[Count.CHAIN] = counts[Count.POSTED]
    counts[Count.CHAIN_ROW] = counts[Count.ROWS]
    counts[Count.UNDO_ROWS] = 0
    counts[Count.FAILED] = Refusal.POSTED


@kernel
def end_chain(book: Book) -> int:
    """Keep the chain if all of it was posted, else take all of it back; return the Refusal of the first that was not."""
    counts = book.book_counts
    failed = counts[Count.FAILED]
    if failed == Refusal.POSTED:
        _commit(book)
    else:
        _take_back(book)
    counts[Count.CHAIN] = NONE
    return failed


@kernel
def is_available(book: Book, account: int, amount: int) -> bool:
    """Return whether an account can spend an amount, what it has set aside left out."""
    holder = book.accounts[account]
    return holder.limit == NO_LIMIT or holder.balance - holder.reserved + holder.limit >= amount


@kernel
def _why_not(book: Book, now_us: int, debit: int, credit: int, amount: int) -> int:
    """Return why an amount cannot move between two accounts whatever they hold."""
    counts = book.book_counts
    if _has_failed(book):
        return Refusal.LINKED_FAILED
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
def _has_failed(book: Book) -> bool:
    """Return whether another transfer of the open chain was refused."""
    return book.book_counts[Count.CHAIN] != NONE and book.book_counts[Count.FAILED] != Refusal.POSTED


@kernel
def _why_not_settle(book: Book, now_us: int, slot: int, pending_id: int) -> int:
    if _has_failed(book):
        return Refusal.LINKED_FAILED
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
def _move(book: Book, debit: int, credit: int, amount: int, expires_us: int) -> int:
    """Change the two balances and the lots behind them."""
    if book.accounts[debit].has_lots == 1:
        refusal = take_from_lots(book, debit, amount)
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


@kernel
def _conclude(
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
    if refusal == Refusal.POSTED and counts[Count.ROWS] >= book.transfers.size:
        refusal = Refusal.JOURNAL_FULL
        if state == State.POSTED or state == State.POST:
            book.accounts[debit].balance += amount
            book.accounts[credit].balance -= amount
    if refusal != Refusal.POSTED:
        return _fail(book, refusal)
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
        _commit(book)
    return Refusal.POSTED


@kernel
def _fail(book: Book, refusal: int) -> int:
    """Let the open chain fail, or take back what was done of a transfer that stands alone."""
    counts = book.book_counts
    if counts[Count.CHAIN] == NONE:
        counts[Count.CHAIN_ROW] = counts[Count.ROWS]
        _take_back(book)
    elif counts[Count.FAILED] == Refusal.POSTED:
        counts[Count.FAILED] = refusal
    return refusal


@kernel
def _commit(book: Book) -> None:
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
def _take_back(book: Book) -> None:
    """Undo all that the chain has done, the last first."""
    counts = book.book_counts
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
        else:
            book.pendings[done.index].next = counts[Count.PENDING_FREE]
            book.pendings[done.index].state = State.VOID
            counts[Count.PENDING_FREE] = done.index
