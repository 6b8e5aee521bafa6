"""Units and tenants of a drawing: rooms shared by two split, doors drawn or inferred, rooms nobody can enter demoted."""

from __future__ import annotations

from dataclasses import replace

import shapely
from shapely.geometry.base import BaseGeometry

from sim.floorplan.doors import Hall, door_on, inferred_doors
from sim.floorplan.drawn import ROOM_KINDS, SHAFT_KINDS, Drawing, Shape
from sim.floorplan.plan import Door, Tenant, Unit
from sim.floorplan.shared_rooms import halves_of

DOOR_REACH_M = 3.0


def units_of(drawing: Drawing, floors: dict[str, BaseGeometry]) -> tuple[list[Unit], list[Tenant]]:
    """Return units with their doors, and the tenants of those that can be entered."""
    units, tenants = [], []
    halls = {level: Hall(floor) for level, floor in floors.items() if not floor.is_empty}
    for shape in _with_shared_rooms_split(drawing, halls):
        hall = halls.get(shape.level)
        polygonal = shape.geometry.geom_type in ("Polygon", "MultiPolygon")
        if hall is None or not polygonal or shape.kind not in (*ROOM_KINDS, *SHAFT_KINDS, "car_park_entrance", "entrance"):
            if hall is None and shape.kind == "store":
                drawing.say(shape.id, shape.level, f"store '{shape.name}' left out with its level")
            continue
        kind = shape.kind if shape.kind in ROOM_KINDS else "structure"
        doors = () if kind == "structure" else _doors(drawing, shape, hall)
        if kind == "store" and not doors:
            drawing.say(
                shape.id,
                shape.level,
                f"store '{shape.name}' has no frontage on the walkable floor: kept as structure, tenant left out",
            )
            kind = "structure"
        units.append(Unit(shape.id, shape.level, shape.name, shape.geometry, kind, doors))
        if kind == "store":
            tenants.append(Tenant(shape.name, shape.category or "services", shape.id, opens=shape.opens, closes=shape.closes))
    return units, tenants


def _with_shared_rooms_split(drawing: Drawing, halls: dict[str, Hall]) -> list[Shape]:
    """Return the shapes, a room drawn for two tenants split between them."""
    found = []
    for shape in drawing.shapes:
        found.append(shape)
        if shape.shared is None or shape.level not in halls:
            continue
        halves = halves_of(shape.geometry, halls[shape.level])
        if halves is None:
            drawing.say(
                shape.shared.id,
                shape.level,
                f"tenant '{shape.shared.name}' left out: its room is also '{shape.name}'s and cannot be split",
            )
            continue
        shape.geometry, other = halves
        found.append(replace(shape.shared, geometry=other))
        drawing.say(
            shape.id,
            shape.level,
            f"room drawn for two tenants split: '{shape.name}' has {shape.geometry.area:.1f} m2, "
            f"'{shape.shared.name}' ({shape.shared.id}) {other.area:.1f} m2",
        )
    return found


def _doors(drawing: Drawing, shape: Shape, hall: Hall) -> tuple[Door, ...]:
    near = [one for one in drawing.of("door", level=shape.level) if shapely.distance(one.geometry, shape.geometry) < 0.5]
    found = []
    for one in near:
        width_m = one.geometry.length or 2.0
        door = door_on(shape.geometry, one.geometry.centroid, width_m, hall, DOOR_REACH_M)
        if door:
            found.append(door)
    if found:
        return tuple(found)
    doors = inferred_doors(shape.geometry, hall)
    for door in doors:
        drawing.say(shape.id, shape.level, f"door {door.width_m:.2f} m wide inferred at ({door.x_m:.2f}, {door.y_m:.2f})")
    return doors
