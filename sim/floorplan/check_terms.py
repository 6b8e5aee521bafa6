"""Problems of what is written rather than drawn: tenants, hours, money, car parks, access points."""

from __future__ import annotations

from collections import defaultdict

import shapely
from shapely.geometry.base import BaseGeometry

from sim.categories import CATEGORY_INDEX
from sim.errors import Problem
from sim.floorplan.check_shapes import place_of, sound_geometry
from sim.floorplan.geojson import shown
from sim.floorplan.plan import FloorPlan, Level, Tenant, Unit
from sim.floorplan.repair import made_valid
from sim.floorplan.tenants_csv import unknown_category_way_out
from sim.units import minutes_from_hours

OUTER_WALL_M = 1.0  # an access point on the outer wall still hangs in the building
CEILING_M_MAX = 30.0  # of the highest halls


def minutes_of_hours(value: object) -> int:
    """Return minutes after midnight of "09:30", "10:00", or the 600 that YAML makes of 10:00; raises ValueError."""
    text = str(value).strip()
    return minutes_from_hours(int(text) if text.isdigit() else text)


def problems_of_terms(plan: FloorPlan) -> list[Problem]:
    """Return the problems of tenants, car parks and access points."""
    units = {unit.id: unit for unit in plan.units}
    by_unit: dict[str, list[Tenant]] = defaultdict(list)
    found: list[Problem] = []
    for tenant in plan.tenants:
        by_unit[tenant.unit].append(tenant)
        found += _tenant_problems(tenant, units.get(tenant.unit))
    for identity, tenants in by_unit.items():
        if len(tenants) > 1 and identity in units:
            unit = units[identity]
            names = ", ".join(f"'{shown(tenant.name)}'" for tenant in tenants)
            found.append(Problem(place_of("unit", identity, unit.level, unit.polygon), names, "a unit has one tenant",
                                 "split the unit or remove a row of tenants.csv"))  # fmt: skip
    return found + _parking_problems(plan) + _access_point_problems(plan)


def _tenant_problems(tenant: Tenant, unit: Unit | None) -> list[Problem]:
    place = f"tenant '{shown(tenant.name)}'"
    found = []
    if unit is None:
        way_out = "write the id of a unit in units.geojson"
        found.append(Problem(f"{place} unit", shown(tenant.unit), "the unit must be in the plan", way_out))
    else:
        place = place_of("tenant", tenant.name, unit.level, unit.polygon)
        if unit.kind != "store":
            way_out = "make the unit a store and give it a door, or remove the tenant"
            found.append(Problem(f"{place} unit '{shown(unit.id)}'", unit.kind, "a tenant rents a store", way_out))
    if tenant.category not in CATEGORY_INDEX:
        way_out = unknown_category_way_out(tenant.category)
        found.append(Problem(f"{place} category", shown(tenant.category), "the category must be known", way_out))
    for name, amount in (("floor_area_m2", tenant.floor_area_m2), ("sales_yuan_per_year", tenant.sales_fen_per_year),
                         ("rent_yuan_per_year", tenant.rent_fen_per_year), ("staff", tenant.staff)):  # fmt: skip
        if amount is not None and not amount >= 0:
            found.append(Problem(f"{place} {name}", str(amount), "the number is not negative", "correct it or leave it empty"))
    if tenant.turnover_rent_share is not None and not 0.0 <= tenant.turnover_rent_share <= 1.0:
        value = str(tenant.turnover_rent_share)
        found.append(Problem(f"{place} turnover_rent_share", value, "a share lies between 0 and 1", "write 0.08 for 8 %"))
    return found + _hours_problems(tenant, place)


def _hours_problems(tenant: Tenant, place: str) -> list[Problem]:
    found, minutes = [], {}
    for name, value in (("opens", tenant.opens), ("closes", tenant.closes)):
        if value is None:
            continue
        try:
            minutes[name] = minutes_of_hours(value)
        except ValueError:
            found.append(Problem(f"{place} {name}", shown(value), "an hour is written 09:30", "write HH:MM up to 24:00"))
    if len(minutes) == 2 and minutes["closes"] <= minutes["opens"]:
        value = f"{tenant.opens} to {tenant.closes}"
        found.append(
            Problem(f"{place} closes", value, "a tenant closes after it opens, on the same day", "write 24:00 for midnight")
        )
    return found


def _parking_problems(plan: FloorPlan) -> list[Problem]:
    doors = {entrance.id: entrance for entrance in plan.entrances}
    found = []
    for area in plan.parking:
        place = place_of("parking", area.id, area.level, area.polygon)
        for name, number, least in (("bays", area.bays, 0), ("gates", area.gates, 1), ("walk_m", area.walk_m, 0)):
            if not number >= least:
                found.append(Problem(f"{place} {name}", str(number), f"{name} is at least {least}", "correct it"))
        if area.entrance not in doors:
            found.append(Problem(f"{place} entrance", shown(area.entrance), "a car park has an entrance of the plan",
                                 f"use one of {', '.join(sorted(map(shown, doors))) or 'entrances.geojson, which has none'}"))  # fmt: skip
    return found


def _building_on(plan: FloorPlan, level: Level) -> BaseGeometry:
    """Return where access points of a level may hang: its outline, else the hull of its floor and rooms; walls included."""
    drawn = [level.outline] if level.outline is not None else [unit.polygon for unit in plan.units if unit.level == level.id]
    if level.outline is None and level.walkable is not None:
        drawn.append(level.walkable)
    around = shapely.union_all([made_valid(shape)[0] for shape in drawn])
    if level.outline is None:
        around = around.convex_hull
    grown: BaseGeometry = around.buffer(OUTER_WALL_M)
    shapely.prepare(grown)
    return grown


def _access_point_problems(plan: FloorPlan) -> list[Problem]:
    found = []
    used = {point.level for point in plan.access_points} if sound_geometry(plan) else set()
    buildings = {level.id: _building_on(plan, level) for level in plan.levels if level.id in used}
    for point in plan.access_points:
        place = place_of("access point", point.id, point.level, (point.x_m, point.y_m))
        if point.level in buildings and not shapely.intersects_xy(buildings[point.level], point.x_m, point.y_m):
            found.append(Problem(place, f"({point.x_m:.1f}, {point.y_m:.1f}) m", "an access point hangs inside the building",
                                 "move it inside the outline of its level, or correct its level"))  # fmt: skip
        if not 0.0 <= point.height_m <= CEILING_M_MAX:
            found.append(Problem(f"{place} height_m", str(point.height_m), f"the height above its floor lies between 0 and {CEILING_M_MAX:g} m",
                                 "write the height above the floor of its own level"))  # fmt: skip
        if not 2.0 <= point.band_ghz <= 7.2:
            found.append(Problem(f"{place} band_ghz", str(point.band_ghz), "Wi-Fi is at 2.4, 5 or 6 GHz", "write 2.4, 5 or 6"))
        if not -20.0 <= point.power_dbm <= 36.0:
            found.append(
                Problem(f"{place} power_dbm", str(point.power_dbm), "the power lies between -20 and 36 dBm", "correct it")
            )
    return found
