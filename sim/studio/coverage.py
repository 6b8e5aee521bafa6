"""The Wi-Fi of one level while access points are dragged about: each is worked out once, so that moving one costs only that one."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.ndimage import uniform_filter
from scipy.special import expit, ndtri

from sim.config_sensing import SensingConfig
from sim.errors import ConfigError, Problem
from sim.floorplan.cache import load_compiled, raw_digest
from sim.paths import unknown_name
from sim.plan_arrays import HALL, AccessPoints, CompiledPlan
from sim.random_streams import draw_words, stream_key, uniforms
from sim.sensing.positioning.estimators import make_estimator
from sim.sensing.positioning.fingerprints import fingerprints_in_order
from sim.sensing.positioning.scans import Scans
from sim.sensing.radio.coverage import GOOD_DBM
from sim.sensing.radio.radio_fields import BIAS_STEPS_PER_DB
from sim.sensing.radio.radio_levels import level_entries
from sim.sensing.radio.radio_map import Radio, hear_many
from sim.sensing.radio.trials import hung
from sim.sensing.radio.wifi import receiver_of, strengths_at_1m
from sim.sensing.radio.wifi_design import access_points_at
from sim.studio.catalogue import untouched
from sim.studio.plans import folder_of

PHONES_MAX = 1_000  # whose errors make the map: the mean of a level's is then known to about 3 %
PRINTS_MAX = 2_000
FLOORS_MAX = 1  # between a phone and the access points that are looked at: a floor takes 10 dB, two take 20
LEAST_DBM = -75.0  # an access point that is nowhere louder says next to nothing of a place
AROUND_M = 12.0  # over which errors are averaged
LEVELS_KEPT = 3  # each is some 50 MB in a mall of 700 access points
POINTS_MAX = 3_000
PHONES_SEED = 0


class Heard(NamedTuple):
    """How one access point is heard on a level, on the cells of the map, NaN and 0 where it is not."""

    dbm: np.ndarray  # (cells) float32 mean strength
    bias: np.ndarray  # (cells) int8 half decibels by which hearing is likelier


@dataclass
class LevelMap:
    """What is known of a level's cells, and of the access points that have been asked about."""

    compiled: CompiledPlan
    level: int
    config: SensingConfig
    rows: int = 0
    columns: int = 0
    is_floor: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))  # (cells)
    heard: OrderedDict[tuple[float, ...], Heard] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        """Lay the cells of the radio's map over the level."""
        rooms, cell_m = self.compiled.rooms, self.config.radio.map_cell_m
        assert rooms is not None
        room = rooms.room[self.level]
        self.rows, self.columns = (max(int(np.ceil(count * rooms.cell_m / cell_m)), 1) for count in room.shape)
        row, column = (
            np.minimum(((np.arange(count) + 0.5) * cell_m / rooms.cell_m).astype(np.int64), most - 1)
            for count, most in zip((self.rows, self.columns), room.shape, strict=True)
        )
        self.is_floor = (room[row[:, None], column[None, :]] >= HALL).ravel()

    def of(self, points: AccessPoints) -> list[Heard]:
        """Return how each access point is heard; only those that are new are worked out."""
        names = list(zip(*(column.tolist() for column in points[1:]), strict=True))
        new = np.array([index for index, name in enumerate(names) if name not in self.heard], np.int64)
        if new.size:
            for index, found in zip(
                new.tolist(), self._work_out(AccessPoints(*(column[new] for column in points))), strict=True
            ):
                self.heard[names[index]] = found
        for name in names:
            self.heard.move_to_end(name)
        while len(self.heard) > max(len(names), POINTS_MAX):
            self.heard.popitem(last=False)
        return [self.heard[name] for name in names]

    def _work_out(self, points: AccessPoints) -> list[Heard]:
        radio = self.config.radio
        p0_dbm = strengths_at_1m(radio, points.band_ghz, points.power_dbm)
        entries = level_entries(hung(self.compiled, points), self.level, p0_dbm, self.config, radio.building_seed, 0.0)
        number, dbm, bias = (np.concatenate(parts) for parts in (entries.access_point, entries.mean_dbm, entries.bias))
        cell = np.repeat(np.arange(entries.counts.size), entries.counts.ravel())
        order = np.argsort(number, kind="stable")
        starts = np.searchsorted(number[order], np.arange(points.key.size + 1))
        found = []
        for index in range(points.key.size):
            rows = order[starts[index] : starts[index + 1]]
            one = Heard(np.full(entries.counts.size, np.nan, np.float32), np.zeros(entries.counts.size, np.int8))
            one.dbm[cell[rows]], one.bias[cell[rows]] = dbm[rows], bias[rows]
            found.append(one)
        return found


_MAPS: OrderedDict[tuple[str, int], LevelMap] = OrderedDict()
_ONE_AT_A_TIME = threading.Lock()


def coverage(body: dict[str, Any]) -> dict[str, Any]:
    """Return what /api/coverage answers for {floorplan, level, access_points}; None stands for the drawing's own access points.

    Errors are those of phones that are put on the right level, by the everyday scenario's estimator, with a survey of very many scans.
    """
    folder = folder_of(str(body.get("floorplan", "")))
    compiled = _compiled(folder, raw_digest(folder))
    level = str(body.get("level", ""))
    if level not in compiled.level_ids:
        raise ConfigError.of("the page", [unknown_name("level", level[:80], compiled.level_ids, "level", "the plan")])
    points = _points_of(compiled, body.get("access_points"))
    with _ONE_AT_A_TIME:
        key = compiled.digest, compiled.level_ids.index(level)
        if key not in _MAPS:
            _MAPS[key] = LevelMap(compiled, key[1], untouched().sensing)
        _MAPS.move_to_end(key)
        while len(_MAPS) > LEVELS_KEPT:
            _MAPS.popitem(last=False)
        return _told(_MAPS[key], points)


@lru_cache(maxsize=4)
def _compiled(folder: Path, _digest: str) -> CompiledPlan:
    return load_compiled(folder)


def _points_of(compiled: CompiledPlan, given: Any) -> AccessPoints:
    """Return access points as a scenario with `layout.access_points` hangs them; raises ConfigError for what is none."""
    if given is None and compiled.access_points is not None:
        return compiled.access_points
    rule, way_out = "must be a list of {level, x_m, y_m}", "see docs/how-to/plan-in-the-browser.md"
    try:
        places = {(compiled.level_ids.index(one["level"]), float(one["x_m"]), float(one["y_m"])) for one in given or ()}
        columns = np.array(sorted(places), np.float64).reshape(-1, 3)
        if len(columns) > POINTS_MAX or not np.all(np.abs(columns) < 1e6):
            raise ValueError
    except (TypeError, KeyError, ValueError):
        raise ConfigError.of("the page", [Problem("access_points", "", f"{rule}, {POINTS_MAX} at most", way_out)]) from None
    return access_points_at(compiled, columns[:, 0].astype(np.int64), columns[:, 1], columns[:, 2])


def _told(level: LevelMap, points: AccessPoints) -> dict[str, Any]:
    ordinals = np.array(level.compiled.level_ordinals)
    near = np.abs(ordinals[points.level] - ordinals[level.level]) <= FLOORS_MAX
    points = AccessPoints(*(column[near] for column in points))
    rooms, step_m = level.compiled.rooms, level.config.radio.map_cell_m
    assert rooms is not None
    heard = level.of(points)
    best_dbm = np.full(level.is_floor.size, np.nan, np.float32)
    for one in heard:
        np.fmax(best_dbm, one.dbm, out=best_dbm)
    best_dbm[~level.is_floor] = np.nan
    error_m, error_m_mean = _errors(level, points, heard)
    floor = int(level.is_floor.sum())
    return {
        "x0_m": rooms.origin_x_m,
        "y0_m": rooms.origin_y_m,
        "step_m": step_m,
        "columns": level.columns,
        "rows": level.rows,
        "values": np.round(best_dbm.astype(np.float64), 1),
        "error_m": np.round(error_m, 1),
        "share_covered": float((best_dbm >= GOOD_DBM).sum()) / floor if floor else None,
        "covered_dbm": GOOD_DBM,
        "error_m_mean": error_m_mean,
        "access_points": int((points.level == level.level).sum()),
    }


def _errors(level: LevelMap, points: AccessPoints, heard: list[Heard]) -> tuple[np.ndarray, float | None]:
    """Return the mean error around each cell of the floor (NaN where nobody is located), and of the level."""
    nothing = np.full(level.is_floor.size, np.nan)
    audible = [
        index
        for index, one in enumerate(heard)
        if one.dbm[level.is_floor].max(initial=-np.inf, where=~np.isnan(one.dbm[level.is_floor])) > LEAST_DBM
    ]
    floor = np.flatnonzero(level.is_floor)
    if not audible or not floor.size:
        return nothing, None
    surveyed = floor[(floor // level.columns % 2 == 0) & (floor % level.columns % 2 == 0)]  # a survey every two cells
    cells = {"prints": _thinned(surveyed if surveyed.size else floor, PRINTS_MAX), "phones": _thinned(floor, PHONES_MAX)}
    dbm, bias = (
        {name: np.array([getattr(heard[index], what)[at] for index in audible]) for name, at in cells.items()}
        for what in ("dbm", "bias")
    )
    kept = AccessPoints(*(column[audible] for column in points))
    places = {name: _places(level, at) for name, at in cells.items()}
    prints = fingerprints_in_order(
        np.full(cells["prints"].size, level.level, np.int32), *places["prints"], np.full(cells["prints"].size, -1, np.int32),
        _expected(level.config, dbm["prints"], bias["prints"]),
    )  # fmt: skip
    estimator = make_estimator(level.config.positioning.estimator, kept, prints, level.config, level.compiled.level_heights_m)
    x_m, y_m = places["phones"]
    fixes = estimator.locate(_scans(level, kept, cells["phones"], dbm["phones"], bias["phones"]))
    off_m = np.hypot(fixes.x_m - x_m, fixes.y_m - y_m)
    is_located = np.isfinite(off_m)
    if not is_located.any():
        return nothing, None
    return _averaged(level, cells["phones"][is_located], off_m[is_located]), float(off_m[is_located].mean())


def _thinned(cells: np.ndarray, most: int) -> np.ndarray:
    """Return at most so many cells, spread evenly."""
    if cells.size <= most:
        return cells
    return cells[(np.arange(most) * cells.size + cells.size // 2) // most]


def _places(level: LevelMap, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the middles of cells."""
    rooms, cell_m = level.compiled.rooms, level.config.radio.map_cell_m
    assert rooms is not None
    row, column = np.divmod(cells, level.columns)
    return rooms.origin_x_m + (column + 0.5) * cell_m, rooms.origin_y_m + (row + 0.5) * cell_m


def _expected(config: SensingConfig, dbm: np.ndarray, bias: np.ndarray) -> Scans:
    """Return what very many scans at each place are on average, one not heard counted as `missing_dbm`; both (access points, places)."""
    radio, missing_dbm = config.radio, config.positioning.missing_dbm
    share = expit((np.nan_to_num(dbm, nan=-999.0) + bias / BIAS_STEPS_PER_DB - radio.sensitivity_dbm) / radio.detection_db)
    is_heard = share > 1.0 / config.survey.scans
    place, access_point = np.nonzero(is_heard.T)
    strength = missing_dbm + share[access_point, place] * (dbm[access_point, place] - missing_dbm)
    start = np.concatenate(([0], np.cumsum(is_heard.sum(axis=0)))).astype(np.int64)
    return Scans(start, access_point.astype(np.int32), strength.astype(np.float32))


def _scans(level: LevelMap, points: AccessPoints, cells: np.ndarray, dbm: np.ndarray, bias: np.ndarray) -> Scans:
    """Return a scan of a phone that stands in each cell, as a run would take it; `dbm` and `bias` are (access points, cells)."""
    config, rooms = level.config, level.compiled.rooms
    assert rooms is not None
    counts = np.zeros(level.is_floor.size, np.int64)
    is_heard = ~np.isnan(dbm.T)
    counts[cells] = is_heard.sum(axis=1)
    radio = Radio(
        float(config.radio.map_cell_m), rooms.origin_x_m, rooms.origin_y_m, 1, level.rows, level.columns,
        entry_start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), entry_ap=np.nonzero(is_heard)[1].astype(np.int16),
        entry_dbm=dbm.T[is_heard].astype(np.float32), entry_bias=bias.T[is_heard].astype(np.int8), key=points.key,
        p0_dbm=strengths_at_1m(config.radio, points.band_ghz, points.power_dbm), is_on=np.ones(points.key.size, np.int8),
        receiver=receiver_of(config.radio, config.radio.building_seed),
    )  # fmt: skip
    stream = stream_key(PHONES_SEED, "phones of a live map")
    offset_db = config.radio.device_offset_db * ndtri(uniforms(stream, cells, 0))
    keys = (draw_words(stream, cells, 1) >> np.uint64(1)).astype(np.int64)
    x_m, y_m = _places(level, cells)
    nought = np.zeros(cells.size, np.int64)
    return hear_many(radio, keys, offset_db, x_m, y_m, x_m, y_m, nought, nought)


def _averaged(level: LevelMap, cells: np.ndarray, off_m: np.ndarray) -> np.ndarray:
    """Return the mean of the errors within a square around each cell of the floor."""
    shape = (level.rows, level.columns)
    size = max(1, 2 * round(AROUND_M / level.config.radio.map_cell_m / 2) + 1)
    sums, counts = (np.bincount(cells, weights, level.is_floor.size).reshape(shape) for weights in (off_m, np.ones(cells.size)))
    summed, counted = (uniform_filter(grid, size, mode="constant") * size**2 for grid in (sums, counts))
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(counted > 0.5, summed / counted, np.nan).ravel()
    return np.where(level.is_floor, means, np.nan)
