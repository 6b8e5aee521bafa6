"""Whether a calibrated mall does what the real one did: days at draws of the posterior against the data, and days that the fit never saw."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import ndtri
from scipy.stats import t as student

from sim.calibration.scales import table_of, unscaled
from sim.feeds.summaries import Value

MASS = 0.9
Days = Sequence[Mapping[str, Value]]


def predictive(names: Sequence[str], data: Days, simulated: Days) -> list[dict[str, Any]]:
    """Return of each summary whether the mean of the data lies in the 90 % interval for as many days as simulated at the posterior."""
    found = []
    theirs, ours = table_of(data, names), table_of(simulated, names)
    for column, name in enumerate(names):
        real, made = (each[np.isfinite(each[:, column]), column] for each in (theirs, ours))
        if real.size < 1 or made.size < 2:
            continue
        reach = float(student.ppf((1 + MASS) / 2, made.size - 1)) * float(made.std(ddof=1))
        reach *= math.sqrt(1 / real.size + 1 / made.size)
        low, high = float(made.mean()) - reach, float(made.mean()) + reach
        found.append(
            {
                "summary": name,
                "data": unscaled(name, float(real.mean())),
                "low": unscaled(name, low),
                "high": unscaled(name, high),
                "is_inside": low <= float(real.mean()) <= high,
            }
        )
    return found


def held_out(names: Sequence[str], data: Days, before: Days, after: Days) -> dict[str, Any]:
    """Return how far days that the fit never saw are from the scenario before and after.

    The distance is the root mean square over summaries of (mean of the data - mean simulated) / sd of a day, the same sd for both.
    `by_chance` is what two malls that are alike would show with so many days.
    """
    real, first, last = (table_of(each, names) for each in (data, before, after))
    rows: list[dict[str, Any]] = []
    for column, name in enumerate(names):
        sd = float(np.nanstd(last[:, column], ddof=1)) if len(last) > 1 else 0.0
        means = [float(np.nanmean(each[:, column])) for each in (real, first, last)]
        if not (math.isfinite(sum(means)) and sd > 0):
            continue
        rows.append({"summary": name, "before": abs(means[0] - means[1]) / sd, "after": abs(means[0] - means[2]) / sd})
    if not rows:
        return {}
    squares = {arm: math.fsum(row[arm] ** 2 for row in rows) / len(rows) for arm in ("before", "after")}
    return {
        "days": len(data),
        "simulated_days": len(after),
        "summaries": len(rows),
        "distance_before": math.sqrt(squares["before"]),
        "distance_after": math.sqrt(squares["after"]),
        "by_chance": math.sqrt(1 / len(data) + 1 / len(after)),
        "nearer": sum(row["after"] < row["before"] for row in rows),
    }


def covered_least(trials: int, mass: float, alarm: float) -> int:
    """Return the count of trials, of intervals of a given mass, that chance goes below with at most a given probability (normal)."""
    return math.floor(trials * mass + float(ndtri(alarm)) * math.sqrt(trials * mass * (1 - mass)))
