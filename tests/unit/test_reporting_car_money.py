"""Fees, ways out and cars that stay, reckoned by hand from a short log."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.config import RunConfig
from sim.crowd.cars.exit_records import PayPlace
from sim.crowd.cars.overnight import overnight_cars
from sim.crowd.tallies import empty_tallies
from sim.events import EventKind
from sim.reporting.kpis import Books, compute
from sim.reporting.recorder import Recorder
from sim.reporting.topics import car_money
from sim.units import US_PER_HOUR, US_PER_S
from tests.engine_days import corner_mall
from tests.reporting_day import log_of, made_up_plan, station_names

pytestmark = pytest.mark.plain
A_DAY = [
    (0, EventKind.STOOD_OVERNIGHT, 9, 0, 0, 5 * US_PER_HOUR),
    (0, EventKind.STOOD_OVERNIGHT, 8, 0, 0, 6 * US_PER_HOUR),
    (7 * US_PER_HOUR, EventKind.PARKING_PAID, 9, 0, 0, 4000),
    (7 * US_PER_HOUR, EventKind.PARKING_PAID_AT, 9, 0, 0, PayPlace.AT_GATE),
    (7 * US_PER_HOUR, EventKind.UNPARKED, 9, 0, 0, 40 * US_PER_S),
    (11 * US_PER_HOUR, EventKind.PARKED, 1, 2, 0, US_PER_S),
    (11 * US_PER_HOUR, EventKind.PARKED, 2, 1, 0, US_PER_S),
    (12 * US_PER_HOUR, EventKind.PARKING_VALIDATED, 1, 2, 0, US_PER_HOUR),
    (12 * US_PER_HOUR, EventKind.PARKING_PAID, 1, 2, 0, 500),
    (12 * US_PER_HOUR, EventKind.PARKING_PAID_AT, 1, 2, 0, PayPlace.IN_APP),
    (12 * US_PER_HOUR, EventKind.CAR_FOUND, 1, 2, 0, 90 * US_PER_S),
    (12 * US_PER_HOUR, EventKind.UNPARKED, 1, 2, 0, 10 * US_PER_S),
    (13 * US_PER_HOUR, EventKind.UNPARKED, 2, 1, 0, 20 * US_PER_S),
]


def books_of(rows: list[tuple[int, int, int, int, int, int]]) -> Books:
    plan = made_up_plan()
    recorder = Recorder(Path("unused"), plan, station_names(plan), "none")
    recorder.take(log_of(rows))
    return Books(RunConfig(), plan, recorder.sums, empty_tallies(len(plan.zone_rings), len(plan.unit_ids), len(plan.unit_ids)))


def test_the_money_and_the_delays_of_three_cars():
    kpis = compute(books_of(A_DAY))

    assert kpis["parking_income_fen"] == 4500
    assert kpis["parking_fee_fen_mean"] == 1500.0
    assert kpis["parking_validated_share"] == pytest.approx(1 / 3)
    assert kpis["parking_app_pay_share"] == 0.5
    assert kpis["parking_exit_delay_s_p95"] == 40.0
    assert kpis["car_find_s_mean"] == 45.0  # of the two visitors' cars
    assert kpis["cars_overnight"] == 1
    assert kpis["parking_occupancy_share_max"] == 3 / 400


def test_the_curves_know_who_paid_nothing_and_how_many_stand_there_when():
    books = books_of(A_DAY)
    found = car_money.curves(books.sums.topics["car_money"], books)

    assert found["cars_free"] == 1
    assert [int(found["cars"][hour * 12 - 1]) for hour in (1, 7, 8, 12, 13, 14)] == [2, 2, 1, 3, 2, 1]
    assert found["exit_delay_s_mean"][12] == 10.0
    assert found["paid_fen"] == {"at_gate": 4000, "in_app": 500, "at_machine": 0, "by_plate": 0}


def test_a_day_without_cars_says_nothing_of_them():
    books = books_of([])
    kpis = compute(books)
    found = car_money.curves(books.sums.topics["car_money"], books)

    assert found == {}
    assert car_money.words(kpis, found) == []
    assert kpis["parking_income_fen"] == 0
    assert kpis["parking_fee_fen_mean"] is None


def test_the_words_name_the_income_and_the_cars_that_stay():
    books = books_of(A_DAY)
    paragraphs = car_money.words(compute(books), car_money.curves(books.sums.topics["car_money"], books))

    assert paragraphs[0].startswith("Drivers paid ¥45 for parking, ¥15.00 for each of the 3 cars that left; 1 paid nothing")
    assert "2 cars stood there at midnight, 1 at the end" in paragraphs[-1]


def test_the_words_add_rents_and_parking_and_say_which_errors_were_counted():
    books = books_of(A_DAY)
    kpis = compute(books) | {"mall_income_fen": 100_000, "parking_ticket_errors": 967}

    paragraphs = car_money.words(kpis, car_money.curves(books.sums.topics["car_money"], books))

    assert "With rents of ¥1,000 the mall took ¥1,045 in rents and parking." in paragraphs[0]
    assert "967 errors" in paragraphs[-1]
    assert "misread" in paragraphs[-1]
    assert "loading and driving are not in it" in paragraphs[1]


def test_more_cars_overnight_are_those_of_fewer_and_others_and_never_more_than_bays():
    compiled, config = corner_mall(), RunConfig()
    numbers = []
    for share in (0.25, 0.5, 1.0):
        config.parking.exits.overnight_share = share
        numbers.append(set(overnight_cars(compiled, config).number.tolist()))
    bays = int(np.sum(compiled.arrays.parking_bays))

    assert numbers[0] < numbers[1] < numbers[2]
    assert [len(each) for each in numbers] == [bays // 4, bays // 2, bays]
