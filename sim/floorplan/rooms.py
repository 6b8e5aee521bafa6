"""Which room each square metre of a level lies in, and where its access points hang: what radio waves meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import shapely
from scipy.ndimage import distance_transform_edt
from shapely.geometry.base import BaseGeometry

from sim.floorplan.compile_places import Places
from sim.floorplan.plan import AccessPoint, FloorPlan
from sim.floorplan.walkable import moved, polygons_of, snap
from sim.plan_arrays import HALL, OUTSIDE, SOLID, VOID, AccessPoints, RoomRaster
from sim.random_streams import stable_key

CELL_M = 1.0
WALL_M = 1.0  # rooms drawn with their walls left out stand this far apart at most; the gap is still the building's
VOID_WORDS = ("void", "atrium", "zhongkong", "zhongting")  # what planners call the air above a hall; the last two in pinyin


def is_void(name: str) -> bool:
    """Tell whether a structure of this name is air."""
    return any(word in name.casefold() for word in VOID_WORDS)


def room_raster(places: Places) -> RoomRaster:
    """Return the rooms of all levels on one grid whose corner is the plan's own, so that a moved plan has the same cells."""
    shapes = [_shapes_of(places, level) for level in range(len(places.levels))]
    bounds = [shape.bounds for found in shapes for shape, _ in found if not shape.is_empty]
    width_m, height_m = np.array(bounds).reshape(-1, 4)[:, 2:].max(axis=0) if bounds else (0.0, 0.0)
    size = (int(np.ceil(height_m / CELL_M)) + 1, int(np.ceil(width_m / CELL_M)) + 1)
    room = np.full((len(shapes), *size), OUTSIDE, np.int16)
    for level, found in enumerate(shapes):
        for shape, number in found:
            _fill(room[level], shape, number)
    standing = np.stack([_nearest(cells) for cells in room])
    return RoomRaster(CELL_M, places.origin_m[0], places.origin_m[1], room, standing)


def _shapes_of(places: Places, level: int) -> list[tuple[BaseGeometry, int]]:
    """Return a level's shapes and what stands in them, later ones on top of earlier ones."""
    storey, floor = places.levels[level], places.floors[level]
    stores = [(store.shape, unit) for unit, store in enumerate(places.stores) if store.unit.level == storey.id]
    structures = places.structures[level]
    if storey.outline is not None:
        around = moved(storey.outline, -places.origin_m[0], -places.origin_m[1])
    else:
        around = _around([*floor.pieces, *(shape for shape, _ in stores), *(shape for _, shape in structures)])
    return [
        (around, VOID),
        *((piece, HALL) for piece in floor.pieces),
        *((shape, VOID if is_void(name) else SOLID) for name, shape in structures),
        *stores,
    ]


def _around(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    """Return the building around its floor and rooms where no outline is drawn: walls and holes included."""
    closed = shapely.union_all([shape.buffer(WALL_M) for shape in shapes]).buffer(-WALL_M)
    return shapely.union_all([shapely.Polygon(part.exterior) for part in polygons_of(closed)])


def _fill(room: np.ndarray, shape: BaseGeometry, number: int) -> None:
    """Write a number into the cells whose middle a shape covers."""
    if shape.is_empty:
        return
    low_x, low_y, high_x, high_y = np.floor(np.array(shape.bounds) / CELL_M).astype(np.int64)
    rows = slice(max(low_y, 0), max(high_y, 0) + 1)
    columns = slice(max(low_x, 0), max(high_x, 0) + 1)
    box = room[rows, columns]
    y_m = (np.arange(box.shape[0]) + rows.start + 0.5) * CELL_M
    x_m = (np.arange(box.shape[1]) + columns.start + 0.5) * CELL_M
    shapely.prepare(shape)
    box[shapely.intersects_xy(shape, *np.meshgrid(x_m, y_m))] = number


def _nearest(room: np.ndarray) -> np.ndarray:
    """Return the number of the cell nearest to each where people can be; its own on a level without any."""
    own = np.arange(room.size, dtype=np.int32).reshape(room.shape)
    taken = room < HALL
    if taken.all():
        return own
    rows, columns = distance_transform_edt(taken, return_distances=False, return_indices=True)
    return np.asarray(own[rows, columns])


def access_points_of(plan: FloorPlan, places: Places) -> tuple[tuple[str, ...], AccessPoints]:
    """Return the ids and the columns of the access points, in an order that their names do not decide.

    Keys are of place and band; among several in one place, of their order by power.
    """
    number = {level.id: position for position, level in enumerate(places.levels)}
    origin = np.array(places.origin_m)

    def row_of(point: AccessPoint) -> tuple[int, float, float, float, float, float]:
        level = number[point.level]
        x_m, y_m = snap(np.array([point.x_m, point.y_m]) - origin)
        return level, float(x_m), float(y_m), places.levels[level].height_m + point.height_m, point.band_ghz, point.power_dbm

    rows = sorted((row_of(point), point.id) for point in plan.access_points)
    columns = np.array([row for row, _ in rows], np.float64).reshape(-1, 6).T
    seen: dict[str, int] = defaultdict(int)
    keys = []
    for level, x_m, y_m, z_m, band_ghz, _ in (row for row, _ in rows):
        place = [places.levels[level].ordinal, *(round(number * 100) for number in (x_m, y_m, z_m)), band_ghz]
        text = " ".join(map(str, place))
        keys.append(stable_key(f"access point {text} {seen[text]}"))
        seen[text] += 1
    return tuple(identity for _, identity in rows), AccessPoints(
        key=np.array(keys, np.int64),
        level=columns[0].astype(np.int32),
        x_m=columns[1] + origin[0],
        y_m=columns[2] + origin[1],
        z_m=columns[3].copy(),
        band_ghz=columns[4].copy(),
        power_dbm=columns[5].copy(),
    )
