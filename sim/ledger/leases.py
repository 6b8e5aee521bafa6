"""Leases: an account's lots handed to another mall's ledger for a day and back, through one account that stands for all other malls."""

from __future__ import annotations

import numpy as np

from sim.kernel import entry, referred
from sim.ledger.accounts import Currency, TransferReason
from sim.ledger.ledger import Ledger
from sim.ledger.posting import claw_back, issue
from sim.ledger.records import NEVER_US, NONE, Book, Count, Refusal

OTHER_MALLS = "network:points"  # what this ledger has handed to others, less what they have handed to it
CLEARING_HOUSE = "network:clearing"  # what this mall's treasury has paid to other malls', less what it got
LEASED_LOT = np.dtype([("amount", "i8"), ("expires_us", "i8"), ("month", "i4"), ("index", "i4")], align=True)
# of a lot that changes ledgers: expires_us: since the run's first midnight; index: of its account among those handed over together.


def hand_over(ledger: Ledger, accounts: np.ndarray, others: int, now_us: int) -> tuple[np.ndarray, np.ndarray]:
    """Empty accounts; return the LEASED_LOT of all that they held, and each one's balance (int64): what is owed is below 0."""
    balances = ledger.book.accounts["balance"][accounts] - ledger.book.accounts["reserved"][accounts]
    found = np.zeros(int(ledger.book.book_counts[Count.LOTS]), LEASED_LOT).view(np.recarray)
    assert np.unique(accounts).size == accounts.size, "an account is handed over once"
    used = 0
    for index, account in enumerate(accounts.tolist()):
        ledger.make_room()
        used = _empty(ledger.book, now_us, account, others, index, found, used)
        assert used >= 0, "the journal is full"
    return np.array(found[:used]), balances


def take_over(ledger: Ledger, accounts: np.ndarray, lots: np.ndarray, balances: np.ndarray, others: int, now_us: int) -> None:
    """Fill accounts with what `hand_over` has taken out of another ledger."""
    lots = lots.view(np.recarray)
    for row in range(lots.size):
        ledger.make_room()
        refusal = _fill(ledger.book, now_us, others, int(accounts[lots["index"][row]]), lots, row)
        assert refusal == Refusal.POSTED, refusal
    for index in np.flatnonzero(balances < 0).tolist():
        ledger.make_room()
        refusal = _owe(ledger.book, now_us, int(accounts[index]), others, int(-balances[index]))
        assert refusal == Refusal.POSTED, refusal


def open_network_accounts(ledger: Ledger) -> tuple[int, int]:
    """Open the accounts that stand for all other malls: of points, and of money."""
    return ledger.open(OTHER_MALLS, Currency.POINTS), ledger.open(CLEARING_HOUSE, Currency.FEN)


@entry
def _empty(book: Book, now_us: int, account: int, others: int, index: int, found: np.recarray, used: int) -> int:  # type: ignore[type-arg]
    """Move all that an account can spend to `others` and write its lots down; return how many are written down, -1 when that failed."""
    book = referred(book)
    holder = book.accounts[account]
    rest = holder.balance - holder.reserved
    if rest < 0:
        refusal = issue(book, now_us, others, account, -rest, TransferReason.LEASED_OUT, NEVER_US, NONE)
        return used if refusal == Refusal.POSTED else -1
    amount = rest
    kept = holder.reserved  # the oldest stay: posting leaves them out too
    lot = holder.first_lot
    while lot != NONE and rest > 0:
        passed = min(kept, book.lots[lot].remaining)
        kept -= passed
        taken = min(rest, book.lots[lot].remaining - passed)
        if taken > 0:
            written = found[used]
            written.amount = taken
            written.expires_us = book.lots[lot].expires_us
            written.month = book.lots[lot].month
            written.index = index
            used += 1
            rest -= taken
        lot = book.lots[lot].next
    if amount > 0:
        refusal = issue(book, now_us, account, others, amount, TransferReason.LEASED_OUT, NEVER_US, NONE)
        if refusal != Refusal.POSTED:
            return -1
    return used


@entry
def _fill(book: Book, now_us: int, others: int, account: int, lots: np.recarray, row: int) -> int:  # type: ignore[type-arg]
    """Put one lot into an account, under the month in which it was issued."""
    book = referred(book)
    month = book.book_counts[Count.MONTH]
    book.book_counts[Count.MONTH] = lots[row].month
    refusal = issue(book, now_us, others, account, lots[row].amount, TransferReason.LEASED_IN, lots[row].expires_us, NONE)
    book.book_counts[Count.MONTH] = month
    return refusal


@entry
def _owe(book: Book, now_us: int, account: int, others: int, amount: int) -> int:
    """Let an account owe what it owed in the ledger that it comes from."""
    book = referred(book)
    return claw_back(book, now_us, account, others, amount, TransferReason.LEASED_IN, NONE)
