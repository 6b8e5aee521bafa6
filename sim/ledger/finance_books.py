"""The accounts of a programme over a run: points by cohort, what they will cost, and what has been earned of them, month by month."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.ledger.accounts import (
    POINTS_BREAKAGE,
    POINTS_EXCHANGED,
    POINTS_EXPIRED,
    POINTS_ISSUED,
    POINTS_REDEEMED,
    POINTS_VOIDED,
    Currency,
)
from sim.ledger.finance import Deferral, Policy, Rounding, allocated, whole
from sim.ledger.finance_breakage import Hazard, by_chain_ladder, by_ratio
from sim.ledger.ledger import Ledger
from sim.ledger.records import Count

CENTIPOINTS = 100  # in a point
DAYS_PER_YEAR = 365.25
ENDS = {
    "spent": POINTS_REDEEMED,
    "exchanged": POINTS_EXCHANGED,
    "expired": POINTS_EXPIRED,
    "voided": POINTS_VOIDED,
    "broken": POINTS_BREAKAGE,
}
Row = dict[str, Any]


@dataclass
class Cohort:
    """The points of a month: what was issued, less what was taken back of it, and their deferred revenue."""

    month: int  # since year 0
    issued_centi: int = 0
    opening_centi: int = 0  # of these, points from before the run: whoever sold for them did so then
    member_sales_fen: int = 0
    deferral: Deferral | None = None  # from the end of its month on
    left_centi: int = 0  # that are still out
    spent_centi: list[int] = field(default_factory=list)  # at the end of its month, and of each month since


class FinanceBooks:
    """Reads the ledger at the end of every day; carried from day to day. Two numbers a month and cohort is all that grows."""

    def __init__(self, config: RunConfig) -> None:
        self._finance = config.finance
        self.policy = Policy(
            Rounding(config.finance.rounding), None if config.finance.ratio_digits < 0 else config.finance.ratio_digits
        )
        self.face_fen = Fraction(max(1, round(100 * config.points.value_yuan)), CENTIPOINTS)  # of a centi-point: what it buys
        self.cost_fen = Fraction(round(100 * config.points.redemption_yuan), CENTIPOINTS)  # what whoever takes it is paid
        self.cohorts: list[Cohort] = []
        self.rows: list[Row] = []  # of each month, the last one of what there is of it
        finance = config.finance
        self.hazard = Hazard(finance.gone_per_year, finance.burn_per_year, finance.credibility_days / DAYS_PER_YEAR)
        self.recognised_fen = 0  # of breakage, as posted
        self.elsewhere_centi: dict[int, int] = {}  # by month of issue: handed to other malls less taken over from them
        self.earned_today_fen, self._earned_fen = 0, 0
        self._before = dict.fromkeys(("issued", *ENDS), 0)
        self._month_began = dict(self._before)

    def take_day(self, ledger: Ledger, date: datetime.date, member_sales_fen: int, opening_centi: int = 0) -> None:
        """See the end of a day on which members bought for so much; the last day that is seen ends its month, until another one comes."""
        month = 12 * date.year + date.month - 1
        now = totals_of(ledger)
        if not self.cohorts or self.cohorts[-1].month != month:
            self.cohorts.append(Cohort(month))
            self._month_began = dict(self._before)
        else:
            self.rows.pop()
        issued = now["issued"] - self._before["issued"] - (now["voided"] - self._before["voided"])
        cohort = self.cohorts[-1]
        cohort.issued_centi += issued
        cohort.opening_centi += opening_centi
        cohort.member_sales_fen += member_sales_fen
        self.hazard.see(outstanding(now), 1 / DAYS_PER_YEAR)
        self._before = now
        self._see_cohorts(ledger, now)
        self.rows.append(self._row(now, self._earn()))

    def _see_cohorts(self, ledger: Ledger, now: dict[str, int]) -> None:
        """Tell from the lots how many points of each cohort have been spent by the end of this month."""
        counts, book = ledger.book.book_counts, ledger.book
        lots = book.lots[: counts[Count.LOTS]]
        held = (lots["remaining"] > 0) & (book.accounts["currency"][np.maximum(lots["account"], 0)] == Currency.POINTS)
        first = self.cohorts[0].month
        left = np.zeros(len(self.cohorts), np.int64)
        np.add.at(left, np.clip(lots["month"][held] - first, 0, left.size - 1), lots["remaining"][held])
        for month, centi in self.elsewhere_centi.items():  # still out though in no lot here; lots of guests go off
            left[min(max(month - first, 0), left.size - 1)] += centi
        left = np.maximum(left, 0)
        gone = [max(cohort.issued_centi - int(kept), 0) for cohort, kept in zip(self.cohorts, left.tolist(), strict=True)]
        ended = sum(now[end] for end in ENDS if end != "voided")
        for cohort, centi, kept in zip(self.cohorts, gone, left.tolist(), strict=True):
            cohort.left_centi = kept
            spent = whole(Fraction(centi * now["spent"], ended)) if ended else 0
            age = self.cohorts[-1].month - cohort.month
            cohort.spent_centi = [*cohort.spent_centi[:age], spent]

    def _earn(self) -> int:
        """Bring every cohort's deferred revenue up to date; return what this month has earned so far."""
        share = self.spent_share
        for cohort in self.cohorts:
            expected = Fraction(max(cohort.issued_centi, 0)) * share
            goods_fen, before = cohort.member_sales_fen, cohort.opening_centi * share
            for_points = allocated(goods_fen, goods_fen, max(expected - before, Fraction(0)) * self.face_fen, self.policy)[1]
            for_points += whole(before * self.face_fen, self.policy.rounding)
            if cohort.deferral is None or cohort is self.cohorts[-1]:
                cohort.deferral = Deferral(for_points, expected, self.policy)  # a month that is not over is allocated anew
            cohort.deferral.spend(cohort.spent_centi[-1] - cohort.deferral.spent, expected)
            if cohort.left_centi == 0:
                cohort.deferral.close()  # spent, expired or broken: nothing more will come of it
        earned = sum(cohort.deferral.earned for cohort in self.cohorts if cohort.deferral)
        self.earned_today_fen, self._earned_fen = earned - self._earned_fen, earned
        return earned - sum(row["revenue_fen"] for row in self.rows)

    def _row(self, now: dict[str, int], revenue_fen: int) -> Row:
        month = self.cohorts[-1].month
        moved = {f"{name}_centi": now[name] - self._month_began[name] for name in now}
        deferred = sum(cohort.deferral.liability for cohort in self.cohorts if cohort.deferral)
        out = outstanding(now)
        return {
            "month": f"{month // 12:04d}-{month % 12 + 1:02d}",
            **moved,
            "out_centi": out,
            "liability_cost_fen": whole(out * self.cost_fen, self.policy.rounding),
            "liability_fair_fen": whole(
                out * self.cost_fen * (1 - Fraction(str(round(self.broken_share_of_out, 9)))), self.policy.rounding
            ),
            "revenue_fen": revenue_fen,
            "deferred_fen": deferred,
            "breakage_earned_fen": self.recognised_fen,
        }

    @property
    def liability_fen(self) -> int:
        """What the points that are out count in the books, by policy."""
        return int(self.rows[-1][f"liability_{self._finance.liability_at}_fen"]) if self.rows else 0

    @property
    def estimates(self) -> dict[str, float | None]:
        """Share of the points issued, less taken back, that will never be spent: by each way to estimate it."""
        now, out = self._before, outstanding(self._before)
        issued = now["issued"] - now["voided"]
        never = now["expired"] + now["broken"] + self.hazard.never(out, now["spent"] + now["exchanged"])
        ages = len(self.cohorts)
        triangle = np.full((ages, ages), np.nan)
        for index, cohort in enumerate(self.cohorts):
            triangle[index, : len(cohort.spent_centi)] = cohort.spent_centi
        per_cohort = np.array([max(cohort.issued_centi, 0) for cohort in self.cohorts], float)
        return {
            "fixed": self._finance.breakage_share if issued > 0 else None,
            "ratio": by_ratio(issued, now["spent"] + now["exchanged"]),
            "chain_ladder": by_chain_ladder(per_cohort, triangle),
            "hazard": never / issued if issued > 0 else None,
        }

    @property
    def breakage_share(self) -> float | None:
        """The estimate by policy."""
        return self.estimates[self._finance.breakage_by]

    @property
    def spent_share(self) -> Fraction:
        """Share of points that is expected to be spent, by policy; at least a millionth, so that a revenue can be told from it."""
        return max(Fraction(1, 1_000_000), 1 - Fraction(str(round(self.breakage_share or 0.0, 9))))

    @property
    def broken_share_of_out(self) -> float:
        """Share of the points out that will never be spent, by policy."""
        now, out = self._before, outstanding(self._before)
        if out <= 0 or self.breakage_share is None:
            return 0.0
        never = self.breakage_share * (now["issued"] - now["voided"]) - now["expired"] - now["broken"]
        return min(1.0, max(0.0, never / out))

    def to_recognise_fen(self, ledger: Ledger) -> int:
        """Return what of the money behind points is to be earned as breakage now, in proportion to what is spent; negative takes some back."""
        if self._finance.breakage_earned != "with_spending":
            return 0
        now = totals_of(ledger)
        issued = now["issued"] - now["voided"]
        expected = issued * self.spent_share
        spent = now["spent"] + now["exchanged"]
        if expected <= 0 or issued <= 0:
            return 0
        progress = min(Fraction(1), Fraction(spent) / expected)
        due = whole((issued - expected) * progress * self.cost_fen, self.policy.rounding)
        return due - self.recognised_fen

    def cost_of(self, centi: int) -> int:
        """Return what points cost when all of them are spent."""
        return whole(centi * self.cost_fen, self.policy.rounding)

    def facts(self) -> dict[str, Any]:
        """Return all that the report tells."""
        return {
            "months": [dict(row) for row in self.rows],
            "estimates": self.estimates,
            "estimated_by": self._finance.breakage_by,
            "breakage_share": self.breakage_share,
            "liability_at": self._finance.liability_at,
            "liability_fen": self.liability_fen,
            "recognised_fen": self.recognised_fen,
            "revenue_of_day_fen": self.earned_today_fen,
        }


def totals_of(ledger: Ledger) -> dict[str, int]:
    """Return the centi-points issued so far, and how those ended that are no longer out."""
    return {"issued": -ledger.balance(POINTS_ISSUED), **{name: ledger.balance(account) for name, account in ENDS.items()}}


def outstanding(totals: dict[str, int]) -> int:
    """Return the centi-points that are out: I2."""
    return totals["issued"] - sum(totals[name] for name in ENDS)
