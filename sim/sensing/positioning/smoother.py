"""Smooths successive fixes of a phone: a Kalman filter of a walker who mostly lingers, kept on the floor.

State: place and one variance for both axes. Between fixes a lingering phone strays by a random walk; where the new fix is too far off
for that, the phone is taken to have walked straight at `walk_mps` since. A random walk alone either lags behind walkers or smooths
nothing for those who stand.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.config_sensing import PositioningConfig
from sim.kernel import declare_type, entry, inlined, kernel
from sim.plan_arrays import CompiledPlan
from sim.sensing.positioning.scans import Fixes, no_fixes
from sim.units import US_PER_S

LINGER_S = 0.1  # a lingering phone strays per axis by sqrt(LINGER_S x time) x walk_mps: about 2.4 m in a minute at 1 m/s
MOVED = (
    4.0  # squared miss over its variance (two axes) above which a phone has moved; a lingering one exceeds it in 14 % of fixes
)
STOP_M = 15.0  # a level is believed at once so near to where an escalator, stairs or a lift starts or ends
LEAST_M2 = 0.25  # variance of an axis below which no fix is believed


class SmootherTables(NamedTuple):
    """What the filter knows of the mall."""

    walk_mps: float
    cell_m: float
    origin_x_m: float
    origin_y_m: float
    standing: np.ndarray  # (L, rows, cols) int32 nearest cell where people can be
    stop_x_m: np.ndarray  # (stops) float64 where rides start and end, level by level
    stop_y_m: np.ndarray  # (stops) float64
    level_stop_start: np.ndarray  # (L + 1) int64


class SmootherState(NamedTuple):
    """What it knows of each phone."""

    time_us: np.ndarray  # (P) int64 of the last fix, -1 before the first
    level: np.ndarray  # (P) int32
    next_level: np.ndarray  # (P) int32 another level that the last fix named, -1 none
    x_m: np.ndarray  # (P) float64
    y_m: np.ndarray  # (P) float64
    variance_m2: np.ndarray  # (P) float64 of an axis


def smoother_tables(compiled: CompiledPlan, config: PositioningConfig) -> SmootherTables:
    """Return the tables of a mall; without a room raster places are not moved onto the floor."""
    arrays, rooms = compiled.arrays, compiled.rooms
    nodes = np.unique(np.concatenate((arrays.ride_from_node, arrays.ride_to_node)))  # nodes of one level are contiguous
    start = np.searchsorted(nodes, arrays.level_node_start).astype(np.int64)
    standing = np.zeros((len(compiled.level_ids), 0, 0), np.int32)
    cell_m, origin_x_m, origin_y_m = 1.0, 0.0, 0.0
    if rooms is not None:
        standing, cell_m, origin_x_m, origin_y_m = rooms.standing, rooms.cell_m, rooms.origin_x_m, rooms.origin_y_m
    return SmootherTables(
        float(config.walk_mps), float(cell_m), float(origin_x_m), float(origin_y_m), np.ascontiguousarray(standing, np.int32),
        arrays.node_x_m[nodes].astype(np.float64), arrays.node_y_m[nodes].astype(np.float64), start,
    )  # fmt: skip


def smoother_state(phones: int) -> SmootherState:
    """Return the state of phones of which nothing is known yet."""
    return SmootherState(
        np.full(phones, -1, np.int64), np.full(phones, -1, np.int32), np.full(phones, -1, np.int32), *np.zeros((3, phones))
    )


_real, _whole, _int32 = np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int32)
declare_type("SmootherTables", SmootherTables(1.0, 1.0, 0.0, 0.0, np.zeros((0, 0, 0), np.int32), _real, _real, _whole))
declare_type("SmootherState", SmootherState(_whole, _int32, _int32, _real, _real, _real))


@kernel
def smooth_one(
    tables: SmootherTables,
    state: SmootherState,
    phone: int,
    time_us: int,
    level: int,
    x_m: float,
    y_m: float,
    variance_m2: float,
) -> None:
    """Take a fix of a phone, not older than its last; the state's row is then the smoothed one.

    A place off the floor is moved to the middle of the nearest cell of the room raster where people can be. Another level is believed
    when two successive fixes name it, or near a stop.
    """
    variance_m2 = max(variance_m2, LEAST_M2)
    if state.time_us[phone] < 0:
        state.level[phone], state.x_m[phone], state.y_m[phone], state.variance_m2[phone] = level, x_m, y_m, variance_m2
    else:
        elapsed_s = (time_us - state.time_us[phone]) / US_PER_S
        _choose_level(tables, state, phone, level, x_m, y_m)
        miss_x, miss_y = x_m - state.x_m[phone], y_m - state.y_m[phone]
        before_m2 = state.variance_m2[phone] + tables.walk_mps**2 * LINGER_S * elapsed_s
        if miss_x * miss_x + miss_y * miss_y > MOVED * (before_m2 + variance_m2):
            before_m2 += (tables.walk_mps * elapsed_s) ** 2 / 2.0
        gain = before_m2 / (before_m2 + variance_m2)
        state.x_m[phone] += gain * miss_x
        state.y_m[phone] += gain * miss_y
        state.variance_m2[phone] = (1.0 - gain) * before_m2
    state.time_us[phone] = time_us
    _stay_on_floor(tables, state, phone)


@inlined
def _choose_level(tables: SmootherTables, state: SmootherState, phone: int, level: int, x_m: float, y_m: float) -> None:
    if level == state.level[phone]:
        state.next_level[phone] = -1
    elif level == state.next_level[phone] or _is_near_stop(tables, level, x_m, y_m):
        state.level[phone], state.next_level[phone] = level, -1
    else:
        state.next_level[phone] = level


@inlined
def _is_near_stop(tables: SmootherTables, level: int, x_m: float, y_m: float) -> bool:
    for stop in range(tables.level_stop_start[level], tables.level_stop_start[level + 1]):
        away_x, away_y = x_m - tables.stop_x_m[stop], y_m - tables.stop_y_m[stop]
        if away_x * away_x + away_y * away_y <= STOP_M * STOP_M:
            return True
    return False


@inlined
def _stay_on_floor(tables: SmootherTables, state: SmootherState, phone: int) -> None:
    _, rows, columns = tables.standing.shape
    if rows == 0:
        return
    column = min(max(int(np.floor((state.x_m[phone] - tables.origin_x_m) / tables.cell_m)), 0), columns - 1)
    row = min(max(int(np.floor((state.y_m[phone] - tables.origin_y_m) / tables.cell_m)), 0), rows - 1)
    cell = tables.standing[state.level[phone], row, column]
    if cell >= 0 and cell != row * columns + column:
        state.x_m[phone] = tables.origin_x_m + (cell % columns + 0.5) * tables.cell_m
        state.y_m[phone] = tables.origin_y_m + (cell // columns + 0.5) * tables.cell_m


@entry
def _smooth_many(
    tables: SmootherTables, state: SmootherState, phones: np.ndarray, times_us: np.ndarray, fixes: Fixes, smoothed: Fixes
) -> None:
    for row in range(phones.size):
        smoothed.heard[row] = fixes.heard[row]
        if fixes.level[row] < 0:
            continue
        phone = phones[row]
        variance_m2 = (fixes.xx_m2[row] + fixes.yy_m2[row]) / 2.0
        smooth_one(tables, state, phone, times_us[row], fixes.level[row], fixes.x_m[row], fixes.y_m[row], variance_m2)
        smoothed.level[row], smoothed.x_m[row], smoothed.y_m[row] = state.level[phone], state.x_m[phone], state.y_m[phone]
        smoothed.xx_m2[row], smoothed.xy_m2[row], smoothed.yy_m2[row] = state.variance_m2[phone], 0.0, state.variance_m2[phone]


def smooth(tables: SmootherTables, state: SmootherState, phones: np.ndarray, times_us: np.ndarray, fixes: Fixes) -> Fixes:
    """Return the smoothed fixes of phones (rows of the state, int32) at instants (int64, in order of time for each phone).

    A fix without a place stays without one and changes nothing. The state is written to: a row that another phone takes over needs
    time_us = next_level = -1.
    """
    smoothed = no_fixes(phones.size)
    _smooth_many(
        tables, state, np.ascontiguousarray(phones, np.int64), np.ascontiguousarray(times_us, np.int64), fixes, smoothed
    )
    return smoothed
