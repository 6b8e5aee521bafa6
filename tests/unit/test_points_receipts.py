"""Receipts in points by hand: what they earn, what a refund takes and gives back, how much of a price points may pay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.crowd.points.receipts import burned_centi_of, centi_back, points_back_fen, points_of, worth_fen
from sim.units import fen_from_yuan

USUAL, PER_POINT, FACE = 1_000_000, 10_000, 100
MUCH = 1 << 40
fen = st.integers(0, 10**10)


@pytest.mark.parametrize(
    ("yuan", "points"), [("99.99", 0), ("100.00", 1), ("199.99", 1), ("250.00", 2), ("295.00", 2), ("0", 0)]
)
def test_a_receipt_earns_one_point_for_each_whole_hundred_yuan(yuan, points):
    assert points_of(fen_from_yuan(yuan), USUAL, PER_POINT) == 100 * points


def test_three_articles_on_one_receipt_earn_what_three_receipts_do_not():
    assert points_of(3 * 6000, USUAL, PER_POINT) == 100
    assert 3 * points_of(6000, USUAL, PER_POINT) == 0


def test_twice_the_points_are_those_of_the_receipt_and_not_twice_whole_ones():
    assert points_of(15_000, 2 * USUAL, PER_POINT) == 300
    assert points_of(9_999, 0, PER_POINT) == 0


def test_a_refund_is_reckoned_on_what_is_still_paid():
    """250 yuan earn 2 points; 60 are refunded: 190 earn 1, so 1 goes, where 60 alone would take none."""
    assert points_of(25_000, USUAL, PER_POINT) - points_of(19_000, USUAL, PER_POINT) == 100
    assert points_of(6_000, USUAL, PER_POINT) == 0


@given(fen, fen, st.integers(0, 100_000_000))
def test_a_larger_receipt_never_earns_less_and_never_more_than_its_rate(one, other, earning):
    small, large = sorted((one, other))
    earned = points_of(large, earning, PER_POINT)

    assert points_of(small, earning, PER_POINT) <= earned
    assert earned * 1_000_000 * PER_POINT <= large * earning * 100 < (earned + 100) * 1_000_000 * PER_POINT
    assert earned % 100 == 0


@given(fen, fen, fen, st.integers(1, 1000), st.integers(0, 1_000_000))
def test_points_never_pay_more_than_the_price_and_never_a_fraction_of_a_fen(wanted, held, price_fen, face, most_ppm):
    centi = burned_centi_of(wanted, held, price_fen, face, MUCH, most_ppm)

    assert 0 <= centi <= max(wanted, 0)
    assert centi <= held
    assert worth_fen(centi, face) <= price_fen * most_ppm // 1_000_000
    assert worth_fen(centi - 1, face) < worth_fen(centi, face) or centi == 0


def test_points_pay_half_where_no_more_than_half_may_be_paid_in_them():
    assert burned_centi_of(MUCH, MUCH, 9_999, FACE, MUCH, 500_000) == 4_999
    assert burned_centi_of(MUCH, 300, 9_999, FACE, MUCH, 500_000) == 300
    assert burned_centi_of(MUCH, MUCH, 9_999, FACE, 200, 500_000) == 200
    assert burned_centi_of(-5, MUCH, 9_999, FACE, MUCH, 500_000) == 0


@given(fen, fen, fen)
def test_a_refund_gives_points_back_before_money_and_all_of_both_in_the_end(price_fen, burned_fen, refund_fen):
    burned_fen, refund_fen = min(price_fen, burned_fen), min(price_fen, refund_fen)
    back_fen = points_back_fen(burned_fen, refund_fen)

    assert back_fen == burned_fen or refund_fen == back_fen
    assert 0 <= refund_fen - back_fen <= price_fen - burned_fen
    assert points_back_fen(burned_fen, price_fen) == burned_fen


@given(st.integers(1, 10**7), st.integers(1, 1000), fen)
def test_no_more_points_come_back_than_were_spent(burned_fen, face, back_fen):
    centi = burned_centi_of(MUCH, MUCH, burned_fen, face, MUCH, 1_000_000)
    spent_fen = worth_fen(centi, face)

    assert 0 <= centi_back(centi, spent_fen, min(back_fen, spent_fen)) <= centi
    assert centi_back(centi, spent_fen, spent_fen) == (centi if spent_fen else 0)
