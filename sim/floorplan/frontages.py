"""Shop fronts: where units touch the floor, and which of them one passes on a leg."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

NOTICE_M = 12.0  # a front farther away is not noticed
LOOK_EVERY_M = 3.0  # spacing of the points on a leg from which one looks round
TOUCH_M = 0.03  # a wall drawn thinner than this is none
WALL_M = 0.5  # a unit may stand this far behind the wall it opens through


def frontage_of(unit: BaseGeometry, floor: BaseGeometry) -> BaseGeometry | None:
    """Return the stretch of the floor's boundary that belongs to a unit, or None where it touches no floor."""
    if shapely.distance(unit, floor) > WALL_M:
        return None
    for reach_m in (TOUCH_M, WALL_M):
        front = shapely.intersection(floor.boundary, unit.buffer(reach_m))
        if front.length >= 0.3:
            return shapely.line_merge(front) if front.geom_type == "MultiLineString" else front
    return None


def front_door(front: BaseGeometry) -> Point:
    """Return the middle of the longest straight run of a frontage: a door for a unit drawn without one."""
    parts = [part for part in shapely.get_parts(front) if part.geom_type == "LineString"]
    longest = max(parts, key=lambda part: (part.length, part.bounds))
    return longest.interpolate(0.5, normalized=True)


def fronts_seen(
    lines_m: np.ndarray, fronts: list[BaseGeometry], doors_m: list[np.ndarray], floor: BaseGeometry
) -> list[list[int]]:
    """Return for each leg (n, 2, 2) the fronts within `NOTICE_M` in line of sight of one of its points, in walking order.

    `doors_m` are the spots outside the doors of each front's unit, tried as well as the nearest point of the front.
    """
    if not fronts or not len(lines_m):
        return [[] for _ in lines_m]
    length_m = np.hypot(*(lines_m[:, 1] - lines_m[:, 0]).T)
    counts = np.ceil(length_m / LOOK_EVERY_M).astype(np.int64) + 1
    leg = np.repeat(np.arange(len(lines_m)), counts)
    place = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    share = place / np.maximum(counts[leg] - 1, 1)
    eyes = shapely.points(lines_m[leg, 0] + share[:, None] * (lines_m[leg, 1] - lines_m[leg, 0]))
    shapes = np.array(fronts, dtype=object)
    eye, front = shapely.STRtree(shapes).query(eyes, predicate="dwithin", distance=NOTICE_M)
    sight = shapely.get_coordinates(shapely.shortest_line(eyes[eye], shapes[front])).reshape(-1, 2, 2)
    targets = [(np.arange(len(eye)), sight[:, 1])]
    for number in range(max(len(doors) for doors in doors_m)):
        with_door = np.array([len(doors) > number for doors in doors_m])
        rows = np.flatnonzero(with_door[front])
        spots = np.array([doors[number] if len(doors) > number else (0.0, 0.0) for doors in doors_m])
        targets.append((rows, spots[front[rows]]))
    row = np.concatenate([rows for rows, _ in targets])
    goal = np.concatenate([spots for _, spots in targets])
    start = sight[row, 0]
    gap = goal - start
    gap_m = np.hypot(*gap.T)
    near = gap_m <= NOTICE_M
    row, start, gap, gap_m = row[near], start[near], gap[near], gap_m[near]
    # The look ends just before the front, which is a wall of the floor.
    stop = start + gap * np.clip(1.0 - 0.05 / np.maximum(gap_m, 0.1), 0.0, 1.0)[:, None]
    clear = shapely.covers(floor, shapely.linestrings(np.stack([start, stop], axis=1)))
    row, gap_m = row[clear], gap_m[clear]
    order = np.lexsort((place[eye[row]], gap_m, front[row], leg[eye[row]]))
    legs, seen, at = leg[eye[row]][order], front[row][order], share[eye[row]][order]
    first = np.concatenate([[True], (legs[1:] != legs[:-1]) | (seen[1:] != seen[:-1])]) if len(legs) else np.zeros(0, bool)
    legs, seen, at = legs[first], seen[first], at[first]
    order = np.lexsort((seen, at, legs))
    bounds = np.searchsorted(legs[order], np.arange(len(lines_m) + 1))
    listed = seen[order].tolist()
    return [listed[low:high] for low, high in pairwise(bounds)]
