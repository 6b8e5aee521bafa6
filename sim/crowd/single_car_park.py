"""One car park without a mall: cars come, look for a bay, stand and go, by the very functions that run a mall's car parks.

A car stays from the gate for a time of its own, whatever its search took of it, and then leaves at once: so a car park that turns cars
away when it is full is a loss system, and its occupancy is counted here by itself, from the events.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from sim.crowd import state
from sim.crowd.agenda import NORMAL, PRIORITIES, ROW_MASK, close_hole, drop_dead, schedule
from sim.crowd.cars.arriving import admit_car, end_aisle
from sim.crowd.cars.build import records_of
from sim.crowd.cars.guidance import Information, show_bays
from sim.crowd.cars.layout import layout_of
from sim.crowd.cars.ramps import DriveTo
from sim.crowd.cars.search import free_bay, stand
from sim.crowd.errand import ERRAND
from sim.crowd.loop import ARRIVAL_PRIORITY, NEVER, next_entry
from sim.crowd.mind import MIND
from sim.crowd.movement import free_row
from sim.crowd.queues import service_s
from sim.crowd.state import Doing, Law, Mall, Meta, Stream, records
from sim.crowd.tallies import Counted
from sim.events import EventKind
from sim.kernel import entry, kernel, referred
from sim.random_streams import exponential, stream_key
from sim.schema.parking import MANOEUVRE_S, ParkingConfig
from sim.units import US_PER_S
from sim.visitors import ParkingStrategy

LOG_ROWS = 256  # events are read and dropped at every step
WALK_MPS = 1.34

LOT = np.dtype(
    [
        ("rate_per_us", "f8"), ("arrivals_key", "u8"), ("stay_key", "u8"), ("sensor_key", "u8"), ("wrong_share", "f8"),
        ("stay_s_mean", "f8"), ("stay_cv", "f8"), ("stay_law", "i8"), ("strategy", "i8"), ("next_us", "i8"), ("next_shown_us", "i8"),
        ("refresh_us", "i8"), ("batch_size", "i8"), ("cars", "i8"), ("arrived", "i8"), ("clock_us", "i8"), ("car_area_us", "i8"),
        ("entries", "i8"), ("exits", "i8"), ("inside_max", "i8"), ("inside_min", "i8"), ("standing", "i8"), ("standing_max", "i8"),
        ("shared_bays", "i8"), ("kept", "i8"),
    ],
    align=True,
)  # fmt: skip
# shared_bays: bays taken while somebody stood there, which must not happen.


class CarSum(IntEnum):
    """Columns of the sums, which are kept for each batch of cars by their number."""

    ARRIVED = 0
    TURNED_AWAY = 1
    PARKED = 2
    GAVE_UP = 3
    SEARCH_US = 4  # of those who parked: from the gate to standing
    WALK_US = 5
    FIRST_US = 6  # arrival of the batch's first car
    CAR_AREA_US = 7  # integral of the cars inside from the start until then


@dataclass(frozen=True)
class CarParkCase:
    """What is studied: a car park of one floor, and who comes to it."""

    bays: int
    arrivals_per_h: float
    stay_s_mean: float
    strategy: ParkingStrategy = ParkingStrategy.FIRST
    cars: int = 20_000
    stay_law: Law = Law.EXPONENTIAL
    stay_cv: float = 1.0
    walk_m: float = 40.0  # mean, from a bay to the door
    wrong_share: float = 0.0  # of bay sensors
    parking: ParkingConfig = field(default_factory=ParkingConfig)
    batches: int = 31
    seed: int = 1
    replication: int = 0


@dataclass(frozen=True)
class CarParkStudy:
    """What happened; all integers."""

    sums: np.ndarray  # (batches, len(CarSum)) int64
    entries: int
    exits: int
    inside: int  # at the end
    inside_min: int
    inside_max: int
    standing_max: int
    shared_bays: int
    free_bays: int  # at the end
    clock_us: int
    car_area_us: int
    events: np.ndarray  # EVENT records, the first ones as many as were asked for


def study_car_park(case: CarParkCase, arrivals_us: np.ndarray | None = None, *, keep_events: int = 0) -> CarParkStudy:
    """Send cars through a car park until the last has gone: Poisson arrivals, or `arrivals_us` (int64, ascending)."""
    given = np.zeros(0, np.int64) if arrivals_us is None else np.asarray(arrivals_us, np.int64)
    count = case.cars if arrivals_us is None else given.size
    mall, lot = _mall_of(case), _lot_of(case, count, given)
    sums = np.zeros((case.batches, len(CarSum)), np.int64)
    kept = records(keep_events, state.EVENT)
    run_car_park(mall, lot, given, sums, kept, np.zeros(case.bays, np.int64))
    one = lot[0]
    return CarParkStudy(
        sums=sums, entries=int(one.entries), exits=int(one.exits), inside=int(mall.car_parks[0].cars), inside_min=int(one.inside_min),
        inside_max=int(one.inside_max), standing_max=int(one.standing_max), shared_bays=int(one.shared_bays),
        free_bays=int((mall.bays["visit"] < 0).sum()), clock_us=int(one.clock_us), car_area_us=int(one.car_area_us),
        events=kept[: one.kept],
    )  # fmt: skip


def _lot_of(case: CarParkCase, count: int, given: np.ndarray) -> np.ndarray:
    lot = records(1, LOT)
    one = lot[0]
    one.rate_per_us = case.arrivals_per_h / 3600 * 1e-6
    for key, purpose in (("arrivals_key", "arrivals"), ("stay_key", "stay"), ("sensor_key", "bay sensors")):
        one[key] = stream_key(case.seed, f"{case.replication}/{purpose}")
    one.stay_s_mean, one.stay_cv, one.stay_law, one.strategy = case.stay_s_mean, case.stay_cv, case.stay_law, case.strategy
    one.cars, one.batch_size, one.wrong_share = count, max(1, -(-count // case.batches)), case.wrong_share
    is_told = case.parking.information != "none"
    one.refresh_us, one.next_shown_us = int(case.parking.refresh_s * US_PER_S), 0 if is_told else NEVER // PRIORITIES
    one.next_us = given[0] if given.size else _next_us(one.arrivals_key, one.rate_per_us, 0, 0)
    return lot


@entry
def _next_us(key: np.uint64, rate_per_us: float, car: int, now_us: int) -> int:
    return now_us + np.int64(exponential(key, car, 0) / rate_per_us)


def _mall_of(case: CarParkCase) -> Mall:
    """Return a mall that is one car park, without its gates."""
    rows = case.bays + 2
    layout = layout_of(case.bays, case.walk_m, case.parking)
    parks = records_of([layout], [1], [0.0], case.parking)
    parks.bays["key"] = np.arange(case.bays)
    shoppers = records(rows, state.SHOPPER)
    shoppers["people"], shoppers["speed_mps"] = 1, WALK_MPS
    keys = np.array([stream_key(case.seed, f"{case.replication}/{purpose.name.lower()}") for purpose in Stream], np.uint64)
    mall = state.example_mall()._replace(
        shoppers=shoppers, errands=records(rows, ERRAND), minds=records(rows, MIND), keys=keys, log=records(LOG_ROWS, state.EVENT), params=_params_of(case),
        heap=np.zeros((2 * rows + 1024, 3), np.int64), free_rows=np.arange(rows, dtype=np.int32)[::-1].copy(),
        meta=np.zeros(len(Meta), np.int64), counts=np.zeros(len(Counted), np.int64), stations=records(1, state.STATION),
        **parks._asdict(),
    )  # fmt: skip
    mall.meta[Meta.FREE_ROWS] = rows
    return mall


def _params_of(case: CarParkCase) -> np.ndarray:
    params, parking = records(1, state.PARAMS), case.parking
    one = params[0]
    into_s, out_s = MANOEUVRE_S[parking.manoeuvre]
    one.drive_mps, one.balk_after_us = parking.drive_mps, int(parking.balk_after_s * US_PER_S)
    one.hunt_belief, one.hunt_gain_m = parking.hunt_belief, parking.hunt_gain_m
    one.manoeuvre_in_us, one.manoeuvre_out_us = int(into_s * US_PER_S), int(out_s * US_PER_S)
    one.ramp_headway_us = int(parking.ramp_headway_s * US_PER_S)
    one.parking_information = Information[parking.information.upper()]
    return params


@entry
def run_car_park(
    mall: Mall, lot: np.ndarray, given_us: np.ndarray, sums: np.ndarray, kept: np.ndarray, stands: np.ndarray
) -> None:
    """Let cars come and go in order of time, with the ties of the mall's loop."""
    mall = referred(mall)
    one = lot[0]
    meta = mall.meta
    while True:
        if meta[Meta.AGENDA_SIZE] + 2 >= mall.heap.shape[0] or meta[Meta.AGENDA_DEAD] * 2 > meta[Meta.AGENDA_SIZE] + 64:
            drop_dead(mall.shoppers, mall.heap, meta)
        first = next_entry(mall)
        arrival = one.next_us * PRIORITIES + ARRIVAL_PRIORITY if one.arrived < one.cars else NEVER
        if min(first, arrival) == NEVER:
            return
        now_us = min(first, arrival) // PRIORITIES
        if one.next_shown_us <= now_us:
            # nobody looks between two cars, so that only the last reading before this one matters
            one.next_shown_us += (now_us - one.next_shown_us) // one.refresh_us * one.refresh_us
            show_bays(mall, one.next_shown_us, one.wrong_share, one.sensor_key)
            one.next_shown_us += one.refresh_us
        one.car_area_us += mall.car_parks[0].cars * (now_us - one.clock_us)
        one.clock_us = now_us
        if arrival < first:
            _come(mall, lot, sums, now_us)
            if one.arrived < one.cars:
                if given_us.size > 0:
                    one.next_us = given_us[one.arrived]
                else:
                    one.next_us = now_us + np.int64(exponential(one.arrivals_key, one.arrived, 0) / one.rate_per_us)
        else:
            row = mall.heap[0, 2] & ROW_MASK
            meta[Meta.AGENDA_HOLE] = 1
            mall.shoppers[row].has_entry = 0
            _go_on(mall, lot, row, now_us)
            close_hole(mall.heap, meta)
        one.inside_max = max(one.inside_max, mall.car_parks[0].cars)
        one.inside_min = min(one.inside_min, mall.car_parks[0].cars)
        _read_events(mall, lot, sums, kept, stands)


@kernel
def _come(mall: Mall, lot: np.ndarray, sums: np.ndarray, now_us: int) -> None:
    """The next car comes, and drives in or is turned away."""
    one = lot[0]
    batch = sums[one.arrived // one.batch_size]
    if one.arrived % one.batch_size == 0:
        batch[CarSum.FIRST_US] = now_us
        batch[CarSum.CAR_AREA_US] = one.car_area_us
    batch[CarSum.ARRIVED] += 1
    mall.meta[Meta.FREE_ROWS] -= 1
    row = mall.free_rows[mall.meta[Meta.FREE_ROWS]]
    mall.shoppers[row].number = one.arrived
    errand = mall.errands[row]
    errand.bay = -1
    errand.parks_by = one.strategy
    one.arrived += 1
    if admit_car(mall, row, now_us):
        one.entries += 1
    else:
        batch[CarSum.TURNED_AWAY] += 1
        free_row(mall, row)


@kernel
def _go_on(mall: Mall, lot: np.ndarray, row: int, now_us: int) -> None:
    """The end of a drive, of the way into a bay, of a stay."""
    one = lot[0]
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    if shopper.doing == Doing.DRIVING and errand.drive_to != DriveTo.EXIT:
        end_aisle(mall, row, now_us)
        return
    if shopper.doing == Doing.SEARCHING_BAY:
        stand(mall, row, now_us)
        stay_s = service_s(one.stay_law, one.stay_s_mean, one.stay_cv, one.stay_key, shopper.number, 0)
        shopper.doing = Doing.WALKING_TO_CAR
        leaves_us = max(now_us, errand.entered_us + np.int64(1e6 * stay_s))
        schedule(mall.shoppers, mall.heap, mall.meta, row, leaves_us, NORMAL)
        return
    free_bay(mall, row, now_us)
    mall.car_parks[0].cars -= 1
    one.exits += 1
    free_row(mall, row)


@kernel
def _read_events(mall: Mall, lot: np.ndarray, sums: np.ndarray, kept: np.ndarray, stands: np.ndarray) -> None:
    """Add up what was written, and empty the log."""
    one = lot[0]
    for index in range(mall.meta[Meta.LOG_ROWS]):
        event = mall.log[index]
        batch = sums[event.visit // one.batch_size]
        if event.kind == EventKind.PARKED:
            batch[CarSum.PARKED] += 1
            batch[CarSum.SEARCH_US] += event.value
        elif event.kind == EventKind.PARKING_GAVE_UP:
            batch[CarSum.GAVE_UP] += 1
        elif event.kind == EventKind.BAY_TAKEN:
            batch[CarSum.WALK_US] += event.value
            one.shared_bays += stands[event.place]
            stands[event.place] += 1
            one.standing += 1
            one.standing_max = max(one.standing_max, one.standing)
        elif event.kind == EventKind.BAY_LEFT:
            stands[event.place] -= 1
            one.standing -= 1
        if one.kept < kept.size:
            copied = kept[one.kept]
            copied.time_us, copied.visit, copied.kind = event.time_us, event.visit, event.kind
            copied.place, copied.value = event.place, event.value
            one.kept += 1
    mall.meta[Meta.LOG_ROWS] = 0
