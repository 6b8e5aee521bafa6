"""Ways to pay, tills and teachers as they are planned: hand-traced numbers, readings of an offer, and what is refused."""

from __future__ import annotations

import dataclasses
from math import exp

import numpy as np
import pytest
from scipy.stats import norm

from agents.habits import with_habits
from sim.categories import CATEGORIES
from sim.config import RunConfig, problems_of
from sim.crowd.checkout.build import (
    describe_trades,
    machines_of,
    methods_of,
    price_cut_share,
    self_checkout_stations,
    teacher_h,
    teaches,
)
from sim.crowd.checkout.methods import amount_factor, fee_fen, price_cut_fen
from sim.crowd.checkout.records import METHODS
from sim.crowd.state import CATEGORY, records
from sim.crowd.station_plans import cashiers_of, mean_pay_s, mean_till_s
from sim.schema.checkout import PriceCutConfig
from sim.visitors import PayMethod, empty_visitors
from tests.engine_days import corner_mall


@pytest.mark.parametrize(
    ("paid_fen", "ppm", "fee"),
    [(100, 6000, 1), (83, 6000, 0), (84, 6000, 1), (250, 6000, 2), (249, 6000, 1), (10_000, 6000, 60), (1, 0, 0), (10**12, 6000, 6 * 10**9)],
)  # fmt: skip
def test_half_a_fen_of_fee_is_rounded_up_and_less_is_nothing(paid_fen, ppm, fee):
    assert fee_fen(paid_fen, ppm) == fee


def test_a_price_is_never_cut_to_nothing():
    assert price_cut_fen(1, 999_999) == 0
    assert price_cut_fen(2, 999_999) == 1
    assert price_cut_fen(1999, 100_000) == 199


def test_both_readings_of_ninety_percent_are_a_tenth_off_and_nine_tenths_off():
    assert price_cut_share(PriceCutConfig(stated_percent=90, reading="paid")) == pytest.approx(0.1)
    assert price_cut_share(PriceCutConfig(stated_percent=90, reading="off")) == pytest.approx(0.9)
    assert price_cut_share(PriceCutConfig(stated_percent=0, reading="paid")) == 0
    assert price_cut_share(PriceCutConfig(stated_percent=0, reading="off")) == 0


def test_counting_cash_takes_the_timed_seconds_at_both_ends_and_more_in_between():
    cash = methods_of(RunConfig())[PayMethod.CASH]
    times_s = [
        cash.pay_s_mean * amount_factor(100.0 * yuan, 7800.0, 78_000.0, cash.small_factor, cash.large_factor)
        for yuan in (1, 78, 150, 246.7, 500, 780, 5000)
    ]

    assert times_s[0] == times_s[1] == pytest.approx(15.2)
    assert times_s[3] == pytest.approx((15.2 + 32.9) / 2, abs=0.01)
    assert times_s[-2] == times_s[-1] == pytest.approx(32.9)
    assert times_s == sorted(times_s)


def test_food_retail_has_its_own_times_and_only_cash_depends_on_the_amount():
    methods = methods_of(RunConfig())

    assert methods["pay_s_mean"].tolist() == [18.7, 25.7, 15.2, 23.3, 14.0, 15.0, 18.1, 23.8, 13.2, 18.2, 11.8, 15.0]
    others = np.arange(2 * METHODS) % METHODS != PayMethod.CASH
    assert (methods["small_factor"][others] == 1).all()
    assert (methods["large_factor"][others] == 1).all()


def test_a_till_takes_handling_and_the_mean_of_the_mix():
    config = RunConfig()
    mix = config.checkout.mix
    mix.cash, mix.card, mix.contactless, mix.contactless_pin, mix.mobile, mix.qr = 0.5, 0.0, 0.0, 0.0, 0.0, 1.0

    assert mean_pay_s(config, "fashion") == pytest.approx((0.5 * 18.7 + 15.0) / 1.5)
    assert mean_till_s(config, "fashion") == pytest.approx(45 + (0.5 * 18.7 + 15.0) / 1.5)
    config.services.payment_s_mean = 40.0
    assert mean_till_s(config, "supermarket") == 130.0


@pytest.mark.parametrize(
    ("staff", "self_share", "cashier_share", "cashiers", "machines"),
    [(25, 0.3, 1.0, 17, 8), (25, 0.0, 0.5, 12, 0), (2, 0.5, 1.0, 1, 1), (1, 1.0, 1.0, 1, 0), (4, 1.0, 0.1, 1, 3)],
)
def test_tills_divide_into_cashiers_and_self_checkouts_and_one_cashier_stays(
    staff, self_share, cashier_share, cashiers, machines
):
    config, compiled = RunConfig(), corner_mall()
    compiled = dataclasses.replace(compiled, tenants=({**compiled.tenants[0], "staff": staff}, *compiled.tenants[1:]))
    config.categories["cafe"].self_checkout_share = self_share
    config.checkout.cashiers.cashier_share = cashier_share

    assert cashiers_of(compiled, config, 0)[0] == cashiers
    assert machines_of(compiled, config, 0) == machines
    names = [plan.name for plan in self_checkout_stations(compiled, config)]
    assert names == (["self:L1-bakery"] if machines else [])


def test_fewer_cashiers_do_not_mean_more_machines():
    config = RunConfig()
    config.categories["cafe"].self_checkout_share = 0.5
    before = machines_of(corner_mall(), config, 0)
    config.checkout.cashiers.cashier_share = 0.1

    assert machines_of(corner_mall(), config, 0) == before


def test_teachers_cost_hours_only_where_somebody_is_to_be_won():
    config = RunConfig()
    config.checkout.onboarding.teacher_share = 1.0
    assert teacher_h(corner_mall(), config) == 0

    config.checkout.onboarding.is_on = True
    assert teaches(corner_mall(), config).tolist() == [True, True, False]  # the third is a cinema, which has no tills
    assert teacher_h(corner_mall(), config) == 2 * 9.0


def test_parties_are_used_to_each_way_to_pay_by_its_share():
    """A normal band of false-alarm rate 1e-6 for each of six shares of 40,000 parties."""
    visitors = empty_visitors(40_000)._replace(number=np.arange(40_000))
    config = RunConfig()
    mix = config.checkout.mix
    mix.cash, mix.card, mix.contactless, mix.contactless_pin, mix.mobile, mix.qr = 0.6, 0.2, 0.1, 0.3, 0.0, 0.8
    found = np.bincount(with_habits(config, visitors).pays_by, minlength=6) / 40_000
    shares = np.array([0.3, 0.1, 0.05, 0.15, 0.0, 0.4])

    assert (np.abs(found - shares) <= norm.isf(5e-7) * np.sqrt(shares * (1 - shares) / 40_000)).all()


def test_less_cash_changes_nobody_who_did_not_pay_cash_when_the_rest_goes_to_the_next_in_order():
    visitors = empty_visitors(5_000)._replace(number=np.arange(5_000))
    config = RunConfig()
    mix = config.checkout.mix
    mix.cash, mix.card, mix.contactless, mix.contactless_pin, mix.mobile, mix.qr = 0.4, 0.2, 0.0, 0.0, 0.0, 0.4
    before = with_habits(config, visitors).pays_by
    mix.cash, mix.card = 0.2, 0.4
    after = with_habits(config, visitors).pays_by

    moved = before != after
    assert moved.any()
    assert (before[moved] == PayMethod.CASH).all()


def test_how_many_switch_is_the_stated_share():
    from sim.crowd.checkout.build import describe_checkout
    from sim.crowd.state import PARAMS, records

    config, params = RunConfig(), records(1, PARAMS)
    config.checkout.price_cut.stated_percent = 80.0
    describe_checkout(params[0], config)

    assert params[0].price_cut_ppm == 200_000
    assert params[0].phone_switch_share == pytest.approx(0.7 * (1 - exp(-0.2 / 0.28)))


@pytest.mark.parametrize(
    ("section", "key", "value", "place"),
    [
        ("cash", "small_yuan", 780.0, "checkout.cash.small_yuan"),
        ("onboarding", "starts", "21:00", "checkout.onboarding.starts"),
        ("onboarding", "ends", "noon", "checkout.onboarding"),
        ("price_cut", "reading", "half", "checkout.price_cut.reading"),
        ("fees", "phone", 0.5, "checkout.fees.phone"),
    ],
)
def test_values_that_cannot_be_are_named_once(section, key, value, place):
    config = RunConfig()
    setattr(getattr(config.checkout, section), key, value)

    assert [problem.place for problem in problems_of(config)] == [place]


def test_a_mix_of_nothing_is_refused():
    config = RunConfig()
    for name in ("cash", "card", "contactless", "contactless_pin", "mobile", "qr"):
        setattr(config.checkout.mix, name, 0.0)

    assert [problem.place for problem in problems_of(config)] == ["checkout.mix"]


def test_where_everybody_buys_nobody_is_left_whose_sale_could_be_lost():
    config = RunConfig()
    trade = config.categories["supermarket"]
    trade.conversion_share, trade.lost_to_stock_share = 1.0, 0.2
    trades = records(len(CATEGORIES), CATEGORY)

    describe_trades(trades, config.categories)

    assert problems_of(config) == []
    assert trades[CATEGORIES.index("supermarket")].wanted_share == 1.0


def test_a_self_checkout_has_as_many_places_in_line_and_as_foresighted_customers_as_a_till():
    config = RunConfig()
    config.categories["cafe"].self_checkout_share = 0.5
    config.queues.till_places, config.queues.balk_share = 3, 0.4
    compiled = dataclasses.replace(
        corner_mall(), tenants=({**corner_mall().tenants[0], "staff": 4}, *corner_mall().tenants[1:])
    )

    machines = next(plan for plan in self_checkout_stations(compiled, config) if plan.name == "self:L1-bakery")

    assert (machines.places, machines.balk_share) == (3, 0.4)
