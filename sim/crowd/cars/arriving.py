"""In by car: the gate, the ramp, the search for a bay, and the walk from it to the mall's door."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.cars.leaving import drive_out, is_held_in_bay
from sim.crowd.cars.ramps import DriveTo, enter_lanes, enter_ramp, hold_gate
from sim.crowd.cars.search import begin_search, drive_to_exit, free_bay, look_along, reach_bay, stand
from sim.crowd.movement import free_row
from sim.crowd.queues import join
from sim.crowd.satisfaction import write_outcome
from sim.crowd.state import Doing, Mall, Then
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel


@kernel
def reach_gate(mall: Mall, row: int, now_us: int) -> int:
    """Before the gate: join its line, or drive off when that is too long."""
    shopper = mall.shoppers[row]
    park = mall.car_parks[shopper.parking]
    note(mall, row, now_us, EventKind.GATE_REACHED, shopper.parking, mall.stations[park.gate_in].waiting)
    if not join(mall, row, park.gate_in, now_us):
        return _drive_off(mall, row, now_us)
    return Then.WAIT


@kernel
def _drive_off(mall: Mall, row: int, now_us: int) -> int:
    shopper = mall.shoppers[row]
    note(mall, row, now_us, EventKind.PARKING_BALKED, shopper.parking, mall.car_parks[shopper.parking].cars)
    write_outcome(mall, row, now_us, False)
    return free_row(mall, row)


@kernel
def pass_gate_in(mall: Mall, row: int, now_us: int) -> int:
    """Through the entry gate: drive on to the ramp, or turn round because the car park is full."""
    if not admit_car(mall, row, now_us):
        return _drive_off(mall, row, now_us)
    hold_gate(mall, row, now_us)
    return Then.WAIT


@kernel
def admit_car(mall: Mall, row: int, now_us: int) -> bool:
    """Let a car on to the ramp, unless there are as many cars inside as bays that its driver may take."""
    shopper = mall.shoppers[row]
    park = mall.car_parks[shopper.parking]
    if park.cars >= park.bays:
        return False
    is_barred = mall.params[0].is_reserving == 1 and mall.errands[row].is_vip == 0
    if is_barred and park.cars - park.in_reserved >= park.bays - park.reserved:
        return False
    park.cars += 1
    shopper.since_us = now_us
    errand = mall.errands[row]
    errand.entered_us = now_us
    errand.is_let_in = 0
    enter_ramp(mall, row, park.floor_start, 0.0, now_us)
    return True


@kernel
def end_aisle(mall: Mall, row: int, now_us: int) -> int:
    """At the end of a drive: the ramp's foot, an aisle, a bay, the exit gate."""
    errand = mall.errands[row]
    if errand.drive_to == DriveTo.FLOOR:
        return _reach_floor(mall, row, now_us)
    if errand.drive_to == DriveTo.AISLE:
        return look_along(mall, row, now_us)
    if errand.drive_to == DriveTo.BAY:
        return reach_bay(mall, row, now_us)
    return drive_out(mall, row, now_us)


@kernel
def _reach_floor(mall: Mall, row: int, now_us: int) -> int:
    errand = mall.errands[row]
    if errand.is_let_in == 0 and not enter_lanes(mall, row, now_us):
        return Then.WAIT
    errand.is_let_in = 0
    return begin_search(mall, row, now_us)


@kernel
def leave_car(mall: Mall, row: int, now_us: int) -> int:
    """Parked: walk to the mall's door."""
    shopper = mall.shoppers[row]
    stand(mall, row, now_us)
    shopper.doing = Doing.WALKING_FROM_CAR
    time_s = mall.bays[mall.errands[row].bay].walk_m / shopper.speed_mps
    schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + np.int64(1e6 * time_s), NORMAL)
    return Then.WAIT


@kernel
def leave_bay(mall: Mall, row: int, now_us: int) -> int:
    """At one's own car: out of the bay, unless the line at the exit keeps it there, and to the exit gate."""
    if is_held_in_bay(mall, row, now_us):
        return Then.WAIT
    mall.shoppers[row].since_us = now_us
    free_bay(mall, row, now_us)
    return drive_to_exit(mall, row, mall.params[0].manoeuvre_out_us, now_us)
