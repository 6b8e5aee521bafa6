"""When a difference means nothing to a planner: margins per unit, the equivalence test, and how many pairs it would need."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from scipy.special import ndtri, stdtr

from sim.experiments.paired import mean, variance
from sim.reporting.kpi_catalogue import BY_NAME

EQUIVALENCE_LEVEL = 0.05  # of each of the two one-sided tests, so that one KPI that has moved by its margin passes once in 20
POWER = 0.9
SHARE_OF_MEAN = 0.005  # of the baseline's mean: half a per cent of sales is less than a day's weather
SHARE = 0.002  # of a share, by itself
# However small the mean: half a second of waiting, half a visit a day, a tenth of a yuan.
LEAST_BY_UNIT = {
    "visits": 0.5, "people": 0.5, "count": 0.5, "min": 0.05, "h": 0.005, "s": 0.5, "m": 0.5, "m2": 0.5, "per m2": 0.005, "fen": 10.0,
    "points": 0.5, "index": 0.002, "ratio": 0.005, "days": 0.05,
}  # fmt: skip


def margin_of(name: str, baseline_mean: float, own: Mapping[str, float]) -> float:
    """Return how large a difference of a KPI may be without meaning anything; `own` are margins that somebody has set by name."""
    if name in own:
        return own[name]
    unit = BY_NAME[name].unit if name in BY_NAME else ""
    return SHARE if unit == "share" else max(SHARE_OF_MEAN * abs(baseline_mean), LEAST_BY_UNIT.get(unit, 0.0))


def equivalence_p(differences: Sequence[float], margin: float) -> float | None:
    """Return the p-value of two one-sided t tests (Schuirmann 1987) that the mean difference lies within +-margin; None for one pair.

    A small p says that the difference means nothing. Differences that do not vary are their own proof.
    """
    if len(differences) < 2:
        return None
    error = math.sqrt(variance(differences) / len(differences))
    room = margin - abs(mean(differences))
    if error == 0:
        return 0.0 if room >= 0 else 1.0
    return float(stdtr(len(differences) - 1, -room / error))


def pairs_needed(differences: Sequence[float], margin: float) -> int | None:
    """Return how many pairs would show with 90 % power that no difference is there: ((z.95 + z.90) S_d / margin)^2, rounded up.

    None where no number would do: a margin of nothing.
    """
    if margin <= 0:
        return None
    scale = float(ndtri(1 - EQUIVALENCE_LEVEL) + ndtri(POWER))
    return max(2, math.ceil(variance(differences) * (scale / margin) ** 2))
