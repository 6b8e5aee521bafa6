"""Designs hold back whom they say, by units of theirs, and leave everything else of a decision as it is."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from agents.policies.design import Design
from sim.config import DesignConfig
from sim.decisions_of_policies import EndOffer, Send
from sim.promos import Channel
from sim.schema.policies.design import design_problems
from sim.sensing.present import Present
from sim.units import US_PER_HOUR

pytestmark = pytest.mark.plain
COUNT = 400
PEOPLE = np.arange(COUNT)


class Strangers:
    """People whose addresses have nothing to do with their numbers."""

    def address_of(self, numbers):
        return numbers * 7919 + 13


def public(levels=2, stores=30):
    return SimpleNamespace(level=np.repeat(np.arange(levels), stores), x_m=np.tile(np.arange(stores, dtype=float), levels))


def tools(now_us=0, seed=5, *, located=True):
    whole = np.zeros(COUNT, np.int64)
    level = np.where(PEOPLE % 2 == 0, 0, 1) if located else np.full(COUNT, -1)
    x_m = (PEOPLE % 30).astype(float)
    return SimpleNamespace(now_us=now_us, seed=seed, present=Present(PEOPLE, whole > 0, whole, level, x_m, x_m, x_m, whole))


def send(**more):
    return Send(PEOPLE, Channel.PUSH, "coupon", features={"wish": PEOPLE / COUNT}, **more)


def design(kind, seed=3, **more):
    return Design(DesignConfig(kind=kind, **more), seed, public())


def test_without_a_design_a_decision_is_the_same_object():
    decision = send()

    assert design("none").assigned(decision, Strangers(), tools()) is decision


@pytest.mark.parametrize("kind", ["ab", "switchback", "zones"])
def test_what_is_no_message_is_not_assigned(kind):
    ending = EndOffer("coupon")

    assert design(kind).assigned(ending, Strangers(), tools()) is ending


def test_a_person_is_in_one_arm_all_day_and_on_every_day():
    arms = [
        design("ab").assigned(send(), Strangers(), tools(hour * US_PER_HOUR, seed=day)).held
        for hour in range(10, 22)
        for day in range(3)
    ]

    assert all(np.array_equal(arm, arms[0]) for arm in arms)
    assert 0.35 < arms[0].mean() < 0.65


def test_whom_a_policy_has_held_back_itself_stays_held_back_and_probabilities_multiply():
    before = PEOPLE % 2 == 0
    decision = send(held=before, propensity=np.full(COUNT, 0.4))

    found = design("ab", control_share=0.25).assigned(decision, Strangers(), tools())

    assert found.held[before].all()
    assert np.allclose(found.propensity, 0.3)
    assert np.array_equal(found.features["wish"], decision.features["wish"])


def test_a_stretch_of_time_is_in_one_arm_as_a_whole_and_both_arms_occur():
    found = [
        design("switchback", slot_min=60).assigned(send(), Strangers(), tools(minute * 60_000_000))
        for minute in range(0, 1440, 20)
    ]

    assert all(each.held.all() or not each.held.any() for each in found)
    assert len({(index // 3, bool(each.held[0])) for index, each in enumerate(found)}) == 24
    assert {bool(each.held[0]) for each in found} == {True, False}


def test_a_zone_is_in_one_arm_as_a_whole_with_at_least_one_in_each():
    for seed in range(20):
        found = design("zones", zones_per_level=2).assigned(send(), Strangers(), tools(seed=seed))
        zone = found.features["design_unit"]

        assert set(zone.tolist()) == {0, 1, 2, 3}
        assert all(len(set(found.held[zone == number].tolist())) == 1 for number in range(4))
        assert 0 < found.held.mean() < 1


def test_whom_nobody_has_located_takes_no_part_in_a_hold_out_by_zone():
    found = design("zones").assigned(send(propensity=np.full(COUNT, 0.5)), Strangers(), tools(located=False))

    assert found.people.size == found.propensity.size == found.features["wish"].size == 0


@pytest.mark.parametrize("kind", ["ab", "switchback", "zones"])
def test_a_share_of_one_holds_everybody_back_and_a_share_of_none_nobody(kind):
    all_held, none_held = (
        design(kind, control_share=share).assigned(send(), Strangers(), tools()).held for share in (1.0, 0.0)
    )

    assert all_held.all()
    assert not none_held.any()


def test_a_stretch_that_ends_between_reviews_is_refused_with_a_way_out():
    (problem,) = design_problems(DesignConfig(kind="switchback", slot_min=7.0), 300.0)

    assert "policy.every_s" in problem.rule
    assert problem.way_out == "make it 5"
    assert not list(design_problems(DesignConfig(kind="ab", slot_min=7.0), 300.0))
