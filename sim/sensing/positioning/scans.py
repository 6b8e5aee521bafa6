"""Scans and fixes as plain arrays: what a phone hears, and where an estimator puts it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Scans(NamedTuple):
    """Readings of S scans, end to end: scan s has the readings [start[s], start[s + 1]), in order of access point."""

    start: np.ndarray  # (S + 1) int64
    access_point: np.ndarray  # int32
    rssi_dbm: np.ndarray  # float32


class Fixes(NamedTuple):
    """One estimate per scan; level is -1, and the rest NaN, where nothing can be said."""

    level: np.ndarray  # (S) int32
    x_m: np.ndarray  # (S) float64
    y_m: np.ndarray  # (S) float64
    xx_m2: np.ndarray  # (S) float64 covariance of the error as the estimator believes it
    xy_m2: np.ndarray  # (S) float64
    yy_m2: np.ndarray  # (S) float64
    heard: np.ndarray  # (S) int32 access points heard


def no_fixes(rows: int) -> Fixes:
    """Return `rows` fixes of which nothing is known."""
    x_m, y_m, xx_m2, xy_m2, yy_m2 = np.full((5, rows), np.nan)
    return Fixes(np.full(rows, -1, np.int32), x_m, y_m, xx_m2, xy_m2, yy_m2, np.zeros(rows, np.int32))
