"""What a building does to radio from place to place, the same on every day: fields of strength and of detection.

A field is standard normal everywhere and correlated over a distance, one for each access point and level. Part of its variance can be
shared by all access points of a level: what stands around a phone stands in the way of all of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.config_sensing import RadioConfig
from sim.kernel import declare_type, inlined, kernel
from sim.random_streams import GOLDEN, draw_word, mix, stream_key
from sim.sensing.radio.wifi import SHIFT_40, UNIT_24, normal_of

LATTICE_HALF = 1 << 20  # lattice lines on either side of the origin
ALL_POINTS = np.uint64(0xFFFF_FFFF_FFFF_FFFF)  # stands in a shared field's address for the key of one access point
BIAS_STEPS_PER_DB = 2.0  # detection biases are kept in 8 bits
BIAS_STEPS_MAX = 127.0


class Field(NamedTuple):
    """A field of normal values: where its draws are, sd, spacing of its lattice, and which share of the variance all points share."""

    key: np.uint64
    sd_db: float
    spacing_m: float
    shared_share: float


class Bias(NamedTuple):
    """What makes access points likelier to be heard, in dB: a field, and a constant of each (its draws, its sd)."""

    field: Field
    point_key: np.uint64
    point_sd_db: float


_FLAT = Field(np.uint64(0), 0.0, 1.0, 0.0)
declare_type("Field", _FLAT)
declare_type("Bias", Bias(_FLAT, np.uint64(0), 0.0))


def shadowing_of(config: RadioConfig, seed: int) -> Field:
    """Return the shadowing field of a configuration."""
    key = stream_key(seed, "radio shadowing")
    return Field(key, float(config.shadowing_db), float(config.shadowing_m), float(config.fields_shared_share))


def past_of(shadowing: Field, seed: int) -> Field:
    """Return the field that ageing mixes into the shadowing: as it, and independent of it."""
    return shadowing._replace(key=stream_key(seed, "radio shadowing of the past"))


def bias_of(config: RadioConfig, seed: int) -> Bias:
    """Return the detection biases of a configuration."""
    field = Field(
        stream_key(seed, "radio detection"),
        float(config.detection_field_db),
        float(config.detection_field_m),
        float(config.fields_shared_share),
    )
    return Bias(field, stream_key(seed, "radio detection of access points"), float(config.detection_point_db))


@inlined
def field_word(key: np.uint64, access_point: int, ordinal: int) -> np.uint64:
    """Return the address of the field of an access point (its key) as heard on a level (its ordinal)."""
    return draw_word(key, access_point, ordinal)


@inlined
def lattice_normal(word: np.uint64, column: int, row: int) -> float:
    """Return the standard normal of one node of a field's lattice; `word` is the field's, of an access point and a level."""
    index = np.uint64(((column + LATTICE_HALF) << 22) + row + LATTICE_HALF)
    return normal_of((float(mix(word + (index + np.uint64(1)) * GOLDEN) >> SHIFT_40) + 0.5) * UNIT_24)


@kernel
def between_nodes(word: np.uint64, x: float, y: float) -> float:
    """Return a field at (x, y) in lattice spacings: standard normal everywhere.

    The four nodes around the place are weighted bilinearly and the sum is brought back to unit variance, so that places two spacings
    apart along an axis share no node.
    """
    column, row = np.int64(np.floor(x)), np.int64(np.floor(y))
    right, up = x - column, y - row
    left, down = 1.0 - right, 1.0 - up
    lower = left * lattice_normal(word, column, row) + right * lattice_normal(word, column + 1, row)
    upper = left * lattice_normal(word, column, row + 1) + right * lattice_normal(word, column + 1, row + 1)
    return (down * lower + up * upper) / np.sqrt((left * left + right * right) * (down * down + up * up))


@kernel
def field_db(field: Field, access_point: int, ordinal: int, x_m: float, y_m: float) -> float:
    """Return the field of an access point (its key) on a level (its ordinal) at a place, in dB."""
    if field.sd_db <= 0.0:
        return 0.0
    x, y = x_m / field.spacing_m, y_m / field.spacing_m
    value = np.sqrt(1.0 - field.shared_share) * between_nodes(field_word(field.key, access_point, ordinal), x, y)
    if field.shared_share > 0.0:
        value += np.sqrt(field.shared_share) * between_nodes(field_word(field.key, ALL_POINTS, ordinal), x, y)
    return field.sd_db * value


@kernel
def fill_nodes(field: Field, access_point: np.ndarray, ordinal: int, weight: float, nodes: np.ndarray) -> None:
    """Add `weight` times the field of every access point at the nodes of its lattice to (A, rows, columns)."""
    own, shared = weight * np.sqrt(1.0 - field.shared_share), weight * np.sqrt(field.shared_share)
    common = field_word(field.key, ALL_POINTS, ordinal)
    for row in range(nodes.shape[1]):
        for column in range(nodes.shape[2]):
            of_all = shared * lattice_normal(common, column, row) if shared > 0.0 else 0.0
            for index in range(access_point.size):
                word = field_word(field.key, access_point[index], ordinal)
                nodes[index, row, column] += np.float32(own * lattice_normal(word, column, row) + of_all)


@kernel
def on_nodes(nodes: np.ndarray, index: int, x: float, y: float) -> float:
    """Return what `between_nodes` returns, from nodes computed before."""
    column, row = np.int64(x), np.int64(y)
    right, up = x - column, y - row
    left, down = 1.0 - right, 1.0 - up
    lower = left * nodes[index, row, column] + right * nodes[index, row, column + 1]
    upper = left * nodes[index, row + 1, column] + right * nodes[index, row + 1, column + 1]
    return (down * lower + up * upper) / np.sqrt((left * left + right * right) * (down * down + up * up))


@kernel
def point_normal(key: np.uint64, access_point: int) -> float:
    """Return the standard normal of an access point (its key) wherever it is heard."""
    return normal_of((float(draw_word(key, access_point, 0) >> SHIFT_40) + 0.5) * UNIT_24)


@inlined
def bias_steps(bias_db: float) -> int:
    """Return a detection bias as it is kept, in half decibels, 63.5 dB at most."""
    return int(min(max(np.round(BIAS_STEPS_PER_DB * bias_db), -BIAS_STEPS_MAX), BIAS_STEPS_MAX))
