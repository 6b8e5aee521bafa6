"""Laws of exchange with programmes outside and of the catalogue: nothing is made or lost, and nobody gets more than was agreed."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config import LinkConfig, ProgrammeConfig
from sim.errors import ConfigError
from sim.events import EventKind
from sim.ledger.accounts import (
    FIRST_TENANT,
    OPERATOR,
    POINTS_EXCHANGED,
    POINTS_ISSUED,
    POINTS_REDEEMED,
    TREASURY,
    TransferReason,
)
from sim.operations.exchange import Flow
from sim.schema.partners import ItemConfig
from tests.programme_days import Days, balances, live_days, programme_config, sums_by_currency


def exchanging(**more):
    config = programme_config(40.0)
    config.partners.exchange.is_on = True
    config.partners.exchange.in_share_per_day = config.partners.exchange.out_share_per_day = 0.5
    for name, value in more.items():
        setattr(config.partners.exchange, name, value)
    return config


def vouching(items, **more):
    config = programme_config(120.0)
    config.partners.catalogue.is_on = True
    config.partners.catalogue.look_share = 1.0
    config.partners.catalogue.keep_utility = -10.0
    config.partners.catalogue.items = items
    for name, value in more.items():
        setattr(config.partners.catalogue, name, value)
    return config


def flows_of(days: Days) -> np.ndarray:
    found = days.of_kind(EventKind.POINTS_EXCHANGED)
    sums = np.zeros(len(days.programme.config.partners.exchange.programmes) * len(Flow), np.int64)
    np.add.at(sums, found["place"], found["value"])
    return sums.reshape(-1, len(Flow)).sum(axis=0)


def test_exchange_makes_and_loses_nothing_in_any_currency():
    days = live_days(exchanging(), days=3)

    assert sums_by_currency(days) == [0, 0, 0, 0]
    held = days.programme.holdings
    assert held is not None
    for at, (_, issued, holders) in enumerate(held.account.tolist()):
        assert held.units[at].sum() == balances(days)[holders] == -balances(days)[issued]
        assert (held.units[at] >= 0).all()


def test_what_was_counted_is_what_the_ledger_moved():
    days = live_days(exchanging(), days=3)

    flows = flows_of(days)
    moved = {reason: days.transfers[days.transfers["reason"] == reason] for reason in TransferReason}
    out = moved[TransferReason.CONVERTED_OUT]
    assert (
        flows[Flow.OUT_CENTI] == balances(days)[POINTS_EXCHANGED] == out["amount"][out["credit"] == POINTS_EXCHANGED].sum() > 0
    )
    assert flows[Flow.PAID_FEN] == out["amount"][out["debit"] == TREASURY].sum()
    arrived = moved[TransferReason.CONVERTED_IN]
    on_its_way = sum(int(due.amount.sum()) for due in days.programme.holdings.due if due.is_in)
    assert flows[Flow.IN_CENTI] == arrived["amount"][arrived["debit"] == POINTS_ISSUED].sum() + on_its_way > 0


def test_a_conversion_stays_within_its_limits():
    small = ProgrammeConfig(
        "bank", 400.0, 500.0, minimum_points=1.0, daily_points=3.0, annual_points=5.0, delay_days=0, customers_share=1.0
    )
    days = live_days(exchanging(programmes=[small], in_share_per_day=1.0, out_share_per_day=1.0), days=3)

    converted = np.isin(days.transfers["reason"], [TransferReason.CONVERTED_IN, TransferReason.CONVERTED_OUT])
    for reason, side in ((TransferReason.CONVERTED_IN, "credit"), (TransferReason.CONVERTED_OUT, "debit")):
        rows = days.transfers[(days.transfers["reason"] == reason) & (days.transfers["currency"] == 1)]
        assert rows["amount"].max() <= 300
        assert np.bincount(rows[side], rows["amount"]).max() <= 500
    assert converted.any()


def arbitrage(limits_are_on: bool) -> Days:
    return live_days(
        exchanging(
            programmes=[
                ProgrammeConfig(
                    "bank", 400.0, 500.0, daily_points=60.0, annual_points=100.0, delay_days=0, customers_share=0.0
                ),
                ProgrammeConfig(
                    "airline", 8.0, 14.0, daily_points=80.0, annual_points=130.0, delay_days=0, customers_share=0.0
                ),
            ],
            links=[LinkConfig("bank", "airline", 0.05)],
            arbitrageurs_share=0.5,
            in_share_per_day=0.0,
            out_share_per_day=0.0,
            limits_are_on=limits_are_on,
        ),
        days=2,
    )


def test_going_round_multiplies_points_by_the_rates_and_limits_bound_it():
    free, limited = arbitrage(False), arbitrage(True)

    gained = [int(flows_of(days)[Flow.GAINED_IN_CENTI] - flows_of(days)[Flow.GAINED_OUT_CENTI]) for days in (free, limited)]
    assert gained[0] > 3 * gained[1] > 0
    # A first round turns 50 points into 50 x 10/7, rounded down to hundredths; in two days at most 130 come in and 100 go out.
    first = free.transfers[(free.transfers["reason"] == TransferReason.CONVERTED_IN) & (free.transfers["currency"] == 1)]
    watchers = np.unique(first["credit"]).size
    assert 5000 * 10 // 7 in first["amount"]
    assert gained[1] <= 3000 * watchers
    assert sums_by_currency(free) == sums_by_currency(limited) == [0, 0, 0, 0]


def test_nobody_goes_round_where_no_rates_gain():
    days = live_days(exchanging(arbitrageurs_share=1.0, in_share_per_day=0.0, out_share_per_day=0.0))

    assert flows_of(days)[Flow.GAINED_OUT_CENTI] == 0


def test_a_voucher_is_used_once_and_whoever_funds_it_pays():
    days = live_days(vouching([ItemConfig("v", points=20.0, off_yuan=10.0, from_yuan=20.0, funder="operator")]))

    taken, used = days.of_kind(EventKind.OFFER_TAKEN), days.of_kind(EventKind.OFFER_REDEEMED)
    paid = days.transfers[days.transfers["reason"] == TransferReason.VOUCHER_REDEEMED]
    bought = days.transfers[days.transfers["reason"] == TransferReason.VOUCHER_TAKEN]
    left = days.programme.wallets.held
    assert taken["kind"].size == used["kind"].size + int((left["offer"] >= 0).sum()) > used["kind"].size > 5
    assert (used["value"] == 1000).all()
    assert (paid["debit"] == OPERATOR).all()
    assert paid["amount"].sum() == used["value"].sum()
    assert sorted(paid["credit"] - FIRST_TENANT) == sorted(used["place"])
    assert bought["amount"].sum() == balances(days)[POINTS_REDEEMED] == 2000 * taken["kind"].size


def test_a_voucher_that_a_merchant_funds_itself_moves_no_money():
    days = live_days(vouching([ItemConfig("v", points=20.0, off_yuan=10.0, from_yuan=20.0, funder="merchant")]))

    assert days.of_kind(EventKind.OFFER_REDEEMED)["kind"].size > 0
    assert not (days.transfers["reason"] == TransferReason.VOUCHER_REDEEMED).any()


def test_a_voucher_is_no_good_for_a_smaller_receipt_elsewhere_or_later():
    dear = live_days(vouching([ItemConfig("v", points=20.0, off_yuan=10.0, from_yuan=1_000_000.0)]))
    elsewhere = live_days(vouching([ItemConfig("v", unit="L1-outfitters", points=1.0, off_yuan=1.0, from_yuan=1.0)]))
    # one that ends at the instant at which it is taken: its end is outside, so that not even a seat booked on arrival is cheaper
    short = live_days(vouching([ItemConfig("v", points=1.0, off_yuan=1.0, from_yuan=1.0, valid_days=1e-12)]))

    assert all(days.of_kind(EventKind.OFFER_TAKEN)["kind"].size > 0 for days in (dear, elsewhere, short))
    assert dear.of_kind(EventKind.OFFER_REDEEMED)["kind"].size == short.of_kind(EventKind.OFFER_REDEEMED)["kind"].size == 0
    assert len(set(elsewhere.of_kind(EventKind.OFFER_REDEEMED)["place"].tolist())) == 1


def test_no_more_gifts_are_handed_out_than_there_are():
    gift = ItemConfig("umbrella", "gift", points=1.0, cost_yuan=12.0, value_yuan=19.0, stock=3)
    days = live_days(vouching([gift]), days=2)

    assert days.of_kind(EventKind.OFFER_TAKEN)["kind"].size == 3
    cost = days.transfers[days.transfers["reason"] == TransferReason.GIFT_COST]
    assert cost["amount"].tolist() == [1200, 1200, 1200]
    owed = days.transfers[(days.transfers["reason"] == TransferReason.GIFT_TAKEN) & (days.transfers["debit"] == TREASURY)]
    assert owed["amount"].tolist() == [100, 100, 100]


def test_a_wallet_lives_on_to_the_next_day_and_holds_three_at_most():
    items = [ItemConfig(f"v{number}", points=1.0, off_yuan=1.0, from_yuan=1e6) for number in range(5)]
    days = live_days(vouching(items), days=3)

    held = days.programme.wallets.held["offer"].reshape(-1, 3) >= 0
    assert held.sum() == days.of_kind(EventKind.OFFER_TAKEN)["kind"].size
    assert held.sum(axis=1).max() <= 3


def test_how_often_the_clock_stops_changes_nothing():
    config = vouching([ItemConfig("v", points=20.0, off_yuan=10.0, from_yuan=20.0)])
    config.partners.exchange.is_on = True

    often = live_days(config, stops_us=tuple(range(36_000_000_000, 79_000_000_000, 777_000_000)))

    once = live_days(config)
    assert all((often.events[name] == once.events[name]).all() for name in once.events)
    assert (often.transfers == once.transfers).all()


def test_a_catalogue_that_nobody_looks_at_changes_no_byte():
    plain = live_days(programme_config())
    config = programme_config()
    config.partners.catalogue.is_on = True
    config.partners.catalogue.look_share = 0.0

    idle = live_days(config)

    assert all((idle.events[name] == plain.events[name]).all() for name in plain.events)
    assert (idle.transfers == plain.transfers).all()


def test_a_merchant_that_the_plan_lacks_is_told_of_before_the_day():
    with pytest.raises(ConfigError, match="moon"):
        live_days(vouching([ItemConfig("v", unit="moon")]))
