"""Channel choice, accounts and gifts follow their stated laws, whoever else is there."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from agents.arrivals import comers_of, profile_of
from agents.membership import Memory
from agents.online import OnlineDay
from agents.online_accounts import accounts, can_order
from agents.online_gifts import gifts_of
from agents.population import Residents
from sim.api import residents_for
from sim.config import RunConfig
from sim.config_files import compose
from sim.crowd.online.records import Way
from sim.errors import ConfigError
from tests.engine_days import corner_mall

pytestmark = pytest.mark.plain
DAY = 739_000


def wishful() -> RunConfig:
    """Return a day on which many residents think of ordering, and distance, fee and certainty do not matter."""
    config = compose(
        "corner_day", ["population.visits_per_day=200", "online.orders.collects=true", "online.delivery.is_on=true"]
    )
    choice = config.online.choice
    choice.minute_weight = choice.yuan_weight = choice.certainty_weight = choice.unseen_weight = 0.0
    config.online.orders.wishes_per_day = 1.0
    config.online.delivery.radius_km = 1000.0
    choice.collect_utility, choice.deliver_utility = [0.5] * 4, [-0.5] * 4
    return config


@cache
def remembered() -> tuple[Residents, Memory]:
    """Return the residents, who are the same whatever can be ordered, and what they remember."""
    people = residents_for(wishful())
    return people, Memory(wishful(), people)


def orders_on(config: RunConfig) -> OnlineDay:
    """Return the orders of a day."""
    people, memory = remembered()
    profile = profile_of(config)
    comers = comers_of(config, people, np.ones(people.key.size), 1.0)
    return OnlineDay(config, corner_mall(), people, memory, comers, profile)


def test_channels_are_chosen_by_multinomial_logit():
    """Each share is within 4.5 standard errors of exp(u) / sum: a false alarm in 150,000 runs."""
    config = wishful()
    orders = orders_on(config).orders.orders
    people = int(np.count_nonzero(remembered()[0].visits_per_day > 0))
    odds = np.exp([0.0, 0.5, -0.5])
    for way, share in ((Way.COLLECT, odds[1] / odds.sum()), (Way.DELIVER, odds[2] / odds.sum())):
        found = np.count_nonzero(orders["way"] == way) / people
        assert abs(found - share) < 4.5 * np.sqrt(share * (1 - share) / people)


def test_a_channel_that_is_closed_changes_only_the_minds_of_those_who_wanted_it():
    config = wishful()
    both = orders_on(config).orders.orders
    config.online.delivery.is_on = False
    one = orders_on(config).orders.orders
    kept = set(both["resident"][both["way"] == Way.COLLECT].tolist())
    assert kept <= set(one["resident"].tolist())
    assert not np.any(one["way"] == Way.DELIVER)


def test_a_longer_way_and_a_dearer_delivery_are_chosen_less():
    config = wishful()
    config.online.choice.yuan_weight = 0.1
    cheap = np.count_nonzero(orders_on(config).orders.orders["way"] == Way.DELIVER)
    config.online.delivery.fee_yuan = 40.0
    assert np.count_nonzero(orders_on(config).orders.orders["way"] == Way.DELIVER) < cheap
    config.online.choice.minute_weight = 0.05
    far = orders_on(config).orders.orders
    assert far["distance_km"][far["way"] == Way.COLLECT].mean() < remembered()[0].distance_km.mean()


@pytest.mark.parametrize("overlap", [0.0, 0.5, 1.0])
def test_accounts_overlap_as_stated(overlap):
    """Within 4.5 standard errors of the mixture of one draw and two: a false alarm in 150,000 runs."""
    config = RunConfig(seed=5)
    wanted = config.online.accounts
    wanted.is_on, wanted.takes_alipay, wanted.overlap = True, True, overlap
    keys = np.arange(200_000)
    wechat, alipay = accounts(config, keys)
    assert abs(wechat.mean() - wanted.wechat_share) < 4.5 * 0.5 / np.sqrt(keys.size)
    assert abs(alipay.mean() - wanted.alipay_share) < 4.5 * 0.5 / np.sqrt(keys.size)
    apart = 1 - (1 - wanted.wechat_share) * (1 - wanted.alipay_share)
    expected = overlap * max(wanted.wechat_share, wanted.alipay_share) + (1 - overlap) * apart
    assert abs(can_order(config, keys).mean() - expected) < 4.5 * 0.5 / np.sqrt(keys.size)


def test_a_gift_goes_to_a_friend_of_another_household_and_each_gets_one_at_most():
    config = wishful()
    config.online.gifts.is_on, config.online.gifts.per_day = True, 0.2
    people, memory = remembered()
    gifts = gifts_of(config, people, memory, DAY)
    assert gifts.receiver.size > 10
    assert np.unique(gifts.receiver).size == gifts.receiver.size
    assert np.all(people.household[gifts.sender] != people.household[gifts.receiver])
    index, friend = memory.friendships.friends_of(gifts.sender)
    pairs = set(zip(gifts.sender[index].tolist(), friend.tolist(), strict=True))
    assert set(zip(gifts.sender.tolist(), gifts.receiver.tolist(), strict=True)) <= pairs


def test_an_order_is_placed_before_the_visit_that_collects_it_arrives():
    day = orders_on(wishful())
    orders = day.orders.orders
    assert np.all(np.diff(orders["placed_us"]) >= 0)
    assert np.all(orders["placed_us"] >= 0)
    assert np.unique(orders["visit"][orders["visit"] >= 0]).size == np.count_nonzero(orders["visit"] >= 0)
    comers = set(day.comers.resident.tolist())
    assert set(orders["resident"][orders["visit"] >= 0].tolist()) <= comers
    assert not set(orders["resident"][orders["instead"] == 1].tolist()) & comers


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("online.choice.collect_utility=[1,2,3]", "4"),
        ("online.orders.trades=[bakery]", "bakery"),
        ("online.in_line.is_on=true", "online.delivery.is_on"),
        ("online.delivery.dispatch=nearby", "dispatch"),
        ("online.delivery.couriers=0", "couriers"),
    ],
)
def test_a_mistake_is_told_in_one_message(override, said):
    with pytest.raises(ConfigError, match=said):
        compose("corner_day", [override])
