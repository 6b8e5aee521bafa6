"""The arithmetic of paired comparisons against values worked out by hand and against SciPy."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from sim.experiments.paired import holm, paired_difference, variance

pytestmark = pytest.mark.plain
BASELINE = [10.0, 12.0, 9.0, 14.0, 11.0]
ARM = [11.0, 14.0, 12.0, 18.0, 16.0]  # differences 1 ... 5


def test_the_half_width_is_t_times_the_spread_of_differences_over_the_root_of_n():
    found = paired_difference(BASELINE, ARM)

    half = 2.7764451051977987 * math.sqrt(2.5) / math.sqrt(5)  # t(0.975, 4) as tables give it
    assert found.difference_mean == 3.0
    assert found.ci_low == pytest.approx(3.0 - half, rel=1e-14)
    assert found.ci_high == pytest.approx(3.0 + half, rel=1e-14)


def test_interval_and_p_value_are_those_of_scipys_paired_t_test():
    found = paired_difference(BASELINE, ARM)

    reference = stats.ttest_rel(ARM, BASELINE)
    interval = reference.confidence_interval(0.95)
    assert found.p_value == pytest.approx(reference.pvalue, rel=1e-12)
    assert (found.ci_low, found.ci_high) == pytest.approx((interval.low, interval.high), rel=1e-12)


def test_the_interval_is_not_that_of_two_separate_samples():
    found = paired_difference([1.0, 100.0, 1000.0], [2.0, 101.5, 1001.0])

    assert found.ci_high is not None
    assert found.ci_high - found.difference_mean < 1
    assert found.variance_reduction == pytest.approx(1.0, abs=1e-5)


def test_independent_arms_reduce_no_variance():
    found = paired_difference([1.0, -1.0, 1.0, -1.0], [1.0, 1.0, -1.0, -1.0])

    assert found.variance_reduction == pytest.approx(0.0)


def test_equal_arms_differ_by_exactly_nothing():
    found = paired_difference([0.1, 0.2, 0.3], [0.1, 0.2, 0.3])

    assert (found.difference_mean, found.ci_low, found.ci_high, found.p_value) == (0.0, 0.0, 0.0, 1.0)


def test_a_difference_that_never_varies_is_as_sure_as_so_many_equal_signs():
    twice, often = paired_difference([0.0] * 2, [7.0] * 2), paired_difference([0.0] * 20, [7.0] * 20)

    assert (twice.difference_mean, twice.ci_low, twice.ci_high, twice.p_value) == (7.0, 7.0, 7.0, 0.5)
    assert often.p_value == 2.0**-19
    assert twice.variance_reduction is None


def test_one_pair_gives_a_difference_and_no_interval():
    found = paired_difference([3.0], [5.0])

    assert (found.difference_mean, found.ci_low, found.ci_high, found.p_value) == (2.0, None, None, None)


def test_holm_steps_down_as_in_his_example():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_equal_values_vary_by_exactly_nothing_although_their_mean_is_rounded():
    assert variance([0.1] * 3) == 0.0
