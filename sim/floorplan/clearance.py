"""How far to the side of a stretch of leg a person may stand."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

WIDE_M = 3.0  # nobody strays farther from a leg
BODY_M = 0.2  # radius of a body
END_M = 2.0**-9  # a wall that only touches a leg's end is no obstacle beside it: nobody strays there


def wall_segments(floor: BaseGeometry) -> np.ndarray:
    """Return the straight bits of the floor's boundary (w, 2, 2)."""
    found = []
    for ring in shapely.get_rings(floor if floor.geom_type == "Polygon" else shapely.get_parts(floor)):
        points = shapely.get_coordinates(ring)
        found.append(np.stack([points[:-1], points[1:]], axis=1))
    return np.concatenate(found)


def free_sides(
    start_m: np.ndarray, stop_m: np.ndarray, starts_leg: np.ndarray, ends_leg: np.ndarray, walls_m: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return free widths left and right of stretches (n, 2) -> (n, 2): rectangles of these widths hold no wall.

    `starts_leg` and `ends_leg` (n) say which stretches begin and end where a leg does.
    """
    along = stop_m - start_m
    length_m = np.hypot(*along.T)
    unit = along / np.where(length_m > 0.0, length_m, 1.0)[:, None]
    tree = shapely.STRtree(shapely.linestrings(walls_m))
    near = shapely.buffer(shapely.linestrings(np.stack([start_m, stop_m], axis=1)), WIDE_M + BODY_M, quad_segs=2)
    stretch, wall = tree.query(near, predicate="intersects")
    offset = walls_m[wall] - start_m[stretch][:, None, :]
    direction = unit[stretch]
    ahead_m = offset[..., 0] * direction[:, None, 0] + offset[..., 1] * direction[:, None, 1]
    aside_m = direction[:, None, 0] * offset[..., 1] - direction[:, None, 1] * offset[..., 0]
    # Clip each wall to the strip beside the stretch.
    low = np.where(starts_leg, END_M, 0.0)[stretch]
    high = np.maximum((length_m - np.where(ends_leg, END_M, 0.0))[stretch], low)
    run_m = ahead_m[:, 1] - ahead_m[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        enter = np.where(run_m != 0.0, (low - ahead_m[:, 0]) / run_m, -np.inf)
        leave = np.where(run_m != 0.0, (high - ahead_m[:, 0]) / run_m, np.inf)
    first = np.clip(np.minimum(enter, leave), 0.0, 1.0)
    last = np.clip(np.maximum(enter, leave), 0.0, 1.0)
    inside = (ahead_m.max(axis=1) > low) & (ahead_m.min(axis=1) < high)
    rise_m = aside_m[:, 1] - aside_m[:, 0]
    sides = np.stack([aside_m[:, 0] + first * rise_m, aside_m[:, 0] + last * rise_m], axis=1)
    free = []
    for sign in (1.0, -1.0):
        nearest_m = (sign * sides).min(axis=1)
        beside = inside & ((sign * sides).max(axis=1) > 0.0)
        width_m = np.full(len(start_m), WIDE_M + BODY_M)
        np.minimum.at(width_m, stretch[beside], np.maximum(nearest_m[beside], 0.0))
        free.append(np.clip(width_m - BODY_M, 0.0, WIDE_M))
    return free[0], free[1]
