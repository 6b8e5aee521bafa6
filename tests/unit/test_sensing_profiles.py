"""Profiles: what is counted, how it ages, and what taste it suggests."""

from __future__ import annotations

import numpy as np
import pytest

from sim.categories import CATEGORIES, GROUP_OF, GROUPS
from sim.config_sensing import ProfilesConfig
from sim.errors import ConfigError
from sim.sensing.insight.profiles import NEVER_US, TAG_WEIGHT, Profiles
from sim.sensing.insight.stays import StayRows
from sim.units import US_PER_DAY, US_PER_HOUR, US_PER_MIN

pytestmark = pytest.mark.plain
TRADES = ("fashion", "cafe", "restaurant", "fashion", "cinema")
UNITS = tuple(f"u{index}" for index in range(len(TRADES)))
ANNE, BOB, NOBODY = 10, 4, -1


def profiles_of(**keys):
    return Profiles(UNITS, TRADES, ProfilesConfig(**keys))


def stays_in(units, to_us=0, lasts_us=600_000_000):
    units = np.asarray(units, np.int32)
    to_us, zero = np.full(units.size, to_us, np.int64), np.zeros(units.size)
    whole = np.zeros(units.size, np.int32)
    return StayRows(to_us - lasts_us, to_us, whole.astype(np.int64), zero, zero, whole, units, whole)


def people(*numbers):
    return np.array(numbers, np.int64)


def test_every_trade_belongs_to_one_group():
    assert sorted(GROUP_OF) == sorted(CATEGORIES)
    assert sum(len(trades) for trades in GROUPS.values()) == len(CATEGORIES)


@pytest.mark.parametrize("depth", ["group", "category", "store"])
def test_shares_add_up_to_one_at_every_depth(depth):
    profiles = profiles_of(depth=depth)
    profiles.take_stays(people(ANNE, ANNE, BOB, NOBODY), stays_in([0, 1, 2, 4]))
    profiles.import_tags(people(BOB), np.array([CATEGORIES.index("cafe")]))

    assert profiles.affinity(people(ANNE, BOB, NOBODY, 99), 0).sum(axis=1) == pytest.approx(np.ones(4))
    assert profiles.store_affinity(people(ANNE, BOB, NOBODY, 99), 0).sum(axis=1) == pytest.approx(np.ones(4))


def test_the_posterior_mean_reckoned_by_hand():
    profiles = profiles_of(depth="store", prior_weight=3.0, purchase_weight=2.0)
    profiles.take_stays(people(ANNE, ANNE, NOBODY), stays_in([0, 1, 1]))
    profiles.take_purchases(people(ANNE), np.array([0]), np.array([5_000]), np.array([0]))
    everybody = np.array([3.2, 2.2, 0.2, 0.2, 0.2]) / 6.0

    found = profiles.affinity(people(ANNE), 0)[0]

    assert found == pytest.approx((3.0 * everybody + np.array([3.0, 1.0, 0.0, 0.0, 0.0])) / (3.0 + 4.0))


def test_somebody_not_known_has_everybodys_taste():
    profiles = profiles_of(depth="category")
    profiles.take_stays(people(NOBODY, NOBODY, ANNE), stays_in([1, 1, 4]))

    everybody = np.bincount(profiles.class_of_unit, profiles.store_shares(), len(CATEGORIES))
    assert profiles.affinity(people(NOBODY, 77), 0) == pytest.approx(np.stack([everybody, everybody]))


def test_history_of_one_kind_of_store_makes_its_share_grow_towards_one():
    profiles = profiles_of()
    shares = []
    for _ in range(6):
        profiles.take_stays(np.full(20, ANNE), stays_in(np.full(20, 4)))
        shares.append(profiles.affinity(people(ANNE), 0)[0, CATEGORIES.index("cinema")])

    assert shares == sorted(shares)
    assert shares[-1] > 0.97


def test_an_observation_counts_half_after_its_half_life():
    fresh, old = profiles_of(half_life_days=30.0, prior_weight=2.0), profiles_of(half_life_days=30.0, prior_weight=1.0)
    for profiles in (fresh, old):
        profiles.take_stays(people(ANNE, ANNE), stays_in([0, 2]))

    now, later = fresh.affinity(people(ANNE), 0), old.affinity(people(ANNE), 30 * US_PER_DAY)

    assert later == pytest.approx(now)  # half the weight against half the prior is the same


def test_stays_in_the_hall_say_nothing():
    profiles = profiles_of()
    profiles.take_stays(people(ANNE), stays_in([-1]))

    assert profiles.numbers.size == 0
    assert profiles.store_shares() == pytest.approx(np.full(5, 0.2))


def test_a_partners_tag_counts_as_some_stays_of_its_trade():
    tagged, stayed = profiles_of(depth="group"), profiles_of(depth="group")
    tagged.import_tags(people(ANNE), np.array([CATEGORIES.index("cinema")]))

    own = tagged.columns()["stays:leisure"]
    assert own.tolist() == [TAG_WEIGHT]
    assert stayed.affinity(people(ANNE), 0)[0, 4] < tagged.affinity(people(ANNE), 0)[0, 4]


def test_a_tag_of_a_trade_that_the_mall_lacks_says_nothing_about_its_stores():
    profiles = profiles_of(depth="store")
    profiles.import_tags(people(ANNE, BOB), np.array([CATEGORIES.index("books"), CATEGORIES.index("fashion")]))

    found = profiles.columns()
    assert [found[f"stays:{unit}"].tolist() for unit in UNITS] == [[1.0, 0.0], [0.0, 0.0], [0.0, 0.0], [1.0, 0.0], [0.0, 0.0]]


def test_a_person_seen_again_after_hours_has_come_again():
    profiles = profiles_of()
    for at_us in (0, 20 * US_PER_MIN, 50 * US_PER_MIN, 9 * US_PER_HOUR, 9 * US_PER_HOUR + US_PER_MIN):
        profiles.see(people(ANNE, NOBODY, ANNE), US_PER_HOUR + at_us)

    found = profiles.columns()
    assert found["profile"].tolist() == [ANNE]
    assert found["visits"].tolist() == [2]
    assert found["inside_us"].tolist() == [51 * US_PER_MIN]
    assert found["first_seen_us"].tolist() == [US_PER_HOUR]
    assert found["last_seen_us"].tolist() == [10 * US_PER_HOUR + US_PER_MIN]


def test_rows_come_in_order_of_number_whoever_was_seen_first():
    columns = []
    for order in ([0, 1, 2], [2, 0, 1]):
        profiles = profiles_of()
        for index in order:
            profiles.take_stays(people(ANNE, BOB, 500)[[index]], stays_in([index]))
        columns.append(profiles.columns())

    assert columns[0]["profile"].tolist() == [BOB, ANNE, 500]
    for name, column in columns[0].items():
        assert np.array_equal(column, columns[1][name]), name


def test_more_people_than_there_was_room_for_keep_what_is_known_of_them():
    profiles = profiles_of()
    for first in range(0, 2000, 100):
        numbers = np.arange(first, first + 100)
        profiles.take_stays(numbers, stays_in(numbers % 5))

    assert profiles.columns()["stays"].tolist() == [1] * 2000
    assert profiles.affinity(np.arange(2000), 0).argmax(axis=1).tolist() == [
        int(profiles.class_of_unit[number % 5]) for number in range(2000)
    ]


def test_what_is_saved_is_known_again_and_older_by_the_days_in_between():
    before = profiles_of(half_life_days=30.0)
    before.see(people(ANNE), US_PER_HOUR)
    before.take_stays(people(ANNE, ANNE, BOB), stays_in([0, 2, 4]))
    before.take_purchases(people(BOB), np.array([1]), np.array([700]), np.array([0]))
    after = profiles_of(half_life_days=30.0)

    after.restore(before.columns(), 30.0)

    old, new = before.columns(), after.columns()
    assert new["spent_fen"].tolist() == old["spent_fen"].tolist() == [700, 0]
    assert new["last_seen_us"].tolist() == [NEVER_US, US_PER_HOUR - 30 * US_PER_DAY]
    for name in ("stays:fashion", "stays:cinema", "purchases:cafe"):
        assert new[name] == pytest.approx(old[name] / 2)


def test_profiles_of_another_depth_are_refused_with_the_key_to_set():
    with pytest.raises(ConfigError, match=r"sensing\.profiles\.depth"):
        profiles_of(depth="group").restore(profiles_of(depth="store").columns(), 1.0)


def history(number, *, hour, unit):
    """Return what is known of somebody seen at two hours of the day and for ten minutes in one store."""
    found = profiles_of()
    found.see(people(number), hour * US_PER_HOUR)
    found.see(people(number), hour * US_PER_HOUR + US_PER_MIN)
    found.take_stays(people(number), stays_in([unit]))
    found.take_purchases(people(number), np.array([unit]), np.array([300]), np.array([0]))
    return found.columns()


def joined(one, other):
    return {name: np.concatenate([one[name], other[name]]) for name in one}


@pytest.mark.parametrize("turned", [False, True])
def test_two_profiles_that_turn_out_to_be_one_persons_keep_the_history_of_both(turned):
    early, late = history(BOB, hour=1, unit=0), history(ANNE, hour=5, unit=4)
    unseen = profiles_of()
    unseen.take_stays(people(500), stays_in([2]))
    rows = [early, late, unseen.columns()]
    profiles = profiles_of()
    for columns in reversed(rows) if turned else rows:
        profiles.restore(columns, 0.0)
    shares = profiles.store_shares()

    profiles.gather(people(BOB, BOB, 500))

    found = profiles.columns()
    assert found["profile"].tolist() == [BOB, 500]
    assert {name: found[name][0] for name in ("visits", "stays", "purchases", "spent_fen", "inside_us", "stayed_us")} == {
        "visits": 2, "stays": 2, "purchases": 2, "spent_fen": 600, "inside_us": 2 * US_PER_MIN, "stayed_us": 20 * US_PER_MIN,
    }  # fmt: skip
    assert (found["first_seen_us"][0], found["last_seen_us"][0]) == (US_PER_HOUR, 5 * US_PER_HOUR + US_PER_MIN)
    assert (found["first_seen_us"][1], found["last_seen_us"][1]) == (NEVER_US, NEVER_US)
    assert (found["stays:fashion"][0], found["stays:cinema"][0], found["stays:restaurant"].tolist()) == (1.0, 1.0, [0.0, 1.0])
    assert np.array_equal(profiles.store_shares(), shares)  # everybody's taste is what it was


def test_a_person_who_was_never_seen_takes_the_first_sight_of_whom_they_turn_out_to_be():
    profiles = profiles_of()
    profiles.take_stays(people(BOB), stays_in([2]))
    profiles.see(people(ANNE), US_PER_HOUR)

    profiles.gather(people(BOB, BOB))
    profiles.see(people(BOB), 2 * US_PER_HOUR)

    found = profiles.columns()
    assert (found["first_seen_us"].tolist(), found["last_seen_us"].tolist()) == ([US_PER_HOUR], [2 * US_PER_HOUR])
    assert (found["visits"].tolist(), found["inside_us"].tolist()) == ([1], [US_PER_HOUR])


def test_rows_saved_under_two_ids_of_one_person_add_up_the_next_day():
    """The next day's links may join what this day's did not."""
    saved = joined(history(BOB, hour=1, unit=0), history(ANNE, hour=5, unit=4))
    one, both = profiles_of(), profiles_of()
    both.restore(saved, 1.0)
    both.gather(people(BOB, BOB))

    one.restore({**saved, "profile": people(BOB, BOB)}, 1.0)

    assert one.numbers.tolist() == [BOB]
    for name, column in one.columns().items():
        assert np.array_equal(column, both.columns()[name]), name
    assert np.array_equal(one.store_shares(), both.store_shares())
