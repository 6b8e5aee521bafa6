"""Alarms of the live twin: what lasts or is far outside raises one, chance hardly ever does."""

from __future__ import annotations

import numpy as np
import pytest

from sim.twin.alarms import Watch
from sim.twin.following import QUARTER_US
from sim.twin.moment import Foretold, Scored

pytestmark = pytest.mark.plain

LOW, HIGH = 90.0, 110.0


def measured(value: float, where: str = "", what: str = "people", ahead_min: int = 15) -> Scored:
    return Scored(Foretold(0, ahead_min, what, where, 100.0, LOW, HIGH, (100.0,)), value, 0.0)


def watched(*quarters):
    """Return what stands after each quarter of an hour."""
    watch = Watch()
    return [watch.look((number + 1) * QUARTER_US, scored) for number, scored in enumerate(quarters)]


def test_two_in_a_row_of_the_whole_mall_are_an_alarm_that_stands_until_reality_is_inside_again():
    first, second, third, fourth = watched([measured(112)], [measured(114)], [measured(113)], [measured(109)])

    assert first == fourth == ()
    assert (second[0].since_us, second[0].raised_us, second[0].side) == (QUARTER_US, 2 * QUARTER_US, "above")
    assert third[0]._replace(until_us=second[0].until_us, quarters=2, measured=114.0) == second[0]
    assert (third[0].quarters, third[0].measured, third[0].low, third[0].high) == (3, 113.0, LOW, HIGH)


def test_a_place_needs_three_in_a_row():
    standing = watched(*[[measured(112, "L1")]] * 3)

    assert [len(each) for each in standing] == [0, 0, 1]


def test_the_other_side_begins_a_run_anew():
    standing = watched([measured(112)], [measured(88)], [measured(112)], [measured(88)], [measured(88)])

    assert [len(each) for each in standing] == [0, 0, 0, 0, 1]
    assert (standing[-1][0].side, standing[-1][0].since_us) == ("below", 4 * QUARTER_US)


def test_a_total_further_outside_than_its_interval_is_wide_waits_for_no_second_but_a_place_does():
    (standing,) = watched([measured(146), measured(146, "L1"), measured(131, what="bills")])

    assert [(one.what, one.where) for one in standing] == [("people", "")]


def test_of_a_count_that_was_sure_to_be_none_a_few_are_not_far_outside():
    none = Foretold(0, 15, "waiting", "", 0.0, 0.0, 0.0, (0.0,))

    assert [len(Watch().look(QUARTER_US, [Scored(none, count, 0.0)])) for count in (1.0, 3.0, 4.0)] == [0, 0, 1]


def test_what_was_outside_before_a_long_silence_of_the_sensor_does_not_count():
    standing = watched([measured(112)], *[[]] * 4, [measured(112)], [measured(112)])

    assert [len(each) for each in standing] == [0, 0, 0, 0, 0, 0, 1]
    assert standing[-1][0].since_us == 6 * QUARTER_US


def test_a_quarter_of_an_hour_without_a_measurement_neither_ends_a_run_nor_lengthens_it():
    standing = watched([measured(112)], [], [measured(112)])

    assert [len(each) for each in standing] == [0, 0, 1]
    assert standing[-1][0].quarters == 2


def test_only_the_forecast_of_a_quarter_of_an_hour_before_is_held_against_reality():
    assert watched(*[[measured(500, ahead_min=60)]] * 4) == [()] * 4


def test_on_a_day_of_true_intervals_chance_raises_some_four_alarms_in_a_large_mall():
    """Starts of runs of k on one side: 2 x 0.05^k x 0.95 a row and quarter of an hour; 4.4 a day. False alarm of this test: 1e-4."""
    days, rows, draw = 40, 200, np.random.default_rng(1956)
    raised = 0
    for _ in range(days):
        watch, day = Watch(), draw.uniform(size=(48, rows + 8))
        seen = set()
        for number, quarter in enumerate(LOW + (HIGH - LOW) * (day - 0.05) / 0.9):
            scored = [measured(value, f"place {row}" if row < rows else "", f"what {row}") for row, value in enumerate(quarter)]
            seen |= {(one.what, one.since_us) for one in watch.look((number + 1) * QUARTER_US, scored)}
        raised += len(seen)

    expected = days * 48 * 2 * 0.95 * (rows * 0.05**3 + 8 * 0.05**2)
    assert abs(raised - expected) < 3.9 * np.sqrt(expected)
