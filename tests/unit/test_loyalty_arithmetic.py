"""Ratios of paired differences by hand: what points drive, what they cost against a price cut, what a push in members brings."""

from __future__ import annotations

import pytest

from sim.experiments.loyalty import equal_cost, incentive_driven, loop_gain, ratio

pytestmark = pytest.mark.plain


def a_run(sales_fen=0, member_sales_fen=0, points_cost_fen=0, member_discount_fen=0, **more):
    return {
        "sales_fen": sales_fen, "member_sales_fen": member_sales_fen, "points_cost_fen": points_cost_fen,
        "member_discount_fen": member_discount_fen, **more,
    }  # fmt: skip


def test_the_ratio_of_sums_is_not_the_mean_of_ratios():
    assert ratio([1.0, 9.0], [1.0, 99.0]).value == pytest.approx(10 / 100)


def test_the_jackknife_of_a_plain_mean_is_the_t_interval():
    found = ratio([1.0, 2.0, 3.0], [1.0, 1.0, 1.0])

    assert (found.ci_low + found.ci_high) / 2 == pytest.approx(2.0)
    assert (found.ci_high - found.ci_low) / 2 == pytest.approx(4.302652729911275 / 3**0.5, rel=1e-9)


def test_nothing_is_said_where_there_is_nothing_to_divide_by():
    assert ratio([1.0], [0.0]).value is None
    assert ratio([1.0], [2.0]).ci_low is None


def test_what_points_drive_is_a_share_of_what_is_sold_with_them():
    found = incentive_driven([a_run(member_sales_fen=200)] * 2, [a_run(member_sales_fen=190)] * 2)

    assert found.value == pytest.approx(0.05)


def test_a_price_cut_is_judged_by_sales_at_list_prices():
    none, points = [a_run(1000)] * 3, [a_run(1020, points_cost_fen=10)] * 3
    cut = [a_run(1000, member_discount_fen=10)] * 3

    found = equal_cost(none, points, cut)

    assert found.costs.value == pytest.approx(1.0)
    assert found.per_yuan_points.value == pytest.approx(2.0)
    assert found.per_yuan_discount.value == pytest.approx(1.0)
    assert found.verdict == "points bring more for a yuan"


def test_two_arms_that_differ_by_chance_alone_are_not_told_apart():
    none = [a_run(1000), a_run(1010), a_run(990)]
    points = [a_run(1020, points_cost_fen=10), a_run(1020, points_cost_fen=10), a_run(1015, points_cost_fen=10)]
    cut = [a_run(1015, member_discount_fen=10), a_run(1012, member_discount_fen=10), a_run(1000, member_discount_fen=10)]

    assert equal_cost(none, points, cut).verdict == "no difference seen"


def test_a_loop_that_brings_a_tenth_of_a_member_a_month_damps():
    def months(members, first, second):
        return a_run(
            members_at_start=members, visits_month_1=first, visits_month_2=second, members_new=100, footfall_visits=1000
        )

    found = loop_gain([months(10, 500, 500)] * 2, [months(110, 550, 600)] * 2, 2)

    assert found.visits_per_member[0].value == pytest.approx(0.5)
    assert [each.value for each in found.gain] == pytest.approx([0.05, 0.1])
    assert found.verdict.startswith("the loop damps")
