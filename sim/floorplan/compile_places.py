"""What stands where: the doors, stops and entrances of a plan placed on its floors, and what entrances reach."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from sim.errors import Problem
from sim.floorplan.anchors import Floor, place
from sim.floorplan.frontages import front_door, frontage_of
from sim.floorplan.plan import Connector, Entrance, FloorPlan, Level, Tenant, Unit
from sim.floorplan.walkable import kept_pieces, level_floor, moved, origin_of, polygons_of, snapped

DOOR_REACH_M = 2.0  # a door drawn farther from the floor opens to somewhere else
STOP_REACH_M = 5.0  # escalators are often drawn to their combs, a few metres short of the hall
DOOR_WIDTH_M = 2.0  # of a door that was not drawn


@dataclass
class Store:
    """A unit with a tenant, its front and the spots outside its doors."""

    unit: Unit
    tenant: Tenant
    shape: BaseGeometry  # in compiler coordinates
    front: BaseGeometry | None
    doors: list[tuple[np.ndarray, float]] = field(default_factory=list)  # spot, width


@dataclass
class Places:
    """A plan in compiler coordinates: every list sorted by level and id."""

    origin_m: tuple[float, float]
    levels: list[Level]
    floors: list[Floor]
    stores: list[Store]
    structures: list[list[tuple[str, BaseGeometry]]]  # per level: names and shapes of vacant units, structure, toilets
    entrances: list[tuple[Entrance, int, np.ndarray]]  # with level and spot
    connectors: list[Connector]
    stops: dict[str, list[tuple[int, np.ndarray]]]  # per connector: level and spot of each stop, as listed
    unreachable: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def rides_of(connector: Connector) -> list[tuple[int, int]]:
    """Return the ordered pairs of stops that a connector carries people between."""
    count = len(connector.stops)
    if connector.kind == "lift":
        return [(one, other) for one in range(count) for other in range(count) if one != other]
    ways = [(stop, stop + 1) for stop in range(count - 1)]
    return ways if connector.kind == "escalator" else ways + [(other, one) for one, other in ways]


def _points_by_level(plan: FloorPlan, origin: np.ndarray) -> dict[str, np.ndarray]:
    found: dict[str, list[tuple[float, float]]] = {level.id: [] for level in plan.levels}
    for unit in plan.units:
        found.setdefault(unit.level, []).extend((door.x_m, door.y_m) for door in unit.doors)
    for entrance in plan.entrances:
        found.setdefault(entrance.level, []).append((entrance.x_m, entrance.y_m))
    for connector in plan.connectors:
        for stop in connector.stops:
            found.setdefault(stop.level, []).append((stop.x_m, stop.y_m))
    return {level: np.array(points).reshape(-1, 2) - origin for level, points in found.items()}


def _floors(plan: FloorPlan, levels: list[Level], origin: tuple[float, float]) -> list[Floor]:
    points = _points_by_level(plan, np.array(origin))
    floors = []
    for level in levels:
        units = sorted((unit for unit in plan.units if unit.level == level.id), key=lambda unit: unit.id)
        pieces = level_floor(level, units, origin)
        floors.append(Floor(kept_pieces(pieces, points[level.id], DOOR_REACH_M)))
    return floors


def _doors(store: Store, floor: Floor, origin: np.ndarray) -> list[tuple[np.ndarray, float]]:
    drawn = [(np.array([door.x_m, door.y_m]) - origin, door.width_m) for door in store.unit.doors]
    if not drawn and store.front is not None:
        middle = front_door(store.front)
        drawn = [(np.array([middle.x, middle.y]), DOOR_WIDTH_M)]
    spots = [(place(floor, point, DOOR_REACH_M, keep=False), width_m) for point, width_m in drawn]
    kept = [(spot, width_m) for spot, width_m in spots if spot is not None]
    return sorted(kept, key=lambda door: (*door[0], door[1]))


def _stores(plan: FloorPlan, places: Places, number: dict[str, int]) -> None:
    tenants = {tenant.unit: tenant for tenant in sorted(plan.tenants, key=lambda tenant: tenant.name, reverse=True)}
    origin = np.array(places.origin_m)
    for unit in sorted(plan.units, key=lambda unit: (number[unit.level], unit.id)):
        floor = places.floors[number[unit.level]]
        shape = snapped(moved(unit.polygon, -origin[0], -origin[1]))
        if shape.is_empty:
            continue
        if unit.kind != "store" or unit.id not in tenants:
            places.structures[number[unit.level]].append((unit.name, shape))
            continue
        front = frontage_of(shape, floor.shape) if floor.pieces else None
        store = Store(unit, tenants[unit.id], shape, front)
        if floor.pieces:
            store.doors = _doors(store, floor, origin)
        places.stores.append(store)


def _off_floor(place_name: str, level: str, x_m: float, y_m: float, reach_m: float) -> Problem:
    return Problem(
        f"{place_name} on level '{level}'",
        f"({x_m:.2f}, {y_m:.2f}) m",
        f"must lie within {reach_m:g} m of the walkable floor",
        "move it onto the floor, or correct the outline or the walkable area",
    )


def _anchors(plan: FloorPlan, places: Places, number: dict[str, int]) -> None:
    origin = np.array(places.origin_m)
    for entrance in sorted(plan.entrances, key=lambda entrance: (number[entrance.level], entrance.id)):
        level = number[entrance.level]
        point = np.array([entrance.x_m, entrance.y_m]) - origin
        spot = place(places.floors[level], point, STOP_REACH_M, keep=True, exact=entrance.kind == "spot")
        if spot is None:
            where = f"entrance '{entrance.id}'"
            places.problems.append(_off_floor(where, entrance.level, entrance.x_m, entrance.y_m, STOP_REACH_M))
        else:
            places.entrances.append((entrance, level, spot))
    for connector in sorted(plan.connectors, key=lambda connector: connector.id):
        stops: list[tuple[int, np.ndarray]] = []
        for stop in connector.stops:
            level = number[stop.level]
            point = np.array([stop.x_m, stop.y_m]) - origin
            spot = place(places.floors[level], point, STOP_REACH_M, keep=True)
            if spot is None:
                where = f"connector '{connector.id}'"
                places.problems.append(_off_floor(where, stop.level, stop.x_m, stop.y_m, STOP_REACH_M))
            else:
                stops.append((level, spot))
        if len(stops) == len(connector.stops):
            places.connectors.append(connector)
            places.stops[connector.id] = stops


def _reached(places: Places) -> set[tuple[int, int]]:
    """Return the pieces of floor (level, piece) that one can walk and ride to from an entrance."""
    onward: dict[tuple[int, int], set[tuple[int, int]]] = {}
    for connector in places.connectors:
        at = [(level, places.floors[level].piece_of(spot)) for level, spot in places.stops[connector.id]]
        for one, other in rides_of(connector):
            onward.setdefault(at[one], set()).add(at[other])
    waiting = [(level, places.floors[level].piece_of(spot)) for _, level, spot in places.entrances]
    reached = set(waiting)
    while waiting:
        for piece in sorted(onward.get(waiting.pop(), ())):
            if piece not in reached:
                reached.add(piece)
                waiting.append(piece)
    return reached


def _leave_out_unreachable(places: Places, number: dict[str, int]) -> None:
    reached = _reached(places)
    kept = []
    for store in places.stores:
        level = number[store.unit.level]
        floor = places.floors[level]
        store.doors = [door for door in store.doors if (level, floor.piece_of(door[0])) in reached]
        if store.doors:
            kept.append(store)
        else:
            places.unreachable.append(store.unit.id)
            places.structures[level].append((store.unit.name, store.shape))
    places.stores = kept


def place_all(plan: FloorPlan) -> Places:
    """Place everything in a plan whose references are sound; what cannot be placed is listed under `problems`."""
    levels = sorted(plan.levels, key=lambda level: (level.ordinal, level.id))
    number = {level.id: position for position, level in enumerate(levels)}
    origin = origin_of(plan)
    places = Places(origin, levels, _floors(plan, levels, origin), [], [[] for _ in levels], [], [], {})
    if not any(floor.pieces for floor in places.floors):
        places.problems.append(
            Problem("levels", "", "at least one level must have floor to walk on", "draw an outline or a walkable area")
        )
        return places
    _stores(plan, places, number)
    _anchors(plan, places, number)
    _leave_out_unreachable(places, number)
    return places


def outer_ring(shape: BaseGeometry) -> np.ndarray:
    """Return the outer ring (n, 2), closed and counter-clockwise, of a shape's largest polygon."""
    largest = max(polygons_of(shape), key=lambda part: part.area)
    return np.asarray(shapely.get_coordinates(shapely.orient_polygons(largest).exterior))


def rings_of(shape: BaseGeometry) -> tuple[np.ndarray, ...]:
    """Return outer rings, then holes."""
    parts = [shapely.orient_polygons(part) for part in polygons_of(shape)]
    outer = [shapely.get_coordinates(part.exterior) for part in parts]
    return (*outer, *(shapely.get_coordinates(hole) for part in parts for hole in part.interiors))
