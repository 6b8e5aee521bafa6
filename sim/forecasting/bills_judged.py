"""How good forecasts of stores' bills were: both forecasters shown the same days, asked every quarter of an hour for the hour to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.calendar import Day
from sim.forecasting.bills import BIN_US, SeasonalNaive
from sim.forecasting.ensemble import Ensemble
from sim.units import US_PER_HOUR

HORIZON_US = US_PER_HOUR
LEARNT_DAYS = 7
INTERVAL_SHARE = 0.9


@dataclass(frozen=True)
class Sales:
    """What the tills of a mall reported on one day, in order of time."""

    day: Day
    units: np.ndarray  # int64 (n)
    time_us: np.ndarray  # int64 (n)
    opens_us: int
    closes_us: int


@dataclass(frozen=True)
class DayJudged:
    """Errors of one day's forecasts of the next hour's bills of a store, over stores and quarters of an hour."""

    date: str
    bills: int  # of the stores judged, on the whole day
    forecasts: int
    bills_per_hour: float  # mean of what was foretold
    naive_error: float  # mean absolute
    ensemble_error: float
    naive_bias: float  # mean of forecast - counted
    ensemble_bias: float
    covered_share: float  # of the hours, in the ensemble's interval that is to hold INTERVAL_SHARE of them


def judged(
    days: Sequence[Sales], unit_ids: Sequence[str], trades: Sequence[str], of: np.ndarray, learnt_days: int = LEARNT_DAYS
) -> list[DayJudged]:
    """Return what each day after the first `learnt_days` was like for the stores `of` (their numbers)."""
    naive, ensemble = SeasonalNaive(tuple(unit_ids)), Ensemble(unit_ids, trades)
    found = []
    for number, sales in enumerate(days):
        naive.begin_day(sales.day)
        ensemble.begin_day(sales.day)
        rows = []  # counted, naive, ensemble, whether in the interval
        before_us = 0
        for now_us in range(-(-sales.opens_us // BIN_US) * BIN_US, sales.closes_us + 1, BIN_US):
            first, until = np.searchsorted(sales.time_us, (before_us, now_us))
            for each in (naive, ensemble):
                each.take(now_us, sales.units[first:until], sales.time_us[first:until])
            before_us = now_us
            if number >= learnt_days and now_us + HORIZON_US <= sales.closes_us:
                rows += _asked(sales, naive, ensemble, of, now_us)
        _end(sales, before_us, (naive, ensemble))
        if rows:
            found.append(_summed(sales, of, np.array(rows, float)))
    return found


def _asked(sales: Sales, naive: SeasonalNaive, ensemble: Ensemble, of: np.ndarray, now_us: int) -> list[tuple[float, ...]]:
    until_us = now_us + HORIZON_US
    first, until = np.searchsorted(sales.time_us, (now_us, until_us))
    rows: list[tuple[float, ...]] = []
    for unit in of.tolist():
        counted = int((sales.units[first:until] == unit).sum())
        low, high = ensemble.interval(unit, now_us, until_us, INTERVAL_SHARE) or (0, 0)
        rows.append(
            (
                counted,
                naive.expected(unit, now_us, until_us),
                ensemble.expected(unit, now_us, until_us),
                low <= counted <= high,
            )
        )
    return rows


def _end(sales: Sales, before_us: int, forecasters: Sequence[SeasonalNaive]) -> None:
    """Let the forecasters know what was sold after the last review."""
    first = int(np.searchsorted(sales.time_us, before_us))
    for each in forecasters:
        each.take(24 * US_PER_HOUR, sales.units[first:], sales.time_us[first:])


def _summed(sales: Sales, of: np.ndarray, rows: np.ndarray) -> DayJudged:
    counted, naive, ensemble, is_covered = rows.T
    return DayJudged(
        sales.day.date.isoformat(), int(np.isin(sales.units, of).sum()), counted.size, float(counted.mean()),
        float(np.abs(naive - counted).mean()), float(np.abs(ensemble - counted).mean()),
        float((naive - counted).mean()), float((ensemble - counted).mean()), float(is_covered.mean()),
    )  # fmt: skip
