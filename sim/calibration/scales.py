"""On which scale each summary is fitted, so that its spread is about the same everywhere and settings act on it smoothly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim.feeds.summaries import Value

LOGARITHM = {  # summary -> what is added first, so that a day without any has a logarithm: half a bill of a small day
    "people_in": 0.5,
    "stay_min": 0.1,
    "inside_at": 0.02,
    "cars": 0.02,
    "car_stay_min": 0.1,
    "bills": 0.02,
    "bill_yuan": 0.1,
}
ROOT = ("waiting_mean", "waiting_p90")  # parties waiting are none on most days; the rest is fitted as it is


def scaled(name: str, value: Value) -> float:
    """Return a summary on its scale; not a number where the day does not know it."""
    if value is None:
        return float("nan")
    first = name.partition(" ")[0]
    if first in LOGARITHM:
        return float(np.log(value + LOGARITHM[first]))
    return float(np.sqrt(max(value, 0.0))) if first in ROOT else float(value)


def unscaled(name: str, value: float) -> float:
    """Return the summary that has this value on its scale."""
    first = name.partition(" ")[0]
    if first in LOGARITHM:
        return float(np.exp(value) - LOGARITHM[first])
    return float(max(value, 0.0) ** 2) if first in ROOT else float(value)


def table_of(days: Sequence[Mapping[str, Value]], names: Sequence[str]) -> np.ndarray:
    """Return days on the summaries' scales, [day, summary]; not a number where a day does not know one."""
    return np.array([[scaled(name, day.get(name)) for name in names] for day in days]).reshape(len(days), len(names))
