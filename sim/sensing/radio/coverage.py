"""Where the access points are heard, and how far from the truth phones would be put, cell by cell."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit, ndtr

from sim.config_sensing import SensingConfig
from sim.plan_arrays import HALL, CompiledPlan
from sim.sensing.radio.radio_fields import BIAS_STEPS_PER_DB
from sim.sensing.radio.radio_map import Radio
from sim.sensing.radio.trials import Located, Phones, located, percentile_m, phones_on_floor, try_out

GOOD_DBM = -67.0  # what voice and positioning over Wi-Fi are commonly planned for
HEARD_LEAST = 3  # access points that a place takes
ERROR_CELL_M = 4.0
PHONES_PER_CELL = 6  # the error of a cell is that of the phones in it and in its neighbours, some fifty


class Coverage(NamedTuple):
    """Maps on the cells of the plan's room raster, NaN where nobody can be."""

    best_dbm: (
        np.ndarray
    )  # (L, rows, cols) float64 mean strength of the strongest access point that is on; -inf where none is heard
    heard: np.ndarray  # (L, rows, cols) float64 access points that a scan hears with probability 1/2 or more
    error_m_p75: np.ndarray  # (L, rows, cols) float64 error that a quarter of the fixes around exceed; inf where they have none
    located: Located  # of all phones tried
    phones: Phones


def coverage_of(compiled: CompiledPlan, config: SensingConfig, seed: int) -> Coverage:
    """Return the maps of a plan's own access points under the configured radio, survey and estimator.

    Building and survey are those of a run with this configuration. The errors are those of phones spread evenly over the floor; `seed`
    places them and draws what they hear.
    """
    rooms, points = compiled.rooms, compiled.access_points
    assert rooms is not None
    assert points is not None
    floor_m2 = float((rooms.room >= HALL).sum()) * rooms.cell_m**2
    phones = phones_on_floor(compiled, max(1, round(PHONES_PER_CELL * floor_m2 / ERROR_CELL_M**2)), config, seed)
    trial = try_out(compiled, points, phones, config)
    found = located(compiled, trial, config)
    best_dbm, heard = _heard_on_floor(compiled, trial.radio)
    return Coverage(best_dbm, heard, _error_map(compiled, phones, found), found, phones)


def _heard_on_floor(compiled: CompiledPlan, radio: Radio) -> tuple[np.ndarray, np.ndarray]:
    """Return the strongest mean and the number of access points heard, on the cells of the room raster."""
    cells = np.repeat(np.arange(radio.entry_start.size - 1), np.diff(radio.entry_start))
    is_on = radio.is_on[radio.entry_ap] > 0
    best_dbm = np.full(radio.entry_start.size - 1, -np.inf)
    np.maximum.at(best_dbm, cells[is_on], radio.entry_dbm[is_on].astype(np.float64))
    is_heard = is_on & (_heard_share(radio) >= 0.5)
    heard = np.bincount(cells[is_heard], minlength=best_dbm.size).astype(np.float64)
    rooms = compiled.rooms
    assert rooms is not None
    middle = [(np.arange(count) + 0.5) * rooms.cell_m / radio.cell_m for count in rooms.room.shape[1:]]
    row, column = (
        np.minimum(at.astype(np.int64), count - 1) for at, count in zip(middle, (radio.rows, radio.columns), strict=True)
    )
    shape = (radio.levels, radio.rows, radio.columns)
    is_floor = rooms.room >= HALL
    best_dbm, heard = (
        np.where(is_floor, values.reshape(shape)[:, row[:, None], column[None, :]], np.nan) for values in (best_dbm, heard)
    )
    return best_dbm, heard


def _heard_share(radio: Radio) -> np.ndarray:
    """Return for each entry of the maps the probability that a scan of a phone without offset hears it; see `wifi.reading_dbm`."""
    receiver, mean_dbm = radio.receiver, radio.entry_dbm.astype(np.float64)
    detected = expit((mean_dbm + radio.entry_bias / BIAS_STEPS_PER_DB - receiver.sensitivity_dbm) / receiver.detection_db)
    above_db = mean_dbm - receiver.floor_dbm
    if receiver.noise_db > 0.0:
        return np.asarray(detected * ndtr(above_db / receiver.noise_db))
    return np.where(above_db >= 0.0, detected, 0.0)


def _error_map(compiled: CompiledPlan, phones: Phones, found: Located) -> np.ndarray:
    """Return for each cell of the raster the 75th percentile of the phones in its square of ERROR_CELL_M and in those around it."""
    rooms = compiled.rooms
    assert rooms is not None
    side = max(1, round(ERROR_CELL_M / rooms.cell_m))
    levels, rows, columns = rooms.room.shape
    wide, high = -(-columns // side) + 2, -(-rows // side) + 2  # with a rim, so that every square has eight neighbours
    level, row, column = np.unravel_index(phones.cell, rooms.room.shape)
    square = (level * high + row // side + 1) * wide + column // side + 1
    around = np.concatenate([square + up * wide + right for up in (-1, 0, 1) for right in (-1, 0, 1)])
    error_m = np.tile(found.error_m, 9)
    order = np.lexsort((error_m, around))
    squares, start, count = np.unique(around[order], return_index=True, return_counts=True)
    worst = np.full(levels * high * wide, np.nan)
    worst[squares] = error_m[order][start + np.ceil(0.75 * count).astype(np.int64) - 1]
    inner = worst.reshape(levels, high, wide)[:, 1:-1, 1:-1]
    on_raster = inner.repeat(side, axis=1).repeat(side, axis=2)[:, :rows, :columns]
    return np.where(rooms.room >= HALL, on_raster, np.nan)


def shares_of(compiled: CompiledPlan, coverage: Coverage) -> list[dict[str, Any]]:
    """Return what the maps say of each level: access points, floor, shares of it that are covered, the error; None on one without floor."""
    rooms, points = compiled.rooms, compiled.access_points
    assert rooms is not None
    assert points is not None
    records = []
    for level, level_id in enumerate(compiled.level_ids):
        is_floor = rooms.room[level] >= HALL
        here = coverage.phones.level == level
        error_m_p75 = percentile_m(coverage.located.error_m[here], 0.75)
        records.append(
            {
                "level": level_id,
                "name": compiled.level_names[level],
                "access_points": int((points.level == level).sum()),
                "floor_m2": float(is_floor.sum()) * rooms.cell_m**2,
                "good_share": _share(coverage.best_dbm[level][is_floor] >= GOOD_DBM),
                "three_heard_share": _share(coverage.heard[level][is_floor] >= HEARD_LEAST),
                "error_m_p75": error_m_p75 if np.isfinite(error_m_p75) else None,
                "floor_right_share": _share(coverage.located.floor_ok[here]),
            }
        )
    return records


def _share(is_so: np.ndarray) -> float | None:
    return float(is_so.mean()) if is_so.size else None
