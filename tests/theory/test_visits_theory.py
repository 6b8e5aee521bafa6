"""Who comes, against the laws they are drawn from: how many, when, in parties of what size, by what means, at what pace."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.stats import chi2, norm

from agents.arrivals import profile_of
from agents.parties import PEOPLE_MAX, poisson_cdf
from agents.population import Mode, residents_of
from sim.api import population_of
from sim.config import RunConfig
from sim.floorplan.cache import load_compiled
from sim.paths import find_floorplan
from sim.units import US_PER_MIN
from sim.visitors import NOBODY, TASTES, Visitors

pytestmark = pytest.mark.plain
FALSE_ALARM = 1e-5
BAND = norm.isf(FALSE_ALARM / 2)
SATURDAY, MONDAY = "2026-11-21", "2026-11-23"


def config_of(date: str) -> RunConfig:
    config = RunConfig(seed=9, date=date)
    config.population.visits_per_day, config.population.day_total_cv = 20_000.0, 0.0
    config.population.weekday_factors = [1.0] * 7
    return config


@cache
def came(date: str) -> tuple[Visitors, float]:
    """Return who comes to the default mall, and how many were to be expected."""
    population = population_of(config_of(date), load_compiled(find_floorplan("riverside_mall")))
    return population.arrivals(0, 1440), population.visits_expected


def assert_shares(found: np.ndarray, shares: np.ndarray) -> None:
    """Assert that counts are multinomial with such shares: chi-square, false alarm 1 in 100,000."""
    assert not found[shares == 0].any()
    expected = shares[shares > 0] * found.sum()
    assert ((found[shares > 0] - expected) ** 2 / expected).sum() < chi2.isf(FALSE_ALARM, expected.size - 1)


@pytest.mark.parametrize("date", [SATURDAY, MONDAY])
def test_as_many_come_as_are_expected(date):
    """A sum of many small chances is nearly Poisson, with at most its variance: false alarm below 1 in 100,000."""
    visitors, expected = came(date)
    walk_ins = (visitors.resident == NOBODY).sum()

    assert abs(visitors.number.size - expected) < BAND * np.sqrt(expected)
    of_law = config_of(date).catchment.walk_in_share * 20_000
    assert abs(walk_ins - of_law) < BAND * np.sqrt(of_law)
    assert expected == pytest.approx(20_000, rel=0.03)  # residents differ, and are as many as there are


@pytest.mark.parametrize(("date", "key"), [(SATURDAY, "party_lambda_weekend"), (MONDAY, "party_lambda_weekday")])
def test_party_sizes_follow_their_law_for_residents_and_walk_ins_alike(date, key):
    visitors, _ = came(date)
    cdf = poisson_cdf(getattr(config_of(date).population, key), PEOPLE_MAX)
    law = np.concatenate([[0.0], np.diff(cdf) / (1 - cdf[0])])

    for who in (visitors.resident >= 0, visitors.resident == NOBODY):
        assert_shares(np.bincount(visitors.people[who], minlength=PEOPLE_MAX + 1), law)


@pytest.mark.parametrize("date", [SATURDAY, MONDAY])
def test_arrivals_follow_the_profile_of_the_day_in_quarters_of_an_hour(date):
    visitors, _ = came(date)
    law = profile_of(config_of(date)).reshape(96, 15).sum(axis=1)

    for who in (visitors.resident >= 0, visitors.resident == NOBODY):
        assert_shares(np.bincount(visitors.arrive_us[who] // (15 * US_PER_MIN), minlength=96), law / law.sum())


def test_arrivals_lie_evenly_within_their_minute():
    visitors, _ = came(SATURDAY)

    assert_shares(np.histogram(visitors.arrive_us % US_PER_MIN, bins=20, range=(0, US_PER_MIN))[0], np.full(20, 0.05))


def test_cars_have_their_share_and_go_to_car_parks_by_their_bays():
    """Residents by the modes of those who come, walk-ins by car_share: binomials, and chi-square over the car parks."""
    config, (visitors, _) = config_of(SATURDAY), came(SATURDAY)
    plan = load_compiled(find_floorplan("riverside_mall")).arrays
    residents = residents_of(config)
    by_car, is_own = visitors.parking >= 0, visitors.resident >= 0

    assert np.array_equal(by_car[is_own], residents.mode[visitors.resident[is_own]] == Mode.CAR)
    share, walk_ins = config.population.car_share, (~is_own).sum()
    assert abs(by_car[~is_own].mean() - share) < BAND * np.sqrt(share * (1 - share) / walk_ins)
    assert by_car.mean() == pytest.approx(share, abs=0.02)
    bays = plan.parking_bays / plan.parking_bays.sum()
    assert_shares(np.bincount(visitors.parking[by_car], minlength=bays.size), bays)
    doors = np.bincount(visitors.entrance[~by_car], minlength=plan.entrance_share.size)
    assert_shares(doors, plan.entrance_share / plan.entrance_share.sum())


def test_the_further_people_of_parties_are_children_as_often_as_wanted():
    """Families bring theirs so that digital.adult_share comes out; the shares of parties vary by family, hence the wide band."""
    visitors, _ = came(SATURDAY)
    further = (visitors.people - 1).sum()

    share = 1 - config_of(SATURDAY).digital.adult_share
    assert abs(visitors.children.sum() / further - share) < 0.015
    assert 0.10 < (visitors.children > 0).mean() < 0.20


def test_pace_and_lifts_keep_their_means_while_families_and_the_elderly_are_slower():
    """Means of 20,000 parties against the law's; families and elderly against the rest by a two-sample z."""
    config, (visitors, _) = config_of(SATURDAY), came(SATURDAY)
    residents, population = residents_of(config), config.population
    speeds = visitors.free_speed_mps + population.party_slowdown_mps * (visitors.people - 1)

    assert speeds.mean() == pytest.approx(population.free_speed_mps_mean, abs=0.01)
    assert visitors.step_free.mean() == pytest.approx(population.step_free_share, abs=0.006)
    is_own = visitors.resident >= 0
    elderly = np.zeros(is_own.size, bool)
    elderly[is_own] = residents.age_years[visitors.resident[is_own]] >= 65
    for slow in (visitors.children > 0, elderly):
        rest = (visitors.children == 0) & ~elderly & is_own
        error = np.sqrt(speeds[slow].var() / slow.sum() + speeds[rest].var() / rest.sum())
        assert speeds[rest].mean() - speeds[slow].mean() > BAND * error


def test_joint_tastes_keep_the_variance_of_one_persons_however_many_agree():
    """Variances by size of party; the band has the sampling error of the catchment and of the parties that the scale is told from."""
    visitors, _ = came(SATURDAY)

    assert abs(visitors.taste.mean()) < BAND / np.sqrt(visitors.taste.size)
    for of_size in (visitors.people == 1, visitors.people == 2, visitors.people >= 3):
        sd = np.sqrt(2 / of_size.sum())  # of a variance
        assert visitors.taste[of_size].var(axis=0) == pytest.approx(np.ones(TASTES), abs=0.05 + BAND * sd)


def test_spending_power_and_price_sensitivity_have_a_mean_of_one_over_visits():
    """Standard errors from the sample; false alarm 1 in 100,000 each, wider by the catchment's own chance."""
    visitors, _ = came(SATURDAY)

    for column in (visitors.spend_scale, visitors.price_sensitivity):
        for who in (visitors.resident >= 0, visitors.resident == NOBODY):
            assert abs(column[who].mean() - 1.0) < 1.5 * BAND * column[who].std() / np.sqrt(who.sum())
