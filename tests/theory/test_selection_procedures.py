"""Ranking and selection on normal samples with known means: how often the best arm is found, and at what cost."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtr, ndtri, stdtrit

from sim.experiments.procedures import kn, levelled_means, ocba, ocba_crn, paired, pcs_approximate, unpaired
from sim.random_streams import stream_key, uniforms

pytestmark = pytest.mark.plain
DRAWS = 400  # replications ready for each arm


def normals(study, arms, *, correlation=0.0):
    """Standard normal draws [arm, replication] of one study; arms share their days with this correlation."""
    replications = np.arange(DRAWS)
    own = [ndtri(uniforms(stream_key(study, f"arm {arm}"), replications, 0)) for arm in range(arms)]
    day = ndtri(uniforms(stream_key(study, "day"), replications, 0))
    return math.sqrt(correlation) * day + math.sqrt(1 - correlation) * np.array(own)


def studies(number, means, sd, delta, *, correlation=0.0, confidence=0.95, first=10):
    """How many of so many studies by KN select a wrong arm, and their mean number of observations."""
    wrong, looked_at = 0, 0
    for study in range(number):
        values = np.asarray(means)[:, None] + sd * normals(study, len(means), correlation=correlation)
        found = kn(values.tolist(), delta, confidence, first)
        assert found.selected is not None
        wrong += found.selected != int(np.argmax(means))
        looked_at += sum(found.eliminated.get(arm, (found.stage, 0))[0] for arm in range(len(means)))
    return wrong, looked_at / number


@pytest.mark.parametrize("correlation", [0.0, 0.8])
def test_kn_selects_the_best_of_the_least_favourable_means_as_often_as_it_promises(correlation):
    """Slippage, 5 arms, delta = sd / 2: 400 studies; more than 36 wrong at 5 % comes once in 1,700 seed sets (binomial)."""
    wrong, _ = studies(400, [0.5, 0, 0, 0, 0], 1.0, 0.5, correlation=correlation)

    assert wrong <= 36


def test_kn_takes_fewer_runs_where_arms_share_their_days():
    """Variance of a difference 0.4 instead of 2: about a fifth of the room, and so well below half of the runs."""
    _, apart = studies(40, [0.5, 0, 0, 0, 0], 1.0, 0.5)
    _, together = studies(40, [0.5, 0, 0, 0, 0], 1.0, 0.5, correlation=0.8)

    assert together < apart / 2


def test_kn_by_hand():
    """Three arms, first = 3, confidence 0.9: eta = (0.1^-1 - 1) / 2 = 4.5, h2 = 18; room at r = 3 with delta 1: max(0, (18 S2 - 3) / 6).

    a - b = -1, 0, 0 has S2 = 1/3, a - c = 1, 1, 1 has 0, b - c = 2, 1, 1 has 1/3: room 0.5, 0, 0.5. Means 2, 7/3, 1: b leads a by 1/3,
    too little; c falls short of a by 1 and of b by 5/6 beyond the room. It ends after floor(18 / 3) + 1 = 7 replications.
    """
    a, b, c = [1.0, 2.0, 3.0], [2.0, 2.0, 3.0], [0.0, 1.0, 2.0]

    found = kn([a, b, c], 1.0, 0.9, 3)
    at_the_end = kn([[*a, 2, 2, 2, 2], [*b, 2, 2, 2, 2], c], 1.0, 0.9, 3)

    assert (found.stage, found.stage_max, found.survivors, found.eliminated, found.selected) == (
        3,
        7,
        (0, 1),
        {2: (3, 0)},
        None,
    )
    # Room at r = 5: (6 - 5) / 10 = 0.1; b leads by 1/5 by then.
    assert (at_the_end.stage, at_the_end.eliminated[0], at_the_end.selected) == (5, (5, 1), 1)


def test_kn_looks_no_further_than_it_must_whatever_lies_ahead():
    values = np.array([0.5, 0, 0, 0, 0])[:, None] + normals(7, 5)
    whole = kn(values.tolist(), 0.5, 0.95, 10)

    one_by_one = [kn(values[:, :known].tolist(), 0.5, 0.95, 10) for known in range(10, whole.stage + 1)]

    assert [step.selected for step in one_by_one[:-1]] == [None] * (len(one_by_one) - 1)
    assert one_by_one[-1] == whole


def test_kn_does_not_depend_on_how_arms_are_ordered():
    values = np.array([0.5, 0, 0.2, 0, 0.1])[:, None] + normals(11, 5)
    order = [3, 0, 4, 2, 1]

    plain, moved = kn(values.tolist(), 0.3, 0.95, 10), kn(values[order].tolist(), 0.3, 0.95, 10)

    assert order[moved.selected] == plain.selected
    assert {order[arm]: (stage, order[by]) for arm, (stage, by) in moved.eliminated.items()} == plain.eliminated


def test_arms_that_are_the_same_in_every_replication_end_at_once_and_the_first_named_is_taken():
    found = kn([[1.0, 2.0, 3.0]] * 3, 0.1, 0.95, 3)

    assert (found.selected, found.survivors, found.stage) == (0, (0, 1, 2), 3)


def test_ocba_gives_what_the_book_gives():
    """Chen and Lee (2011), appendix A: the example of the C program, smaller is better; also the test of the R package SPOT."""
    means, variances, counts = [1.2, 2.1, 3.4, 4.87, 6.05], [3.3, 2.0, 4.5, 5.3, 6.9], [12, 6, 5, 5, 4]

    assert ocba([-mean for mean in means], variances, counts, 100) == [48, 38, 11, 2, 1]


def test_ocba_spends_all_that_is_given_and_takes_nothing_back():
    for more in (1, 7, 50):
        given = ocba([3.0, 2.9, 1.0, 3.0], [1.0, 4.0, 0.0, 2.0], [10, 40, 5, 5], more, 0.05)

        assert sum(given) == more
        assert min(given) >= 0


def correct_share(budget, number, allocate, *, correlation=0.0):
    """The share of studies that find the smallest of 10 designs N(i, 6^2), as in Chen and Lee (2011), 3.5."""
    right = 0
    for study in range(number):
        values = (-(np.arange(10)[:, None] + 6 * normals(study, 10, correlation=correlation))).tolist()
        counts = [10] * 10
        while sum(counts) < budget:
            more = allocate([values[arm][: counts[arm]] for arm in range(10)])
            counts = [count + extra for count, extra in zip(counts, more, strict=True)]
        seen = [values[arm][: counts[arm]] for arm in range(10)]
        means = levelled_means(seen) if correlation else [np.mean(each) for each in seen]
        right += int(np.argmax(means)) == 0
    return right / number


def by_ocba(seen):
    return ocba([np.mean(each) for each in seen], [np.var(each, ddof=1) for each in seen], [len(each) for each in seen], 20)


def test_ocba_finds_the_best_of_ten_designs_more_often_than_equal_shares():
    """400 runs; 0.91 and 0.75 in 2,000 studies. 150 studies on the same draws: a lead below 0.02 comes once in some 10,000 seed sets."""
    assert correct_share(400, 150, by_ocba) > correct_share(400, 150, lambda _: [2] * 10) + 0.02


def test_where_arms_share_their_days_the_rule_on_differences_finds_the_best_more_often():
    """200 runs, correlation 0.7; 0.93 and 0.82 in 1,000 studies. No lead in 150 studies on the same draws: once in some 10,000 seed sets."""
    by_differences = correct_share(200, 150, lambda seen: ocba_crn(seen, 20), correlation=0.7)

    assert by_differences > correct_share(200, 150, lambda _: [2] * 10, correlation=0.7)


def test_levelled_means_forget_which_days_an_arm_had():
    days = [5.0, -7.0, 30.0, 4.0, 100.0]
    full, few = [10 + day for day in days], [12 + day for day in days[:2]]

    assert levelled_means([full, few]) == pytest.approx([10 + 26.4, 12 + 26.4])
    assert levelled_means([full[:2], few]) == [9.0, 11.0]


def test_the_approximate_probability_of_two_arms_is_the_normal_one():
    assert pcs_approximate([1.0], [math.sqrt(2)]) == pytest.approx(float(ndtr(1 / math.sqrt(2))), abs=1e-12)
    assert pcs_approximate([0.0, 0.5], [0.0, 0.0]) == 1.0


def test_a_paired_interval_is_that_of_the_differences_both_have():
    found = paired([1.0, 2.0, 3.0, 9.0], [2.0, 4.0, 6.0], 0.95)

    # Differences 1, 2, 3: mean 2, sd 1, t(0.975, 2) = 4.302653.
    assert found.mean == 2.0
    assert found.ci_high - 2.0 == pytest.approx(4.302653 / math.sqrt(3), abs=1e-6)


def test_an_unpaired_interval_is_welchs():
    """Variances 1 and 4 over 3 and 5: error sqrt(1/3 + 4/5), degrees 1.284444 / (1/18 + 0.16) = 5.958763."""
    found = unpaired([1.0, 2.0, 3.0], [4.0, 8.0, 6.0, 8.0, 4.0], 0.95)

    assert found.mean == 4.0
    assert found.error == pytest.approx(math.sqrt(1 / 3 + 4 / 5))
    assert found.ci_high - 4.0 == pytest.approx(float(stdtrit((1 / 3 + 4 / 5) ** 2 / (1 / 18 + 0.16), 0.975)) * found.error)
