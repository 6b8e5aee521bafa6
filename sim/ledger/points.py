"""Members' points: whole centi-points in a ledger of their own, and permanent lots merged by member and month."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

import numpy as np

from sim.errors import LedgerError

FEN_PER_CENTIPOINT = 100  # a point for 100 yuan: 10,000 fen for 100 centi-points
CENTIPOINTS = 100  # in a point, which is worth a yuan


@dataclass(frozen=True)
class Lots:
    """What members earned in a month that is over: one lot each, however often they came."""

    month: int  # months since year 0
    member: np.ndarray  # int32, ascending
    earned_centi: np.ndarray  # int32


@dataclass
class Points:
    """The accounts of all members against the issuer's. Every posting credits members by what it debits the issuer."""

    members: int
    balances_centi: np.ndarray = field(init=False)  # int64 by member
    issuer_centi: int = field(default=0, init=False)  # never above 0: what the issuer owes
    lots: list[Lots] = field(default_factory=list, init=False)  # of months that are over
    _month: int = field(default=-1, init=False)
    _this_month_centi: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        """Open an account for each."""
        self.balances_centi = np.zeros(self.members, np.int64)
        self._this_month_centi = np.zeros(self.members, np.int64)

    def earn(self, date: datetime.date, member: np.ndarray, spent_fen: np.ndarray) -> int:
        """Credit members for what they spent on a day, once for each visit; return the centi-points.

        All or nothing: raises LedgerError for an unknown member, an amount below 0 or a day of an earlier month than the last.
        """
        month = 12 * date.year + date.month - 1
        if member.size and (int(member.min()) < 0 or int(member.max()) >= self.members):
            raise LedgerError(f"points for a member who has no account; there are {self.members}")
        if spent_fen.size and int(spent_fen.min()) < 0:
            raise LedgerError("points for an amount below 0")
        if month < self._month:
            raise LedgerError(f"points of {date} after those of a later month")
        if month > self._month:
            self._close_month()
            self._month = month
        earned = spent_fen // FEN_PER_CENTIPOINT
        np.add.at(self.balances_centi, member, earned)
        np.add.at(self._this_month_centi, member, earned)
        total = int(earned.sum())
        self.issuer_centi -= total
        return total

    def _close_month(self) -> None:
        """Merge what each member earned in the month into one lot."""
        lot = self._merged()
        if lot.member.size:
            self.lots.append(lot)
        self._this_month_centi[:] = 0

    def _merged(self) -> Lots:
        earners = np.flatnonzero(self._this_month_centi)
        earned = self._this_month_centi[earners]
        kind = np.int32 if earned.size == 0 or int(earned.max()) < 2**31 else np.int64
        return Lots(self._month, earners.astype(np.int32), earned.astype(kind))

    @property
    def held_centi(self) -> int:
        """What members hold."""
        return int(self.balances_centi.sum())

    @property
    def holders(self) -> int:
        """Members who hold any."""
        return int(np.count_nonzero(self.balances_centi))

    def columns(self) -> dict[str, np.ndarray]:
        """Return all lots for points.parquet, by month and member; `held` is what is left of them, all while nothing can be spent."""
        lots = [*self.lots, self._merged()]
        months = [np.full(lot.member.size, f"{lot.month // 12:04d}-{lot.month % 12 + 1:02d}", "U7") for lot in lots]
        earned = np.concatenate([lot.earned_centi.astype(np.int64) for lot in lots])
        return {
            "member": np.concatenate([lot.member.astype(np.int64) for lot in lots]),
            "month": np.concatenate(months),
            "earned_centi": earned,
            "held_centi": earned.copy(),
        }
