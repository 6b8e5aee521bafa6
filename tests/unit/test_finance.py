"""The accounts of a programme by hand: IFRS 15, the books of months, breakage, close-out."""

from __future__ import annotations

import datetime
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config import RunConfig
from sim.ledger.accounts import (
    POINTS_EXPIRED,
    POINTS_ISSUED,
    POINTS_REDEEMED,
    Currency,
    TransferReason,
)
from sim.ledger.finance import Deferral, Policy, Rounding, allocated, whole
from sim.ledger.finance_books import FinanceBooks, outstanding, totals_of
from sim.ledger.finance_breakage import Hazard, by_chain_ladder, by_ratio
from sim.ledger.leases import open_network_accounts
from sim.ledger.ledger import Ledger

pytestmark = pytest.mark.plain
AMOUNTS = st.integers(0, 10**12)


def test_example_52_of_ifrs_15_to_the_unit():
    assert allocated(100_000, 100_000, 9_500) == (91_324, 8_676)
    cohort = Deferral(8_676, 9_500)
    assert [cohort.spend(4_500), cohort.spend(4_000, 9_700), cohort.liability, cohort.spend(1_200)] == [
        4_110,
        3_493,
        1_073,
        1_073,
    ]


def test_a_ratio_in_whole_per_cent_gives_the_handbook_s_numbers_and_the_exact_one_does_not():
    assert allocated(100_000, 100_000, 9_700, Policy(ratio_digits=2)) == (91_000, 9_000)
    assert allocated(10_000_000, 10_000_000, 970_000) == (9_115_770, 884_230)


@pytest.mark.parametrize(("expected", "year_3"), [(9_900, 3_552), (9_200, 4_140)])
def test_a_new_estimate_is_caught_up_and_nothing_is_restated(expected, year_3):
    cohort = Deferral(9_000, 9_700)
    assert cohort.spend(4_500) == 4_175
    assert cohort.spend(4_000, expected) == year_3


def test_an_estimate_that_doubles_takes_revenue_back():
    cohort = Deferral(1_000, 100)
    assert cohort.spend(50) == 500
    assert cohort.spend(0, 200) == -250
    assert cohort.liability == 750


@pytest.mark.parametrize(
    ("rounding", "units"), [(Rounding.HALF_UP, [1, 2, 3]), (Rounding.HALF_EVEN, [0, 2, 2]), (Rounding.DOWN, [0, 1, 2])]
)
def test_halves_are_rounded_as_the_policy_says(rounding, units):
    assert [whole(Fraction(half, 2), rounding) for half in (1, 3, 5)] == units


@given(price=AMOUNTS, goods=AMOUNTS, points=AMOUNTS, rounding=st.sampled_from(Rounding), digits=st.none() | st.integers(0, 6))
def test_an_allocation_adds_up_to_the_price_and_no_part_is_negative(price, goods, points, rounding, digits):
    parts = allocated(price, goods, points, Policy(rounding, digits))
    assert sum(parts) == price
    assert min(parts) >= 0


@given(
    deferred=AMOUNTS,
    steps=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**7)), max_size=12),
    rounding=st.sampled_from(Rounding),
)
def test_all_that_was_deferred_is_earned_once_whatever_the_estimates(deferred, steps, rounding):
    cohort = Deferral(deferred, 10**6, Policy(rounding))
    revenue = 0
    for points, expected in steps:
        revenue += cohort.spend(points, expected)
        assert 0 <= cohort.liability <= deferred
        assert revenue == cohort.earned
    assert revenue + cohort.close() == deferred
    assert cohort.liability == 0


def opened() -> tuple[Ledger, FinanceBooks, int]:
    ledger = Ledger(["a", "b"], 1000)
    ledger.begin_day(datetime.date(2026, 6, 1), 0)
    config = RunConfig()
    config.finance.breakage_by = "fixed"
    member = ledger.open("member:0", Currency.POINTS, limit=0, has_lots=True, may_owe=True)
    return ledger, FinanceBooks(config), member


def test_months_of_a_programme_by_hand():
    """June: 10 points on 1,000 yuan of sales. July: 4 of them spent, 6 earned on 600 yuan. 10 / 1,010 of June's price is deferred: 990 fen."""
    ledger, books, member = opened()
    ledger.post(0, POINTS_ISSUED, member, 1_000, TransferReason.EARNED)
    books.take_day(ledger, datetime.date(2026, 6, 30), 100_000)
    assert (books.rows[-1]["deferred_fen"], books.rows[-1]["revenue_fen"], books.liability_fen) == (990, 0, 1_000)

    ledger.begin_day(datetime.date(2026, 7, 31), 60)
    ledger.post(0, POINTS_ISSUED, member, 600, TransferReason.EARNED)
    ledger.post(1, member, POINTS_REDEEMED, 400, TransferReason.BURNED)
    books.take_day(ledger, datetime.date(2026, 7, 31), 60_000)

    june, july = books.rows
    assert (june["month"], july["month"]) == ("2026-06", "2026-07")
    assert july["revenue_fen"] == 396  # 4 of 10 points of June's 990 fen: the first to come are the first to go
    assert july["deferred_fen"] == 990 - 396 + 594
    assert books.liability_fen == 1_200 == outstanding(totals_of(ledger))


def test_days_of_one_month_are_one_row_whose_revenues_add_up():
    ledger, books, member = opened()
    for day in range(1, 6):
        ledger.begin_day(datetime.date(2026, 6, day), day)
        ledger.post(0, POINTS_ISSUED, member, 500, TransferReason.EARNED)
        ledger.post(1, member, POINTS_REDEEMED, 100, TransferReason.BURNED)
        books.take_day(ledger, datetime.date(2026, 6, day), 50_000)
    (june,) = books.rows
    assert (june["issued_centi"], june["spent_centi"], june["out_centi"]) == (2_500, 500, 2_000)
    assert june["revenue_fen"] + june["deferred_fen"] == allocated(250_000, 250_000, 2_500)[1]


def test_points_lent_to_another_mall_are_not_spent_and_a_guest_s_are_not_kept():
    ledger, books, member = opened()
    others, _ = open_network_accounts(ledger)
    guest = ledger.open("guest:1:0", Currency.POINTS, limit=0, has_lots=True, may_owe=True)
    month = 12 * 2026 + 5
    ledger.post(0, POINTS_ISSUED, member, 1_000, TransferReason.EARNED)
    ledger.post(1, member, POINTS_REDEEMED, 300, TransferReason.BURNED)
    ledger.post(2, member, others, 600, TransferReason.LEASED_OUT)
    ledger.post(3, others, guest, 200, TransferReason.LEASED_IN)
    books.elsewhere_centi[month] = 600 - 200

    books.take_day(ledger, datetime.date(2026, 6, 30), 100_000)

    (june,) = books.cohorts
    assert june.spent_centi == [300]
    assert june.left_centi == 700 == outstanding(totals_of(ledger))


def test_fair_value_is_cost_less_what_will_never_be_spent():
    ledger, books, member = opened()
    books._finance.breakage_share = 0.25
    books._finance.liability_at = "fair"
    ledger.post(0, POINTS_ISSUED, member, 1_000, TransferReason.EARNED)
    books.take_day(ledger, datetime.date(2026, 6, 30), 100_000)
    assert books.liability_fen == 750

    ledger.post(1, member, POINTS_EXPIRED, 200, TransferReason.EXPIRED)
    books.take_day(ledger, datetime.date(2026, 6, 30), 0)
    assert books.liability_fen == 750, "what has expired is part of the quarter that was expected to be lost"


def test_breakage_is_earned_as_points_are_spent_and_taken_back_when_the_estimate_falls():
    ledger, books, member = opened()
    books._finance.breakage_share, books._finance.breakage_earned = 0.2, "with_spending"
    ledger.post(0, POINTS_ISSUED, member, 1_000, TransferReason.EARNED)
    books.take_day(ledger, datetime.date(2026, 6, 30), 100_000)
    assert books.to_recognise_fen(ledger) == 0
    ledger.post(1, member, POINTS_REDEEMED, 400, TransferReason.BURNED)
    assert books.to_recognise_fen(ledger) == 100  # 200 fen never needed, half of the 800 points expected are spent
    books.recognised_fen = 100
    books._finance.breakage_share = 0.0
    assert books.to_recognise_fen(ledger) == -100


def test_points_without_end_are_broken_by_going_only():
    """Nobody has gone, nobody has spent: what is never spent is the race between the two rates, whatever share is unspent so far."""
    hazard = Hazard(gone_per_year=0.02, burn_per_year=0.18, credibility_years=1.0)
    hazard.see(1_000.0, 1e-9)
    assert hazard.never(1_000.0, 0.0) == pytest.approx(100.0, rel=1e-6)
    assert by_ratio(1_000.0, 0.0) == 1.0
    assert Hazard(0.0, 0.15, 1.0).never(1_000.0, 0.0) == 0.0


def test_cohorts_go_on_as_older_ones_did():
    spent = np.array([[10.0, 30.0, 40.0], [20.0, 60.0, np.nan], [5.0, np.nan, np.nan]])
    # 1 - (40 + 60 x 4/3 + 5 x 3 x 4/3) / 300
    assert by_chain_ladder(np.array([100.0, 100.0, 100.0]), spent) == pytest.approx(1 - 140 / 300)
    assert by_chain_ladder(np.array([100.0]), np.array([[0.0]])) is None
