"""The generated lay-out of a car park: how many bays, how far, which are reserved; and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config import RunConfig, problems_of
from sim.crowd.cars.build import car_parks_of
from sim.crowd.cars.layout import layout_of, reserved_bays
from sim.errors import ConfigError
from sim.schema.parking import ParkingConfig
from tests.engine_days import corner_mall

pytestmark = pytest.mark.plain


@pytest.mark.parametrize(("bays", "levels", "aisle_bays"), [(24, 1, 40), (652, 1, 40), (652, 3, 40), (7, 7, 2), (1, 1, 2)])
def test_every_bay_is_there_once_and_the_mean_walk_is_that_of_the_plan(bays, levels, aisle_bays):
    layout = layout_of(bays, 50.0, ParkingConfig(levels=levels, aisle_bays=aisle_bays))

    assert layout.bay_walk_m.size == layout.bay_drive_m.size == layout.bay_aisle.size == bays
    assert layout.bay_walk_m.mean() == pytest.approx(50.0)
    assert (np.diff(layout.bay_aisle) >= 0).all()
    assert np.bincount(layout.bay_aisle).max() <= aisle_bays
    assert (layout.bay_drive_m <= layout.aisle_length_m[layout.bay_aisle]).all()


def test_bays_of_an_aisle_lie_in_order_of_their_distance_from_its_front():
    layout = layout_of(100, 50.0, ParkingConfig())

    for aisle in range(layout.aisle_floor.size):
        assert (np.diff(layout.bay_drive_m[layout.bay_aisle == aisle]) >= 0).all()


def test_a_lower_floor_is_farther_from_the_door():
    layout = layout_of(200, 50.0, ParkingConfig(levels=2))
    floor = layout.aisle_floor[layout.bay_aisle]

    assert layout.bay_walk_m[floor == 1].min() > layout.bay_walk_m[floor == 0].min()


def test_reserved_are_the_bays_with_the_shortest_walk():
    layout = layout_of(200, 50.0, ParkingConfig())
    reserved = reserved_bays(layout, 0.1)

    assert reserved.sum() == 20
    assert layout.bay_walk_m[reserved].max() <= layout.bay_walk_m[~reserved].min()
    assert reserved_bays(layout, 1.0).all()


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("reserved_until", "noon", "a time of day"),
        ("reserved_until", "12:10", "full or half hour"),
        ("reserved_share", 1.2, "at most 1"),
        ("information", "radio", "one of none, signs, app"),
        ("manoeuvre", "sideways", "one of parallel, nose_in, back_in"),
    ],
)
def test_a_wrong_key_gets_one_clear_message(key, value, rule):
    config = RunConfig()
    setattr(config.parking, key, value)

    (problem,) = problems_of(config)

    assert problem.place == f"parking.{key}"
    assert rule in problem.rule


def test_more_floors_than_bays_are_refused_with_the_car_park_by_name():
    config = RunConfig()
    config.parking.levels = 20
    compiled = corner_mall()
    few = compiled.arrays._replace(parking_bays=np.array([12], np.int32))

    with pytest.raises(ConfigError, match="car park 'yard' has only 12 bays"):
        car_parks_of(compiled_with(compiled, few), config, {})


def compiled_with(compiled, arrays):
    from dataclasses import replace

    return replace(compiled, arrays=arrays)
