"""Problems of getting about: entrances, doors, stops, islands of floor, levels and stores that nobody can reach."""

from __future__ import annotations

from shapely.geometry import Point

from sim.errors import Problem
from sim.floorplan.check_shapes import place_of
from sim.floorplan.plan import CONNECTOR_KINDS, ENTRANCE_KINDS, FloorPlan
from sim.floorplan.reach import TOUCH_M, Piece, Pieces, joined, reachable
from sim.floorplan.repair import made_valid, walkable_of

ISLAND_M2_MIN = 1.0  # smaller pieces are gaps between drawings


def problems_of_reach(plan: FloorPlan) -> list[Problem]:
    """Return what cannot be walked or ridden to; assumes finite metres."""
    pieces = Pieces({level.id: made_valid(walkable_of(level, plan.units))[0] for level in plan.levels})
    found = _entrance_problems(plan, pieces) + _stop_problems(plan, pieces)
    if not plan.entrances:
        return [*found, *_door_problems(plan, pieces, None)]
    reached = reachable(pieces, plan.connectors, plan.entrances)
    lost_levels = {
        level.id
        for level in plan.levels
        if pieces.parts[level.id] and not any((level.id, index) in reached for index in range(len(pieces.parts[level.id])))
    }
    return found + _island_problems(plan, pieces, reached, lost_levels) + _door_problems(plan, pieces, reached, lost_levels)


def separate_parts(plan: FloorPlan) -> list[Problem]:
    """Return a warning for every part of the mall that has entrances of its own but is joined to the rest by no connector."""
    pieces = Pieces({level.id: made_valid(walkable_of(level, plan.units))[0] for level in plan.levels})
    groups = joined(pieces, plan.connectors, reachable(pieces, plan.connectors, plan.entrances))
    found = []
    for group in groups[1:]:
        level, index = min(group)
        part = pieces.parts[level][index]
        found.append(Problem(place_of("walkable floor", level, level, part), f"{part.area:.1f} m2 apart from the rest",
                             "whoever comes in can walk to every store", "join the parts if one can walk between them indoors"))  # fmt: skip
    return found


def _entrance_problems(plan: FloorPlan, pieces: Pieces) -> list[Problem]:
    found = []
    if not plan.entrances:
        found.append(Problem(f"plan '{plan.name}'", "no entrance", "a mall has an entrance", "draw one in entrances.geojson"))
    elif all(entrance.kind == "car_park" for entrance in plan.entrances) and not plan.parking:
        found.append(Problem(f"plan '{plan.name}'", "only car-park entrances", "people come in somewhere",
                             "draw a street entrance or a parking area"))  # fmt: skip
    for one in plan.entrances:
        place = place_of("entrance", one.id, one.level, (one.x_m, one.y_m))
        if one.kind not in ENTRANCE_KINDS:
            found.append(Problem(place, one.kind, "the kind must be known", f"use one of {', '.join(ENTRANCE_KINDS)}"))
        if not one.width_m > 0:
            found.append(Problem(place, f"{one.width_m} m", "an entrance has a width", "give width_m in metres"))
        if one.share is not None and not 0.0 <= one.share <= 1.0:
            found.append(Problem(place, str(one.share), "a share lies between 0 and 1", "correct it or leave it empty"))
        if one.level in pieces.parts and pieces.at(one.level, Point(one.x_m, one.y_m)) is None:
            found.append(Problem(place, "", f"an entrance stands on the walkable floor (within {TOUCH_M} m)", "move it"))
    return found


def _stop_problems(plan: FloorPlan, pieces: Pieces) -> list[Problem]:
    found = []
    for one in plan.connectors:
        first = one.stops[0] if one.stops else None
        at = (first.x_m, first.y_m) if first else None
        place = place_of(one.kind, one.id, first.level if first else None, at)
        if one.kind not in CONNECTOR_KINDS:
            found.append(Problem(place, one.kind, "the kind must be known", f"use one of {', '.join(CONNECTOR_KINDS)}"))
        if len({stop.level for stop in one.stops}) < 2:
            found.append(
                Problem(place, f"{len(one.stops)} stops", "a connector joins two levels or more", "add its other stop")
            )
        elif one.kind == "escalator" and len(one.stops) != 2:
            found.append(Problem(place, f"{len(one.stops)} stops", "an escalator has two stops, foot and head in its direction",
                                 "draw one escalator per flight"))  # fmt: skip
        if not one.width_m > 0:
            found.append(Problem(place, f"{one.width_m} m", "a connector has a width", "give width_m in metres"))
        if one.kind == "lift" and not (one.capacity_people >= 1 and one.cycle_s > 0):
            found.append(Problem(place, f"{one.capacity_people} people, {one.cycle_s} s",
                                 "a lift takes at least one person in a cycle longer than 0 s", "correct it"))  # fmt: skip
        for stop in one.stops:
            if stop.level in pieces.parts and pieces.at(stop.level, Point(stop.x_m, stop.y_m)) is None:
                found.append(Problem(place_of(one.kind, one.id, stop.level, (stop.x_m, stop.y_m)), "",
                                     f"a stop stands on the walkable floor (within {TOUCH_M} m)", "move it onto the floor"))  # fmt: skip
    return found


def _island_problems(plan: FloorPlan, pieces: Pieces, reached: set[Piece], lost_levels: set[str]) -> list[Problem]:
    found = []
    for level in plan.levels:
        if level.id in lost_levels:
            stores = sum(unit.level == level.id and unit.kind == "store" for unit in plan.units)
            found.append(Problem(place_of("level", level.id, None, pieces.parts[level.id][0]), f"{stores} stores on it",
                                 "every level is joined to an entrance, there and back", "draw a connector or supply connectors.csv"))  # fmt: skip
            continue
        for index, part in enumerate(pieces.parts[level.id]):
            if (level.id, index) not in reached and part.area >= ISLAND_M2_MIN:
                found.append(Problem(place_of("walkable floor", level.id, level.id, part), f"an island of {part.area:.1f} m2",
                                     "every piece of floor is joined to an entrance, there and back",
                                     "draw the passage or a connector, or cut the piece away"))  # fmt: skip
    return found


def _door_problems(
    plan: FloorPlan, pieces: Pieces, reached: set[Piece] | None, lost_levels: set[str] | frozenset[str] = frozenset()
) -> list[Problem]:
    found = []
    for unit in plan.units:
        for door in unit.doors:
            place = place_of("door of unit", unit.id, unit.level, (door.x_m, door.y_m))
            if not door.width_m > 0:
                found.append(Problem(place, f"{door.width_m} m", "a door has a width", "give width_m in metres"))
            if unit.polygon.is_valid and unit.polygon.distance(Point(door.x_m, door.y_m)) > TOUCH_M:
                found.append(Problem(place, "", f"a door is on its unit's wall (within {TOUCH_M} m)", "move it"))
        if unit.kind != "store" or unit.level not in pieces.parts or unit.level in lost_levels:
            continue
        place = place_of("unit", unit.id, unit.level, unit.polygon)
        touched = {piece for door in unit.doors for piece in pieces.touching(unit.level, Point(door.x_m, door.y_m))}
        if not unit.doors:
            found.append(Problem(place, "no door", "a store has a door on the walkable floor",
                                 "draw one in openings.geojson, or make the unit vacant"))  # fmt: skip
        elif not touched:
            found.append(Problem(place, "its doors open on no walkable floor", "a store can be reached from an entrance",
                                 "move a door to the frontage, or make the unit vacant"))  # fmt: skip
        elif reached is not None and not touched & reached:
            found.append(Problem(place, "its doors open on an island of floor", "a store can be reached from an entrance, and left",
                                 "join the island, or make the unit vacant"))  # fmt: skip
    return found
