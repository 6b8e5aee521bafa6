"""Out by car: back to one's own bay, to the exit gate, and away."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.movement import free_row
from sim.crowd.queues import join
from sim.crowd.state import Doing, Mall, Then
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel


@kernel
def back_to_car(mall: Mall, row: int, now_us: int) -> int:
    """Outside: walk to the car, or be gone."""
    shopper = mall.shoppers[row]
    if shopper.parking < 0:
        return free_row(mall, row)
    shopper.doing = Doing.WALKING_TO_CAR
    time_s = mall.bays[mall.errands[row].bay].walk_m / shopper.speed_mps
    schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + np.int64(1e6 * time_s), NORMAL)
    return Then.WAIT


@kernel
def drive_out(mall: Mall, row: int, now_us: int) -> int:
    """At the car: join the line at the exit gate."""
    shopper = mall.shoppers[row]
    shopper.since_us = now_us
    joined = join(mall, row, mall.car_parks[shopper.parking].gate_out, now_us)
    assert joined
    return Then.WAIT


@kernel
def pass_gate_out(mall: Mall, row: int, now_us: int) -> int:
    """Through the exit gate: the bay's number is free again, the party gone."""
    shopper = mall.shoppers[row]
    mall.car_parks[shopper.parking].cars -= 1
    if mall.errands[row].bay < 0:  # it gave up its search
        note(mall, row, now_us, EventKind.PARKING_BALKED, shopper.parking, mall.car_parks[shopper.parking].cars)
        return free_row(mall, row)
    note(mall, row, now_us, EventKind.UNPARKED, shopper.parking, now_us - shopper.since_us)
    return free_row(mall, row)


@kernel
def reach_machine(mall: Mall, row: int, now_us: int) -> int:
    """At the pay machine."""
    return Then.WAIT


@kernel
def paid_at_machine(mall: Mall, row: int, now_us: int) -> int:
    """The end of service at the pay machine."""
    return Then.WAIT
