"""A place from strengths alone: from ranges by the log-distance law, or simply at the access point that is heard best.

Strength = p0 - 10 n log10(distance / 1 m) - floor loss x floors between; solved for the distance it gives a range, log-normal about the
true distance, whose error therefore grows with it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.config_sensing import RadioConfig
from sim.kernel import declare_type, inlined, kernel
from sim.plan_arrays import AccessPoints
from sim.sensing.radio.wifi import exponents_of, strengths_at_1m

VOTERS = 5  # strongest access points that vote on the level
STEPS = 60
DAMPING = 1e-3  # of the normal matrix's trace: two access points in line with the phone leave it singular
STEP_M_MAX = 10.0
RANGE_M = (0.5, 300.0)  # ranges outside are errors of the law, not distances
MARGIN_M = 20.0  # a place further than this outside all access points of its level is moved to that border
PRIOR_SD_M = 50.0  # what is known without a word from the radio: somewhere in the mall
LEAST_SD_DB = 0.1  # without noise the covariance would vanish
LN10 = math.log(10.0)


class Ranging(NamedTuple):
    """What turns strengths into ranges: the access points, their law, and the levels."""

    level: np.ndarray  # (A) int32
    x_m: np.ndarray  # (A) float64
    y_m: np.ndarray  # (A) float64
    z_m: np.ndarray  # (A) float64 above the ground floor
    p0_dbm: np.ndarray  # (A) float64 strength at 1 m
    exponent: np.ndarray  # (A) float64
    phone_z_m: np.ndarray  # (L) float64 height at which phones are carried
    box_m: np.ndarray  # (L, 4) float64 least x, least y, most x, most y of a place
    floor_loss_db: float
    sd_db: float  # of a strength about the law
    range_m: np.ndarray  # (A) float64 scratch of one scan, here and below
    weight: np.ndarray  # (A) float64
    rise_m: np.ndarray  # (A) float64
    votes: np.ndarray  # (L) float64


def ranging_of(access_points: AccessPoints, radio: RadioConfig, phone_z_m: np.ndarray) -> Ranging:
    """Return the ranging by the law of the configuration; `phone_z_m` holds for each level the height of a phone above the ground floor."""
    sd_db = math.sqrt(radio.shadowing_db**2 + radio.noise_db**2 + radio.device_offset_db**2)
    p0_dbm = strengths_at_1m(radio, access_points.band_ghz, access_points.power_dbm)
    exponent = exponents_of(radio, access_points.band_ghz)
    return ranging(access_points, p0_dbm, exponent, phone_z_m, radio.floor_loss_db, max(sd_db, LEAST_SD_DB))


def ranging(
    access_points: AccessPoints,
    p0_dbm: np.ndarray,
    exponent: np.ndarray,
    phone_z_m: np.ndarray,
    floor_loss_db: float,
    sd_db: float,
) -> Ranging:
    """Return the ranging by a law of each access point's own: its strength at 1 m and its exponent."""
    count, levels = access_points.level.size, phone_z_m.size
    return Ranging(
        level=access_points.level.astype(np.int32),
        x_m=access_points.x_m.astype(np.float64),
        y_m=access_points.y_m.astype(np.float64),
        z_m=access_points.z_m.astype(np.float64),
        p0_dbm=p0_dbm.astype(np.float64),
        exponent=exponent.astype(np.float64),
        phone_z_m=phone_z_m.astype(np.float64),
        box_m=_boxes(access_points, levels),
        floor_loss_db=float(floor_loss_db),
        sd_db=float(sd_db),
        range_m=np.zeros(count),
        weight=np.zeros(count),
        rise_m=np.zeros(count),
        votes=np.zeros(levels),
    )


def _boxes(access_points: AccessPoints, levels: int) -> np.ndarray:
    boxes = np.zeros((levels, 4))
    for level in range(levels):
        rows = access_points.level == level
        if rows.any():
            x_m, y_m = access_points.x_m[rows], access_points.y_m[rows]
            boxes[level] = x_m.min() - MARGIN_M, y_m.min() - MARGIN_M, x_m.max() + MARGIN_M, y_m.max() + MARGIN_M
    return boxes


_whole, _real = np.zeros(0, np.int32), np.zeros(0)
NO_RANGING = Ranging(
    _whole,
    _real,
    _real,
    _real,
    _real,
    _real,
    _real,
    np.zeros((0, 4)),
    0.0,
    1.0,
    _real.copy(),
    _real.copy(),
    _real.copy(),
    _real.copy(),
)
declare_type("Ranging", NO_RANGING)


@kernel
def nearest_locate(ranging: Ranging, aps: np.ndarray, dbms: np.ndarray, first: int, end: int, out: np.ndarray) -> bool:
    """Fill (level, x, y, xx, xy, yy) with the place of the strongest access point; of equals, the first in order."""
    if end == first:
        return False
    best = first
    for reading in range(first + 1, end):
        if dbms[reading] > dbms[best]:
            best = reading
    ap = aps[best]
    level = ranging.level[ap]
    range_m = _range_m(ranging, ap, float(dbms[best]), level)
    variance = max(range_m, 2.0) ** 2 / 2.0
    out[0], out[1], out[2], out[3], out[4], out[5] = level, ranging.x_m[ap], ranging.y_m[ap], variance, 0.0, variance
    return True


@kernel
def multilaterate(ranging: Ranging, aps: np.ndarray, dbms: np.ndarray, first: int, end: int, out: np.ndarray) -> bool:
    """Fill (level, x, y, xx, xy, yy): least squares on the ranges, each weighted by one over its variance.

    Gauss-Newton from the weighted middle of the access points, and again from the mirror image of what it found: beside a row of
    access points the ranges fit nearly as well on its other side. The covariance is the inverse of the normal matrix and of a wide prior.
    """
    if end == first:
        return False
    level = _vote(ranging, aps, dbms, first, end)
    x_m, y_m, total = 0.0, 0.0, 0.0
    for reading in range(first, end):
        ap, spot = aps[reading], reading - first
        range_m = _range_m(ranging, ap, float(dbms[reading]), level)
        relative_sd = ranging.sd_db * LN10 / (10.0 * ranging.exponent[ap])
        ranging.range_m[spot] = range_m
        ranging.weight[spot] = 1.0 / (range_m * relative_sd) ** 2
        ranging.rise_m[spot] = ranging.z_m[ap] - ranging.phone_z_m[level]
        x_m += ranging.weight[spot] * ranging.x_m[ap]
        y_m += ranging.weight[spot] * ranging.y_m[ap]
        total += ranging.weight[spot]
    middle_x, middle_y = x_m / total, y_m / total
    x_m, y_m = _descend(ranging, aps, first, end, level, middle_x, middle_y)
    xx, xy, yy, _, _, cost = _normal(ranging, aps, first, end, x_m, y_m)
    other_x, other_y = _descend(ranging, aps, first, end, level, 2.0 * middle_x - x_m, 2.0 * middle_y - y_m)
    other_xx, other_xy, other_yy, _, _, other_cost = _normal(ranging, aps, first, end, other_x, other_y)
    if other_cost < cost:
        x_m, y_m, xx, xy, yy = other_x, other_y, other_xx, other_xy, other_yy
    xx, yy = xx + 1.0 / PRIOR_SD_M**2, yy + 1.0 / PRIOR_SD_M**2
    size = xx * yy - xy * xy
    out[0], out[1], out[2], out[3], out[4], out[5] = level, x_m, y_m, yy / size, -xy / size, xx / size
    return True


@inlined
def _descend(
    ranging: Ranging, aps: np.ndarray, first: int, end: int, level: int, x_m: float, y_m: float
) -> tuple[float, float]:
    """Return the place to which damped Gauss-Newton steps lead."""
    for _ in range(STEPS):
        xx, xy, yy, slope_x, slope_y, _ = _normal(ranging, aps, first, end, x_m, y_m)
        lift = DAMPING * (xx + yy) + 1e-12
        size = (xx + lift) * (yy + lift) - xy * xy
        step_x = -((yy + lift) * slope_x - xy * slope_y) / size
        step_y = -((xx + lift) * slope_y - xy * slope_x) / size
        shorten = min(1.0, STEP_M_MAX / max(math.hypot(step_x, step_y), 1e-12))
        x_m = min(max(x_m + shorten * step_x, ranging.box_m[level, 0]), ranging.box_m[level, 2])
        y_m = min(max(y_m + shorten * step_y, ranging.box_m[level, 1]), ranging.box_m[level, 3])
    return x_m, y_m


@inlined
def _normal(ranging: Ranging, aps: np.ndarray, first: int, end: int, x_m: float, y_m: float):
    """Return the normal matrix (xx, xy, yy) at a place, and the slope and the value of half the weighted sum of squares."""
    xx, xy, yy, slope_x, slope_y, cost = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for reading in range(first, end):
        ap, spot = aps[reading], reading - first
        away_x, away_y = x_m - ranging.x_m[ap], y_m - ranging.y_m[ap]
        distance_m = max(math.sqrt(away_x * away_x + away_y * away_y + ranging.rise_m[spot] ** 2), RANGE_M[0])
        along_x, along_y = away_x / distance_m, away_y / distance_m
        weight = ranging.weight[spot]
        miss_m = distance_m - ranging.range_m[spot]
        miss = weight * miss_m
        cost += 0.5 * miss * miss_m
        xx += weight * along_x * along_x
        xy += weight * along_x * along_y
        yy += weight * along_y * along_y
        slope_x += miss * along_x
        slope_y += miss * along_y
    return xx, xy, yy, slope_x, slope_y, cost


@inlined
def _range_m(ranging: Ranging, ap: int, dbm: float, level: int) -> float:
    """Return the range that a strength means for a phone on a level, within RANGE_M."""
    floors = abs(ranging.level[ap] - level)
    loss_db = ranging.p0_dbm[ap] - floors * ranging.floor_loss_db - dbm
    return min(max(math.exp(LN10 * loss_db / (10.0 * ranging.exponent[ap])), RANGE_M[0]), RANGE_M[1])


@inlined
def _vote(ranging: Ranging, aps: np.ndarray, dbms: np.ndarray, first: int, end: int) -> int:
    """Return the level for which the strongest access points vote, each by its strength in mW; of equals, the lower level."""
    ranging.votes[:] = 0.0
    below_dbm, below_ap = np.inf, -1
    for _ in range(min(VOTERS, end - first)):
        best = -1
        for reading in range(first, end):
            dbm, ap = float(dbms[reading]), aps[reading]
            is_left = dbm < below_dbm or (dbm == below_dbm and ap > below_ap)
            if is_left and (best < 0 or dbm > dbms[best]):
                best = reading
        below_dbm, below_ap = float(dbms[best]), aps[best]
        ranging.votes[ranging.level[below_ap]] += 10.0 ** (below_dbm / 20.0)
    level = 0
    for other in range(1, ranging.votes.size):
        if ranging.votes[other] > ranging.votes[level]:
            level = other
    return level
