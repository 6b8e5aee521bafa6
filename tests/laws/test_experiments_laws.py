"""Laws of paired comparison: swapping labels flips signs exactly, the order of pairs and of KPIs means nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config import RunConfig
from sim.experiments.compare import comparison_of
from sim.experiments.paired import holm, paired_difference
from sim.experiments.replicate import Replicated, replication_config

pytestmark = pytest.mark.plain
VALUES = st.floats(-1e9, 1e9, allow_subnormal=False)
PAIRS = st.lists(st.tuples(VALUES, VALUES), min_size=2, max_size=30)
SAMPLES = st.lists(st.tuples(VALUES | st.none(), VALUES | st.none()), min_size=2, max_size=12)


def split(pairs):
    return [first for first, _ in pairs], [second for _, second in pairs]


def comparison(samples, names):
    """Compare two arms that differ as `samples` say; `names` puts the arms in order."""
    numbers = range(1, len(samples) + 1)
    kpis = {("a", number): {"sales_fen": first, "own": 1} for number, (first, _) in zip(numbers, samples, strict=True)}
    kpis |= {("b", number): {"sales_fen": second, "own": 1} for number, (_, second) in zip(numbers, samples, strict=True)}
    return comparison_of([(name, RunConfig()) for name in names], numbers, Replicated(kpis, ()))


@given(PAIRS)
def test_swapping_the_arms_flips_every_sign_and_changes_no_other_bit(pairs):
    first, second = split(pairs)

    there, back = paired_difference(first, second), paired_difference(second, first)

    assert back.difference_mean == -there.difference_mean
    assert (back.ci_low, back.ci_high) == (-there.ci_high, -there.ci_low)
    assert (back.p_value, back.variance_reduction) == (there.p_value, there.variance_reduction)


@given(SAMPLES)
def test_swapped_labels_turn_higher_into_lower(samples):
    opposite = {"higher": "lower", "lower": "higher"}

    there, back = comparison(samples, "ab")["kpis"], comparison(samples, "ba")["kpis"]

    for one, other in zip(there, back, strict=True):
        assert (one["name"], one["arm"], other["arm"]) == (other["name"], "b", "a")
        assert other["verdict"] == opposite.get(one["verdict"], one["verdict"])
        assert (other["baseline_mean"], other["arm_mean"]) == (one["arm_mean"], one["baseline_mean"])
        assert (other["p_adjusted"], other["pairs"]) == (one["p_adjusted"], one["pairs"])


@given(SAMPLES)
def test_a_kpi_that_is_null_in_many_pairs_is_unknown_and_has_no_number(samples):
    known = sum(None not in pair for pair in samples)

    entry = comparison(samples, "ab")["kpis"][0]

    is_compared = known >= 2 and known >= 0.8 * len(samples)
    assert entry["pairs"] == known
    assert (entry["verdict"] == "unknown") == (not is_compared)
    assert (entry["difference_mean"] is None) == (not is_compared)


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_pairs_changes_no_bit(pairs, luck):
    shuffled = list(pairs)
    luck.shuffle(shuffled)

    assert paired_difference(*split(shuffled)) == paired_difference(*split(pairs))


@given(PAIRS)
def test_the_mean_difference_lies_in_its_interval(pairs):
    found = paired_difference(*split(pairs))

    assert found.ci_low is not None
    assert found.ci_high is not None
    assert found.ci_low <= found.difference_mean <= found.ci_high


@given(st.lists(st.floats(0, 1), max_size=40))
def test_correcting_for_many_lowers_no_p_value_and_keeps_their_order(p_values):
    adjusted = holm(p_values)

    assert all(before <= after <= 1 for before, after in zip(p_values, adjusted, strict=True))
    ordered = [after for _, after in sorted(zip(p_values, adjusted, strict=True))]
    assert all(first <= second for first, second in pairwise(ordered))


@given(st.integers(0, 2**62), st.integers(1, 10**6))
def test_a_replication_has_a_seed_of_its_own_that_a_run_takes(seed, number):
    found = replication_config(RunConfig(seed=seed), number).seed

    assert 0 <= found < 2**62
    assert found == replication_config(RunConfig(seed=seed, date="2026-11-25"), number).seed
    assert found != replication_config(RunConfig(seed=seed), number + 1).seed
