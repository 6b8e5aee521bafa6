"""The survey behind a fingerprint map, simulated too: where surveyors stood or walked, what they heard there, and how long ago."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.config_sensing import SensingConfig
from sim.errors import ConfigError, Problem
from sim.plan_arrays import HALL, CompiledPlan, RoomRaster
from sim.random_streams import draw_words, stable_key, stream_key
from sim.sensing.positioning.fingerprints import NO_FINGERPRINTS, Fingerprints, fingerprints_in_order, rows_of_scans
from sim.sensing.positioning.scans import Scans
from sim.sensing.radio.radio_map import Radio, build_radio, hear_many
from sim.sensing.radio.wifi import BEFORE_S

WALK_MPS = 1.0  # of surveyors: the median of a real survey was 1.17
SCAN_EVERY_S = 2.0  # as in that survey
NEW_SHARE = 0.5  # a leg is walked if at least so much of it leads through squares where nobody has walked yet


class Stops(NamedTuple):
    """Scans to take, each for a place of the map."""

    place: np.ndarray  # (S) int64 of the map, 0 ... F - 1, in order
    key: np.ndarray  # (S) int64 address of the scan's draws, with `number`
    number: np.ndarray  # (S) int64
    level: np.ndarray  # (S) int32
    x_m: np.ndarray  # (S) float64
    y_m: np.ndarray  # (S) float64
    before_x_m: np.ndarray  # (S) float64
    before_y_m: np.ndarray  # (S) float64
    path: np.ndarray  # (S) int32 the leg walked, -1 where surveyors stood


def survey_of(compiled: CompiledPlan, radio: Radio, config: SensingConfig, seed: int) -> Fingerprints:
    """Return the map that the configured survey made of a mall whose radio is `radio` today, with a phone without offset.

    A survey of `age_months` ago was made in the radio of that time. Places where nothing was heard are left out. Raises ConfigError where
    a level on which people walk has no place in the survey.
    """
    survey = config.survey
    if compiled.rooms is None or compiled.access_points is None:
        return NO_FINGERPRINTS
    key = stream_key(seed, "survey")
    stops = _grid_stops(compiled, config, key) if survey.kind == "grid" else _walk_stops(compiled, config, key)
    _refuse_missing_levels(compiled, config, np.unique(stops.level))
    if survey.age_months > 0.0:
        radio = build_radio(compiled, config, seed, age_months=float(survey.age_months))._replace(is_on=radio.is_on)
    heard = hear_many(
        radio,
        stops.key,
        np.zeros(stops.place.size),
        stops.x_m,
        stops.y_m,
        stops.before_x_m,
        stops.before_y_m,
        stops.level,
        stops.number,
    )
    scans = averaged(heard, stops.place, config.positioning.missing_dbm, compiled.access_points.level.size)
    first = np.searchsorted(stops.place, np.arange(scans.start.size - 1))
    scans_of_place = np.maximum(np.bincount(stops.place, minlength=first.size), 1)
    x_m, y_m = (np.bincount(stops.place, column, first.size) / scans_of_place for column in (stops.x_m, stops.y_m))
    kept = np.flatnonzero(np.diff(scans.start) > 0)
    rows, start = rows_of_scans(scans.start, kept)
    scans = Scans(start, scans.access_point[rows], scans.rssi_dbm[rows])
    return fingerprints_in_order(stops.level[first[kept]], x_m[kept], y_m[kept], stops.path[first[kept]], scans)


def deaf_levels(compiled: CompiledPlan, prints: Fingerprints) -> tuple[str, ...]:
    """Return the names of the levels on which people can be and nothing was heard; raises ConfigError where these are all."""
    walked = np.unique(compiled.arrays.zone_level)
    deaf = np.setdiff1d(walked, prints.level)
    if deaf.size == walked.size:
        rule = "the survey heard no access point on any level where people walk, so that nobody could be located"
        way_out = "hang some there (galleria floorplan access-points), or lower sensing.radio.sensitivity_dbm and sensing.radio.floor_dbm"
        raise ConfigError.of(compiled.name, [Problem("access_points.geojson", "", rule, way_out)])
    return tuple(compiled.level_names[level] for level in deaf)


def averaged(scans: Scans, place: np.ndarray, missing_dbm: float, access_points: int) -> Scans:
    """Return one scan for each place (int64, in order, from 0): the mean of its scans; an access point that one of them did not hear
    counts in it with `missing_dbm`."""  # fmt: skip
    places = int(place.max()) + 1 if place.size else 0
    counts = np.bincount(place, minlength=places)
    owner = np.repeat(place, np.diff(scans.start)) * access_points + scans.access_point
    pairs, back = np.unique(owner, return_inverse=True)
    above_db = np.bincount(back, scans.rssi_dbm.astype(np.float64) - missing_dbm, pairs.size)
    row, access_point = np.divmod(pairs, max(access_points, 1))
    start = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=places)))).astype(np.int64)
    return Scans(start, access_point.astype(np.int32), (missing_dbm + above_db / counts[row]).astype(np.float32))


def _grid_stops(compiled: CompiledPlan, config: SensingConfig, key: np.uint64) -> Stops:
    """Return the scans of surveyors who stand for a while at each corner of a square grid."""
    rooms, survey = compiled.rooms, config.survey
    assert rooms is not None
    _, rows, columns = rooms.room.shape
    across = np.arange(rooms.origin_x_m + survey.spacing_m / 2, rooms.origin_x_m + columns * rooms.cell_m, survey.spacing_m)
    up = np.arange(rooms.origin_y_m + survey.spacing_m / 2, rooms.origin_y_m + rows * rooms.cell_m, survey.spacing_m)
    x_m, y_m = (grid.ravel() for grid in np.meshgrid(across, up))
    found = []
    for level in range(rooms.room.shape[0]):
        rows_here = np.flatnonzero(_is_surveyed(rooms, level, x_m, y_m, survey.includes_stores))
        found.append(np.column_stack((np.full(rows_here.size, level), rows_here)))
    places = np.concatenate(found)
    place = np.repeat(np.arange(len(places)), survey.scans)
    level, corner = places[place, 0], places[place, 1]
    return Stops(
        place, _keys(compiled, key, level, corner), np.tile(np.arange(survey.scans), len(places)), level.astype(np.int32),
        x_m[corner], y_m[corner], x_m[corner], y_m[corner], np.full(place.size, -1, np.int32),
    )  # fmt: skip


def _is_surveyed(rooms: RoomRaster, level: int, x_m: np.ndarray, y_m: np.ndarray, includes_stores: bool) -> np.ndarray:
    """Return which places surveyors go to: halls, and stores if they may."""
    column = np.clip(((x_m - rooms.origin_x_m) / rooms.cell_m).astype(np.int64), 0, rooms.room.shape[2] - 1)
    row = np.clip(((y_m - rooms.origin_y_m) / rooms.cell_m).astype(np.int64), 0, rooms.room.shape[1] - 1)
    room = rooms.room[level, row, column]
    return room >= HALL if includes_stores else room == HALL


def _keys(compiled: CompiledPlan, key: np.uint64, level: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Return the addresses of scans on a level at a numbered place of it."""
    ordinals = np.array(compiled.level_ordinals, np.int64)
    return draw_words(key, number, ordinals[level] + (1 << 20)).view(np.int64)


def _walk_stops(compiled: CompiledPlan, config: SensingConfig, key: np.uint64) -> Stops:
    """Return the scans of surveyors who walk the halls' legs, the longest first, and not where they have walked already."""
    arrays, spacing_m = compiled.arrays, config.survey.spacing_m
    legs = np.flatnonzero((arrays.leg_from < arrays.leg_to) & (arrays.leg_m > 0))
    legs = legs[np.argsort(-arrays.leg_m[legs], kind="stable")]
    walked: set[tuple[int, int, int]] = set()
    parts, places = [], 0
    for leg in legs:
        start, end = arrays.leg_from[leg], arrays.leg_to[leg]
        along = np.arange(0.0, arrays.leg_m[leg] + 1e-9, WALK_MPS * SCAN_EVERY_S) / arrays.leg_m[leg]
        x_m, y_m = (nodes[start] + along * (nodes[end] - nodes[start]) for nodes in (arrays.node_x_m, arrays.node_y_m))
        level = int(arrays.node_level[start])
        squares = [(level, int(column), int(row)) for column, row in zip(x_m // spacing_m, y_m // spacing_m, strict=True)]
        if sum(square not in walked for square in squares) < NEW_SHARE * len(squares):
            continue
        walked.update(squares)
        _, stretch = np.unique(along * arrays.leg_m[leg] // spacing_m, return_inverse=True)
        back = np.maximum(along - WALK_MPS * BEFORE_S / arrays.leg_m[leg], 0.0)
        before = (nodes[start] + back * (nodes[end] - nodes[start]) for nodes in (arrays.node_x_m, arrays.node_y_m))
        word = stable_key(repr((float(x_m[0]), float(y_m[0]), float(x_m[-1]), float(y_m[-1]))))
        parts.append((
            places + stretch, _keys(compiled, key, np.full(along.size, level), np.full(along.size, word)), np.arange(along.size),
            np.full(along.size, level, np.int32), x_m, y_m, *before, np.full(along.size, leg, np.int32),
        ))  # fmt: skip
        places += int(stretch[-1]) + 1
    if not parts:
        nothing = np.zeros(0, np.int64)
        return Stops._make((nothing, nothing, nothing, nothing.astype(np.int32), *np.zeros((4, 0)), nothing.astype(np.int32)))
    return Stops._make(np.concatenate(column) for column in zip(*parts, strict=True))


def _refuse_missing_levels(compiled: CompiledPlan, config: SensingConfig, surveyed: np.ndarray) -> None:
    missing = np.setdiff1d(np.unique(compiled.arrays.zone_level), surveyed)
    if missing.size:
        names = ", ".join(compiled.level_names[level] for level in missing)
        rule = f"the survey must have a place on every level where people walk, and has none on {names}"
        way_out = "choose a smaller spacing, or the kind grid"
        value = f"kind {config.survey.kind}, spacing {config.survey.spacing_m:g} m"
        raise ConfigError.of(compiled.name, [Problem("sensing.survey", value, rule, way_out)])
