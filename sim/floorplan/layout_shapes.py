"""Changes of what is drawn: doors along their wall, escalators turned, kiosks in the hall."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from sim.floorplan.plan import Connector, Door, Level, Tenant, Unit
from sim.floorplan.walkable import level_floor
from sim.schema.layout import ConnectorConfig, DoorConfig, PopUpConfig

if TYPE_CHECKING:
    from sim.floorplan.layout import Drawn

ON_HALL_M = 0.5  # a wall farther than this from the floor does not face it
DAYS_PER_YEAR = 365


def with_door(drawn: Drawn, door: DoorConfig, place: str) -> None:
    """Shift, close or open a door of a unit."""
    unit_id = drawn.unit_named(f"{place}.unit", door.unit)
    if unit_id is None:
        return
    unit = drawn.units[unit_id]
    if door.door > len(unit.doors):
        rule = f"the unit has {len(unit.doors)} drawn door{'s' * (len(unit.doors) != 1)}"
        drawn.refuse(f"{place}.door", str(door.door), rule, "count doors from 1, as openings.geojson lists them")
        return
    at = unit.doors[door.door - 1]
    rest = tuple(each for index, each in enumerate(unit.doors, start=1) if index != door.door)
    if door.does == "close":
        if not rest:
            way_out = "open another one, or list the unit under layout.vacate"
            drawn.refuse(place, unit_id, "its last door cannot be closed", way_out)
            return
        doors = rest
    else:
        moved = _along_wall(drawn, unit, at, door, place)
        if moved is None:
            return
        doors = (*unit.doors, moved) if door.does == "open" else tuple(moved if each == at else each for each in unit.doors)
    drawn.units[unit_id] = replace(unit, doors=doors)
    drawn.note(f"door {door.does}", unit_id)


def _along_wall(drawn: Drawn, unit: Unit, at: Door, door: DoorConfig, place: str) -> Door | None:
    """Return a door so many metres along the unit's wall from another, None where that wall does not face the hall."""
    ring = shapely.orient_polygons(max(shapely.get_parts(unit.polygon), key=lambda part: part.area)).exterior
    middle_m = (ring.project(Point(at.x_m, at.y_m)) + door.shift_m) % ring.length
    point = ring.interpolate(middle_m)
    width_m = door.width_m if door.does == "open" else at.width_m
    ends = [ring.interpolate((middle_m + side * width_m / 2) % ring.length) for side in (-1, 1)]
    floor = _hall(drawn, unit.level)
    if any(shapely.distance(each, floor) > ON_HALL_M for each in (point, *ends)):
        front_m = shapely.intersection(ring, floor.buffer(ON_HALL_M)).length
        rule = (
            f"a door {width_m:g} m wide would lie on a wall that does not face the hall; {front_m:.1f} m of the unit's wall do"
        )
        drawn.refuse(f"{place}.shift_m", f"{door.shift_m:g}", rule, "shift it less, or the other way")
        return None
    return Door(point.x, point.y, width_m)


def _hall(drawn: Drawn, level_id: str) -> BaseGeometry:
    """Return a level's walkable floor in the plan's own coordinates."""
    level = next(level for level in drawn.plan.levels if level.id == level_id)
    units = [unit for unit in drawn.units.values() if unit.level == level_id]
    return shapely.union_all(level_floor(level, units, (0.0, 0.0)))


def with_connector(drawn: Drawn, wanted: ConnectorConfig, place: str) -> None:
    """Turn escalators, or let them stand still as stairs."""
    escalators = sorted(each.id for each in drawn.plan.connectors if each.kind == "escalator")
    meant = [identity for identity in escalators if fnmatchcase(identity, wanted.id)]
    if not meant:
        others = [each.kind for each in drawn.plan.connectors if each.id == wanted.id]
        rule = f"is a {others[0]}; only escalators have a direction" if others else "must be an escalator of the plan"
        drawn.refuse(f"{place}.id", repr(wanted.id), rule, f"choose one of {', '.join(escalators[:12]) or '(none)'}")
        return
    connectors = [_turned(drawn, each, wanted.direction) if each.id in meant else each for each in drawn.plan.connectors]
    for before, after in zip(drawn.plan.connectors, connectors, strict=True):
        if before != after:
            drawn.note(f"escalator {wanted.direction}", before.id)
    drawn.plan = replace(drawn.plan, connectors=connectors)


def _turned(drawn: Drawn, connector: Connector, direction: str) -> Connector:
    ordinal = {level.id: level.ordinal for level in drawn.plan.levels}
    goes_up = ordinal[connector.stops[-1].level] > ordinal[connector.stops[0].level]
    if direction == "both":
        return replace(connector, kind="stairs")
    return connector if goes_up == (direction == "up") else replace(connector, stops=connector.stops[::-1])


def with_pop_up(drawn: Drawn, stall: PopUpConfig, place: str, passage_m: float) -> None:
    """Put a kiosk into the hall; it takes its floor, and what is left must be wide enough to pass."""
    levels = {level.id: level for level in drawn.plan.levels}
    if stall.is_widest:
        stall = _at_widest(drawn, stall)
    if stall.level not in levels:
        drawn.refuse(f"{place}.level", repr(stall.level), "must be a level of the plan", f"choose one of {', '.join(levels)}")
        return
    identity = stall.id or f"pop-up {stall.level} {stall.x_m:g} {stall.y_m:g}"
    if identity in drawn.units:
        drawn.refuse(f"{place}.id", repr(identity), "there is a unit of this id", "give it another")
        return
    half_x, half_y = stall.width_m / 2, stall.depth_m / 2
    kiosk = box(stall.x_m - half_x, stall.y_m - half_y, stall.x_m + half_x, stall.y_m + half_y)
    hall = _hall(drawn, stall.level)
    where = f"({stall.x_m:g}, {stall.y_m:g})"
    if not hall.covers(kiosk):
        outside_m2 = kiosk.area - shapely.intersection(hall, kiosk).area
        nearest = shapely.shortest_line(hall, Point(stall.x_m, stall.y_m)).coords[0]
        way_out = f"the hall is nearest at ({nearest[0]:.1f}, {nearest[1]:.1f}); move it or make it smaller"
        drawn.refuse(place, where, f"a pop-up stands in the hall; {outside_m2:.1f} m2 of it do not", way_out)
        return
    left_m = float(shapely.distance(hall.boundary, kiosk))
    if left_m < passage_m:
        drawn.refuse(
            place, where, f"{left_m:.1f} m would be left to pass, {passage_m:g} m are needed (layout.passage_m)",
            "move it away from walls, make it smaller, or lower layout.passage_m",
        )  # fmt: skip
        return
    _stand(drawn, stall, identity, kiosk, levels[stall.level])


def _at_widest(drawn: Drawn, stall: PopUpConfig) -> PopUpConfig:
    """Return the kiosk in the middle of the largest circle that fits into the level's hall."""
    above = [level for level in drawn.plan.levels if level.ordinal >= 0] or drawn.plan.levels
    level = stall.level or min(above, key=lambda level: (level.ordinal, level.id)).id
    if level not in {each.id for each in drawn.plan.levels}:
        return stall
    largest = max(shapely.get_parts(_hall(drawn, level)), key=lambda part: part.area)
    middle = shapely.maximum_inscribed_circle(largest, tolerance=0.1).coords[0]
    return replace(stall, level=level, x_m=round(middle[0], 1), y_m=round(middle[1], 1))


def _stand(drawn: Drawn, stall: PopUpConfig, identity: str, kiosk: Polygon, level: Level) -> None:
    width_m = min(2.0, stall.width_m)
    doors = tuple(Door(stall.x_m, stall.y_m + side * stall.depth_m / 2, width_m) for side in (-1, 1))
    drawn.units[identity] = Unit(identity, stall.level, stall.name, kiosk, "store", doors)
    drawn.tenants[identity] = Tenant(
        stall.name or f"Pop-up {stall.trade.replace('_', ' ')}", stall.trade, identity,
        rent_fen_per_year=round(100 * stall.rent_yuan_per_day * DAYS_PER_YEAR) or None,
        weekdays=tuple(sorted(set(stall.weekdays))) if len(set(stall.weekdays)) < 7 else None,
    )  # fmt: skip
    if level.walkable is not None and not level.walkable.is_empty:
        cut = replace(level, walkable=shapely.difference(level.walkable, kiosk))
        drawn.plan = replace(drawn.plan, levels=[cut if each.id == level.id else each for each in drawn.plan.levels])
    drawn.note("pop-up", identity, "", float(kiosk.area))
