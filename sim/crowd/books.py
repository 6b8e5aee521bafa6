"""The crowd's entries in the books: every transfer of money that a party causes is posted here."""

from __future__ import annotations

from sim.crowd.state import Mall
from sim.kernel import inlined, kernel
from sim.ledger import posting
from sim.ledger.records import Book


@inlined
def book_of(mall: Mall) -> Book:
    """Return the ledger of the mall."""
    return Book(mall.accounts, mall.lots, mall.pendings, mall.transfers, mall.undo, mall.book_counts)


@kernel
def transfer(mall: Mall, debit: int, credit: int, amount_fen: int, reason: int, now_us: int) -> None:
    """Move an amount between two accounts; nothing is written where it is nothing. The loop has made sure that there is room."""
    if amount_fen <= 0:
        return
    refusal = posting.transfer(book_of(mall), now_us, debit, credit, amount_fen, reason)
    assert refusal == 0
