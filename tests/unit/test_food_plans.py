"""What restaurants are planned with: tables by size, portions and costs; and what a wrong plan is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config import RunConfig, problems_of
from sim.crowd.venues.dining_plans import PARTY_MOST, TABLE_SEATS, DayCosts, day_costs, dining_plans, tables_of
from sim.floorplan.cache import load_compiled
from sim.paths import find_floorplan
from sim.schema.food import DiningConfig

pytestmark = pytest.mark.plain


def seats_of(counts):
    return sum(size * count for size, count in zip(TABLE_SEATS, counts, strict=True))


@given(st.floats(5, 2000), st.floats(0.5, 5), st.sampled_from([[0.4, 0.4, 0.12, 0.08], [1, 0, 0, 0], [0, 0, 0, 1], [0.25] * 4]))
def test_tables_never_have_more_seats_than_the_floor_and_one_takes_the_largest_party(area_m2, m2_per_seat, shares):
    counts = tables_of(area_m2, DiningConfig(m2_per_seat=m2_per_seat, table_shares=shares))

    seats = max(2, int(area_m2 / m2_per_seat + 1e-9))
    assert 0 < seats_of(counts) <= seats
    assert seats < PARTY_MOST or max(size for size, count in zip(TABLE_SEATS, counts, strict=True) if count) >= PARTY_MOST


def an_average_day() -> RunConfig:
    config = RunConfig()
    config.population.weekday_factors = [1.0] * 7
    return config


def test_the_bistro_has_a_hundred_seats():
    (plan,) = dining_plans(load_compiled(find_floorplan("bistro")), an_average_day())

    assert plan.seats == 100
    assert plan.portions == 550
    assert all(plan.counts)


@pytest.mark.parametrize(("date", "portions"), [("2026-11-21", 825), ("2026-11-23", 413)])
def test_a_kitchen_prepares_more_for_a_day_of_the_week_on_which_the_mall_is_fuller(date, portions):
    """Saturdays three times as full as Mondays, 1.5 and 0.75 times the mean, 550 portions."""
    config = RunConfig(date=date)
    config.population.weekday_factors = [0.75, 0.75, 0.75, 1.0, 1.0, 1.5, 1.25]

    (plan,) = dining_plans(load_compiled(find_floorplan("bistro")), config)

    assert plan.portions == portions


def test_a_day_costs_what_was_ordered_spoilt_and_lost():
    (plan,) = dining_plans(load_compiled(find_floorplan("bistro")), an_average_day())
    assert (plan.portion_fen, plan.substitute_fen) == (3850, 7700)

    costs = day_costs(plan, used=300, substitutes=10, lost=2)

    assert costs == DayCosts(300 * 3850 + 10 * 7700 - 2 * 3850, round(0.3 * 3850 * 250) + 2 * 3850, 900_000, 700_000)


def test_shares_of_tables_that_do_not_sum_to_one_are_refused():
    config = RunConfig()
    config.food.counter.table_shares = [0.5, 0.0, 0.0, 0.0]

    (problem,) = problems_of(config)

    assert problem.place == "food.counter.table_shares"
    assert "sum to 1" in problem.rule
