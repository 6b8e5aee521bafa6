"""Stays of single phones, fix by fix, and the store each is put down to."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config_sensing import ProfilesConfig
from sim.plan_arrays import HALL
from sim.sensing.insight.stays import REACH_CELLS_MAX, Stays, likely_unit, stays_observed
from sim.sensing.positioning.areas import NOWHERE, areas_at, areas_of
from sim.units import US_PER_S
from tests.located_plan import fixes_of, located_plan

PLAN = located_plan()
AREAS, FLOOR_M2 = areas_of(PLAN)
UNITS = len(PLAN.unit_ids)
IN_STORE, IN_HALL, FAR_HALL = (5.0, 7.0), (5.0, 20.0), (28.0, 20.0)


def stays_of(path, every_s=60, areas=AREAS, **keys):
    """Return the stays of one phone: `path` has (x, y) or (x, y, level, address) for each tick, None for a tick without a fix."""
    stays = Stays(areas, UNITS, ProfilesConfig(**keys), every_s)
    found = []
    for tick, step in enumerate(path):
        x_m, y_m, level, subject = (*step, 0, 7)[:4] if step and len(step) == 2 else step or (0.0, 0.0, 0, 0)
        fixes = fixes_of(tick * every_s, subject, level, x_m, y_m, 3.0)
        rows = np.zeros(1, np.int32)
        if step is None:
            fixes, rows = type(fixes)(*(column[:0] for column in fixes)), rows[:0]
        found.append(stays.take(tick * every_s * US_PER_S, fixes, rows, np.zeros(rows.size, np.int64))[0])
    found.append(stays.finish()[0])
    return [row for each in found for row in zip(*each, strict=True)]


def units_of(found):
    return [row[6] for row in found]


def test_a_phone_that_keeps_still_in_a_store_is_one_stay_there_as_long_as_it_was():
    ((from_us, to_us, subject, x_m, y_m, level, unit, fixes),) = stays_of([IN_STORE] * 10)

    assert (subject, level, unit, fixes) == (7, 0, 0, 10)
    assert (x_m, y_m) == pytest.approx(IN_STORE)
    assert (to_us - from_us) == 600 * US_PER_S  # ten fixes a minute apart stand for ten minutes
    assert from_us == -30 * US_PER_S


def test_two_fixes_a_minute_apart_are_no_stay_of_three_minutes():
    assert stays_of([IN_STORE] * 2) == []
    assert len(stays_of([IN_STORE] * 3)) == 1


def test_an_address_that_changes_at_every_scan_makes_no_stay():
    assert stays_of([(*IN_STORE, 0, tick) for tick in range(30)]) == []


def test_a_new_address_in_the_same_row_and_place_begins_a_stay_of_its_own():
    found = stays_of([(*IN_STORE, 0, 1)] * 5 + [(*IN_STORE, 0, 2)] * 5)

    assert [(row[2], row[7]) for row in found] == [(1, 5), (2, 5)]


def test_a_stay_whose_row_another_phone_takes_over_is_told_of_when_its_own_gap_is_over():
    told_at = []
    for second in (0, 1):  # the row of the phone that comes next: the first one's, or one of its own
        stays, found = Stays(AREAS, UNITS, ProfilesConfig(), 60.0), []
        for tick in range(16):
            row, subject, place = (0, 7, IN_STORE) if tick < 4 else (1 - second, 8, FAR_HALL)
            fixes = fixes_of(60 * tick, subject, 0, *place, 3.0)
            over, whose = stays.take(tick * 60 * US_PER_S, fixes, np.array([row], np.int32), np.array([subject]))
            found += [(tick, *pair) for pair in zip(over.subject.tolist(), whose.tolist(), strict=True)]
        told_at.append(found)

    assert told_at == [[(8, 7, 7)]] * 2


def test_one_stray_fix_does_not_end_a_stay_and_two_do():
    one = stays_of([IN_STORE] * 5 + [FAR_HALL] + [IN_STORE] * 5)
    two = stays_of([IN_STORE] * 5 + [FAR_HALL, (28.0, 5.0)] + [IN_STORE] * 5)

    assert [row[7] for row in one] == [10]
    assert [row[7] for row in two] == [5, 5]


def test_a_stray_fix_that_the_next_one_bears_out_is_where_the_next_stay_began():
    found = stays_of([IN_STORE] * 4 + [(25.0, 33.0)] * 4)

    assert units_of(found) == [0, 5]
    assert [row[7] for row in found] == [4, 4]


def test_the_next_level_is_another_place():
    assert units_of(stays_of([(*IN_STORE, 0, 7)] * 4 + [(*IN_STORE, 1, 7)] * 4)) == [0, 6]


def test_a_stay_is_over_when_nothing_is_heard_for_four_ticks():
    assert [row[7] for row in stays_of([IN_STORE] * 4 + [None] * 3 + [IN_STORE] * 4)] == [8]
    assert [row[7] for row in stays_of([IN_STORE] * 4 + [None] * 4 + [IN_STORE] * 4)] == [4, 4]


def test_a_scan_that_is_handed_over_twice_counts_once():
    stays = Stays(AREAS, UNITS, ProfilesConfig(), 60.0)
    for tick in range(10):
        fixes = fixes_of(60 * (tick // 2), 7, 0, *IN_STORE, 3.0)
        stays.take(tick * 30 * US_PER_S, fixes, np.zeros(1, np.int32), np.zeros(1, np.int64))

    assert stays.finish()[0].fixes.tolist() == [5]


def test_a_fix_that_says_nothing_is_passed_over():
    assert [row[7] for row in stays_of([IN_STORE, (np.nan, np.nan, -1, 7), IN_STORE, IN_STORE])] == [3]


def test_walking_up_and_down_a_large_store_is_one_stay_there():
    large = AREAS._replace(area=np.where(AREAS.area >= AREAS.zones, AREAS.zones, AREAS.area))
    path = [(2.0 + 26.0 * (tick % 2), 3.0) for tick in range(10)]

    assert [row[7] for row in stays_of(path, areas=large)] == [10]
    assert [row[7] for row in stays_of(path, stay_radius_m=5.0)] != [10]


def test_a_stay_in_the_hall_is_nobodys_store():
    assert units_of(stays_of([IN_HALL] * 5)) == [HALL]


def test_a_row_is_reported_for_each_stay_with_address_and_store():
    stays = Stays(AREAS, UNITS, ProfilesConfig(), 60.0)
    for tick in range(4):
        fixes = fixes_of(60 * tick, [8, 9], 0, [5.0, 25.0], [7.0, 20.0], 3.0)
        stays.take(tick * 60 * US_PER_S, fixes, np.arange(2, dtype=np.int32), np.arange(2))

    rows = stays_observed(5, stays.finish()[0])

    assert rows.subject.tolist() == [8, 9]
    assert rows.value.tolist() == [0, -1]
    assert set(zip(rows.sensor, rows.kind, rows.time_us.tolist(), strict=True)) == {("stays", "stay", 5)}


@pytest.mark.parametrize(("place", "sd_m", "unit"), [
    ((15.0, 7.0), 3.0, 1), ((15.0, 33.0), 3.0, 4), ((15.0, 20.0), 1.0, HALL), ((15.0, 12.0), 4.0, 1), ((-60.0, 7.0), 3.0, 0),
    ((15.0, 7.0), 0.01, 1), ((1e12, 1e12), 3.0, 5),
])  # fmt: skip
def test_a_stay_is_put_down_to_the_store_with_most_of_its_likely_places(place, sd_m, unit):
    assert likely_unit(AREAS, 0, *place, sd_m, np.zeros(2 * REACH_CELLS_MAX + 1), np.zeros(UNITS + 1)) == unit


def test_areas_cover_hall_and_stores_and_nothing_twice():
    assert FLOOR_M2[: AREAS.zones].sum() == 2 * 30 * 12
    assert (FLOOR_M2[AREAS.zones :] == 140.0).all()
    places = np.array([(0, 5, 20), (1, 29, 20), (0, 5, 7), (0, -2.5, 7), (2, 5, 7), (-1, 5, 7), (0, np.nan, 7)])

    found = areas_at(AREAS, places[:, 0].astype(np.int32), places[:, 1].copy(), places[:, 2].copy())

    store = AREAS.zones  # outside the wall, the store behind it
    assert found.tolist() == [0, 5, store, store, NOWHERE, NOWHERE, NOWHERE]
