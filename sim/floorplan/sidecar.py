"""connectors.csv: lifts, stairs and escalators that a drawing lacks, supplied by a person."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from shapely.geometry import Point

from sim.errors import FloorPlanError, Problem
from sim.floorplan.geojson import read_bytes, shown
from sim.floorplan.plan import CONNECTOR_KINDS, Connector, Level, Repair, Stop
from sim.floorplan.repair import Floor

FILE_NAME = "connectors.csv"
COLUMNS = ("level", "x_m", "y_m", "kind", "serves")
OPTIONAL = ("id", "direction", "width_m", "capacity_people", "cycle_s")
REACH_M = 15.0

Row = dict[str, str]


def rows_beside(source: Path) -> tuple[Path, list[Row]] | None:
    """Return the rows of the connectors.csv in a plan's folder, or beside its file; None where there is none."""
    path = (source if source.is_dir() else source.parent) / FILE_NAME
    return (path, rows_of(path)) if path.is_file() else None


def rows_of(path: Path) -> list[Row]:
    """Return the rows of a connectors.csv; raises FloorPlanError for missing or unknown columns."""
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FloorPlanError.of(path, [Problem(path.name, "", "the file must be UTF-8 text", "save it as CSV UTF-8")]) from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    header = [name.strip() for name in reader.fieldnames or []]
    reader.fieldnames = header
    faults = [
        Problem(f"{path.name} column '{name}'", "", "the column is needed", f"add it; columns: {', '.join(COLUMNS)}")
        for name in COLUMNS
        if name not in header
    ]
    faults += [
        Problem(f"{path.name} column", shown(name), "the column is unknown", f"use {', '.join(COLUMNS + OPTIONAL)}")
        for name in header
        if name not in COLUMNS + OPTIONAL
    ]
    if faults:
        raise FloorPlanError.of(path, faults)
    return [{key: (value or "").strip() for key, value in row.items() if key} for row in reader]


def connectors_from(
    path: Path, rows: list[Row], levels: list[Level], floors: Mapping[str, Floor]
) -> tuple[list[Connector], list[Repair]]:
    """Return the connectors of a sidecar with their stops on the walkable floor, and the moves that took.

    Rows with one id are one connector, each giving its stop on one level; a row alone gives the same point on all the
    levels it serves. Raises FloorPlanError with all faults at once.
    """
    faults: list[Problem] = []
    grouped: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    for line, row in enumerate(rows, start=2):
        grouped[row.get("id") or f"sidecar-{line}"].append((line, row))
    found: list[Connector] = []
    repairs: list[Repair] = []
    for identity, group in grouped.items():
        connector = _connector(path, identity, group, levels, floors, faults, repairs)
        if connector:
            found.append(connector)
            served = ", ".join(stop.level for stop in connector.stops)
            repairs.append(
                Repair(identity, connector.stops[0].level, f"{connector.kind} serving {served} supplied by {FILE_NAME}")
            )
    if faults:
        raise FloorPlanError.of(path, faults)
    return found, repairs


def _connector(
    path: Path,
    identity: str,
    group: list[tuple[int, Row]],
    levels: list[Level],
    floors: Mapping[str, Floor],
    faults: list[Problem],
    repairs: list[Repair],
) -> Connector | None:
    ordinal = {level.id: level.ordinal for level in levels}
    place = f"{path.name} line {group[0][0]} ({identity})"
    count = len(faults)
    points: dict[str, tuple[float, float]] = {}
    for line, row in group:
        try:
            points[row["level"]] = float(row["x_m"]), float(row["y_m"])
        except ValueError:
            faults.append(
                Problem(f"{path.name} line {line}", f"{row['x_m']}, {row['y_m']}", "x_m and y_m are metres", "write numbers")
            )
    first = group[0][1]
    kind = first["kind"].lower()
    if kind not in CONNECTOR_KINDS:
        faults.append(Problem(place, shown(kind), f"kind is one of {', '.join(CONNECTOR_KINDS)}", "choose one"))
    served = sorted(
        {name.strip() for _, row in group for name in row["serves"].split(";") if name.strip()} | set(points),
        key=lambda name: (ordinal.get(name, 0), name),
    )
    for name in served:
        if name not in ordinal:
            faults.append(Problem(place, shown(name), "every level must be in the plan", f"use one of {', '.join(ordinal)}"))
    if len(served) < 2:
        faults.append(Problem(place, ";".join(served), "a connector serves two levels or more", "list them as F1;F2;F3"))
    if kind == "escalator" and len(served) > 2:
        faults.append(Problem(place, ";".join(served), "an escalator joins two levels", "write one row per flight"))
    direction = first.get("direction", "").lower() or "up"
    if direction not in ("up", "down", "both"):
        faults.append(Problem(place, shown(direction), "direction is up, down or empty", "choose one"))
    if len(faults) > count:
        return None
    stops = []
    for name in served:
        x_m, y_m = points.get(name) or points[next(iter(points))]
        nearest = floors[name].nearest(Point(x_m, y_m)) if name in floors else None
        if nearest is None or nearest[2] > REACH_M:
            faults.append(
                Problem(
                    f"{place} on {name} at ({x_m:.1f}, {y_m:.1f})",
                    "",
                    "a stop is on the walkable floor",
                    f"move it to within {REACH_M:.0f} m of it",
                )
            )
            continue
        if nearest[2] > 0.0:
            repairs.append(Repair(identity, name, f"{kind} stop moved {nearest[2]:.1f} m onto the walkable floor"))
        stops.append(Stop(name, nearest[0], nearest[1]))
    if len(faults) > count:
        return None
    numbers = {}
    for key, default in (("width_m", {"stairs": 1.5}.get(kind, 1.0)), ("capacity_people", 13), ("cycle_s", 60.0)):
        try:
            numbers[key] = type(default)(first.get(key) or default)
        except ValueError:
            faults.append(Problem(f"{place} {key}", shown(first[key]), "a number is expected", "write one"))
            return None
    if kind == "escalator" and direction == "down":
        stops.reverse()
    return Connector(
        identity,
        kind,
        tuple(stops),
        width_m=float(numbers["width_m"]),
        capacity_people=int(numbers["capacity_people"]),
        cycle_s=float(numbers["cycle_s"]),
    )
