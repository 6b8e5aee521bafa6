"""In by car: the gate, the search for a bay, and the walk from it to the mall's door."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.movement import free_row
from sim.crowd.queues import join
from sim.crowd.state import Doing, Mall, Stream, Then
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.random_streams import uniform


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
    return free_row(mall, row)


@kernel
def pass_gate_in(mall: Mall, row: int, now_us: int) -> int:
    """Through the entry gate: look for a bay, or turn round because the car park is full."""
    shopper = mall.shoppers[row]
    park = mall.car_parks[shopper.parking]
    if park.cars >= park.bays:
        return _drive_off(mall, row, now_us)
    occupied_share = park.cars / park.bays
    park.cars += 1
    mall.errands[row].entered_us = now_us
    shopper.since_us = now_us
    shopper.doing = Doing.SEARCHING_BAY
    draw = uniform(mall.keys[Stream.SEARCH], shopper.number, 0)
    time_s = search_s(occupied_share, park.bays, draw, mall.params[0].search_s_base, mall.params[0].search_s_per_bay)
    until_us = now_us + np.int64(1e6 * (time_s + mall.params[0].manoeuvre_s))
    schedule(mall.shoppers, mall.heap, mall.meta, row, until_us, NORMAL)
    return Then.WAIT


@kernel
def search_s(occupied_share: float, bays: int, draw: float, base_s: float, per_bay_s: float) -> float:
    """Return the search time of the first-free-bay strategy: bays passed are geometric with chance `occupied_share`, at most all."""
    passed = 0.0
    if occupied_share > 0.0:
        passed = min(np.floor(np.log(draw) / np.log(occupied_share)), float(bays)) if occupied_share < 1.0 else float(bays)
    return base_s + per_bay_s * passed


@kernel
def leave_car(mall: Mall, row: int, now_us: int) -> int:
    """Parked: walk to the mall's door."""
    shopper = mall.shoppers[row]
    note(mall, row, now_us, EventKind.PARKED, shopper.parking, now_us - shopper.since_us)
    shopper.doing = Doing.WALKING_FROM_CAR
    time_s = mall.car_parks[shopper.parking].walk_m / shopper.speed_mps
    schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + np.int64(1e6 * time_s), NORMAL)
    return Then.WAIT


@kernel
def end_aisle(mall: Mall, row: int, now_us: int) -> int:
    """At the end of an aisle or a ramp: a bay, or the next one."""
    return Then.WAIT
