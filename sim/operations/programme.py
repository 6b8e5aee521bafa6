"""The end of the day in the accounts of the programme: breakage that is earned, and the end of the programme itself."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.ledger import doors
from sim.ledger.accounts import POINTS_BREAKAGE, REVENUE, TREASURY, TransferReason
from sim.ledger.finance_books import FinanceBooks
from sim.ledger.records import Count


@dataclass
class ProgrammeBooks:
    """On the last day of a month the alliance earns what is due of breakage; on the programme's last day all that is left."""

    crowd: Crowd
    books: FinanceBooks
    is_month_end: bool
    is_last: bool
    next_us: int | None
    rank: int = 950  # after the rents, and whatever else a day's end brings

    def act(self, now_us: int) -> None:
        """Post what is due."""
        if self.is_last:
            self._close(now_us)
        elif self.is_month_end:
            self._earn(self.books.to_recognise_fen(self.crowd.ledger), now_us)
        self.next_us = None

    def _earn(self, fen: int, now_us: int) -> None:
        if fen > 0:
            self.crowd.transfer(now_us, TREASURY, REVENUE, fen, TransferReason.BREAKAGE)
        elif fen < 0:
            self.crowd.transfer(now_us, REVENUE, TREASURY, -fen, TransferReason.BREAKAGE)
        self.books.recognised_fen += fen

    def _close(self, now_us: int) -> None:
        """Break what is out, member by member, and earn the money that is behind it; what is reserved is still its member's."""
        ledger, first = self.crowd.ledger, 0
        before = ledger.balance(POINTS_BREAKAGE)
        while first < ledger.book.book_counts[Count.ACCOUNTS]:
            self.crowd.make_room_in_books()
            stop = doors.close_out(ledger.book, now_us, first)
            first = stop if stop >= 0 else -stop
        left_fen = self.books.cost_of(ledger.balance(POINTS_BREAKAGE) - before) - self.books.recognised_fen
        self._earn(max(0, min(left_fen, ledger.balance(TREASURY))), now_us)


def programme_of(crowd: Crowd, config: RunConfig, books: FinanceBooks, ends_us: int) -> list[ProgrammeBooks]:
    """Return the operation of a day; after the programme's last day nobody takes part any more."""
    today = datetime.date.fromisoformat(config.date)
    closes = datetime.date.fromisoformat(config.finance.closes) if config.finance.closes else None
    if closes is not None and today > closes:
        crowd.mall.terms["takes_part"] = 0
        return []
    is_month_end = (today + datetime.timedelta(days=1)).day == 1
    return [ProgrammeBooks(crowd, books, is_month_end, today == closes, ends_us)] if is_month_end or today == closes else []
