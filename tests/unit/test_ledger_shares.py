"""Shares of an amount add up to it, whatever the weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.ledger.shares import split_fen, split_into

pytestmark = pytest.mark.plain
weights_of = st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(any)


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [(100, [1, 1, 1], [34, 33, 33]), (7, [50, 30, 20], [4, 2, 1]), (10, [5, 5, 5, 1], [3, 3, 3, 1]), (5, [0, 0], [0, 0])],
)
def test_what_rounding_leaves_goes_to_the_largest_remainders_and_of_equal_ones_to_the_first(total, weights, shares):
    assert split_fen(total, weights) == shares


@given(st.integers(0, 10**15), weights_of)
def test_shares_add_up_to_the_total_and_each_is_less_than_one_from_its_exact_share(total, weights):
    shares = split_fen(total, weights)

    assert sum(shares) == total
    assert all(abs(share * sum(weights) - total * weight) < sum(weights) for share, weight in zip(shares, weights, strict=True))


@settings(deadline=None)  # the first example compiles
@given(st.integers(0, 10**9), weights_of)
def test_the_kernel_splits_as_python_does(total, weights):
    shares = np.zeros(len(weights), np.int64)

    split_into(total, np.array(weights, np.int64), shares)

    assert shares.tolist() == split_fen(total, weights)
