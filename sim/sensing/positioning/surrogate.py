"""The error law that stands in for the full radio on long runs: for each cell of the floor, what errors of the estimator are like."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from sim.config import RunConfig
from sim.config_sensing import SensingConfig
from sim.kernel import entry
from sim.plan_arrays import RoomRaster
from sim.random_streams import stream_key, uniform, uniforms
from sim.sensing.positioning.methods import HALF_OF_RAYLEIGH, FullRadio, Scanned, radius_m
from sim.sensing.positioning.phones import OFFSET_CLASSES
from sim.sensing.positioning.scans import Fixes, no_fixes
from sim.sensing.positioning.tracking import READING_US
from sim.units import US_PER_S

NO_FIX = -128  # as a shift of level
CM = 100.0
READING_S = READING_US / US_PER_S
FARTHEST_CM = 32_000
BATCH = 50_000  # scans simulated at a time while fitting

ERROR = np.dtype([("x_cm", "i2"), ("y_cm", "i2"), ("radius_cm", "i2"), ("level_shift", "i1"), ("heard", "u1")], align=True)


class Law(NamedTuple):
    """Errors found with the full radio, cell by cell, and the cell of each square of the floor."""

    cell_m: float
    origin_x_m: float
    origin_y_m: float
    cell: (
        np.ndarray
    )  # (L, rows, columns) int32 of each square, and of the nearest where nobody can be in it; -1 where there is none
    error: np.ndarray  # (cells, OFFSET_CLASSES * each) ERROR, class by class
    heard: np.ndarray  # (cells, ceil(A / 8)) uint8 bits (packbits) of the access points heard in a cell when they are on


def fit_law(rooms: RoomRaster, full: FullRadio, config: SensingConfig, seed: int) -> Law:
    """Return the law of a mall: phones at addressed places of each cell, an eighth of its scans from each class of offset.

    A phone's offset stays with it, and with it the part of its errors that comes of it: hence the classes. Phones stand still; what
    walking adds is where a draw is put, see `ErrorLaw`. Access points that are switched off stay off.
    """
    positioning = config.positioning
    cell, member, start = _cells(rooms, positioning.law_cell_m)
    cells, samples = start.size - 1, OFFSET_CLASSES * -(-positioning.law_samples // OFFSET_CLASSES)
    scans = _fitting_scans(rooms, member, start, samples, config.radio.device_offset_db, seed)
    error = np.zeros(cells * samples, ERROR)
    is_heard = np.zeros((cells, full.radio.key.size), np.bool_)
    all_on = full.radio._replace(is_on=np.ones_like(full.radio.is_on))
    for first in range(0, error.size, BATCH):
        part = Scanned(*(column[first : first + BATCH] for column in scans))
        heard = full.hear(part)
        error[first : first + BATCH] = _errors(part, full.estimator.locate(heard))
        heard = heard if full.radio.is_on.all() else full.hear(part, all_on)
        is_heard[np.repeat(part.row // samples, np.diff(heard.start)), heard.access_point] = True
    bits = np.packbits(is_heard, axis=1)
    return Law(positioning.law_cell_m, rooms.origin_x_m, rooms.origin_y_m, cell, error.reshape(cells, samples), bits)


def _cells(rooms: RoomRaster, cell_m: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the cell of each square, and the raster's places where people can be, cell by cell, with where each cell's begin."""
    levels, rows, columns = rooms.room.shape
    row, column = (((np.arange(size) + 0.5) * rooms.cell_m / cell_m).astype(np.int64) for size in (rows, columns))
    squares = (levels, int(row[-1]) + 1, int(column[-1]) + 1)
    square = (np.arange(levels)[:, None, None] * squares[1] + row[:, None]) * squares[2] + column
    is_standing = rooms.standing == np.arange(rows * columns).reshape(rows, columns)
    member = np.flatnonzero(is_standing)
    order = np.argsort(square.ravel()[member], kind="stable")
    member = member[order]
    occupied, start = np.unique(square.ravel()[member], return_index=True)
    cell = np.full(int(np.prod(squares)), -1, np.int32)
    cell[occupied] = np.arange(occupied.size)
    # A square in which nobody can stand (somebody may, at its edge) has the law of the place nearest to its middle.
    middle_row, middle_column = (np.minimum((np.arange(size) + 0.5) * cell_m / rooms.cell_m, most - 1).astype(np.int64)
                                 for size, most in zip(squares[1:], (rows, columns), strict=True))  # fmt: skip
    nearest = rooms.standing[:, middle_row[:, None], middle_column]
    there = cell[np.take_along_axis(square.reshape(levels, -1), np.maximum(nearest, 0).reshape(levels, -1), axis=1).ravel()]
    cell = np.where((cell < 0) & (nearest.ravel() >= 0), there, cell).astype(np.int32)
    return cell.reshape(squares), member, np.append(start, member.size)


def _fitting_scans(
    rooms: RoomRaster, member: np.ndarray, start: np.ndarray, samples: int, offset_db: float, seed: int
) -> Scanned:
    key = stream_key(seed, "places of the error law")
    row = np.arange((start.size - 1) * samples)
    cell, sample = np.divmod(row, samples)
    draws = [uniforms(key, row, count) for count in range(4)]
    place = member[start[cell] + (draws[0] * np.diff(start)[cell]).astype(np.int64)]
    level, place = np.divmod(place, rooms.room.shape[1] * rooms.room.shape[2])
    raster_row, raster_column = np.divmod(place, rooms.room.shape[2])
    x_m = rooms.origin_x_m + (raster_column + draws[1]) * rooms.cell_m
    y_m = rooms.origin_y_m + (raster_row + draws[2]) * rooms.cell_m
    classes = sample * OFFSET_CLASSES // samples
    offsets_db = ndtri((classes + draws[3]) / OFFSET_CLASSES) * offset_db
    return Scanned(row, row, row, offsets_db, classes.astype(np.int8), level.astype(np.int32), x_m, y_m, x_m, y_m)


def _errors(scans: Scanned, fixes: Fixes) -> np.ndarray:
    found = np.zeros(scans.row.size, ERROR)
    is_made = fixes.level >= 0
    for name, error_m in (("x_cm", fixes.x_m - scans.x_m), ("y_cm", fixes.y_m - scans.y_m), ("radius_cm", radius_m(fixes))):
        found[name][is_made] = np.clip(np.rint(CM * error_m[is_made]), -FARTHEST_CM, FARTHEST_CM)
    found["level_shift"] = np.where(is_made, fixes.level - scans.level, NO_FIX)
    found["heard"] = np.minimum(fixes.heard, np.iinfo(np.uint8).max)
    return found


class ErrorLaw:
    """Draws fixes from the law: one of the errors of the cell and the phone's class of offset, by an addressed choice.

    Readings are some seconds old, so that the error is counted from where the phone was at their mean age. Where an access point is
    heard whose switch is not as it was when the law was fitted, the full radio locates instead.
    """

    def __init__(
        self, law: Law, full: Callable[[], FullRadio], is_on: np.ndarray, fitted_on: np.ndarray, config: RunConfig
    ) -> None:
        """Take the switches of the access points (int8, A), read at every tick, and how they were when the law was fitted."""
        self._law, self._full, self._is_on, self._fitted_on = law, full, is_on, fitted_on
        self._key = stream_key(config.seed, "error of a fix from its cell's law")
        self._age_share = mean_age_s(config.sensing.radio.reading_age_s_median) / READING_S

    def locate(self, scanned: Scanned) -> Fixes:
        """Return a fix for each scan."""
        fixes, cell = no_fixes(scanned.row.size), np.zeros(scanned.row.size, np.int32)
        _draw_fixes(self._law, self._key, self._age_share, scanned, fixes, cell)
        changed: np.ndarray = self._is_on != self._fitted_on
        if changed.any():
            is_changed = np.any(self._law.heard & np.packbits(changed), axis=1)
            rows = np.flatnonzero((cell >= 0) & is_changed[cell])
            located = self._full().locate(Scanned(*(column[rows] for column in scanned)))
            for column, found in zip(fixes, located, strict=True):
                column[rows] = found
        return fixes


def mean_age_s(median_s: float) -> float:
    """Return the mean age of a reading, uniform up to twice the median, as heard on the way of the last READING_S."""
    oldest_s = max(2.0 * median_s, 1e-9)
    within_s = min(oldest_s, READING_S)
    return within_s * (oldest_s - within_s / 2.0) / oldest_s


@entry
def _draw_fixes(law, key, age_share, scanned, fixes, cells):  # type: ignore[no-untyped-def]
    """Fill fixes drawn from the law, and the cell of each."""
    levels, rows, columns = law.cell.shape
    each = law.error.shape[1] // OFFSET_CLASSES
    for index in range(cells.size):
        x_m = scanned.x_m[index] + age_share * (scanned.before_x_m[index] - scanned.x_m[index])
        y_m = scanned.y_m[index] + age_share * (scanned.before_y_m[index] - scanned.y_m[index])
        row = min(max(int((y_m - law.origin_y_m) / law.cell_m), 0), rows - 1)
        column = min(max(int((x_m - law.origin_x_m) / law.cell_m), 0), columns - 1)
        level = scanned.level[index]
        cell = law.cell[level, row, column] if level < levels else -1
        cells[index] = cell
        if cell < 0:
            continue
        choice = int(uniform(key, scanned.key[index], scanned.time_us[index]) * each)
        error = law.error[cell, scanned.offset_class[index] * each + choice]
        fixes.heard[index] = error.heard
        if error.level_shift == NO_FIX:
            continue
        sd_m = error.radius_cm / CM / HALF_OF_RAYLEIGH
        fixes.level[index] = level + error.level_shift
        fixes.x_m[index], fixes.y_m[index] = x_m + error.x_cm / CM, y_m + error.y_cm / CM
        fixes.xx_m2[index], fixes.xy_m2[index], fixes.yy_m2[index] = sd_m * sd_m, 0.0, sd_m * sd_m
