"""What parties have in mind when they come: means are kept whatever purposes do, hunger comes at meal times, plans are one's own."""

from __future__ import annotations

import numpy as np
import pytest

from agents.visit_plans import planned
from sim.config import MindsConfig, RunConfig, problems_of
from sim.units import US_PER_DAY, US_PER_HOUR, US_PER_MIN
from sim.visitors import NEVER_US, Purpose
from tests.engine_days import corner_mall, day_config, parties

pytestmark = pytest.mark.plain
VISITS = 40_000.0
FALSE_ALARM_SDS = 4.0  # a mean farther off than so many standard errors: once in 16,000 checks


def the_day(config: RunConfig | None = None):
    return parties(config or day_config(VISITS), corner_mall())


@pytest.fixture(scope="module")
def saturday():
    return the_day()


def is_near(values: np.ndarray, mean: float, slack: float = 0.0) -> bool:
    return bool(abs(values.mean() - mean) < FALSE_ALARM_SDS * values.std() / np.sqrt(values.size) + slack)


def test_purposes_leave_the_mean_stay_and_the_mean_list_as_they_were(saturday):
    population = day_config().population
    assert is_near(saturday.stay_s / 60, population.stay_min_mean)
    # lists end at six needs, which those who come to shop reach more often; films are drawn after the list
    assert is_near((saturday.needs >= 0).sum(axis=1), population.needs_mean, slack=0.02)


def test_who_comes_to_shop_has_the_longer_list_and_who_strolls_the_shorter_stay(saturday):
    count, stay = (saturday.needs >= 0).sum(axis=1), saturday.stay_s

    def of(values, purpose):
        return values[saturday.purpose == purpose].mean()

    assert of(count, Purpose.SHOPPING) > of(count, Purpose.LEISURE) > of(count, Purpose.MEAL) > of(count, Purpose.STROLL)
    assert of(stay, Purpose.LEISURE) > of(stay, Purpose.SHOPPING) > of(stay, Purpose.STROLL)


def test_hunger_is_told_by_the_share_of_meals_and_comes_at_meal_times():
    config = day_config(VISITS)
    config.minds.hunger.snack_share = 0.0
    visitors = the_day(config)
    eats = visitors.hungry_us < NEVER_US
    comes_in_time = visitors.arrive_us % US_PER_DAY < 20 * US_PER_HOUR

    assert is_near(eats[comes_in_time].astype(float), config.choice.meal_share)
    assert not eats[~comes_in_time].any()
    of_day_us = visitors.hungry_us[eats] % US_PER_DAY
    lunch = (of_day_us >= 11.5 * US_PER_HOUR) & (of_day_us < 12.25 * US_PER_HOUR)
    dinner = (of_day_us >= 17.5 * US_PER_HOUR) & (of_day_us < 18.25 * US_PER_HOUR)
    assert (lunch | dinner).all()


def test_hunger_between_meals_is_none_at_meal_times(saturday):
    config = day_config(VISITS)
    config.minds.hunger.snack_share = 0.0
    before = the_day(config)
    of_day_us = saturday.hungry_us[(saturday.hungry_us < NEVER_US) & (before.hungry_us == NEVER_US)] % US_PER_DAY

    assert of_day_us.size > 1000
    for starts_h, ends_h in ((11.5, 13.5), (17.5, 20.0)):
        assert not ((of_day_us >= starts_h * US_PER_HOUR) & (of_day_us < ends_h * US_PER_HOUR)).any()


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_nobody_is_ever_hungry_or_everybody_is_who_comes_before_the_end_of_dinner(share):
    config = day_config(2_000.0)
    config.choice.meal_share, config.minds.hunger.snack_share = share, 0.0
    visitors = the_day(config)

    in_time = visitors.arrive_us % US_PER_DAY < 20 * US_PER_HOUR
    assert np.array_equal(visitors.hungry_us < NEVER_US, in_time & (share == 1.0))


def test_plans_are_a_partys_own_whoever_else_comes(saturday):
    some = np.arange(0, saturday.number.size, 7)
    everybody = planned(day_config(VISITS), corner_mall(), saturday, saturday.number)
    alone = planned(
        day_config(VISITS),
        corner_mall(),
        saturday._replace(**{name: getattr(saturday, name)[some] for name in saturday._fields}),
        saturday.number[some],
    )

    for name in ("needs", "stay_s", "purpose", "hungry_us", "budget_fen"):
        assert np.array_equal(getattr(alone, name), getattr(everybody, name)[some]), name


def test_whoever_is_hungry_on_arrival_may_have_come_for_it_and_nobody_else(saturday):
    meal = saturday.purpose == Purpose.MEAL
    assert (saturday.hungry_us[meal] <= saturday.arrive_us[meal] + 30 * US_PER_MIN).all()
    assert 0.05 < meal.mean() < 0.5


def test_money_goes_with_spending_power_and_company():
    visitors = the_day()
    rich = visitors.spend_scale > 1.5
    assert visitors.budget_fen[rich].mean() > 1.5 * visitors.budget_fen[~rich].mean()
    assert visitors.budget_fen[visitors.people == 4].mean() > 1.5 * visitors.budget_fen[visitors.people == 1].mean()


def test_lists_of_the_wrong_length_are_all_told_at_once():
    config = RunConfig(minds=MindsConfig())
    config.minds.plans.needs_by_purpose = [1.0]
    config.minds.plans.stay_by_purpose = [1.0, 0.0, 1.0, 1.0, 1.0]
    config.minds.plans.leisure_share = config.minds.plans.stroll_share = 0.6

    told = {problem.place for problem in problems_of(config)}

    assert told == {f"minds.plans.{name}" for name in ("needs_by_purpose", "stay_by_purpose", "stroll_share")}
