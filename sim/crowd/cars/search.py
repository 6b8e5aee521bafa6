"""Looking for a bay: one event for each aisle, and a decision by the driver's strategy; bays are claimed where the car stands."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.cars.guidance import bay_told, sign_told
from sim.crowd.cars.ramps import DriveTo, enter_ramp, leave_lanes, ramp_has_room
from sim.crowd.state import Doing, Mall, Then
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.visitors import ParkingStrategy


@kernel
def begin_search(mall: Mall, row: int, now_us: int) -> int:
    """On a floor, at the ramp's foot: drive where the strategy says."""
    errand = mall.errands[row]
    floor = mall.floors[errand.floor]
    errand.aisle = -1
    errand.at_back = 0
    errand.aisles_driven = 0
    errand.sought_bay = -1
    errand.best_bay = -1
    if floor.aisle_start == floor.aisle_end:
        return give_up(mall, row, now_us)
    if errand.is_vip == 1 and mall.params[0].is_reserving == 1:
        bay = _reserved_bay(mall, errand.floor)
        if bay >= 0:
            return _drive_to_bay(mall, row, bay, now_us)
    if errand.parks_by == ParkingStrategy.GUIDED:
        bay = bay_told(mall, row, errand.floor, now_us)
        if bay >= 0:
            return _drive_to_bay(mall, row, bay, now_us)
        aisle = sign_told(mall, errand.floor, mall.shoppers[row].speed_mps)
        if aisle >= 0:
            return _drive_to_aisle(mall, row, aisle, now_us)
        errand.parks_by = ParkingStrategy.FIRST
    if errand.parks_by == ParkingStrategy.HUNT:
        return _drive_to_aisle(mall, row, floor.lobby_aisle, now_us)
    return _drive_to_aisle(mall, row, floor.aisle_start, now_us)


@kernel
def _reserved_bay(mall: Mall, floor: int) -> int:
    """Return the free reserved bay with the shortest walk, which VIPs are told at the gate, or -1."""
    best = -1
    best_m = np.inf
    for aisle in range(mall.floors[floor].aisle_start, mall.floors[floor].aisle_end):
        for bay in range(mall.aisles[aisle].bay_start, mall.aisles[aisle].bay_end):
            here = mall.bays[bay]
            if here.is_reserved == 1 and here.visit < 0 and here.walk_m < best_m:
                best_m = here.walk_m
                best = bay
    return best


@kernel
def may_take(mall: Mall, row: int, bay: int) -> bool:
    """Return whether a bay is free, and for this driver."""
    here = mall.bays[bay]
    if here.visit >= 0:
        return False
    return here.is_reserved == 0 or mall.params[0].is_reserving == 0 or mall.errands[row].is_vip == 1


@kernel
def _place_m(mall: Mall, row: int) -> float:
    """Return how far along its aisle, from the front end, a car stands that is at one of the ends."""
    errand = mall.errands[row]
    return mall.aisles[errand.aisle].length_m if errand.aisle >= 0 and errand.at_back == 1 else 0.0


@kernel
def _drive(mall: Mall, row: int, drive_to: int, metres: float, now_us: int) -> int:
    mall.errands[row].drive_to = drive_to
    mall.shoppers[row].doing = Doing.DRIVING
    time_us = np.int64(1e6 * metres / mall.params[0].drive_mps)
    schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + time_us, NORMAL)
    return Then.WAIT


@kernel
def _across_m(mall: Mall, row: int, aisle: int) -> float:
    """Return the way along the lane from the car's aisle (or the ramp's foot) to another."""
    here = mall.errands[row].aisle
    from_m = mall.aisles[here].drive_m if here >= 0 else 0.0
    return abs(mall.aisles[aisle].drive_m - from_m)


@kernel
def _through_m(mall: Mall, row: int) -> float:
    """Drive the aisle that one is at the end of to its other end; return its length. Nothing at the ramp's foot."""
    errand = mall.errands[row]
    if errand.aisle < 0:
        return 0.0
    errand.at_back = 1 - errand.at_back
    return mall.aisles[errand.aisle].length_m


@kernel
def _drive_to_aisle(mall: Mall, row: int, aisle: int, now_us: int) -> int:
    """Through the present aisle, and along the lane to an end of another."""
    metres = _through_m(mall, row)
    metres += _across_m(mall, row, aisle)
    mall.errands[row].aisle = aisle
    return _drive(mall, row, DriveTo.AISLE, metres, now_us)


@kernel
def _drive_to_bay(mall: Mall, row: int, bay: int, now_us: int) -> int:
    """Straight to a bay: of the aisle that one is at the end of, or of another."""
    errand = mall.errands[row]
    metres = 0.0
    aisle = mall.bays[bay].aisle
    if errand.aisle != aisle:
        metres = _through_m(mall, row) + _across_m(mall, row, aisle)
        errand.aisle = aisle
    metres += abs(mall.bays[bay].drive_m - _place_m(mall, row))
    errand.sought_bay = bay
    return _drive(mall, row, DriveTo.BAY, metres, now_us)


@kernel
def look_along(mall: Mall, row: int, now_us: int) -> int:
    """At the end of an aisle: see its free bays, and take one or drive on."""
    errand = mall.errands[row]
    if now_us - mall.shoppers[row].since_us >= mall.params[0].balk_after_us:
        return give_up(mall, row, now_us)
    errand.aisles_driven += 1
    if errand.parks_by == ParkingStrategy.HUNT:
        return _hunt(mall, row, now_us)
    bay = _first_free(mall, row, _place_m(mall, row))
    if bay >= 0:
        return _drive_to_bay(mall, row, bay, now_us)
    errand.parks_by = ParkingStrategy.FIRST
    return _drive_on(mall, row, 0.0, now_us)


@kernel
def _first_free(mall: Mall, row: int, place_m: float) -> int:
    """Return the first bay that the driver may take from a place along its aisle on, in its direction, or -1."""
    errand = mall.errands[row]
    aisle = mall.aisles[errand.aisle]
    if aisle.free == 0:
        return -1
    for step in range(aisle.bay_end - aisle.bay_start):
        bay = aisle.bay_start + step if errand.at_back == 0 else aisle.bay_end - 1 - step
        is_ahead = mall.bays[bay].drive_m >= place_m if errand.at_back == 0 else mall.bays[bay].drive_m <= place_m
        if is_ahead and may_take(mall, row, bay):
            return bay
    return -1


@kernel
def _drive_on(mall: Mall, row: int, driven_m: float, now_us: int) -> int:
    """No bay in this aisle, of which some metres are driven: to the next one, after the last to the next floor, or round again."""
    errand = mall.errands[row]
    floor = mall.floors[errand.floor]
    park = mall.car_parks[mall.shoppers[row].parking]
    metres = _through_m(mall, row) - driven_m
    aisle = errand.aisle + 1
    if aisle >= floor.aisle_end:
        if errand.floor + 1 < park.floor_end and ramp_has_room(mall, errand.floor + 1):
            leave_lanes(mall, row, now_us)
            return enter_ramp(mall, row, errand.floor + 1, metres, now_us)
        aisle = floor.aisle_start
    metres += _across_m(mall, row, aisle)
    errand.aisle = aisle
    return _drive(mall, row, DriveTo.AISLE, metres, now_us)


@kernel
def _hunt(mall: Mall, row: int, now_us: int) -> int:
    """Remember the nearest bay seen; drive on while one nearer by enough is likely in the next aisle, else go there, or back.

    The driver sees how full this aisle is and takes the next one to be as full: with a share f of bays free and n bays that are worth
    it, one of them is free with chance 1 - (1 - f)^n. What it goes back to may be gone by then.
    """
    errand = mall.errands[row]
    aisle = mall.aisles[errand.aisle]
    best_m = mall.bays[errand.best_bay].walk_m if errand.best_bay >= 0 else np.inf
    free = 0
    for bay in range(aisle.bay_start, aisle.bay_end):
        if may_take(mall, row, bay):
            free += 1
            if mall.bays[bay].walk_m < best_m:
                best_m = mall.bays[bay].walk_m
                errand.best_bay = bay
    following = _hunted_aisle(mall, errand.floor, errand.aisles_driven)
    if following >= 0:
        nearer = 0
        for bay in range(mall.aisles[following].bay_start, mall.aisles[following].bay_end):
            if mall.bays[bay].walk_m < best_m - mall.params[0].hunt_gain_m:
                nearer += 1
        share = free / (aisle.bay_end - aisle.bay_start)
        if errand.best_bay < 0 or 1.0 - (1.0 - share) ** nearer > mall.params[0].hunt_belief:
            return _drive_to_aisle(mall, row, following, now_us)
    if errand.best_bay >= 0:
        return _drive_to_bay(mall, row, errand.best_bay, now_us)
    errand.parks_by = ParkingStrategy.FIRST
    return _drive_on(mall, row, 0.0, now_us)


@kernel
def _hunted_aisle(mall: Mall, floor: int, driven: int) -> int:
    """Return the aisle that a hunter drives after so many: ever farther from the lobby on alternating sides; -1 after the last."""
    here = mall.floors[floor]
    left, right = here.lobby_aisle - here.aisle_start, here.aisle_end - 1 - here.lobby_aisle
    if driven > left + right:
        return -1
    both = min(left, right)
    if driven <= 2 * both:
        step = (driven + 1) // 2
        return here.lobby_aisle + (step if driven % 2 == 1 else -step)
    step = driven - both
    return here.lobby_aisle + (step if right > left else -step)


@kernel
def reach_bay(mall: Mall, row: int, now_us: int) -> int:
    """Before the bay that was sought: stand in it, or search on from there because somebody else does."""
    errand = mall.errands[row]
    bay = errand.sought_bay
    errand.sought_bay = -1
    if may_take(mall, row, bay):
        return _claim(mall, row, bay, now_us)
    place_m = mall.bays[bay].drive_m
    errand.parks_by = ParkingStrategy.FIRST
    other = _first_free(mall, row, place_m)
    if other >= 0:
        errand.sought_bay = other
        return _drive(mall, row, DriveTo.BAY, abs(mall.bays[other].drive_m - place_m), now_us)
    if now_us - mall.shoppers[row].since_us >= mall.params[0].balk_after_us:
        return give_up(mall, row, now_us)
    return _drive_on(mall, row, abs(place_m - _place_m(mall, row)), now_us)


@kernel
def _claim(mall: Mall, row: int, bay: int, now_us: int) -> int:
    """Take a bay at the instant the car stands before it, and drive in."""
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    here = mall.bays[bay]
    here.visit = shopper.number
    errand.bay = bay
    mall.aisles[here.aisle].free -= 1
    mall.car_parks[shopper.parking].in_reserved += here.is_reserved
    walk_us = np.int64(1e6 * here.walk_m / shopper.speed_mps)
    note(mall, row, now_us, EventKind.BAY_TAKEN, bay, walk_us)
    if errand.is_vip == 1:
        note(mall, row, now_us, EventKind.VIP_PARKED, bay, walk_us)
    shopper.doing = Doing.SEARCHING_BAY
    schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + mall.params[0].manoeuvre_in_us, NORMAL)
    return Then.WAIT


@kernel
def stand(mall: Mall, row: int, now_us: int) -> None:
    """In the bay: the lane is clear."""
    shopper = mall.shoppers[row]
    note(mall, row, now_us, EventKind.PARKED, shopper.parking, now_us - shopper.since_us)
    leave_lanes(mall, row, now_us)


@kernel
def free_bay(mall: Mall, row: int, now_us: int) -> None:
    """Leave one's own bay; nothing when the party has none, or has left it already."""
    bay = mall.errands[row].bay
    if bay < 0 or mall.bays[bay].visit != mall.shoppers[row].number:
        return
    here = mall.bays[bay]
    here.visit = -1
    mall.aisles[here.aisle].free += 1
    mall.car_parks[mall.shoppers[row].parking].in_reserved -= here.is_reserved
    note(mall, row, now_us, EventKind.BAY_LEFT, bay, 0)


@kernel
def give_up(mall: Mall, row: int, now_us: int) -> int:
    """Search no longer: drive to the exit gate."""
    shopper = mall.shoppers[row]
    note(mall, row, now_us, EventKind.PARKING_GAVE_UP, shopper.parking, now_us - shopper.since_us)
    leave_lanes(mall, row, now_us)
    return drive_to_exit(mall, row, 0, now_us)


@kernel
def drive_to_exit(mall: Mall, row: int, after_us: int, now_us: int) -> int:
    """From where the car is, after a manoeuvre, to the exit gate: along the aisle, the lane and the ramps by which it came."""
    errand = mall.errands[row]
    metres = _place_m(mall, row)
    if errand.bay >= 0:
        metres = mall.bays[errand.bay].drive_m
        errand.aisle = mall.bays[errand.bay].aisle
    if errand.aisle >= 0:
        metres += mall.aisles[errand.aisle].drive_m
    for floor in range(mall.car_parks[mall.shoppers[row].parking].floor_start, errand.floor + 1):
        metres += mall.floors[floor].ramp_s * mall.params[0].drive_mps
    return _drive(mall, row, DriveTo.EXIT, metres, now_us + after_us)
