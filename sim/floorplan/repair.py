"""Mending shapes: validity, duplicates, overlaps, snapping, and points moved onto the floor."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from sim.floorplan.geojson import polygons_of
from sim.floorplan.plan import Connector, Door, FloorPlan, Level, Stop, Unit

GRID_M = 2.0**-10  # 1 mm that a float holds exactly: shifting a plan by whole metres changes no distance
AREA_M2_MIN = 0.01  # smaller leftovers of a cut are not floor


def snapped_m(metres: float) -> float:
    """Return a coordinate or width on the grid of 2^-10 m."""
    return math.floor(metres / GRID_M + 0.5) * GRID_M + 0.0  # + 0.0: never -0.0


def snapped(geometry: BaseGeometry) -> BaseGeometry:
    """Return the geometry with every coordinate on the grid, its topology untouched."""
    # A geometry cut on a grid remembers it and would round whatever is later built from it.
    free = shapely.set_precision(geometry, 0.0, mode="pointwise")
    return shapely.transform(free, lambda xy: np.floor(xy / GRID_M + 0.5) * GRID_M + 0.0)


def on_grid(geometry: BaseGeometry) -> BaseGeometry:
    """Return the polygons of a valid geometry on the grid and still valid; empty where nothing is left."""
    return polygons_of(shapely.set_precision(geometry, GRID_M)) or shapely.Polygon()


def made_valid(polygon: BaseGeometry) -> tuple[BaseGeometry, str | None]:
    """Return a valid polygon and what was mended, None where it was valid already.

    `buffer(0)` would halve a bow-tie; `make_valid` keeps both halves.
    """
    if polygon.is_valid:
        return polygon, None
    reason = shapely.is_valid_reason(polygon)
    mended = polygons_of(shapely.make_valid(polygon)) or shapely.Polygon()
    return mended, f"invalid polygon mended ({reason}); area {polygon.area:.2f} -> {mended.area:.2f} m2"


def duplicates_of(polygons: list[BaseGeometry]) -> dict[int, int]:
    """Return index of a repeated polygon -> index of the first one that has the same shape to 1 mm."""
    first: dict[bytes, int] = {}
    repeated: dict[int, int] = {}
    for index, polygon in enumerate(polygons):
        key = shapely.to_wkb(shapely.normalize(snapped(polygon)))
        if key in first:
            repeated[index] = first[key]
        else:
            first[key] = index
    return repeated


def overlaps_of(polygons: list[BaseGeometry], area_m2_min: float) -> list[tuple[int, int, float, BaseGeometry]]:
    """Return (index, later index, area, common part) of polygons that share more than an area."""
    if len(polygons) < 2:
        return []
    shapes = np.array(polygons, dtype=object)
    first, second = STRtree(shapes).query(shapes, predicate="intersects")
    keep = first < second
    first, second = first[keep], second[keep]
    common = shapely.intersection(shapes[first], shapes[second])
    areas = shapely.area(common)
    found = [
        (int(a), int(b), float(area), shape)
        for a, b, area, shape in zip(first, second, areas, common, strict=True)
        if area > area_m2_min
    ]
    return sorted(found, key=lambda item: item[:2])


def cut(polygon: BaseGeometry, cutters: Iterable[BaseGeometry]) -> BaseGeometry:
    """Return a polygon without the parts that the cutters cover, on the grid, crumbs dropped."""
    rest = shapely.difference(polygon, shapely.union_all(list(cutters), grid_size=GRID_M), grid_size=GRID_M)
    parts = [part for part in shapely.get_parts(rest) if part.area > AREA_M2_MIN]
    return polygons_of(shapely.union_all(parts, grid_size=GRID_M)) or shapely.Polygon()


def parts_by_area(geometry: BaseGeometry | None) -> list[BaseGeometry]:
    """Return the polygons of a floor, biggest first."""
    if geometry is None:
        return []
    return sorted(shapely.get_parts(geometry), key=lambda part: (-part.area, part.bounds))


def walkable_of(level: Level, units: Iterable[Unit]) -> BaseGeometry:
    """Return a level's walkable floor: as drawn, else its outline minus its units; empty where neither is drawn."""
    if level.walkable is not None:
        return level.walkable
    if level.outline is None:
        return shapely.Polygon()
    polygons = [made_valid(unit.polygon)[0] for unit in units if unit.level == level.id]
    outline = made_valid(level.outline)[0]
    return polygons_of(shapely.difference(outline, shapely.union_all(polygons))) or shapely.Polygon()


class Floor:
    """One level's walkable floor, ready for questions about points."""

    INSET_M = 0.3  # a stop on the very edge would be in or out by rounding

    def __init__(self, walkable: BaseGeometry) -> None:
        self.walkable = walkable
        inner = shapely.buffer(walkable, -self.INSET_M)
        self._inner = walkable if inner.is_empty else inner
        shapely.prepare(self._inner)

    def nearest(self, geometry: BaseGeometry) -> tuple[float, float, float] | None:
        """Return (x, y, distance in m) of the walkable point nearest to a shape, on the grid; None on an empty floor."""
        if self._inner.is_empty:
            return None
        found = shapely.shortest_line(self._inner, geometry)
        x, y = found.coords[0]
        x, y = snapped_m(x), snapped_m(y)
        return x, y, float(shapely.distance(Point(x, y), geometry))


def canonical(plan: FloorPlan) -> FloorPlan:
    """Return the plan sorted by (level, id) and on the grid: the form that a file keeps exactly."""
    ordinal = {level.id: level.ordinal for level in plan.levels}
    parking = [
        replace(area, walk_m=snapped_m(area.walk_m), polygon=None if area.polygon is None else snapped(area.polygon))
        for area in plan.parking
    ]
    entrances = [
        replace(door, x_m=snapped_m(door.x_m), y_m=snapped_m(door.y_m), width_m=snapped_m(door.width_m))
        for door in plan.entrances
    ]
    points = [
        replace(point, x_m=snapped_m(point.x_m), y_m=snapped_m(point.y_m), height_m=snapped_m(point.height_m))
        for point in plan.access_points
    ]
    return FloorPlan(
        name=plan.name,
        levels=sorted((_snapped_level(level) for level in plan.levels), key=lambda level: (level.ordinal, level.id)),
        units=sorted((_snapped_unit(unit) for unit in plan.units), key=lambda unit: (ordinal.get(unit.level, 0), unit.id)),
        tenants=sorted(plan.tenants, key=lambda tenant: (tenant.unit, tenant.name)),
        connectors=sorted((_snapped_connector(connector) for connector in plan.connectors), key=lambda one: one.id),
        entrances=sorted(entrances, key=lambda door: door.id),
        parking=sorted(parking, key=lambda area: area.id),
        access_points=sorted(points, key=lambda point: point.id),
        source=plan.source,
        repairs=list(plan.repairs),
    )


def _snapped_level(level: Level) -> Level:
    outline = None if level.outline is None else snapped(level.outline)
    walkable = None if level.walkable is None else snapped(level.walkable)
    return replace(level, height_m=snapped_m(level.height_m), outline=outline, walkable=walkable)


def _snapped_unit(unit: Unit) -> Unit:
    doors = tuple(Door(snapped_m(door.x_m), snapped_m(door.y_m), snapped_m(door.width_m), door.inferred) for door in unit.doors)
    return replace(unit, polygon=snapped(unit.polygon), doors=doors)


def _snapped_connector(connector: Connector) -> Connector:
    stops = tuple(Stop(stop.level, snapped_m(stop.x_m), snapped_m(stop.y_m)) for stop in connector.stops)
    return replace(connector, stops=stops, width_m=snapped_m(connector.width_m))
