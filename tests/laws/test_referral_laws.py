"""Referral: what comes back is its share of a purchase, to both or to neither, for members whom somebody else has brought, while it counts."""

from __future__ import annotations

import hashlib
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.crowd.engine import Crowd
from sim.crowd.points.referral_records import Brought
from sim.crowd.points.referring import counts_at, points_worth, share_of_three
from sim.crowd.points.referring_built import nobody_referred
from sim.events import EventKind
from sim.ledger.accounts import FIRST_TENANT, POINTS_ISSUED, TREASURY, TransferReason
from sim.ledger.records import Count
from sim.ledger.shares import split_fen
from tests.engine_days import CLOSES_US, END_US, _copied, corner_mall, day_config, parties

VISITS = 60.0


def config_of(**referral):
    config = day_config(VISITS)
    config.referral.is_on = True
    config.referral.label_share = 0.0
    config.points.redeems = False  # so that all of a price is paid in money
    for name, value in referral.items():
        setattr(config.referral, name, value)
    return config


class Day:
    """A day on which every party is a member's, with what the ledger and the log say of it."""

    def __init__(self, config, bring=None, stops_us=(), spoil=None):
        compiled, taken = corner_mall(), []
        visitors = parties(config, compiled)
        residents = np.arange(visitors.number.size)
        nobody = np.zeros(residents.size, np.int8)  # of these parties splits: numbers of parts would have to be told apart
        visitors = visitors._replace(is_member=nobody + 1, shows_card=nobody + 1, splits=nobody, resident=residents)
        self.table = nobody_referred(residents.size)
        if bring:
            bring(self.table)
        self.was = self.table.copy()
        self.crowd = Crowd(compiled, config, lambda full: taken.append(_copied(full)), referrals=self.table)
        controls = self.crowd.controls
        controls.mall_is_open[0] = 1
        controls.entrance_is_open[:] = 1
        controls.unit_is_open[:] = 1
        controls.unit_closes_us[:] = CLOSES_US
        if spoil:
            spoil(self.crowd)
        self.crowd.admit(visitors)
        self.account_of = self.crowd.ledger.account_of
        for stop_us in (*stops_us, CLOSES_US):
            self.crowd.advance_to(stop_us)
        controls.mall_is_open[0] = 0
        controls.unit_is_open[:] = 0
        self.crowd.switched(CLOSES_US)
        self.crowd.advance_to(END_US)
        self.crowd.finish(END_US)
        self.resident_of = dict(zip(visitors.number.tolist(), residents.tolist(), strict=True))
        self.events = {
            name: np.concatenate([getattr(part.events, name) for part in taken])
            for name in ("kind", "visit", "place", "value", "time_us")
        }
        self.transfers = np.concatenate([part.transfers for part in taken])

    def of(self, *reasons):
        return self.transfers[np.isin(self.transfers["reason"], reasons)]

    def purchases(self):
        """Return (resident, unit, fen) of each purchase, in order."""
        at = np.flatnonzero(self.events["kind"] == EventKind.PURCHASED)
        rows = zip(*(self.events[name][at].tolist() for name in ("visit", "place", "value")), strict=True)
        return [(self.resident_of[visit], unit, fen) for visit, unit, fen in rows]

    def total(self, kind):
        return int(self.events["value"][self.events["kind"] == kind].sum())

    @property
    def digest(self):
        found = hashlib.sha256()
        for column in (*self.events.values(), *(self.transfers[name] for name in self.transfers.dtype.names)):
            found.update(np.ascontiguousarray(column).tobytes())
        return found.hexdigest()


ALL = (TransferReason.REFERRAL_POINTS, TransferReason.REFERRAL_FEE, TransferReason.REFERRAL_FUNDING)


def by_unit_0(table):
    table["how"], table["unit"], table["since_us"] = Brought.JOINED, 0, 0


@cache
def a_day():
    return Day(config_of(), by_unit_0)


def test_what_comes_back_is_its_share_of_every_purchase_elsewhere():
    day = a_day()
    elsewhere = [fen for _, unit, fen in day.purchases() if unit != 0]

    assert elsewhere
    share = sum(fen * 5_000 // 1_000_000 for fen in elsewhere)
    assert share == int(day.of(TransferReason.REFERRAL_FEE)["amount"].sum()) == day.total(EventKind.REFERRAL_PAID)
    assert share == int(day.of(TransferReason.REFERRAL_POINTS)["amount"].sum()) == day.total(EventKind.REFERRAL_POINTS)
    assert share == int(day.of(TransferReason.REFERRAL_FUNDING)["amount"].sum()) == int(day.table["returned_fen"].sum())


def test_money_goes_from_the_seller_to_who_brought_the_member_and_never_to_itself():
    fees = a_day().of(TransferReason.REFERRAL_FEE)

    assert set(fees["credit"].tolist()) == {FIRST_TENANT}
    assert FIRST_TENANT not in fees["debit"]
    assert set(a_day().of(TransferReason.REFERRAL_FUNDING)["credit"].tolist()) == {TREASURY}


def test_every_referral_is_a_chain_of_points_and_of_the_money_for_both():
    """No half of it without the other, and nothing without a purchase: each chain ends at the instant of a purchase by that member."""
    day = a_day()
    mine = day.of(*ALL)
    bought = set(zip(day.events["time_us"][day.events["kind"] == EventKind.PURCHASED].tolist(), strict=True))
    for chain in np.unique(mine["chain"]).tolist():
        rows = mine[mine["chain"] == chain]
        assert sorted(rows["reason"].tolist()) == sorted(ALL)
        assert len(set(rows["amount"].tolist())) == 1
        assert (int(rows["time_us"][0]),) in bought


def test_nobody_is_brought_by_itself():
    def friend_is_itself(table):
        table["how"], table["since_us"] = Brought.FRIEND, 0
        table["friend"] = np.arange(table.size) + first

    first = Day(config_of()).account_of[0]
    itself = Day(config_of(), friend_is_itself)
    assert itself.account_of.tolist() == itself.was["friend"][: itself.account_of.size].tolist()
    assert itself.of(*ALL).size == 0


def test_a_friend_gets_points_into_its_own_account():
    def friend_is_the_first(table):
        table["how"], table["since_us"], table["friend"] = Brought.FRIEND, 0, first

    first = int(Day(config_of()).account_of[0])
    day = Day(config_of(share_to_member=0.0), friend_is_the_first)
    points = day.of(TransferReason.REFERRAL_POINTS)
    assert points.size
    assert set(points["credit"].tolist()) == {first}
    assert set(points["debit"].tolist()) == {POINTS_ISSUED}
    assert day.of(TransferReason.REFERRAL_FEE).size == 0


def test_merchants_can_be_paid_in_points_which_are_lots_like_any():
    day = Day(config_of(merchants_get="points"), by_unit_0)
    ledger = day.crowd.ledger
    account = ledger.names.index(f"points:{corner_mall().unit_ids[0]}")

    assert ledger.balance(account) == int(a_day().of(TransferReason.REFERRAL_FEE)["amount"].sum())
    assert day.of(TransferReason.REFERRAL_FEE).size == 0
    lots = ledger.book.lots[: ledger.book.book_counts[Count.LOTS]]
    assert int(lots["remaining"][lots["account"] == account].sum()) == ledger.balance(account)


def test_what_comes_back_stops_at_the_cap_to_the_fen():
    day = Day(config_of(cap_yuan=0.37), by_unit_0)

    assert day.table["returned_fen"].max() == 37
    assert (day.table["returned_fen"] == np.minimum(a_day().table["returned_fen"], 37)).all()


def test_where_the_books_refuse_a_part_nothing_comes_back():
    def close_treasury(crowd):
        crowd.ledger.book.accounts["closed_us"][TREASURY] = 0

    day = Day(config_of(), by_unit_0, spoil=close_treasury)
    assert day.of(*ALL).size == 0
    assert day.total(EventKind.REFERRAL_PAID) == day.total(EventKind.REFERRAL_POINTS) == 0
    assert day.table["returned_fen"].sum() == 0
    assert day.of(TransferReason.SALE).size == a_day().of(TransferReason.SALE).size


def test_who_takes_no_part_gets_nothing():
    def leave(crowd):
        crowd.mall.terms["takes_part"][0] = 0

    assert Day(config_of(), by_unit_0, spoil=leave).of(*ALL).size == 0


def test_a_day_without_anybody_brought_is_the_day_without_referral():
    with_it, without = Day(config_of()), Day(day_config(VISITS))
    assert with_it.digest == without.digest


def test_stops_of_the_clock_change_nothing():
    again = Day(config_of(label_share=0.5), by_unit_0, stops_us=tuple(range(36_000_000_000, 79_000_000_000, 7_777_777_777)))
    assert again.digest == Day(config_of(label_share=0.5), by_unit_0).digest


def test_the_first_touch_stays_and_the_last_touch_takes_over():
    first = Day(config_of(label_share=1.0), by_unit_0)
    last = Day(config_of(label_share=1.0, rule="last_touch"), by_unit_0)

    assert (first.table["unit"] == 0).all()
    touched = last.table["how"] == Brought.LABELLED
    bought = {}
    for resident, unit, _ in last.purchases():
        bought[resident] = unit
    assert {row: int(last.table["unit"][row]) for row in np.flatnonzero(touched).tolist()} == bought


def test_a_label_begins_to_pay_with_the_next_purchase():
    day = Day(config_of(label_share=1.0))
    counts = {}
    expected = 0
    for resident, unit, fen in day.purchases():
        if resident in counts and counts[resident] != unit:
            expected += fen * 5_000 // 1_000_000
        counts.setdefault(resident, unit)
    assert int(day.of(TransferReason.REFERRAL_FEE)["amount"].sum()) == expected


@given(since=st.integers(-(2**50), 2**50), life=st.integers(1, 2**50))
def test_a_referral_counts_from_its_first_instant_up_to_its_end_and_no_longer(since, life):
    assert counts_at(since, life, since)
    assert counts_at(since, life, since + life - 1)
    assert not counts_at(since, life, since + life)
    assert not counts_at(since, life, since - 1)


@settings(max_examples=500)
@given(total=st.integers(0, 10**12), weights=st.tuples(*[st.integers(0, 10**6)] * 3).filter(any))
def test_the_three_shares_of_a_payment_are_those_of_the_largest_remainders(total, weights):
    assert [int(share_of_three(total, *weights, which)) for which in range(3)] == split_fen(total, weights)


@given(value=st.integers(-5, 10**9), face=st.integers(1, 10_000))
def test_points_are_never_worth_more_than_what_was_paid_for_them(value, face):
    centi = points_worth(value, face)
    assert 0 <= centi * face <= max(value, 0) * 100 < (centi + 1) * face or value <= 0


def test_funding_is_divided_between_seller_mall_and_alliance():
    config = config_of(share_to_member=0.0)
    config.referral.funding.seller, config.referral.funding.operator, config.referral.funding.alliance = 1, 1, 1
    day = Day(config, by_unit_0)
    fees = day.of(TransferReason.REFERRAL_FEE)

    assert int(fees["amount"].sum()) == int(a_day().of(TransferReason.REFERRAL_FEE)["amount"].sum())
    for chain in np.unique(fees["chain"]).tolist():
        amounts = fees["amount"][fees["chain"] == chain]
        assert amounts.max() - amounts.min() <= 1
