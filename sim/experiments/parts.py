"""What of a finished run is kept by part: its hours, levels, tenants and segments of visitors, a number for each."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.reporting.zone_parts import ZONES, zone_minutes

TENANTS, SPENDING, SATISFACTION = "sales of tenants, fen", "spending by segment, fen a visit", "satisfaction by segment"
ARRIVALS, INSIDE, ENTRIES, SALES = (
    "arrivals by hour, people",
    "people inside by hour, mean",
    "store entries by hour, visits",
    "sales by hour, fen",
)
LEVEL_SALES, LEVEL_TIME = "sales by level, fen", "time on the floor by level, person-min"
VISITS, STAY = "visits by segment", "stay by segment, min a visit"
PASSINGS = "passings of tenants"  # what a search of layouts learns from; nobody wins or loses them
KINDS = (ARRIVALS, INSIDE, ENTRIES, SALES, LEVEL_TIME, LEVEL_SALES, TENANTS, VISITS, SPENDING, SATISFACTION, STAY)
OF_HOURS = {ARRIVALS: "arrivals_people", ENTRIES: "store_entries", SALES: "sales_fen"}  # kind -> curve
BY_KIND_OF_DAY = ("weekday", "weekend")  # what the curves of several days are means over
Parts = dict[str, dict[str, float]]


def parts_in(folder: Path) -> Parts:
    """Return what the files of a finished run say of its parts; nothing of files that it has not."""
    found: Parts = {kind: {} for kind in (*KINDS, PASSINGS)}
    for row in _rows(folder / "tenants.csv"):
        sales_fen = float(row["sales_fen"] or 0)
        found[TENANTS][row["unit"]] = sales_fen
        found[PASSINGS][row["unit"]] = float(row.get("passings") or 0)
        found[LEVEL_SALES][row["level"]] = (
            found[LEVEL_SALES].get(row["level"], 0.0) + sales_fen
        )  # whole numbers: exact in any order
    for row in _rows(folder / "segments.csv"):
        visits, segment = int(row["visits"]), row["segment"]
        found[VISITS][segment] = float(visits)
        if visits > 0:
            found[SPENDING][segment] = float(row["spent_fen"]) / visits
            found[SATISFACTION][segment] = float(row["satisfaction_mean"])
            found[STAY][segment] = float(row["stay_min_mean"])
    found[ZONES] = zone_minutes(folder)
    curves = folder / "curves.json"
    if curves.is_file():
        _add_curves(found, json.loads(curves.read_text(encoding="utf-8")))
    return found


def _add_curves(found: Parts, curves: Mapping[str, Any]) -> None:
    if "sales_fen" in curves:
        _add_hours(found, curves, "")
    for kind_of_day in BY_KIND_OF_DAY:
        if isinstance(curves.get(kind_of_day), dict):
            _add_hours(found, curves[kind_of_day], f"{kind_of_day} ")
    zones, names = curves.get("zones", {}), curves.get("levels", {})
    seconds: dict[str, int] = {}
    for level, person_s in zip(zones.get("level", ()), zones.get("person_s", ()), strict=False):  # of several days: no levels
        name = names.get(level, level)
        seconds[name] = seconds.get(name, 0) + int(person_s)
    found[LEVEL_TIME] = {name: person_s / 60 for name, person_s in seconds.items()}


def _add_hours(found: Parts, curves: Mapping[str, Any], before: str) -> None:
    for kind, name in OF_HOURS.items():
        for hour, value in enumerate(curves.get(name, ())):
            found[kind][f"{before}{hour:02d}:00"] = float(value)
    inside = curves.get("people_inside", ())
    hours = len(curves.get("sales_fen", ()))
    bins = len(inside) // hours if hours else 0
    for hour in range(hours if bins else 0):
        of_hour = inside[hour * bins : (hour + 1) * bins]
        found[INSIDE][f"{before}{hour:02d}:00"] = math.fsum(of_hour) / bins


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
