"""Ramps between the gate and the floors of a car park: their headway, their room, and cars that stand back to the gate."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sim.crowd.agenda import NORMAL, forget, schedule
from sim.crowd.movement import append, unlink
from sim.crowd.queues import serve_waiting
from sim.crowd.state import Doing, Mall, Then
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel


class DriveTo(IntEnum):
    """Where a drive ends: `errand.drive_to`."""

    FLOOR = 0  # the ramp's foot
    AISLE = 1  # an end of the aisle `errand.aisle`
    BAY = 2  # before the bay `errand.sought_bay`
    EXIT = 3  # the exit gate


@kernel
def ramp_has_room(mall: Mall, floor: int) -> bool:
    """Return whether one more car can drive on to the ramp that leads to a floor."""
    return mall.floors[floor].ramp_cars < mall.floors[floor].ramp_room


@kernel
def enter_ramp(mall: Mall, row: int, floor: int, before_m: float, now_us: int) -> int:
    """Drive some metres to the ramp and along it, behind whoever is on it."""
    here = mall.floors[floor]
    errand = mall.errands[row]
    errand.floor = floor
    errand.drive_to = DriveTo.FLOOR
    here.ramp_cars += 1
    foot_us = now_us + np.int64(1e6 * (here.ramp_s + before_m / mall.params[0].drive_mps))
    foot_us = max(foot_us, here.ramp_free_us)
    here.ramp_free_us = foot_us + mall.params[0].ramp_headway_us
    mall.shoppers[row].doing = Doing.DRIVING
    schedule(mall.shoppers, mall.heap, mall.meta, row, foot_us, NORMAL)
    return Then.WAIT


@kernel
def hold_gate(mall: Mall, row: int, now_us: int) -> None:
    """A car has come in: the gate stops when those at it would find no room on the ramp."""
    park = mall.car_parks[mall.shoppers[row].parking]
    ramp = mall.floors[park.floor_start]
    gate = mall.stations[park.gate_in]
    if ramp.ramp_cars + gate.busy >= ramp.ramp_room:
        if gate.is_held == 0:
            note(mall, row, now_us, EventKind.RAMP_BLOCKED, mall.shoppers[row].parking, ramp.ramp_cars)
        gate.is_held = 1


@kernel
def release_gate(mall: Mall, park: int, now_us: int) -> None:
    """A car has left the first ramp: a gate that was stopped lets in again."""
    here = mall.car_parks[park]
    ramp = mall.floors[here.floor_start]
    gate = mall.stations[here.gate_in]
    if gate.is_held == 1 and ramp.ramp_cars + gate.busy < ramp.ramp_room:
        gate.is_held = 0
        serve_waiting(mall, here.gate_in, now_us)


@kernel
def enter_lanes(mall: Mall, row: int, now_us: int) -> bool:
    """At the ramp's foot: drive on to the floor, or wait on the ramp until its lanes have room; return whether the car drives."""
    errand = mall.errands[row]
    floor = mall.floors[errand.floor]
    if floor.line_head >= 0 or floor.cars >= floor.lanes_room:
        append(mall.floors, mall.shoppers, errand.floor, row)
        forget(mall.shoppers, mall.meta, row)
        return False
    _take_lane(mall, row, now_us)
    return True


@kernel
def _take_lane(mall: Mall, row: int, now_us: int) -> None:
    floor = mall.floors[mall.errands[row].floor]
    floor.cars += 1
    floor.ramp_cars -= 1
    release_gate(mall, mall.shoppers[row].parking, now_us)


@kernel
def leave_lanes(mall: Mall, row: int, now_us: int) -> None:
    """Drive no longer on this floor: the first car on the ramp has room, and its search begins at this instant."""
    place = mall.errands[row].floor
    floor = mall.floors[place]
    floor.cars -= 1
    if floor.line_head >= 0 and floor.cars < floor.lanes_room:
        first = floor.line_head
        unlink(mall.floors, mall.shoppers, place, first)
        _take_lane(mall, first, now_us)
        mall.errands[first].is_let_in = 1
        schedule(mall.shoppers, mall.heap, mall.meta, first, now_us, NORMAL)
