"""A floor plan as the page draws it: levels with their floor, units, connectors, doors, car parks, access points, and its problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from sim import paths
from sim.errors import ConfigError, FloorPlanError, Problem
from sim.floorplan.cache import raw_digest
from sim.floorplan.check import check_path
from sim.floorplan.plan import FloorPlan, Level, Tenant, Unit
from sim.floorplan.read import read_plan
from sim.floorplan.walkable import level_floor, polygons_of
from sim.studio.drafts import NAME

DIGITS = 2  # a centimetre
MONTHS = 12


def plan_of(name: str) -> dict[str, Any]:
    """Return what /api/plan/NAME answers; raises ConfigError where there is no plan of the name."""
    folder = folder_of(name)
    return _plan_at(folder, name, raw_digest(folder))


def folder_of(name: str) -> Path:
    """Return the folder of a plan in floorplans/, ours or the user's; raises ConfigError for any other name."""
    known = paths.floorplan_folders()
    if not NAME.fullmatch(name) or name not in known:
        raise ConfigError.of(
            "the page", [paths.unknown_name("floorplan", name[:80], known, "plan", "`galleria list floorplans`")]
        )
    return known[name]


@lru_cache(maxsize=8)
def _plan_at(folder: Path, name: str, _digest: str) -> dict[str, Any]:
    problems, warnings = check_path(folder)
    weighed = [("error", problems), ("warning", warnings)]
    try:
        plan = read_plan(folder)
    except FloorPlanError:
        plan = FloorPlan(name)  # its problems say why nothing can be drawn
    notes = [
        Problem(repair.feature, repair.level, repair.what, "look whether that is what was meant") for repair in plan.repairs
    ]
    return {
        "name": name,
        "levels": [_level(level, plan.units) for level in sorted(plan.levels, key=lambda level: level.ordinal)],
        "units": list(_units(plan)),
        "connectors": [
            {"id": each.id, "kind": each.kind, "level": stop.level, "x_m": _m(stop.x_m), "y_m": _m(stop.y_m)}
            for each in plan.connectors
            for stop in each.stops
        ],
        "entrances": [
            {"id": each.id, "kind": each.kind, "level": each.level, "x_m": _m(each.x_m), "y_m": _m(each.y_m)} for each in plan.entrances
        ],
        "parkings": [{"id": each.id, "level": each.level, "bays": each.bays} for each in plan.parking],
        "access_points": [
            {"id": each.id, "level": each.level, "x_m": _m(each.x_m), "y_m": _m(each.y_m)} for each in plan.access_points
        ],
        "problems": [
            {"weight": weight, **asdict(problem)} for weight, found in [*weighed, ("note", notes)] for problem in found
        ],
    }  # fmt: skip


def _level(level: Level, units: Iterable[Unit]) -> dict[str, Any]:
    here = [unit for unit in units if unit.level == level.id]
    floor = level_floor(level, here, (0.0, 0.0))
    polygons = [*floor, *(polygon for unit in here for polygon in polygons_of(unit.polygon)), *polygons_of(level.outline)]
    low = [min(polygon.bounds[axis] for polygon in polygons) for axis in (0, 1)] if polygons else [0.0, 0.0]
    high = [max(polygon.bounds[axis] for polygon in polygons) for axis in (2, 3)] if polygons else [1.0, 1.0]
    return {
        "id": level.id,
        "name": level.name,
        "floor": [_rings(polygon) for polygon in floor],
        "outline": [_rings(polygon) for polygon in polygons_of(level.outline)],
        "bounds": [_m(value) for value in (*low, *high)],
    }


def _units(plan: FloorPlan) -> Iterator[dict[str, Any]]:
    tenants: dict[str, Tenant] = {tenant.unit: tenant for tenant in plan.tenants}
    for unit in plan.units:
        tenant = tenants.get(unit.id)
        polygons = polygons_of(unit.polygon)
        if not polygons:
            continue
        widest = max(polygons, key=lambda polygon: polygon.area)
        rent = None if tenant is None or tenant.rent_fen_per_year is None else round(tenant.rent_fen_per_year / MONTHS)
        area_m2 = unit.polygon.area if tenant is None or tenant.floor_area_m2 is None else tenant.floor_area_m2
        yield {
            "id": unit.id,
            "level": unit.level,
            "kind": unit.kind,
            "name": unit.name if tenant is None else tenant.name,
            "category": unit.kind if tenant is None else tenant.category,
            "area_m2": round(float(area_m2), 1),
            "ring": _rings(widest)[0],
            "is_let": tenant is not None,
            "rent_fen_month": rent,
        }


def _rings(polygon: Any) -> list[list[list[float]]]:
    rings = [polygon.exterior, *polygon.interiors]
    return [[[_m(x), _m(y)] for x, y, *_ in ring.coords] for ring in rings]


def _m(value: float) -> float:
    return round(float(value), DIGITS)
