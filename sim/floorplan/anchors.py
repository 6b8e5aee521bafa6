"""The places on the floor where walks start and end: just outside a door, at a connector's stop, at an entrance."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from sim.floorplan.walkable import snap

INSETS_M = (0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.02, 0.005, 0.0)  # from the wall; less where a slit allows no more
CRACK_ROOM_M = 0.1  # a spot with less room than this is in a crack;
ASIDE_M = 1.0  # one steps this far aside to get out of it
CLEAR_M = 0.25  # a stop or an entrance this far from the walls stays where it was drawn


class Floor:
    """A level's floor with its walls moved in by several amounts."""

    def __init__(self, pieces: list[Polygon]) -> None:
        self.pieces = pieces
        self.shape = MultiPolygon(pieces)
        self._shrunk: dict[float, BaseGeometry] = {0.0: self.shape}
        shapely.prepare(self.shape)
        self._tree = shapely.STRtree(pieces)

    def shrunk(self, by_m: float) -> BaseGeometry:
        if by_m not in self._shrunk:
            with np.errstate(all="ignore"):  # degenerate corners raise floating-point flags, and come out right
                self._shrunk[by_m] = self.shape.buffer(-by_m)
            shapely.prepare(self._shrunk[by_m])
        return self._shrunk[by_m]

    def piece_of(self, point_m: np.ndarray) -> int:
        """Return the piece that holds a point."""
        return int(self._tree.query_nearest(shapely.points(point_m), all_matches=True).min())


def _covers(floor: Floor, point_m: np.ndarray) -> bool:
    return bool(shapely.covers(floor.shape, shapely.points(point_m)))


def place(floor: Floor, point_m: np.ndarray, reach_m: float, keep: bool, exact: bool = False) -> np.ndarray | None:
    """Return the spot nearest to a point that stands clear of the walls, or None when the floor is out of reach.

    With `keep` a point that is on the floor with room around it stays; with `exact` it stays wherever it is on the floor.
    """
    if not floor.pieces:
        return None
    spot = snap(point_m)
    if exact and _covers(floor, spot):
        return spot
    point = shapely.points(spot)
    off_m = float(shapely.distance(floor.shape, point))
    if off_m > reach_m:
        return None
    if keep and not exact and bool(shapely.covers(floor.shrunk(CLEAR_M), point)):
        return spot
    # The piece the point belongs to: a wide place behind a wall is no substitute for a slit in front of the door.
    home = floor.piece_of(spot)
    near = [(inset_m, 1.5 * inset_m) for inset_m in INSETS_M if inset_m >= CRACK_ROOM_M]
    far = [(inset_m, ASIDE_M) for inset_m in INSETS_M if inset_m >= CRACK_ROOM_M]
    close = [(inset_m, 1.5 * inset_m) for inset_m in INSETS_M if inset_m < CRACK_ROOM_M]
    least = [(inset_m, 1.5 * inset_m) for inset_m in INSETS_M[::-1]]
    for inset_m, aside_m in least if exact else [*near, *far, *close]:
        room = floor.shrunk(inset_m)
        if room.is_empty:
            continue
        candidate = snap(shapely.get_coordinates(shapely.shortest_line(point, room))[1])
        far_m = float(np.hypot(*(candidate - spot)))
        if far_m <= off_m + aside_m + 0.01 and _covers(floor, candidate) and floor.piece_of(candidate) == home:
            return candidate
    return None
