"""Problems of a plan's shapes: numbers, metres, validity, area, identity, level, overlap."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from sim.errors import Problem
from sim.floorplan.geojson import COORDINATE_M_MAX, shown
from sim.floorplan.plan import UNIT_KINDS, FloorPlan
from sim.floorplan.repair import made_valid, overlaps_of

OVERLAP_M2_MAX = 0.1
AREA_M2_MIN = 0.01


def place_of(kind: str, identity: str, level: str | None = None, at: BaseGeometry | tuple[float, float] | None = None) -> str:
    """Return how a feature is named in a message: kind, id, level, coordinates."""
    text = f"{kind} '{shown(identity)}'"
    if level is not None:
        text += f" on level {shown(level)}"
    if isinstance(at, BaseGeometry):
        point = None if at.is_empty else at.representative_point() if at.is_valid else shapely.Point(at.bounds[:2])
        at = None if point is None else (point.x, point.y)
    if at is not None and all(math.isfinite(number) for number in at):
        text += f" at ({at[0]:.1f}, {at[1]:.1f})"
    return text


def polygons_with_place(plan: FloorPlan) -> Iterator[tuple[str, str, str, BaseGeometry]]:
    """Yield (kind, id, level, polygon) of everything drawn as a polygon."""
    for level in plan.levels:
        if level.outline is not None:
            yield "outline", level.id, level.id, level.outline
        if level.walkable is not None:
            yield "walkable floor", level.id, level.id, level.walkable
    for unit in plan.units:
        yield "unit", unit.id, unit.level, unit.polygon
    for area in plan.parking:
        if area.polygon is not None:
            yield "parking", area.id, area.level, area.polygon


def points_with_place(plan: FloorPlan) -> Iterator[tuple[str, str, str, tuple[float, float]]]:
    """Yield (kind, id, level, (x, y)) of everything that is a point."""
    for unit in plan.units:
        for door in unit.doors:
            yield "door of unit", unit.id, unit.level, (door.x_m, door.y_m)
    for connector in plan.connectors:
        for stop in connector.stops:
            yield connector.kind, connector.id, stop.level, (stop.x_m, stop.y_m)
    for entrance in plan.entrances:
        yield "entrance", entrance.id, entrance.level, (entrance.x_m, entrance.y_m)
    for point in plan.access_points:
        yield "access point", point.id, point.level, (point.x_m, point.y_m)


def sound_geometry(plan: FloorPlan) -> bool:
    """Tell whether all coordinates are finite metres of a plausible size."""
    return not [*_coordinate_problems(plan), *_lonlat_problems(plan)]


def problems_of_shapes(plan: FloorPlan) -> list[Problem]:
    """Return the problems that can be seen without walking."""
    found = [*_identity_problems(plan), *_level_problems(plan), *_coordinate_problems(plan), *_lonlat_problems(plan)]
    found += _polygon_problems(plan)
    if sound_geometry(plan):
        found += _overlap_problems(plan)
    return found


def _identity_problems(plan: FloorPlan) -> Iterator[Problem]:
    if not plan.levels:
        yield Problem(f"plan '{shown(plan.name)}'", "no level", "a plan has levels", "draw at least one in levels.geojson")
    groups: dict[str, Sequence[Any]] = {"level": plan.levels, "unit": plan.units, "connector": plan.connectors, "entrance": plan.entrances,
              "parking": plan.parking, "access point": plan.access_points}  # fmt: skip
    for kind, features in groups.items():
        for identity, count in sorted(Counter(feature.id for feature in features).items()):
            if count > 1:
                first = next(feature for feature in features if feature.id == identity)
                level = getattr(first, "level", None)
                at = getattr(first, "polygon", None)
                yield Problem(
                    place_of(kind, identity, level, at), f"{count} times", "an id belongs to one feature", "rename one"
                )
            if not identity:
                yield Problem(f"a {kind}", "empty id", "every feature has an id", "give it one")


def _level_problems(plan: FloorPlan) -> Iterator[Problem]:
    known = [level.id for level in plan.levels]
    used = [*((kind, identity, level, polygon) for kind, identity, level, polygon in polygons_with_place(plan)),
            *points_with_place(plan), *(("parking", area.id, area.level, None) for area in plan.parking)]  # fmt: skip
    seen = set()
    for kind, identity, level, at in used:
        if level not in known and (kind, identity, level) not in seen:
            seen.add((kind, identity, level))
            yield Problem(place_of(kind, identity, level, at), shown(level), "the level must be in the plan",
                          f"use one of {', '.join(map(shown, known))}")  # fmt: skip
    for storey in plan.levels:
        has_units = any(unit.level == storey.id for unit in plan.units)
        if storey.outline is None and storey.walkable is None and has_units:
            yield Problem(place_of("level", storey.id), "neither", "a level has an outline or a walkable floor", "draw one")
    for unit in plan.units:
        if unit.kind not in UNIT_KINDS:
            way_out = f"use one of {', '.join(UNIT_KINDS)}"
            yield Problem(
                place_of("unit", unit.id, unit.level, unit.polygon), shown(unit.kind), "the kind must be known", way_out
            )


def _coordinate_problems(plan: FloorPlan) -> Iterator[Problem]:
    drawn = [
        (kind, identity, level, shapely.get_coordinates(polygon))
        for kind, identity, level, polygon in polygons_with_place(plan)
    ]
    drawn += [(kind, identity, level, np.array([point])) for kind, identity, level, point in points_with_place(plan)]
    for kind, identity, level, xy in drawn:
        wrong = xy[~np.isfinite(xy).all(axis=1)]
        if len(wrong):
            yield Problem(
                place_of(kind, identity, level),
                f"({wrong[0][0]}, {wrong[0][1]})",
                "coordinates are finite numbers",
                "draw it again",
            )
            continue
        wrong = xy[(np.abs(xy) > COORDINATE_M_MAX).any(axis=1)]
        if len(wrong):
            at = f"({wrong[0][0]:g}, {wrong[0][1]:g})"
            yield Problem(place_of(kind, identity, level), at, f"coordinates are at most {COORDINATE_M_MAX:,.0f} m from the origin",
                          "move the plan near its origin")  # fmt: skip


def _lonlat_problems(plan: FloorPlan) -> Iterator[Problem]:
    shapes = [polygon for _, _, _, polygon in polygons_with_place(plan)]
    xy = shapely.get_coordinates(np.array(shapes, dtype=object)) if shapes else np.empty((0, 2))
    if not len(xy) or not np.isfinite(xy).all():
        return
    extent = xy.max(axis=0) - xy.min(axis=0)
    if (np.abs(xy[:, 0]) <= 180).all() and (np.abs(xy[:, 1]) <= 90).all() and (extent < 1.0).all():
        value = f"x {xy[:, 0].min():.5f} to {xy[:, 0].max():.5f}, y {xy[:, 1].min():.5f} to {xy[:, 1].max():.5f}"
        yield Problem(f"plan '{shown(plan.name)}'", value, "coordinates are local metres, and these look like longitude and latitude",
                      "bring the drawing in with `galleria floorplan import SOURCE DEST`")  # fmt: skip


def _polygon_problems(plan: FloorPlan) -> list[Problem]:
    found = []
    for kind, identity, level, polygon in polygons_with_place(plan):
        if not np.isfinite(shapely.get_coordinates(polygon)).all():
            continue
        if made_valid(polygon)[0].area < AREA_M2_MIN:  # a symmetric bow-tie has area 0 too, until it is made valid
            found.append(Problem(place_of(kind, identity, level, polygon), f"{polygon.area:.4f} m2", "a polygon encloses an area",
                                 "redraw or remove it"))  # fmt: skip
        elif not polygon.is_valid:
            reason = shapely.is_valid_reason(polygon)
            found.append(Problem(place_of(kind, identity, level, polygon), reason, "a polygon does not cross or touch itself",
                                 "redraw it, or import the plan again to have it mended and listed"))  # fmt: skip
    return found


def _overlap_problems(plan: FloorPlan) -> list[Problem]:
    found = []
    for level in plan.levels:
        units = [unit for unit in plan.units if unit.level == level.id]
        polygons = [made_valid(unit.polygon)[0] for unit in units]
        for a, b, area_m2, common in overlaps_of(polygons, OVERLAP_M2_MAX):
            found.append(Problem(place_of("unit", units[a].id, level.id, common), f"{area_m2:.2f} m2 shared with unit '{shown(units[b].id)}'",
                                 f"units overlap by at most {OVERLAP_M2_MAX} m2", "move one so that they only touch"))  # fmt: skip
        if level.walkable is None or not units:
            continue
        floor = made_valid(level.walkable)[0]
        shapely.prepare(floor)
        for unit, polygon in zip(units, polygons, strict=True):
            if not shapely.intersects(floor, polygon):
                continue
            common = shapely.intersection(floor, polygon)
            if common.area > OVERLAP_M2_MAX:
                found.append(Problem(place_of("unit", unit.id, level.id, common), f"{common.area:.2f} m2 on the walkable floor",
                                     "a unit does not stand on the walkable floor", "cut it out of the floor, or move it"))  # fmt: skip
    return found
