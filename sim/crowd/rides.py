"""Escalators, stairs and lifts: how long a ride takes, when a party can board, and who holds which place in a lift."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.movement import enter_zone, leave_zone
from sim.crowd.state import LIFT_STOPS, LIFT_TRIPS, Doing, Mall, Then
from sim.crowd.tallies import Counted
from sim.crowd.writing import note, note_segment
from sim.events import EventKind, SegmentKind
from sim.kernel import kernel
from sim.plan_arrays import RideKind

RIDES_MAX = 12  # rides on one errand after which a party takes the quickest way, so that chance cannot keep it riding


@kernel
def ride_time_s(mall: Mall, ride: int, speed_mps: float) -> float:
    """Return the time on the ride: fixed on escalators and in lifts, by one's own speed on stairs."""
    here = mall.rides[ride]
    if here.kind == RideKind.STAIRS:
        return here.length_m / (speed_mps * here.speed_factor)
    return here.ride_s


@kernel
def lift_departure(mall: Mall, ride: int, people: int, now_us: int, book: bool) -> int:
    """Return the first departure with room for `people` on every stretch, or -1 when LIFT_TRIPS departures have none.

    A lift sweeps up in half its cycle and down in the other half; it passes stop i of n at i / (n - 1) of a sweep. Trip k of a
    direction starts k cycles and the lift's phase after midnight. Places are booked in order of asking, so nobody overtakes and no car is overfull.
    """
    here = mall.rides[ride]
    lift = mall.connectors[here.connector]
    going_down = 1 if here.to_stop < here.from_stop else 0
    sweep_us = lift.cycle_us // 2
    steps = max(lift.stops - 1, 1)
    passed = lift.stops - 1 - here.from_stop if going_down == 1 else here.from_stop
    offset_us = lift.phase_us + going_down * sweep_us + passed * sweep_us // steps
    trip = max(0, -((offset_us - now_us) // lift.cycle_us))
    low, high = min(here.from_stop, here.to_stop), max(here.from_stop, here.to_stop)
    for later in range(LIFT_TRIPS):
        load = mall.lift_load[here.lift, going_down, (trip + later) % LIFT_TRIPS]
        if load[LIFT_STOPS - 1] != trip + later + 1:
            if load[LIFT_STOPS - 1] > trip + later + 1:
                continue
            load[:] = 0
            load[LIFT_STOPS - 1] = trip + later + 1
        has_room = True
        for stop in range(low, high):
            has_room = has_room and load[stop] + people <= lift.capacity_people
        if has_room:
            if book:
                for stop in range(low, high):
                    load[stop] += people
            return (trip + later) * lift.cycle_us + offset_us
    return -1


@kernel
def expected_board_s(mall: Mall, ride: int, people: int, now_us: int) -> float:
    """Return the wait that somebody who sees the queue at the ride expects."""
    here = mall.rides[ride]
    if here.kind == RideKind.LIFT:
        departs_us = lift_departure(mall, ride, people, now_us, False)
        return 1e-6 * (departs_us - now_us) if departs_us >= 0 else 1e-6 * LIFT_TRIPS * mall.connectors[here.connector].cycle_us
    return 1e-6 * max(0, here.free_us - now_us)


@kernel
def ask_to_board(mall: Mall, row: int, now_us: int) -> int:
    """At the entry of a ride: book a place and wait for it, or go another way when it does not run."""
    shopper = mall.shoppers[row]
    here = mall.rides[shopper.ride]
    lift = mall.connectors[here.connector]
    if lift.is_open == 0:
        note(mall, row, now_us, EventKind.REROUTED, here.connector, 0)
        return Then.SET_OFF
    shopper.since_us = now_us
    shopper.has_booked = 1
    if here.kind == RideKind.LIFT:
        board_us = lift_departure(mall, shopper.ride, shopper.people, now_us, True)
        if board_us < 0:
            mall.counts[Counted.LIFT_REFUSALS] += 1
            shopper.has_booked = 0
            board_us = now_us + lift.cycle_us
    else:
        board_us = max(now_us, here.free_us)
        here.free_us = board_us + here.headway_us * shopper.people
    shopper.doing = Doing.BOARDING
    schedule(mall.shoppers, mall.heap, mall.meta, row, board_us, NORMAL)
    return Then.WAIT


@kernel
def board(mall: Mall, row: int, now_us: int) -> int:
    """Step on, unless the ride has stopped or the lift had no room; whoever is on it when it stops finishes the ride."""
    shopper = mall.shoppers[row]
    here = mall.rides[shopper.ride]
    if mall.connectors[here.connector].is_open == 0:
        note(mall, row, now_us, EventKind.REROUTED, here.connector, 0)
        return Then.SET_OFF
    if shopper.has_booked == 0:
        return Then.SET_OFF
    note_segment(mall, row, SegmentKind.STANDING, -1 - shopper.node, shopper.since_us, now_us, 0.0, 0.0)
    note(mall, row, now_us, EventKind.BOARDED, shopper.ride, now_us - shopper.since_us)
    leave_zone(mall, row, now_us)
    shopper.rides_taken = min(shopper.rides_taken + 1, RIDES_MAX)
    shopper.since_us = now_us
    shopper.doing = Doing.RIDING
    time_s = ride_time_s(mall, shopper.ride, shopper.speed_mps)
    schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + np.int64(1e6 * time_s), NORMAL)
    return Then.WAIT


@kernel
def step_off(mall: Mall, row: int, now_us: int) -> int:
    """Step off on to the floor, full or not (a belt does not wait), and go on."""
    shopper = mall.shoppers[row]
    here = mall.rides[shopper.ride]
    note_segment(mall, row, SegmentKind.RIDING, shopper.ride, shopper.since_us, now_us, 0.0, here.length_m)
    shopper.node = here.to_node
    shopper.leg = -1
    enter_zone(mall, row, mall.nodes[here.to_node].zone, now_us)
    return Then.SET_OFF
