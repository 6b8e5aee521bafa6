"""Converting points: what a member gives and what the alliance and the programme outside settle for it stand or fall together."""

from __future__ import annotations

import numpy as np

from sim.kernel import entry, referred
from sim.ledger.accounts import POINTS_EXCHANGED, POINTS_ISSUED, TREASURY, TransferReason
from sim.ledger.posting import begin_chain, end_chain, issue, transfer
from sim.ledger.records import NONE, Book, Count

ROOM_PER_CONVERSION = 4


@entry
def convert(
    book: Book, now_us: int, first: int, accounts: np.ndarray, centi: np.ndarray, fen: np.ndarray, partner: int, is_in: int,
    refusals: np.ndarray, expires_us: int,
) -> int:  # fmt: skip
    """Post conversions from `first` on, each a chain of points and money; return how far that came before the books were full.

    `expires_us`: when points that come in do, since the run's first midnight.
    """
    book = referred(book)
    counts = book.book_counts
    at = first
    while at < accounts.size:
        if (
            counts[Count.ROWS] + ROOM_PER_CONVERSION > book.transfers.size
            or counts[Count.LOTS] + ROOM_PER_CONVERSION > book.lots.size
        ):
            return at
        begin_chain(book)
        if is_in == 1:
            issue(book, now_us, POINTS_ISSUED, accounts[at], centi[at], TransferReason.CONVERTED_IN, expires_us, NONE)
            if fen[at] > 0:
                transfer(book, now_us, partner, TREASURY, fen[at], TransferReason.CONVERTED_IN)
        else:
            transfer(book, now_us, accounts[at], POINTS_EXCHANGED, centi[at], TransferReason.CONVERTED_OUT)
            if fen[at] > 0:
                transfer(book, now_us, TREASURY, partner, fen[at], TransferReason.CONVERTED_OUT)
        refusals[at] = end_chain(book)
        at += 1
    return at
