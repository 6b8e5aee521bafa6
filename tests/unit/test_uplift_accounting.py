"""Where a change in sales lies: traced by hand, and adding up whatever was sold."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sim.experiments.twins import MESSAGE, SALE, TOUCH, VISIT, Lives, OfferFacts
from sim.experiments.uplift import SOON_US, Split, decisions_of, effect_of, sample, spent_after, split_of
from sim.operations.policy_log import PersonDay
from sim.random_streams import stream_key, uniforms

pytestmark = pytest.mark.plain
ANNA, BEN, CARL = 101, 102, 103  # visits; Anna is resident 7, and comes again on the next day as visit 104
AGAIN = 104


def rows_of(kind, rows):
    found = np.zeros(len(rows), kind)
    for index, row in enumerate(rows):
        for name, value in row.items():
            found[name][index] = value
    return found


def sale(number, unit, fen, *, day=0, time_us=1000):
    return {"number": number, "day": day, "unit": unit, "time_us": time_us, "fen": fen}


COUPON = (OfferFacts("coupon", "some", 0, (0,), 1, 1, 50),)


def lives(sales, touches=(), messages=(), *, offers=COUPON, income=0):
    visits = [
        {"number": ANNA, "resident": 7, "spent_fen": sum(s["fen"] for s in sales if s["number"] == ANNA), "left_us": 60_000_000},
        {"number": BEN, "resident": 8}, {"number": CARL, "resident": -1}, {"number": AGAIN, "resident": 7, "day": 1},
    ]  # fmt: skip
    return Lives(
        rows_of(VISIT, visits), rows_of(SALE, sales), ("a", "b"), np.zeros(3, np.int64), rows_of(MESSAGE, messages), {}, ("some",),
        offers, 0, rows_of(TOUCH, touches), np.zeros(0, PersonDay.RECORD), {"mall_income_fen": income, "policy_cost_owner_fen": None},
    )  # fmt: skip


TOUCHED = [{"number": ANNA, "day": 0, "time_us": 500, "offer": 0, "message": 0}]


def test_each_sale_is_put_where_it_belongs():
    late_us = 500 + SOON_US
    real = lives([sale(ANNA, 0, 1000), sale(ANNA, 1, 30), sale(BEN, 0, 7), sale(AGAIN, 0, 5, day=1), sale(CARL, 1, 2)], TOUCHED)
    other = lives(
        [sale(ANNA, 0, 200, time_us=late_us), sale(ANNA, 1, 130), sale(AGAIN, 0, 405, day=1), sale(CARL, 1, 2)], TOUCHED
    )

    split = split_of(real, other, real.touches)

    assert split == Split(soon_fen=1000, later_today_fen=-200, elsewhere_fen=-100, later_days_fen=-400, others_fen=7)
    assert split.total_fen == real.sold_fen.sum() - other.sold_fen.sum()


def test_an_offer_of_all_stores_leaves_no_elsewhere():
    everywhere = (OfferFacts("coupon", "some", 0, (), 1, 1, 50),)
    real, other = lives([sale(ANNA, 1, 30)], TOUCHED, offers=everywhere), lives([sale(ANNA, 0, 10)], offers=everywhere)

    assert split_of(real, other, real.touches) == Split(soon_fen=20)


def test_parts_add_up_to_the_difference_in_sales_whatever_was_sold():
    for seed in range(50):

        def some(what, count, below, seed=seed):
            return (uniforms(stream_key(seed, what), np.arange(count), 0) * below).astype(np.int64)

        def day(name, some=some):
            columns = zip(
                *(
                    some(f"{name} {what}", 40, below)
                    for what, below in (("who", 4), ("unit", 2), ("fen", 999), ("at", 3 * SOON_US))
                ),
                strict=True,
            )
            return [sale(ANNA + who, unit, fen, day=int(ANNA + who == AGAIN), time_us=at) for who, unit, fen, at in columns]

        real, other = lives(day("with"), TOUCHED), lives(day("without"))
        there, back = split_of(real, other, real.touches), split_of(other, real, real.touches)

        assert there.total_fen == real.sold_fen.sum() - other.sold_fen.sum()
        assert there.total_fen == -back.total_fen


def test_a_day_less_itself_is_nothing():
    real = lives([sale(ANNA, 0, 1000), sale(BEN, 1, 5)], TOUCHED, [{"number": 0, "visit": ANNA, "is_sent": 1}])

    effect = effect_of("some", real, real, ("some",))

    assert (effect.uplift_fen, effect.net_benefit_fen, effect.offers_cost_fen, effect.spend_fen_mean) == (0, 0, 0, 0.0)
    assert effect.reached_visits == 1
    assert effect.roi is None


def test_another_policys_touches_are_not_counted_as_this_ones():
    real = lives([sale(ANNA, 0, 1000)], TOUCHED, [{"number": 0, "visit": ANNA, "is_sent": 1}])
    other = lives([])

    assert effect_of("another", real, other, ("another",)).split == Split(others_fen=1000)


def test_net_benefit_is_the_malls_income_less_its_cost_and_can_be_negative():
    real, other = lives([], income=100), lives([], income=130)

    assert effect_of("some", real, other, ("some",)).net_benefit_fen == -30


def test_what_is_spent_after_a_decision_leaves_out_what_was_spent_before():
    real = lives([sale(ANNA, 0, 10, time_us=400), sale(ANNA, 0, 20, time_us=500), sale(AGAIN, 0, 40, day=1), sale(BEN, 0, 80)])

    found = spent_after(real, np.array([0, 1]), np.array([ANNA, AGAIN]), np.array([500, 0]))

    assert found.tolist() == [20, 40]


def test_the_log_has_each_visit_once_by_its_first_decision_and_nobody_whom_nothing_could_reach():
    messages = [
        {"number": 0, "visit": ANNA, "is_held": 1, "propensity": 0.3}, {"number": 1, "visit": ANNA, "is_sent": 1, "time_us": 900, "propensity": 0.3},
        {"number": 2, "visit": -1, "propensity": 0.5}, {"number": 3, "visit": BEN, "is_sent": 1, "propensity": 0.6},
        {"number": 4, "visit": CARL, "propensity": 0.6},
    ]  # fmt: skip
    log, decided = decisions_of(lives([sale(BEN, 0, 9)], [], messages), ("some",))

    assert decided.rows["number"].tolist() == [0, 3]
    assert log.is_treated.tolist() == [False, True]
    assert log.outcome.tolist() == [0, 9]


def test_a_sample_of_messages_is_of_those_that_reached_somebody_and_grows_without_reshuffling():
    messages = [{"number": number, "visit": ANNA, "is_sent": number % 2} for number in range(100)]
    real = lives([], [], messages)

    few, more = (set(sample(real, 5, count, ("some",))["number"].tolist()) for count in (10, 20))

    assert len(few) == 10
    assert few < more
    assert all(number % 2 for number in more)
    assert sample(real, 5, 1000, ("some",)).size == 50
    assert sample(real, 5, 10, ("another",)).size == 0


def test_a_tenant_that_only_one_of_both_days_has_is_compared_with_nothing():
    real = lives([sale(ANNA, 0, 10), sale(ANNA, 1, 30)], TOUCHED)
    other = dataclasses.replace(lives([sale(ANNA, 0, 4), sale(ANNA, 1, 5)]), unit_ids=("c", "a"))

    effect = effect_of("some", real, other, ("some",))

    assert effect.sales_fen == (10 - 5, 30, -4)
    assert effect.split == Split(soon_fen=5, elsewhere_fen=26)
