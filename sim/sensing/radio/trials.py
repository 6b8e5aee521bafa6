"""Tries a set of access points out: phones spread over the floor, surveyed, heard and located, with the truth beside."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from sim.config_sensing import SensingConfig
from sim.plan_arrays import HALL, AccessPoints, CompiledPlan
from sim.random_streams import draw_words, stream_key, uniforms
from sim.sensing.positioning.estimators import make_estimator
from sim.sensing.positioning.fingerprints import Fingerprints
from sim.sensing.positioning.scans import Fixes, Scans
from sim.sensing.positioning.survey import survey_of
from sim.sensing.radio.radio_map import Radio, build_radio, hear_many
from sim.sensing.radio.wifi import BEFORE_S

WALKING_SHARE = 0.3  # of phones; the others stand or sit: in a mall's day most time is spent in stores
WALKING_MPS = 1.1


class Phones(NamedTuple):
    """Phones somewhere on the floor, a row each."""

    cell: np.ndarray  # int64 of the room raster: (level * rows + row) * cols + col
    level: np.ndarray  # int32
    x_m: np.ndarray  # float64
    y_m: np.ndarray  # float64
    before_x_m: np.ndarray  # float64 BEFORE_S ago
    before_y_m: np.ndarray  # float64
    offset_db: np.ndarray  # float64
    key: np.ndarray  # int64


@dataclass(frozen=True)
class Trial:
    """What phones heard of access points, and the fingerprints to compare it with."""

    access_points: AccessPoints
    radio: Radio
    prints: Fingerprints
    phones: Phones
    scans: Scans


class Located(NamedTuple):
    """How wrong the fixes of a trial are, a row for each phone."""

    error_m: np.ndarray  # float64 horizontal; inf where nothing could be said
    floor_ok: np.ndarray  # bool


def floor_cells(compiled: CompiledPlan) -> np.ndarray:
    """Return the cells of the room raster where people can be, in order of (level, row, column)."""
    assert compiled.rooms is not None
    return np.flatnonzero(compiled.rooms.room >= HALL)


def phones_on_floor(compiled: CompiledPlan, count: int, config: SensingConfig, seed: int, batch: int = 0) -> Phones:
    """Return `count` phones spread evenly over all floor, stores included; another batch stands elsewhere and hears anew.

    Phones stand still, but for WALKING_SHARE, which walked straight to where they are. Who would have walked through the building's
    outside stands.
    """
    rooms = compiled.rooms
    assert rooms is not None
    cells = floor_cells(compiled)
    chosen = cells[(np.arange(count) * cells.size + cells.size // 2) // count % cells.size]
    level, row, column = np.unravel_index(chosen, rooms.room.shape)
    who, stream = np.arange(count), stream_key(seed, f"phones of a trial {batch}")
    x_m = rooms.origin_x_m + (column + uniforms(stream, who, 0)) * rooms.cell_m
    y_m = rooms.origin_y_m + (row + uniforms(stream, who, 1)) * rooms.cell_m
    turn = 2.0 * np.pi * uniforms(stream, who, 2)
    way_m = np.where(uniforms(stream, who, 3) < WALKING_SHARE, WALKING_MPS * BEFORE_S, 0.0)
    before_x_m, before_y_m = x_m + way_m * np.cos(turn), y_m + way_m * np.sin(turn)
    before_row = np.floor((before_y_m - rooms.origin_y_m) / rooms.cell_m).astype(np.int64)
    before_column = np.floor((before_x_m - rooms.origin_x_m) / rooms.cell_m).astype(np.int64)
    inside = (
        (before_row >= 0) & (before_row < rooms.room.shape[1]) & (before_column >= 0) & (before_column < rooms.room.shape[2])
    )
    inside[inside] = rooms.room[level[inside], before_row[inside], before_column[inside]] >= HALL
    return Phones(
        cell=chosen.astype(np.int64),
        level=level.astype(np.int32),
        x_m=x_m,
        y_m=y_m,
        before_x_m=np.where(inside, before_x_m, x_m),
        before_y_m=np.where(inside, before_y_m, y_m),
        offset_db=config.radio.device_offset_db * ndtri(uniforms(stream, who, 4)),
        key=(draw_words(stream, who, 5) >> np.uint64(1)).astype(np.int64),
    )


def hung(compiled: CompiledPlan, access_points: AccessPoints) -> CompiledPlan:
    """Return a plan with other access points."""
    names = tuple(f"access_point_{index}" for index in range(access_points.key.size))
    return replace(compiled, access_points=access_points, access_point_ids=names)


def try_out(compiled: CompiledPlan, access_points: AccessPoints, phones: Phones, config: SensingConfig) -> Trial:
    """Build the radio of these access points in the configured building, survey it as a run would, and let the phones listen."""
    plan, seed = hung(compiled, access_points), config.radio.building_seed
    radio = build_radio(plan, config, seed)
    prints = survey_of(plan, radio, config, seed)
    return Trial(access_points, radio, prints, phones, heard_by(radio, phones))


def heard_by(radio: Radio, phones: Phones) -> Scans:
    """Return a scan of each phone."""
    counts = np.zeros(phones.key.size, np.int64)
    return hear_many(
        radio, phones.key, phones.offset_db, phones.x_m, phones.y_m, phones.before_x_m, phones.before_y_m, phones.level, counts
    )


def located(
    compiled: CompiledPlan, trial: Trial, config: SensingConfig, kept: np.ndarray | None = None, phones: Phones | None = None
) -> Located:
    """Return how wrong the configured estimator is, by the `kept` access points alone (a mask) and for other phones, where given.

    Draws are addressed by access point, so a phone hears those that are kept just as if the others had never hung there.
    """
    prints, scans = trial.prints, trial.scans if phones is None else heard_by(trial.radio, phones)
    if kept is not None:
        prints, scans = prints._replace(scans=without(prints.scans, kept)), without(scans, kept)
    name = config.positioning.estimator
    estimator = make_estimator(name, trial.access_points, prints, config, compiled.level_heights_m)
    return errors_of(estimator.locate(scans), phones or trial.phones)


def errors_of(fixes: Fixes, phones: Phones) -> Located:
    """Return how far fixes lie from the phones' true places."""
    error_m = np.hypot(fixes.x_m - phones.x_m, fixes.y_m - phones.y_m)
    return Located(np.where((fixes.level >= 0) & np.isfinite(error_m), error_m, np.inf), fixes.level == phones.level)


def without(scans: Scans, kept: np.ndarray) -> Scans:
    """Return scans with the readings of the kept access points only."""
    is_kept = kept[scans.access_point]
    before = np.concatenate(([0], np.cumsum(is_kept))).astype(np.int64)
    return Scans(before[scans.start], scans.access_point[is_kept], scans.rssi_dbm[is_kept])


def percentile_m(error_m: np.ndarray, share: float) -> float:
    """Return the smallest error that at least this share of the fixes do not exceed (nearest rank); inf where too few have a place."""
    if error_m.size == 0:
        return float("nan")
    return float(np.sort(error_m)[max(int(np.ceil(share * error_m.size)) - 1, 0)])
