"""Laws of abuse and of the rules against it: the books close, rules see only accounts, and one that is off changes nothing."""

from __future__ import annotations

import numpy as np

from sim.crowd.points.watching import Attack, Rule
from sim.events import EventKind
from sim.ledger.accounts import OUTSIDE, POINTS_ISSUED, POINTS_VOIDED, TREASURY, Currency, TransferReason
from sim.ledger.records import State
from sim.operations.abuse import COLUMNS, GOT_FEN, HONEST, TRIED, Abuse, Adversaries, abuse_names
from tests.engine_days import CLOSES_US, corner_mall, opened
from tests.programme_days import Days, balances, live_days, programme_config, sums_by_currency


def abused(rules=None, visits=80.0, **attacks):
    config = programme_config(visits)
    config.abuse.is_on = True
    for part, given in ((config.abuse.attacks, attacks), (config.abuse.rules, rules or {})):
        for name, value in given.items():
            setattr(part, name, value)
    return config


def counted(days: Days) -> np.ndarray:
    found = days.of_kind(EventKind.ABUSE_COUNTED)
    sums = np.zeros(len(abuse_names()), np.int64)
    np.add.at(sums, found["place"], found["value"])
    return sums


def of(days: Days, attack: Attack, column: int) -> int:
    return int(counted(days)[attack * COLUMNS + column])


def stopped(days: Days, attack: Attack, rule: Rule) -> int:
    return of(days, attack, 2 + rule)


def test_watching_without_attacks_and_rules_changes_no_byte():
    plain = live_days(programme_config())

    watched = live_days(abused(visits=60.0))

    assert all((watched.events[name] == plain.events[name]).all() for name in plain.events)
    assert (watched.transfers == plain.transfers).all()


def test_every_attack_at_once_leaves_books_that_close():
    attacks = {
        "sign_up_points": 10.0,
        "fake_accounts_per_day": 4,
        "refund_farmers_share": 0.3,
        "double_spenders_share": 0.3,
        "ring_members_share": 0.3,
        "colluding_share": 0.7,
        "offline_share": 1.0,
    }
    for rules in ({}, {"claw_back": True, "hold_days": 1.0, "receipts_most": 2, "points_as_points": True}):
        days = live_days(abused(rules, **attacks), days=2)
        assert sums_by_currency(days) == [0, 0, 0, 0]
        accounts = days.programme.ledger.book.accounts[: len(balances(days))]
        lots = np.zeros(accounts.size, np.int64)
        used = days.programme.ledger.book.lots
        np.add.at(lots, used["account"][used["remaining"] > 0], used["remaining"][used["remaining"] > 0])
        with_lots = accounts["has_lots"] == 1
        assert (accounts["balance"][with_lots] == (lots - accounts["owed"])[with_lots]).all()


def test_farmed_refunds_gain_what_was_earned_and_taking_points_back_leaves_nothing():
    free = live_days(abused(refund_farmers_share=1.0))
    ruled = live_days(abused({"claw_back": True}, refund_farmers_share=1.0))

    earned = free.transfers[free.transfers["reason"] == TransferReason.EARNED]["amount"].sum()
    refunded = [days.transfers[days.transfers["reason"] == TransferReason.REFUND] for days in (free, ruled)]
    assert of(free, Attack.REFUND_FARMING, GOT_FEN) == earned > 0
    assert of(ruled, Attack.REFUND_FARMING, GOT_FEN) == 0
    assert stopped(ruled, Attack.REFUND_FARMING, Rule.CLAW_BACK) == earned
    assert of(free, Attack.REFUND_FARMING, TRIED) == refunded[0].size
    assert (refunded[0]["credit"] == OUTSIDE).all()
    assert refunded[1]["amount"].sum() <= refunded[0]["amount"].sum()


def test_held_points_cannot_be_farmed_and_honest_ones_become_free_in_time():
    farmed = live_days(abused({"hold_days": 1.0}, refund_farmers_share=1.0))
    honest = live_days(abused({"hold_days": 1.0}), days=3)

    assert of(farmed, Attack.REFUND_FARMING, GOT_FEN) == 0
    assert balances(farmed)[POINTS_VOIDED] == stopped(farmed, Attack.REFUND_FARMING, Rule.HOLD) > 0
    waiting = honest.transfers[honest.transfers["state"] == State.PENDING]
    freed = honest.transfers[honest.transfers["state"] == State.EXPIRE]
    reserved = honest.programme.ledger.book.accounts["reserved"].sum()
    assert freed["amount"].sum() > 0
    assert waiting["amount"].sum() == freed["amount"].sum() + reserved
    assert balances(honest)[POINTS_VOIDED] == 0


def test_the_ledger_lets_one_of_two_tills_have_the_points_and_trust_pays_the_other():
    online = live_days(abused(double_spenders_share=1.0, offline_share=0.0))
    offline = live_days(abused(double_spenders_share=1.0, offline_share=1.0))
    ruled = live_days(abused({"online_only": True}, double_spenders_share=1.0, offline_share=1.0))

    assert of(online, Attack.DOUBLE_SPENDING, GOT_FEN) == of(ruled, Attack.DOUBLE_SPENDING, GOT_FEN) == 0
    assert of(online, Attack.DOUBLE_SPENDING, TRIED) > 0
    got = of(offline, Attack.DOUBLE_SPENDING, GOT_FEN)
    assert got == stopped(ruled, Attack.DOUBLE_SPENDING, Rule.ONLINE_ONLY) > 0
    assert offline.programme.ledger.book.accounts["owed"].sum() == got


def test_machines_get_a_bonus_for_each_account_and_for_each_phone_under_the_rule():
    attacks = {"sign_up_points": 10.0, "fake_accounts_per_day": 40, "accounts_per_phone": 20, "visits": 5.0}
    free = live_days(abused(**attacks), days=2)
    ruled = live_days(abused({"one_account_per_phone": True}, **attacks), days=2)

    # Accounts of the first day are spent on the second; 40 of them, or one for each of two phones.
    assert of(free, Attack.FAKE_ACCOUNTS, GOT_FEN) == 40 * 1000
    assert of(ruled, Attack.FAKE_ACCOUNTS, GOT_FEN) == 2 * 1000
    assert stopped(ruled, Attack.FAKE_ACCOUNTS, Rule.ONE_PER_PHONE) == 2 * 38 * 1000


def test_honest_people_who_share_a_phone_pay_for_the_rule_about_phones():
    joined = (900_001, 900_002, 900_003)
    rules = {"one_account_per_phone": True, "shared_phone_share": 1.0}
    free = live_days(abused({"shared_phone_share": 1.0}, sign_up_points=10.0, visits=5.0), newcomers=joined)
    ruled = live_days(abused(rules, sign_up_points=10.0, visits=5.0), newcomers=joined)

    welcome = [days.transfers[days.transfers["reason"] == TransferReason.SIGN_UP]["amount"].tolist() for days in (free, ruled)]
    assert welcome == [[1000, 1000, 1000], []]
    assert counted(ruled)[HONEST + 2 * Rule.ONE_PER_PHONE :][:2].tolist() == [3, 3000]


def test_false_sales_gain_points_less_their_fee_and_the_rule_about_a_row_bounds_them():
    attacks = {"colluding_share": 1.0, "false_sales_per_day": 12, "false_sale_yuan": 2000.0, "accomplices": 2, "visits": 5.0}
    free = live_days(abused(**attacks))
    dear = live_days(abused(fee_yuan_per_point=1.2, **attacks))
    ruled = live_days(abused({"in_a_row_most": 2}, **attacks))

    merchants = of(free, Attack.COLLUSION, TRIED) // 12
    assert of(free, Attack.COLLUSION, GOT_FEN) == merchants * 12 * 2000
    assert of(dear, Attack.COLLUSION, GOT_FEN) == merchants * 12 * (2000 - 2400)  # a point that costs 1.2 yuan is no bargain
    assert of(ruled, Attack.COLLUSION, GOT_FEN) == merchants * 4 * 2000
    assert stopped(ruled, Attack.COLLUSION, Rule.IN_A_ROW) == merchants * 8 * 2000


def test_a_limit_of_receipts_costs_honest_members_exactly_what_it_takes_from_them():
    free = live_days(abused())
    ruled = live_days(abused({"receipts_most": 1}))

    taken = ruled.transfers[ruled.transfers["reason"] == TransferReason.TAKEN_BACK]
    cost = counted(ruled)[HONEST + 2 * Rule.RECEIPTS + 1]
    assert cost == taken["amount"].sum() == balances(ruled)[POINTS_VOIDED] > 0
    assert counted(ruled)[HONEST + 2 * Rule.RECEIPTS] == taken.size
    assert balances(ruled)[POINTS_ISSUED] == balances(free)[POINTS_ISSUED]  # nobody shops otherwise for it


def test_points_that_a_rule_takes_are_taken_once_and_cost_the_merchant_nothing():
    days = live_days(abused({"receipts_most": 1, "in_a_row_most": 1}, visits=60.0))

    taken = days.transfers[days.transfers["reason"] == TransferReason.TAKEN_BACK]
    back = days.transfers[days.transfers["reason"] == TransferReason.ISSUE_FEE_RETURNED]
    assert taken.size > 0
    assert np.isin(taken["chain"], back["chain"]).all()  # 1.2 yuan a point
    assert 10 * back["amount"][np.isin(back["chain"], taken["chain"])].sum() == 12 * taken["amount"].sum()


def test_thousands_of_newcomers_leave_the_tills_on_the_accounts_of_the_ledger():
    config = abused(sign_up_points=10.0, visits=5.0)
    crowd = opened(corner_mall(), config, [])
    adversaries = Adversaries(config, crowd.ledger, 3, newcomers=list(range(1_500)))

    Abuse(crowd, config, adversaries, CLOSES_US).act(CLOSES_US)

    assert crowd.mall.accounts is crowd.ledger.book.accounts
    assert crowd.ledger.book.accounts["balance"][crowd.ledger.known_accounts(np.arange(1_500))].tolist() == [1_000] * 1_500


def test_where_the_treasury_cannot_pay_nobody_spends_points_and_the_refusal_is_noted():
    config = abused(sign_up_points=10.0, visits=5.0)
    crowd = opened(corner_mall(), config, [])
    crowd.ledger.book.accounts["limit"][TREASURY] = 0
    account = crowd.ledger.open("false:0:0", Currency.POINTS, limit=0, has_lots=True, may_owe=True)
    crowd.transfer(CLOSES_US, POINTS_ISSUED, account, 1_000, TransferReason.SIGN_UP)
    adversaries = Adversaries(config, crowd.ledger, 3, false_accounts=[(account, 0)])
    abuse = Abuse(crowd, config, adversaries, CLOSES_US)

    abuse.act(CLOSES_US)

    assert crowd.ledger.balance(account) == 1_000
    assert abuse.counted[Attack.FAKE_ACCOUNTS * COLUMNS + GOT_FEN] == 0
    assert (crowd.recent().kind == EventKind.POINTS_HINDERED).sum() == 1
    assert adversaries.false_accounts == [(account, 0)]
