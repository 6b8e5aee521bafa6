"""The walkable floor of a level, snapped to a grid of 2^-10 m and freed of slivers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from sim.floorplan.plan import FloorPlan, Level, Unit

# A power of two: adding a whole number of metres to a coordinate on this grid is exact, so a translated plan has the same times.
GRID_M = 2.0**-10
SLIVER_M2 = 1.0  # a detached piece below this that holds no door, stop or entrance is dropped
CRACK_M = 0.2  # gaps between drawings narrower than this, half a body, are not floor


def polygons_of(shape: BaseGeometry | None) -> list[Polygon]:
    """Return the polygons of any geometry, in a fixed order."""
    if shape is None or shape.is_empty:
        return []
    parts = shapely.get_parts(np.array([shape]))
    while any(part.geom_type in ("MultiPolygon", "GeometryCollection") for part in parts):
        parts = shapely.get_parts(parts)
    found = [part for part in parts if part.geom_type == "Polygon" and part.area > 0.0]
    return sorted(found, key=lambda part: (*part.bounds, part.area))


def snap(values_m: np.ndarray | float) -> np.ndarray:
    """Return coordinates on the grid."""
    return np.round(np.asarray(values_m, dtype=np.float64) / GRID_M) * GRID_M


def snapped(shape: BaseGeometry) -> BaseGeometry:
    """Return a valid shape with every vertex on the grid."""
    valid = shape if shape.is_valid else shapely.make_valid(shape)
    on_grid = shapely.set_precision(MultiPolygon(polygons_of(valid)), GRID_M)
    # Later constructions (points along an edge) must not be rounded, so the shape forgets its grid.
    return shapely.set_precision(on_grid, 0.0, mode="pointwise")


def moved(shape: BaseGeometry, x_m: float, y_m: float) -> BaseGeometry:
    """Return the shape shifted by whole metres."""
    return shapely.transform(shape, lambda points: points + np.array([x_m, y_m]))


def origin_of(plan: FloorPlan) -> tuple[float, float]:
    """Return the whole metres below the plan's smallest coordinates; the compiler computes relative to them."""
    bounds = [
        shape.bounds
        for shape in (
            *(level.outline for level in plan.levels),
            *(level.walkable for level in plan.levels),
            *(unit.polygon for unit in plan.units),
        )
        if shape is not None and not shape.is_empty
    ]
    if not bounds:
        return 0.0, 0.0
    low = snap(np.array(bounds)[:, :2].min(axis=0))
    return float(np.floor(low[0])), float(np.floor(low[1]))


def without_cracks(floor: BaseGeometry) -> BaseGeometry:
    """Return the floor less what is narrower than `CRACK_M`: misfits of the drawing, not passages."""
    half_m = CRACK_M / 2
    with np.errstate(all="ignore"):  # degenerate corners raise floating-point flags, and come out right
        opened = floor.buffer(-half_m, join_style="mitre").buffer(half_m, join_style="mitre", mitre_limit=10.0)
    return snapped(shapely.intersection(snapped(opened), floor))


def level_floor(level: Level, units: Iterable[Unit], origin: tuple[float, float]) -> list[Polygon]:
    """Return all pieces of a level's floor in compiler coordinates: `walkable` where drawn, else outline minus its units."""
    if level.walkable is not None and not level.walkable.is_empty:
        floor = snapped(moved(level.walkable, -origin[0], -origin[1]))
    elif level.outline is not None:
        outline = snapped(moved(level.outline, -origin[0], -origin[1]))
        taken = [snapped(moved(unit.polygon, -origin[0], -origin[1])) for unit in units]
        floor = shapely.difference(outline, shapely.union_all(taken)) if taken else outline
        floor = snapped(floor)
    else:
        return []
    return polygons_of(without_cracks(floor))


def kept_pieces(pieces: list[Polygon], points_m: np.ndarray, reach_m: float) -> list[Polygon]:
    """Return the pieces that are larger than a sliver or hold one of the points (n, 2), or are the nearest within reach."""
    if not pieces:
        return []
    keep = np.array([piece.area >= SLIVER_M2 for piece in pieces])
    tree = shapely.STRtree(pieces)
    if len(points_m):
        for point in shapely.points(points_m):
            near = tree.query_nearest(point, max_distance=reach_m)
            if len(near) and not keep[near].any():
                keep[near.min()] = True
    return [piece for piece, kept in zip(pieces, keep, strict=True) if kept]
