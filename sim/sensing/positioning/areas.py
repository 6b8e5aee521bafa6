"""Which area a place lies in, for sensors that reason about places: a walking zone of the hall, or a store."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from sim.kernel import declare_type, entry, inlined
from sim.plan_arrays import HALL, CompiledPlan

NOWHERE = -1  # the area of a place on a level on which nobody can be


class Areas(NamedTuple):
    """A raster of areas: hall zones 0 ... zones - 1, then stores zones + unit.

    A cell in which nobody can stand (structure, void, outside) belongs to the area of the nearest cell of its level in which
    somebody can; a place beyond the raster belongs to the raster's nearest cell.
    """

    cell_m: float
    origin_x_m: float
    origin_y_m: float
    zones: int
    area: np.ndarray  # (L, rows, cols) int32


declare_type("Areas", Areas(1.0, 0.0, 0.0, 0, np.zeros((0, 0, 0), np.int32)))


def areas_of(compiled: CompiledPlan) -> tuple[Areas, np.ndarray]:
    """Return a plan's areas, and the floor of each in m2.

    A cell of the hall belongs to the zone with the nearest middle on its level: the zones' own outlines differ from that by a
    metre or two, which is below what any estimator tells apart; the floor counted here is that of the cells.
    """
    rooms, plan = compiled.rooms, compiled.arrays
    assert rooms is not None, "a plan made by hand needs a room raster before anything can be located on it"
    zones, units = plan.zone_area_m2.size, plan.unit_key.size
    raw = np.where(rooms.room >= 0, rooms.room.astype(np.int32) + zones, NOWHERE).astype(np.int32)
    area = np.empty_like(raw)
    for level in range(raw.shape[0]):
        mine = np.flatnonzero(plan.zone_level == level)
        hall = np.nonzero(rooms.room[level] == HALL)
        if mine.size and hall[0].size:
            y_m = rooms.origin_y_m + (hall[0] + 0.5) * rooms.cell_m
            x_m = rooms.origin_x_m + (hall[1] + 0.5) * rooms.cell_m
            middles = cKDTree(np.column_stack([plan.zone_x_m[mine], plan.zone_y_m[mine]]))
            raw[level][hall] = mine[middles.query(np.column_stack([x_m, y_m]))[1]]
        area[level] = raw[level].ravel()[rooms.standing[level]] if (rooms.room[level] >= HALL).any() else NOWHERE
    floor_m2 = np.bincount(raw[raw >= 0], minlength=zones + units) * rooms.cell_m**2
    return Areas(float(rooms.cell_m), float(rooms.origin_x_m), float(rooms.origin_y_m), int(zones), area), floor_m2


@inlined
def area_at(areas: Areas, level: int, x_m: float, y_m: float) -> int:
    """Return the area of a place, NOWHERE on a level that does not exist."""
    if level < 0 or level >= areas.area.shape[0] or not (np.isfinite(x_m) and np.isfinite(y_m)):
        return NOWHERE
    # Compared as real numbers: a place very far away would not fit a whole one.
    row = min(max(np.floor((y_m - areas.origin_y_m) / areas.cell_m), 0.0), areas.area.shape[1] - 1.0)
    col = min(max(np.floor((x_m - areas.origin_x_m) / areas.cell_m), 0.0), areas.area.shape[2] - 1.0)
    return int(areas.area[level, int(row), int(col)])


@inlined
def unit_at(areas: Areas, level: int, x_m: float, y_m: float) -> int:
    """Return the store that a place lies in, HALL where it lies in none."""
    return max(area_at(areas, level, x_m, y_m) - areas.zones, HALL)


def areas_at(areas: Areas, level: np.ndarray, x_m: np.ndarray, y_m: np.ndarray) -> np.ndarray:
    """Return the area (int32) of each place; see `area_at`."""
    found = np.full(level.size, NOWHERE, np.int32)
    _fill_areas(areas, level, x_m, y_m, found)
    return found


@entry
def _fill_areas(areas, level, x_m, y_m, found):  # type: ignore[no-untyped-def]
    for place in range(found.size):
        found[place] = area_at(areas, level[place], x_m[place], y_m[place])
