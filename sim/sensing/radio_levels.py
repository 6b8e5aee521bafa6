"""One level's radio map: for each cell the access points heard there and their mean strengths, walls and shadowing included."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.config_sensing import SensingConfig
from sim.kernel import kernel
from sim.plan_arrays import HALL, OUTSIDE, AccessPoints, CompiledPlan, RoomRaster
from sim.random_streams import stream_key
from sim.sensing.wifi import PHONE_HEIGHT_M, Walls, exponents_of, field_word, lattice_normal, path_dbm, walls_db

REACH_M = 6.0  # cells farther than this from where people can be have no readings
FIELD_SD_MAX = 5.0  # an access point is left out of a cell where not even a field this many sd above its mean would bring it in
NOISE_SD_MAX = 2.5  # a mean this many sd of the noise below the floor is read less than once in 4,000 scans: not kept


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


class Entries(NamedTuple):
    """The entries of a level's cells, row by row, and how many each cell has."""

    access_point: list[np.ndarray]  # one array per row of cells, int16
    mean_dbm: list[np.ndarray]  # the same, float32
    counts: np.ndarray  # (rows, columns) int64


def level_entries(
    compiled: CompiledPlan, level: int, p0_dbm: np.ndarray, config: SensingConfig, seed: int, age_months: float
) -> Entries:
    """Return the map of a level of a plan with rooms and access points, of strengths `p0_dbm` at 1 m."""
    rooms, points = compiled.rooms, compiled.access_points
    assert rooms is not None
    assert points is not None
    grid = _grid(rooms, level, config.radio.map_cell_m)
    return _entries(grid, _emitters(compiled, rooms, points, level, p0_dbm, config, seed, age_months), config)


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
    beyond = (room[row, column] == OUTSIDE) & (distance_m > 0.75 * cell_m)  # else part of the cell is floor
    away = (distance_m > REACH_M) | beyond | (room[stand_row, stand_column] < HALL)
    return _Grid(np.where(away, np.nan, place_x), np.where(away, np.nan, place_y), room, raster_m)


def _emitters(
    compiled: CompiledPlan, rooms: RoomRaster, points: AccessPoints, level: int, p0_dbm: np.ndarray, config: SensingConfig, seed: int,
    age_months: float,
) -> _Emitters:  # fmt: skip
    """Return the access points as a level hears them, their shadowing at the lattice's nodes."""
    radio = config.radio
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


def _entries(grid: _Grid, emitters: _Emitters, config: SensingConfig) -> Entries:
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
    return Entries(number_parts, mean_parts, counts)


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
