"""The radio maps of a mall: which access points are heard where and how strongly, computed once; and the scans taken on them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.config_sensing import SensingConfig
from sim.errors import ConfigError, Problem
from sim.kernel import declare_type, entry, kernel
from sim.plan_arrays import CompiledPlan
from sim.random_streams import draw_word
from sim.sensing.positioning.scans import Scans
from sim.sensing.radio.radio_fields import BIAS_STEPS_PER_DB
from sim.sensing.radio.radio_levels import level_entries
from sim.sensing.radio.wifi import (
    AGE_STEPS,
    Receiver,
    age_step,
    gathered,
    reading_dbm,
    reading_word,
    receiver_of,
    step_back,
    strengths_at_1m,
)

ACCESS_POINTS_MAX = 32_767  # their numbers are kept in 16 bits


class Radio(NamedTuple):
    """Maps of mean strength and of detection on a square grid (L levels x rows x columns), and the rules of a scan.

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
    entry_bias: np.ndarray  # int8 half decibels by which the place and the access point make hearing likelier
    key: np.ndarray  # (A) int64 of each access point
    p0_dbm: np.ndarray  # (A) float64 strength at 1 m: no reading is above it
    is_on: np.ndarray  # (A) int8 the switch of each access point; may be written to
    receiver: Receiver


_NO_RADIO = Radio(
    1.0, 0.0, 0.0, 0, 0, 0, np.zeros(1, np.int64), np.zeros(0, np.int16), np.zeros(0, np.float32), np.zeros(0, np.int8),
    np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int8), Receiver(np.uint64(0), 0.0, 0.0, 1.0, 0.0, 0.0),
)  # fmt: skip
declare_type("Radio", _NO_RADIO)


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
    p0_dbm = strengths_at_1m(config.radio, points.band_ghz, points.power_dbm)
    maps = [level_entries(compiled, level, p0_dbm, config, seed, age_months) for level in range(len(compiled.level_ids))]
    counts = np.stack([entries.counts for entries in maps])
    return Radio(
        float(config.radio.map_cell_m), rooms.origin_x_m, rooms.origin_y_m, len(maps), counts.shape[1], counts.shape[2],
        entry_start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        entry_ap=np.concatenate([part for entries in maps for part in entries.access_point]),
        entry_dbm=np.concatenate([part for entries in maps for part in entries.mean_dbm]),
        entry_bias=np.concatenate([part for entries in maps for part in entries.bias]),
        key=points.key, p0_dbm=p0_dbm, is_on=np.ones(points.key.size, np.int8), receiver=receiver,
    )  # fmt: skip


def cells_at(radio: Radio, x_m: np.ndarray, y_m: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Return the cell of the maps at each place, -1 off the maps; what `cell_at` is in kernels."""
    row = np.floor((np.asarray(y_m) - radio.origin_y_m) / radio.cell_m).astype(np.int64)
    column = np.floor((np.asarray(x_m) - radio.origin_x_m) / radio.cell_m).astype(np.int64)
    levels = np.asarray(level, np.int64)
    on = (row >= 0) & (column >= 0) & (levels >= 0) & (row < radio.rows) & (column < radio.columns) & (levels < radio.levels)
    return np.where(on, (levels * radio.rows + row) * radio.columns + column, -1)


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
    eighth = step_back(radio.receiver)
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
        mean_dbm, bias_db = radio.entry_dbm[place] + offset_db, radio.entry_bias[place] / BIAS_STEPS_PER_DB
        heard_dbm = reading_dbm(radio.receiver, word, mean_dbm, bias_db, radio.p0_dbm[access_point])
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
    return gathered(rows, most, lambda *into: _hear_rows(radio, columns, *into))


@entry
def _hear_rows(
    radio: Radio, columns: tuple[np.ndarray, ...], done: int, start: np.ndarray, heard: np.ndarray, heard_dbm: np.ndarray
) -> int:  # fmt: skip
    """Take scans from row `done` on while a whole one is sure to fit; return the first row not taken."""
    key, offset_db, x_m, y_m, before_x_m, before_y_m, level, count = columns
    row = done
    while row < x_m.size and start[row] + radio.key.size <= heard.size:
        first = start[row]
        filled = hear(radio, key[row], offset_db[row], x_m[row], y_m[row], before_x_m[row], before_y_m[row], level[row], count[row],
                      heard[first:], heard_dbm[first:])  # fmt: skip
        start[row + 1] = first + filled
        row += 1
    return row
