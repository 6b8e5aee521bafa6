"""What policies of the hall decide, from what the platform believes alone: whom they ask, where, and when they had better do nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from agents.policies.catalogue import BY_NAME, maker_of
from agents.policies.guidance import ColdZoneGuidance, MicroRewards
from agents.policies.happenings import EventInvitations, Freeze, FriendNearby, TreasureHunt
from agents.policies.places import nearest_doors
from sim.decisions_of_policies import Offer, PutTrigger, Send, SetBudget, StartHappening
from sim.promos import Channel, Hook
from sim.schema.policies import PolicyConfig
from sim.schema.policies.happenings import (
    ColdZoneGuidanceConfig,
    EventInvitationsConfig,
    FreezeConfig,
    FriendNearbyConfig,
    MicroRewardsConfig,
    TreasureHuntConfig,
)
from tests.hall_policies import MAP, Known, near, nothing, tools

pytestmark = pytest.mark.plain


def of(decisions, kind):
    return [each for each in decisions if isinstance(each, kind)]


def test_those_nearest_to_the_theme_are_invited_and_nobody_twice():
    policy = EventInvitations(EventInvitationsConfig(per_review=8))

    first = policy.review(nothing(), Known(), tools(14.5))
    second = policy.review(nothing(), Known(), tools(14.6))
    asked, again = of(first, Send)[0], of(second, Send)[0]

    assert len(of(first, StartHappening)) == 1
    assert of(second, StartHappening) == []
    assert (asked.people % 4 == 0).sum() == 8  # ten like sport: eight of them, then the last two first
    assert set(again.people[again.people % 4 == 0]) | set(asked.people) == set(range(0, 40, 4))
    assert not set(asked.people) & set(again.people)
    assert asked.features["liking"].min() > again.features["liking"].min()


@pytest.mark.parametrize(
    ("told", "hour"),
    [
        (EventInvitationsConfig(), 13.9),  # too early
        (EventInvitationsConfig(), 16.1),  # half over
        (EventInvitationsConfig(capacity=0), 14.5),
        (EventInvitationsConfig(per_review=0, open_to_all=False), 14.5),
    ],
)
def test_an_event_for_nobody_is_not_set_up(told, hour):
    assert EventInvitations(told).review(nothing(), Known(), tools(hour)) == []


def test_who_is_held_out_is_never_asked():
    held = tuple(range(20))
    for policy, hour in ((EventInvitations(EventInvitationsConfig(per_review=100)), 14.5), (Freeze(FreezeConfig()), 15.8)):
        sent = of(policy.review(nothing(), Known(held), tools(hour)), Send)[0]

        assert set(sent.people.tolist()) == set(range(20, 40))


def test_invitations_at_random_say_with_what_chance():
    policy = EventInvitations(EventInvitationsConfig(per_review=10, invite_by="random"))
    sent = of(policy.review(nothing(), Known(), tools(14.5, 4000)), Send)[0]

    assert sent.propensity == pytest.approx(np.full(sent.people.size, 10 / 4000))
    assert 1 <= sent.people.size <= 25  # 10 expected; outside once in 20,000 seeds


def test_clues_lie_where_fewest_are_seen_and_lead_from_one_to_the_next():
    policy = TreasureHunt(TreasureHuntConfig(clues=3, at="b-cafe"))
    policy.review(nothing(), Known(), tools(12.0, x_m=0.0))  # all by the sports store, which is therefore the hottest
    decisions = policy.review(nothing(), Known(), tools(13.0))
    clues = of(decisions, StartHappening)

    assert [clue.at for clue in clues] == ["b-cafe", "c-books", "d-kids"]
    assert [clue.after for clue in clues] == ["", clues[0].name, clues[1].name]
    assert [bool(clue.reward) for clue in clues] == [False, False, True]
    assert [clue.is_open_to_all for clue in clues] == [True, False, False]
    assert of(decisions, Offer)[0].units == ("c-books", "d-kids")


@pytest.mark.parametrize("told", [TreasureHuntConfig(clues=0), TreasureHuntConfig(per_review=0, open_to_all=False)])
def test_a_hunt_without_clues_or_hunters_is_none(told):
    assert TreasureHunt(told).review(nothing(), Known(), tools(13.0)) == []


@pytest.mark.parametrize("told", [TreasureHuntConfig(reward_yuan=0.0), TreasureHuntConfig(budget_yuan=0.0)])
def test_a_hunt_without_money_has_no_treasure(told):
    decisions = TreasureHunt(told).review(nothing(), Known(), tools(13.0))

    assert of(decisions, Offer) == []
    assert not any(clue.reward for clue in of(decisions, StartHappening))


def test_a_freeze_is_called_once_and_only_where_somebody_can_be_asked():
    policy = Freeze(FreezeConfig(invited=1000))
    assert policy.review(nothing(), Known(), tools(15.0)) == []
    assert policy.review(nothing(), Known(), tools(15.6, people=0)) == []
    called = policy.review(nothing(), Known(), tools(15.7))
    assert of(called, Send)[0].people.size == 40
    assert policy.review(nothing(), Known(), tools(15.8)) == []
    assert Freeze(FreezeConfig(invited=0)).review(nothing(), Known(), tools(15.8)) == []
    assert Freeze(FreezeConfig(capacity=0)).review(nothing(), Known(), tools(15.8)) == []


def test_friends_are_told_of_each_other_once_at_the_store_between_them():
    policy = FriendNearby(FriendNearbyConfig())
    decisions = policy.review(near((3, 5), (5, 3)), Known(), tools(12.0, x_m=35.0))

    assert len(of(decisions, StartHappening)) == 1
    assert of(decisions, StartHappening)[0].at == "b-cafe"
    assert of(decisions, Send)[0].people.tolist() == [3, 5]
    assert policy.review(near((3, 5)), Known(), tools(12.5)) == []


def test_friends_without_a_place_held_out_or_too_many_are_not_told():
    assert FriendNearby(FriendNearbyConfig()).review(near((3, 5)), Known(), tools(12.0, level=-1)) == []
    assert FriendNearby(FriendNearbyConfig()).review(near((3, 5)), Known((5,)), tools(12.0)) == []
    assert FriendNearby(FriendNearbyConfig(pairs_per_day=0)).review(near((3, 5)), Known(), tools(12.0)) == []
    assert FriendNearby(FriendNearbyConfig(meet_at="cinema")).review(near((3, 5)), Known(), tools(12.0)) == []
    assert FriendNearby(FriendNearbyConfig()).review(near((3, 5)), Known(), tools(21.9)) == []


def test_every_third_shake_wins():
    policy = MicroRewards(MicroRewardsConfig(shakes=3, per_review=1000))
    sent = [policy.review(nothing(), Known(), tools(12.0 + review / 10)) for review in range(6)]

    assert [len(of(decisions, Offer)) for decisions in sent] == [0, 0, 1, 0, 0, 1]
    assert all(send.channel == Channel.APP for decisions in sent for send in of(decisions, Send))
    assert len(of(sent[0], SetBudget)) == 1


@pytest.mark.parametrize(
    "told", [MicroRewardsConfig(reward_yuan=0), MicroRewardsConfig(budget_yuan=0), MicroRewardsConfig(per_review=0)]
)
def test_nobody_shakes_for_nothing(told):
    assert MicroRewards(told).review(nothing(), Known(), tools(12.0)) == []


def guided(told: ColdZoneGuidanceConfig, hour: float = 12.0, people: int = 40):
    return ColdZoneGuidance(told).review(nothing(), Known(), tools(hour, people))


def test_whoever_is_where_most_are_is_told_of_the_nearest_store_where_few_are():
    hints = of(guided(ColdZoneGuidanceConfig(per_review=1000, cold_share=0.5)), Send)

    assert [(hint.unit, hint.people.size) for hint in hints] == [("b-cafe", 40)]


def test_coupons_and_screens_name_cold_stores_only():
    coupon = of(guided(ColdZoneGuidanceConfig(by="coupon", per_review=1000)), Offer)[0]
    screen = of(guided(ColdZoneGuidanceConfig(by="screen")), PutTrigger)[0]

    assert coupon.units == ("b-cafe",)
    assert (screen.hook, screen.at_units, screen.unit) == (Hook.PASSED, ("a-sport",), "b-cafe")


@pytest.mark.parametrize(
    "told",
    [
        ColdZoneGuidanceConfig(per_review=0), ColdZoneGuidanceConfig(cold_share=0), ColdZoneGuidanceConfig(by="coupon", off_share=0),
        ColdZoneGuidanceConfig(by="coupon", budget_yuan=0), ColdZoneGuidanceConfig(hot_share=0), ColdZoneGuidanceConfig(after_min=121),
    ],
)  # fmt: skip
def test_guidance_of_nobody_to_nowhere_for_nothing_or_too_early_is_none(told):
    assert guided(told) == []


def test_nobody_is_guided_before_anybody_has_been_seen():
    assert guided(ColdZoneGuidanceConfig(), people=0) == []


def test_the_nearest_door_is_on_ones_own_level():
    upstairs = replace(MAP, level=np.array([0, 1, 0, 0], np.int32))

    assert nearest_doors(
        upstairs, np.array([0, 0, 1, -1, 5]), np.array([19.0, 21.0, 500.0, 0.0, 0.0]), np.zeros(5)
    ).tolist() == [0, 2, 1, -1, -1]


@pytest.mark.parametrize(
    "name", ["event_invitations", "treasure_hunt", "freeze", "friend_nearby", "micro_rewards", "cold_zone_guidance"]
)
def test_each_policy_of_the_hall_is_in_the_catalogue_with_settings_of_its_own(name):
    policy = maker_of(BY_NAME[name])(getattr(PolicyConfig(), name))

    assert policy.name == name
    assert BY_NAME[name].loses
    policy.memory["anything"] = 1
    policy.begin_day(tools(0.0))
    assert policy.state() == {}


def test_what_is_remembered_overnight_is_nothing_and_within_the_day_can_be_restored():
    policy = Freeze(FreezeConfig())
    policy.review(nothing(), Known(), tools(15.7))
    later = Freeze(FreezeConfig())
    later.restore(policy.state())

    assert later.review(nothing(), Known(), tools(15.8)) == []
