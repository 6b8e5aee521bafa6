"""How many are inside is known from levels, from doors, and from phones where both are silent."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from sim.config_files import compose
from sim.feeds.from_run import COUNT_MISS_SHARE
from sim.feeds.records import Record
from sim.floorplan.cache import compiled_for
from sim.twin.gauge import Gauge
from sim.twin.inside import PHONES_LEAST, Inside, phones_seen
from sim.units import US_PER_HOUR, US_PER_MIN

pytestmark = pytest.mark.plain

NOON_US = 12 * US_PER_HOUR
SEEN = 1.0 - COUNT_MISS_SHARE


@functools.cache
def gauge():
    config = compose("corner_day")
    return Gauge(compiled_for(config), config)


def row(came=np.nan, left=np.nan, inside=np.nan):
    """Return a row in which so many (true) people came in and went out at all doors together, and stand on all levels."""
    found = np.full(gauge().size, np.nan)
    for what, people in (
        ("arrivals", gauge().door_sees * came),
        ("departures", gauge().door_sees * left),
        ("people", SEEN * inside),
    ):
        found[gauge().columns[what]] = people / gauge().columns[what].size
    return found


def test_levels_that_count_are_believed_and_doors_are_not_asked():
    people, variance = Inside(gauge()).told(row(came=500, left=100, inside=380), row(1, 1, 1), np.nan)

    assert people[0] == pytest.approx(SEEN * 380)
    assert variance[0] < 2
    assert np.isnan(people[1])


def test_without_levels_those_are_inside_who_came_and_did_not_leave():
    inside = Inside(gauge())
    inside.told(row(came=500, left=100), row(1, 1, 1), np.nan)
    people, variance = inside.told(row(came=300, left=200), row(1, 1, 1), np.nan)

    assert people[0] == pytest.approx(SEEN * 500)
    assert variance[0] == pytest.approx(COUNT_MISS_SHARE * 1100 + 3.0**2 + 1)


def test_a_mall_whose_doors_never_spoke_is_told_nothing_by_them():
    people, _ = Inside(gauge()).told(row(), row(came=500, left=100, inside=400), np.nan)

    assert np.isnan(people).all()


def test_what_silent_doors_let_through_is_taken_from_the_members_and_believed_less_and_less():
    inside = Inside(gauge())
    inside.told(row(came=500, left=100), row(1, 1, 1), np.nan)
    first, first_variance = inside.told(row(), row(came=200, left=50, inside=500), np.nan)
    second, second_variance = inside.told(row(), row(came=200, left=50, inside=500), np.nan)

    assert (first[0], second[0]) == (pytest.approx(SEEN * 550), pytest.approx(SEEN * 700))
    assert second_variance[0] > 3 * first_variance[0] > 10 * COUNT_MISS_SHARE * 850


def test_phones_tell_how_many_are_inside_once_doors_have_taught_how_many_carry_one():
    inside, of_ten = Inside(gauge()), 0.6
    taught = [inside.told(row(came=400, left=0), row(1, 1, 1), of_ten * 400 * (number + 1))[0][1] for number in range(3)]
    people, variance = inside.told(row(), row(came=500, left=500, inside=1500), of_ten * 1500)

    assert np.isnan(taught[0])
    assert people[1] == pytest.approx(SEEN * 1500)
    assert variance[1] > 100**2
    again, _ = inside.told(row(), row(came=500, left=500, inside=1500), of_ten * 900)
    assert again[1] == pytest.approx(SEEN * 900)  # doors that have been silent so long teach nothing any more
    assert of_ten * 400 > PHONES_LEAST


def test_levels_teach_how_many_carry_a_phone_and_doors_go_on_from_the_last_count_of_levels():
    inside = Inside(gauge())
    for _ in range(3):
        inside.told(row(inside=1000), row(came=90, left=90, inside=1000), 600.0)
    people, _ = inside.told(row(), row(came=50, left=20, inside=1000), 300.0)

    assert people[0] == pytest.approx(SEEN * 1030)
    assert people[1] == pytest.approx(SEEN * 500)


def test_a_phone_is_one_phone_however_often_it_is_placed_and_five_minutes_later_it_is_gone():
    def fix(minutes: float, subject: int, level: str = "L1") -> Record:
        return Record(NOON_US + round(minutes * US_PER_MIN), f"wifi:{level}", "fix", subject, 500)

    records = [fix(-6, 1), fix(-5, 2), fix(-4, 3), fix(-3, 3, "L2"), fix(0, 4), fix(1, 5)]

    assert phones_seen(records, NOON_US) == 2
    assert np.isnan(phones_seen([fix(-9, 1)], NOON_US))
