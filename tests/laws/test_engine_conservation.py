"""Nobody appears or vanishes, no money is made or lost, and time runs forward: whatever happens in a day."""

from __future__ import annotations

import numpy as np
import pytest

from sim.crowd.state import Doing
from sim.crowd.tallies import Counted
from sim.events import EventKind
from sim.ledger.accounts import FIRST_TENANT, TransferReason
from sim.units import US_PER_MIN
from tests.engine_days import CLOSES_US, an_ordinary_day, corner_mall, day_config, opened, parties

OUTSIDE = (Doing.NOTHING, Doing.ENTERING_MALL, Doing.SEARCHING_BAY, Doing.WALKING_FROM_CAR, Doing.WALKING_TO_CAR, Doing.DRIVING)
OUTSIDE += (Doing.WALKING_TO_MACHINE,)
OF_CARS = (
    EventKind.PARKING_PAID, EventKind.PARKING_PAID_AT, EventKind.PARKING_VALIDATED, EventKind.RECEIPT_REFUSED, EventKind.TICKET_LOST,
    EventKind.CAR_FOUND, EventKind.EXIT_BLOCKED, EventKind.STOOD_OVERNIGHT,
)  # fmt: skip
OF_BAYS = (EventKind.BAY_TAKEN, EventKind.BAY_LEFT, EventKind.VIP_PARKED, EventKind.PARKING_GAVE_UP, EventKind.RAMP_BLOCKED)


@pytest.fixture(scope="module")
def day():
    return an_ordinary_day()


def of_kind(events: dict[str, np.ndarray], kind: EventKind, column: str) -> np.ndarray:
    return events[column][events["kind"] == kind]


def test_whoever_is_inside_came_in_and_has_not_left_at_every_sample():
    """In zones, in stores, on rides and waiting at a store's door to come out: together they are the people inside."""
    config, compiled = day_config(), corner_mall()
    crowd = opened(compiled, config, [])
    crowd.admit(parties(config, compiled))
    for now_us in range(11 * 60 * US_PER_MIN, CLOSES_US, 7 * US_PER_MIN):
        crowd.advance_to(now_us)
        events, mall = crowd.recent(), crowd.mall
        came = events.people[events.kind == EventKind.ARRIVED].sum(dtype=np.int64)
        left = events.people[events.kind == EventKind.LEFT].sum(dtype=np.int64)
        rows = mall.shoppers[mall.shoppers["doing"] != Doing.NOTHING]
        between = (rows["zone"] < 0) & (rows["unit"] < 0) & np.isin(rows["doing"], (Doing.RIDING, Doing.BLOCKED))

        assert crowd.people_inside == came - left
        assert crowd.people_inside == mall.zones["people"].sum() + mall.units["people"].sum() + rows["people"][between].sum()
        for zone in range(mall.zones.size):
            assert mall.zones["people"][zone] == rows["people"][rows["zone"] == zone].sum()
        for unit in range(mall.units.size):
            assert mall.units["people"][unit] == rows["people"][rows["unit"] == unit].sum()


def test_everybody_has_gone_home_after_closing(day):
    assert day.crowd.people_inside == 0
    assert day.crowd.mall.zones["people"].sum() == 0
    assert day.crowd.mall.units["people"].sum() == 0
    assert (day.crowd.mall.shoppers["doing"] == Doing.NOTHING).all()
    assert day.crowd.mall.car_parks["cars"].sum() == 0


def test_the_counted_visits_are_those_of_the_log(day):
    assert day.tallies.counts[Counted.VISITS] == (day.events["kind"] == EventKind.ARRIVED).sum()
    assert day.tallies.counts[Counted.PEOPLE] == of_kind(day.events, EventKind.ARRIVED, "people").sum(dtype=np.int64)


def test_every_line_that_was_joined_was_left(day):
    kinds = [
        int((day.events["kind"] == kind).sum())
        for kind in (EventKind.QUEUE_JOINED, EventKind.SERVICE_STARTED, EventKind.RENEGED)
    ]

    assert kinds[0] == kinds[1] + kinds[2]
    assert kinds[1] == (day.events["kind"] == EventKind.SERVICE_ENDED).sum() == day.tallies.station_served.sum()


def test_the_log_is_in_order_of_time(day):
    assert (np.diff(day.events["time_us"]) >= 0).all()


def test_each_visit_comes_before_it_goes_and_does_nothing_inside_before_or_after(day):
    inside = ~np.isin(
        day.events["kind"], (EventKind.GATE_REACHED, EventKind.PARKED, EventKind.PARKING_BALKED, EventKind.UNPARKED, *OF_BAYS)
    )
    at_gate = np.isin(day.events["place"], np.flatnonzero(day.crowd.mall.stations["unit"] < 0))
    of_station = (day.events["kind"] >= EventKind.QUEUE_JOINED) & (day.events["kind"] <= EventKind.RENEGED)
    inside &= ~(of_station & at_gate)
    inside &= ~np.isin(day.events["kind"], OF_CARS)
    for visit in np.unique(of_kind(day.events, EventKind.ARRIVED, "visit")):
        kinds = day.events["kind"][inside & (day.events["visit"] == visit)]

        assert kinds[0] == EventKind.ARRIVED
        assert kinds[-1] == EventKind.LEFT
        assert (kinds == EventKind.ARRIVED).sum() == (kinds == EventKind.LEFT).sum() == 1


def test_no_wait_and_no_stay_is_negative(day):
    waits = np.isin(
        day.events["kind"],
        (EventKind.SERVICE_STARTED, EventKind.SERVICE_ENDED, EventKind.RENEGED, EventKind.STORE_LEFT, EventKind.BOARDED),
    )

    assert (day.events["value"][waits] >= 0).all()


def test_money_only_moves(day):
    balances = day.crowd.ledger.balances_fen

    assert balances.sum() == 0
    assert (day.transfers["amount"] > 0).all()


def test_each_tenant_has_what_was_paid_to_it(day):
    bought = day.events["kind"] == EventKind.PURCHASED
    sales_fen = np.bincount(
        day.events["place"][bought], weights=day.events["value"][bought].astype(float), minlength=day.crowd.mall.units.size
    )

    assert (day.crowd.takings_fen()[FIRST_TENANT:] == sales_fen.astype(np.int64)).all()
    paid_in_points = day.events["kind"] == EventKind.POINTS_BURNED  # some of them wholly: no money moves
    sales = (day.transfers["reason"] == TransferReason.SALE).sum()
    assert bought.sum() - paid_in_points.sum() <= sales <= bought.sum()


def test_the_time_of_people_in_zones_is_the_same_by_hour_and_by_log(day):
    """Person-time inside by the doors = in zones + in stores + on rides and at doors, of which the first two are tallied."""
    signs = np.where(day.events["kind"] == EventKind.ARRIVED, -1, np.where(day.events["kind"] == EventKind.LEFT, 1, 0))
    inside_us = int((signs * day.events["people"].astype(np.int64) * day.events["time_us"]).sum())
    tallied_us = int(day.tallies.zone_person_us.sum() + day.tallies.unit_person_us.sum())

    assert 0 < tallied_us <= inside_us
    assert tallied_us > 0.9 * inside_us
