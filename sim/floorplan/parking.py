"""Car parks that a drawing only hints at: inferred from car-park entrances and drawn parking areas, and listed."""

from __future__ import annotations

from dataclasses import replace

import shapely
from shapely.geometry.base import BaseGeometry

from sim.floorplan.drawn import Drawing, Shape
from sim.floorplan.plan import Entrance, FloorPlan, Level, ParkingArea
from sim.floorplan.repair import Floor

BAY_GROSS_M2 = 35.0  # of floor per bay, lanes and ramps included: planners' rule of 25 to 40 m2
BUILT_SHARE = 0.6  # of a basement's floor without shops that is car park; the rest is plant, storage and cores
REACH_M = 150.0  # from a drawn car-park entrance to the mall's floor
DOOR_WIDTH_M = 2.0
WALK_M = 60.0
BAYS_PER_GATE = 400


def with_inferred_parking(plan: FloorPlan, drawing: Drawing) -> FloorPlan:
    """Return the plan with a car park on the basement behind each car-park entrance drawn, every number a repair.

    Nothing is added where no car-park entrance is drawn or no level lies below the ground floor.
    """
    hints = [shape for shape in drawing.of("car_park_entrance")]
    basements = [level for level in plan.levels if level.ordinal < 0]
    if not hints or not basements:
        for hint in hints:
            drawing.say(hint.id, hint.level, "car-park entrance left out: no level below for its car park")
        return replace(plan, repairs=drawing.repairs)
    basement = max(basements, key=lambda level: level.ordinal)
    free_m2 = _free_m2(plan, basement)
    bays = max(20, round(free_m2 * BUILT_SHARE / BAY_GROSS_M2 / len(hints)))
    entrances, parking = list(plan.entrances), list(plan.parking)
    floor = Floor(_walkable(basement))
    for number, hint in enumerate(sorted(hints, key=lambda hint: hint.id), start=1):
        nearest = floor.nearest(hint.geometry)
        if nearest is None or nearest[2] > REACH_M:
            drawing.say(hint.id, hint.level, f"car-park entrance left out: no walkable floor of {basement.id} near it")
            continue
        door = f"car-park-door-{number}"
        entrances.append(Entrance(door, basement.id, nearest[0], nearest[1], DOOR_WIDTH_M, kind="car_park"))
        gates = max(1, round(bays / BAYS_PER_GATE))
        parking.append(ParkingArea(f"car-park-{number}", basement.id, bays, door, gates, WALK_M))
        drawing.say(
            door,
            basement.id,
            f"door of car park {number} inferred where {basement.id} is nearest to the car-park entrance "
            f"{hint.id} of {hint.level} ({nearest[2]:.1f} m)",
        )
        drawing.say(
            f"car-park-{number}",
            basement.id,
            f"car park inferred: {bays} bays ({free_m2:,.0f} m2 of {basement.id} that are "
            f"neither shop nor hall x {BUILT_SHARE} / {BAY_GROSS_M2:.0f} m2, over {len(hints)} entrances), {gates} gates, "
            f"{WALK_M:.0f} m to the door; edit parking.geojson",
        )
    return replace(plan, entrances=entrances, parking=parking, repairs=drawing.repairs)


def with_drawn_parking(plan: FloorPlan, drawing: Drawing, areas: list[Shape]) -> FloorPlan:
    """Return the plan with the parking areas drawn, each with a door where the nearest walkable floor begins."""
    entrances, parking = list(plan.entrances), list(plan.parking)
    floors = {level.id: Floor(_walkable(level)) for level in plan.levels}
    for area in areas:
        levels = sorted(plan.levels, key=lambda level: (level.id != area.level, level.ordinal))
        found = [(near[2], level, near) for level in levels if (near := floors[level.id].nearest(area.geometry)) is not None]
        if not found or min(found, key=lambda one: one[0])[0] > REACH_M:
            drawing.say(area.id, area.level, f"parking '{area.name}' left out: no walkable floor within {REACH_M:.0f} m")
            continue
        distance_m, level, nearest = min(found, key=lambda one: one[0])
        bays = area.bays or max(1, round(area.geometry.area / BAY_GROSS_M2))
        door = f"door-{area.id}"
        entrances.append(Entrance(door, level.id, nearest[0], nearest[1], DOOR_WIDTH_M, kind="car_park"))
        gates = max(1, round(bays / BAYS_PER_GATE))
        parking.append(ParkingArea(f"parking-{area.id}", level.id, bays, door, gates, WALK_M + distance_m, area.geometry))
        drawing.say(
            door,
            level.id,
            f"door of parking '{area.name}' inferred {distance_m:.1f} m from it; {gates} gates assumed"
            + ("" if area.bays else f"; {bays} bays from its area"),
        )
    return replace(plan, entrances=entrances, parking=parking, repairs=drawing.repairs)


def _free_m2(plan: FloorPlan, level: Level) -> float:
    outline_m2 = 0.0 if level.outline is None else level.outline.area
    used_m2 = sum(unit.polygon.area for unit in plan.units if unit.level == level.id and unit.kind != "structure")
    return float(max(0.0, outline_m2 - used_m2 - _walkable(level).area))


def _walkable(level: Level) -> BaseGeometry:
    return level.walkable if level.walkable is not None else shapely.Polygon()
