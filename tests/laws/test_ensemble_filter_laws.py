"""The ensemble filter does what a Kalman filter does with the same covariances, and no more than its measurements reach."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.forecasting.filter import analysis, serial_analysis
from sim.forecasting.scores import covered_share, crps
from sim.random_streams import stream_key, uniforms

pytestmark = pytest.mark.plain


def drawn(seed: int, rows: int, columns: int) -> np.ndarray:
    key = stream_key(seed, "an ensemble for tests")
    return np.stack([np.asarray(uniforms(key, np.arange(rows), column)) * 4 - 2 for column in range(columns)], axis=1)


def kalman(unknowns, predicted, measured, variance):
    members = unknowns.shape[0]
    away, told = unknowns - unknowns.mean(0), predicted - predicted.mean(0)
    cross, own = away.T @ told / (members - 1), told.T @ told / (members - 1)
    gain = cross @ np.linalg.inv(own + np.diag(variance))
    mean = unknowns.mean(0) + gain @ (measured - predicted.mean(0))
    covariance = away.T @ away / (members - 1) - gain @ cross.T
    return mean, covariance


@given(st.integers(0, 10_000), st.integers(3, 30), st.integers(1, 4), st.integers(1, 5))
def test_mean_and_covariance_after_it_are_those_of_the_kalman_filter(seed, members, count, told):
    unknowns = drawn(seed, members, count)
    predicted = unknowns @ drawn(seed + 1, count, told)
    measured, variance = drawn(seed + 2, told, 1)[:, 0], 0.1 + drawn(seed + 3, told, 1)[:, 0] ** 2

    after = analysis(unknowns, predicted, measured, variance)

    mean, covariance = kalman(unknowns, predicted, measured, variance)
    assert np.allclose(after.mean(0), mean, atol=1e-8)
    assert np.allclose(np.atleast_2d(np.cov(after.T)), covariance, atol=1e-8)


@given(st.integers(0, 10_000), st.permutations(range(6)))
def test_the_order_of_members_changes_nothing(seed, order):
    unknowns, order = drawn(seed, 6, 2), np.array(order)
    predicted, measured, variance = unknowns[:, :1] * 2, np.array([0.7]), np.array([0.3])

    after = analysis(unknowns, predicted, measured, variance)

    assert np.allclose(after[order], analysis(unknowns[order], predicted[order], measured, variance), atol=1e-9)


def test_a_measurement_moves_only_what_it_reaches():
    unknowns = drawn(5, 12, 3)
    reach = np.array([[True, False], [False, True], [False, False]])

    after = analysis(unknowns, unknowns[:, :2], np.array([1.0, np.nan]), np.array([0.1, 0.1]), reach=reach)

    assert not np.allclose(after[:, 0], unknowns[:, 0])
    assert np.array_equal(after[:, 1:], unknowns[:, 1:])


def test_a_measurement_without_worth_and_one_that_is_missing_change_nothing():
    unknowns = drawn(6, 10, 2)

    assert np.allclose(analysis(unknowns, unknowns, np.array([3.0, 3.0]), np.array([1e12, 1e12])), unknowns, atol=1e-6)
    assert np.array_equal(analysis(unknowns, unknowns, np.array([np.nan, np.nan]), np.ones(2)), unknowns)


def test_inflation_lets_measurements_count_for_more():
    unknowns = drawn(7, 10, 1)
    plain, wide = (analysis(unknowns, unknowns, np.array([5.0]), np.ones(1), inflation=factor) for factor in (1.0, 2.0))

    assert unknowns.mean() < plain.mean() < wide.mean() < 5.0


def test_the_score_of_an_ensemble_is_on_average_least_for_the_one_it_is_drawn_from():
    happened = drawn(8, 4000, 1)[:, 0]
    scores = {}
    for name, shift, width in (("true", 0.0, 1.0), ("shifted", 0.7, 1.0), ("narrow", 0.0, 0.3), ("wide", 0.0, 2.0)):
        ensemble = (drawn(9, 4000 * 24, 1)[:, 0].reshape(24, 4000)) * width + shift
        scores[name] = crps(ensemble, happened).mean()

    assert min(scores, key=scores.__getitem__) == "true"
    assert abs(scores["true"] - 2 / 3) < 0.03  # E|x - y| - E|x - x'| / 2 of the uniform on [-2, 2] is 4/3 - 2/3


def test_the_interval_of_a_true_ensemble_of_24_covers_nine_in_ten():
    happened = drawn(10, 4000, 1)[:, 0]
    ensemble = drawn(11, 4000 * 24, 1)[:, 0].reshape(24, 4000)

    assert abs(covered_share(ensemble, happened) - 0.9) < 0.015  # 3 sd of a share of 4,000


@given(st.integers(0, 10_000), st.integers(3, 30), st.integers(1, 5))
def test_filters_of_one_unknown_each_do_side_by_side_what_each_does_alone(seed, members, places):
    unknowns, slope = drawn(seed, members, places), drawn(seed + 1, places, 1)[:, 0]
    predicted = unknowns * slope + 0.3
    measured, variance = drawn(seed + 2, places, 1)[:, 0], 0.1 + drawn(seed + 3, places, 1)[:, 0] ** 2

    after = serial_analysis(unknowns, predicted, measured, variance)

    for place in range(places):
        alone = (unknowns[:, [place]], predicted[:, [place]], measured[[place]], variance[[place]])
        assert np.allclose(after[:, place], analysis(*alone)[:, 0], atol=1e-8)


def test_members_that_agree_are_not_moved_by_a_measurement():
    same = np.full((6, 2), 0.4)

    assert (serial_analysis(same, same, np.array([5.0, -5.0]), np.array([0.1, 0.0001])) == same).all()
