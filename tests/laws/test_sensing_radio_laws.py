"""Laws of the radio: the same bytes twice; names, order and neighbours of access points change nothing that is heard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.config_sensing import SensingConfig
from sim.floorplan.compile import compile_plan
from sim.floorplan.plan import AccessPoint
from sim.sensing.radio.radio_map import build_radio, hear_many
from tests.plan_samples import sound_plan

pytestmark = pytest.mark.compiled

POINTS = st.lists(
    st.builds(
        AccessPoint,
        id=st.just(""),
        level=st.sampled_from(["F1", "F2"]),
        x_m=st.floats(1.0, 39.0),
        y_m=st.floats(1.0, 27.0),
        height_m=st.floats(1.0, 4.0),
        band_ghz=st.sampled_from([2.4, 5.0]),
        power_dbm=st.floats(0.0, 20.0),
    ),
    min_size=1,
    max_size=8,
)


def heard(points, seed=4):
    """Return the maps, and 60 scans of phones that walk along the hall."""
    plan = sound_plan()
    plan.access_points = [replace(point, id=point.id or f"p{index}") for index, point in enumerate(points)]
    radio = build_radio(compile_plan(plan), SensingConfig(), seed)
    numbers = np.arange(60)
    x_m, y_m = 1.0 + 0.6 * numbers, np.full(60, 14.0)
    return radio, hear_many(radio, numbers, np.zeros(60), x_m, y_m, x_m + 3.0, y_m, numbers % 2, 1000 * numbers)


def bytes_of(values):
    return [np.asarray(value).tobytes() for value in values]


@settings(max_examples=10, deadline=None)
@given(points=POINTS, order=st.randoms(use_true_random=False))
def test_names_and_order_of_access_points_change_nothing_that_is_heard(points, order):
    shuffled = [replace(point, id=f"other {99 - index}") for index, point in enumerate(points)]
    order.shuffle(shuffled)

    radio, scans = heard(points)
    other_radio, other_scans = heard(shuffled)

    assert bytes_of(radio) == bytes_of(other_radio)
    assert bytes_of(scans) == bytes_of(other_scans)


@settings(max_examples=10, deadline=None)
@given(points=POINTS)
def test_one_more_access_point_leaves_the_readings_of_the_others_as_they_are(points):
    radio, scans = heard(points)
    more_radio, more = heard([*points, AccessPoint("new", "F1", 20.0, 14.0, 5.5, 6.0)])

    kept = np.isin(more_radio.key, radio.key)[more.access_point]
    assert more.rssi_dbm[kept].tobytes() == scans.rssi_dbm.tobytes()
    assert (more_radio.key[more.access_point[kept]] == radio.key[scans.access_point]).all()


def test_the_same_seed_hears_the_same_bytes_and_another_seed_others():
    points = [AccessPoint("a", "F1", 10.0, 14.0), AccessPoint("b", "F2", 30.0, 14.0)]

    assert bytes_of(heard(points)[1]) == bytes_of(heard(points)[1])
    assert bytes_of(heard(points)[0]) != bytes_of(heard(points, seed=5)[0])


def test_a_phones_readings_do_not_depend_on_whose_scans_are_taken_with_it():
    radio, scans = heard([AccessPoint("a", "F1", 10.0, 14.0), AccessPoint("b", "F2", 30.0, 14.0)])
    numbers = np.arange(60)[::-1].copy()
    x_m, y_m = 1.0 + 0.6 * numbers, np.full(60, 14.0)

    backwards = hear_many(radio, numbers, np.zeros(60), x_m, y_m, x_m + 3.0, y_m, numbers % 2, 1000 * numbers)

    for number in range(60):
        one = slice(scans.start[number], scans.start[number + 1])
        other = slice(backwards.start[59 - number], backwards.start[60 - number])
        assert scans.rssi_dbm[one].tobytes() == backwards.rssi_dbm[other].tobytes()
