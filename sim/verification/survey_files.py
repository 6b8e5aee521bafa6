"""Reads somebody's survey of Wi-Fi: scans with their places, readings, the waypoints walked, fitted access points; CSV, plain or gzipped."""

from __future__ import annotations

import csv
import gzip
import math
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.errors import ConfigError, Problem
from sim.random_streams import stable_key
from sim.sensing.positioning.scans import Scans
from sim.sensing.radio.radio_places import FittedPoints
from sim.sensing.radio.wifi import BEFORE_S

SCANS = {"scan": str, "floor": str, "path": str, "t_ms": float, "x_m": float, "y_m": float, "within_waypoints": float}
READINGS = {"scan": str, "ap": str, "rssi_dbm": float}
WAYPOINTS = {"floor": str, "path": str, "t_ms": float, "x_m": float, "y_m": float}
ACCESS_POINTS = {"ap": str, "floor": str, "x_m": float, "y_m": float, "p0_dbm_at_1m": float, "path_loss_exponent": float}
RISE_M = 2.5  # height of an access point above a phone, as in the fits of the file
NAMED_MOST = 5  # repeated ids that a message lists
ROWS_MAX = 20_000_000  # a file with more is no survey on foot

Table = dict[str, list[Any]]


class RealSurvey(NamedTuple):
    """Scans between the first and the last waypoint of their paths, in order of (floor, path, time)."""

    floors: tuple[str, ...]  # from the lowest
    level: np.ndarray  # (S) int32 index into floors
    path: np.ndarray  # (S) int32 number of the walk, no two floors sharing one
    x_m: np.ndarray  # (S) float64 between the waypoints
    y_m: np.ndarray  # (S) float64
    before_x_m: np.ndarray  # (S) float64 BEFORE_S earlier, or at the first waypoint
    before_y_m: np.ndarray  # (S) float64
    time_us: np.ndarray  # (S) int64 since the path's first waypoint
    readings: Scans
    points: FittedPoints | None  # the access points of the readings, where they are known
    access_points: int


def read_survey(scans: str, readings: str, waypoints: str, access_points: str | None) -> RealSurvey:
    """Return the survey of three or four files; with `access_points`, of the access points listed there only.

    Access points are numbered by what was heard of them, or by where they hang, never by their names. Raises ConfigError for a file that
    is missing or no CSV, a column that is missing, or a number that is none; all problems of a file at once; and for scans that share an
    id, of which none lies between waypoints, or which heard nothing.
    """
    wanted = {"scans": (scans, SCANS), "readings": (readings, READINGS), "waypoints": (waypoints, WAYPOINTS)}
    if access_points is not None:
        wanted["access_points"] = (access_points, ACCESS_POINTS)
    tables: dict[str, Table] = {}
    problems: list[Problem] = []
    for what, (path, columns) in wanted.items():
        try:
            tables[what] = _read(path, what, columns)
        except ConfigError as refused:
            problems += refused.problems
    if problems:
        raise ConfigError.of("galleria verify positioning", problems)
    _refuse_unfit_scans(tables["scans"], f"scans={scans}")
    return _joined(tables, readings)


def _refuse_unfit_scans(rows: Table, place: str) -> None:
    """Refuse scans that readings cannot be told apart by, or of which nothing is to be judged."""
    problems = []
    repeated = [scan for scan, times in Counter(rows["scan"]).items() if times > 1]
    if repeated:
        named = ", ".join(repeated[:NAMED_MOST]) + (
            f" and {len(repeated) - NAMED_MOST} more" if len(repeated) > NAMED_MOST else ""
        )
        rule = "each scan must have an id of its own, since readings name their scan by it"
        problems.append(Problem(place, f"repeated: {named}", rule, "number the scans anew, in the readings too"))
    if 1.0 not in rows["within_waypoints"]:
        rule = "there is nothing to judge: a scan counts where it is 1, between the first and the last waypoint of its path"
        problems.append(
            Problem(place, "within_waypoints is 1 in no row", rule, "write 1 for scans whose place the waypoints tell")
        )
    if problems:
        raise ConfigError.of("galleria verify positioning", problems)


def _joined(tables: dict[str, Table], readings_file: str) -> RealSurvey:
    """Return the survey of the tables."""
    scan_rows, point_rows = tables["scans"], tables.get("access_points")
    is_within = np.array(scan_rows["within_waypoints"]) == 1.0
    names = [str(name) for name in scan_rows["floor"]] + (
        [] if point_rows is None else [str(name) for name in point_rows["floor"]]
    )
    floors = tuple(sorted(set(names), key=floor_rank))
    walks = sorted(
        set(zip(scan_rows["floor"], scan_rows["path"], strict=True)), key=lambda walk: (floor_rank(walk[0]), walk[1])
    )
    number_of = {walk: number for number, walk in enumerate(walks)}
    path = np.array([number_of[walk] for walk in zip(scan_rows["floor"], scan_rows["path"], strict=True)], np.int32)
    level = np.array([floors.index(floor) for floor in scan_rows["floor"]], np.int32)
    time_ms = np.array(scan_rows["t_ms"], float)
    chosen = np.lexsort((time_ms, path))
    chosen = chosen[is_within[chosen]]
    places = _places(tables["waypoints"], walks, path[chosen], time_ms[chosen])
    points, numbers = (None, None) if point_rows is None else _fitted_points(point_rows, floors)
    of_scan = {scan_rows["scan"][row]: spot for spot, row in enumerate(chosen)}
    known = set(scan_rows["scan"])
    heard, count = _readings(readings_file, tables["readings"], of_scan, known, chosen.size, numbers)
    if heard.access_point.size == 0:
        rule = "there is nothing to judge: none belongs to a scan with within_waypoints 1" + (
            "" if numbers is None else " and an access point of access_points"
        )
        raise _problem(
            f"readings={readings_file}", f"{len(tables['readings']['scan'])} readings", rule, "give files of one survey"
        )
    time_us = np.round(time_ms[chosen] * 1000).astype(np.int64)
    return RealSurvey._make((floors, level[chosen], path[chosen], *places, time_us, heard, points, count))


def floor_rank(name: str) -> tuple[int, str]:
    """Return the order of a floor by its name: B2 < B1 < (G, F1, L1, 1F ...) < F2; a name without a number comes as the ground floor."""
    digits = re.search(r"\d+", name)
    number = int(digits.group()) if digits else 1
    return (-number if re.match(r"\s*(B|U|P|-)", name, re.IGNORECASE) else number), name


def _read(path: str, what: str, columns: dict[str, type]) -> Table:
    """Return the wanted columns of a CSV file."""
    source = Path(path).expanduser()
    place = f"{what}={path}"
    if not source.is_file():
        raise _problem(place, "", "there is no such file", f"give a CSV file with the columns {', '.join(columns)}")
    try:
        with (
            gzip.open(source, "rt", encoding="utf-8-sig") if _is_gzipped(source) else source.open(encoding="utf-8-sig") as text
        ):
            rows = csv.reader(text)
            header = [name.strip() for name in next(rows, [])]
            missing = [name for name in columns if name not in header]
            if missing:
                raise _problem(
                    place,
                    ", ".join(header)[:200],
                    f"has no column {', '.join(missing)}",
                    "add it, or rename the one that holds it",
                )
            return _columns(rows, header, columns, place)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise _problem(place, str(error), "cannot be read as CSV", "give plain or gzipped CSV in UTF-8") from error


def _is_gzipped(source: Path) -> bool:
    with source.open("rb") as raw:
        return raw.read(2) == b"\x1f\x8b"


def _columns(rows: Any, header: list[str], columns: dict[str, type], place: str) -> Table:
    spots = [(name, header.index(name), kind) for name, kind in columns.items()]
    table: Table = {name: [] for name in columns}
    problems: list[Problem] = []
    for line, row in enumerate(rows, start=2):
        if not row:
            continue
        for name, spot, kind in spots:
            text = row[spot].strip() if spot < len(row) else ""
            value = text if kind is str else _number(text)
            if value is None or value == "":
                problems.append(
                    Problem(
                        f"{place}, line {line}",
                        repr(text),
                        f"{name} must be a {'name' if kind is str else 'number'}",
                        "mend it",
                    )
                )
            table[name].append(value)
        if len(problems) >= 5 or line > ROWS_MAX:
            break
    if problems:
        raise ConfigError.of("galleria verify positioning", problems)
    if not table[spots[0][0]]:
        raise _problem(place, "", "has no rows", "give the file that holds the survey")
    return table


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _problem(place: str, value: str, rule: str, way_out: str) -> ConfigError:
    return ConfigError.of("galleria verify positioning", [Problem(place, value, rule, way_out)])


def _places(rows: Table, walks: Sequence[tuple[str, str]], path: np.ndarray, time_ms: np.ndarray) -> list[np.ndarray]:
    """Return x, y at the times, and x, y BEFORE_S earlier, on the straight lines between the waypoints of each path."""
    waypoints: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for floor, walk, *point in zip(*(rows[name] for name in WAYPOINTS), strict=True):
        waypoints.setdefault((floor, walk), []).append((point[0], point[1], point[2]))
    found = [np.zeros(path.size) for _ in range(4)]
    for number in np.unique(path):
        floor, walk = walks[number]
        if (floor, walk) not in waypoints:
            raise _problem(
                "waypoints",
                f"floor {floor}, path {walk}",
                "a path of the scans has no waypoints",
                "add them, or leave its scans out",
            )
        time, x_m, y_m = (np.array(column) for column in zip(*sorted(waypoints[floor, walk]), strict=True))
        here = path == number
        for column, values, back_ms in ((0, x_m, 0.0), (1, y_m, 0.0), (2, x_m, 1000 * BEFORE_S), (3, y_m, 1000 * BEFORE_S)):
            found[column][here] = np.interp(time_ms[here] - back_ms, time, values)
    return found


def _fitted_points(rows: Table, floors: tuple[str, ...]) -> tuple[FittedPoints, dict[str, int]]:
    """Return the access points in order of place, and the number of each name."""
    table = list(zip(*(rows[name] for name in ACCESS_POINTS), strict=True))
    if any(exponent <= 0 for *_, exponent in table):
        raise _problem("access_points", "", "path_loss_exponent must be above 0", "mend it")
    found = sorted(((floors.index(floor), *law), name) for name, floor, *law in table)
    numbers = {name: number for number, (_, name) in enumerate(found)}
    level, x_m, y_m, p0_dbm, exponent = (np.array(column) for column in zip(*(law for law, _ in found), strict=True))
    key = np.array([stable_key(repr(law)) for law, _ in found], np.int64)
    return FittedPoints(key, level.astype(np.int64), x_m, y_m, np.full(x_m.size, RISE_M), p0_dbm, exponent), numbers


def _readings(
    file: str, rows: Table, of_scan: dict[str, int], known: set[str], scans: int, numbers: dict[str, int] | None
) -> tuple[Scans, int]:
    """Return the readings of the chosen scans, and how many access points there are; of two of the same the stronger counts."""
    heard: dict[tuple[int, str], float] = {}
    for scan, name, dbm in zip(rows["scan"], rows["ap"], rows["rssi_dbm"], strict=True):
        if scan not in known:
            raise _problem(
                f"readings={file}",
                f"scan {scan}",
                "a reading belongs to no scan of the file of scans",
                "give files of one survey",
            )
        if scan in of_scan and (numbers is None or name in numbers):
            spot = (of_scan[scan], name)
            heard[spot] = max(dbm, heard.get(spot, -math.inf))
    if numbers is None:
        numbers = _numbers_by_readings(heard)
    found = sorted((scan, numbers[name], dbm) for (scan, name), dbm in heard.items())
    counts = np.bincount(np.array([scan for scan, _, _ in found], np.int64), minlength=scans)
    start = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    access_point = np.array([number for _, number, _ in found], np.int32)
    return Scans(start, access_point, np.array([dbm for _, _, dbm in found], np.float32)), len(numbers)


def _numbers_by_readings(heard: dict[tuple[int, str], float]) -> dict[str, int]:
    """Return a number for each access point by what was heard of it, so that its name decides nothing."""
    of_point: dict[str, list[tuple[int, float]]] = {}
    for (scan, name), dbm in heard.items():
        of_point.setdefault(name, []).append((scan, dbm))
    return {name: number for number, name in enumerate(sorted(of_point, key=lambda name: sorted(of_point[name])))}
