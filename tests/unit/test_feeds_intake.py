"""A feed of any quality is taken in: what is good is used in order, the rest is counted and kept with its reason."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.feeds.intake import LATE_US, Intake, SetAside, Why, in_batches
from sim.feeds.reading import lines, record_of
from sim.feeds.records import CADENCE_US, Record, Rule
from sim.units import US_PER_HOUR, US_PER_MIN

pytestmark = pytest.mark.plain

DOOR = ("door:north", "people_in")
TILL = ("till:L1-01", "sale")
RULES = {DOOR: Rule(0, 500, CADENCE_US, False), TILL: Rule(1, 10_000, None, True)}
NOON_US = 12 * US_PER_HOUR


def door(minutes: float, value: int = 7) -> Record:
    return Record(NOON_US + round(minutes * US_PER_MIN), *DOOR, 0, value)


def sale(minutes: float, value: int) -> Record:
    return Record(NOON_US + round(minutes * US_PER_MIN), *TILL, 0, value)


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (door(0, -1), Why.ABSURD),
        (door(0, 501), Why.ABSURD),
        (door(10), Why.FUTURE),
        (door(-16), Why.LATE),
        (Record(NOON_US, "door:south", "people_in", 0, 1), Why.UNKNOWN),
        (Record(NOON_US, "door:north", "smiles", 0, 1), Why.UNKNOWN),
        (SetAside("{", Why.MALFORMED, "not JSON"), Why.MALFORMED),
    ],
)
def test_a_record_that_cannot_be_used_is_set_aside_with_its_reason(record, why):
    intake = Intake(RULES)

    assert intake.take([record], NOON_US) == []
    assert intake.counts == {why: 1}
    assert intake.aside[0].why is why


def test_as_many_phones_as_a_large_mall_has_are_remembered_no_longer_than_a_copy_may_come_late():
    intake = Intake({("wifi:L1", "fix"): Rule(0, 20_000, None, False, needs_subject=True)})
    for minute in range(40):
        intake.take(
            [Record(NOON_US + minute * US_PER_MIN, "wifi:L1", "fix", 1 + phone, 5) for phone in range(1_500)],
            NOON_US + minute * US_PER_MIN,
        )

    assert intake.used == 40 * 1_500
    assert 17 * 1_500 <= len(intake._seen) <= 20 * 1_500
    assert intake.take([Record(NOON_US + 39 * US_PER_MIN, "wifi:L1", "fix", 7, 5)], NOON_US + 40 * US_PER_MIN) == []
    assert intake.take([Record(NOON_US + 40 * US_PER_MIN, "wifi:L1", "fix", 0, 5)], NOON_US + 40 * US_PER_MIN) == []
    assert intake.counts == {Why.DUPLICATE: 1, Why.MALFORMED: 1}


def test_what_is_too_old_to_be_copied_is_looked_for_now_and_then_and_not_at_every_record():
    intake, looked_us = Intake(RULES), set()
    for second in range(600):
        intake.take([sale(second / 60, 1 + second)], NOON_US + second * 1_000_000)
        looked_us.add(intake._forgot_us)

    assert len(looked_us) == 5  # every AHEAD_US of ten minutes


def test_a_count_told_twice_is_used_once_but_two_sales_of_one_instant_are_two():
    intake = Intake(RULES)

    used = intake.take([door(0), door(0), sale(0, 5), sale(0, 6), sale(0, 6)], NOON_US)

    assert used == [door(0), sale(0, 5), sale(0, 6)]
    assert intake.counts[Why.DUPLICATE] == 2


def test_a_gap_of_two_readings_is_two_missing_until_one_of_them_comes_late():
    intake = Intake(RULES)
    intake.take([door(0), door(15)], NOON_US + 15 * US_PER_MIN)
    assert intake.counts[Why.MISSING] == 2

    intake.take([door(10)], NOON_US + 16 * US_PER_MIN)

    assert intake.counts[Why.MISSING] == 1
    assert intake.counts[Why.OUT_OF_ORDER] == 1


def test_a_sensor_that_spoke_once_and_no_more_is_silent_and_one_that_never_spoke_is_not():
    intake = Intake(RULES | {("door:south", "people_in"): RULES[DOOR]})
    intake.take([door(0)], NOON_US)

    assert intake.silent(NOON_US + CADENCE_US) == []
    assert intake.silent(NOON_US + 2 * CADENCE_US) == [DOOR]


@given(st.permutations([door(0), door(5), door(10), sale(3, 10), sale(4, 20), door(-20), door(2, 900)]))
def test_the_order_of_coming_within_a_batch_changes_nothing_that_is_used(records):
    intake = Intake(RULES)

    used = intake.take(records, NOON_US + 10 * US_PER_MIN)

    assert used == [door(0), sale(3, 10), sale(4, 20), door(5), door(10)] == sorted(used)
    assert intake.used + len(intake.aside) == len(records)


@given(
    st.lists(
        st.one_of(
            st.text(max_size=40),
            st.dictionaries(
                st.sampled_from(["time_us", "time", "sensor", "kind", "subject", "value", "date", "came_us", "x"]),
                st.one_of(
                    st.none(),
                    st.booleans(),
                    st.integers(),
                    st.floats(),
                    st.text(max_size=8),
                    st.lists(st.integers(), max_size=2),
                ),
            ),
        ),
        max_size=8,
    )
)
def test_no_line_whatever_it_says_stops_the_intake(rows):
    intake = Intake(RULES)
    texts = [row if isinstance(row, str) else json.dumps(row) for row in rows]

    for now_us, records in in_batches(itertools.islice(lines(texts, "2026-11-21"), 50), US_PER_HOUR):
        intake.take(records, now_us)

    assert intake.used + sum(intake.counts[why] for why in Why if why not in (Why.MISSING, Why.OUT_OF_ORDER)) <= len(rows)


def test_a_row_of_the_day_before_counts_its_time_from_this_days_midnight():
    came_us, record = record_of(
        {"date": "2026-11-20", "time": "23:30:00", "sensor": "s", "kind": "k", "value": "4"}, "2026-11-21"
    )

    assert record == Record(-30 * US_PER_MIN, "s", "k", 0, 4)
    assert came_us == record.time_us


@pytest.mark.parametrize("value", [1.5, True, "four", None, "9" * 30, float("inf")])
def test_a_value_that_is_no_whole_number_makes_the_row_malformed(value):
    _, record = record_of({"time_us": 0, "sensor": "s", "kind": "k", "value": value}, "2026-11-21")

    assert isinstance(record, SetAside)
    assert record.why is Why.MALFORMED


def test_batches_hold_every_record_once_and_none_before_its_time():
    records = [(0, door(0)), (1, door(5)), (-1, SetAside("x", Why.MALFORMED, "")), (12, door(10)), (11, door(15))]

    batches = list(in_batches(records, 10))

    assert [(now_us, len(batch)) for now_us, batch in batches] == [(10, 3), (20, 2)]
    assert LATE_US > 0
