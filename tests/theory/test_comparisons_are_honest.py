"""Comparisons against what is known of them: false alarms, cover of intervals, days that are dealt out once."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import binom

from sim.errors import ConfigError
from sim.experiments.paired import paired_difference
from sim.experiments.precision import needed
from sim.random_streams import stream_key, uniforms
from sim.reporting.kpi_catalogue import BY_NAME
from sim.verification.comparison import PARAMETERS, aa_records, dealt, planted_records
from sim.verification.comparison_stops import stops

pytestmark = pytest.mark.plain
DEFAULTS = {name: parameter.default for name, parameter in PARAMETERS.items()}


def normals(purpose, *shape):
    numbers = np.arange(int(np.prod(shape)))
    return ndtri(uniforms(stream_key(11, purpose), numbers, 0)).reshape(shape)


def test_no_day_is_in_two_comparisons_while_there_are_enough_and_never_twice_in_one():
    hands = dealt(1600, 200, 4, seed=1)
    assert sorted(np.concatenate([hand.ravel() for hand in hands])) == list(range(1600))

    again = dealt(20, 200, 4, seed=1)
    assert len(again) == 200
    assert all(np.unique(hand).size == 8 for hand in again)
    assert np.bincount(np.concatenate([hand.ravel() for hand in again])).min() > 40


def test_arms_of_normal_days_are_called_different_in_5_percent_of_comparisons():
    """4,000 comparisons of days of their own, within the binomial's 1e-3 to either side."""
    days = [{"sales_fen": float(value)} for value in 1e6 + 1e5 * normals("days", 32_000)]

    records, intervals = aa_records(days, {**DEFAULTS, "comparisons": 4000})

    assert records[0]["verdict"] == records[2]["verdict"] == "pass"
    assert records[0]["reference"] == pytest.approx(200)
    assert (records[0]["times_each_day"], records[0]["days"], len(intervals)) == (1.0, 32_000, 4000)


def test_counts_of_rare_things_are_not_called_different_on_two_days_more_often_than_stated():
    """On two days counts often differ by the same number; once that was taken for certain, and 149 of 200 comparisons found something."""
    rare = uniforms(stream_key(3, "rare"), np.arange(800 * 40), 0).reshape(800, 40) < 0.3
    names = [kpi.name for kpi in BY_NAME.values() if kpi.is_known and kpi.name != "sales_fen"][:40]
    days = [{"sales_fen": float(day.sum()), **dict(zip(names, day.astype(int).tolist(), strict=True))} for day in rare]

    records, _ = aa_records(days, {**DEFAULTS, "pairs": 2})

    assert records[2]["measured"] <= binom.isf(1e-3, 200, 0.05)


def test_many_kpis_together_raise_a_false_alarm_in_at_most_5_percent_of_comparisons():
    """300 comparisons of 30 KPIs that go together half: at most 28 with any verdict (1e-3 by the binomial)."""
    names = [kpi.name for kpi in BY_NAME.values() if kpi.is_known][:30]
    values = normals("shared", 300 * 24, 1) + normals("own", 300 * 24, 30)
    days = [{**dict(zip(names, row, strict=True)), "sales_fen": 1.0} for row in values.tolist()]

    records, _ = aa_records(days, {**DEFAULTS, "comparisons": 300, "pairs": 12})

    assert 1 <= records[2]["measured"] <= binom.isf(1e-3, 300, 0.05)


def test_intervals_of_comparisons_that_stopped_by_themselves_cover_the_truth():
    normal, skewed = stops(2000, seed=5)

    assert normal["verdict"] == "pass"
    assert normal["measured"] >= 0.95
    assert skewed["measured"] > 0.9  # a log-normal of skewness 1.75 costs two percent


def test_without_a_first_stage_of_its_own_stopping_by_the_spread_would_cover_less():
    """The plain t interval at the pair where it is first narrow enough, from two pairs on: well below 95 %."""
    held = 0
    draws = normals("stops at once", 600, 200)
    for row in draws.tolist():
        done = 2
        result = paired_difference([0.0] * done, row[:done])
        while (result.half_width or 0.0) > 0.7 and done < len(row):
            done += 1
            result = paired_difference([0.0] * done, row[:done])
        held += (result.ci_low or 0.0) <= 0.0 <= (result.ci_high or 0.0)

    assert held / 600 < 0.93


def test_the_number_needed_grows_with_the_square_of_the_half_width():
    assert needed(2.0, 1.0, 10) == 40
    assert needed(1.0, 1.0, 10) == 10
    assert needed(1.000001, 1.0, 10) == 11
    assert needed(None, 1.0, 10) is None


def test_a_planted_effect_shares_its_luck_with_the_baseline():
    sales = [100.0, 140.0, 90.0, 120.0]
    days = [{"sales_fen": value} for value in sales]

    share, times, shown = planted_records(days, [{"sales_fen": 1.01 * value} for value in sales], 1.01)

    assert share["measured"] == pytest.approx(0.01**2 / (1 + 1.01**2))
    assert times["measured"] == pytest.approx(1 / share["measured"])
    assert shown["measured"] == pytest.approx(0.01)


def test_more_pairs_than_days_are_refused():
    with pytest.raises(ConfigError, match="pairs"):
        aa_records([{"sales_fen": 1.0}] * 6, DEFAULTS)
