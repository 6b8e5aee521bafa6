"""The policies that address people at home: whom each chooses, what its knobs do, and that nothing to say says nothing."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from agents.policies.catalogue import BY_NAME, maker_of
from agents.policies.policy import Tools
from agents.policy_desk import public_map
from sim.calendar import day_of
from sim.config import PolicyConfig, RunConfig
from sim.config_files import compose
from sim.decisions_of_home import Invite, OfferAtHome, Print, SendHome, ShowCode
from sim.decisions_of_policies import SetBudget
from sim.errors import ConfigError
from sim.home import HomeSays, HomeWay, Members
from sim.sensing.present import nobody_present
from tests.engine_days import corner_mall

pytestmark = pytest.mark.plain
PEOPLE = 600
NAMES = (
    "home_coupons", "points_reminder", "weekend_guide", "leaflets", "social_followers", "subscriptions", "festival_campaign",
)  # fmt: skip
THURSDAY, FRIDAY, BEFORE_FESTIVAL = datetime.date(2026, 11, 5), datetime.date(2026, 11, 6), datetime.date(2026, 11, 10)


def members_of(ways: int = 15, **columns) -> Members:
    """Return members alike but for their points, absence and wishes, which grow with their number; every tenth is held out."""
    at = np.arange(PEOPLE)
    classes = np.zeros((PEOPLE, 3), np.float32)
    classes[:, 0], classes[:, 1] = at / PEOPLE, 1 - at / PEOPLE
    found = Members(
        person=1000 + at, ways=np.full(PEOPLE, ways, np.int16), is_member=np.ones(PEOPLE, bool), away_days=(at % 60).astype(np.int32),
        points_centi=100 * at, km=at % 8 / 2, interest=classes, subscribed=np.full(PEOPLE, -1, np.int16), is_held_out=at % 10 == 0,
        class_of_unit=np.array([0, 1, 2]),
    )  # fmt: skip
    return found._replace(**columns)


def tools_on(date: datetime.date) -> Tools:
    config = RunConfig(seed=2, floorplan="corner_mall", date=date.isoformat())
    return Tools(0, 36_000, 79_200, public_map(config, corner_mall()), day_of(config, date), (), nobody_present(), {}, 77)


def decided(name: str, date: datetime.date = THURSDAY, members: Members | None = None, **settings):
    section = getattr(PolicyConfig(), name)
    for key, value in settings.items():
        setattr(section, key, value)
    policy = maker_of(BY_NAME[name])(section)
    return list(policy.at_home(members_of() if members is None else members, tools_on(date)))


def sent(decisions) -> np.ndarray:
    found = [np.asarray(each.people) for each in decisions if isinstance(each, SendHome | Print | Invite)]
    return np.concatenate([np.zeros(0, np.int64), *found])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("date", [THURSDAY, FRIDAY, BEFORE_FESTIVAL])
def test_nobody_who_is_held_out_is_addressed(name, date):
    people = sent(decided(name, date))

    assert not np.isin(people, members_of().person[members_of().is_held_out]).any()


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_sent_anything_where_there_is_nobody(name):
    empty = Members(*(column[:0] if column.shape[0] == PEOPLE else column for column in members_of()))

    for date in (THURSDAY, FRIDAY, BEFORE_FESTIVAL):
        assert sent(decided(name, date, empty)).size == 0


@pytest.mark.parametrize(
    ("name", "date", "settings"),
    [
        ("home_coupons", THURSDAY, {"per_day": 0}), ("home_coupons", THURSDAY, {"off_yuan": 0.0}), ("home_coupons", THURSDAY, {"budget_yuan": 0.0}),
        ("home_coupons", THURSDAY, {"every_days": 0}), ("home_coupons", THURSDAY, {"life_days": 0}),
        ("points_reminder", THURSDAY, {"per_day_most": 0}), ("points_reminder", THURSDAY, {"absent_days": 3000}),
        ("weekend_guide", FRIDAY, {"stores": 0}), ("weekend_guide", FRIDAY, {"audience_share": 0.0}), ("weekend_guide", THURSDAY, {}),
        ("leaflets", THURSDAY, {"pieces": 0}), ("leaflets", THURSDAY, {"off_share": 0.0}), ("leaflets", THURSDAY, {"every_days": 0}),
        ("social_followers", THURSDAY, {"posts_per_week": 0.0}), ("subscriptions", FRIDAY, {"invited_share": 0.0}),
        ("festival_campaign", BEFORE_FESTIVAL, {"off_share": 0.0}), ("festival_campaign", BEFORE_FESTIVAL, {"budget_yuan": 0.0}),
        ("festival_campaign", BEFORE_FESTIVAL, {"audience_share": 0.0}), ("festival_campaign", THURSDAY, {}),
    ],
)  # fmt: skip
def test_a_knob_at_nothing_decides_nothing(name, date, settings):
    assert decided(name, date, **settings) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_reaches_the_policy_and_its_arms_compose(name):
    config = compose(name)

    assert config.policies == [name]
    assert BY_NAME[name].scenario == name
    assert set(BY_NAME[name].covers) <= set(config.covers)


def test_home_coupons_say_with_which_chance_each_was_chosen():
    decisions = decided("home_coupons", per_day=100)
    message = next(each for each in decisions if isinstance(each, SendHome))

    assert [type(each) for each in decisions[:2]] == [SetBudget, OfferAtHome]
    assert 60 < message.people.size < 140
    assert np.allclose(message.propensity, 100 / 540)
    assert set(message.features) == {"away_days", "points", "km"}


def test_reminders_go_to_those_with_enough_points_who_have_been_away_for_long():
    members = members_of()
    people = sent(decided("points_reminder", least_points=300.0, absent_days=40)) - 1000

    assert people.size
    assert (members.points_centi[people] >= 30_000).all()
    assert (members.away_days[people] >= 40).all()


def test_nobody_is_reminded_again_too_soon():
    policy = maker_of(BY_NAME["points_reminder"])(PolicyConfig().points_reminder)
    first, second = (list(policy.at_home(members_of(), tools_on(date))) for date in (THURSDAY, FRIDAY))
    later = list(policy.at_home(members_of(), tools_on(THURSDAY + datetime.timedelta(days=30))))

    assert sent(first).size
    assert sent(second).size == 0
    assert sent(later).size == sent(first).size


def test_a_targeted_guide_tells_only_whom_it_seems_to_suit():
    everybody, some = (decided("weekend_guide", FRIDAY, is_targeted=targeted) for targeted in (False, True))

    assert 0 < sent(some).size < sent(everybody).size == 540
    assert all(each.says == HomeSays.PROGRAMME and len(each.units) == 1 for each in some)


def test_targeted_leaflets_go_to_those_who_want_the_store_most():
    unit = corner_mall().unit_ids[0]
    decisions = decided("leaflets", pieces=50, is_targeted=True, unit=unit, within_km=200.0)
    mass = decided("leaflets", pieces=50, unit=unit)

    assert sent(decisions).min() > 1000 + PEOPLE - 70
    assert next(each for each in mass if isinstance(each, Print)).households == 50
    assert sent(mass).size == 0


def test_followers_hear_as_often_a_week_as_they_are_to():
    counts = []
    for per_week in (2.0, 14.0):
        days = [
            decided("social_followers", THURSDAY + datetime.timedelta(days=day), posts_per_week=per_week) for day in range(7)
        ]
        assert all(isinstance(day[0], ShowCode) for day in days)
        counts.append(sum(isinstance(each, SendHome) for day in days for each in day))

    assert counts == [2, 14]


def test_subscribers_hear_of_what_they_asked_for_and_others_only_when_pushed():
    subscribed = np.where(np.arange(PEOPLE) % 2 == 0, 1, -1).astype(np.int16)
    quiet, loud = (
        decided("subscriptions", THURSDAY, members_of(subscribed=subscribed), invited_share=0.0, push_share=share)
        for share in (0.0, 1.0)
    )

    assert {each.asked for each in quiet} == {True}
    assert {unit for each in quiet for unit in each.units} == {corner_mall().unit_ids[1]}
    assert sent(loud).size == 540 > sent(quiet).size


def test_each_is_told_by_one_way_only():
    message = [each for each in decided("home_coupons", per_day=PEOPLE) if isinstance(each, SendHome)]
    by_chat = [
        each
        for each in decided("home_coupons", members=members_of(ways=int(HomeWay.CHAT)), per_day=PEOPLE)
        if isinstance(each, SendHome)
    ]

    assert [each.way for each in message] == [HomeWay.PUSH]
    assert [each.way for each in by_chat] == [HomeWay.CHAT]


def test_a_festival_that_is_no_day_and_a_trade_that_is_none_are_told_of():
    with pytest.raises(ConfigError, match=r"02-31") as told:
        compose("festival_campaign", ["policy.festival_campaign.dates=['02-31']", "policy.festival_campaign.trades=[bread]"])

    assert "'bread'" in str(told.value)
