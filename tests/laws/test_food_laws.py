"""Restaurants: no table is given twice, no portion is sold twice, what happens by hand is what happens, and books agree with events."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from sim import api
from sim.categories import CATEGORIES
from sim.config import RunConfig
from sim.crowd.state import Law
from sim.crowd.venues.dining_plans import TABLE_SEATS, dining_plans
from sim.events import EventKind
from sim.floorplan.cache import load_compiled
from sim.ledger.accounts import FIRST_TENANT
from sim.paths import find_floorplan
from sim.reporting.stations import stations_of
from sim.reporting.topics import food as told
from sim.schema.checkout import FeesConfig
from sim.units import US_PER_HOUR, US_PER_MIN
from sim.visitors import Visitors, empty_visitors
from tests.engine_days import live, opened, parties

BISTRO = 0


@cache
def bistro():
    return load_compiled(find_floorplan("bistro"))


def hungry(visits: float = 60.0, **food) -> RunConfig:
    """Return a day on which everybody comes to eat and the restaurant is overrun in the evening."""
    config = RunConfig(seed=5)
    config.population.visits_per_day, config.population.day_total_cv, config.population.walk_through_share = visits, 0.0, 0.0
    config.choice.meal_share, config.choice.browse_share, config.choice.impulse_share = 1.0, 0.0, 0.0
    config.choice.lunch_starts, config.choice.lunch_ends = "10:00", "16:00"
    config.choice.dinner_starts, config.choice.dinner_ends = "16:00", "22:00"
    config.food.restaurant.m2_per_seat = 9.0
    for name, value in food.items():
        setattr(config.food, name, value)
    return config


def day(config: RunConfig, uses_app: bool = False, stops_us=()):
    visitors = parties(config, bistro())
    return live(bistro(), config, [visitors._replace(uses_app=np.full(visitors.number.size, uses_app, np.int8))], stops_us)


def rows_of(lived, *kinds):
    return np.isin(lived.events["kind"], kinds)


@pytest.mark.parametrize("seating", ["longest_wait_that_fits", "best_fit", "self_seating"])
def test_no_table_is_given_twice_and_none_is_too_small(seating):
    lived = day(hungry(seating=seating, order_ahead_share=0.5, reservation_share=0.4), uses_app=True)
    events, (plan,) = lived.events, dining_plans(bistro(), hungry())
    free = dict(zip(TABLE_SEATS, plan.counts, strict=True))
    at: dict[int, int] = {}

    for kind, visit, people, value in zip(
        *(events[name].tolist() for name in ("kind", "visit", "people", "value")), strict=True
    ):
        if kind == EventKind.SEATED:
            at[visit] = value
            free[value] -= 1
            assert people <= value
            assert free[value] >= 0
        elif kind == EventKind.SERVICE_ENDED and visit in at:
            free[at.pop(visit)] += 1

    assert not at
    assert rows_of(lived, EventKind.RENEGED).any()
    assert rows_of(lived, EventKind.ORDERED_AHEAD).any()
    assert lived.crowd.mall.tables["taken"].sum() == 0
    assert lived.crowd.people_inside == 0


def test_a_booked_table_is_kept_for_its_party_and_some_do_not_come():
    config = hungry(reservation_share=1.0)
    config.choice.lunch_starts, config.choice.lunch_ends, config.choice.dinner_starts = "13:00", "15:00", "18:00"
    config.population.stay_min_mean = 400.0

    lived = day(config, uses_app=True)

    booked, kept = (lived.events["visit"][rows_of(lived, kind)] for kind in (EventKind.TABLE_BOOKED, EventKind.BOOKING_KEPT))
    assert 0 < kept.size < booked.size
    assert np.isin(kept, booked).all()
    assert np.unique(booked).size == booked.size
    late_us = lived.events["value"][rows_of(lived, EventKind.BOOKING_KEPT)]
    assert (late_us < config.food.grace_min * US_PER_MIN).all()


def booked_day(**food) -> RunConfig:
    """Return a day on which everybody with the app books, and means to come."""
    config = hungry(reservation_share=1.0, no_show_share=0.0, **food)
    config.choice.lunch_starts, config.choice.lunch_ends, config.choice.dinner_starts = "13:00", "15:00", "18:00"
    config.population.stay_min_mean = 400.0
    return config


def test_whoever_has_booked_neither_turns_away_at_the_menu_nor_at_the_list():
    config = booked_day()
    config.categories["restaurant"].conversion_share, config.services.balk_queue = 0.5, 1

    lived = day(config, uses_app=True)

    booked = lived.events["visit"][rows_of(lived, EventKind.TABLE_BOOKED)]
    came = np.intersect1d(booked, lived.events["visit"][rows_of(lived, EventKind.STORE_ENTERED)])
    joined = lived.events["visit"][rows_of(lived, EventKind.QUEUE_JOINED)]
    assert came.size > 5
    assert np.isin(came, joined).all()


def test_whoever_throws_switches_seats_nobody():
    """Lapsed bookings are seen to by restaurants alone: other operations may throw switches as often as they like."""
    digests = []
    for every_us in (0, 7 * US_PER_MIN):
        config, taken = hungry(reservation_share=0.6), []
        crowd = opened(bistro(), config, taken)
        visitors = parties(config, bistro())
        crowd.admit(visitors._replace(uses_app=np.full(visitors.number.size, 1, np.int8)))
        for now_us in range(11 * US_PER_HOUR, 22 * US_PER_HOUR, every_us) if every_us else ():
            crowd.advance_to(now_us)
            crowd.switched(now_us)
        crowd.advance_to(26 * US_PER_HOUR)
        crowd.finish(26 * US_PER_HOUR)
        digests.append(
            [(part.events.time_us.tolist(), part.events.kind.tolist(), part.events.visit.tolist()) for part in taken]
        )
    assert digests[0] == digests[1]


def test_of_ten_tables_booked_for_which_seven_came_three_had_no_guest():
    config = hungry()
    sums = told.Sums(bistro(), stations_of([], bistro()))
    sums.unit["booked"][BISTRO], sums.unit["kept"][BISTRO] = 10, 7

    assert told.values(sums, SimpleNamespace(compiled=bistro(), config=config))["no_show_share"] == 0.3


def test_every_portion_is_prepared_once_and_ordered_at_most_once():
    lived = day(hungry(order_ahead_share=0.5, preparation_buffer=-0.5), uses_app=True)
    (plan,) = dining_plans(bistro(), hungry(preparation_buffer=-0.5))
    ordered = rows_of(lived, EventKind.FOOD_ORDERED)
    venue = lived.crowd.mall.venues[BISTRO]

    used = int(lived.events["value"][ordered].sum())
    assert venue.portions_left + venue.portions_used == plan.portions
    assert venue.portions_used == used <= plan.portions
    assert venue.substitutes == lived.events["people"][ordered & (lived.events["value"] == 0)].sum() > 0
    served = lived.events["people"][rows_of(lived, EventKind.FOOD_SERVED)].sum()
    assert venue.portions_lost == lived.events["people"][ordered].sum() - served


def test_how_often_the_clock_stops_changes_no_byte_of_a_restaurants_day():
    config = hungry(order_ahead_share=0.5, reservation_share=0.4)
    stops_us = range(11 * US_PER_HOUR, 22 * US_PER_HOUR, 7 * US_PER_MIN)

    assert day(config, uses_app=True).digest == day(config, uses_app=True, stops_us=stops_us).digest


def test_what_the_app_offers_changes_no_byte_where_nobody_has_it():
    assert day(hungry()).digest == day(hungry(order_ahead_share=1.0, reservation_share=1.0, rating_weight=9.0)).digest


def test_books_of_a_restaurant_agree_with_its_events(tmp_path):
    """Profit by events = balance of the tenant's account, to the fen, where payments cost nothing; and no money is made or lost."""
    config = hungry(preparation_buffer=-0.5)
    config.checkout.fees = FeesConfig(cash=0.0, card=0.0, phone=0.0)
    config.points.is_on = False  # nor points, for which a tenant pays
    config.sensing.positioning.method, config.recording.report, config.recording.events = "off", False, "none"

    world = api.World(config, bistro(), api.people(config, bistro(), api.Deciders(config, bistro())), tmp_path)
    kpis = world.run().kpis

    balances = world.crowd.ledger.balances_fen
    assert kpis["restaurant_profit_fen"] == balances[FIRST_TENANT + BISTRO]
    assert kpis["food_waste_fen"] == 0
    assert kpis["stock_out_share"] > 0
    assert balances.sum() == 0


def two_tables(counts_shares=(0.0, 0.0, 1.0, 0.0), **food) -> RunConfig:
    """Return a restaurant of two tables for six and one cook, where nothing is left to chance."""
    config = hungry(**food)
    config.food.restaurant.table_shares = list(counts_shares)
    config.food.restaurant.m2_per_seat = 180 / 12
    config.food.restaurant.seats_per_cook = 12
    config.food.restaurant.order_share, config.food.restaurant.turn_growth_per_head = 0.1, 0.0
    config.food.restaurant.cook_min_base, config.food.restaurant.cook_min_per_head = 12.0, 0.0
    config.food.overload_slope, config.services.table_patience_s_mean = 0.0, 1e6
    config.categories["restaurant"].dwell_min_mean, config.categories["restaurant"].conversion_share = 60.0, 1.0
    config.choice.wrong_turn_share = config.choice.orientation_share = 0.0
    return config


def trace(config: RunConfig, at_min: list[int], people: list[int], uses_app: int = 0) -> list[tuple[str, int, float]]:
    """Return (event, visit, minute after the first party's table) of what happens at tables, service and cooking without chance."""
    rows = len(at_min)
    needs = np.full((rows, 6), -1, np.int8)
    needs[:, 0] = CATEGORIES.index("restaurant")
    visitors: Visitors = empty_visitors(rows)._replace(
        number=np.arange(rows, dtype=np.int64), arrive_us=10 * US_PER_HOUR + np.array(at_min, np.int64) * US_PER_MIN, needs=needs,
        people=np.array(people, np.int32), stay_s=np.full(rows, 1e5), uses_app=np.full(rows, uses_app, np.int8),
    )  # fmt: skip
    taken: list = []
    crowd = opened(bistro(), config, taken)
    crowd.mall.stations["law"] = Law.DETERMINISTIC
    crowd.admit(visitors)
    crowd.advance_to(26 * US_PER_HOUR)
    crowd.finish(26 * US_PER_HOUR)
    assert crowd.people_inside == 0
    events = [part.events for part in taken]
    names = {
        EventKind.SEATED: "seated", EventKind.FOOD_ORDERED: "ordered", EventKind.FOOD_SERVED: "served",
        EventKind.SERVICE_ENDED: "ended", EventKind.STOCKED_OUT: "gone", EventKind.PURCHASED: "paid", EventKind.BALKED: "balked",
    }  # fmt: skip
    found = [
        (names[EventKind(kind)], int(visit), int(time_us))
        for part in events
        for kind, visit, time_us in zip(part.kind, part.visit, part.time_us, strict=True)
        if kind in names
    ]
    start_us = found[0][2]
    return [(what, visit, round((time_us - start_us) / US_PER_MIN, 1)) for what, visit, time_us in found]


def test_a_meal_by_hand_ordering_cooking_eating_and_the_next_guest():
    """One cook: the second order waits until the first is done, and its party sits so much longer; the third party has to wait."""
    found = trace(two_tables(), [0, 1, 5], [2, 2, 2])

    assert [step for step in found if step[0] != "paid"] == [
        ("seated", 0, 0.0), ("seated", 1, 1.0), ("ordered", 0, 6.0), ("ordered", 1, 7.0), ("served", 0, 18.0), ("served", 1, 30.0),
        ("ended", 0, 60.0), ("seated", 2, 60.0), ("ordered", 2, 66.0), ("ended", 1, 72.0), ("served", 2, 78.0), ("ended", 2, 120.0),
    ]  # fmt: skip


def test_an_order_ahead_is_cooked_while_its_party_waits_and_shortens_its_time_at_table():
    """The third party orders on joining the list at minute 5; both before it sit down at once and order at 6 and 7."""
    found = trace(two_tables(order_ahead_share=1.0), [0, 1, 5], [2, 2, 2], uses_app=1)

    third = [step for step in found if step[1] == 2 and step[0] != "paid"]
    assert third == [("ordered", 2, 5.0), ("seated", 2, 71.0), ("served", 2, 71.0), ("ended", 2, 113.0)]


@pytest.mark.parametrize(("seating", "order"), [("longest_wait_that_fits", [0, 1, 2, 3]), ("best_fit", [0, 1, 3, 2])])
def test_who_is_called_when_a_table_gets_free_is_as_the_rule_says(seating, order):
    found = trace(two_tables(seating=seating), [0, 1, 2, 3], [6, 6, 2, 5])

    assert [visit for what, visit, _ in found if what == "seated"] == order


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, ["gone", "ended"]), (1.0, ["gone", "ordered", "served", "ended", "paid"])]
)
def test_who_learns_that_the_food_is_gone_leaves_or_takes_something_else(share, expected):
    found = trace(two_tables(substitute_share=share, preparation_buffer=-1.0), [0], [2])

    assert [what for what, _, _ in found] == ["seated", *expected]
    assert found[1] == ("gone", 0, 6.0)


def test_who_orders_ahead_and_learns_that_the_food_is_gone_leaves_without_a_word_on_the_line():
    found = trace(
        two_tables(substitute_share=0.0, order_ahead_share=1.0, preparation_buffer=-1.0), [0, 1, 2], [2, 2, 2], uses_app=1
    )

    assert ("gone", 2, 2.0) in found
    assert "balked" not in [what for what, _, _ in found]
