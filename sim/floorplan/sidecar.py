"""connectors.csv: lifts, stairs and escalators that a drawing lacks, supplied by a person."""

from __future__ import annotations

import csv
import io
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shapely.geometry import Point

from sim.errors import FloorPlanError, Problem
from sim.floorplan.geojson import read_bytes, shown
from sim.floorplan.plan import CONNECTOR_KINDS, Connector, Level, Repair, Stop
from sim.floorplan.repair import GRID_M, Floor

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
    plan = _Plan(path.name, {level.id: level.ordinal for level in levels}, floors, [], [])
    grouped: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    for line, row in enumerate(rows, start=2):
        grouped[row.get("id") or f"sidecar-{line}"].append((line, row))
    found: list[Connector] = []
    for identity, group in grouped.items():
        connector = _connector(plan, identity, group)
        if connector:
            found.append(connector)
            served = ", ".join(stop.level for stop in connector.stops)
            plan.repairs.append(
                Repair(identity, connector.stops[0].level, f"{connector.kind} serving {served} supplied by {FILE_NAME}")
            )
    if plan.faults:
        raise FloorPlanError.of(path, plan.faults)
    return found, plan.repairs


@dataclass
class _Plan:
    """What the rows refer to, and what was found wrong or moved."""

    file: str
    ordinal: dict[str, int]  # of each level
    floors: Mapping[str, Floor]
    faults: list[Problem]
    repairs: list[Repair]

    def refuse(self, place: str, value: str, rule: str, way_out: str) -> None:
        self.faults.append(Problem(place, shown(value), rule, way_out))


def _connector(plan: _Plan, identity: str, group: list[tuple[int, Row]]) -> Connector | None:
    """Return the connector that a group of rows describes, None when one of them is faulty."""
    place = f"{plan.file} line {group[0][0]} ({shown(identity)})"
    count = len(plan.faults)
    first = group[0][1]
    kind, direction = first["kind"].lower(), first.get("direction", "").lower() or "up"
    points = _points(plan, group)
    served = {name.strip() for _, row in group for name in row["serves"].split(";") if name.strip()} | set(points)
    levels = sorted(served, key=lambda name: (plan.ordinal.get(name, 0), name))
    if kind not in CONNECTOR_KINDS:
        plan.refuse(place, kind, f"kind is one of {', '.join(CONNECTOR_KINDS)}", "choose one")
    if direction not in ("up", "down", "both"):
        plan.refuse(place, direction, "direction is up, down or empty", "choose one")
    for name in levels:
        if name not in plan.ordinal:
            plan.refuse(place, name, "every level must be in the plan", f"use one of {', '.join(map(shown, plan.ordinal))}")
    if len(levels) < 2:
        plan.refuse(place, ";".join(levels), "a connector serves two levels or more", "list them as F1;F2;F3")
    if kind == "escalator" and len(levels) > 2:
        plan.refuse(place, ";".join(levels), "an escalator joins two levels", "write one row per flight")
    width_m = _number(plan, place, first, "width_m", 1.5 if kind == "stairs" else 1.0)
    capacity = _number(plan, place, first, "capacity_people", 13)
    cycle_s = _number(plan, place, first, "cycle_s", 60.0)
    if len(plan.faults) > count:
        return None
    stops = [
        stop
        for name in levels
        if (stop := _stop(plan, place, identity, kind, name, points.get(name) or next(iter(points.values()))))
    ]
    if len(plan.faults) > count:
        return None
    if kind == "escalator" and direction == "down":
        stops.reverse()
    return Connector(identity, kind, tuple(stops), width_m=width_m, capacity_people=int(capacity), cycle_s=cycle_s)


def _points(plan: _Plan, group: list[tuple[int, Row]]) -> dict[str, tuple[float, float]]:
    """Return the point that the rows give on each level they name."""
    points = {}
    for line, row in group:
        try:
            x_m, y_m = float(row["x_m"]), float(row["y_m"])
        except ValueError:
            x_m = y_m = math.nan
        if math.isfinite(x_m) and math.isfinite(y_m):
            points[row["level"]] = x_m, y_m
        else:
            plan.refuse(f"{plan.file} line {line}", f"{row['x_m']}, {row['y_m']}", "x_m and y_m are metres", "write numbers")
    return points


def _stop(plan: _Plan, place: str, identity: str, kind: str, level: str, point: tuple[float, float]) -> Stop | None:
    nearest = plan.floors[level].nearest(Point(point)) if level in plan.floors else None
    if nearest is None or nearest[2] > REACH_M:
        where = f"{place} on {shown(level)} at ({point[0]:.1f}, {point[1]:.1f})"
        plan.refuse(where, "", "a stop is on the walkable floor", f"move it to within {REACH_M:.0f} m of it")
        return None
    if nearest[2] > GRID_M:
        plan.repairs.append(Repair(identity, level, f"{kind} stop moved {nearest[2]:.2f} m onto the walkable floor"))
    return Stop(level, nearest[0], nearest[1])


def _number(plan: _Plan, place: str, row: Row, key: str, default: float) -> float:
    text = row.get(key) or str(default)
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found) or found <= 0:
        plan.refuse(f"{place} {key}", text, "the value is a positive number", "write one or leave it empty")
    return found
