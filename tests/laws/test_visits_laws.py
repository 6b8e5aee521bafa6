"""Laws of who comes: one more resident, another batch or a busier day changes nobody else's visit, and nobody is in two places."""

from __future__ import annotations

import numpy as np
import pytest

from agents.membership import Memory
from agents.parties import CHILD_YEARS, NOT, Parties, is_out_already
from agents.population import Mode, Residents, residents_of
from agents.social import Friendships
from agents.visits import Visits
from sim.config import RunConfig
from sim.floorplan.cache import load_compiled
from sim.paths import find_floorplan
from sim.visitors import NOBODY, App, Phones, Visitors
from tests.catchments import with_one_more_household
from tests.engine_days import corner_mall

pytestmark = pytest.mark.plain


def day(visits: float = 1500.0, date: str = "2026-11-21", residents: int = 30_000, seed: int = 3) -> RunConfig:
    config = RunConfig(seed=seed, date=date)
    config.population.visits_per_day, config.population.day_total_cv = visits, 0.0
    config.catchment.residents = residents
    return config


def visits_of(config: RunConfig, residents: Residents | None = None, factor: float = 1.0) -> Visits:
    people = residents_of(config) if residents is None else residents
    memory = Memory(config, people)
    memory.visit_factor = lambda date: np.full(people.key.size, factor)  # type: ignore[method-assign]
    return Visits(config, corner_mall(), people, memory)


def whole(visits: Visits) -> tuple[Visitors, Phones]:
    visitors = visits.arrivals(0, 1440)
    return visitors, visits.phones(visitors)


def assert_same(one: Visitors, other: Visitors) -> None:
    for name in one._fields:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_who_has_given_up_the_app_or_its_messages_carries_a_phone_that_says_so():
    visits = visits_of(day())
    before = whole(visits)[1]
    mine = before.resident[(before.app == App.PUSH)]
    stopped, opted_out = mine[::2], mine[1::2]
    visits.memory.app[stopped], visits.memory.app[opted_out] = App.REMOVED, App.ACTIVE

    after = visits.phones(visits.arrivals(0, 1440))

    assert mine.size > 20
    assert not (after.app == App.PUSH).any()
    assert (after.app[np.isin(after.resident, stopped)] == App.REMOVED).all()
    assert not after.shares_with_friends[np.isin(after.resident, stopped)].any()
    assert (after.app[np.isin(after.resident, opted_out)] == App.ACTIVE).all()


def test_one_more_household_changes_nobody_elses_visit_party_or_phone():
    config = day()
    residents = residents_of(config)
    more_residents = with_one_more_household(residents)

    (visitors, phones), (more, more_phones) = whole(visits_of(config, residents)), whole(visits_of(config, more_residents))
    kept = np.flatnonzero(more.resident < residents.key.size)
    assert kept.size == visitors.number.size < more.number.size
    assert_same(visitors, Visitors(*(column[kept] for column in more)))
    theirs = np.isin(more_phones.party, kept)
    for name in phones._fields:
        if name != "party":
            assert np.array_equal(getattr(phones, name), getattr(more_phones, name)[theirs]), name


def test_a_batch_does_not_depend_on_which_others_were_asked_for():
    config = day()
    one, other = visits_of(config), visits_of(config)
    visitors, phones = whole(one)

    edges = [0, 611, 612, 700, 1000, 1440]
    batches = [other.arrivals(start, end) for start, end in reversed(list(zip(edges[:-1], edges[1:], strict=True)))][::-1]
    assert_same(visitors, Visitors(*(np.concatenate(columns) for columns in zip(*batches, strict=True))))
    carried = [other.phones(batch) for batch in batches]
    for name in phones._fields:
        if name != "party":
            assert np.array_equal(getattr(phones, name), np.concatenate([getattr(part, name) for part in carried])), name


def test_visits_stand_in_order_of_instant_and_number_and_no_number_comes_twice():
    visitors, _ = whole(visits_of(day()))

    assert np.array_equal(np.lexsort((visitors.number, visitors.arrive_us)), np.arange(visitors.number.size))
    assert np.unique(visitors.number).size == visitors.number.size
    assert (visitors.number >= 0).all()


def test_what_is_remembered_brings_more_and_keeps_every_visit():
    config = day()

    few, more = (visits_of(config, factor=factor).arrivals(0, 1440) for factor in (1.0, 1.3))
    kept = np.isin(more.number, few.number)
    assert few.number.size < more.number.size
    assert_same(few, Visitors(*(column[kept] for column in more)))
    nobody = visits_of(config, factor=0.0).arrivals(0, 1440)
    assert (nobody.resident == NOBODY).all()
    assert np.array_equal(nobody.number, few.number[few.resident == NOBODY])


def test_nobody_is_in_two_parties_on_a_day():
    """A crowded catchment: everybody comes every third day, so that many are meant in several parties."""
    config = day(visits=1500.0, residents=3000)
    visits = visits_of(config)
    visitors = visits.arrivals(0, 1440)
    persons = visits.persons(visitors)

    assert np.unique(persons.resident).size == persons.resident.size
    assert np.unique(persons.key).size == persons.key.size
    own = visits._own
    inside = np.where(own.stands_in, NOT, own.meant.like)  # children too
    assert np.unique(inside[inside != NOT]).size == (inside != NOT).sum()
    assert own.stands_in.mean() > 0.02


def test_whoever_comes_of_their_own_accord_is_in_their_own_party():
    like = np.array([[0, 4, 2], [2, 4, 4], [3, 0, NOT]])

    expected = [[False, False, True], [False, True, True], [False, True, False]]
    assert is_out_already(like).tolist() == expected


def test_a_resident_comes_as_themselves_on_every_day():
    config, later = day(date="2026-11-23"), day(date="2026-11-24")
    one, other = visits_of(config), visits_of(later)
    monday, tuesday = one.arrivals(0, 1440), other.arrivals(0, 1440)

    both = np.intersect1d(monday.resident[monday.resident >= 0], tuesday.resident)
    assert both.size > 10
    assert not np.isin(monday.number, tuesday.number).any()
    phones = one.phones(monday), other.phones(tuesday)
    _, at, again = np.intersect1d(phones[0].resident, phones[1].resident, return_indices=True)
    for name in ("key", "wifi_on", "offset", "is_member", "app", "has_card", "favourite"):
        assert np.array_equal(getattr(phones[0], name)[at], getattr(phones[1], name)[again]), name


def test_a_party_is_of_its_size_and_whoever_is_young_comes_with_somebody_of_age():
    config = day()
    residents = residents_of(config)
    visitors = visits_of(config, residents).arrivals(0, 1440)

    assert (visitors.children < visitors.people).all()
    assert (visitors.children > 0).mean() > 0.05
    own = visitors.resident[visitors.resident >= 0]
    assert (residents.age_years[own] >= CHILD_YEARS).all()


def test_companions_are_the_household_first_and_then_friends_of_about_the_same_age():
    config = day()
    config.digital.adult_share = 0.0  # all children that there are
    residents = residents_of(config)
    parties = Parties(config, residents, True)
    rows = np.flatnonzero(residents.visits_per_day > 0)[-3000:]
    meant = parties.meant(np.arange(rows.size), rows)

    present = meant.like != NOT
    assert np.array_equal(present.sum(axis=1), meant.people)
    household = residents.household[meant.like]
    is_self = meant.like == meant.like[:, :1]  # somebody alike, of whom no friend is found
    is_self[:, 0] = False
    of_household = present & (household == household[:, :1]) & ~is_self
    assert is_self.mean() < 0.01
    assert (np.diff(of_household.astype(int) * present, axis=1)[present[:, 1:]] <= 0).all()  # friends come after the household
    friends = present & ~of_household & ~is_self
    gap = np.abs(residents.age_years[meant.like].astype(int) - residents.age_years[rows].astype(int)[:, None])
    assert gap[friends].mean() < 10 < np.abs(np.diff(residents.age_years[rows].astype(int))).mean()
    small = (residents.age_years[meant.like] < CHILD_YEARS) & present
    assert not (small & friends).any()


def friends_along(config: RunConfig, residents: Residents, visits: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (lead, row) of the friends who come along, in visits by residents drawn from all who ever come."""
    leads = np.flatnonzero(residents.visits_per_day > 0)
    leads = leads[(np.arange(visits) * 7919) % leads.size]
    like = Parties(config, residents, True).meant(np.arange(visits), leads).like
    party, place = np.nonzero((like != NOT) & (residents.household[like] != residents.household[leads][:, None]))
    return leads[party], like[party, place]


def test_friends_who_come_along_are_those_whom_one_tells_of_the_mall():
    config = day()
    residents = residents_of(config)
    lead, friend = friends_along(config, residents, 3000)

    rows = np.unique(lead)
    index, told = Friendships(config, residents).friends_of(rows)
    assert lead.size > 500
    assert np.isin(lead * residents.key.size + friend, rows[index] * residents.key.size + told).all()


def test_a_low_number_brings_nobody_along_more_than_a_quarter_oftener_than_the_mean():
    """By tenths of the residents, each within a few standard errors of a Poisson count; of the last rows some are left out."""
    config = day()
    residents = residents_of(config)
    _, friend = friends_along(config, residents, 30_000)

    times_mean = 10 * np.bincount(10 * friend // residents.key.size, minlength=10) / friend.size
    slack = 6 * np.sqrt(10 / friend.size)
    assert times_mean.max() < 1.25 + slack
    assert times_mean[:8].min() > 1 - slack
    first = friend < residents.key.size // 100
    assert first.mean() < 0.01 * (1.25 + 6 * np.sqrt(100 / friend.size))


def test_a_household_has_one_plate_and_a_second_car_of_its_own():
    config = day(visits=1500.0, residents=3000)
    config.population.car_share = 1.0
    residents = residents_of(config)
    visits = visits_of(config, residents)
    visitors = visits.arrivals(0, 1440)
    phones = visits.phones(visitors)

    first = phones.ordinal == 0
    plates = phones.plate[first]
    assert (visitors.parking >= 0).all()
    assert np.unique(plates).size == plates.size
    households = residents.household[visitors.resident[visitors.resident >= 0]]
    assert np.unique(households).size < households.size  # somebody did come in a second car
    assert np.array_equal(phones.plate, plates[phones.party])


@pytest.mark.parametrize(("car_share", "parks"), [(0.0, False), (1.0, True)])
def test_nobody_or_everybody_comes_by_car_where_that_is_the_share(car_share, parks):
    config = day(400.0)
    config.population.car_share = car_share

    assert ((visits_of(config).arrivals(0, 1440).parking >= 0) == parks).all()


def test_who_has_a_car_walks_in_where_there_is_no_car_park_and_the_others_drive_where_there_is_no_door():
    config, plan = day(400.0), corner_mall()
    residents = residents_of(config)
    none, no_door = np.zeros_like(plan.arrays.parking_bays), np.zeros_like(plan.arrays.entrance_share)
    plans = [plan.arrays._replace(parking_bays=none), plan.arrays._replace(entrance_share=no_door)]
    walk, drive = (
        Visits(config, plan.__class__(**{**vars(plan), "arrays": arrays}), residents, Memory(config, residents)).arrivals(
            0, 1440
        )
        for arrays in plans
    )

    assert (residents.mode[walk.resident[walk.resident >= 0]] == Mode.CAR).any()
    assert (walk.parking < 0).all()
    assert (drive.parking >= 0).all()
    assert np.array_equal(walk.number[walk.resident >= 0], drive.number[drive.resident >= 0])


def test_the_order_of_the_street_doors_changes_nobodys_door():
    config = day()
    plan = load_compiled(find_floorplan("riverside_mall"))
    residents = residents_of(config)
    order = np.arange(plan.arrays.entrance_key.size)[::-1]
    arrays = plan.arrays._replace(
        entrance_key=plan.arrays.entrance_key[order], entrance_share=plan.arrays.entrance_share[order],
        parking_entrance=(order.size - 1 - plan.arrays.parking_entrance).astype(plan.arrays.parking_entrance.dtype),
    )  # fmt: skip
    one, other = (
        Visits(config, plan.__class__(**{**vars(plan), "arrays": each}), residents, Memory(config, residents)).arrivals(0, 1440)
        for each in (plan.arrays, arrays)
    )

    assert np.array_equal(plan.arrays.entrance_key[one.entrance], arrays.entrance_key[other.entrance])
    assert np.array_equal(one.goal_entrance >= 0, other.goal_entrance >= 0)
