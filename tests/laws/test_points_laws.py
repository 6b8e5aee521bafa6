"""Laws of points at the till: they only move, the books of tenants agree with the log, nobody's day changes where nobody is a member."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sim.config import RunConfig
from sim.crowd.books import book_of
from sim.crowd.engine import Crowd
from sim.crowd.points.built import earning_of, taking_part
from sim.crowd.points.desk import give_bonuses, take_returns_back
from sim.crowd.points.parking import parks_on_points
from sim.crowd.points.returning import foresee_return
from sim.crowd.points.till import chain_holds, earn_points, redeem
from sim.crowd.state import Mall
from sim.errors import LedgerError
from sim.events import EventKind
from sim.kernel import JIT_DISABLED, entry, referred
from sim.ledger.accounts import (
    CLEARING_TENANT,
    FIRST_TENANT,
    OPERATOR,
    POINTS_EXPIRED,
    POINTS_ISSUED,
    POINTS_REDEEMED,
    POINTS_VOIDED,
    TREASURY,
    TransferReason,
)
from sim.ledger.doors import expire_lots
from sim.ledger.posting import begin_chain, transfer
from sim.ledger.records import Count, Refusal
from sim.schema.points import PointsCampaignConfig, PointsRateConfig
from sim.units import US_PER_DAY, US_PER_HOUR
from tests.engine_days import Lived, corner_mall, day_config, live, opened, parties
from tests.points_days import a_day, all_of_it, members_of, moved, spending

NOON_US = 12 * US_PER_HOUR


def few(visits: float = 60.0) -> RunConfig:
    return day_config(visits)


@pytest.fixture(scope="module")
def day() -> Lived:
    """A day of members with 30 points each; where nothing is compiled they spend what they have."""
    config = few()
    config.points.parking_share = 1.0
    with spending(all_of_it):
        return a_day(config)


@entry
def redeemed(mall: Mall, row: int, unit: int, price_fen: int, centi: int, now_us: int) -> int:
    mall = referred(mall)
    return redeem(mall, row, unit, price_fen, centi, now_us)


@entry
def earned(mall: Mall, row: int, unit: int, net_fen: int, now_us: int) -> int:
    mall = referred(mall)
    return earn_points(mall, row, unit, net_fen, now_us)


@entry
def parked(mall: Mall, row: int, fee_fen: int, now_us: int) -> int:
    mall = referred(mall)
    return 1 if parks_on_points(mall, row, fee_fen, now_us) else 0


@entry
def foreseen(mall: Mall, row: int, unit: int, price_fen: int) -> int:
    mall = referred(mall)
    foresee_return(mall, row, unit, price_fen)
    return 0


@entry
def half_done(mall: Mall, account: int, now_us: int) -> int:
    mall = referred(mall)
    begin_chain(book_of(mall))
    transfer(book_of(mall), now_us, account, POINTS_REDEEMED, 100, TransferReason.BURNED)
    return 1 if chain_holds(mall, Refusal.INSUFFICIENT) else 0


def at_noon(config: RunConfig | None = None, centi: int = 10_000) -> tuple[Crowd, int, int]:
    """Return a crowd at noon, the row of a member inside who has bought nothing yet, and its account, on which it holds so much."""
    config = config or few(200.0)
    crowd = opened(corner_mall(), config, [])
    crowd.admit(members_of(parties(config, corner_mall(), 600, 740), centi))
    crowd.advance_to(NOON_US)
    mall = crowd.mall
    row = int(np.flatnonzero((mall.shoppers["doing"] > 0) & (mall.minds["account"] >= 0) & (mall.errands["spent_fen"] == 0))[0])
    take_returns_back(crowd, NOON_US)  # those of others
    for name in ("fee_fen", "burned_centi", "burned_fen", "redeemed_fen"):
        mall.terms[name] = 0
    return crowd, row, int(mall.minds["account"][row])


def balances_of_the_log(day: Lived, opening_centi: int) -> dict[int, int]:
    """Return what members hold by the log alone: who came under which number, who split off, what their receipts earned and spent."""
    events, found, member = day.events, {}, {}
    for kind, visit, value in zip(events["kind"].tolist(), events["visit"].tolist(), events["value"].tolist(), strict=True):
        if kind == EventKind.MEMBER_CAME:
            member[visit] = value
            found.setdefault(value, opening_centi)
        elif kind == EventKind.SPLIT and visit in member:
            member[value] = member[visit]
        elif kind == EventKind.POINTS_EARNED:
            found[member[visit]] += value
        elif kind in (EventKind.POINTS_BURNED, EventKind.POINTS_TAKEN_BACK, EventKind.PARKING_PAID_IN_POINTS):
            found[member[visit]] -= value
    return found


def test_what_members_hold_by_the_log_is_what_they_hold_by_the_ledger(day):
    ledger = day.crowd.ledger
    held = {name: int(ledger.balance(account)) for account, name in enumerate(ledger.names) if name.startswith("member:")}
    of_log = balances_of_the_log(day, 3000)

    assert len(of_log) > 20
    assert {f"member:{resident}": centi for resident, centi in of_log.items()} == {
        name: held[name] for name in held if int(name[7:]) in of_log
    }
    assert all(centi == 3000 for name, centi in held.items() if int(name[7:]) not in of_log)


def test_points_issued_are_outstanding_or_spent_or_taken_back(day):
    ledger = day.crowd.ledger
    accounts = ledger.book.accounts[: ledger.book.book_counts[Count.ACCOUNTS]]
    outstanding = accounts["balance"][accounts["has_lots"] == 1].sum()

    assert -ledger.balance(POINTS_ISSUED) == outstanding + sum(
        ledger.balance(one) for one in (POINTS_REDEEMED, POINTS_VOIDED, POINTS_EXPIRED)
    )
    assert moved(day, TransferReason.EARNED).size > 3
    assert ledger.balance(POINTS_REDEEMED) > 0 or not JIT_DISABLED


def test_members_spend_no_more_than_they_hold(day):
    balance = day.crowd.ledger.book.accounts["balance"]

    assert (balance[FIRST_TENANT + 2 * 3 + 2 : day.crowd.ledger.book.book_counts[Count.ACCOUNTS]] >= 0).all()
    assert (day.crowd.ledger.book.accounts["owed"] == 0).all()


def test_sales_count_points_at_their_face_and_money_as_it_is(day):
    bought = day.events["kind"] == EventKind.PURCHASED
    sales_fen = np.bincount(day.events["place"][bought], day.events["value"][bought], minlength=3).astype(np.int64)
    money_fen = moved(day, TransferReason.SALE)["amount"].sum()

    assert day.crowd.takings_fen()[FIRST_TENANT:].tolist() == sales_fen.tolist()
    assert money_fen + day.crowd.mall.terms["burned_fen"].sum() == sales_fen.sum()


def test_each_tenant_owes_what_it_issued_and_is_owed_what_it_took(day):
    terms, kinds, places, values = day.crowd.mall.terms, day.events["kind"], day.events["place"], day.events["value"]
    fees, paid = moved(day, TransferReason.ISSUE_FEE), moved(day, TransferReason.REDEMPTION)
    paid = paid[paid["credit"] != OPERATOR]
    for unit in range(3):
        issued = int(values[(kinds == EventKind.POINTS_EARNED) & (places == unit)].sum())
        burned = int(values[(kinds == EventKind.POINTS_BURNED) & (places == unit)].sum())
        assert terms["issued_centi"][unit] == issued
        assert terms["burned_centi"][unit] == burned
        assert terms["fee_fen"][unit] == issued * 120 // 100 == fees["amount"][fees["debit"] == FIRST_TENANT + unit].sum()
        assert terms["redeemed_fen"][unit] == burned == paid["amount"][paid["credit"] == FIRST_TENANT + unit].sum()


def test_points_and_what_is_owed_for_them_move_in_one_chain(day):
    for points, money in (
        (TransferReason.EARNED, TransferReason.ISSUE_FEE),
        (TransferReason.BURNED, TransferReason.REDEMPTION),
    ):
        assert moved(day, points)["chain"].tolist() == moved(day, money)["chain"].tolist() == moved(day, points)["id"].tolist()


def test_fees_of_payment_are_on_money_only(day):
    """A receipt paid wholly in points costs no fee; the rest is checked fen by fen."""
    bought = np.flatnonzero(day.events["kind"] == EventKind.PURCHASED)
    burned = {
        (visit, time): value
        for visit, time, value, kind in zip(
            *(day.events[name].tolist() for name in ("visit", "time_us", "value", "kind")), strict=True
        )
        if kind == EventKind.POINTS_BURNED
    }
    ppm = day.crowd.mall.methods["fee_ppm"][day.events["place"][bought + 1]]
    money = [
        int(day.events["value"][row]) - burned.get((int(day.events["visit"][row]), int(day.events["time_us"][row])), 0)
        for row in bought
    ]

    wanted = [(fen * int(share) + 500_000) // 1_000_000 for fen, share in zip(money, ppm, strict=True)]
    assert moved(day, TransferReason.PAYMENT_FEE)["amount"].sum() == sum(wanted)


def test_a_mall_without_members_has_the_same_day_with_points_and_without():
    config, off = few(), few()
    off.points.is_on = False
    visitors = parties(config, corner_mall())
    visitors = visitors._replace(is_member=np.zeros(visitors.number.size, np.int8))
    one, other = live(corner_mall(), config, [visitors]), live(corner_mall(), off, [visitors])

    assert one.digest == other.digest


def test_without_a_programme_nobody_has_an_account_or_earns_anything():
    config = few()
    config.points.is_on = False
    day = a_day(config)

    assert not np.isin(day.events["kind"], (EventKind.MEMBER_CAME, EventKind.POINTS_EARNED, EventKind.POINTS_BURNED)).any()
    assert not any(name.startswith("member:") for name in day.crowd.ledger.names)
    assert moved(day, TransferReason.OPENING).size == 0


def test_tenants_who_take_no_part_change_nobodys_day_but_in_points():
    config, nobody = few(), few()
    nobody.points.participation, nobody.points.participation_share = "share", 0.0
    one, other = a_day(config, 0), a_day(nobody, 0)

    points = (EventKind.POINTS_EARNED, EventKind.POINTS_BURNED, EventKind.MEMBER_PAID, EventKind.MEMBER_UNSEEN)
    kept, others = (~np.isin(day.events["kind"], points) for day in (one, other))
    for name in one.events:
        assert np.array_equal(one.events[name][kept], other.events[name][others]), name


def test_a_larger_share_of_tenants_only_adds_some_and_own_trades_are_first():
    compiled, before = corner_mall(), np.zeros(3, bool)
    for share in (0.0, 0.34, 0.67, 1.0):
        config = few()
        config.points.participation, config.points.participation_share = "share", share
        now = taking_part(compiled, config)
        assert now.sum() == round(3 * share)
        assert (now >= before).all()
        before = now
        if share == 0.34:
            assert compiled.tenant_categories[int(np.flatnonzero(now)[0])] == "cinema"


def test_two_tills_at_one_instant_cannot_spend_the_same_points():
    """80 of 100 points at each: one succeeds with 80, the other finds 20."""
    crowd, row, account = at_noon()
    parts = [redeemed(crowd.mall, row, unit, 8_000, 8_000, NOON_US) for unit in (0, 1)]

    assert parts == [8_000, 2_000]
    assert crowd.ledger.balance(account) == 0
    assert crowd.mall.terms["redeemed_fen"].tolist() == [8_000, 2_000, 0]


def test_a_redemption_below_the_least_leaves_nothing_behind():
    crowd, row, account = at_noon(centi=50)
    rows = crowd.ledger.book.book_counts[Count.ROWS]

    assert redeemed(crowd.mall, row, 0, 8_000, 8_000, NOON_US) == 0
    assert crowd.ledger.balance(account) == 50
    assert crowd.ledger.book.book_counts[Count.ROWS] == rows


def test_a_chain_that_somebody_outside_the_ledger_refuses_is_taken_back():
    """A gateway that is down refuses before any transfer does: the points that had moved come back."""
    crowd, _, account = at_noon()

    assert half_done(crowd.mall, account, NOON_US) == 0
    assert crowd.ledger.balance(account) == 10_000


def test_a_refund_after_points_were_spent_leaves_a_debt_that_the_next_receipt_repays():
    """Earn 2, spend 102 with another receipt, bring the first back: 2 are owed; the next 300 yuan repay them and leave 1."""
    crowd, row, account = at_noon()
    assert earned(crowd.mall, row, 0, 25_000, NOON_US) == 200
    foreseen(crowd.mall, row, 0, 25_000)
    assert redeemed(crowd.mall, row, 1, 50_000, 1 << 40, NOON_US) == 10_200
    returns = take_returns_back(crowd, NOON_US)

    assert returns["is_settled"].tolist() == [1]
    assert crowd.ledger.balance(account) == -200
    assert crowd.mall.accounts["owed"][account] == 200
    assert crowd.mall.terms["fee_fen"][0] == 0
    assert earned(crowd.mall, row, 0, 30_000, NOON_US) == 300
    assert (crowd.ledger.balance(account), crowd.mall.accounts["owed"][account]) == (100, 0)


def test_what_was_paid_in_points_comes_back_in_points_and_the_tenant_returns_what_it_was_paid():
    crowd, row, account = at_noon()
    assert redeemed(crowd.mall, row, 0, 12_000, 2_000, NOON_US) == 2_000
    assert earned(crowd.mall, row, 0, 10_000, NOON_US) == 100
    foreseen(crowd.mall, row, 0, 12_000)
    money_fen = crowd.ledger.balances_fen.copy()
    returns = take_returns_back(crowd, NOON_US)

    assert returns["burned_fen"].tolist() == [2_000]
    assert crowd.ledger.balance(account) == 10_000
    assert (crowd.ledger.balances_fen - money_fen)[[TREASURY, FIRST_TENANT]].tolist() == [2_000 - 120, 120 - 2_000]
    assert crowd.mall.terms[["burned_centi", "burned_fen", "redeemed_fen", "fee_fen"]][0].tolist() == (0, 0, 0, 0)


def test_no_cap_of_a_merchant_refuses_a_refund_in_points_and_none_of_it_is_paid_in_money():
    config = few(200.0)
    config.clearing.mode = "multilateral"
    crowd, row, account = at_noon(config)
    assert redeemed(crowd.mall, row, 0, 12_000, 2_000, NOON_US) == 2_000
    foreseen(crowd.mall, row, 0, 12_000)
    owing = crowd.ledger.clearing.obligations_account(CLEARING_TENANT)
    transferred = crowd.ledger.balance(owing)
    crowd.transfer(NOON_US, owing, owing + 1, transferred, TransferReason.REDEMPTION)
    crowd.mall.accounts["limit"][owing] = 0
    returns = take_returns_back(crowd, NOON_US)

    assert returns["is_settled"].tolist() == [1]
    assert crowd.ledger.balance(account) == 10_000
    assert crowd.ledger.balance(owing) == -2_000
    assert crowd.mall.accounts["limit"][owing] == 0


def test_tills_see_the_accounts_of_the_ledger_whoever_has_let_them_grow():
    crowd, _, _ = at_noon()
    crowd.ledger.members(np.arange(5_000, 9_000), np.zeros(4_000, np.int64), NOON_US)
    crowd.make_room_in_books()

    assert crowd.mall.accounts is crowd.ledger.book.accounts


def test_a_bonus_and_what_the_mall_owes_for_it_stand_or_fall_together():
    crowd, _, account = at_noon()
    before = crowd.ledger.balances_fen
    give_bonuses(crowd, np.array([account], np.int32), np.array([1_000]), NOON_US)

    assert crowd.ledger.balance(account) == 11_000
    assert (crowd.ledger.balances_fen - before)[[OPERATOR, TREASURY]].tolist() == [-1_200, 1_200]
    crowd.mall.accounts["limit"][OPERATOR] = 0
    with pytest.raises(LedgerError, match="bonus"):
        give_bonuses(crowd, np.array([account], np.int32), np.array([1_000]), NOON_US)
    assert crowd.ledger.balance(account) == 11_000


def test_nothing_is_paid_in_points_alone_while_they_are_suspended_or_rationed():
    crowd, row, _ = at_noon()
    crowd.mall.params["parks_on_points_share"] = 1.0
    for suspended, share in ((1, 1.0), (0, 0.5)):
        crowd.mall.params["points_suspended"], crowd.mall.params["points_price_share"] = suspended, share
        assert parked(crowd.mall, row, 500, NOON_US) == 0
    crowd.mall.params["points_price_share"] = 1.0
    assert parked(crowd.mall, row, 500, NOON_US) == 1


def test_points_hold_until_the_microsecond_before_midnight():
    config = few(200.0)
    config.points.expiry, config.points.expiry_months, config.date = "months", 1, "2026-10-31"
    crowd, row, account = at_noon(config, centi=0)
    assert earned(crowd.mall, row, 0, 25_000, NOON_US) == 200
    last = 31 * US_PER_DAY  # October's points last to the end of November

    lots = crowd.mall.lots["expires_us"][: crowd.ledger.book.book_counts[Count.LOTS]]
    assert last in lots[crowd.mall.lots["account"][: lots.size] == account].tolist()
    expire_lots(crowd.ledger.book, last - 1, 0)
    assert crowd.ledger.balance(account) == 200
    expire_lots(crowd.ledger.book, last, 0)
    assert crowd.ledger.balance(account) == 0
    assert crowd.ledger.balance(POINTS_EXPIRED) >= 200


def test_the_best_campaign_counts_from_its_start_until_the_instant_of_its_end():
    config = few()
    config.points.rates = [PointsRateConfig(category="cafe", factor=0.5), PointsRateConfig(unit="L1-outfitters", factor=3.0)]
    config.points.campaigns = [
        PointsCampaignConfig(first="2026-11-21", until="2026-11-22", starts="12:00", ends="14:00", factor=2.0),
        PointsCampaignConfig(weekdays=["sat"], starts="13:00", categories=["cafe"], factor=5.0),
        PointsCampaignConfig(until="2026-11-21", factor=90.0),
        PointsCampaignConfig(weekdays=["mon"], factor=90.0),
    ]
    milli, from_us = earning_of(corner_mall(), config)
    units = corner_mall().unit_ids
    bakery, outfitters = units.index("L1-bakery"), units.index("L1-outfitters")

    assert (from_us // US_PER_HOUR).tolist() == [0, 12, 13, 14]
    assert milli[outfitters].tolist() == [3000, 6000, 6000, 3000]
    assert milli[bakery].tolist() == [500, 1000, 2500, 2500]


def test_the_same_day_with_twice_the_points_is_the_same_but_for_points():
    config, double = few(), few()
    double.points.campaigns = [PointsCampaignConfig(factor=2.0)]
    one, other = a_day(config, 0), a_day(double, 0)
    kept = [day.events["kind"] != EventKind.POINTS_EARNED for day in (one, other)]

    if JIT_DISABLED:  # nobody spends by the rule of this part alone
        for name in one.events:
            assert np.array_equal(one.events[name][kept[0]], other.events[name][kept[1]]), name
    assert other.crowd.mall.terms["issued_centi"].sum() >= 2 * one.crowd.mall.terms["issued_centi"].sum() > 0


def test_gift_points_are_earned_beside_and_are_another_currency():
    config = few()
    config.points.yuan_per_gift_point = 10.0
    day, without = a_day(config, 0), a_day(few(), 0)

    gifts = moved(day, TransferReason.GIFTS_EARNED)
    assert gifts["amount"].sum() == day.crowd.mall.terms["gifts_centi"].sum() > 0
    assert {day.crowd.ledger.names[account].split(":")[0] for account in gifts["credit"].tolist()} == {"gifts"}
    assert moved(day, TransferReason.EARNED)["amount"].sum() == moved(without, TransferReason.EARNED)["amount"].sum()


def test_a_day_in_batches_has_the_same_points_as_one_handed_over_at_once():
    config = few()
    visitors = members_of(parties(config, corner_mall()), 0)
    half = int(np.searchsorted(visitors.arrive_us, 15 * US_PER_HOUR))
    parts = [type(visitors)(*(column[part] for column in visitors)) for part in (slice(0, half), slice(half, None))]
    whole = live(corner_mall(), config, [visitors])
    other = live(corner_mall(), dataclasses.replace(config), parts, batch_ends_us=[15 * US_PER_HOUR])

    for name in whole.events:
        assert np.array_equal(whole.events[name], other.events[name]), name
