"""Rooms that a drawing gives to two tenants: split between them, so that each has a room and a frontage of its own."""

from __future__ import annotations

import math

import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from sim.floorplan.doors import DOOR_M_MIN, Hall, frontage_m
from sim.floorplan.geojson import polygons_of
from sim.floorplan.repair import GRID_M


def halves_of(room: BaseGeometry, hall: Hall) -> tuple[BaseGeometry, BaseGeometry] | None:
    """Return a room cut in two across one of its axes, each half with a frontage; None where no cut gives that.

    The better cut is the one whose smaller half is bigger.
    """
    corners = list(shapely.minimum_rotated_rectangle(room).exterior.coords)[:4]
    found = []
    for start in (0, 1):
        a, b, c, d = (corners[(start + i) % 4] for i in range(4))
        ahead = LineString([_middle(a, b), _middle(c, d)])  # the cut; what lies to its left is the first half
        reach = math.dist(a, c) * 2
        dx, dy = (
            (ahead.coords[1][0] - ahead.coords[0][0]) / ahead.length,
            (ahead.coords[1][1] - ahead.coords[0][1]) / ahead.length,
        )
        start_x, start_y = ahead.coords[0]
        low, high = (start_x - dx * reach, start_y - dy * reach), (start_x + dx * reach, start_y + dy * reach)
        side = Polygon([low, high, (high[0] - dy * reach, high[1] + dx * reach), (low[0] - dy * reach, low[1] + dx * reach)])
        left = polygons_of(shapely.intersection(room, side, grid_size=GRID_M))
        right = polygons_of(shapely.difference(room, side, grid_size=GRID_M))
        if left is not None and right is not None and min(frontage_m(left, hall), frontage_m(right, hall)) >= DOOR_M_MIN:
            found.append((min(left.area, right.area), left, right))
    if not found:
        return None
    _, left, right = max(found, key=lambda one: one[0])
    return left, right


def _middle(a: tuple[float, ...], b: tuple[float, ...]) -> tuple[float, float]:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
