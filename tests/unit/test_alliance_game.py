"""What merchants make of their statements: joining, installing tills, staying, leaving, and what they bring along."""

from __future__ import annotations

import numpy as np
import pytest

from sim.alliance import Change, Stage
from sim.config import problems_of
from sim.crowd.mind import OUTCOME
from sim.decisions import JoinAlliance, LeaveAlliance, Verdict
from sim.errors import ConfigError
from sim.lived import RATING, Lived
from tests.alliance_days import MONDAY, config_of, game_of, live, statements
from tests.rating_days import mall_of

pytestmark = pytest.mark.plain


def test_merchants_who_expect_much_join_and_learn_that_it_pays():
    game = game_of(expected_gain=0.05)

    decided = live(game, 80, gain=0.04)

    assert sum(isinstance(each, JoinAlliance) for each in decided) == 11
    assert game.summary()["alliance_share"] == 1.0
    assert game.books["belief"].mean() == pytest.approx(0.04, abs=0.01)


def test_merchants_who_expected_too_much_leave_again_once_their_books_say_so():
    game = game_of(expected_gain=0.05, patience_reviews=2)

    decided = live(game, 200, gain=0.0)

    assert sum(isinstance(each, LeaveAlliance) for each in decided) >= 11
    assert game.summary()["alliance_share"] == 0.0


def test_nobody_joins_who_expects_less_than_the_till_costs_and_a_subsidy_moves_that():
    poor = game_of(expected_gain=0.009)
    helped = game_of(expected_gain=0.009, subsidy__fee_share=0.9, subsidy__till_share=1.0)

    live(poor, 60, gain=0.01)
    live(helped, 60, gain=0.01)

    assert poor.summary()["alliance_share"] == 0.0  # the founder's fees are not paid back either
    assert helped.summary()["alliance_share"] == 1.0


def test_luck_can_make_merchants_leave_what_would_have_paid():
    """Nothing tells noise from truth: with few customers' worth of sales, some leave although the gain is twice the cost."""
    game = game_of(60, expected_gain=0.03, starts_with="all", patience_reviews=1, exit_per_year=5.0)

    decided = live(game, 60, gain=0.03, noise=0.5, redeemed=np.arange(60) * 200)

    assert any(isinstance(each, LeaveAlliance) for each in decided)


def test_tills_come_one_after_another_where_teams_are_few():
    few = game_of(expected_gain=0.05, barriers__teams=1, barriers__install_days=4.0)
    many = game_of(expected_gain=0.05, barriers__teams=50, barriers__install_days=4.0)

    live(few, 36, gain=0.04)
    live(many, 36, gain=0.04)

    assert few.summary()["alliance_share"] < many.summary()["alliance_share"] == 1.0
    assert (few.today["stage"] == Stage.INSTALLING).sum() == 1


def test_bought_teams_are_faster_and_dearer():
    made = game_of(expected_gain=0.05, barriers__teams=1)
    bought = game_of(expected_gain=0.05, barriers__teams=1, barriers__talent="buy")

    live(made, 30, gain=0.04)
    live(bought, 30, gain=0.04)

    assert bought.summary()["alliance_share"] > made.summary()["alliance_share"]
    assert bought.accounts.till_fen == made.accounts.till_fen + 200_000


def test_whoever_pays_for_a_till_pays_all_of_it_together():
    game = game_of(expected_gain=0.05, subsidy__till_share=0.3, subsidy__partner_share=0.45, till__month_yuan=0.0)
    bills = []
    for day in range(60):
        decided = tuple(Verdict(0, name, each, "") for name, each in game.review())
        game.learn(
            Lived(
                MONDAY, np.zeros(0, OUTCOME), np.zeros(0, RATING), decided=decided, statements=statements(game, 0.04, day=day)
            )
        )
        bills.append(game.today.copy())
    paid = {name: sum(int(bill[name].sum()) for bill in bills) for name in ("till_fen", "help_fen", "partner_fen")}

    assert paid["till_fen"] == 800_000 * 11
    assert paid["help_fen"] == round(0.3 * 800_000) * 11
    assert paid["partner_fen"] == round(0.45 * 800_000) * 11


def test_the_anchor_leaves_on_its_day_for_good_and_others_leave_more_often_after_it():
    def left_with(day):
        game = game_of(60, starts_with="all", expected_gain=0.05, exit_per_year=1.0, anchor_leaves_day=day, anchor_days=3650.0)
        decided = live(game, 120, gain=0.05, redeemed=np.arange(60) * 100)
        return game, [each.unit_id for each in decided if isinstance(each, LeaveAlliance)]

    (stays, before), (leaves, after) = left_with(0), left_with(15)
    anchor = leaves.anchor

    assert leaves.today["stage"][anchor] == Stage.OUT
    assert len(after) > len(before)
    assert set(before) <= {*after}  # the same draws: who leaves anyway leaves with the anchor's exit too
    assert stays.summary()["alliance_left_total"] == len(before)


def test_who_gives_twice_as_many_points_as_it_takes_leaves_at_the_stated_rate():
    """1,000 merchants, half of which take a third of what the others take; a binomial count, five standard errors: false alarm below 1e-6."""
    game = game_of(1000, starts_with="all", expected_gain=0.5, doubt=0.0001, exit_per_year=1.0, review_days=30.0, neighbours=0)
    share = np.where(np.arange(1000) % 2, 300, 100)
    live(game, 60, gain=0.5, redeemed=share)

    left = live(game, 1, gain=0.5, redeemed=share)
    chance = 1 - np.exp(-1.0 * 30 / 365)  # one over a taken share of one half, less one

    assert all(int(game._index[each.unit_id]) % 2 == 0 for each in left)
    assert abs(len(left) - 500 * chance) < 5 * np.sqrt(500 * chance * (1 - chance))


def test_a_merchant_brings_its_list_once_and_is_paid_for_it():
    game = game_of(expected_gain=0.05, lists__list_share=0.1, lists__reward_yuan=5.0)
    residents, members = np.arange(2000), np.zeros(2000, np.int8)
    brought = []
    for day in range(60):
        decided = tuple(Verdict(0, name, each, "") for name, each in game.review())
        game.learn(
            Lived(
                MONDAY, np.zeros(0, OUTCOME), np.zeros(0, RATING), decided=decided, statements=statements(game, 0.04, day=day)
            )
        )
        rows, units = game.newcomers(residents, members)
        assert all(game.today["change"][units] == Change.JOINED)
        assert game.today["reward_fen"].sum() == 500 * rows.size
        members[rows] = 1
        brought.append(rows)

    everybody = np.concatenate(brought)
    assert everybody.size == np.unique(everybody).size
    assert abs(everybody.size / 2000 - (1 - 0.9**11)) < 5 * np.sqrt(0.25 / 2000)
    assert game.summary()["alliance_members_brought"] == everybody.size


def test_a_merchant_that_fears_for_its_customers_keeps_its_list():
    near_founders = ", ".join(mall_of(12).unit_ids[::2])
    bold = game_of(founders=near_founders, expected_gain=0.05, lists__fear_share=0.0)
    afraid = game_of(founders=near_founders, expected_gain=0.05, lists__fear_share=1.0)

    for game, shares in ((bold, True), (afraid, False)):
        joined = [each for each in live(game, 40, gain=0.04) if isinstance(each, JoinAlliance)]
        assert len(joined) == 6
        assert {each.shares_customers for each in joined} == {shares}


def test_a_day_that_stands_for_ten_plays_the_same_game_in_a_tenth_of_the_days():
    daily, coarse = game_of(expected_gain=0.05), game_of(expected_gain=0.05, days_each=10.0)

    live(daily, 80, gain=0.04)
    live(coarse, 8, gain=0.04)

    assert daily.day == coarse.day
    assert daily.summary()["alliance_share"] == coarse.summary()["alliance_share"]


def test_a_till_without_a_line_takes_no_part_and_the_tenant_stays_in():
    game = game_of(200, starts_with="all", till__failure_share=0.3)

    down = (game.today["stage"] == Stage.IN) & (game.today["takes_part"] == 0)
    assert 0.3 * 200 - 5 * np.sqrt(42) < down.sum() < 0.3 * 200 + 5 * np.sqrt(42)
    assert game.summary()["alliance_share"] == 1.0


def test_a_game_that_is_saved_goes_on_as_if_nothing_had_happened():
    whole, first = game_of(expected_gain=0.02, patience_reviews=1), game_of(expected_gain=0.02, patience_reviews=1)
    live(whole, 25, gain=0.01, noise=0.1)
    live(first, 25, gain=0.01, noise=0.1)
    second = game_of(expected_gain=0.02, patience_reviews=1)
    second.restore(first.state())

    live(whole, 40, gain=0.01, noise=0.1)
    live(second, 40, gain=0.01, noise=0.1)

    assert np.array_equal(whole.today, second.today)
    assert np.array_equal(whole.books, second.books)


def test_a_game_that_is_restored_knows_what_day_it_is_before_it_lives_another():
    first, second = (game_of(subsidy__till_share=0.5, subsidy__months=1.0) for _ in range(2))
    live(first, 40, gain=0.01)
    second.restore(first.state())

    assert second.accounts.day == first.accounts.day == first.day
    assert second.accounts.entry_fen == first.accounts.entry_fen == first.accounts.till_fen


def test_joining_is_told_on_the_day_on_which_it_acts():
    game = game_of(expected_gain=0.05)
    seen = []
    for day in range(60):
        decided = tuple(Verdict(0, name, each, "") for name, each in game.review())
        game.learn(
            Lived(
                MONDAY, np.zeros(0, OUTCOME), np.zeros(0, RATING), decided=decided, statements=statements(game, 0.04, day=day)
            )
        )
        seen.append(int((game.today["change"] == Change.JOINED).sum()))

    assert sum(seen) == 11 == game.summary()["alliance_joined_total"]


def test_unknown_founders_and_anchors_are_named_with_what_was_meant():
    with pytest.raises(ConfigError, match="no trade or unit of this name"):
        game_of(founders="cinemma")
    with pytest.raises(ConfigError, match="no unit of this name"):
        game_of(anchor="nowhere")


def test_more_help_than_a_till_costs_is_refused():
    config = config_of(subsidy__till_share=0.7, subsidy__partner_share=0.4)

    assert [each.place for each in problems_of(config)] == ["alliance.subsidy.till_share"]
    assert [each.place for each in problems_of(config_of(days_each=20.0))] == ["alliance.days_each"]


def test_merchants_are_asked_once_a_day_after_the_mall_has_closed():
    game = game_of(expected_gain=0.05)
    live(game, 20, gain=0.04)
    both = game.beside(lambda now_us, observations: [("operator", LeaveAlliance("nobody", "asked first"))])
    closes_us = 22 * 3600 * 1_000_000

    assert len(both(closes_us - 1, None)) == 1
    assert len(both(closes_us, None)) == 12  # the operator's own, and eleven who join


def test_a_merchant_decides_alike_whoever_else_is_in_the_mall():
    """Of merchants who know nothing of each other yet, those of a larger mall decide as they would in a smaller one."""
    few, many = (game_of(units, margin_sigma=0.3, expected_gain_sd=0.02, expected_gain=0.01) for units in (12, 40))

    first = [{each.unit_id for each in live(game, 21, gain=0.0) if isinstance(each, JoinAlliance)} for game in (few, many)]

    shared = {
        unit for unit in few._unit_ids if unit in many._unit_ids and few._key[few._index[unit]] == many._key[many._index[unit]]
    }
    assert shared
    assert first[0] & shared == first[1] & shared
