"""Scans among access points whose laws are known, without a plan: a real survey heard again at its own places."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.config_sensing import RadioConfig
from sim.kernel import declare_type, entry, kernel
from sim.random_streams import draw_word
from sim.sensing.positioning.scans import Scans
from sim.sensing.radio.radio_fields import (
    BIAS_STEPS_PER_DB,
    Bias,
    Field,
    bias_of,
    bias_steps,
    field_db,
    point_normal,
    shadowing_of,
)
from sim.sensing.radio.wifi import Receiver, age_step, gathered, path_dbm, reading_dbm, reading_word, receiver_of, step_back

FLOORS_MAX = 200


class FittedPoints(NamedTuple):
    """Access points with a log-distance law each (A): mean = p0 - 10 exponent log10 sqrt(dx2 + dy2 + rise2), walls inside it."""

    key: np.ndarray  # int64 addresses draws
    level: np.ndarray  # int64 ordinal of the level it hangs on
    x_m: np.ndarray  # float64
    y_m: np.ndarray  # float64
    rise_m: np.ndarray  # float64 height above a phone on its level
    p0_dbm: np.ndarray  # float64 at 1 m
    exponent: np.ndarray  # float64


_real, _whole = np.zeros(0), np.zeros(0, np.int64)
declare_type("FittedPoints", FittedPoints(_whole, _whole, _real, _real, _real, _real, _real))


class Surroundings(NamedTuple):
    """What lies between fitted access points and phones: floors, shadowing, detection biases."""

    floors_db: np.ndarray  # (n) float64 loss through 0, 1, ... floors; through more of them, that of the last
    shadowing: Field
    bias: Bias


declare_type("Surroundings", Surroundings(_real, shadowing_of(RadioConfig(), 0), bias_of(RadioConfig(), 0)))


def surroundings_of(config: RadioConfig, seed: int, floors_db: np.ndarray | None = None) -> Surroundings:
    """Return what a configuration puts between access points and phones.

    Where no losses through 0, 1, 2, ... floors are given, every floor costs the configured loss: measured ones grow more slowly in
    buildings with an open middle.
    """
    losses_db = (
        np.arange(FLOORS_MAX + 1) * float(config.floor_loss_db) if floors_db is None else np.asarray(floors_db, np.float64)
    )
    return Surroundings(losses_db, shadowing_of(config, seed), bias_of(config, seed))


@kernel
def mean_at(around: Surroundings, points: FittedPoints, index: int, x_m: float, y_m: float, level: int) -> float:
    """Return the mean strength in dBm of an access point at a place; `level` is the ordinal of the phone's level."""
    away_x, away_y, rise_m = points.x_m[index] - x_m, points.y_m[index] - y_m, points.rise_m[index]
    squared_m2 = away_x * away_x + away_y * away_y + rise_m * rise_m
    mean_dbm = path_dbm(points.p0_dbm[index], points.exponent[index], squared_m2)
    mean_dbm += field_db(around.shadowing, points.key[index], level, x_m, y_m)
    floors = min(abs(points.level[index] - level), around.floors_db.size - 1)
    return mean_dbm - around.floors_db[floors]


@kernel
def bias_at(around: Surroundings, points: FittedPoints, index: int, x_m: float, y_m: float, level: int) -> float:
    """Return the detection bias in dB of an access point at a place, to the half decibel of the maps."""
    bias_db = around.bias.point_sd_db * point_normal(around.bias.point_key, points.key[index])
    bias_db += field_db(around.bias.field, points.key[index], level, x_m, y_m)
    return bias_steps(bias_db) / BIAS_STEPS_PER_DB


def mean_strengths(
    points: FittedPoints, x_m: np.ndarray, y_m: np.ndarray, level: np.ndarray, config: RadioConfig, seed: int,
    floors_db: np.ndarray | None = None,
) -> np.ndarray:  # fmt: skip
    """Return the mean strength in dBm of every access point at every place, (S, A) float64; arguments as of `heard_at_places`."""
    into = np.zeros((len(x_m), points.key.size))
    places = (
        np.ascontiguousarray(x_m, np.float64),
        np.ascontiguousarray(y_m, np.float64),
        np.ascontiguousarray(level, np.int64),
    )
    _fill_means(points, surroundings_of(config, seed, floors_db), places, into)
    return into


@entry
def _fill_means(points: FittedPoints, around: Surroundings, places: tuple[np.ndarray, ...], into: np.ndarray) -> None:
    x_m, y_m, level = places
    for row in range(into.shape[0]):
        for index in range(into.shape[1]):
            into[row, index] = mean_at(around, points, index, x_m[row], y_m[row], level[row])


def heard_at_places(
    points: FittedPoints, keys: np.ndarray, offsets_db: np.ndarray, x_m: np.ndarray, y_m: np.ndarray, before_x_m: np.ndarray,
    before_y_m: np.ndarray, level: np.ndarray, counts: np.ndarray, config: RadioConfig, seed: int,
    floors_db: np.ndarray | None = None,
) -> Scans:  # fmt: skip
    """Return S scans at any places; arguments as of `radio_map.hear_many`, but `level` is an ordinal; for `floors_db` see `surroundings_of`.

    Every reading is computed from its law at the place where the phone was when it heard it: exact, and slower than a map. The
    draws are those of a map of the same seed.
    """
    columns = (
        np.ascontiguousarray(keys, np.int64),
        *(np.ascontiguousarray(column, np.float64) for column in (offsets_db, x_m, y_m, before_x_m, before_y_m)),
        np.ascontiguousarray(level, np.int64),
        np.ascontiguousarray(counts, np.int64),
    )
    around, receiver = surroundings_of(config, seed, floors_db), receiver_of(config, seed)
    return gathered(len(x_m), points.key.size, lambda *into: _hear_rows(points, around, receiver, columns, *into))


@entry
def _hear_rows(
    points: FittedPoints, around: Surroundings, receiver: Receiver, columns: tuple[np.ndarray, ...], done: int, start: np.ndarray,
    heard: np.ndarray, heard_dbm: np.ndarray,
) -> int:  # fmt: skip
    """Take scans from row `done` on while a whole one is sure to fit; return the first row not taken."""
    key, offset_db, x_m, y_m, before_x_m, before_y_m, level, count = columns
    eighth = step_back(receiver)
    row = done
    while row < x_m.size and start[row] + points.key.size <= heard.size:
        scan = draw_word(receiver.key, key[row], count[row])
        filled = start[row]
        for index in range(points.key.size):
            share = (age_step(scan, points.key[index]) + 0.5) * eighth
            then_x_m, then_y_m = (
                x_m[row] + share * (before_x_m[row] - x_m[row]),
                y_m[row] + share * (before_y_m[row] - y_m[row]),
            )
            mean_dbm = mean_at(around, points, index, then_x_m, then_y_m, level[row]) + offset_db[row]
            bias_db = bias_at(around, points, index, then_x_m, then_y_m, level[row])
            word = reading_word(scan, points.key[index])
            strength_dbm = reading_dbm(receiver, word, mean_dbm, bias_db, points.p0_dbm[index])
            if not np.isnan(strength_dbm):
                heard[filled], heard_dbm[filled] = index, strength_dbm
                filled += 1
        start[row + 1] = filled
        row += 1
    return row
