"""People's digital habits: residents who come again, their phones, favourites and friends."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2, norm

sys.path.insert(0, str(Path(__file__).parents[1]))
from identity_day import persons_of, visitors_of

from agents.arrivals import visits_expected
from agents.digital import favourites_of
from agents.digital import phones_of as phones_of_persons
from sim.api import population_of
from sim.config import RunConfig
from sim.config_sensing import DigitalConfig
from sim.floorplan.cache import load_compiled
from sim.paths import find_floorplan
from sim.schema.catchment import CatchmentConfig
from sim.sensing.identity.friends import Friends
from sim.visitors import NEEDS_MAX, NEVER_US, App, Phones, Visitors

pytestmark = pytest.mark.plain
BAND = norm.isf(0.5e-5)  # two-sided false alarm 1 in 100,000 per share
HABITS = ("key", "wifi_on", "offset", "knows_network", "is_member", "app", "has_card", "pays_linked", "is_partner_customer", "shares_with_friends")  # fmt: skip


def day(date: str = "2026-11-21", residents: int = 0, **digital) -> RunConfig:
    return RunConfig(seed=5, date=date, digital=DigitalConfig(**digital), catchment=CatchmentConfig(residents=residents))


def phones_of(config: RunConfig, visitors: Visitors) -> Phones:
    return phones_of_persons(config, visitors, persons_of(config, visitors))


def first_of_each(values: np.ndarray) -> np.ndarray:
    return np.unique(values, return_index=True)[1]


def test_a_resident_has_the_same_habits_on_another_day():
    monday, friday = (phones_of(day(date, 500), visitors_of(day(date, 500), 600)) for date in ("2026-11-23", "2026-11-27"))

    both, at, again = np.intersect1d(monday.resident, friday.resident, return_indices=True)
    assert both.size > 200
    for name in HABITS:
        assert np.array_equal(getattr(monday, name)[at], getattr(friday, name)[again]), name
    assert not np.array_equal(monday.willing[at], friday.willing[again])


def test_phones_do_not_depend_on_how_a_batch_is_cut():
    config, visitors = day(), visitors_of(day(), 500)

    whole = phones_of(config, visitors)
    halves = [phones_of(config, Visitors(*(column[part] for column in visitors))) for part in (slice(0, 180), slice(180, None))]

    for name in whole._fields:
        joined = np.concatenate([getattr(half, name) for half in halves])
        if name == "party":
            joined[halves[0].party.size :] += 180
        assert np.array_equal(getattr(whole, name), joined), name


def test_every_party_has_its_first_adult_and_no_more_phones_than_people():
    visitors = visitors_of(day(), 2000)
    phones = phones_of(day(), visitors)

    assert np.array_equal(phones.party[phones.ordinal == 0], np.arange(2000))
    assert (np.bincount(phones.party) <= visitors.people).all()
    assert np.array_equal(np.lexsort((phones.ordinal, phones.party)), np.arange(phones.party.size))
    drives = visitors.parking[phones.party] >= 0
    assert ((phones.plate != 0) == drives).all()


@pytest.mark.parametrize(
    ("column", "key"),
    [
        ("wifi_on", "wifi_on_share"), ("knows_network", "knows_network_share"), ("is_member", "member_share"),
        ("has_card", "card_share"), ("pays_linked", "pays_linked_share"),
    ],
)  # fmt: skip
def test_habits_have_their_shares(column, key):
    """Binomial over distinct residents; false alarm 1 in 100,000 for each."""
    config = day()
    phones = phones_of(config, visitors_of(config, 20_000))
    own = first_of_each(phones.resident)

    share = getattr(config.digital, key)
    sd = np.sqrt(share * (1 - share) / own.size)
    assert abs(getattr(phones, column)[own].mean() - share) < BAND * sd


def test_further_adults_and_flat_batteries_have_their_shares():
    """Binomial over persons; false alarm 1 in 100,000 for each."""
    config = day()
    visitors = visitors_of(config, 20_000)
    phones = phones_of(config, visitors)

    further = (visitors.people - 1).sum()
    share = config.digital.adult_share
    assert abs((phones.ordinal > 0).sum() / further - share) < BAND * np.sqrt(share * (1 - share) / further)
    share, dies = config.digital.battery_dies_share, phones.dies_us < NEVER_US
    assert abs(dies.mean() - share) < BAND * np.sqrt(share * (1 - share) / dies.size)
    arrive_us, stay_us = visitors.arrive_us[phones.party], visitors.stay_s[phones.party] * 1e6
    assert ((phones.dies_us >= arrive_us) & (phones.dies_us <= arrive_us + stay_us))[dies].all()


def test_the_app_follows_from_membership_and_its_shares():
    """States of members against their law; chi-square, false alarm 1 in 100,000."""
    config = day(member_share=0.5)
    phones = phones_of(config, visitors_of(config, 20_000))
    own = first_of_each(phones.resident)
    app, members = phones.app[own], phones.is_member[own] == 1

    assert (app[~members] == App.NONE).all()
    has, active, push = config.digital.app_share, config.digital.app_active_share, config.digital.push_share
    gone = (1 - active) ** 2
    shares = np.zeros(len(App))
    shares[App.PUSH], shares[App.ACTIVE] = has * active * push, has * active * (1 - push)
    shares[App.INSTALLED], shares[App.CHURNED] = has * (1 - active) * active, has * gone
    shares[App.REMOVED] = (1 - has) * has * gone
    shares[App.NONE] = 1 - shares.sum()
    found, expected = np.bincount(app[members], minlength=len(App)), shares * members.sum()
    assert ((found - expected) ** 2 / expected).sum() < chi2.isf(1e-5, len(App) - 1)


def test_only_users_of_the_app_use_what_it_can_do():
    config = day(member_share=0.9)
    visitors = visitors_of(config, 5000)
    phones = phones_of(config, visitors)
    active = np.isin(phones.app, (App.ACTIVE, App.PUSH))

    for name in ("uses_parking", "uses_booking", "shares_with_friends"):
        used = getattr(phones, name) == 1
        assert used.any(), name
        assert active[used].all(), name
    assert (phones.plate[phones.uses_parking == 1] != 0).all()
    shown = visitors.navigates == 1
    assert shown.any()
    assert active[phones.ordinal == 0][shown].all()


@pytest.mark.parametrize("utility", ["navigation", "parking", "booking"])
def test_what_the_app_cannot_do_is_not_used(utility):
    config = day(member_share=0.9)
    setattr(config.sensing.identity.app, utility, False)
    visitors = visitors_of(config, 2000)
    phones = phones_of(config, visitors)

    used = {"navigation": visitors.navigates, "parking": phones.uses_parking, "booking": phones.uses_booking}
    assert {name: bool(uses.any()) for name, uses in used.items()} == {name: name != utility for name in used}


def test_strangers_are_no_members_and_have_neither_app_nor_card_nor_know_the_network():
    config = day(member_share=0.9, card_share=0.9, knows_network_share=0.9)
    visitors = visitors_of(config, 1000)
    persons = persons_of(config, visitors)
    none = np.zeros_like(persons.is_member)
    strangers = persons._replace(resident=~persons.resident, is_member=none, app=none)

    phones = phones_of_persons(config, visitors, strangers)
    for name in ("is_member", "app", "has_card", "knows_network", "uses_parking", "uses_booking", "shares_with_friends"):
        assert not getattr(phones, name).any(), name
    assert phones.wifi_on.any()


@pytest.mark.parametrize("favourites_share", [0.0, 0.5, 1.0])
def test_favourites_leave_the_law_of_needs_as_it_is(favourites_share):
    """First needs of distinct residents against the common shares; chi-square, false alarm 1 in 100,000."""
    config = day(favourites_share=favourites_share)
    config.population.needs_mean = 6.0
    config.population.visits_per_day = 12_000
    population, shares = needs_of(config)

    came = population.arrivals(600, 1320)
    first = came.needs[came.resident >= 0, 0]  # a resident comes once a day
    found = np.bincount(first[first >= 0], minlength=shares.size)[shares > 0]
    expected = shares[shares > 0] * found.sum()
    assert ((found - expected) ** 2 / expected).sum() < chi2.isf(1e-5, found.size - 1)


def test_needs_of_a_resident_are_their_favourites_where_all_needs_are():
    config = day(favourites_share=1.0, favourites=1)
    config.population.needs_mean = 6.0
    config.population.visits_per_day = 500
    population, _ = needs_of(config)

    needs = population.arrivals(600, 1320).needs
    assert ((needs == needs[:, :1]) | (needs < 0)).all()
    assert np.unique(needs[:, 0]).size > 2


def needs_of(config: RunConfig) -> tuple[object, np.ndarray]:
    """Return a population of the corner mall and the law of its needs."""
    compiled = load_compiled(find_floorplan("corner_mall"))
    shares = np.array([config.categories[name].need_share * (name in compiled.tenant_categories) for name in config.categories])
    return population_of(config, compiled), shares / shares.sum()


def test_a_favourite_is_the_residents_own_whatever_the_visit():
    draws = favourites_of(day(), np.array([7, 7, 8]), np.array([0, 0, 0]))

    assert draws[0] == draws[1] != draws[2]
    assert NEEDS_MAX == 6


def test_free_wifi_brings_more_parties_and_keeps_every_other():
    without = day(residents=20_000)
    without.population.visits_per_day = 1000
    free = dataclasses.replace(without, population=dataclasses.replace(without.population, free_wifi_factor=1.1))
    compiled = load_compiled(find_floorplan("corner_mall"))

    few, more = (population_of(config, compiled).arrivals(600, 1320) for config in (without, free))
    kept = np.isin(more.number, few.number)
    assert visits_expected(free) == pytest.approx(1.1 * visits_expected(without))
    assert kept.sum() == few.number.size < more.number.size
    for name in few._fields:
        assert np.array_equal(getattr(few, name), getattr(more, name)[kept]), name


def test_friendship_is_mutual_and_as_frequent_as_wanted():
    """Friends of 300 residents among 3,000; mean of 300 binomials of circle size - 1 pairs: false alarm 1 in 100,000."""
    config = day(residents=3000)
    friends = Friends(config)
    a, b = (axis.ravel() for axis in np.meshgrid(np.arange(300), np.arange(3000), indexing="ij"))

    found = friends.are_friends(a, b)
    assert np.array_equal(found, friends.are_friends(b, a))
    assert not found[a == b].any()
    assert (friends.circles_of(a[found]) == friends.circles_of(b[found])).all()
    assert np.bincount(friends.circles_of(np.arange(3000))).max() == friends.circle_size
    sd = np.sqrt(config.digital.friends_mean * 0.5 * 2 / 300)  # of pairs counted from both ends at worst
    assert abs(found.sum() / 300 - config.digital.friends_mean) < BAND * sd


def test_with_no_friends_wanted_nobody_is_a_friend():
    friends = Friends(day(residents=200, friends_mean=0.0))
    a, b = (axis.ravel() for axis in np.meshgrid(np.arange(200), np.arange(200)))

    assert not friends.are_friends(a, b).any()
