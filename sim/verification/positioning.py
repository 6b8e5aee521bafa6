"""Estimators of places on somebody's survey, leaving one path out, and on radio whose answers are known."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from sim.config_sensing import RadioConfig
from sim.errors import ConfigError, Problem
from sim.plan_arrays import AccessPoints
from sim.sensing.positioning.estimators import ESTIMATORS, estimator
from sim.sensing.positioning.fingerprints import NO_PRINT_TABLES, fingerprints_in_order, print_tables, rows_of_scans
from sim.sensing.positioning.metrics import PositioningSummary, summary
from sim.sensing.positioning.multilateration import NO_RANGING, Ranging, ranging
from sim.sensing.positioning.scans import Fixes, Scans
from sim.sensing.radio.radio_places import FittedPoints, heard_at_places
from sim.sensing.radio.wifi import PHONE_HEIGHT_M
from sim.verification import positioning_cases
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.records import INFO, Record, record, verdict_of
from sim.verification.survey_files import RealSurvey, read_survey

MEANING = "estimators of places: known answers, or leave-one-path-out on a survey (scans=FILE readings=FILE waypoints=FILE)"
FILES = ("scans", "readings", "waypoints")
PARAMETERS: dict[str, Parameter] = {
    "scans": Parameter(None, "CSV: scan, floor, path, t_ms, x_m, y_m, within_waypoints", text=True, may_be_null=True),
    "readings": Parameter(None, "CSV: scan, ap, rssi_dbm", text=True, may_be_null=True),
    "waypoints": Parameter(None, "CSV: floor, path, t_ms, x_m, y_m", text=True, may_be_null=True),
    "access_points": Parameter(
        None,
        "CSV: ap, floor, x_m, y_m, p0_dbm_at_1m, path_loss_exponent; readings of others are left out",
        text=True,
        may_be_null=True,
    ),
    "estimator": Parameter("knn", "how places are computed", choices=tuple(ESTIMATORS)),
    "k": whole(5, "neighbours of knn", 1, 50),
    "missing_dbm": number(-95.0, "strength taken for an access point that is not heard", -130.0, -60.0),
    "reference_within_m": number(
        None, "counts only scans so near to a scan of another path on their floor; null: all", 0.0, 1e6, may_be_null=True
    ),
    "zone_m": number(10.0, "side of the squares that are zones", 0.5, 1000.0),
    "simulate": Parameter(
        False, "whether the default radio's readings at the same places take the place of the real ones", flag=True
    ),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
LEVEL_M = 5.0  # height of a storey, where a survey tells none
RESIDUAL_DB = 7.0  # sd of strengths about fitted laws in a real mall
MEDIAN_SHARE = 0.15  # of the real median within which a simulated one is called alike
FIGURES = ("mean_m", "p25_m", "median_m", "p75_m", "p90_m", "p95_m", "rms_m", "bias_m", "ce95_m", "floor_share", "zone_share",
           "evaal_m", "coverage_share")  # fmt: skip
WORDS = {
    "mean_m": "mean error", "p25_m": "25th percentile", "median_m": "median", "p75_m": "75th percentile", "p90_m": "90th percentile",
    "p95_m": "95th percentile", "rms_m": "root mean square", "bias_m": "bias (length of the mean error vector)",
    "ce95_m": "CE95 (horizontal, any floor)", "floor_share": "floor detection", "zone_share": "zone detection",
    "evaal_m": "EvAAL score (third quartile, 15 m a floor)", "coverage_share": "fixes with a place",
}  # fmt: skip
CURVE_DBM = np.arange(-95.0, -39.0, 5.0)


def run(values: dict[str, Any]) -> list[Record]:
    """Return the figures of the estimator on the survey of the files; without files, the cases of `positioning_cases`.

    Raises ConfigError where a file is missing or unfit, or where a floor to be located has no reference.
    """
    if all(values[name] is None for name in (*FILES, "access_points")):
        return positioning_cases.run(values["k"], values["seed"])
    _refuse_missing_files(values)
    survey = read_survey(values["scans"], values["readings"], values["waypoints"], values["access_points"])
    counted = _counted(survey, values["reference_within_m"])
    if values["estimator"] == "knn":
        _refuse_missing_levels(survey, counted)
    real = _figures(survey, survey.readings, counted, values)
    if not values["simulate"]:
        return _records(real, int(counted.sum()), values["estimator"])
    simulated_readings = _simulated(survey, values["seed"])
    simulated = _figures(survey, simulated_readings, counted, values)
    return _compared(real, simulated, int(counted.sum()), values["estimator"]) + _detection(survey, simulated_readings)


def _refuse_missing_files(values: dict[str, Any]) -> None:
    needed = [*FILES, *(["access_points"] if values["simulate"] or values["estimator"] != "knn" else [])]
    missing = [name for name in needed if values[name] is None]
    if missing:
        why = {"access_points": "the places of access points, for this estimator and for simulate=true"}
        problems = [
            Problem(name, "null", f"must be given: {why.get(name, PARAMETERS[name].meaning)}", f"write {name}=FILE")
            for name in missing
        ]
        raise ConfigError.of("galleria verify positioning", problems)


def _counted(survey: RealSurvey, within_m: float | None) -> np.ndarray:
    """Return which scans count: those with a scan of another path of their floor within this distance."""
    if within_m is None:
        return np.ones(survey.path.size, bool)
    counted = np.zeros(survey.path.size, bool)
    places = np.column_stack((survey.x_m, survey.y_m))
    for path in np.unique(survey.path):
        here = survey.path == path
        others = (survey.level == survey.level[here][0]) & ~here
        if others.any():
            counted[here] = cKDTree(places[others]).query(places[here])[0] <= within_m
    if not counted.any():
        rule = "no scan has a scan of another path on its floor so near"
        raise ConfigError.of("galleria verify positioning", [Problem("reference_within_m", f"{within_m:g}", rule, "raise it")])
    return counted


def _refuse_missing_levels(survey: RealSurvey, counted: np.ndarray) -> None:
    problems = []
    for level in np.unique(survey.level[counted]):
        if np.unique(survey.path[survey.level == level]).size < 2:
            rule = f"the survey misses floor {survey.floors[level]}: its scans are of one path, so that leaving it out leaves no reference"
            problems.append(Problem("scans", "", rule, "survey it on more paths, or leave its scans out"))
    if problems:
        raise ConfigError.of("galleria verify positioning", problems)


def _figures(survey: RealSurvey, readings: Scans, counted: np.ndarray, values: dict[str, Any]) -> PositioningSummary:
    """Return the figures of the counted scans, each located without the path that it belongs to."""
    fixes = _located(survey, readings, values)
    zone, true_zone = (_zones(*place, values["zone_m"]) for place in (
        (fixes.level, fixes.x_m, fixes.y_m), (survey.level, survey.x_m, survey.y_m)))  # fmt: skip
    same = np.where((zone == true_zone).all(axis=1), 0, 1)
    same[fixes.level < 0] = -1
    error_x_m, error_y_m = fixes.x_m - survey.x_m, fixes.y_m - survey.y_m
    return summary(
        error_x_m[counted],
        error_y_m[counted],
        fixes.level[counted],
        survey.level[counted],
        same[counted],
        np.zeros(counted.sum(), np.int64),
    )


def _zones(level: np.ndarray, x_m: np.ndarray, y_m: np.ndarray, zone_m: float) -> np.ndarray:
    return np.column_stack((level, np.floor(x_m / zone_m), np.floor(y_m / zone_m)))


def _located(survey: RealSurvey, readings: Scans, values: dict[str, Any]) -> Fixes:
    """Return a fix for each scan. All fingerprints are compared, so that not even a tie depends on how access points are numbered."""
    if values["estimator"] != "knn":
        assert survey.points is not None
        return estimator(values["estimator"], NO_PRINT_TABLES, _ranging(survey.points, len(survey.floors))).locate(readings)
    heard = np.flatnonzero(np.diff(readings.start) > 0)
    rows, start = rows_of_scans(readings.start, heard)
    scans = Scans(start, readings.access_point[rows], readings.rssi_dbm[rows])
    prints = fingerprints_in_order(survey.level[heard], survey.x_m[heard], survey.y_m[heard], survey.path[heard], scans)
    tables = print_tables(prints, survey.access_points, len(survey.floors), values["missing_dbm"], values["k"])
    return estimator("knn", tables, NO_RANGING, is_pruned=False).locate(readings, survey.path)


def _ranging(points: FittedPoints, levels: int) -> Ranging:
    phone_z_m = LEVEL_M * np.arange(levels) + PHONE_HEIGHT_M
    unknown = np.zeros(points.key.size)
    hung = AccessPoints(
        points.key, points.level, points.x_m, points.y_m, phone_z_m[points.level] + points.rise_m, unknown, unknown
    )
    return ranging(hung, points.p0_dbm, points.exponent, phone_z_m, RadioConfig().floor_loss_db, RESIDUAL_DB)


def _simulated(survey: RealSurvey, seed: int) -> Scans:
    """Return what the default radio lets one phone without offset hear at the places of the survey, under way as its surveyor was."""
    assert survey.points is not None
    rows = survey.path.size
    return heard_at_places(
        survey.points, survey.path.astype(np.int64), np.zeros(rows), survey.x_m, survey.y_m, survey.before_x_m, survey.before_y_m,
        survey.level, survey.time_us, RadioConfig(), seed,
    )  # fmt: skip


def _unit(name: str) -> str:
    return "m" if name.endswith("_m") else ""


def _records(found: PositioningSummary, scans: int, name: str) -> list[Record]:
    more = {**{figure: getattr(found, figure) for figure in FIGURES}, "scans": scans, "estimator": name}
    return [record(WORDS[figure], _unit(figure), None, getattr(found, figure), INFO, "shown", **more) for figure in FIGURES]


def _compared(real: PositioningSummary, simulated: PositioningSummary, scans: int, name: str) -> list[Record]:
    """Return the simulated figures beside the real ones; the median must be alike, the rest is shown."""
    more = {**{figure: getattr(simulated, figure) for figure in FIGURES}, "scans": scans, "estimator": name}
    found = []
    for figure in FIGURES:
        reference, measured = getattr(real, figure), getattr(simulated, figure)
        verdict, rule = INFO, "shown beside the real one"
        if figure == "median_m":
            verdict = verdict_of(abs(measured - reference) <= MEDIAN_SHARE * reference)
            rule = f"within {100 * MEDIAN_SHARE:g} % of the real one"
        found.append(
            record(f"{WORDS[figure]}, simulated beside real", _unit(figure), reference, measured, verdict, rule, **more)
        )
    return found


def _detection(survey: RealSurvey, simulated: Scans) -> list[Record]:
    """Return the share of scans that report an access point of their floor, by the strength that its law expects: real, simulated."""
    points = survey.points
    assert points is not None
    away_m = np.sqrt(
        (survey.x_m[:, None] - points.x_m) ** 2 + (survey.y_m[:, None] - points.y_m) ** 2 + points.rise_m**2
    )  # fmt: skip
    expected_dbm = points.p0_dbm - 10.0 * points.exponent * np.log10(np.maximum(away_m, 1.0))
    step = np.where(survey.level[:, None] == points.level, np.digitize(expected_dbm, CURVE_DBM), 0)
    trials = np.bincount(step.ravel(), minlength=CURVE_DBM.size + 1)
    shares = []
    for scans in (survey.readings, simulated):
        row = np.repeat(np.arange(survey.path.size), np.diff(scans.start))
        shares.append(np.bincount(step[row, scans.access_point], minlength=trials.size) / np.maximum(trials, 1))
    real, found = shares
    return [
        record(
            f"access points heard where their law says {CURVE_DBM[bin_ - 1]:g} to {CURVE_DBM[bin_]:g} dBm, simulated beside real", "",
            float(real[bin_]), float(found[bin_]), INFO, "shown beside the real one", pairs=int(trials[bin_]),
        )
        for bin_ in range(1, CURVE_DBM.size)
        if trials[bin_]
    ]  # fmt: skip
