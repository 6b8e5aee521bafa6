"""Tenants change rooms overnight: the plan's arrays with two tenants' rooms exchanged, ids, keys and trades staying with the tenants."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.plan_arrays import CompiledPlan


def swapped(compiled: CompiledPlan, pairs: Sequence[tuple[str, str]]) -> CompiledPlan:
    """Return the plan in which the tenants of each pair of unit ids have exchanged rooms, one pair after the other.

    The index of a unit is the tenant's from then on, whichever room it has: accounts, tills, memories and draws need no change. Units are
    then no longer in the order of levels.
    """
    if not pairs:
        return compiled
    room = np.arange(len(compiled.unit_ids))  # of each unit: whose room it has now
    for one, other in pairs:
        a, b = compiled.unit_ids.index(one), compiled.unit_ids.index(other)
        room[[a, b]] = room[[b, a]]
    tenant = np.argsort(room)  # of each room: who has it now
    plan = compiled.arrays
    door, door_start = _gathered(plan.unit_door_start, room)
    ring, ring_start = _gathered(plan.unit_ring_start, room)
    arrays = plan._replace(
        unit_level=plan.unit_level[room], unit_area_m2=plan.unit_area_m2[room], unit_x_m=plan.unit_x_m[room],
        unit_y_m=plan.unit_y_m[room], unit_target=plan.unit_target[room], unit_door_start=door_start, door_node=plan.door_node[door],
        door_width_m=plan.door_width_m[door], unit_ring_start=ring_start, ring_x_m=plan.ring_x_m[ring], ring_y_m=plan.ring_y_m[ring],
        frontage_unit=tenant[plan.frontage_unit].astype(plan.frontage_unit.dtype),
    )  # fmt: skip
    rooms = compiled.rooms
    if rooms is not None:
        inside = rooms.room >= 0
        cells = rooms.room.copy()
        cells[inside] = tenant[rooms.room[inside]]
        rooms = rooms._replace(room=cells)
    moved = [compiled.unit_ids[unit] for unit in np.flatnonzero(room != np.arange(room.size)).tolist()]
    changes = [
        {"what": "moved", "place": unit, "from": unit, "fit_out_m2": round(float(arrays.unit_area_m2[compiled.unit_ids.index(unit)]), 1)}
        for unit in moved
    ]  # fmt: skip
    return replace(
        compiled, arrays=arrays, rooms=rooms, unit_rings=tuple(compiled.unit_rings[unit] for unit in room.tolist()),
        digest=hashlib.sha256(f"{compiled.digest} {room.tolist()}".encode()).hexdigest(),
        layout_changes=(*compiled.layout_changes, *changes),
    )  # fmt: skip


def _gathered(start: np.ndarray, room: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which entries of a list of groups stand where, and where the groups start, once groups are in another order."""
    counts = np.diff(start)[room]
    new_start = np.concatenate([[0], np.cumsum(counts)]).astype(start.dtype)
    at = np.repeat(start[:-1][room] - new_start[:-1], counts) + np.arange(int(counts.sum()))
    return at.astype(np.int64), new_start
