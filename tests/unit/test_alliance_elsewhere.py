"""Merchants of the alliance elsewhere: who pays there, when, and what moves."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from agents.alliance_outside import OutsideMerchants
from sim.alliance import OUTSIDE_TRADE
from sim.config import RunConfig
from sim.ledger.accounts import OUTSIDE, POINTS_ISSUED, POINTS_REDEEMED, TREASURY, Currency
from sim.ledger.ledger import Ledger
from sim.ledger.records import Count
from sim.operations.outside_trade import OutsideTrade
from tests.engine_days import corner_mall, day_config, opened

pytestmark = pytest.mark.plain

JULY, JANUARY = datetime.date(2026, 7, 24), datetime.date(2026, 1, 23)
CLOSES_US = 79_200_000_000


def elsewhere(**keys):
    config = RunConfig(seed=3)
    for name, value in {"resorts": 2, "hotels": 1, "from_day": 10, "customers_per_day": 200.0, **keys}.items():
        setattr(config.alliance.outside, name, value)
    return OutsideMerchants(config, Ledger(("a", "b"), 1000))


def test_nobody_pays_before_the_wave_begins_and_only_members_are_told_of():
    people, members = elsewhere(), np.zeros(1000, np.int8)
    members[::2] = 1

    assert people.trade_on(JULY, 9.0, 1000, members).size == 0
    found = people.trade_on(JULY, 10.0, 1000, members)
    assert set(found["resident"] % 2) == {0}
    everybody = people.trade_on(JULY, 10.0, 1000, np.ones(1000, np.int8))
    assert np.array_equal(everybody[everybody["resident"] % 2 == 0], found)  # the others' being members moves nobody's draw


def test_a_resort_has_its_season():
    people, members = elsewhere(hotels=0, season_share=0.5), np.ones(1000, np.int8)

    summer, winter = (people.trade_on(date, 100.0, 1000, members).size for date in (JULY, JANUARY))

    assert summer == pytest.approx(600, abs=2)
    assert winter == pytest.approx(200, abs=2)


def test_a_bill_moves_points_money_and_fees_and_nothing_else():
    crowd = opened(corner_mall(), day_config(), [])
    ledger = crowd.ledger
    merchant = ledger.open("elsewhere:hotel-1", Currency.FEN)
    member = int(ledger.members(np.array([5]), np.array([3_000]), 0)[0])
    trade = np.zeros(3, OUTSIDE_TRADE)
    trade["account"], trade["resident"], trade["bill_fen"], trade["spends"] = (
        merchant,
        [5, 5, 6],
        [50_000, 25_000, 70_000],
        [1, 0, 1],
    )

    OutsideTrade(crowd, trade, RunConfig().alliance.outside, 10_000, CLOSES_US).act(CLOSES_US)

    # 50,000 fen: 3,000 of it in points, 4 points for the 47,000; 25,000 fen earn 2 points; who has no account leaves no trace.
    assert ledger.balance(member) == 600
    assert ledger.balance(POINTS_REDEEMED) == 3_000
    assert ledger.balance(POINTS_ISSUED) == -3_600
    assert ledger.balance(merchant) == 3_000 + 47_000 + 25_000 - 720
    assert ledger.balance(TREASURY) == -3_000 + 720
    assert ledger.balance(OUTSIDE) == -72_000


def test_a_treasury_that_cannot_pay_lets_the_bill_be_paid_in_money_and_points_end_when_the_malls_do():
    config = day_config()
    config.points.expiry, config.points.expiry_months = "months", 1
    crowd = opened(corner_mall(), config, [])
    ledger = crowd.ledger
    ledger.book.accounts["limit"][TREASURY] = 0
    merchant = ledger.open("elsewhere:hotel-1", Currency.FEN)
    member = int(ledger.members(np.array([5]), np.array([3_000]), 0)[0])
    trade = np.zeros(1, OUTSIDE_TRADE)
    trade["account"], trade["resident"], trade["bill_fen"], trade["spends"] = merchant, 5, 50_000, 1

    bills = OutsideTrade(crowd, trade, RunConfig().alliance.outside, 10_000, CLOSES_US)
    bills.act(CLOSES_US)

    assert (bills.refused, ledger.balance(POINTS_REDEEMED), ledger.balance(member)) == (1, 0, 3_500)
    assert ledger.balance(OUTSIDE) == -50_000
    lots = ledger.book.lots[: ledger.book.book_counts[Count.LOTS]]
    assert int(crowd.mall.params["points_last_us"][0]) in lots["expires_us"].tolist()
