"""Netting keeps every net position; a clearing vector is a fixed point, and in whole fen nobody pays what it does not have."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.ledger import netting

pytestmark = pytest.mark.plain
A, B, C, D = range(4)


@st.composite
def networks(draw, largest=10**6):
    size = draw(st.integers(2, 6))
    cell = st.one_of(st.just(0), st.integers(0, largest))
    owed = np.array([[draw(cell) if i != j else 0 for j in range(size)] for i in range(size)], np.int64)
    return owed, [draw(st.integers(0, largest)) for _ in range(size)]


def four_merchants():
    owed = np.zeros((4, 4), np.int64)
    for debtor, creditor, fen in (
        (A, B, 500), (A, D, 120), (B, A, 300), (B, C, 260), (C, A, 410), (C, D, 90), (D, B, 75), (D, C, 180),
    ):  # fmt: skip
        owed[debtor, creditor] = fen
    return owed


def test_four_merchants_settle_1935_with_105():
    owed = four_merchants()

    assert netting.net_positions(owed).tolist() == [90, 15, -60, -45]
    assert (netting.gross_fen(owed), netting.bilateral_fen(owed), netting.multilateral_fen(owed)) == (1935, 1155, 105)
    assert netting.efficiency(owed) == Fraction(1830, 1935)


def test_a_chain_passes_on_what_it_has():
    owed = np.array([[0, 100, 0], [0, 0, 100], [0, 0, 0]])

    assert netting.clearing_vector(owed, [40, 10, 0]) == [40, 50, 0]
    assert netting.paid_fen(owed, [40, 10, 0])[1, 2] == 50


def test_a_ring_pays_125_sixths_and_65_thirds():
    owed = np.array([[0, 80, 20], [50, 0, 50], [0, 0, 0]])

    assert netting.clearing_vector(owed, [10, 5, 0]) == [Fraction(125, 6), Fraction(65, 3), 0]


def test_a_ring_without_money_pays_nothing():
    """Anything up to 50 would be a fixed point: the greatest one is what setting off would give, and nothing is needed for it."""
    owed = np.array([[0, 50], [50, 0]])

    assert netting.clearing_vector(owed, [0, 0]) == [50, 50]


@given(networks())
def test_netting_preserves_every_net_position_and_settles_less_the_wider_it_is(network):
    owed, _ = network

    for left in (netting.bilateral_of(owed), netting.multilateral_of(owed)):
        assert netting.net_positions(left).tolist() == netting.net_positions(owed).tolist()
    assert netting.net_positions(owed).sum() == 0
    assert netting.multilateral_of(owed).sum() == netting.multilateral_fen(owed)
    assert netting.multilateral_fen(owed) <= netting.bilateral_fen(owed) <= netting.gross_fen(owed)
    assert np.count_nonzero(netting.multilateral_of(owed)) < len(owed)


@settings(deadline=None)
@given(networks(1000))
def test_fictitious_defaults_and_the_iteration_from_above_agree(network):
    owed, assets = network
    assets = [fen + 1 for fen in assets]  # with money of its own each, there is one clearing vector

    exact = netting.clearing_vector(owed, assets)
    limit = netting.clearing_vector_by_iteration(owed, np.array(assets))

    assert limit == pytest.approx([float(paid) for paid in exact], rel=1e-9, abs=1e-6)


@settings(deadline=None)
@given(networks(1000))
def test_who_defaults_pays_all_it_has_and_who_does_not_pays_all_it_owes(network):
    owed, assets = network
    paid = netting.clearing_vector(owed, assets)
    total = owed.sum(axis=1).tolist()

    for i in range(len(owed)):
        received = sum((paid[j] * int(owed[j, i]) / total[j] for j in range(len(owed)) if total[j]), Fraction(0))
        assert paid[i] == min(total[i], assets[i] + received)


@settings(deadline=None)
@given(networks(1000))
def test_in_whole_fen_nobody_pays_more_than_it_has_or_owes_and_rounding_costs_little(network):
    owed, assets = network
    found = netting.paid_fen(owed, assets)
    have = np.array(assets) + found.sum(axis=0)
    short = found.sum(axis=1) < owed.sum(axis=1)

    assert np.all(found >= 0)
    assert np.all(found <= owed)
    assert np.all(found.sum(axis=1) <= have)
    assert np.all((have - found.sum(axis=1))[short] <= len(owed))  # a defaulter keeps less than a fen of each other


@settings(deadline=None)
@given(networks(1000))
def test_nobody_is_the_poorer_for_another_fen_of_somebody(network):
    """Of the exact vector; whole fen may move one by largest remainder."""
    owed, assets = network
    before = netting.clearing_vector(owed, assets)
    after = netting.clearing_vector(owed, [assets[0] + 1, *assets[1:]])

    assert all(more >= less for more, less in zip(after, before, strict=True))
