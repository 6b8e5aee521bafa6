"""One level's radio map: for each cell the access points heard there, their mean strengths, and what makes them likelier to be heard."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.config_sensing import SensingConfig
from sim.kernel import kernel
from sim.plan_arrays import HALL, OUTSIDE, AccessPoints, CompiledPlan, RoomRaster
from sim.sensing.radio.radio_fields import Field, bias_of, bias_steps, fill_nodes, on_nodes, past_of, point_normal, shadowing_of
from sim.sensing.radio.wifi import PHONE_HEIGHT_M, Walls, exponents_of, path_dbm, walls_db

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
    shadowing: np.ndarray  # (A, lattice rows, lattice columns) float32 standard normal at the nodes
    bias: np.ndarray  # (A, lattice rows, lattice columns) float32 the same of the detection bias, whose lattice is another
    point_bias_db: np.ndarray  # (A) float64 detection bias wherever it is heard


class Entries(NamedTuple):
    """The entries of a level's cells, row by row, and how many each cell has."""

    access_point: list[np.ndarray]  # one array per row of cells, int16
    mean_dbm: list[np.ndarray]  # the same, float32
    bias: list[np.ndarray]  # the same, int8 half decibels
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
    """Return the access points as a level hears them, their fields at the lattices' nodes."""
    radio, bias = config.radio, bias_of(config.radio, seed)
    ordinals = np.array(compiled.level_ordinals)
    floors = np.abs(ordinals[points.level] - ordinals[level])
    shadowing = shadowing_of(radio, seed)
    nodes = _nodes(shadowing, points, rooms, int(ordinals[level]))
    if age_months > 0.0 and radio.shadowing_db > 0.0:
        changed_db = min(config.survey.ageing_db_per_year * np.sqrt(age_months / 12.0), radio.shadowing_db)
        # A change of this sd between two fields of equal variance: var(change) = 2 (1 - kept) var(field).
        kept = 1.0 - 0.5 * (changed_db / radio.shadowing_db) ** 2
        nodes *= np.float32(kept)
        fill_nodes(past_of(shadowing, seed), points.key, int(ordinals[level]), np.sqrt(1.0 - kept**2), nodes)
    rows, columns = rooms.room.shape[1:]
    on_raster = 1.0 - 1e-9  # an access point on the outer wall hangs in the outermost cell
    return _Emitters(
        np.clip((points.x_m - rooms.origin_x_m) / rooms.cell_m, 0.0, columns * on_raster),
        np.clip((points.y_m - rooms.origin_y_m) / rooms.cell_m, 0.0, rows * on_raster),
        points.z_m - compiled.level_heights_m[level] - PHONE_HEIGHT_M,
        p0_dbm - floors * radio.floor_loss_db,
        exponents_of(radio, points.band_ghz).astype(np.float64),
        nodes,
        _nodes(bias.field, points, rooms, int(ordinals[level])),
        bias.point_sd_db * np.array([point_normal(bias.point_key, key) for key in points.key]),
    )


def _nodes(field: Field, points: AccessPoints, rooms: RoomRaster, ordinal: int) -> np.ndarray:
    """Return the field of every access point at the nodes over a level."""
    size = [int(np.ceil(count * rooms.cell_m / field.spacing_m)) + 2 for count in rooms.room.shape[1:]]
    nodes = np.zeros((points.key.size, *size), np.float32)
    fill_nodes(field, points.key, ordinal, 1.0, nodes)
    return nodes


def _entries(grid: _Grid, emitters: _Emitters, config: SensingConfig) -> Entries:
    radio = config.radio
    least_dbm = radio.floor_dbm - NOISE_SD_MAX * radio.noise_db
    walls = Walls(float(radio.front_loss_db), float(radio.wall_loss_db), float(radio.solid_loss_db))
    fields = (
        float(radio.shadowing_db), radio.shadowing_m / grid.raster_m,
        float(radio.detection_field_db), radio.detection_field_m / grid.raster_m,
    )  # fmt: skip
    rows, columns = grid.place_x.shape
    counts = np.zeros((rows, columns), np.int64)
    numbers = np.zeros(columns * emitters.x.size, np.int16)
    means, biases = np.zeros(numbers.size, np.float32), np.zeros(numbers.size, np.int8)
    entries = Entries([], [], [], counts)
    for row in range(rows):
        filled = _fill_row(grid, emitters, walls, fields, least_dbm, row, counts, numbers, means, biases)
        entries.access_point.append(numbers[:filled].copy())
        entries.mean_dbm.append(means[:filled].copy())
        entries.bias.append(biases[:filled].copy())
    return entries


@kernel
def _fill_row(
    grid: _Grid, emitters: _Emitters, walls: Walls, fields: tuple[float, float, float, float], least_dbm: float, row: int,
    counts: np.ndarray, numbers: np.ndarray, means: np.ndarray, biases: np.ndarray,
) -> int:  # fmt: skip
    """Write the entries of one row of cells; return how many. `fields` are sd and spacing of shadowing and detection bias."""
    shadowing_db, lattice, bias_db, bias_lattice = fields
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
            mean_dbm += shadowing_db * on_nodes(emitters.shadowing, index, x / lattice, y / lattice)
            spare_db = mean_dbm - least_dbm
            if spare_db > 0.0:
                mean_dbm -= walls_db(walls, grid.room, x, y, emitters.x[index], emitters.y[index], spare_db)
                if mean_dbm > least_dbm:
                    numbers[filled] = index
                    means[filled] = mean_dbm
                    here_db = bias_db * on_nodes(emitters.bias, index, x / bias_lattice, y / bias_lattice)
                    biases[filled] = bias_steps(emitters.point_bias_db[index] + here_db)
                    filled += 1
        counts[row, column] = filled - first
    return filled
