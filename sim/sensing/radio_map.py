"""The radio maps of a mall: which access points are heard where and how strongly, computed once; and the scans taken on them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.config_sensing import SensingConfig
from sim.errors import ConfigError, Problem
from sim.kernel import declare_type, entry, kernel
from sim.plan_arrays import HALL, OUTSIDE, AccessPoints, CompiledPlan, RoomRaster
from sim.random_streams import draw_word, stream_key
from sim.sensing.scans import Scans
from sim.sensing.wifi import (
    AGE_STEPS,
    BEFORE_S,
    PHONE_HEIGHT_M,
    Receiver,
    Walls,
    age_step,
    exponents_of,
    field_word,
    lattice_normal,
    path_dbm,
    reading_dbm,
    reading_word,
    receiver_of,
    strengths_at_1m,
    walls_db,
)

REACH_M = 6.0  # cells farther than this from where people can be have no readings
FIELD_SD_MAX = 5.0  # an access point is left out of a cell where not even a field this many sd above its mean would bring it in
NOISE_SD_MAX = 2.5  # a mean this many sd of the noise below the floor is read less than once in 4,000 scans: not kept
ACCESS_POINTS_MAX = 32_767  # their numbers are kept in 16 bits


class Radio(NamedTuple):
    """Maps of mean strength on a square grid (L levels x rows x columns), and the rules of a scan.

    Cell c = (level * rows + row) * columns + column has the entries [entry_start[c], entry_start[c + 1]), in order of access point.
    """

    cell_m: float
    origin_x_m: float
    origin_y_m: float
    levels: int
    rows: int
    columns: int
    entry_start: np.ndarray  # (cells + 1) int64
    entry_ap: np.ndarray  # int16 index into CompiledPlan.access_points
    entry_dbm: np.ndarray  # float32 mean strength, shadowing included
    key: np.ndarray  # (A) int64 of each access point
    p0_dbm: np.ndarray  # (A) float64 strength at 1 m: no reading is above it
    is_on: np.ndarray  # (A) int8 the switch of each access point; may be written to
    receiver: Receiver


_NO_RADIO = Radio(
    1.0, 0.0, 0.0, 0, 0, 0, np.zeros(1, np.int64), np.zeros(0, np.int16), np.zeros(0, np.float32), np.zeros(0, np.int64),
    np.zeros(0), np.zeros(0, np.int8), Receiver(np.uint64(0), 0.0, 0.0, 1.0, 0.0, 0.0),
)  # fmt: skip
declare_type("Radio", _NO_RADIO)


class _Grid(NamedTuple):
    """What a level's cells are computed from: the place each stands for, and the rooms around it, in cells of the raster."""

    place_x: np.ndarray  # (rows, columns) float64, NaN where nobody can be near
    place_y: np.ndarray
    room: np.ndarray  # (raster rows, raster columns) int16
    raster_m: float


class _Emitters(NamedTuple):
    """Access points as a level hears them, places in cells of the raster."""

    x: np.ndarray  # (A) float64
    y: np.ndarray
    rise_m: np.ndarray  # (A) float64 height above a phone on the level
    p0_dbm: np.ndarray  # (A) float64 after the floors between
    exponent: np.ndarray
    field: np.ndarray  # (A, lattice rows, lattice columns) float32 shadowing at the nodes


def build_radio(compiled: CompiledPlan, config: SensingConfig, seed: int, age_months: float = 0.0) -> Radio:
    """Return the radio maps of a plan: of today, or as they were `age_months` ago (see `survey.ageing_db_per_year`).

    Means are in dBm at a phone's height, at the middle of each cell or at the nearest place where people can be. A plan without access
    points has maps without entries. Raises ConfigError where a plan has more access points than the maps can number.
    """
    rooms, points = compiled.rooms, compiled.access_points
    receiver = receiver_of(config.radio, seed)
    if rooms is None or points is None:
        return _NO_RADIO._replace(receiver=receiver)
    if points.key.size > ACCESS_POINTS_MAX:
        rule = f"radio maps hold at most {ACCESS_POINTS_MAX} access points"
        raise ConfigError.of(compiled.name, [Problem("access_points.geojson", str(points.key.size), rule, "remove some")])
    cell_m = config.radio.map_cell_m
    p0_dbm = strengths_at_1m(config.radio, points.band_ghz, points.power_dbm)
    ap_parts, dbm_parts, counts = [], [], []
    for level in range(len(compiled.level_ids)):
        grid = _grid(rooms, level, cell_m)
        emitters = _emitters(compiled, points, level, p0_dbm, config, seed, age_months)
        numbers, means, filled = _level_entries(grid, emitters, config)
        ap_parts += numbers
        dbm_parts += means
        counts.append(filled)
    shape = counts[0].shape
    return Radio(
        cell_m, rooms.origin_x_m, rooms.origin_y_m, len(counts), shape[0], shape[1],
        np.concatenate([[0], np.cumsum(np.stack(counts))]).astype(np.int64), np.concatenate(ap_parts), np.concatenate(dbm_parts),
        points.key, p0_dbm, np.ones(points.key.size, np.int8), receiver,
    )  # fmt: skip


def _grid(rooms: RoomRaster, level: int, cell_m: float) -> _Grid:
    """Return the place that each cell of the map stands for."""
    room, raster_m = rooms.room[level], rooms.cell_m
    size = [max(int(np.ceil(count * raster_m / cell_m)), 1) for count in room.shape]
    y, x = ((np.arange(count) + 0.5) * cell_m / raster_m for count in size)
    row = np.minimum(y.astype(np.int64), room.shape[0] - 1)[:, None]
    column = np.minimum(x.astype(np.int64), room.shape[1] - 1)[None, :]
    stand_row, stand_column = np.divmod(rooms.standing[level][row, column], room.shape[1])
    stands = room[row, column] >= HALL
    place_x = np.where(stands, x[None, :], stand_column + 0.5)
    place_y = np.where(stands, y[:, None], stand_row + 0.5)
    distance_m = np.hypot(place_x - x[None, :], place_y - y[:, None]) * raster_m
    away = (distance_m > REACH_M) | (room[row, column] == OUTSIDE) | (room[stand_row, stand_column] < HALL)
    return _Grid(np.where(away, np.nan, place_x), np.where(away, np.nan, place_y), room, raster_m)


def _emitters(
    compiled: CompiledPlan, points: AccessPoints, level: int, p0_dbm: np.ndarray, config: SensingConfig, seed: int, age_months: float
) -> _Emitters:  # fmt: skip
    rooms, radio = compiled.rooms, config.radio
    assert rooms is not None
    ordinals = np.array(compiled.level_ordinals)
    floors = np.abs(ordinals[points.level] - ordinals[level])
    size = [int(np.ceil(count * rooms.cell_m / radio.shadowing_m)) + 2 for count in rooms.room.shape[1:]]
    field = np.zeros((points.key.size, *size), np.float32)
    _fill_field(stream_key(seed, "radio shadowing"), points.key, int(ordinals[level]), 1.0, field)
    if age_months > 0.0 and radio.shadowing_db > 0.0:
        changed_db = min(config.survey.ageing_db_per_year * np.sqrt(age_months / 12.0), radio.shadowing_db)
        # A change of this sd between two fields of equal variance: var(change) = 2 (1 - kept) var(field).
        kept = 1.0 - 0.5 * (changed_db / radio.shadowing_db) ** 2
        field *= np.float32(kept)
        key = stream_key(seed, "radio shadowing of the past")
        _fill_field(key, points.key, int(ordinals[level]), np.sqrt(1.0 - kept**2), field)
    rows, columns = rooms.room.shape[1:]
    on_raster = 1.0 - 1e-9  # an access point on the outer wall hangs in the outermost cell
    return _Emitters(
        np.clip((points.x_m - rooms.origin_x_m) / rooms.cell_m, 0.0, columns * on_raster),
        np.clip((points.y_m - rooms.origin_y_m) / rooms.cell_m, 0.0, rows * on_raster),
        points.z_m - compiled.level_heights_m[level] - PHONE_HEIGHT_M,
        p0_dbm - floors * radio.floor_loss_db,
        exponents_of(radio, points.band_ghz).astype(np.float64),
        field,
    )


@kernel
def _fill_field(key: np.uint64, access_point: np.ndarray, ordinal: int, weight: float, field: np.ndarray) -> None:
    """Add `weight` times the shadowing field of every access point to the lattice's nodes."""
    for index in range(access_point.size):
        word = field_word(key, access_point[index], ordinal)
        for row in range(field.shape[1]):
            for column in range(field.shape[2]):
                field[index, row, column] += np.float32(weight * lattice_normal(word, column, row))


def _level_entries(
    grid: _Grid, emitters: _Emitters, config: SensingConfig
) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
    """Return the entries of a level, one array per row of cells, and how many each cell has."""
    radio = config.radio
    least_dbm = radio.floor_dbm - NOISE_SD_MAX * radio.noise_db
    walls = Walls(float(radio.front_loss_db), float(radio.wall_loss_db), float(radio.solid_loss_db))
    lattice = radio.shadowing_m / grid.raster_m
    rows, columns = grid.place_x.shape
    counts = np.zeros((rows, columns), np.int64)
    numbers = np.zeros(columns * emitters.x.size, np.int16)
    means = np.zeros(numbers.size, np.float32)
    number_parts, mean_parts = [], []
    for row in range(rows):
        filled = _fill_row(grid, emitters, walls, float(radio.shadowing_db), lattice, least_dbm, row, counts, numbers, means)
        number_parts.append(numbers[:filled].copy())
        mean_parts.append(means[:filled].copy())
    return number_parts, mean_parts, counts


@kernel
def _fill_row(
    grid: _Grid, emitters: _Emitters, walls: Walls, shadowing_db: float, lattice: float, least_dbm: float, row: int,
    counts: np.ndarray, numbers: np.ndarray, means: np.ndarray,
) -> int:  # fmt: skip
    """Write the entries of one row of cells; return how many."""
    filled = 0
    for column in range(counts.shape[1]):
        x, y = grid.place_x[row, column], grid.place_y[row, column]
        if np.isnan(x):
            continue
        first = filled
        for index in range(emitters.x.size):
            away_x, away_y = (emitters.x[index] - x) * grid.raster_m, (emitters.y[index] - y) * grid.raster_m
            squared = away_x * away_x + away_y * away_y + emitters.rise_m[index] * emitters.rise_m[index]
            mean_dbm = path_dbm(emitters.p0_dbm[index], emitters.exponent[index], squared)
            if mean_dbm + FIELD_SD_MAX * shadowing_db <= least_dbm:
                continue
            mean_dbm += shadowing_db * _on_lattice(emitters.field, index, x / lattice, y / lattice)
            spare_db = mean_dbm - least_dbm
            if spare_db > 0.0:
                mean_dbm -= walls_db(walls, grid.room, x, y, emitters.x[index], emitters.y[index], spare_db)
                if mean_dbm > least_dbm:
                    numbers[filled] = index
                    means[filled] = mean_dbm
                    filled += 1
        counts[row, column] = filled - first
    return filled


@kernel
def _on_lattice(field: np.ndarray, index: int, x: float, y: float) -> float:
    """Return what `wifi.shadowing` returns, from nodes computed before."""
    column, row = np.int64(x), np.int64(y)
    right, up = x - column, y - row
    left, down = 1.0 - right, 1.0 - up
    lower = left * field[index, row, column] + right * field[index, row, column + 1]
    upper = left * field[index, row + 1, column] + right * field[index, row + 1, column + 1]
    return (down * lower + up * upper) / np.sqrt((left * left + right * right) * (down * down + up * up))


@kernel
def cell_at(radio: Radio, x_m: float, y_m: float, level: int) -> int:
    """Return the cell of the maps at a place, -1 off the maps."""
    row = np.int64(np.floor((y_m - radio.origin_y_m) / radio.cell_m))
    column = np.int64(np.floor((x_m - radio.origin_x_m) / radio.cell_m))
    if row < 0 or column < 0 or level < 0 or row >= radio.rows or column >= radio.columns or level >= radio.levels:
        return -1
    return (level * radio.rows + row) * radio.columns + column


@kernel
def hear(
    radio: Radio, key: int, offset_db: float, x_m: float, y_m: float, before_x_m: float, before_y_m: float, level: int, count: int,
    out_ap: np.ndarray, out_dbm: np.ndarray,
) -> int:  # fmt: skip
    """Write the readings of one scan, in order of access point, and return how many; the outputs need a place for each access point.

    `key` addresses the phone, `count` the scan (its time in us); the phone stands at (x_m, y_m) and came in a straight line from
    (before_x_m, before_y_m) where it was 10 s before. Each reading has an age, uniform with the configured median, and is what was
    heard where the phone was then, to the nearest eighth of the range of ages.
    """
    scan = draw_word(radio.receiver.key, key, count)
    eighth = min(radio.receiver.age_s_max / BEFORE_S, 1.0) / AGE_STEPS
    back_x, back_y = (before_x_m - x_m) * eighth, (before_y_m - y_m) * eighth
    filled, first = 0, 0
    here = cell_at(radio, x_m + 0.5 * back_x, y_m + 0.5 * back_y, level)
    for step in range(1, AGE_STEPS + 1):
        cell = -2  # ends the last run
        if step < AGE_STEPS:
            cell = cell_at(radio, x_m + (step + 0.5) * back_x, y_m + (step + 0.5) * back_y, level)
        if cell != here:
            if here >= 0:
                filled = _hear_in_cell(radio, scan, offset_db, here, first, step, filled, out_ap, out_dbm)
            here, first = cell, step
    if back_x != 0.0 or back_y != 0.0:
        _sort_readings(out_ap, out_dbm, filled)
    return filled


@kernel
def _hear_in_cell(
    radio: Radio, scan: np.uint64, offset_db: float, cell: int, first: int, end: int, filled: int,
    out_ap: np.ndarray, out_dbm: np.ndarray,
) -> int:  # fmt: skip
    """Add the readings of the steps of age in [first, end)."""
    for place in range(radio.entry_start[cell], radio.entry_start[cell + 1]):
        access_point = radio.entry_ap[place]
        step = age_step(scan, radio.key[access_point])
        if step < first or step >= end or radio.is_on[access_point] == 0:
            continue
        word = reading_word(scan, radio.key[access_point])
        heard_dbm = reading_dbm(radio.receiver, word, radio.entry_dbm[place] + offset_db, radio.p0_dbm[access_point])
        if not np.isnan(heard_dbm) and filled < out_ap.size:
            out_ap[filled] = access_point
            out_dbm[filled] = heard_dbm
            filled += 1
    return filled


@kernel
def _sort_readings(out_ap: np.ndarray, out_dbm: np.ndarray, filled: int) -> None:
    """Sort readings by access point: a few sorted runs of some ten each, so that insertion is quick."""
    for index in range(1, filled):
        access_point, strength_dbm = out_ap[index], out_dbm[index]
        place = index
        while place > 0 and out_ap[place - 1] > access_point:
            out_ap[place], out_dbm[place] = out_ap[place - 1], out_dbm[place - 1]
            place -= 1
        out_ap[place], out_dbm[place] = access_point, strength_dbm


def hear_many(
    radio: Radio, keys: np.ndarray, offsets_db: np.ndarray, x_m: np.ndarray, y_m: np.ndarray, before_x_m: np.ndarray,
    before_y_m: np.ndarray, level: np.ndarray, counts: np.ndarray,
) -> Scans:  # fmt: skip
    """Return the scans of S phones; see `hear` for the arguments, each an array of length S."""
    rows, most = len(x_m), radio.key.size
    columns = (
        np.ascontiguousarray(keys, np.int64),
        *(np.ascontiguousarray(column, np.float64) for column in (offsets_db, x_m, y_m, before_x_m, before_y_m)),
        np.ascontiguousarray(level, np.int64),
        np.ascontiguousarray(counts, np.int64),
    )
    start = np.zeros(rows + 1, np.int64)
    heard, heard_dbm = np.zeros(64 * rows + most, np.int32), np.zeros(64 * rows + most, np.float32)
    done = 0
    while done < rows:
        done = _hear_rows(radio, columns, done, most, start, heard, heard_dbm)
        if done < rows:
            heard = np.concatenate([heard, np.zeros(heard.size, np.int32)])
            heard_dbm = np.concatenate([heard_dbm, np.zeros(heard_dbm.size, np.float32)])
    return Scans(start, heard[: start[rows]].copy(), heard_dbm[: start[rows]].copy())


@entry
def _hear_rows(
    radio: Radio, columns: tuple[np.ndarray, ...], done: int, most: int, start: np.ndarray, heard: np.ndarray, heard_dbm: np.ndarray
) -> int:  # fmt: skip
    """Take scans from row `done` on while a whole one is sure to fit; return the first row not taken."""
    key, offset_db, x_m, y_m, before_x_m, before_y_m, level, count = columns
    row = done
    while row < x_m.size and start[row] + most <= heard.size:
        first = start[row]
        filled = hear(radio, key[row], offset_db[row], x_m[row], y_m[row], before_x_m[row], before_y_m[row], level[row], count[row],
                      heard[first:], heard_dbm[first:])  # fmt: skip
        start[row + 1] = first + filled
        row += 1
    return row
