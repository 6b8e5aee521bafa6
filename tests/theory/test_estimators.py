"""Estimators against effects that are known because they were put in; seeds are fixed, false alarms of each bound are stated."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import binom

from sim.experiments import estimators
from sim.experiments.estimators import Logged
from sim.random_streams import stream_key, uniforms

pytestmark = pytest.mark.plain
ROWS, WORLDS = 800, 200
ROBUST = [
    (method, of) for method in (estimators.ips, estimators.snips, estimators.doubly_robust) for of in ("treated", "everybody")
]


def normals(key, rows, count):
    return ndtri(uniforms(key, rows, count))


def world(number, *, effect=3.0, wrong_propensity=False, bent=False):
    """Return a log in which those who want it anyway are likelier to be treated, and the true mean effects."""
    rows = np.arange(ROWS)

    def draws(what):
        return uniforms(stream_key(number, what), rows, 0)

    wish, other = normals(stream_key(number, "wish"), rows, 0), normals(stream_key(number, "other"), rows, 0)
    propensity = np.clip(1 / (1 + np.exp(-1.2 * wish)), 0.1, 0.9)
    is_treated = draws("who") < propensity
    gain = effect * (1 + 0.5 * wish)
    base = 10 + 4 * wish + (3 * wish**2 if bent else 0) + other
    logged = np.full(ROWS, is_treated.mean()) if wrong_propensity else propensity
    log = Logged(is_treated, base + gain * is_treated, logged, np.stack([wish], axis=1))
    return log, {"treated": float(gain[is_treated].mean()), "everybody": float(gain.mean())}


def covered(method, of, **how):
    found = [(method(log, of), truth[of]) for log, truth in (world(number, **how) for number in range(WORLDS))]
    return sum(estimate.covers(truth) for estimate, truth in found), np.array([each.effect - truth for each, truth in found])


def test_the_naive_estimate_is_wrong_by_what_the_treated_would_have_had_anyway():
    worlds = [world(number) for number in range(50)]
    errors = np.array([estimators.naive(log).effect - truth["treated"] for log, truth in worlds])

    assert errors.min() > 2.0


@pytest.mark.parametrize(("method", "of"), ROBUST)
def test_with_the_logged_propensities_the_interval_holds_the_truth_as_often_as_it_says(method, of):
    """At least 90 % of 200 worlds: a true cover of 95 % falls short of that with a probability of 1e-3; of six cases, 6e-3."""
    hits, errors = covered(method, of)

    assert binom.cdf(179, WORLDS, 0.95) < 2e-3
    assert hits >= 180
    assert abs(errors.mean()) < 4 * errors.std() / np.sqrt(WORLDS)


def test_doubly_robust_is_right_with_a_wrong_propensity_where_the_regression_is_right():
    right = covered(estimators.doubly_robust, "everybody", wrong_propensity=True)[1]
    by_weights_alone = covered(estimators.ips, "everybody", wrong_propensity=True)[1]

    assert abs(right.mean()) < 4 * right.std() / np.sqrt(WORLDS)
    assert by_weights_alone.mean() > 1.0


def test_doubly_robust_is_right_with_a_wrong_regression_where_the_propensity_is_right():
    right = covered(estimators.doubly_robust, "everybody", bent=True)[1]

    assert abs(right.mean()) < 4 * right.std() / np.sqrt(WORLDS)


def test_regression_alone_is_right_only_where_its_form_is():
    straight, bent = (
        np.array(
            [estimators.adjusted(log).effect - truth["treated"] for log, truth in (world(n, bent=how) for n in range(WORLDS))]
        )
        for how in (False, True)
    )

    assert abs(straight.mean()) < 4 * straight.std() / np.sqrt(WORLDS)
    assert abs(bent.mean()) > 8 * bent.std() / np.sqrt(WORLDS)


def test_without_an_effect_none_is_seen():
    hits, errors = covered(estimators.doubly_robust, "treated", effect=0.0)

    assert hits >= 180
    assert abs(errors.mean()) < 4 * errors.std() / np.sqrt(WORLDS)


def test_labels_swapped_the_naive_effect_changes_its_sign_and_nothing_else():
    log, _ = world(1)
    swapped = Logged(~log.is_treated, log.outcome, 1 - log.propensity, log.features)

    assert estimators.naive(swapped).effect == -estimators.naive(log).effect
    assert estimators.naive(swapped).error == pytest.approx(estimators.naive(log).error, rel=1e-12)


def test_an_error_by_clusters_is_larger_where_clusters_share_their_luck():
    rows = np.arange(ROWS)
    slot = rows // 40
    is_treated = uniforms(stream_key(3, "slot"), slot, 0) < 0.5
    outcome = 5 * normals(stream_key(3, "shared"), slot, 0) + normals(stream_key(3, "own"), rows, 0)
    log = Logged(is_treated, outcome, np.full(ROWS, 0.5), np.zeros((ROWS, 0)))

    by_slot, by_row = estimators.clustered(log, slot), estimators.clustered(log, rows)

    assert by_slot.effect == by_row.effect == estimators.naive(log).effect
    assert by_slot.error > 3 * by_row.error


def test_a_log_in_which_everybody_was_treated_tells_nothing():
    log = Logged(np.ones(5, bool), np.arange(5.0), np.ones(5), np.zeros((5, 0)))

    assert estimators.estimates_of(log) == []
