"""What tenants and operator make of what they see, and that they see nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from agents.mall import MallModel, TenantFacts
from sim.decisions import OpenEntrance, Promote, ReplaceTenant, SetHours, SetPrices, SetStaff, WarnTenant
from sim.operations.tomorrow import refusal
from sim.schema.management import ManagementConfig
from sim.sensing.observations import Observations, observed, together
from sim.units import US_PER_HOUR
from tests.reporting_day import made_up_plan

pytestmark = pytest.mark.plain
CLOSES_US = 22 * US_PER_HOUR


@pytest.fixture
def malls():
    made = []

    def make(doors=("north", "south"), servers=4, **rules):
        facts = [TenantFacts(index, f"u{index}", f"Shop {index}", servers, 60.0, False, index, 600, 1320) for index in range(3)]
        made.append(MallModel(facts, doors, 300.0, CLOSES_US, ManagementConfig(**rules)))
        return made[-1]

    yield make
    for mall in made:
        mall.close()


def seen(*rows, on_duty=(2, 2, 2)):
    """Return observations of (sensor, kind, value)."""
    return Observations(together([observed(0, *row[:2], 0, row[2]) for row in rows]), np.array(on_duty))


def sales(unit, count, fen=10_000):
    return [(f"till:{unit}", "sale", fen)] * count


def at(hour):
    return int(hour * US_PER_HOUR)


def staffing(decisions):
    return [(decision.unit_id, decision.servers) for _, decision in decisions if isinstance(decision, SetStaff)]


def test_a_busy_till_calls_a_colleague_and_a_quiet_one_keeps_its_people_by_default(malls):
    assert staffing(malls().review(at(12), seen(*sales("u1", 10)))) == [("u1", 3)]
    assert staffing(malls().review(at(12), seen())) == []


def test_a_quiet_till_sends_a_server_home_where_it_may(malls):
    mall = malls(send_home_below=0.3)

    assert staffing(mall.review(at(12), seen(*sales("u1", 10)))) == [("u0", 1), ("u1", 3), ("u2", 1)]


@pytest.mark.parametrize("customers", [0, 1, 5, 50])
@pytest.mark.parametrize("on_duty", range(5))
def test_staffing_never_leaves_the_range_from_one_to_all_and_never_opens_a_till_that_is_shut(malls, customers, on_duty):
    decided = staffing(malls(send_home_below=0.8).review(at(12), seen(*sales("u0", customers), on_duty=(on_duty, 0, 4))))

    assert all(1 <= servers <= 4 for _, servers in decided)
    assert not any(unit == "u1" for unit, _ in decided)


def test_by_default_nobody_decides_anything_for_tomorrow(malls):
    mall = malls()

    for _ in range(20):
        assert mall.review(CLOSES_US, seen(*sales("u0", 1))) == []


def test_a_tenant_whose_last_hour_does_not_pay_closes_earlier_and_tries_again_when_it_does(malls):
    mall = malls(closes_earlier_min=30)
    rich = {"fen": 90_000}
    mall.review(at(21.5), seen(*sales("u0", 1, **rich), *sales("u1", 5, fen=100)))

    decided = [decision for _, decision in mall.review(CLOSES_US, seen(*sales("u2", 1, **rich)))]

    assert decided == [SetHours("u1", 600, 1290)]
    mall.review(at(21.25), seen(*sales("u0", 1, **rich), *sales("u1", 1, **rich), *sales("u2", 1, **rich)))
    assert [decision for _, decision in mall.review(CLOSES_US, seen())] == [SetHours("u1", 600, 1320)]


def test_a_tenant_climbs_towards_the_prices_that_left_more(malls):
    mall, factors = malls(price_step=0.1, price_trial_days=2), []

    for takings in (10_000, 10_000, 9_000, 9_000, 12_000, 12_000):
        decided = [
            each for _, each in mall.review(CLOSES_US, seen(*sales("u1", 1, fen=takings))) if isinstance(each, SetPrices)
        ]
        factors += [decision.factor for decision in decided if decision.unit_id == "u1"]

    # dearer first (its key is odd): it sold less, but margins are wider: 0.45 x 10,000 = 4,500 and (1 - 0.55 / 1.1) x 9,000 = 4,500
    assert factors == pytest.approx([1.1, 1.21, 1.25])


def test_a_tenant_turns_round_when_other_prices_left_less(malls):
    mall, factors = malls(price_step=0.1, price_trial_days=1), []

    for takings in (10_000, 5_000, 8_000):
        decided = [
            each for _, each in mall.review(CLOSES_US, seen(*sales("u1", 1, fen=takings))) if isinstance(each, SetPrices)
        ]
        factors += [decision.factor for decision in decided if decision.unit_id == "u1"]

    assert factors == pytest.approx([1.1, 0.99, 0.891])


def test_promotion_follows_a_day_that_was_weaker_than_usual(malls):
    mall = malls(promotion_yuan_per_day=300.0)
    promoted = []

    for takings in (10_000, 10_000, 5_000, 10_000):
        decided = mall.review(CLOSES_US, seen(*sales("u0", 1, fen=takings), *sales("u1", 1), *sales("u2", 1)))
        promoted.append([decision for _, decision in decided])

    assert promoted == [[], [], [Promote("u0", 30_000)], []]


def test_what_a_tenant_decides_does_not_depend_on_what_others_sell(malls):
    rules = {
        "send_home_below": 0.3,
        "price_step": 0.05,
        "price_trial_days": 1,
        "promotion_yuan_per_day": 100.0,
        "closes_earlier_min": 30,
    }
    decided = []
    for others in (0, 40):
        mall = malls(**rules)
        days = []
        for takings in (4, 1, 7):
            for now in (at(13), at(21.5), CLOSES_US):
                days += mall.review(now, seen(*sales("u0", takings), *sales("u1", others), *sales("u2", others)))
        decided.append([decision for who, decision in days if who == "tenant:u0"])

    assert decided[0] == decided[1] != []


def test_the_operator_closes_the_busiest_door_when_too_many_are_inside_and_opens_it_again(malls):
    mall = malls(people_limit=100)

    first = mall.review(at(12), seen(("door:north", "people_in", 80), ("door:south", "people_in", 40)))
    second = mall.review(at(12.1), seen(("door:south", "people_in", 30)))
    third = mall.review(at(12.2), seen(("door:south", "people_out", 70)))

    assert first == [("operator", OpenEntrance("north", False))]
    assert second == []  # the last door stays open: people leave by it
    assert third == [("operator", OpenEntrance("north", True))]


def test_the_operator_warns_a_weak_tenant_then_replaces_it_and_leaves_alone_who_has_no_stars(malls):
    mall = malls(review_days=1, warn_below_stars=3.5, help_yuan=50.0)
    mall.read(np.array([3.0, 0.0, 3.4]), np.zeros(3, bool))
    first = mall.review(CLOSES_US, seen())
    mall.read(np.array([3.2, 0.0, 3.6]), np.zeros(3, bool))

    second = mall.review(CLOSES_US, seen())

    assert first == [("operator", WarnTenant("u0", 5000)), ("operator", WarnTenant("u2", 5000))]
    assert second == [("operator", ReplaceTenant("u0"))]


def test_a_new_business_begins_with_a_diary_of_its_own(malls):
    mall = malls(price_step=0.1, price_trial_days=1)
    mall.review(CLOSES_US, seen(*sales("u0", 3)))

    mall.read(np.zeros(3), np.array([True, False, False]))

    assert mall.tenants["u0"].diary.days == 0
    assert mall.tenants["u1"].diary.days == 1


def test_a_model_that_was_saved_decides_as_if_nothing_had_happened(malls):
    rules = {"price_step": 0.05, "price_trial_days": 2, "people_limit": 10, "promotion_yuan_per_day": 100.0}
    one, other = malls(**rules), malls(**rules)
    one.review(CLOSES_US, seen(*sales("u0", 3)))
    one.review(at(12), seen(*sales("u0", 4), ("door:north", "people_in", 80)))
    other.restore(one.state())

    later = seen(*sales("u0", 1), ("door:north", "people_out", 75))

    assert one.review(CLOSES_US, later) == other.review(CLOSES_US, later) != []


@pytest.mark.parametrize(
    ("decision", "why"),
    [
        (SetPrices("nobody", 1.0), "no unit 'nobody'"),
        (SetPrices("{0}", 1.3), "prices of 1.300 times the trade's lie outside 0.8 to 1.25"),
        (SetHours("{0}", 700, 600), "no hours: from 700 to 600 minutes after midnight"),
        (Promote("{0}", -1), "no budget: -1 fen"),
        (WarnTenant("{0}", -1), "no budget: -1 fen"),
        (SetPrices("{0}", 1.25), ""),
        (ReplaceTenant("{0}"), ""),
    ],
)
def test_a_decision_for_tomorrow_is_refused_with_its_reason(decision, why):
    plan = made_up_plan()
    named = replace(decision, unit_id=decision.unit_id.format(plan.unit_ids[0]))

    assert refusal(named, plan, (0.8, 1.25)) == why
