"""A day in the mall of parties that bring coupons from home: they make for the store, the till takes them, the rest goes home again."""

from __future__ import annotations

import numpy as np
import pytest

from sim.crowd.promos import records
from sim.decisions_of_policies import Offer, SetBudget
from sim.events import EventKind, Reason
from sim.home import HomeDay
from sim.operations.home_offers import put_up_home_offers
from sim.operations.policies import PolicyReviews
from sim.operations.policy_switches import Switchboard
from sim.visitors import COUPONS_MAX
from tests import engine_days
from tests.engine_days import corner_mall, day_config, opened, parties

pytestmark = pytest.mark.plain
BAKERY = 0


def a_day(bring: bool, limit_fen: int = 10**9, off_share: float = 0.0, off_fen: int = 300):
    """Return the log and the crowd of a day on which every party, if any, comes for bread with a coupon in its hand."""
    config, compiled = day_config(60.0), corner_mall()
    config.policies = ["idle"]
    taken: list = []
    crowd = opened(compiled, config, taken)
    offer = Offer("bread", (compiled.unit_ids[BAKERY],), off_share=off_share, off_fen=off_fen, budget="mine", claims_most=0)
    day = HomeDay((("mine", SetBudget("mine", limit_fen)), ("mine", offer)), {"mine": 0}, lambda events: None, dict, dict)
    switches = Switchboard(crowd, compiled)
    put_up_home_offers([PolicyReviews(crowd, None, None, None, switches, 1, 1, None)], day)
    visitors = parties(config, compiled)
    if bring:
        coupons = visitors.coupons.copy()
        coupons[:, 0] = 0
        visitors = visitors._replace(coupons=coupons, bound_for=np.full(visitors.number.size, BAKERY, np.int32))
    crowd.admit(visitors)
    crowd.advance_to(engine_days.CLOSES_US)
    crowd.controls.mall_is_open[0] = 0
    crowd.controls.unit_is_open[:] = 0
    crowd.switched(engine_days.CLOSES_US)
    crowd.advance_to(engine_days.END_US)
    crowd.finish(engine_days.END_US)
    log = {name: np.concatenate([getattr(part.events, name) for part in taken]) for name in engine_days.COLUMNS}
    return log, crowd


@pytest.fixture(scope="module")
def with_coupons():
    return a_day(bring=True)


def test_a_wallet_is_as_large_as_what_is_brought():
    assert COUPONS_MAX == records.COUPONS_MAX


def test_whoever_comes_for_a_store_goes_there_because_of_the_offer(with_coupons):
    log, _ = with_coupons
    came_for = (log["kind"] == EventKind.STORE_ENTERED) & (log["value"] == Reason.OFFER)

    assert came_for.sum() > 20
    assert (log["place"][came_for] == BAKERY).all()


def test_what_is_used_is_off_the_price_once_for_each_and_what_is_not_lapses_for_nobody(with_coupons):
    log, crowd = with_coupons
    used = log["kind"] == EventKind.COUPON_USED

    assert used.sum() > 10
    assert np.unique(log["visit"][used]).size == used.sum()
    assert int(log["value"][used].sum()) == int(crowd.mall.promos["spent_fen"][0]) == int(crowd.mall.budgets["spent_fen"][0])
    assert not (log["kind"] == EventKind.COUPON_LAPSED).any()
    assert not (log["kind"] == EventKind.COUPON_CLAIMED).any()


def test_a_budget_that_is_spent_takes_nothing_off():
    log, crowd = a_day(bring=True, limit_fen=0, off_share=0.2, off_fen=0)

    assert not (log["kind"] == EventKind.COUPON_USED).any()
    assert int(crowd.mall.budgets["spent_fen"][0]) == 0


def test_offers_of_which_nobody_holds_a_coupon_change_no_byte():
    log, _ = a_day(bring=False)
    config, compiled = day_config(60.0), corner_mall()
    plain = engine_days.live(compiled, config, [parties(config, compiled)])

    assert all(np.array_equal(log[name], plain.events[name]) for name in engine_days.COLUMNS)
