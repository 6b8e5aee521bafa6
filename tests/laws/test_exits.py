"""Laws of the way out of car parks: cars and money are conserved, each pays what its stay costs, and nobody's luck depends on others."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest

from sim.config import RunConfig
from sim.crowd.cars.exit_records import PayPlace
from sim.crowd.cars.exits_built import tariff_of, validation_of
from sim.crowd.cars.overnight import overnight_cars
from sim.crowd.cars.tariff import fee_fen, free_us_for
from sim.events import EventKind
from sim.ledger.accounts import OPERATOR, TransferReason
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_HOUR, US_PER_MIN
from tests.engine_days import Lived, corner_mall, day_config, live, parties

MORNING_US = 10 * US_PER_HOUR


@cache
def roomy_mall(bays: int = 300) -> CompiledPlan:
    """Return the small mall with another number of bays."""
    found = corner_mall()
    return dataclasses.replace(
        found, arrays=found.arrays._replace(parking_bays=np.full(found.arrays.parking_bays.size, bays, np.int32))
    )


def drivers(visits: float = 150.0, **exits: float) -> RunConfig:
    """Return a Saturday on which most come by car."""
    config = day_config(visits)
    config.population.car_share = 0.9
    config.points.is_on = False  # parking by points has laws of its own
    config.parking.exits = dataclasses.replace(config.parking.exits, **exits)
    return config


def a_day(config: RunConfig, bays: int = 300) -> Lived:
    """Let the cars of the night stand, and a day happen."""
    compiled = roomy_mall(bays)
    return live(compiled, config, [overnight_cars(compiled, config), parties(config, compiled)], batch_ends_us=[MORNING_US])


@pytest.fixture(scope="module")
def day() -> Lived:
    return a_day(drivers(lost_share=0.4))


def of_kind(day: Lived, kind: EventKind) -> dict[str, np.ndarray]:
    rows = day.events["kind"] == kind
    return {name: column[rows] for name, column in day.events.items()}


def place_of_pay(day: Lived) -> dict[int, int]:
    """Return how each visit paid first."""
    found = of_kind(day, EventKind.PARKING_PAID_AT)
    first: dict[int, int] = {}
    for visit, place in zip(found["visit"].tolist(), found["value"].tolist(), strict=True):
        first.setdefault(visit, place)
    return first


def test_cars_are_those_of_the_night_and_those_that_came_less_those_that_left(day):
    stood, came, left = (
        of_kind(day, kind)["visit"].size for kind in (EventKind.STOOD_OVERNIGHT, EventKind.PARKED, EventKind.UNPARKED)
    )

    assert stood == 30
    assert stood + came - left == day.crowd.mall.car_parks["cars"].sum()
    assert 0 < day.crowd.mall.car_parks["cars"].sum() < stood  # some stand all day, nobody else is left


def test_there_are_never_more_cars_than_bays():
    full = a_day(drivers(400, overnight_share=1.0), bays=24)
    inside = np.isin(full.events["kind"], (EventKind.STOOD_OVERNIGHT, EventKind.PARKED, EventKind.UNPARKED))
    cars = np.cumsum(np.where(full.events["kind"][inside] == EventKind.UNPARKED, -1, 1))

    assert of_kind(full, EventKind.STOOD_OVERNIGHT)["visit"].size == cars.max() == 24
    assert cars.min() >= 0
    assert of_kind(full, EventKind.PARKING_BALKED)["visit"].size > 0


def test_the_operator_has_what_drivers_paid(day):
    fees = day.transfers[day.transfers["reason"] == TransferReason.PARKING_FEE]
    paid = of_kind(day, EventKind.PARKING_PAID)

    assert day.crowd.ledger.balances_fen.sum() == 0
    assert (fees["amount"] == paid["value"]).all()
    assert fees["amount"].sum() == day.crowd.ledger.balances_fen[OPERATOR] > 0


def test_each_car_has_paid_what_its_stay_costs():
    """Worked out anew from the log: entry is the end of service at the gate, the reckoning the instant of paying, or of reaching the barrier."""
    day = a_day(drivers(lost_share=0.0, grace_min=1440.0, overnight_share=0.0))
    config, events = RunConfig(), day.events
    rows, steps = tariff_of(config), validation_of(config)
    stations = day.crowd.station_names
    gates_in = [index for index, name in enumerate(stations) if name.startswith("gate_in:")]
    others = [index for index, name in enumerate(stations) if name.startswith(("gate_out:", "pay:"))]
    paid_us = {
        visit: time
        for visit, time in zip(
            of_kind(day, EventKind.PARKING_PAID_AT)["visit"].tolist(),
            of_kind(day, EventKind.PARKING_PAID_AT)["time_us"].tolist(),
        )
    }
    paid_at = place_of_pay(day)
    sums = {
        visit: events["value"][(events["kind"] == EventKind.PURCHASED) & (events["visit"] == visit)].sum() for visit in paid_us
    }
    for visit, amount in zip(
        of_kind(day, EventKind.PARKING_PAID)["visit"].tolist(), of_kind(day, EventKind.PARKING_PAID)["value"].tolist()
    ):
        own = events["visit"] == visit
        ended = own & (events["kind"] == EventKind.SERVICE_ENDED)
        started = own & (events["kind"] == EventKind.SERVICE_STARTED)
        entered_us = int(events["time_us"][ended & np.isin(events["place"], gates_in)][0])
        reckoned_us = paid_us[visit]
        if paid_at[visit] != PayPlace.IN_APP:
            reckoned_us = int(
                events["time_us"][started & np.isin(events["place"], others) & (events["time_us"] <= reckoned_us)][-1]
            )
        validated_us = free_us_for(int(sums[visit]), steps)
        assert amount == fee_fen(reckoned_us - entered_us, int(validated_us), rows, 30 * US_PER_MIN, 4000)


def test_whoever_has_lost_the_ticket_pays_the_flat_fee_and_no_receipt_helps(day):
    lost = of_kind(day, EventKind.TICKET_LOST)["visit"]
    last: dict[int, int] = {}
    for visit, amount in zip(
        of_kind(day, EventKind.PARKING_PAID)["visit"].tolist(), of_kind(day, EventKind.PARKING_PAID)["value"].tolist()
    ):
        last[visit] = amount

    assert lost.size > 3
    assert {last[visit] for visit in lost.tolist()} == {4000}
    assert not np.isin(
        lost, [visit for visit, place in place_of_pay(day).items() if place in (PayPlace.IN_APP, PayPlace.BY_PLATE)]
    ).any()


def test_whoever_has_lost_the_ticket_pays_once_and_not_at_the_machine():
    day = a_day(drivers(lost_share=1.0, app_pay_share=0.0, plate_pay_share=0.0, machine_pay_share=1.0))

    assert of_kind(day, EventKind.PARKING_PAID)["visit"].size == of_kind(day, EventKind.TICKET_LOST)["visit"].size > 3
    assert set(of_kind(day, EventKind.PARKING_PAID_AT)["value"].tolist()) == {int(PayPlace.AT_GATE)}


def test_receipts_are_taken_once_and_refused_afterwards():
    """Drivers look long for their cars, so that an hour has begun since many of them paid."""
    looking = {"grace_min": 1.0, "forget_share": 1.0, "find_car_s_mean": 1800.0}
    day = a_day(drivers(app_pay_share=0.0, plate_pay_share=0.0, machine_pay_share=1.0, **looking))
    validated, refused = of_kind(day, EventKind.PARKING_VALIDATED)["visit"], of_kind(day, EventKind.RECEIPT_REFUSED)["visit"]

    assert np.unique(validated).size == validated.size
    assert refused.size > 3
    assert np.isin(refused, validated).all()


def test_more_who_pay_on_the_phone_take_nobody_from_one_other_way_to_another():
    few, many = (a_day(drivers(app_pay_share=share)) for share in (0.2, 0.6))
    before, after = place_of_pay(few), place_of_pay(many)
    changed = {(before[visit], after[visit]) for visit in before.keys() & after.keys() if before[visit] != after[visit]}

    assert changed <= {(place, int(PayPlace.IN_APP)) for place in PayPlace}
    assert changed


def test_a_free_car_park_where_nobody_pays_moves_no_money():
    config = drivers(overnight_share=0.0, lost_share=0.0)
    config.parking.tariff.rows = []
    day = a_day(config)

    assert of_kind(day, EventKind.PARKING_PAID)["visit"].size == 0
    assert not (day.transfers["reason"] == TransferReason.PARKING_FEE).any()


def test_what_is_charged_by_the_plate_changes_nothing_but_the_money():
    """Accounts are debited in no time: with dear and with free parking the same happens at the same instants."""
    by_plate = {"app_pay_share": 0.0, "plate_pay_share": 1.0}
    dear, free = drivers(**by_plate), drivers(**by_plate)
    for config, yuan in ((dear, 50.0), (free, 0.0)):
        config.sensing.gates.plate_miss_share = 0.0
        config.parking.tariff = dataclasses.replace(config.parking.tariff, free_min=0.0, cap_yuan=0.0, validation=[])
        config.parking.tariff.rows[0].price_yuan = yuan
    days = [a_day(config).events for config in (dear, free)]
    money = (EventKind.PARKING_PAID, EventKind.PARKING_PAID_AT)
    kept = [~np.isin(events["kind"], money) for events in days]

    assert (~kept[0]).sum() > 0
    for name in days[0]:
        assert (days[0][name][kept[0]] == days[1][name][kept[1]]).all()


def test_a_full_ramp_keeps_cars_in_their_bays_and_lets_all_of_them_out():
    day = a_day(drivers(app_pay_share=0.0, plate_pay_share=0.0, machine_pay_share=0.0, gate_pay_s_mean=120.0, ramp_cars=1))

    assert of_kind(day, EventKind.EXIT_BLOCKED)["visit"].size > 10
    assert of_kind(day, EventKind.UNPARKED)["visit"].size >= of_kind(day, EventKind.PARKED)["visit"].size


def test_an_app_that_shows_the_car_shortens_the_search_for_it():
    config, compiled = drivers(forget_share=1.0), roomy_mall()
    found = []
    for uses_app in (0, 1):
        batch = parties(config, compiled)
        batch = batch._replace(uses_app=np.full(batch.number.size, uses_app, np.int8))
        found.append(of_kind(live(compiled, config, [batch]), EventKind.CAR_FOUND))
    order = [np.argsort(each["visit"]) for each in found]

    assert (found[0]["visit"][order[0]] == found[1]["visit"][order[1]]).all()
    ratio = found[1]["value"][order[1]] / found[0]["value"][order[0]]
    np.testing.assert_allclose(ratio, config.parking.exits.find_car_app_factor, atol=1e-4)
