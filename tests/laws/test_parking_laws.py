"""A mall's day by car: never two cars in a bay, never more cars than bays, everybody back to its own one; ramps, reserved bays, habits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from agents.habits import parking_strategies, vips
from sim.events import EventKind
from sim.operations.car_parks import car_parks_by_the_clock
from sim.sensing.gates import Gates
from sim.units import US_PER_HOUR
from sim.visitors import ParkingStrategy
from tests.engine_days import COLUMNS, END_US, corner_mall, day_config, live, opened, parties


def a_day(visits=300.0, bays=24, **parking):
    """Return a day in the small mall: its yard has 24 bays, so that it is often full."""
    config, compiled = day_config(visits), corner_mall()
    compiled = replace(compiled, arrays=compiled.arrays._replace(parking_bays=np.array([bays], np.int32)))
    config.population.vip_share = parking.pop("vip_share", 0.02)
    for key, value in parking.items():
        setattr(config.parking, key, value)
    return live(compiled, config, [parties(config, compiled)])


def rows(lived, *kinds):
    return np.flatnonzero(np.isin(lived.events["kind"], kinds))


DAYS = {
    "ordinary": {},
    "two floors": {"levels": 2, "aisle_bays": 6},
    "reserved": {"reserved_share": 0.25, "vip_share": 0.2},
    "narrow ramp": {"ramp_headway_s": 60.0, "balk_after_s": 60.0},
}


@pytest.mark.parametrize("name", DAYS)
def test_a_bay_is_taken_and_left_in_turn_and_by_the_same_party(name):
    lived = a_day(**DAYS[name])
    moves = rows(lived, EventKind.BAY_TAKEN, EventKind.BAY_LEFT)
    place, visit, kind = (lived.events[column][moves] for column in ("place", "visit", "kind"))

    assert moves.size > 50
    for bay in np.unique(place):
        own = place == bay
        assert (kind[own][::2] == EventKind.BAY_TAKEN).all()
        assert (kind[own][1::2] == EventKind.BAY_LEFT).all()
        assert (visit[own][::2] == visit[own][1::2]).all()


@pytest.mark.parametrize("name", DAYS)
def test_cars_inside_are_entries_less_exits_and_never_more_than_bays(name):
    lived = a_day(**DAYS[name])
    kind = lived.events["kind"]
    stands = np.cumsum((kind == EventKind.BAY_TAKEN).astype(int) - (kind == EventKind.BAY_LEFT))
    parked, gave_up = rows(lived, EventKind.PARKED).size, rows(lived, EventKind.PARKING_GAVE_UP).size
    reached, balked = rows(lived, EventKind.GATE_REACHED).size, rows(lived, EventKind.PARKING_BALKED).size

    assert 0 <= stands.min() <= stands.max() <= 24
    assert stands[-1] == 0
    assert rows(lived, EventKind.UNPARKED).size == parked
    assert reached == parked + balked
    assert gave_up <= balked
    mall = lived.crowd.mall
    assert mall.car_parks["cars"].tolist() == mall.car_parks["in_reserved"].tolist() == [0]
    assert (mall.floors["cars"] == 0).all()
    assert (mall.floors["ramp_cars"] == 0).all()
    assert (mall.bays["visit"] == -1).all()
    assert mall.aisles["free"].sum() == 24


def test_a_gate_stops_while_the_ramp_is_full_and_lets_in_again():
    lived = a_day(400.0, bays=200, ramp_headway_s=100.0)
    free = a_day(400.0, bays=200, ramp_headway_s=0.5)

    assert rows(lived, EventKind.RAMP_BLOCKED).size > 0
    assert rows(free, EventKind.RAMP_BLOCKED).size == 0
    assert not lived.crowd.mall.stations["is_held"].any()


def test_a_gate_that_is_held_serves_nobody_however_many_are_on_duty():
    config, compiled = day_config(), corner_mall()
    crowd = opened(compiled, config, [])
    gate = crowd.mall.stations[crowd.mall.car_parks[0].gate_in]
    gate.is_held = 1
    crowd.admit(parties(config, compiled, 600, 720))
    crowd.advance_to(11 * US_PER_HOUR)
    gate.servers_open = 5
    crowd.switched(11 * US_PER_HOUR)
    crowd.advance_to(12 * US_PER_HOUR)

    assert gate.waiting > 1
    assert gate.busy == gate.served == 0


def test_only_vips_take_reserved_bays():
    lived = a_day(**DAYS["reserved"])
    taken = rows(lived, EventKind.BAY_TAKEN)
    reserved = lived.crowd.mall.bays["is_reserved"][lived.events["place"][taken]] == 1
    of_vips = np.isin(lived.events["visit"][taken], lived.events["visit"][rows(lived, EventKind.VIP_PARKED)])

    assert lived.crowd.mall.bays["is_reserved"].sum() == 6
    assert reserved.sum() > 0
    assert of_vips[reserved].all()


def test_reserving_bays_turns_more_ordinary_cars_away():
    ordinary, reserved = a_day(vip_share=0.0), a_day(vip_share=0.0, reserved_share=0.5)

    assert rows(reserved, EventKind.PARKING_BALKED).size > rows(ordinary, EventKind.PARKING_BALKED).size


def test_guidance_that_nobody_follows_changes_no_byte():
    assert a_day(information="signs", followed_share=0.0).digest == a_day().digest


def test_the_mall_reads_the_very_sensors_that_signs_and_app_read():
    config, compiled, taken = day_config(), corner_mall(), []
    config.parking.information = "signs"
    config.sensing.gates.bay_wrong_share = 0.3
    crowd = opened(compiled, config, taken)
    crowd.admit(parties(config, compiled, 600, 720))
    (signs,) = car_parks_by_the_clock(crowd, config, END_US)
    crowd.advance_to(12 * US_PER_HOUR)
    crowd.finish(12 * US_PER_HOUR)
    log = taken[-1].events
    of_bays = np.flatnonzero(np.isin(log.kind, (EventKind.BAY_TAKEN, EventKind.BAY_LEFT)))
    gates = Gates(compiled, config.sensing.gates, config.seed)
    gates.take(log._replace(**{name: getattr(log, name)[of_bays] for name in COLUMNS}), 0, of_bays.size)

    for hour in range(12, 24):
        signs.act(hour * US_PER_HOUR + 5)
        assert gates.read(hour * US_PER_HOUR + 5).value.tolist() == [24 - int(crowd.mall.bays["shown_free"].sum())]
    assert (crowd.mall.bays["visit"] >= 0).sum() > 2


def test_a_driver_keeps_its_habit_whatever_others_are_told():
    config, compiled = day_config(), corner_mall()
    visitors = parties(config, compiled)
    before = parking_strategies(config, visitors)
    config.parking.information = "signs"
    after = parking_strategies(config, visitors)

    unled = after != ParkingStrategy.GUIDED
    assert 0 < unled.sum() < unled.size
    assert (after[unled] == before[unled]).all()


def test_the_app_leads_only_those_who_look_at_it():
    config, compiled = day_config(), corner_mall()
    config.parking.information = "app"
    visitors = parties(config, compiled)
    app = visitors._replace(uses_app=(visitors.number % 2).astype(np.int8))
    guided = parking_strategies(config, app) == ParkingStrategy.GUIDED

    assert guided.any()
    assert (app.uses_app[guided] == 1).all()


def test_vips_are_as_many_as_configured():
    """400 draws with chance 0.3: 4 sd off is false once in 16,000 seeds."""
    config, compiled = day_config(), corner_mall()
    config.population.vip_share = 0.3
    found = vips(config, parties(config, compiled))

    assert abs(found.mean() - 0.3) < 4 * np.sqrt(0.3 * 0.7 / found.size)
