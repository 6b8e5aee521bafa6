"""How good positions are: the figures of ISO/IEC 18305:2016 and the score of EvAAL, with every convention stated."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

FLOOR_PENALTY_M = 15.0  # EvAAL/IPIN since 2016


class PositioningSummary(NamedTuple):
    """Figures of a set of fixes.

    Distances are horizontal, in metres, over the fixes that have a place, on whatever level it lies; shares are over all fixes, so that
    one without a place, a level or a zone counts as wrong. Percentiles interpolate linearly between the ordered values (of 1, 2, 3, 4
    ... 100 the 75th is 75.25).
    """

    fixes: int
    coverage_share: float  # with a place
    mean_m: float
    p25_m: float
    median_m: float
    p75_m: float
    p90_m: float
    p95_m: float
    rms_m: float
    bias_m: float  # length of the mean error vector
    ce95_m: float  # circular error: radius about the true place that holds 95 % of the places found, whatever their level; equals p95_m
    floor_share: float  # floor detection probability
    zone_share: float  # zone detection probability; NaN where no zones are given
    evaal_m: float  # third quartile of horizontal error + floor_penalty_m for each level between found and true


def summary(
    error_x_m: np.ndarray, error_y_m: np.ndarray, level: np.ndarray, true_level: np.ndarray,
    zone: np.ndarray | None = None, true_zone: np.ndarray | None = None, floor_penalty_m: float = FLOOR_PENALTY_M,
) -> PositioningSummary:  # fmt: skip
    """Return the figures of fixes: errors (found minus true; NaN where no place was found), levels and zones (-1 where unknown).

    A zone that is unknown, found or true, is never right. All figures of distance are NaN where no fix has a place.
    """
    located = np.isfinite(error_x_m) & np.isfinite(error_y_m) & (level >= 0)
    error_x_m, error_y_m = error_x_m[located], error_y_m[located]
    error_m = np.hypot(error_x_m, error_y_m)
    floors = np.abs(level[located].astype(np.int64) - true_level[located])
    quarter, half, three_quarters, p90, p95 = _percentiles(error_m, (25, 50, 75, 90, 95))
    is_right = located & (level == true_level)
    zone_share = np.nan
    if zone is not None and true_zone is not None:
        zone_share = _mean(located & (zone == true_zone) & (zone >= 0))
    return PositioningSummary(
        fixes=int(located.size),
        coverage_share=_mean(located),
        mean_m=_mean(error_m),
        p25_m=quarter,
        median_m=half,
        p75_m=three_quarters,
        p90_m=p90,
        p95_m=p95,
        rms_m=float(np.sqrt(_mean(error_m**2))),
        bias_m=float(np.hypot(_mean(error_x_m), _mean(error_y_m))),
        ce95_m=p95,
        floor_share=_mean(is_right),
        zone_share=float(zone_share),
        evaal_m=_percentiles(error_m + floor_penalty_m * floors, (75,))[0],
    )


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else float("nan")


def _percentiles(values: np.ndarray, percents: tuple[int, ...]) -> list[float]:
    if values.size == 0:
        return [float("nan")] * len(percents)
    return [float(value) for value in np.percentile(values, percents, method="linear")]
