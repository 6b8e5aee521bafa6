"""Cars that stand in the car parks at midnight: some drive off in the morning, some stand all day."""

from __future__ import annotations

import numpy as np

from sim.config import RunConfig
from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.cars.exit_records import CarDraw
from sim.crowd.cars.paying import pay_place_of
from sim.crowd.movement import free_row
from sim.crowd.state import Doing, Mall, Stream, Then
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.plan_arrays import CompiledPlan
from sim.random_streams import draw_words, stream_key, uniform, uniforms
from sim.units import US_PER_DAY, US_PER_HOUR, US_PER_S
from sim.visitors import Visitors, empty_visitors

CAME_EARLIEST_US, CAME_LATEST_US = 12 * US_PER_HOUR, 2 * US_PER_HOUR  # before midnight; engineering judgement
LEAVES_FROM_S, LEAVES_TO_S = 6 * 3600.0, 10 * 3600.0  # engineering judgement
STAYS_S = 2 * US_PER_DAY / US_PER_S  # beyond the end of any run


def overnight_cars(compiled: CompiledPlan, config: RunConfig) -> Visitors:
    """Return the cars that stand there at midnight as parties of nobody, whose `stay_s` is when they drive off."""
    exits, plan = config.parking.exits, compiled.arrays
    cars = (exits.overnight_share * plan.parking_bays).astype(np.int64)  # rounded down: never more than bays
    park = np.repeat(np.arange(cars.size), cars)
    ordinal = np.arange(park.size) - np.repeat(np.cumsum(cars) - cars, cars)
    words = draw_words(stream_key(config.seed, "overnight cars"), plan.parking_key[park], ordinal)
    number = (words >> np.uint64(1)).astype(np.int64)
    leaves = uniforms(stream_key(config.seed, "overnight car leaves"), number, 0) < exits.overnight_leaves_share
    hour = uniforms(stream_key(config.seed, "overnight car leaves"), number, 1)
    found = empty_visitors(number.size)._replace(
        number=number,
        people=np.zeros(number.size, np.int32),
        parking=park.astype(np.int32),
        entrance=plan.parking_entrance[park].astype(np.int32),
        stay_s=np.where(leaves, LEAVES_FROM_S + hour * (LEAVES_TO_S - LEAVES_FROM_S), STAYS_S),
    )
    order = np.argsort(number)
    return found._replace(**{name: getattr(found, name)[order] for name in found._fields})


@kernel
def stand_overnight(mall: Mall, row: int, now_us: int) -> int:
    """Stand in a bay since yesterday until somebody comes and drives off; where no bay is left, be gone."""
    shopper, errand = mall.shoppers[row], mall.errands[row]
    park = mall.car_parks[shopper.parking]
    if not _takes_some_bay(mall, row, now_us):
        return free_row(mall, row)
    park.cars += 1
    draw = uniform(mall.keys[Stream.CAR], shopper.number, CarDraw.OVERNIGHT_ENTRY)
    errand.entered_us = now_us - CAME_LATEST_US - np.int64(draw * (CAME_EARLIEST_US - CAME_LATEST_US))
    errand.pay_place = pay_place_of(mall, row)
    note(mall, row, now_us, EventKind.STOOD_OVERNIGHT, shopper.parking, now_us - errand.entered_us)
    shopper.doing = Doing.WALKING_TO_CAR
    schedule(mall.shoppers, mall.heap, mall.meta, row, shopper.stay_until_us, NORMAL)
    return Then.WAIT


@kernel
def _takes_some_bay(mall: Mall, row: int, now_us: int) -> bool:
    """Take the first free bay from an addressed one on; return False when there is none."""
    shopper, errand = mall.shoppers[row], mall.errands[row]
    park = mall.car_parks[shopper.parking]
    if park.aisle_end <= park.aisle_start:
        return False
    start, end = mall.aisles[park.aisle_start].bay_start, mall.aisles[park.aisle_end - 1].bay_end
    first = np.int64(uniform(mall.keys[Stream.CAR], shopper.number, CarDraw.OVERNIGHT_BAY) * (end - start))
    for step in range(end - start):
        bay = start + (first + step) % (end - start)
        here = mall.bays[bay]
        if here.visit < 0 and here.is_reserved == 0:
            here.visit = shopper.number
            mall.aisles[here.aisle].free -= 1
            errand.bay, errand.aisle, errand.floor = bay, here.aisle, mall.aisles[here.aisle].floor
            note(mall, row, now_us, EventKind.BAY_TAKEN, bay, np.int64(1e6 * here.walk_m / shopper.speed_mps))
            return True
    return False
