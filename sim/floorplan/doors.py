"""Doors where none are drawn: on the frontage, where the hall in front is widest."""

from __future__ import annotations

import math

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from sim.floorplan.plan import Door
from sim.floorplan.repair import snapped_m

STEP_M = 0.25  # between the points tried along a frontage
TOUCH_M = 0.05  # a wall this close to the floor is a frontage: drawings do not meet exactly
DOOR_M_MIN = 0.8  # a narrower frontage takes no door
SECOND_DOOR_M = 40.0  # a frontage longer than this gets another door per as many metres
SIGHT_M = 40.0  # halls wider than this are all equally wide
SLOT_M = 0.9  # the way out of a door: a hall narrower than a body is none


Rank = tuple[float, float, float, float, float]
Place = tuple[Rank, float, float, float]  # rank (lowest is best), x, y, width in m


class Hall:
    """The walkable floor of one level, ready for rays across it."""

    def __init__(self, walkable: BaseGeometry) -> None:
        self.walkable = walkable
        shapely.prepare(self.walkable)
        rings = shapely.get_parts(shapely.boundary(walkable))
        pairs = [np.stack([xy[:-1], xy[1:]], axis=1) for xy in (shapely.get_coordinates(ring) for ring in rings)]
        self._walls = np.concatenate(pairs) if pairs else np.empty((0, 2, 2))
        self._tree = STRtree(shapely.linestrings(self._walls)) if len(self._walls) else None

    def frontages(self, polygon: BaseGeometry) -> list[np.ndarray]:
        """Return the runs of a unit's wall that face the floor: (n, 4) of x, y and the direction outward."""
        found = []
        for ring in shapely.get_parts(shapely.boundary(polygon)):
            xy, outward = _sampled(ring, polygon)
            if not len(xy):
                continue
            outside = shapely.points(xy + outward * (2 * TOUCH_M))
            facing = shapely.contains(self.walkable, outside) & (shapely.distance(self.walkable, shapely.points(xy)) <= TOUCH_M)
            found += _runs(np.hstack([xy, outward]), facing)
        return found

    def widths_m(self, rows: np.ndarray) -> np.ndarray:
        """Return how far one sees straight across the hall from each point of a frontage."""
        if self._tree is None or not len(rows):
            return np.zeros(len(rows))
        start = rows[:, :2] + rows[:, 2:] * (2 * TOUCH_M)
        stop = rows[:, :2] + rows[:, 2:] * SIGHT_M
        rays, walls = self._tree.query(shapely.linestrings(np.stack([start, stop], axis=1)), predicate="intersects")
        hits = _along(start[rays], stop[rays], self._walls[walls]) * (SIGHT_M - 2 * TOUCH_M) + 2 * TOUCH_M
        width_m = np.full(len(rows), SIGHT_M)
        np.minimum.at(width_m, rays, hits)
        return width_m


def inferred_doors(polygon: BaseGeometry, hall: Hall) -> tuple[Door, ...]:
    """Return the doors of a unit, empty when no frontage is wide enough for one."""
    runs = [(run, len(run) * STEP_M) for run in hall.frontages(polygon)]
    runs = [(run, run_m) for run, run_m in runs if run_m >= DOOR_M_MIN]
    if not runs:
        return ()
    total_m = sum(run_m for _, run_m in runs)
    wanted_m = 2.0 if polygon.area < 300.0 else 3.0 if polygon.area < 1000.0 else 4.0
    places = sorted((place for run, run_m in runs for place in _places(run, run_m, wanted_m, hall)), key=lambda place: place[0])
    doors: list[Door] = []
    for _, x, y, width_m in places:
        near = any(math.hypot(door.x_m - x, door.y_m - y) < SECOND_DOOR_M / 2 for door in doors)
        if len(doors) < 1 + int(total_m // SECOND_DOOR_M) and not near:
            doors.append(Door(snapped_m(x), snapped_m(y), snapped_m(width_m), inferred=True))
    return tuple(doors)


def _places(run: np.ndarray, run_m: float, wanted_m: float, hall: Hall) -> list[Place]:
    """Return (rank, x, y, width in m) of every place for a door along a run; the lowest rank is best."""
    width_m = min(wanted_m, run_m)
    half = max(0, int(width_m / STEP_M / 2))
    sight_m = hall.widths_m(run)
    middle = (len(run) - 1) / 2.0
    places = []
    for index in range(half, max(half + 1, len(run) - half)):
        index = min(index, len(run) - 1)
        clear_m = float(sight_m[max(0, index - half) : index + half + 1].min())
        # Widest hall first (to half a metre: less is noise), then the middle of the frontage, then a rule of its own.
        rank = (
            float(clear_m < SLOT_M),
            -round(2 * clear_m) / 2,
            abs(index - middle),
            float(run[index, 0]),
            float(run[index, 1]),
        )
        places.append((rank, float(run[index, 0]), float(run[index, 1]), width_m))
    return places


def _sampled(ring: BaseGeometry, polygon: BaseGeometry) -> tuple[np.ndarray, np.ndarray]:
    """Return points every STEP_M along a ring, (n, 2), and the unit directions that leave the polygon there, (n, 2)."""
    xy = shapely.get_coordinates(ring)
    sides = np.diff(xy, axis=0)
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    keep = lengths > 1e-9
    counts = np.maximum(1, np.round(lengths[keep] / STEP_M).astype(int))
    at = np.concatenate([(np.arange(n) + 0.5) / n for n in counts]) if len(counts) else np.empty(0)
    side = np.repeat(np.flatnonzero(keep), counts)
    points = xy[side] + sides[side] * at[:, None]
    normals = np.stack([sides[side, 1], -sides[side, 0]], axis=1) / lengths[side, None]
    inward = shapely.contains_xy(polygon, *(points + normals * 0.01).T) if len(points) else np.empty(0, dtype=bool)
    return points, np.where(inward[:, None], -normals, normals)


def _runs(rows: np.ndarray, facing: np.ndarray) -> list[np.ndarray]:
    """Return the consecutive stretches of a closed ring that face the floor."""
    if facing.all():
        return [rows]
    start = int(np.flatnonzero(~facing)[0])  # begin where nothing faces the floor, so that no run wraps round
    rows, facing = np.roll(rows, -start, axis=0), np.roll(facing, -start)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], facing.astype(np.int8), [0]])))
    return [rows[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _along(start: np.ndarray, stop: np.ndarray, walls: np.ndarray) -> np.ndarray:
    """Return the share (0 to 1) of each ray at which it meets its wall."""
    ray, wall, gap = stop - start, walls[:, 1] - walls[:, 0], walls[:, 0] - start
    cross = ray[:, 0] * wall[:, 1] - ray[:, 1] * wall[:, 0]
    parallel = np.abs(cross) < 1e-12
    share = (gap[:, 0] * wall[:, 1] - gap[:, 1] * wall[:, 0]) / np.where(parallel, 1.0, cross)
    return np.where(parallel, 1.0, np.clip(share, 0.0, 1.0))


def frontage_m(polygon: BaseGeometry, hall: Hall) -> float:
    """Return the length of a shape's wall that faces the floor."""
    return sum(len(run) for run in hall.frontages(polygon)) * STEP_M


def door_on(polygon: BaseGeometry, at: BaseGeometry, width_m: float, hall: Hall, reach_m: float) -> Door | None:
    """Return a drawn door placed on the frontage nearest to it, None when the frontage is farther than `reach_m`."""
    runs = hall.frontages(polygon)
    if not runs:
        return None
    xy = np.concatenate(runs)[:, :2]
    away = shapely.distance(shapely.points(xy), at)
    index = int(np.argmin(away))
    if away[index] > reach_m:
        return None
    nearest = shapely.shortest_line(shapely.boundary(polygon), at).coords[0]
    on_wall = Point(nearest) if shapely.distance(Point(nearest), Point(xy[index])) <= STEP_M else Point(xy[index])
    return Door(snapped_m(on_wall.x), snapped_m(on_wall.y), snapped_m(width_m))
