"""From plan and parameters to car parks, their floors, aisles and bays."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.config import RunConfig
from sim.crowd.cars.guidance import Information
from sim.crowd.cars.layout import CAR_M, Layout, layout_of, reserved_bays
from sim.crowd.cars.records import AISLE, BAY, CAR_PARK, FLOOR
from sim.crowd.state import records
from sim.errors import ConfigError, Problem
from sim.plan_arrays import CompiledPlan
from sim.schema.parking import MANOEUVRE_S, ParkingConfig
from sim.units import US_PER_S


class CarParks(NamedTuple):
    """Where cars stand."""

    car_parks: Any  # CAR_PARK (A)
    floors: Any  # FLOOR
    aisles: Any  # AISLE
    bays: Any  # BAY


def car_parks_of(compiled: CompiledPlan, config: RunConfig, index: dict[str, int]) -> CarParks:
    """Return the records, all bays free; `index` gives a station's number by its name."""
    plan, parking = compiled.arrays, config.parking
    _check(compiled, parking)
    layouts = layouts_of(compiled, parking)
    found = records_of(layouts, plan.parking_gates.tolist(), _ramps_m(compiled, parking), parking)
    parks = found.car_parks
    parks["walk_m"], parks["entrance"] = plan.parking_walk_m, plan.parking_entrance
    for kind in ("gate_in", "gate_out"):
        parks[kind] = np.array([index[f"{kind}:{name}"] for name in compiled.parking_ids], np.int32)
    found.bays["key"] = np.concatenate(
        [np.zeros(0, np.int64), *(key + np.arange(bays) for key, bays in zip(plan.parking_key, plan.parking_bays, strict=True))]
    )
    return found


def layouts_of(compiled: CompiledPlan, parking: ParkingConfig) -> list[Layout]:
    """Return the lay-out of each car park of a plan."""
    plan = compiled.arrays
    return [
        layout_of(int(bays), float(walk_m), parking)
        for bays, walk_m in zip(plan.parking_bays, plan.parking_walk_m, strict=True)
    ]


def _check(compiled: CompiledPlan, parking: ParkingConfig) -> None:
    found = [
        Problem("parking.levels", str(parking.levels), f"car park '{name}' has only {bays} bays", "choose fewer levels")
        for name, bays in zip(compiled.parking_ids, compiled.arrays.parking_bays.tolist(), strict=True)
        if 0 < bays < parking.levels
    ]
    if found:
        raise ConfigError.of("the car parks of the plan", found)


def _ramps_m(compiled: CompiledPlan, parking: ParkingConfig) -> list[float]:
    """Return the way from the street to each car park's first floor: a ramp for every level that it lies above or below the ground."""
    plan = compiled.arrays
    levels = plan.entrance_level[plan.parking_entrance].tolist()
    return [parking.ramp_m * abs(compiled.level_ordinals[level]) for level in levels]


def records_of(layouts: list[Layout], gates: list[int], ramps_m: list[float], parking: ParkingConfig) -> CarParks:
    """Return the records of car parks with these lay-outs; `ramps_m` lead from the gates to their first floors."""
    parks = records(len(layouts), CAR_PARK)
    floors = records(len(layouts) * parking.levels, FLOOR)
    aisles = records(sum(layout.aisle_floor.size for layout in layouts), AISLE)
    bays = records(sum(layout.bay_aisle.size for layout in layouts), BAY)
    parks["pay_machine"] = floors["line_head"] = floors["line_tail"] = bays["visit"] = -1
    bays["sent_us"] = -(10**15)
    aisle_start = bay_start = 0
    for number, (layout, park) in enumerate(zip(layouts, parks, strict=True)):
        own_aisles = aisles[aisle_start : aisle_start + layout.aisle_floor.size]
        own_bays = bays[bay_start : bay_start + layout.bay_aisle.size]
        ends = np.searchsorted(layout.bay_aisle, np.arange(layout.aisle_floor.size + 1))
        own_aisles["drive_m"], own_aisles["length_m"], own_aisles["park"] = layout.aisle_drive_m, layout.aisle_length_m, number
        own_aisles["floor"] = number * parking.levels + layout.aisle_floor
        own_aisles["bay_start"], own_aisles["bay_end"] = bay_start + ends[:-1], bay_start + ends[1:]
        own_aisles["free"] = own_aisles["shown_free"] = np.diff(ends)
        own_bays["drive_m"], own_bays["walk_m"] = layout.bay_drive_m, layout.bay_walk_m
        own_bays["aisle"], own_bays["shown_free"] = aisle_start + layout.bay_aisle, 1
        own_bays["is_reserved"] = reserved_bays(layout, parking.reserved_share)
        park.bays, park.reserved = own_bays.size, int(own_bays["is_reserved"].sum())
        park.aisle_start, park.aisle_end = aisle_start, aisle_start + own_aisles.size
        park.floor_start, park.floor_end = number * parking.levels, (number + 1) * parking.levels
        for place in range(parking.levels):
            on_floor = np.flatnonzero(layout.aisle_floor == place)
            floor = floors[park.floor_start + place]
            ramp_m = ramps_m[number] if place == 0 else parking.ramp_m
            first = aisle_start + (int(on_floor[0]) if on_floor.size else 0)
            floor.park, floor.aisle_start, floor.aisle_end = number, first, first + on_floor.size
            floor.lobby_aisle = aisle_start + layout.floor_lobby_aisle[place]
            floor.ramp_s = ramp_m / parking.drive_mps
            floor.ramp_room = max(int(ramp_m / CAR_M), gates[number] + 2)
            floor.lanes_room = max(4, int(layout.aisle_length_m[on_floor].sum() / CAR_M))
        aisle_start, bay_start = aisle_start + own_aisles.size, bay_start + own_bays.size
    return CarParks(parks, floors, aisles, bays)


def bay_names(compiled: CompiledPlan, config: RunConfig) -> list[str]:
    """Return what each bay is called in events."""
    counts = zip(compiled.parking_ids, compiled.arrays.parking_bays.tolist(), strict=True)
    return [f"{park}:{bay + 1:03d}" for park, bays in counts for bay in range(bays)]


def describe_parking(params: Any, config: RunConfig) -> None:
    """Write the parameters of car parks into the one record of PARAMS."""
    parking = config.parking
    into_s, out_s = MANOEUVRE_S[parking.manoeuvre]
    params.drive_mps = parking.drive_mps
    params.hunt_belief, params.hunt_gain_m = parking.hunt_belief, parking.hunt_gain_m
    params.manoeuvre_in_us, params.manoeuvre_out_us = int(into_s * US_PER_S), int(out_s * US_PER_S)
    params.balk_after_us, params.ramp_headway_us = int(parking.balk_after_s * US_PER_S), int(parking.ramp_headway_s * US_PER_S)
    params.parking_information = Information[parking.information.upper()]
    params.is_reserving = int(parking.reserved_share > 0)
