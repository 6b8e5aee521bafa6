"""Out by car: pay, find one's own car again, wait for the exit gate, and away."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.cars.exit_records import CarDraw, PayPlace
from sim.crowd.cars.paying import (
    charge,
    has_lost_ticket,
    is_settled,
    is_unread,
    lognormal_s,
    owed_fen,
    pay_place_of,
    settle,
)
from sim.crowd.movement import free_row
from sim.crowd.queues import join
from sim.crowd.satisfaction import write_outcome
from sim.crowd.state import Doing, Mall, Stream, Then
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.random_streams import exponential, standard_normal, uniform
from sim.units import US_PER_S

RAMP_LOOK_US = 10 * US_PER_S  # a driver whom the line keeps in the bay looks again so often; engineering judgement


@kernel
def back_to_car(mall: Mall, row: int, now_us: int) -> int:
    """Outside: pay on the phone or go round by the pay machine (which wants a ticket), and walk to the car; on foot, be gone."""
    shopper = mall.shoppers[row]
    if shopper.parking < 0:
        return free_row(mall, row)
    errand = mall.errands[row]
    errand.pay_place = pay_place_of(mall, row)
    if errand.pay_place == PayPlace.IN_APP:
        settle(mall, row, now_us, now_us, PayPlace.IN_APP)
    elif errand.pay_place == PayPlace.AT_MACHINE and not has_lost_ticket(mall, row) and owed_fen(mall, row, now_us) > 0:
        shopper.doing = Doing.WALKING_TO_MACHINE
        walk_us = np.int64(1e6 * mall.params[0].machine_walk_s)
        schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + walk_us, NORMAL)
        return Then.WAIT
    return walk_to_car(mall, row, now_us)


@kernel
def reach_machine(mall: Mall, row: int, now_us: int) -> int:
    """At the pay machine: join its line, or pay at the gate when that is too long."""
    machine = mall.car_parks[mall.shoppers[row].parking].pay_machine
    if machine < 0 or not join(mall, row, machine, now_us):
        return walk_to_car(mall, row, now_us)
    return Then.WAIT


@kernel
def paid_at_machine(mall: Mall, row: int, now_us: int) -> int:
    """The end of service at the pay machine, which reckoned when the driver stepped up to it."""
    settle(mall, row, now_us, mall.shoppers[row].joined_us, PayPlace.AT_MACHINE)
    return walk_to_car(mall, row, now_us)


@kernel
def walk_to_car(mall: Mall, row: int, now_us: int) -> int:
    """Walk to one's own car, look for it where one has forgotten where it stands, and make ready to drive off."""
    shopper, errand, params = mall.shoppers[row], mall.errands[row], mall.params[0]
    shopper.doing = Doing.WALKING_TO_CAR
    walk_m = mall.bays[errand.bay].walk_m
    key = mall.keys[Stream.CAR]
    if uniform(key, shopper.number, CarDraw.FORGETS) < params.forget_share:
        find_s = params.find_car_s_mean * exponential(key, shopper.number, CarDraw.FIND_S)
        if errand.uses_app == 1:
            find_s *= params.find_car_app_factor
        errand.find_us = np.int64(1e6 * find_s)
    walk_us = np.int64(1e6 * walk_m / shopper.speed_mps)
    off_s = lognormal_s(params.drive_off_s_mean, params.pay_cv, standard_normal(key, shopper.number, CarDraw.DRIVE_OFF))
    until_us = now_us + walk_us + errand.find_us + np.int64(1e6 * off_s)
    schedule(mall.shoppers, mall.heap, mall.meta, row, until_us, NORMAL)
    return Then.WAIT


@kernel
def is_held_in_bay(mall: Mall, row: int, now_us: int) -> bool:
    """Ready to drive off: return whether the line at the exit fills the ramp, in which case the driver waits and looks again."""
    shopper, errand = mall.shoppers[row], mall.errands[row]
    is_first_look = errand.ready_us == 0
    if is_first_look:
        errand.ready_us = now_us
        if shopper.people == 0 and errand.pay_place == PayPlace.IN_APP:
            settle(mall, row, now_us, now_us, PayPlace.IN_APP)  # the owner of a car that stood overnight
        if errand.find_us > 0:
            note(mall, row, now_us, EventKind.CAR_FOUND, shopper.parking, errand.find_us)
    gate = mall.stations[mall.car_parks[shopper.parking].gate_out]
    if gate.waiting < mall.params[0].ramp_cars * max(1, gate.servers_open):
        return False
    if is_first_look:
        note(mall, row, now_us, EventKind.EXIT_BLOCKED, shopper.parking, gate.waiting)
    schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + RAMP_LOOK_US, NORMAL)
    return True


@kernel
def drive_out(mall: Mall, row: int, now_us: int) -> int:
    """At the exit gate: join its line. The drive from the bay is no delay, and is taken out of it."""
    shopper = mall.shoppers[row]
    mall.errands[row].ready_us += now_us - shopper.since_us
    joined = join(mall, row, mall.car_parks[shopper.parking].gate_out, now_us)
    assert joined
    return Then.WAIT


@kernel
def pass_gate_out(mall: Mall, row: int, now_us: int) -> int:
    """Through the exit gate: what was owed when the car came to the barrier is paid, the bay's number is free again, the party gone."""
    shopper, errand = mall.shoppers[row], mall.errands[row]
    mall.car_parks[shopper.parking].cars -= 1
    if errand.bay < 0:  # it gave up its search, and is let out
        note(mall, row, now_us, EventKind.PARKING_BALKED, shopper.parking, mall.car_parks[shopper.parking].cars)
        write_outcome(mall, row, now_us, False)
        return free_row(mall, row)
    reckoned_us = shopper.joined_us
    if has_lost_ticket(mall, row):
        note(mall, row, now_us, EventKind.TICKET_LOST, shopper.parking, now_us - errand.entered_us)
        charge(mall, row, now_us, mall.params[0].lost_fee_fen, PayPlace.AT_GATE)
    elif not is_settled(mall, row, reckoned_us):
        by_plate = errand.pay_place == PayPlace.BY_PLATE and not is_unread(mall, row)
        settle(mall, row, now_us, reckoned_us, PayPlace.BY_PLATE if by_plate else PayPlace.AT_GATE)
    note(mall, row, now_us, EventKind.UNPARKED, shopper.parking, now_us - errand.ready_us)
    return free_row(mall, row)
