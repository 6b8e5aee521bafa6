"""From a foreign drawing to a sound plan: register, cut, derive the floor, connect, open doors; every step listed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from sim.floorplan import sidecar
from sim.floorplan.assemble_units import units_of
from sim.floorplan.doors import Hall, frontage_m
from sim.floorplan.drawn import RANK, ROOM_KINDS, SHAFT_KINDS, Drawing, Shape, centres_of, shift_level, tidy
from sim.floorplan.geojson import polygons_of
from sim.floorplan.plan import Connector, Entrance, FloorPlan, Level
from sim.floorplan.reach import Pieces, joined, reachable
from sim.floorplan.register import Registration, registration
from sim.floorplan.repair import GRID_M, Floor, canonical, cut, overlaps_of, parts_by_area
from sim.floorplan.shafts import connectors_of

OVERLAP_M2 = 0.01
TWIN_SHARE = 0.95  # of the bigger of two rooms: more in common than this is one room drawn twice
PIECE_M2_MIN = 1.0  # smaller pieces of floor are gaps between polygons, not places
ENTRANCE_REACH_M = 15.0
ENTRANCE_WIDTH_M = (1.0, 8.0)


def assembled(drawing: Drawing, source: Path) -> FloorPlan:
    """Return the plan of a drawing; `source` is where a connectors.csv is looked for."""
    tidy(drawing)
    register_levels(drawing)
    _cut_overlaps(drawing)
    floors = {level.id: _floor_of(drawing, level) for level in drawing.levels}
    connectors = connectors_of(drawing, {level: Floor(floor) for level, floor in floors.items()})
    beside = sidecar.rows_beside(source)
    if beside:
        grounds = {level: Floor(floor) for level, floor in floors.items()}
        more, repairs = sidecar.connectors_from(*beside, drawing.levels, grounds)
        connectors += more
        drawing.repairs += repairs
    entrances = _entrances(drawing, floors)
    floors = _kept_floors(drawing, floors, connectors, entrances)
    connectors = _kept_connectors(drawing, connectors, floors)
    entrances = _kept_entrances(drawing, entrances, floors)
    units, tenants = units_of(drawing, floors)
    levels = [replace(level, walkable=floors[level.id]) for level in drawing.levels if not floors[level.id].is_empty]
    return canonical(
        FloorPlan(drawing.name, levels, units, tenants, connectors, entrances, source=drawing.source, repairs=drawing.repairs)
    )


def register_levels(drawing: Drawing) -> dict[str, Registration]:
    """Move the levels whose shafts disagree with the rest onto them; return what was found for every level but the first.

    The level nearest to the ground floor stays; the others are compared with the nearest level already placed.
    """
    found: dict[str, Registration] = {}
    ordered = sorted(drawing.levels, key=lambda level: (abs(level.ordinal), -level.ordinal))
    for index, level in enumerate(ordered[1:], start=1):
        placed = min(ordered[:index], key=lambda one: (abs(one.ordinal - level.ordinal), abs(one.ordinal)))
        for kinds in (("lift",), SHAFT_KINDS):  # lifts alone are the surest sign; all shafts where lifts are too few
            fixed, moving = (centres_of(drawing.of(*kinds, level=one.id)) for one in (placed, level))
            best = (
                registration(fixed, moving) if min(len(fixed), len(moving)) >= 3 and len(fixed) * len(moving) < 40_000 else None
            )
            if best is None or not best.is_sure:
                continue
            found[level.id] = best
            if best.disagrees:
                shift_level(drawing, level.id, best.dx_m, best.dy_m)
                drawing.say(
                    level.id,
                    level.id,
                    f"level shifted by ({best.dx_m:.3f}, {best.dy_m:.3f}) m onto {placed.id}: "
                    f"{best.matched} {'lifts' if kinds == ('lift',) else 'shafts'} coincide at {best.rms_m:.3f} m rms, "
                    f"{best.runner_up} by the next best shift",
                )
                tidy_after_shift(drawing, level.id)
            break
    return found


def tidy_after_shift(drawing: Drawing, level: str) -> None:
    """Put a moved level back on the grid."""
    for shape in drawing.shapes:
        if shape.level == level and shape.geometry.geom_type in ("Polygon", "MultiPolygon"):
            shape.geometry = polygons_of(shapely.set_precision(shape.geometry, GRID_M)) or shape.geometry
    drawing.levels = [
        replace(one, outline=polygons_of(shapely.set_precision(one.outline, GRID_M)))
        if one.id == level and one.outline is not None
        else one
        for one in drawing.levels
    ]


def _cut_overlaps(drawing: Drawing) -> None:
    """Cut the bigger of two overlapping rooms: an escalator inside a store, a kiosk on a void, keep their shape."""
    for level in drawing.levels:
        shapes = drawing.of(*ROOM_KINDS, *SHAFT_KINDS, level=level.id)
        shapes = [shape for shape in shapes if shape.geometry.geom_type in ("Polygon", "MultiPolygon")]
        shapes = _without_twins(drawing, level.id, shapes)
        cutters: dict[int, list[tuple[int, float]]] = {}
        for a, b, area_m2, _ in overlaps_of([shape.geometry for shape in shapes], OVERLAP_M2):
            bigger, smaller = (a, b) if shapes[a].geometry.area >= shapes[b].geometry.area else (b, a)
            cutters.setdefault(bigger, []).append((smaller, area_m2))
        for bigger in sorted(cutters, key=lambda index: shapes[index].geometry.area):
            shape = shapes[bigger]
            shape.geometry = cut(shape.geometry, [shapes[smaller].geometry for smaller, _ in cutters[bigger]])
            for smaller, area_m2 in cutters[bigger]:
                drawing.say(shape.id, level.id, f"overlap of {area_m2:.2f} m2 with {shapes[smaller].id} cut off")
        gone = {shape.id for shape in shapes if shape.geometry.is_empty}
        for identity in sorted(gone):
            drawing.say(identity, level.id, "covered by other units: dropped")
        drawing.shapes = [shape for shape in drawing.shapes if shape.id not in gone]


def _without_twins(drawing: Drawing, level: str, shapes: list[Shape]) -> list[Shape]:
    """Return the shapes without rooms that another room covers almost wholly: one place drawn twice."""
    gone: set[int] = set()
    for a, b, area_m2, _ in overlaps_of([shape.geometry for shape in shapes], OVERLAP_M2):
        if area_m2 < TWIN_SHARE * max(shapes[a].geometry.area, shapes[b].geometry.area) or gone & {a, b}:
            continue
        if shapes[a].kind not in ROOM_KINDS or shapes[b].kind not in ROOM_KINDS:
            continue
        kept, lost = sorted((a, b), key=lambda index: (RANK[shapes[index].kind], shapes[index].id))
        gone.add(lost)
        drawing.say(
            shapes[lost].id,
            level,
            f"{shapes[lost].kind} '{shapes[lost].name}' dropped: {area_m2:.2f} m2 of it are drawn "
            f"again as {shapes[kept].kind} {shapes[kept].id}",
        )
    lost_ids = {shapes[index].id for index in gone}
    drawing.shapes = [shape for shape in drawing.shapes if shape.id not in lost_ids]
    return [shape for index, shape in enumerate(shapes) if index not in gone]


def _floor_of(drawing: Drawing, level: Level) -> BaseGeometry:
    """Return a level's walkable floor: as drawn, else the outline, minus everything that stands on it."""
    drawn = [shape.geometry for shape in drawing.of("walkable", level=level.id)]
    if drawn:
        floor = shapely.union_all(drawn, grid_size=GRID_M)
    elif level.outline is not None:
        floor = level.outline
    else:
        return shapely.Polygon()
    solid = [
        shape.geometry
        for shape in drawing.of(*ROOM_KINDS, *SHAFT_KINDS, "entrance", "car_park_entrance", "parking", level=level.id)
    ]
    solid = [geometry for geometry in solid if geometry.geom_type in ("Polygon", "MultiPolygon")]
    rest = shapely.difference(floor, shapely.union_all(solid, grid_size=GRID_M), grid_size=GRID_M)
    parts = parts_by_area(rest)
    kept = [part for part in parts if part.area >= PIECE_M2_MIN]
    if len(kept) < len(parts):
        lost_m2 = sum(part.area for part in parts) - sum(part.area for part in kept)
        drawing.say(
            level.id, level.id, f"{len(parts) - len(kept)} slivers of walkable floor, {lost_m2:.2f} m2 in all, left out"
        )
    return polygons_of(shapely.MultiPolygon(kept)) or shapely.Polygon()


def _entrances(drawing: Drawing, floors: dict[str, BaseGeometry]) -> list[Entrance]:
    found = []
    for shape in drawing.of("entrance"):
        floor = floors.get(shape.level)
        nearest = Floor(floor).nearest(shape.geometry) if floor is not None else None
        if nearest is None or nearest[2] > ENTRANCE_REACH_M:
            away = "no walkable floor" if nearest is None else f"{nearest[2]:.1f} m from the walkable floor"
            drawing.say(shape.id, shape.level, f"entrance left out: {away}")
            continue
        polygon = shape.geometry.geom_type in ("Polygon", "MultiPolygon")
        faced_m = frontage_m(shape.geometry, Hall(floor)) if polygon else 0.0
        width_m = min(max(faced_m, ENTRANCE_WIDTH_M[0]), ENTRANCE_WIDTH_M[1]) if faced_m else 2.0
        if polygon:
            drawing.say(
                shape.id, shape.level, f"entrance {width_m:.2f} m wide placed where its polygon meets the walkable floor"
            )
        elif nearest[2] > 1.0:
            drawing.say(shape.id, shape.level, f"entrance moved {nearest[2]:.1f} m onto the walkable floor")
        found.append(Entrance(shape.id, shape.level, nearest[0], nearest[1], width_m))
    return found


def _kept_floors(
    drawing: Drawing, floors: dict[str, BaseGeometry], connectors: list[Connector], entrances: list[Entrance]
) -> dict[str, BaseGeometry]:
    """Return the floors without the pieces that no entrance reaches, and without those that are not joined to the main part."""
    pieces = Pieces(floors)
    reached = reachable(pieces, connectors, entrances)
    if not reached:  # `check` reports the missing entrance; the plan is left whole
        return floors
    reached = joined(pieces, connectors, reached)[0]
    kept = {}
    for level, parts in pieces.parts.items():
        here = [part for index, part in enumerate(parts) if (level, index) in reached]
        lost = [part for index, part in enumerate(parts) if (level, index) not in reached]
        for part in lost:
            point = part.representative_point()
            drawing.say(
                level,
                level,
                f"piece of walkable floor of {part.area:.1f} m2 at ({point.x:.1f}, {point.y:.1f}) "
                "left out: no way from the main part of the mall leads there and back (connectors.csv can supply one)",
            )
        kept[level] = polygons_of(shapely.MultiPolygon(here)) or shapely.Polygon()
        if not here:
            drawing.say(level, level, "level left out: no way leads to it")
    return kept


def _kept_entrances(drawing: Drawing, entrances: list[Entrance], floors: dict[str, BaseGeometry]) -> list[Entrance]:
    kept = [door for door in entrances if _is_on(floors, door.level, door.x_m, door.y_m)]
    for door in entrances:
        if door not in kept:
            drawing.say(door.id, door.level, "entrance left out: it opens on floor that was left out")
    return kept


def _kept_connectors(drawing: Drawing, connectors: list[Connector], floors: dict[str, BaseGeometry]) -> list[Connector]:
    kept = []
    for connector in connectors:
        stops = tuple(stop for stop in connector.stops if _is_on(floors, stop.level, stop.x_m, stop.y_m))
        if len(stops) < len(connector.stops):
            drawing.say(connector.id, connector.stops[0].level, f"{connector.kind} loses its stops on floor that was left out")
        if len(stops) >= 2:
            kept.append(replace(connector, stops=stops))
    return kept


def _is_on(floors: dict[str, BaseGeometry], level: str, x_m: float, y_m: float) -> bool:
    floor = floors.get(level)
    return floor is not None and not floor.is_empty and bool(shapely.distance(floor, Point(x_m, y_m)) < 0.5)
