"""Who has brought whom, by hand: merchants that recruit at the till, friends who told before, businesses that are gone."""

from __future__ import annotations

import datetime
from functools import cache

import numpy as np
import pytest

from agents.memory.referrers import Referrers
from agents.population import residents_of
from sim.alliance import Change
from sim.api import Deciders, Town
from sim.config import RunConfig
from sim.crowd.mind import OUTCOME
from sim.crowd.points.referral_records import Brought
from sim.crowd.points.referring_built import referred_now, rings_of
from sim.lived import BOUGHT, Lived
from sim.units import US_PER_DAY
from tests.engine_days import corner_mall

pytestmark = pytest.mark.plain
NONE = -1


def config_of(**referral) -> RunConfig:
    config = RunConfig()
    config.population.visits_per_day = 200.0
    config.referral.is_on = True
    config.referral.of_old_share, config.referral.recruit_share = 0.0, 1.0
    for name, value in referral.items():
        setattr(config.referral, name, value)
    return config


@cache
def residents():
    return residents_of(config_of())


def begun(**referral) -> Referrers:
    return Referrers(config_of(**referral), residents(), corner_mall())


def a_day(*purchases: tuple[int, int]) -> Lived:
    """A day on which residents bought at units; each visit's number is 100 + its resident."""
    outcomes = np.zeros(len({resident for resident, _ in purchases}), OUTCOME)
    outcomes["resident"] = sorted({resident for resident, _ in purchases}, reverse=True)
    outcomes["number"] = 100 + outcomes["resident"]
    bought = np.array([(100 + resident, unit) for resident, unit in purchases], BOUGHT)
    return Lived(datetime.date(2026, 11, 21), outcomes, np.zeros(0), bought=bought)


def nobody() -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(0, np.int64), np.zeros(0, np.int32)


def members() -> np.ndarray:
    return np.ones(residents().key.size, np.int8)


def test_a_new_member_was_recruited_where_it_bought_on_the_day_it_joined():
    referrers = begun()
    referrers.learn(a_day((7, 2), (9, 0), (9, 0), (11, 1)), *nobody())
    referrers.join(np.array([7, 9, 20]), 3, members())

    assert referrers.table["unit"][[7, 9, 11, 20]].tolist() == [2, 0, NONE, NONE]
    assert referrers.table["how"][[7, 9, 11, 20]].tolist() == [Brought.JOINED, Brought.JOINED, Brought.NOT, Brought.NOT]
    assert referrers.table["since_us"][7] == 4 * US_PER_DAY


def test_whoever_joins_by_a_merchants_list_is_that_merchants_wherever_it_has_bought():
    referrers = begun()
    referrers.learn(a_day((7, 2)), *nobody())
    referrers.join(np.array([7, 9]), 3, members(), np.array([1, 0]))

    assert referrers.table["unit"][[7, 9]].tolist() == [1, 0]
    assert referrers.table["how"][[7, 9]].tolist() == [Brought.JOINED, Brought.JOINED]


def test_a_town_gives_the_customers_of_a_list_to_the_merchant_that_brought_them():
    config = config_of()
    config.alliance.is_played = config.abuse.is_on = True
    config.alliance.lists.list_share = 0.2
    plan = corner_mall()
    town = Town(config, plan, Deciders(config, plan))
    was_member = town.memory.is_member.copy()
    town.alliance.today["change"][1] = Change.JOINED
    town.alliance.books["shares"][1] = 1

    town.enrol_from_lists()

    new = np.flatnonzero(town.memory.is_member > was_member)
    assert new.size > 0
    assert (town.referrers.table["unit"][new] == 1).all()
    assert (town.referrers.table["how"][new] == Brought.JOINED).all()
    assert town.programme.adversaries.newcomers == new.tolist()


def test_yesterday_s_purchases_recruit_nobody_today():
    referrers = begun()
    referrers.learn(a_day((7, 2)), *nobody())
    referrers.learn(a_day((8, 1)), *nobody())
    referrers.join(np.array([7]), 0, members())
    assert referrers.table["how"][7] == Brought.NOT


@pytest.mark.parametrize(("rule", "how"), [("first_touch", Brought.FRIEND), ("last_touch", Brought.JOINED)])
def test_a_tale_comes_before_the_till(rule, how):
    referrers = begun(rule=rule)
    referrers.learn(a_day((7, 2)), np.array([7]), np.array([30], np.int32))
    referrers.join(np.array([7]), 0, members())
    assert referrers.table["how"][7] == how
    assert (referrers.table["teller"][7], referrers.table["unit"][7]) == ((30, NONE) if how == Brought.FRIEND else (NONE, 2))


def test_a_teller_counts_only_as_a_member_and_is_paid_only_once_it_has_an_account():
    referrers = begun()
    is_member = members()
    is_member[30] = 0
    referrers.learn(a_day((7, 2), (8, 1)), np.array([7, 8]), np.array([30, 31], np.int32))
    referrers.join(np.array([7, 8]), 0, is_member)
    assert referrers.table["how"][[7, 8]].tolist() == [Brought.JOINED, Brought.FRIEND]

    accounts = np.full(40, NONE, np.int32)
    referrers.begin_day(accounts)
    assert referrers.table["friend"][8] == NONE
    accounts[31] = 99
    referrers.begin_day(accounts)
    assert referrers.table["friend"][8] == 99


def test_nobody_is_brought_by_a_business_that_is_gone():
    referrers = begun()
    referrers.learn(a_day((7, 2), (8, 1)), *nobody())
    referrers.join(np.array([7, 8]), 0, members())
    referrers.forget_units(np.array([False, False, True]))
    assert referrers.table["how"][[7, 8]].tolist() == [Brought.NOT, Brought.JOINED]


def test_of_the_members_of_old_so_many_had_been_brought_while_it_counts():
    """Binomial: five standard errors, false alarm 6e-7."""
    referrers = begun(of_old_share=0.4)
    of_old = residents().is_member > 0
    brought = referrers.table["how"] == Brought.JOINED
    assert not brought[~of_old].any()
    assert abs(brought[of_old].mean() - 0.4) < 5 * np.sqrt(0.24 / of_old.sum())
    since = referrers.table["since_us"][brought]
    assert since.max() <= 0
    assert since.min() > -365 * US_PER_DAY


def test_without_referral_nothing_is_kept():
    referrers = Referrers(RunConfig(), residents(), corner_mall())
    referrers.learn(a_day((7, 2)), *nobody())
    referrers.join(np.array([7]), 0, members())
    assert referrers.table.size == 0


def test_the_table_of_who_labels_whom_counts_every_resident_once():
    referrers = begun()
    referrers.learn(a_day((7, 2), (8, 1), (9, 1)), *nobody())
    referrers.join(np.array([7, 8, 9]), 0, members())
    referrers.table["how"][9] = Brought.LABELLED
    assert rings_of(referrers.table, 3)[:, [Brought.JOINED, Brought.LABELLED]].tolist() == [[0, 0], [1, 1], [1, 0]]
    now = referred_now(referrers.table, 3, US_PER_DAY, 10 * US_PER_DAY)
    assert now == {"by_unit": [0, 2, 1], "by_how": {"joined": 2, "labelled": 1, "friend": 0}}
