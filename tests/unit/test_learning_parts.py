"""What a learner sees and can do, on a mall made by hand; and what an environment refuses."""

from __future__ import annotations

import datetime
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("gymnasium", reason="the environment needs the extra learn: pip install -e .[learn]")

from sim.calendar import Day
from sim.decisions_of_policies import Offer, Send, SetBudget
from sim.errors import ConfigError
from sim.learning.coupons import Coupon, Coupons, menu_of, refuse_bad_menu
from sim.learning.environment import MallEnv
from sim.learning.sights import Sights, earned_yuan
from sim.operations.policies import Seen
from sim.promos import Reach
from sim.sensing.observations import Observations, observed, together
from sim.sensing.present import Present

pytestmark = pytest.mark.plain
HOUR_US = 3_600_000_000
UNITS, TRADES = ("a", "b", "c"), ("cafe", "fashion", "cafe")


class Known:
    """Person n likes unit n; whoever is unknown likes all alike."""

    def store_affinity(self, numbers, now_us):
        return np.where(numbers[:, None] >= 0, np.eye(3)[np.maximum(numbers, 0)], 1 / 3)

    def is_held_out(self, numbers):
        return numbers == 2


def seen(now_us=12 * HOUR_US, rows=(), used=None, reach=(Reach.PUSH,) * 3):
    people = np.arange(len(reach))
    nowhere = np.full(people.size, np.nan)
    here = Present(people, people >= 0, np.array(reach, np.int16), people * 0 - 1, nowhere, nowhere, nowhere, people * 0 - 1)
    return Seen(now_us, Observations(together(list(rows)), np.zeros(3, np.int64), people=Known()), here, used or {})


def sights():
    day = Day(datetime.date(2026, 11, 21), True, 1.2, 1.0)
    return Sights(UNITS, TRADES, (10 * HOUR_US, 22 * HOUR_US), day, 10_000)


def test_sales_and_bills_are_added_up_by_trade_in_the_order_of_trades():
    rows = [
        observed(1, "till:a", "sale", 0, [1000, 250]),
        observed(2, "till:b", "sale", 0, 500),
        observed(3, "till:c", "paid", 7, 9),
    ]

    sight = sights().see(seen(rows=rows))

    assert sights().present_trades == ("fashion", "cafe")
    assert sight["sales_yuan"].tolist() == [5.0, 12.5]
    assert sight["bills"].tolist() == [1, 2]


def test_own_coupons_are_counted_since_the_last_review_and_those_of_others_never():
    made = sights()
    made.see(seen(used={"learner:1": (4, 2, 300), "flash": (9, 9, 9000)}))

    sight = made.see(seen(used={"learner:1": (4, 3, 500), "learner:2": (1, 0, 0), "flash": (9, 9, 9000)}))

    assert sight["coupons"].tolist() == [1, 1, 2.0]
    assert sight["budget_yuan"].tolist() == [95.0]
    assert earned_yuan(sight, 0.5) == -2.0


def test_the_clock_counts_from_opening_and_to_closing():
    assert sights().see(seen(12 * HOUR_US))["clock"].tolist() == [2.0, 10.0]
    assert sights().see(seen(25 * HOUR_US))["clock"].tolist() == [15.0, 0.0]


def test_a_coupon_goes_to_those_whom_the_app_reaches_and_never_to_the_held_out():
    hands = Coupons(UNITS, TRADES, 10_000, HOUR_US)

    everyone = hands.audience(Coupon("cafe", 0.5), seen(reach=(Reach.PUSH, Reach.PUSH, Reach.PUSH)))
    reached = hands.audience(Coupon("cafe", 0.5), seen(reach=(Reach.CHAT, Reach.PUSH, Reach.PUSH)))
    fans = hands.audience(Coupon("cafe", 0.5, "fans"), seen())

    assert (everyone.tolist(), reached.tolist(), fans.tolist()) == ([0, 1], [1], [0])


def test_a_coupon_holds_until_the_next_review_at_every_store_of_its_trade_and_the_mall_pays():
    decided = [decision for _, decision in Coupons(UNITS, TRADES, 10_000, HOUR_US).decisions(Coupon("cafe", 0.5), seen(), True)]

    budget, offer, sent = decided
    assert budget == SetBudget("learner", 10_000)
    assert isinstance(offer, Offer)
    assert (offer.units, offer.until_us, offer.funded_by_seller_share) == (("a", "c"), 13 * HOUR_US, 0.0)
    assert isinstance(sent, Send)
    assert sent.offer == offer.name


def test_nothing_is_decided_where_nothing_is_chosen_or_nobody_is_reached():
    hands = Coupons(UNITS, TRADES, 10_000, HOUR_US)

    assert hands.decisions(None, seen(), False) == []
    assert hands.decisions(Coupon("cafe", 0.5), seen(reach=(Reach.CHAT,)), False) == []


def test_the_menu_begins_with_nothing_and_has_each_trade_of_the_mall_at_each_depth_for_each_audience():
    menu = menu_of(TRADES)

    assert menu[0] is None
    assert len(menu) == 1 + 2 * 2 * 2
    assert {coupon.trade for coupon in menu[1:]} == {"cafe", "fashion"}


def test_all_that_is_wrong_with_a_menu_is_told_at_once():
    with pytest.raises(ConfigError) as wrong:
        refuse_bad_menu([Coupon("cinema", 1.5, "nobody")], TRADES)

    for part in ("found 1", "'cinema'", "1.5", "'nobody'"):
        assert part in str(wrong.value)


def test_all_that_is_wrong_with_an_environment_is_told_at_once():
    with pytest.raises(ConfigError) as wrong:
        MallEnv("corner_day", ["days=2"], every_min=7.0, reward="joy", margin_share=2.0, budget_yuan=-1.0, render_mode="human")

    for part in ("days", "every_min", "'joy'", "margin_share", "budget_yuan", "render_mode"):
        assert part in str(wrong.value)


def test_every_field_of_a_sight_lies_in_the_space_that_is_promised():
    made = MallEnv("which_coupon")

    space = SimpleNamespace(**made.observation_space.spaces)

    assert space.sales_yuan.shape == (3,)
    assert set(made.observation_space.spaces) == set(sights().see(seen()))
