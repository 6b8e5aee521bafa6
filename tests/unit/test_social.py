"""Friends and tales: who is whose friend, who tells whom, what rewarded promoters are worth."""

from __future__ import annotations

import numpy as np
import pytest

from agents.population import LifeCycle, Role
from agents.social import Friendships, Social, seeded_promoters
from sim.config import SeedingConfig
from sim.visitors import Character
from tests.catchments import with_one_more_household
from tests.memory_years import a_day, config_of, day, people_of

pytestmark = pytest.mark.plain


@pytest.fixture(scope="module")
def town():
    people = people_of(config_of(20_000))
    return people, Social(people.config, people.residents), np.flatnonzero(people.residents.role != Role.CHILD)


def test_friendship_is_mutual_and_nobody_is_their_own_friend(town):
    _, social, adults = town
    index, friend = social.friendships.friends_of(adults)
    pairs = set(zip(adults[index].tolist(), friend.tolist(), strict=True))

    assert len(pairs) == index.size
    assert all((b, a) in pairs for a, b in pairs)
    assert all(a != b for a, b in pairs)


def test_adults_have_as_many_friends_outside_their_household_as_the_habits_say(town):
    people, social, adults = town
    index, friend = social.friendships.friends_of(adults)
    outside = people.residents.household[adults[index]] != people.residents.household[friend]
    degree = np.bincount(index[outside], minlength=adults.size)

    assert degree.mean() == pytest.approx(people.config.digital.friends_mean, rel=0.05)
    assert degree.std() > 0.4 * degree.mean()  # some are far more sociable than others


def test_friends_are_nearer_in_age_than_strangers_and_children_are_nobodys(town):
    people, social, adults = town
    index, friend = social.friendships.friends_of(adults)
    age = people.residents.age_years.astype(float)

    gap = np.abs(age[adults[index]] - age[friend]).mean()
    stranger_gap = np.abs(age[adults] - np.roll(age[adults], adults.size // 2)).mean()

    assert gap < 0.6 * stranger_gap
    assert (people.residents.role[friend] != Role.CHILD).all()
    assert social.friendships.friends_of(np.flatnonzero(people.residents.role == Role.CHILD)[:50])[0].size < 150  # parents only


def test_who_one_asks_about_changes_nobodys_friends(town):
    _, social, adults = town
    index, friend = social.friendships.friends_of(adults[:200])

    alone = social.friendships.friends_of(adults[17:18])[1]

    np.testing.assert_array_equal(alone, friend[index == 17])


def test_one_more_household_leaves_who_else_is_friends_as_it_was(town):
    people, social, adults = town
    more = Friendships(
        people.config, with_one_more_household(people.residents, like=int(people.residents.household[adults[-1]]))
    )

    index, friend = social.friendships.friends_of(adults)
    more_index, more_friend = more.friends_of(adults)
    theirs = more_friend < people.residents.key.size
    np.testing.assert_array_equal(more_index[theirs], index)
    np.testing.assert_array_equal(more_friend[theirs], friend)


def test_bad_news_reach_more_people_than_good_ones_and_move_each_less(town):
    people, social, adults = town
    rows = adults[:8000]

    good, bad = (social.tell(rows, np.full(rows.size, delight), np.zeros(rows.size, bool), 738_000) for delight in (0.3, -0.3))

    talk = people.config.membership.talk
    assert bad.listener.size / good.listener.size == pytest.approx(talk.bad_news_factor, rel=0.15)
    effects = [social.effects(tales, np.zeros(tales.listener.size, bool)).sum() for tales in (good, bad)]
    assert abs(sum(effects)) < 0.15 * effects[0]
    assert social.effects(good, np.ones(good.listener.size, bool)).sum() == pytest.approx(5 * effects[0])


def test_usual_visits_are_not_worth_telling(town):
    _, social, adults = town

    assert social.tell(adults, np.full(adults.size, 0.05), np.zeros(adults.size, bool), 738_000).listener.size == 0


def test_promoters_talk_most_and_the_quiet_least(town):
    people, social, adults = town
    tales = social.tell(adults, np.full(adults.size, 0.3), np.zeros(adults.size, bool), 738_000)
    character = people.residents.character
    share = [
        np.unique(tales.teller[character[tales.teller] == each]).size / (character[adults] == each).sum()
        for each in (Character.QUIET, Character.CHOOSY, Character.PROMOTER)
    ]

    assert share[0] < share[1] < share[2]


def test_a_tale_is_heard_once_and_fades():
    people = people_of(config_of(20_000))
    people.memory.life_cycle[:] = LifeCycle.LOYAL  # the mall is news to nobody
    rows = np.flatnonzero(people.residents.role != Role.CHILD)[:3000]
    people.memory.learn(a_day(day(0), rows, 1.0))
    heard = people.memory.heard.astype(float).copy()

    people.memory.learn(a_day(day(1), []))

    assert heard.sum() == pytest.approx(0.2 * people.memory.tally.total("good_tales"), rel=0.02)
    assert people.memory.heard.astype(float).sum() == pytest.approx(heard.sum() * np.exp(-1 / 30), rel=0.01)


def test_the_mall_takes_some_for_promoters_who_are_none():
    config = config_of(20_000, seeded_promoters=300)
    residents = people_of(config).residents
    shares = []
    for found_share in (0.0, 0.6, 1.0):
        config.membership.seeding = SeedingConfig(found_share=found_share)
        seeds = seeded_promoters(config, residents)
        assert seeds.size == 300
        assert (residents.is_member[seeds] == 1).all()
        shares.append((residents.character[seeds] == Character.PROMOTER).mean())

    assert shares[0] < shares[1] <= shares[2]
    promoters = (residents.character[(residents.is_member == 1) & (residents.visits_per_day > 0)] == Character.PROMOTER).sum()
    assert shares[2] == min(1.0, promoters / 300)


def test_rewards_cost_what_they_cost_whether_or_not_anybody_talks():
    people = people_of(config_of(seeded_promoters=40))
    for number in range(30):
        people.memory.learn(a_day(day(number), []))

    summary = people.memory.summary(day(29))

    assert summary["promoter_reward_fen_total"] == 40 * 3000
    assert summary["fen_per_new_visitor_seeded"] is None
