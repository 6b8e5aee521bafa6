"""What must hold of memory whatever people live through: neutral at first, bounded, accounted for, the same for everybody's order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.membership import FACTOR_LEAST, FACTOR_MOST
from agents.population import LifeCycle
from sim.config import CompetitorConfig
from sim.lived import Lived
from sim.verification.memory import toy_day
from tests.memory_years import a_day, config_of, day, live, people_of

pytestmark = pytest.mark.plain
NEWCOMER = [CompetitorConfig(distance_km=3.0, opens="2026-11-25")]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"messages_per_week": 20.0, "satisfaction_norm": 0.2, "points_effect": 0.5, "seeded_promoters": 50},
        {"competitors": NEWCOMER},
        {"competitors": [CompetitorConfig(distance_km=2.0)]},
    ],
)
def test_on_the_first_day_memory_moves_nobody(changed):
    people = people_of(config_of(**changed))

    assert (people.memory.visit_factor(day(0)) == 1.0).all()


def test_without_points_nobody_is_moved_by_what_it_would_hold():
    config = config_of(points_effect=0.5)
    config.points.is_on = False
    people = people_of(config)

    assert (people.memory.visit_factor(day(0)) == 1.0).all()
    assert people.memory.holdings.effect(people.memory.points_centi, people.memory.is_member, 5)[0].size == 0


def test_asking_who_comes_changes_nothing():
    people = people_of(config_of())
    live(people, 5)
    before = {name: column.copy() for name, column in people.memory.state().items()}

    people.memory.visit_factor(day(5))
    people.memory.summary(day(4))

    for name, column in people.memory.state().items():
        np.testing.assert_array_equal(column, before[name])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 99), st.floats(0, 1), st.integers(0, 10**9), st.integers(0, 6)), min_size=1, max_size=60),
    st.floats(0, 40),
    st.integers(0, 10**9),
)
def test_factors_are_finite_and_bounded_whatever_people_live_through(visits, messages_per_week, points_centi):
    people = people_of(config_of(300, messages_per_week=messages_per_week, competitors=NEWCOMER))
    people.memory.points_centi[:] = points_centi

    for number in range(7):
        came = [visit for visit in visits if visit[3] == number]
        rows = [row for row, *_ in came]
        people.memory.learn(a_day(day(number), rows, [each[1] for each in came], [each[2] for each in came]))
        factor = people.memory.visit_factor(day(number + 1))
        assert np.isfinite(factor).all()
        seldom = people.config.catchment.seldom_visits  # who comes often now and seldom at first, and the other way round
        assert factor.min() >= FACTOR_LEAST * seldom
        assert factor.max() <= FACTOR_MOST / seldom * 1.001
        assert all(value is None or np.isfinite(value) for value in people.memory.summary(day(number)).values())


def test_every_resident_is_in_one_state_and_every_change_of_state_is_counted():
    config = config_of(4000)
    start = np.random.default_rng(1).integers(0, 4, people_of(config).residents.key.size).astype(np.int8)
    people = people_of(config, life_cycle=start)
    before = np.bincount(start, minlength=4)

    for summary in live(people, 150):
        after = np.array([summary[f"residents_{state.name.lower()}"] for state in LifeCycle])
        moves = {name: summary[name] for name in ("first_visits", "won_back", "became_loyal", "became_lost")}
        assert after.sum() == start.size
        assert after[LifeCycle.POTENTIAL] == before[LifeCycle.POTENTIAL] - moves["first_visits"]
        assert after[LifeCycle.LOST] == before[LifeCycle.LOST] + moves["became_lost"] - moves["won_back"]
        assert summary["wom_new_visits_seeded"] <= summary["wom_new_visits"] <= summary["first_visits"]
        before = after
    assert people.memory.tally.total("won_back") > 0
    assert people.memory.tally.total("became_lost") > 0


def test_nobody_comes_for_the_first_time_twice():
    config = config_of(2000)
    strangers = np.full(people_of(config).residents.key.size, LifeCycle.POTENTIAL, np.int8)
    people = people_of(config, life_cycle=strangers)

    live(people, 120)

    seen = int((people.memory.last_visit_day >= 0).sum())
    assert people.memory.tally.total("first_visits") == seen
    assert people.memory.tally.total("told_first_visits") <= seen
    assert (people.memory.teller[people.memory.last_visit_day >= 0] == -1).all()


def test_more_points_never_make_anybody_come_less():
    few, many = (people_of(config_of(competitors=NEWCOMER)) for _ in range(2))
    many.memory.points_centi += np.arange(many.memory.points_centi.size) * 7

    for number in (1, 10, 200):
        assert (many.memory.visit_factor(day(number)) >= few.memory.visit_factor(day(number))).all()


def test_without_messages_nobody_opts_out_and_none_is_sent():
    summaries = live(people_of(config_of()), 60)

    assert all(each["messages_sent"] == each["opt_outs"] == each["app_stopped"] == 0 for each in summaries)


def test_who_is_lost_can_come_back():
    people = people_of(config_of())
    people.memory.life_cycle[:] = LifeCycle.LOST
    people.memory.last_visit_day[:] = day(-3000).toordinal()

    assert people.memory.visit_factor(day(1)).min() > 0.1

    people.memory.learn(a_day(day(1), [5]))

    assert people.memory.life_cycle[5] == LifeCycle.NEW
    assert people.memory.summary(day(1))["won_back"] == 1


def test_the_order_in_which_visits_end_does_not_matter():
    one, other = people_of(config_of()), people_of(config_of())
    rows = np.random.default_rng(2).permutation(1500)[:400]
    lived = a_day(day(0), rows, np.linspace(0, 1, 400), np.arange(400) * 100)
    turned = lived.outcomes[::-1].copy()

    one.memory.learn(lived)
    other.memory.learn(Lived(lived.date, turned, lived.ratings))

    for name, column in one.memory.state().items():
        np.testing.assert_array_equal(column, other.memory.state()[name])


def test_walk_ins_teach_nobody_anything():
    one, other = people_of(config_of()), people_of(config_of())

    one.memory.learn(a_day(day(0), []))
    other.memory.learn(a_day(day(0), [-1, -1, -1], 0.1))

    for name, column in one.memory.state().items():
        np.testing.assert_array_equal(column, other.memory.state()[name])


def test_a_memory_that_was_saved_goes_on_as_the_one_that_was_not():
    config = config_of(messages_per_week=8.0, seeded_promoters=20, competitors=NEWCOMER)
    whole, saved = people_of(config), people_of(config)
    live(whole, 40)
    live(saved, 20)
    resumed = people_of(config)
    resumed.memory.restore({name: column.copy() for name, column in saved.memory.state().items()})

    for number in range(20, 40):
        lived = toy_day(resumed.residents, resumed.memory.visit_factor(day(number)), config, day(number), 0.15)
        resumed.memory.learn(lived)
        resumed.memory.join_by_law(lived)

    for name, column in whole.memory.state().items():
        np.testing.assert_array_equal(column, resumed.memory.state()[name], err_msg=name)
    assert whole.memory.summary(day(39)) == resumed.memory.summary(day(39))


@pytest.mark.parametrize("satisfaction", [0.3, 0.8])
def test_a_world_in_which_nothing_changes_stays_as_it_is_whatever_its_mean_satisfaction(satisfaction):
    """Mean factors of 3,000 visits a day; that of tales is about 1 % (some hear for the first time that the mall exists)."""
    people, same = people_of(config_of(60_000)), people_of(config_of(60_000, satisfaction_norm=satisfaction))

    found = np.array([each["visit_factor_mean"] for each in live(people, 60, 0.1, satisfaction)[1:]])
    wanted = np.array([each["visit_factor_mean"] for each in live(same, 60, 0.1, satisfaction)[1:]])

    assert np.abs(found / wanted - 1).max() < 0.005
    assert np.abs(found - 1).max() < 0.03


def test_where_the_norm_stays_as_given_a_better_world_is_visited_more():
    usual, better = (people_of(config_of(20_000, norm_days=0)) for _ in range(2))

    few, more = (live(people, 30, 0.1, mean)[-1] for people, mean in ((usual, 0.69), (better, 0.8)))

    assert more["visit_factor_mean"] > few["visit_factor_mean"] + 0.02


def test_who_has_come_for_the_first_time_comes_as_often_as_loyal_people_from_then_on():
    people = people_of(config_of(20_000))
    adults = people.residents.visits_per_day > 0
    strangers = np.flatnonzero(adults & (people.residents.life_cycle == LifeCycle.POTENTIAL))
    loyal = np.flatnonzero(adults & (people.residents.life_cycle == LifeCycle.LOYAL))

    people.memory.learn(a_day(day(0), strangers, 0.69))

    rate = people.residents.visits_per_day * people.memory.visit_factor(day(10))
    assert rate[strangers].mean() == pytest.approx(rate[loyal].mean(), rel=0.15)


def test_as_many_take_to_coming_seldom_as_to_coming_often_so_that_a_years_visits_stay():
    people = people_of(config_of(40_000, satisfaction_effect=0.0))
    seldom = people.memory.is_seldom[people.residents.visits_per_day > 0].mean()

    factors = [each["visit_factor_mean"] for each in live(people, 365, 0.0)]

    assert np.mean(factors) == pytest.approx(1.0, abs=0.03)
    assert np.mean(factors[-60:]) == pytest.approx(1.0, abs=0.04)
    assert people.memory.is_seldom[people.residents.visits_per_day > 0].mean() == pytest.approx(seldom, abs=0.02)


def test_a_first_visit_long_after_a_tale_is_not_put_down_to_it():
    people = people_of(config_of())
    stranger = int(np.flatnonzero(people.residents.life_cycle == LifeCycle.POTENTIAL)[0])
    counted = []
    for days_later in (1, 300):
        people.memory.life_cycle[stranger] = LifeCycle.POTENTIAL
        people.memory.teller[stranger], people.memory.heard[stranger] = 1, 1.0
        for number in range(days_later):
            people.memory.learn(a_day(day(number), []))
        people.memory.learn(a_day(day(days_later), [stranger]))
        counted.append(people.memory.summary(day(days_later))["wom_new_visits"])

    assert counted == [1, 0]


def test_what_a_tale_has_caused_is_counted_by_what_it_did_that_morning():
    people = people_of(config_of())
    people.memory.heard[7] = 0.5

    people.memory.learn(a_day(day(0), [7]))

    assert people.memory.summary(day(0))["wom_caused_visits"] == pytest.approx(1 - np.exp(-0.5), abs=1e-3)


def test_memory_takes_at_most_sixty_bytes_a_resident():
    people = people_of(config_of(10_000))
    rows = people.residents.key.size

    assert sum(column.nbytes for column in people.memory.state().values() if column.shape[:1] == (rows,)) <= 60 * rows
