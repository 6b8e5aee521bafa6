"""Estimators of places behind one interface, chosen by name: what a phone heard in, level, place and covariance out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.config_sensing import SensingConfig
from sim.errors import ConfigError, Problem
from sim.kernel import declare_type, entry, kernel
from sim.plan_arrays import AccessPoints
from sim.sensing.positioning.fingerprints import NO_PRINT_TABLES, Fingerprints, PrintTables, print_tables
from sim.sensing.positioning.knn import knn_locate
from sim.sensing.positioning.multilateration import NO_RANGING, Ranging, multilaterate, nearest_locate, ranging_of
from sim.sensing.positioning.scans import Fixes, Scans, no_fixes
from sim.sensing.radio.wifi import PHONE_HEIGHT_M


class Method(IntEnum):
    """How a place is computed."""

    KNN = 0
    MULTILATERATION = 1
    NEAREST = 2


ESTIMATORS = {"knn": Method.KNN, "multilateration": Method.MULTILATERATION, "nearest": Method.NEAREST}


class EstimatorTables(NamedTuple):
    """What kernels locate with. The scratch in it serves one scan at a time."""

    method: int
    is_pruned: bool  # whether k-NN searches only the fingerprints listed under a scan's strongest access points
    prints: PrintTables
    ranging: Ranging


declare_type("EstimatorTables", EstimatorTables(0, True, NO_PRINT_TABLES, NO_RANGING))
OUT = 7  # numbers of a fix: level, x, y, xx, xy, yy, heard


@kernel
def _locate(
    tables: EstimatorTables, aps: np.ndarray, dbms: np.ndarray, first: int, end: int, not_path: int, out: np.ndarray
) -> None:
    """Fill out[0:7] = (level, x_m, y_m, xx_m2, xy_m2, yy_m2, heard) from the readings [first, end) of a scan, in order of access point."""
    is_located = False
    if tables.method == Method.KNN:
        is_located = knn_locate(tables.prints, aps, dbms, first, end, not_path, tables.is_pruned, out)
    elif tables.method == Method.MULTILATERATION:
        is_located = multilaterate(tables.ranging, aps, dbms, first, end, out)
    else:
        is_located = nearest_locate(tables.ranging, aps, dbms, first, end, out)
    out[6] = end - first
    if not is_located:
        out[0] = -1.0
        for column in range(1, 6):
            out[column] = np.nan


@entry
def _locate_many(tables: EstimatorTables, scans: Scans, not_path: np.ndarray, out: np.ndarray, fixes: Fixes) -> None:
    for scan in range(scans.start.size - 1):
        first, end = scans.start[scan], scans.start[scan + 1]
        _locate(tables, scans.access_point, scans.rssi_dbm, first, end, not_path[scan], out)
        fixes.level[scan] = int(out[0])
        fixes.x_m[scan], fixes.y_m[scan] = out[1], out[2]
        fixes.xx_m2[scan], fixes.xy_m2[scan], fixes.yy_m2[scan] = out[3], out[4], out[5]
        fixes.heard[scan] = int(out[6])


@dataclass(frozen=True)
class Estimator:
    """One way to find places, with all it knows."""

    name: str
    tables: EstimatorTables

    @property
    def access_points(self) -> int:
        """How many access points it knows."""
        return self.tables.prints.strength_db.shape[1] if self.tables.method == Method.KNN else self.tables.ranging.level.size

    def locate(self, scans: Scans, not_path: np.ndarray | None = None) -> Fixes:
        """Return one fix for each scan; `not_path` (S, int32) names for each the walk whose fingerprints must not help, -1 for none."""
        count = scans.start.size - 1
        assert scans.access_point.size == 0 or scans.access_point.max() < self.access_points, (
            "a reading of an unknown access point"
        )
        fixes = no_fixes(count)
        excluded = np.full(count, -1, np.int32) if not_path is None else np.ascontiguousarray(not_path, np.int32)
        plain = Scans(
            np.ascontiguousarray(scans.start, np.int64),
            np.ascontiguousarray(scans.access_point, np.int32),
            np.ascontiguousarray(scans.rssi_dbm, np.float32),
        )
        _locate_many(self.tables, plain, excluded, np.zeros(OUT), fixes)
        return fixes


def make_estimator(
    name: str,
    access_points: AccessPoints,
    fingerprints: Fingerprints | None,
    config: SensingConfig,
    level_heights_m: tuple[float, ...],
) -> Estimator:
    """Return the estimator of a name for a mall; only "knn" needs fingerprints. Raises ConfigError for a name that does not exist."""
    phone_z_m = np.asarray(level_heights_m, np.float64) + PHONE_HEIGHT_M
    ranging = ranging_of(access_points, config.radio, phone_z_m)
    positioning = config.positioning
    prints = NO_PRINT_TABLES
    if fingerprints is not None:
        prints = print_tables(
            fingerprints, access_points.level.size, len(level_heights_m), positioning.missing_dbm, positioning.neighbours
        )
    return estimator(name, prints, ranging)


def estimator(name: str, prints: PrintTables, ranging: Ranging, is_pruned: bool = True) -> Estimator:
    """Return the estimator of a name over tables made elsewhere; raises ConfigError for a name that does not exist."""
    if name not in ESTIMATORS:
        raise ConfigError.of(
            "positioning",
            [Problem("estimator", repr(name), "there is no estimator of this name", f"choose one of {', '.join(ESTIMATORS)}")],
        )
    return Estimator(name, EstimatorTables(int(ESTIMATORS[name]), is_pruned, prints, ranging))
