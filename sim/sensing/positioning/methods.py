"""From scans to fixes by the configured method: a Gaussian law, or every reading simulated and located."""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

import numpy as np

from sim.config import RunConfig
from sim.plan_arrays import CompiledPlan
from sim.random_streams import draw_words, stream_key
from sim.sensing.positioning.error_law import MEAN_OF_RAYLEIGH, draw_errors
from sim.sensing.positioning.estimators import Estimator
from sim.sensing.positioning.scans import Fixes, Scans
from sim.sensing.radio.radio_map import Radio, hear_many

HALF_OF_RAYLEIGH = math.sqrt(2.0 * math.log(2.0))  # radius with probability one half, for unit sd per axis


class Scanned(NamedTuple):
    """The scans that a tick makes fixes of, in order of (time, visit, phone of the party)."""

    row: np.ndarray  # int32 of the phone
    time_us: np.ndarray  # int64
    key: np.ndarray  # int64 of the phone
    offset_db: np.ndarray  # float64
    offset_class: np.ndarray  # int8
    level: np.ndarray  # int32 true place, here and below
    x_m: np.ndarray  # float64
    y_m: np.ndarray  # float64
    before_x_m: np.ndarray  # float64 where it was READING_US earlier
    before_y_m: np.ndarray  # float64


class Method(Protocol):
    """A way to turn scans into fixes."""

    def locate(self, scanned: Scanned) -> Fixes:
        """Return a fix for each scan; level -1 where nothing can be said."""


class GaussianLaw:
    """Errs alike everywhere."""

    def __init__(self, compiled: CompiledPlan, config: RunConfig) -> None:
        self._law = config.sensing.positioning
        self._levels = len(compiled.level_ids)
        self._key = stream_key(config.seed, "error of a fix by law")

    def locate(self, scanned: Scanned) -> Fixes:
        """Return the true places, each with an error drawn."""
        rows = scanned.row.size
        x_m, y_m, level = np.zeros(rows), np.zeros(rows), np.zeros(rows, np.int32)
        mean_m, share = float(self._law.law_error_m_mean), float(self._law.law_floor_share)
        draw_errors(self._key, scanned.key, scanned.time_us, mean_m, share, scanned.level, self._levels, x_m, y_m, level)
        spread_m2 = np.full(rows, (mean_m / MEAN_OF_RAYLEIGH) ** 2)
        return Fixes(
            level, x_m + scanned.x_m, y_m + scanned.y_m, spread_m2, np.zeros(rows), spread_m2, np.zeros(rows, np.int32)
        )


class FullRadio:
    """Simulates every reading of every scan, and locates by the estimator."""

    def __init__(self, radio: Radio, estimator: Estimator, seed: int) -> None:
        """Let the readings be those of a run's seed."""
        self.radio, self.estimator = radio, estimator
        self._key = stream_key(seed, "readings of phones")

    def hear(self, scanned: Scanned, radio: Radio | None = None) -> Scans:
        """Return what each phone hears."""
        keys = draw_words(self._key, scanned.key, 0).view(np.int64)
        return hear_many(
            radio or self.radio, keys, scanned.offset_db, scanned.x_m, scanned.y_m, scanned.before_x_m, scanned.before_y_m,
            scanned.level, scanned.time_us,
        )  # fmt: skip

    def locate(self, scanned: Scanned) -> Fixes:
        """Return a fix for each scan."""
        return self.estimator.locate(self.hear(scanned))


def radius_m(fixes: Fixes) -> np.ndarray:
    """Return the radius within which each fix believes its phone to be with probability one half."""
    return HALF_OF_RAYLEIGH * np.sqrt((fixes.xx_m2 + fixes.yy_m2) / 2.0)
