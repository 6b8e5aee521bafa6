"""Fields of strength and detection against their laws: sd, correlation from place to place, among access points, from scan to scan."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import expit, ndtr

from sim.config_sensing import RadioConfig
from sim.random_streams import stream_key, uniforms
from sim.sensing.radio.radio_fields import BIAS_STEPS_MAX, BIAS_STEPS_PER_DB
from sim.sensing.radio.radio_places import FittedPoints, heard_at_places, mean_strengths
from sim.verification.records import Record, between, counted

FALSE_ALARM_SD = 5.0  # bands of five standard errors: a false alarm in 1.7 million
AXIS_CORRELATION = (
    math.pi / 4 - 0.5
)  # of two places one spacing apart along an axis, averaged over where they lie on the lattice


def run(values: dict[str, Any]) -> list[Record]:
    """Return the cases of one set of the radio family's numbers."""
    return [*_shadowing(values), _shared(values), *_heard_again(values)]


def in_band(case: str, unit: str, reference: float, measured: float, error: float) -> Record:
    """Return whether a statistic lies within five of its standard errors of its reference."""
    band = FALSE_ALARM_SD * error
    return between(case, unit, reference, measured, reference - band, reference + band, false_alarm=6e-7)


def _shadowing(values: dict[str, Any]) -> list[Record]:
    """Look at the fields of many access points at places far apart, and at others beside them."""
    side, spacing_m, sd_db = math.isqrt(values["scans"]), values["shadowing_m"], values["shadowing_db"]
    config = replace(RadioConfig(), shadowing_db=sd_db, shadowing_m=spacing_m, fields_shared_share=0.0)
    zeros, whole = np.zeros(side), np.zeros(side, np.int64)
    # An exponent and a strength of 0: what is left of the mean is the field.
    points = FittedPoints(np.arange(side), whole, zeros, zeros, zeros, zeros, zeros)
    key = stream_key(values["seed"], "places of the radio family")
    x_m = (10.0 * np.arange(side) + uniforms(key, np.arange(side), 0)) * spacing_m
    y_m = uniforms(key, np.arange(side), 1) * spacing_m

    def fields(right_m: float, up_m: float) -> np.ndarray:
        return mean_strengths(points, x_m + right_m, y_m + up_m, whole, config, values["seed"]).ravel() / sd_db

    here = fields(0.0, 0.0)
    error = 1.0 / side
    found = [in_band("sd of the shadowing", "dB", sd_db, float(here.std()) * sd_db, sd_db * error / math.sqrt(2.0))]
    for word, right, up, reference in (
        ("at the same place", 0.0, 0.0, 1.0),
        ("one spacing away", 1.0, 0.0, AXIS_CORRELATION),
        ("two spacings away", 2.0, 0.0, 0.0),
        ("3.5 spacings away, aslant", 2.5, 2.5, 0.0),
    ):
        beside = fields(right * spacing_m, up * spacing_m)
        correlation = float(np.corrcoef(here, beside)[0, 1])
        found.append(in_band(f"correlation of the shadowing {word}", "", reference, correlation, error * math.sqrt(2.0)))
    return found


def _silent_laws(count: int, p0_dbm: float) -> FittedPoints:
    """Return access points of one strength everywhere: what is left of the mean is the field."""
    zeros, whole = np.zeros(count), np.zeros(count, np.int64)
    return FittedPoints(np.arange(count), whole, zeros, zeros, zeros, zeros + p0_dbm, zeros)


def _shared(values: dict[str, Any]) -> Record:
    """Look at the shadowing of two access points at places far apart."""
    count, share = values["scans"], values["fields_shared_share"]
    config = replace(RadioConfig(), shadowing_m=values["shadowing_m"], fields_shared_share=share)
    x_m = 3.0 * values["shadowing_m"] * np.arange(count)
    fields = mean_strengths(_silent_laws(2, 0.0), x_m, np.zeros(count), np.zeros(count, np.int64), config, values["seed"])
    correlation = float(np.corrcoef(fields.T)[0, 1])
    error = max(1.0 - share**2, 1e-6) / math.sqrt(count)
    return in_band("correlation of the shadowing of two access points at a place", "", share, correlation, error)


def _heard_again(values: dict[str, Any]) -> list[Record]:
    """Let two scans at one place listen to many access points at the sensitivity, each with its biases."""
    count, width_db = values["scans"], values["detection_db"]
    config = replace(
        RadioConfig(), shadowing_db=0.0, noise_db=0.0, floor_dbm=-120.0, fields_shared_share=0.0, detection_db=width_db,
        detection_field_db=values["detection_field_db"], detection_point_db=values["detection_point_db"],
    )  # fmt: skip
    points, places, same = _silent_laws(count, config.sensitivity_dbm), np.zeros(2), np.zeros(2, np.int64)
    scans = heard_at_places(points, same, places, places, places, places, places, same, np.arange(2), config, values["seed"])
    first, second = scans.access_point[: scans.start[1]], scans.access_point[scans.start[1] :]
    again = np.intersect1d(first, second, assume_unique=True).size
    share = _heard_twice_share(math.hypot(values["detection_field_db"], values["detection_point_db"]), width_db)
    return [
        counted("heard at the sensitivity, biases included", "share", count, 0.5, first.size),
        counted("heard there by each of two scans", "share", count, share, again),
    ]


def _heard_twice_share(sd_db: float, width_db: float) -> float:
    """Return the mean of the squared logistic of a normal bias, as it is kept: in half decibels."""
    step = np.arange(-BIAS_STEPS_MAX, BIAS_STEPS_MAX + 1)
    below = ndtr((step + 0.5) / BIAS_STEPS_PER_DB / max(sd_db, 1e-9))
    below[-1] = 1.0
    return float(np.sum(np.diff(below, prepend=0.0) * expit(step / BIAS_STEPS_PER_DB / width_db) ** 2))
