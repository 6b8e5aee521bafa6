"""The crowd's entries in the books: every transfer of money that a party causes is posted here."""

from __future__ import annotations

from sim.crowd.state import Mall, Meta
from sim.kernel import kernel
from sim.ledger.accounts import post


@kernel
def transfer(mall: Mall, debit: int, credit: int, amount_fen: int, reason: int, now_us: int) -> None:
    """Move an amount between two accounts; nothing is written where it is nothing. The loop has made sure that there is room."""
    if amount_fen <= 0:
        return
    serial = mall.meta[Meta.TRANSFERS_POSTED]
    journal_row = mall.meta[Meta.TRANSFER_ROWS]
    refusal = post(mall.balances_fen, mall.transfers, journal_row, serial, now_us, debit, credit, amount_fen, reason)
    assert refusal == 0
    mall.meta[Meta.TRANSFERS_POSTED] = serial + 1
    mall.meta[Meta.TRANSFER_ROWS] = journal_row + 1
