"""The better forecaster of stores' bills: a usual day learnt over days, an ensemble that follows today, and intervals."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
from scipy.stats import binom, nbinom

from sim.calendar import Day
from sim.forecasting.bills import BIN_US, BINS, SeasonalNaive, parts_of
from sim.forecasting.followed_counts import FollowedCounts
from sim.forecasting.usual_days import UsualDays


class Ensemble(SeasonalNaive):
    """Knows weekdays and days off, nothing of weather or events; on its first day it is the seasonal-naive one."""

    def __init__(self, unit_ids: Sequence[str], trades: Sequence[str]) -> None:
        """Know nothing; `trades` are those of the stores in turn."""
        super().__init__(tuple(unit_ids))
        self._usual = UsualDays(trades, BINS)
        self._followed = FollowedCounts(self._usual.trade, self._usual.trades, BINS)
        self._weekday = 0
        self._asked: tuple[int, int, int] | None = None  # the window last asked for, and what was known then
        self._answer = (np.zeros(0), np.zeros(0))

    def take(self, now_us: int, units: np.ndarray, time_us: np.ndarray) -> None:
        """Count sales, and follow the bins that are over."""
        super().take(now_us, units, time_us)
        while self._followed.taken < min(now_us // BIN_US, BINS):
            self._followed.take(self._today[:, self._followed.taken])

    def begin_day(self, day: Day) -> None:
        """Learn from the day that is over, and expect another."""
        if self._today.any():
            self._usual.add(self._today, self._weekday, bool(self._kind))
        super().begin_day(day)
        self._weekday = day.date.weekday()
        self._followed.begin(self._usual.expected(self._weekday, day.is_weekend), self._usual.level_sd(), self._usual.own_sd())
        self._asked = None

    def expected(self, unit: int, from_us: int, until_us: int, usual_per_day: float = 0.0) -> float:
        """Return the bills to come; of the first day as the seasonal-naive one does."""
        if not self._usual.knows:
            return super().expected(unit, from_us, until_us, usual_per_day)
        return float(self._told(from_us, until_us)[0][unit])

    def interval(self, unit: int, from_us: int, until_us: int, share: float = 0.9) -> tuple[int, int] | None:
        """Return the counts between which a store's bills lie with a probability of at least `share`; None on the first day.

        Counts are negative binomial where they scatter more than chance has it, binomial where less.
        """
        if not self._usual.knows:
            return None
        mean, variance = (float(values[unit]) for values in self._told(from_us, until_us))
        if mean <= 0:
            return 0, 0
        tails = ((1 - share) / 2, (1 + share) / 2)
        if variance > mean * 1.0001:
            number = mean**2 / (variance - mean)
            low, high = nbinom.ppf(tails, number, number / (number + mean))
        else:
            trials = ceil(mean**2 / max(mean - variance, 1e-4 * mean))
            low, high = binom.ppf(tails, trials, min(mean / trials, 1.0))
        return int(low), int(high)

    def usual_by_now(self) -> np.ndarray | None:
        """Return the bills that a usual day of this weekday has by this time; None on the first day."""
        if not self._usual.knows:
            return None
        found: np.ndarray = self._followed.usual @ parts_of(0, self._seen_us)
        return found

    def state(self) -> dict[str, Any]:
        """Return counts, what was learnt, and today's members."""
        return super().state() | {
            "usual": self._usual.state(), "followed": self._followed.state(), "weekday": self._weekday,
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        """Take them over; from the seasonal-naive one, today's counts and its last days alone."""
        super().restore(state)
        self._asked = None
        if "usual" in state:
            self._usual.restore(state["usual"])
            self._followed.restore(state["followed"])
            self._weekday = int(state["weekday"])

    def _told(self, from_us: int, until_us: int) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance of each store's bills in a window; policies ask for one window store by store."""
        asked = (from_us, until_us, self._followed.taken)
        if asked != self._asked:
            self._asked, self._answer = asked, self._followed.mean_and_variance(parts_of(from_us, until_us))
        return self._answer
