"""A made-up mall with rooms, doors and a margin of nothing around it, for tests of sensors that reason about places."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy.ndimage import distance_transform_edt

from sim.plan_arrays import HALL, OUTSIDE, CompiledPlan, RoomRaster
from sim.sensing.observations import FixRows
from tests.reporting_day import made_up_plan

MARGIN = 3
ROWS = 40


def located_plan(levels: int = 2, units_per_level: int = 6, zones_per_level: int = 3) -> CompiledPlan:
    """Return stores of 10 m x 14 m on both sides of a hall 12 m wide; store 0 covers [0, 10) x [0, 14), the hall y in [14, 26)."""
    plan = made_up_plan(levels, units_per_level, zones_per_level)
    half = (units_per_level + 1) // 2
    room = np.full((levels, ROWS + 2 * MARGIN, 10 * half + 2 * MARGIN), OUTSIDE, np.int16)
    for level in range(levels):
        inside = room[level, MARGIN:-MARGIN, MARGIN:-MARGIN]
        inside[:] = HALL
        for unit in range(units_per_level):
            column, upper = unit % half, unit // half
            inside[26 * upper : 26 * upper + 14, 10 * column : 10 * column + 10] = level * units_per_level + unit
    standing = np.stack([_nearest(cells != OUTSIDE) for cells in room])
    arrays, units = plan.arrays, plan.arrays.unit_key.size
    unit = np.arange(units)
    arrays = arrays._replace(
        node_x_m=np.concatenate([arrays.node_x_m, arrays.unit_x_m]),
        node_y_m=np.concatenate([arrays.node_y_m, np.where(unit % units_per_level < half, 14.0, 26.0)]),
        node_level=np.concatenate([arrays.node_level, arrays.unit_level]),
        door_node=(levels + unit).astype(np.int32),
        unit_door_start=np.arange(units + 1, dtype=np.int32),
    )
    return dataclasses.replace(plan, arrays=arrays, rooms=RoomRaster(1.0, -float(MARGIN), -float(MARGIN), room, standing))


def _nearest(is_standing: np.ndarray) -> np.ndarray:
    rows, cols = distance_transform_edt(~is_standing, return_distances=False, return_indices=True)
    return (rows * is_standing.shape[1] + cols).astype(np.int32)


def fixes_of(time_s, subject, level, x_m, y_m, radius_m=0.0) -> FixRows:
    """Return fixes; single values stand for all rows."""
    given = (1_000_000 * np.asarray(time_s), subject, level, x_m, y_m, radius_m, 0.0)
    columns = np.broadcast_arrays(*(np.atleast_1d(column) for column in given))
    kinds = (np.int64, np.int64, np.int32, *[np.float64] * 4)
    return FixRows(*(np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)))
