"""How many simulated days together compare with what is known: the week's shape, and how much day totals vary."""

from __future__ import annotations

import datetime

import numpy as np

from sim.calendar import SATURDAY, day_of
from sim.config import RunConfig
from sim.reporting.topics.targets_table import NOTHING, TOO_FEW, Target, mon_fri_gap, targets_of

DAYS_LEAST = 28  # four of each weekday
SHOP_CUSTOMERS = (50.0, 200.0)  # a day, of the shops that count as one of about 100


class Residuals:
    """Day totals about what the calendar foresees, from running sums: memory does not grow with days."""

    def __init__(self, count: int) -> None:
        self.days = 0
        self._total, self._squares = np.zeros(count, np.int64), np.zeros(count, np.int64)
        self._with_factor, self._factor_squares = np.zeros(count), 0.0

    def take(self, totals: np.ndarray, factor: float) -> None:
        """Add a day's totals, on a day on which `factor` times the usual is foreseen."""
        self.days += 1
        self._total += totals
        self._squares += totals * totals
        self._with_factor += totals * factor
        self._factor_squares += factor * factor

    @property
    def mean(self) -> np.ndarray:
        """The mean total of a day."""
        return self._total / max(self.days, 1)

    @property
    def variance(self) -> np.ndarray:
        """Mean squared distance from the foreseen total, which is the factor times its best fit; one day is spent on the fit."""
        explained = self._with_factor**2 / max(self._factor_squares, 1e-300)
        return np.maximum(self._squares - explained, 0.0) / max(self.days - 1, 1)


class DayTotals:
    """Takes the totals of one day after another."""

    def __init__(self, config: RunConfig, units: int) -> None:
        self._config = config
        self._mall, self._shops = Residuals(1), Residuals(units)
        self._visits, self._days = np.zeros(7, np.int64), np.zeros(7, np.int64)  # by weekday

    def take(self, date: datetime.date, visits: int, purchases: np.ndarray) -> None:
        """Add a day: the mall's visits, and the purchases in each unit."""
        factor = day_of(self._config, date).factor
        self._mall.take(np.array([visits], np.int64), factor)
        self._shops.take(purchases.astype(np.int64), factor)
        self._visits[date.weekday()] += visits
        self._days[date.weekday()] += 1

    def rows(self) -> list[dict[str, str]]:
        """Return the table: what, target, simulated, verdict, origin, source."""
        found = {target.key: target for target in targets_of(False, self._config.population.car_share)}
        mean = self._visits / np.maximum(self._days, 1)
        weekdays, weekend = float(mean[:SATURDAY].mean()), float(mean[SATURDAY:].mean())
        visits = float(self._mall.mean[0])
        spread = float(np.sqrt(self._mall.variance[0])) / visits if visits > 0 else None
        # Luck alone parts weekdays by two standard errors of a weekday's mean: so much is no shape of the week.
        chance = 2 * (spread or 0.0) / np.sqrt(max(int(self._days.min()), 1))
        return [
            self._row(found["weekend"], weekend / weekdays if weekdays > 0 else None),
            self._row(found["weekdays"], mon_fri_gap(mean) if weekdays > 0 else None, float(chance)),
            self._row(found["spread"], spread),
            self._row(found["shop"], self._shop()),
        ]

    def _shop(self) -> float | None:
        """Return variance / mean of the day totals of shops with about 100 purchases a day, the mean over them."""
        mean, (low, high) = self._shops.mean, SHOP_CUSTOMERS
        chosen = (mean >= low) & (mean <= high)
        return float((self._shops.variance[chosen] / mean[chosen]).mean()) if chosen.any() else None

    def _row(self, target: Target, value: float | None, chance: float = 0.0) -> dict[str, str]:
        enough = self._mall.days >= DAYS_LEAST and bool((self._days > 0).all())
        verdict = NOTHING if value is None else target.verdict(max(value - chance, 0.0)) if enough else TOO_FEW
        return {
            "what": target.what.replace(" (calendar)", ""),
            "target": target.wanted,
            "simulated": "-"
            if value is None
            else target.text(value) + (f" (luck alone: {target.text(chance)})" if chance else ""),
            "verdict": verdict,
            "origin": target.origin,
            "source": target.source,
        }
