"""Tastes inferred from choices: hand-made cases, a stranger, tags that say nothing, and the family of verified cases."""

from __future__ import annotations

import numpy as np
import pytest

from sim.sensing.insight.tastes import Choices, coarsened, estimate
from sim.verification import tastes

TWO = Choices(np.array([[1.0, 0.0], [-1.0, 0.0]]), np.zeros(2, np.int64), np.zeros(2))


def test_of_somebody_who_has_chosen_nothing_nothing_is_known():
    found = estimate(np.zeros((1, 2)), TWO, 1.0)

    assert found.taste.tolist() == [[0.0, 0.0]]
    assert found.variance[0] == pytest.approx(2.0)


def test_the_mode_is_where_prior_and_choices_balance():
    """k choices of +1 among n: the mode t solves 2 k - n - n tanh(t) = t for points +-1 and pull 1."""
    found = estimate(np.array([[7.0, 3.0]]), TWO, 1.0)
    mode = found.taste[0, 0]

    assert 7.0 - 3.0 - 10.0 * np.tanh(mode) == pytest.approx(mode, abs=1e-9)
    assert found.taste[0, 1] == 0.0
    assert found.variance[0] == pytest.approx(1.0 + 1.0 / (1.0 + 10.0 * (1 - np.tanh(mode) ** 2)))


def test_choices_without_pull_or_between_equals_say_nothing():
    equals = Choices(np.ones((2, 2)), np.zeros(2, np.int64), np.zeros(2))

    assert np.abs(estimate(np.array([[9.0, 1.0]]), TWO, 0.0).taste).max() == 0.0
    assert np.abs(estimate(np.array([[9.0, 1.0]]), equals, 1.0).taste).max() < 1e-12


def test_only_alternatives_of_one_set_compete():
    apart = Choices(TWO.points, np.array([0, 1]), TWO.log_appeal)

    assert np.abs(estimate(np.array([[9.0, 1.0]]), apart, 1.0).taste).max() < 1e-12


def test_a_mirrored_history_is_a_mirrored_taste_whoever_else_is_asked_for():
    counts = np.array([[7.0, 3.0], [3.0, 7.0], [0.0, 0.0]])
    found = estimate(counts, TWO, 1.0).taste

    assert found[0].tolist() == (-found[1]).tolist()
    assert estimate(counts[:1], TWO, 1.0).taste == pytest.approx(found[:1])


def test_a_coarse_tag_is_the_mean_of_what_it_covers():
    points = np.array([[0.0, 1.0], [2.0, 1.0], [5.0, 5.0]])

    assert coarsened(points, np.array([0, 0, 1]), np.array([1.0, 3.0, 1.0])).tolist() == [[1.5, 1.0], [5.0, 5.0]]


def test_fine_tags_sharpen_with_history_and_coarse_ones_never_guide():
    values = {name: parameter.default for name, parameter in tastes.PARAMETERS.items()} | {"people": 300}
    found = tastes.run(values)

    assert [record["case"] for record in found if record["verdict"] == "fail"] == []
    assert sum(record["verdict"] == "pass" for record in found) >= 8
