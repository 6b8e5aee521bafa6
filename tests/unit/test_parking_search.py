"""A few cars in a small car park: who stands where and when, by strategy and by what drivers are told."""

from __future__ import annotations

import numpy as np
import pytest

from sim.crowd.single_car_park import CarParkCase, study_car_park
from sim.crowd.state import Law
from sim.events import EventKind
from sim.schema.parking import ParkingConfig
from sim.units import US_PER_S
from sim.visitors import ParkingStrategy

DRIVE_MPS = 2.5


def events_of(arrivals_s, strategy=ParkingStrategy.FIRST, *, bays=40, stay_s=3600.0, seed=1, wrong_share=0.0, **parking):
    """Return the study of these arrivals: cars nose in (1 s), at 2.5 m/s."""
    settings = ParkingConfig(drive_mps=DRIVE_MPS, manoeuvre="nose_in", **parking)
    case = CarParkCase(
        bays=bays, arrivals_per_h=1.0, stay_s_mean=stay_s, strategy=strategy, stay_law=Law.DETERMINISTIC, parking=settings, batches=1,
        seed=seed, wrong_share=wrong_share,
    )  # fmt: skip
    return study_car_park(case, np.array(arrivals_s, np.int64) * US_PER_S, keep_events=1000)


def of_kind(study, kind, column="value"):
    return study.events[study.events["kind"] == kind][column].tolist()


def test_the_first_space_is_the_first_on_the_way_in():
    """Bays lie in pairs 2.5 m apart, the first pair 1.25 m from the aisle's end: half a second, then a second for each pair."""
    study = events_of([10, 20, 30, 40])

    assert of_kind(study, EventKind.BAY_TAKEN, "place") == [0, 1, 2, 3]
    assert of_kind(study, EventKind.PARKED) == [1_500_000, 1_500_000, 2_500_000, 2_500_000]


def test_a_bay_that_is_left_is_taken_again():
    study = events_of([10, 200], stay_s=100.0)

    assert of_kind(study, EventKind.BAY_TAKEN, "place") == [0, 0]
    assert of_kind(study, EventKind.BAY_LEFT, "time_us") == [110 * US_PER_S, 300 * US_PER_S]


def test_two_cars_before_one_bay_at_one_instant_never_share_it():
    study = events_of([10, 10, 10])

    assert sorted(of_kind(study, EventKind.BAY_TAKEN, "place")) == [0, 1, 2]
    assert of_kind(study, EventKind.BAY_TAKEN, "visit")[0] == 0
    assert study.shared_bays == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_of_two_cars_for_the_last_bay_at_one_instant_the_first_by_number_is_let_in(seed):
    study = events_of([10, 10], bays=1, seed=seed)

    assert study.entries == 1
    assert of_kind(study, EventKind.PARKED, "visit") == [0]


def test_a_hunter_drives_past_free_bays_to_those_by_the_door():
    """Three aisles of 40: the lobby is before the second one, 17 m of lane away."""
    hunt, first = events_of([10], ParkingStrategy.HUNT, bays=120), events_of([10], bays=120)

    assert of_kind(hunt, EventKind.BAY_TAKEN, "place") == [40]
    assert of_kind(hunt, EventKind.PARKED) == [round((17.0 + 1.25) / DRIVE_MPS * 1e6) + 1_000_000]
    assert of_kind(hunt, EventKind.BAY_TAKEN) < of_kind(first, EventKind.BAY_TAKEN)


def test_a_hunter_who_finds_nothing_by_the_door_ends_in_what_is_left():
    study = events_of(list(range(10, 1210, 10)), ParkingStrategy.HUNT, bays=120)

    assert sorted(of_kind(study, EventKind.BAY_TAKEN, "place")) == list(range(120))


def test_the_app_sends_to_the_bay_with_the_least_drive_and_walk():
    study = events_of([10], ParkingStrategy.GUIDED, bays=120, information="app")

    assert of_kind(study, EventKind.BAY_TAKEN, "place") == [40]


def test_the_app_sends_two_cars_to_two_bays():
    study = events_of([10, 10], ParkingStrategy.GUIDED, bays=120, information="app")

    assert of_kind(study, EventKind.BAY_TAKEN, "place") == [40, 41]


def test_late_information_sends_to_taken_bays_and_costs_time():
    """The only reading is of the empty car park; the last car comes when the app holds nobody's bay any longer."""
    arrivals = [*range(10, 610, 3), 2000]
    late = events_of(arrivals, ParkingStrategy.GUIDED, bays=240, information="app", refresh_s=86_400.0)
    live = events_of(arrivals, ParkingStrategy.GUIDED, bays=240, information="app", refresh_s=10.0)

    assert of_kind(late, EventKind.PARKED)[-1] > 1.3 * of_kind(live, EventKind.PARKED)[-1]


def test_sensors_that_are_all_wrong_cost_time():
    """Of 120 bays, 80 are taken: signs that show the opposite send past the free ones."""
    arrivals = list(range(10, 90)) + [4000, 4400, 4800]
    wrong = events_of(
        arrivals, ParkingStrategy.GUIDED, bays=120, stay_s=9000.0, information="app", wrong_share=1.0, refresh_s=60.0
    )
    right = events_of(arrivals, ParkingStrategy.GUIDED, bays=120, stay_s=9000.0, information="app", refresh_s=60.0)

    assert sum(of_kind(wrong, EventKind.PARKED)[-3:]) > sum(of_kind(right, EventKind.PARKED)[-3:])


def test_a_search_without_end_is_given_up():
    """All bays are held by the sixty cars before; the last one was let in while the first was leaving at the exit."""
    study = events_of([10] * 60, bays=60, balk_after_s=10.0, aisle_bays=2)

    assert study.entries == 60
    assert of_kind(study, EventKind.PARKING_GAVE_UP)
    assert study.entries == study.exits
    assert study.free_bays == 60


def test_nobody_is_lost_or_doubled_in_a_crowded_hour():
    study = events_of(sorted((np.arange(400) * 37 % 3600).tolist()), ParkingStrategy.HUNT, bays=100, stay_s=900.0)

    assert study.shared_bays == 0
    assert study.inside_max <= 100
    assert study.entries == study.exits
    assert study.free_bays == 100
