"""What must hold of members and their points: who holds none is as before, more points never make a burn less likely, nobody moves another."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import api
from sim.crowd.points.attraction import points_utility
from sim.crowd.points.burning import CENTIPOINTS, points_to_burn_centi, points_wanted, spending_factor
from sim.crowd.state import Mall
from sim.events import EventKind
from sim.kernel import entry, referred
from sim.ledger.accounts import POINTS_ISSUED, Currency, TransferReason
from tests.engine_days import corner_mall, day_config, live, opened, parties
from tests.memory_years import config_of, day, people_of
from tests.memory_years import live as live_between

NOON_US = 43_200_000_000


@entry
def utility_of(mall: Mall, row: int, unit: int) -> float:
    mall = referred(mall)
    return points_utility(mall, row, unit)


@entry
def burned_at(mall: Mall, row: int, unit: int, price_fen: int, now_us: int) -> int:
    mall = referred(mall)
    return points_to_burn_centi(mall, row, unit, price_fen, now_us)


@entry
def spends_at(mall: Mall, row: int) -> float:
    mall = referred(mall)
    return spending_factor(mall, row)


def a_member(points=0, cost_fen=5000, habit=0.0, config=None):
    """Return a crowd whose first row is a member's party with so many points."""
    crowd = opened(corner_mall(), config or day_config(), [])
    account = crowd.ledger.open("member:0", Currency.POINTS, limit=0, has_lots=True, may_owe=True)
    if points:
        crowd.ledger.post(0, POINTS_ISSUED, account, CENTIPOINTS * points, TransferReason.EARNED)
    crowd.mall = crowd.mall._replace(**crowd.ledger.book._asdict())
    mind = crowd.mall.minds[0]
    mind.account, mind.held_centi, mind.habit, mind.burn_cost_fen = account, CENTIPOINTS * points, habit, cost_fen
    mind.price_sensitivity = 1.0
    return crowd


amounts = st.integers(0, 10**6)


@settings(max_examples=200, deadline=None)
@given(amounts, amounts, st.floats(1, 1e8), amounts, amounts, amounts, st.floats(0, 5))
def test_more_points_a_higher_price_or_a_lower_cost_never_make_a_burn_smaller(points, price, cost, recent, more, dearer, bonus):
    usual = points_wanted(points, price, 100, cost, recent, bonus)

    assert points_wanted(points + more, price, 100, cost, recent, bonus) >= usual
    assert points_wanted(points, price + dearer, 100, cost, recent, bonus) >= usual
    assert points_wanted(points, price, 100, cost, recent + more, bonus) >= usual
    assert points_wanted(points, price, 100, cost / 2, recent, bonus) >= usual


@settings(max_examples=200, deadline=None)
@given(amounts, amounts, st.floats(1, 1e8), amounts)
def test_nobody_burns_more_than_it_holds_or_than_the_price(points, price, cost, recent):
    found = points_wanted(points, price, 100, cost, recent, 0.4)

    assert 0 <= found <= points
    assert 100 * found <= price


@pytest.mark.parametrize(
    ("points", "price_fen", "burned"), [(0, 90_000, 0), (49, 90_000, 0), (50, 90_000, 50), (500, 7_099, 70), (500, 4_900, 0)]
)
def test_a_member_burns_all_that_a_price_takes_once_it_is_worth_its_cost(points, price_fen, burned):
    config = day_config()
    config.loyalty.burning = dataclasses.replace(config.loyalty.burning, occasion_sigma=0.0, gift_trades=[])
    crowd = a_member(points, cost_fen=5000, config=config)

    assert burned_at(crowd.mall, 0, 0, price_fen, NOON_US) == CENTIPOINTS * burned


def test_points_that_came_on_the_same_visit_are_found_money():
    config = day_config()
    config.loyalty.burning = dataclasses.replace(config.loyalty.burning, occasion_sigma=0.0, gift_trades=[], windfall_bonus=0.5)
    crowd = a_member(40, cost_fen=5000, config=config)
    saved_up = burned_at(crowd.mall, 0, 0, 90_000, NOON_US)
    crowd.mall.minds[0].held_centi = 0

    assert saved_up == 0
    assert burned_at(crowd.mall, 0, 0, 90_000, NOON_US) == CENTIPOINTS * 40


def test_reserved_points_are_not_burned():
    crowd = a_member(100, cost_fen=1)
    crowd.mall.accounts[crowd.mall.minds[0].account].reserved = CENTIPOINTS * 70

    assert burned_at(crowd.mall, 0, 0, 90_000, NOON_US) == CENTIPOINTS * 30


def test_without_an_account_nothing_is_burned_wished_or_spent_more():
    crowd = a_member(1000, cost_fen=1, habit=1.0)
    crowd.mall.minds[0].account = -1

    assert burned_at(crowd.mall, 0, 0, 90_000, NOON_US) == 0
    assert utility_of(crowd.mall, 0, 0) == 0.0
    assert spends_at(crowd.mall, 0) == 1.0


def test_a_store_that_refuses_points_loses_with_those_in_the_habit_and_with_nobody_else():
    usual, used_to_it = a_member(), a_member(habit=1.0)
    for crowd in (usual, used_to_it):
        crowd.mall.terms["takes_part"][1] = 0

    assert utility_of(usual.mall, 0, 1) == 0.0
    assert utility_of(used_to_it.mall, 0, 1) == pytest.approx(-day_config().loyalty.habit_utility)
    assert utility_of(used_to_it.mall, 0, 0) > 0


def test_more_points_wish_to_be_burned_more():
    wishes = [utility_of(a_member(points).mall, 0, 0) for points in (0, 1, 10, 100, 10_000)]

    assert wishes == sorted(wishes)
    assert wishes[0] < wishes[-1]


def test_who_is_near_its_reward_or_has_burned_buys_for_more():
    assert spends_at(a_member(39, cost_fen=5000).mall, 0) == 1.0
    assert spends_at(a_member(40, cost_fen=5000).mall, 0) == pytest.approx(1.01)
    crowd = a_member(0)
    crowd.mall.minds[0].has_burned = 1
    assert spends_at(crowd.mall, 0) == pytest.approx(1.02)


def few(**loyalty):
    config = day_config(60.0)
    config.loyalty = dataclasses.replace(config.loyalty, **loyalty)
    return config


def a_day_of(config):
    return live(corner_mall(), config, [parties(config, corner_mall())])


def test_where_nobody_is_a_member_the_programme_changes_no_byte():
    changed = {"points_weight": 2.0, "habit_utility": 5.0, "member_discount_share": 0.5, "shows_share": 0.0}
    plain, loyal = few(), few(**changed)
    for config in (plain, loyal):
        config.digital.member_share = 0.0

    assert a_day_of(plain).digest == a_day_of(loyal).digest


def test_a_price_cut_for_members_cuts_what_they_pay_and_nobody_elses():
    config = few(member_discount_share=0.1, points_weight=0.0, discount_visits_effect=0.0)
    config.digital.member_share = 1.0
    found = a_day_of(config)
    shown = found.events["value"][found.events["kind"] == EventKind.MEMBER_PAID].sum()
    cut = found.tallies.counts[12]

    assert cut > 0
    assert cut == pytest.approx((shown + cut) * 0.1, rel=0.01)


def test_holdings_from_before_the_run_are_the_same_each_time_and_whole_points():
    first, second = (people_of(config_of(5000)).memory.holdings for _ in range(2))

    np.testing.assert_array_equal(first.from_before_centi, second.from_before_centi)
    assert (first.from_before_centi % CENTIPOINTS == 0).all()
    assert first.from_before_centi.sum() > 0


def test_only_members_hold_points_from_before_the_run():
    people = people_of(config_of(5000))

    assert (people.memory.holdings.from_before_centi[people.residents.is_member == 0] == 0).all()
    assert (people.memory.holdings.habit[people.residents.is_member == 0] == 0).all()


def test_another_members_points_change_nothing_that_a_member_brings():
    people = people_of(config_of(5000))
    members = np.flatnonzero(people.memory.is_member)
    number, is_member = 1000 + members, np.ones(members.size, np.int8)
    before = people.memory.holdings.brought(number, members, is_member, people.memory.points_centi)
    people.memory.points_centi[members[0]] += 10**6
    after = people.memory.holdings.brought(number, members, is_member, people.memory.points_centi)

    for name, column in before.items():
        np.testing.assert_array_equal(column[1:], after[name][1:])


def test_everybody_comes_as_often_on_the_first_day_whether_or_not_there_is_a_programme():
    config = config_of(4000)
    without = config_of(4000)
    without.points.is_on = False
    usual, bare = people_of(config), people_of(without)

    moved = bare.memory.visit_factor(day(0)) / usual.memory.visit_factor(day(0))
    assert (moved == 1.0).all()


def test_a_burn_draws_a_member_back_and_the_draw_fades():
    people = people_of(config_of(4000))
    rows = np.flatnonzero((people.memory.is_member > 0) & (people.memory.points_centi > 0))[:50]
    is_open = np.zeros(people.residents.key.size, bool)
    is_open[rows] = True
    people.memory.holdings.days = 1
    people.memory.hold(np.zeros(is_open.size, np.int64), is_open, 0, 0)

    pressed = [
        people.memory.holdings._pressure(people.memory.points_centi, people.memory.is_member, on)[rows] for on in (0, 10, 90)
    ]

    assert (pressed[0] == 1.0).all()
    assert (pressed[1] < pressed[0]).all()
    assert (pressed[2] < 0.06).all()


def test_the_dead_never_join_again_and_their_points_stay_out():
    config = config_of(4000)
    config.loyalty.gone_share_per_year = 0.9
    people = people_of(config)
    held = people.memory.points_centi.sum()
    live_between(people, 60)
    gone = np.flatnonzero((people.residents.is_member > 0) & (people.memory.is_member == 0))

    people.memory.enrol(gone)

    assert 0.2 < gone.size / people.residents.is_member.sum() < 0.45  # 1 - 0.1^(60/365) = 0.315
    assert (people.memory.is_member[gone] == 0).all()
    assert people.memory.points_centi.sum() == held


def test_reminders_reach_absent_holders_with_messages_on_and_annoy_like_any_message():
    config = config_of(4000)
    config.loyalty = dataclasses.replace(config.loyalty, reminder_days=7, reminder_absent_days=7, reminder_points=1.0)
    people = people_of(config)
    reminded = people.memory.holdings.reminded(
        people.memory.points_centi, people.memory.is_member, people.memory.last_visit_day, 0, 14
    )

    sent = people.memory._messages.remind(reminded, people.memory.received, people.memory.push_on)

    assert 0 < sent < reminded.size
    assert (people.memory.points_centi[reminded] >= CENTIPOINTS).all()
    assert int((people.memory.received > 0).sum()) == sent
    assert (
        people.memory.holdings.reminded(
            people.memory.points_centi, people.memory.is_member, people.memory.last_visit_day, 0, 13
        ).size
        == 0
    )


def test_members_know_the_balances_of_the_ledger_and_those_not_seen_keep_what_they_held():
    config = day_config(20.0)
    config.catchment.residents = 2000
    compiled = corner_mall()
    town = api.Town(config, compiled, api.Deciders(config, compiled))
    members = np.flatnonzero(town.memory.is_member)
    before = town.memory.points_centi.copy()
    account = town.ledger.members(members[:1], before[members[:1]], 0)[0]
    town.ledger.post(0, POINTS_ISSUED, int(account), 7_00, TransferReason.EARNED)

    town.hold_points(town.ledger.balances_of(town.residents))

    assert town.memory.points_centi[members[0]] == before[members[0]] + 7_00
    np.testing.assert_array_equal(np.delete(town.memory.points_centi, members[0]), np.delete(before, members[0]))
    assert town.memory.summary(day(0))["points_cost_fen"] == round(0.88 * 7_00)


def test_who_holds_points_shows_its_card_more_often():
    people = people_of(config_of(4000))
    number = np.arange(20_000)
    resident = np.zeros(20_000, np.int64)
    member = np.ones(20_000, np.int8)
    none = people.memory.holdings.brought(number, resident, member, np.zeros(people.residents.key.size, np.int64))
    many = people.memory.holdings.brought(number, resident, member, np.full(people.residents.key.size, 10_000))

    # 0.6 and 1: false alarm below 1e-6 at five standard errors
    assert none["shows_card"].mean() == pytest.approx(0.6, abs=0.0175)
    assert (many["shows_card"] >= none["shows_card"]).all()
    assert many["shows_card"].mean() > 0.99
