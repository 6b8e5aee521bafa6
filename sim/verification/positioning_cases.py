"""Estimators in a small hall of three levels whose radio is known: without noise, renumbered, with one access point more, and at the bound."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtri

from sim.plan_arrays import AccessPoints
from sim.random_streams import stream_key, uniforms
from sim.sensing.positioning.estimators import Estimator, estimator
from sim.sensing.positioning.fingerprints import NO_PRINT_TABLES, PrintTables, fingerprints_in_order, print_tables
from sim.sensing.positioning.metrics import summary
from sim.sensing.positioning.multilateration import NO_RANGING, Ranging, ranging
from sim.sensing.positioning.scans import Scans
from sim.verification.records import Record, at_least, at_most, equal, record, verdict_of

LEVELS, WIDE_M, DEEP_M, STOREY_M = 3, 60.0, 40.0, 5.0
SPACING_M, GRID_M = 12.0, 4.0  # of access points, of the survey
P0_DBM, EXPONENT, FLOOR_DB = -40.0, 3.0, 10.0
NOISE_DB = 6.0
LIMIT_DBM = -88.0  # weaker ones are not heard
MISSING_DBM = -95.0
PLACES = 2000
EXACT_M = 1e-3  # strengths are held in 32 bits, which alone leaves some 1e-5 m
# Cramer-Rao bounds of the root mean square error at the middle of a square of 20 m with an access point at each corner, exponent 3,
# 6 dB: sigma_r = 6 ln 10 / 30 = 0.4605 of the range; with n access points in each corner the bound falls with the root of n.
BOUND_M, BOUND_FIXES, BOUND_SLACK = 6.5127, 20_000, 0.02
ONE_SIDED = 3.09  # standard errors: false once in 1,000 seeds


def run(neighbours: int, seed: int) -> list[Record]:
    """Return the cases."""
    places = _places(seed)
    points = _access_points(SPACING_M)
    law = _ranging(points)
    exact = _heard(points, places, None)
    grid = _corners(GRID_M)
    prints = _tables(grid, _heard(points, grid, None), points, neighbours)
    return [
        *_without_noise(
            estimator("multilateration", NO_PRINT_TABLES, law), estimator("knn", prints, NO_RANGING), places, exact
        ),
        _renumbered(points, places, grid, neighbours, seed),
        *(_one_more(name, places, grid, neighbours, seed) for name in ("multilateration", "knn")),
        *_bounds(seed),
    ]


def _without_noise(solver: Estimator, search: Estimator, places: np.ndarray, scans: Scans) -> list[Record]:
    found = []
    for by, limit_m, words in ((solver, EXACT_M, "largest error"), (search, GRID_M / 2, "mean error")):
        fixes = by.locate(scans)
        error_m = np.hypot(fixes.x_m - places[:, 1], fixes.y_m - places[:, 2])
        measured = float(error_m.max() if by is solver else error_m.mean())
        right = int((fixes.level == places[:, 0]).sum())
        figures = _figures(fixes, places)
        found.append(at_most(f"no noise: {words} of {by.name}", "m", limit_m, measured, **figures))
        found.append(equal(f"no noise: levels right with {by.name}", f"of {PLACES}", PLACES, right, **figures))
    return found


def _figures(fixes, places: np.ndarray) -> dict[str, float]:  # type: ignore[no-untyped-def]
    found = summary(fixes.x_m - places[:, 1], fixes.y_m - places[:, 2], fixes.level, places[:, 0].astype(np.int64))
    return {name: getattr(found, name) for name in ("mean_m", "p25_m", "median_m", "p75_m", "p90_m", "floor_share")}


def _renumbered(points: AccessPoints, places: np.ndarray, grid: np.ndarray, neighbours: int, seed: int) -> Record:
    """Return how many fixes change when access points are numbered otherwise; strengths in whole dBm, as phones report them."""
    count = points.key.size
    shuffled = np.argsort(uniforms(stream_key(seed, "verify order"), np.arange(count), 0))
    answers = []
    for order in (np.arange(count), shuffled):
        numbered = AccessPoints(*(column[order] for column in points))
        tables = _tables(grid, _heard(numbered, grid, (seed, 0), whole=True), numbered, neighbours)
        scans = _heard(numbered, places, (seed, 1), whole=True)
        answers.append(estimator("knn", tables, NO_RANGING, is_pruned=False).locate(scans))
    changed = np.zeros(PLACES, bool)
    for one, other in zip(*answers, strict=True):
        changed |= one != other
    return equal("fixes of knn that change when access points are renumbered", f"of {PLACES}", 0, int(changed.sum()))


def _one_more(name: str, places: np.ndarray, grid: np.ndarray, neighbours: int, seed: int) -> Record:
    """Return how much the mean square error changes with one access point more on each level, the draws of the others the same."""
    more = _access_points(SPACING_M)
    is_old = ~((np.abs(more.x_m - WIDE_M / 2) < SPACING_M) & (np.abs(more.y_m - DEEP_M / 2) < SPACING_M))
    squares = []
    for chosen in (np.flatnonzero(is_old), np.arange(more.key.size)):
        points = AccessPoints(*(column[chosen] for column in more))
        tables = _tables(grid, _heard(points, grid, (seed, 2)), points, neighbours)
        fixes = estimator(name, tables, _ranging(points)).locate(_heard(points, places, (seed, 3)))
        squares.append((fixes.x_m - places[:, 1]) ** 2 + (fixes.y_m - places[:, 2]) ** 2)
    change = squares[1] - squares[0]
    limit = ONE_SIDED * change.std(ddof=1) / math.sqrt(change.size)
    before_m, after_m = (math.sqrt(square.mean()) for square in squares)
    rule = "not above the reference by more than 3.09 standard errors of the paired difference of squares (false alarm 1e-3)"
    case = f"root mean square error of {name} with an access point more in the middle of each level"
    return record(case, "m", before_m, after_m, verdict_of(float(change.mean()) <= limit), rule)


def _bounds(seed: int) -> list[Record]:
    found = []
    corners = np.array([(0.0, 0.0), (20.0, 0.0), (0.0, 20.0), (20.0, 20.0)])
    middle = np.tile((0.0, 10.0, 10.0), (BOUND_FIXES, 1))
    for each in (1, 2):
        x_m, y_m = np.repeat(corners, each, axis=0).T
        points = _points(np.zeros(4 * each, np.int32), x_m, y_m, 0.0, np.arange(4 * each))
        law = ranging(points, np.full(4 * each, P0_DBM), np.full(4 * each, EXPONENT), np.zeros(1), 0.0, NOISE_DB)
        scans = _heard(points, middle, (seed, 4), limit_dbm=-np.inf, phone_m=0.0)
        fixes = estimator("multilateration", NO_PRINT_TABLES, law).locate(scans)
        error_m = math.sqrt(float(((fixes.x_m - 10.0) ** 2 + (fixes.y_m - 10.0) ** 2).mean()))
        limit_m = BOUND_M / math.sqrt(each)
        case = f"root mean square error of multilateration between {4 * each} access points, not below the Cramer-Rao bound less 2 %"
        found.append(at_least(case, "m", limit_m * (1 - BOUND_SLACK), error_m, bound_m=limit_m))
    return found


def _points(level: np.ndarray, x_m: np.ndarray, y_m: np.ndarray, rise_m: float, key: np.ndarray) -> AccessPoints:
    z_m = STOREY_M * level + rise_m
    return AccessPoints(key.astype(np.int64), level.astype(np.int32), x_m, y_m, z_m, np.zeros(x_m.size), np.zeros(x_m.size))


def _access_points(spacing_m: float) -> AccessPoints:
    """Return a square grid of access points on each level, 2 m above phones, every second level's half a step aside."""
    across, up = np.arange(spacing_m / 2, WIDE_M, spacing_m), np.arange(spacing_m / 2, DEEP_M, spacing_m)
    x_m, y_m = (grid.ravel() for grid in np.meshgrid(across, up))
    level = np.repeat(np.arange(LEVELS), x_m.size)
    aside_m = (level % 2) * spacing_m / 4
    return _points(level, np.tile(x_m, LEVELS) + aside_m, np.tile(y_m, LEVELS), 2.0, np.arange(level.size))


def _ranging(points: AccessPoints) -> Ranging:
    count = points.key.size
    return ranging(points, np.full(count, P0_DBM), np.full(count, EXPONENT), STOREY_M * np.arange(LEVELS), FLOOR_DB, NOISE_DB)


def _places(seed: int) -> np.ndarray:
    """Return places (level, x, y) drawn over the hall."""
    key, numbers = stream_key(seed, "verify places"), np.arange(PLACES)
    level = np.floor(LEVELS * uniforms(key, numbers, 0))
    return np.column_stack((level, WIDE_M * uniforms(key, numbers, 1), DEEP_M * uniforms(key, numbers, 2)))


def _corners(grid_m: float) -> np.ndarray:
    across, up = np.arange(0.0, WIDE_M + 1e-9, grid_m), np.arange(0.0, DEEP_M + 1e-9, grid_m)
    level, x_m, y_m = (grid.ravel() for grid in np.meshgrid(np.arange(float(LEVELS)), across, up, indexing="ij"))
    return np.column_stack((level, x_m, y_m))


def _heard(
    points: AccessPoints, places: np.ndarray, noise: tuple[int, int] | None, *, limit_dbm: float = LIMIT_DBM, phone_m: float = 0.0,
    whole: bool = False,
) -> Scans:  # fmt: skip
    """Return one scan at each place: the law, and with `noise` (seed, number) Gaussian noise addressed by place and access point."""
    level, x_m, y_m = (places[:, column, None] for column in range(3))
    squared = (x_m - points.x_m) ** 2 + (y_m - points.y_m) ** 2 + (STOREY_M * level + phone_m - points.z_m) ** 2
    dbm = P0_DBM - 5.0 * EXPONENT * np.log10(np.maximum(squared, 0.25)) - FLOOR_DB * np.abs(level - points.level)
    if noise is not None:
        key = stream_key(noise[0], f"verify noise {noise[1]}")
        dbm = dbm + NOISE_DB * ndtri(uniforms(key, np.arange(len(places))[:, None], points.key))
    if whole:
        dbm = np.round(dbm)
    row, access_point = np.nonzero(dbm >= limit_dbm)
    start = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=len(places))))).astype(np.int64)
    return Scans(start, access_point.astype(np.int32), dbm[row, access_point].astype(np.float32))


def _tables(grid: np.ndarray, scans: Scans, points: AccessPoints, neighbours: int) -> PrintTables:
    level, x_m, y_m = grid[:, 0].astype(np.int32), grid[:, 1], grid[:, 2]
    prints = fingerprints_in_order(level, x_m, y_m, np.full(level.size, -1, np.int32), scans)
    return print_tables(prints, points.key.size, LEVELS, MISSING_DBM, neighbours)
