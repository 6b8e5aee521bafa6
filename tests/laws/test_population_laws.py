"""Laws of the catchment: what is known of it holds, households are possible ones, and one more changes nobody else."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.stats import chi2

from agents.population import HOUSEHOLD_MAX, Household, LifeCycle, Mode, Residents, Role, Stage, residents_of
from agents.population.fitting import fitted
from agents.population.law import AGE, BAND, INCOME, KIND, SIZE, law_of
from sim.config import RunConfig
from sim.config_files import compose
from sim.errors import ConfigError

pytestmark = pytest.mark.plain
HOUSEHOLDS = 40_000


def catchment_of(seed: int = 5, **changes: object) -> tuple[RunConfig, Residents]:
    config = RunConfig(seed=seed)
    for name, value in changes.items():
        setattr(config.catchment, name, value)
    return config, residents_of(config, HOUSEHOLDS)


CONFIG, PEOPLE = catchment_of()
HEADS = PEOPLE.role == Role.HEAD
ADULTS = PEOPLE.role != Role.CHILD


def test_fitting_meets_its_marginals_and_keeps_the_odds_ratio_of_its_seed():
    seed = np.array([[2.0, 1.0], [1.0, 3.0]])

    table = fitted(seed, [np.array([0.3, 0.7]), np.array([0.6, 0.4])], [None, None])

    assert np.allclose(table.sum(axis=1), [0.3, 0.7])
    assert np.allclose(table.sum(axis=0), [0.6, 0.4])
    assert table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0]) == pytest.approx(6.0)


def test_fitting_refuses_marginals_that_no_table_has():
    with pytest.raises(ConfigError, match="contradict"):
        fitted(np.eye(2), [np.array([0.3, 0.7]), np.array([0.6, 0.4])], [None, None])


@pytest.mark.parametrize(
    ("axis", "wanted"),
    [
        (SIZE, CONFIG.catchment.size_shares),
        (AGE, CONFIG.catchment.head_age_shares),
        (INCOME, CONFIG.catchment.income_shares),
        (BAND, CONFIG.catchment.distance_shares),
        (
            KIND,
            [0.254, CONFIG.catchment.couple_share, CONFIG.catchment.family_share, CONFIG.catchment.lone_parent_share, 0.226],
        ),
    ],
    ids=["size", "head's age", "income", "distance", "kind"],
)
def test_the_law_has_the_shares_that_are_known(axis, wanted):
    table = law_of(CONFIG).table

    assert np.allclose(
        table.sum(axis=tuple(other for other in range(table.ndim) if other != axis)), wanted / np.sum(wanted), atol=1e-8
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_drawn_households_have_the_known_shares_within_multinomial_error(seed):
    """Four chi-squared tests of 40,000 households at 1 in 100,000 each: three seeds fail once in 8,000 sets of seeds."""
    config, people = catchment_of(seed)
    heads = people.role == Role.HEAD
    edges = np.array(config.catchment.distance_edges_km)
    young = (people.age_years[heads] >= 35).astype(int) + (people.age_years[heads] >= 60)

    for found, wanted in (
        (people.size[heads] - 1, config.catchment.size_shares),
        (young, config.catchment.head_age_shares),
        (people.income[heads], config.catchment.income_shares),
        (np.searchsorted(edges, people.distance_km[heads]), config.catchment.distance_shares),
    ):
        expected = HOUSEHOLDS * np.array(wanted) / sum(wanted)
        counts = np.bincount(found, minlength=len(wanted))
        assert ((counts - expected) ** 2 / expected).sum() < chi2.ppf(1 - 1e-5, len(wanted) - 1)


@pytest.mark.parametrize("preset", ["china_mixed_use", "us_regional"])
def test_rates_add_up_to_the_visits_of_an_average_day_and_cars_to_their_share(preset):
    """Households are independent: both sums are normal about the law's value, and |z| > 4.5 once in 150,000 sets of seeds."""
    config = compose("everyday", [f"population={preset}"])
    people = residents_of(config, HOUSEHOLDS)
    law = law_of(config)

    of_home = np.bincount(people.household, weights=people.visits_per_day.astype(float))
    by_car = np.bincount(people.household, weights=(people.mode == Mode.CAR) * people.visits_per_day.astype(float))
    wanted = (1 - config.catchment.walk_in_share) * config.population.visits_per_day / law.households
    share = config.population.car_share
    for values, mean in ((of_home, wanted), (by_car - share * of_home, 0.0)):
        assert abs(values.mean() - mean) < 4.5 * values.std() / np.sqrt(HOUSEHOLDS)


def test_households_add_up_and_stand_side_by_side_with_their_heads_first():
    ordinal = np.arange(PEOPLE.key.size) - PEOPLE.first

    assert np.array_equal(np.unique(PEOPLE.household), np.arange(HOUSEHOLDS))
    assert np.array_equal(np.bincount(PEOPLE.household)[PEOPLE.household], PEOPLE.size)
    assert np.array_equal(PEOPLE.first[HEADS], np.flatnonzero(HEADS))
    assert np.array_equal(HEADS, ordinal == 0)
    assert np.array_equal(PEOPLE.key, PEOPLE.household * HOUSEHOLD_MAX + ordinal)
    for shared in (PEOPLE.kind, PEOPLE.income, PEOPLE.mode, PEOPLE.distance_km, PEOPLE.size):
        assert np.array_equal(shared, shared[PEOPLE.first])


def test_who_lives_together_fits_the_kind_of_household():
    children, partners = (np.bincount(PEOPLE.household, weights=PEOPLE.role == role) for role in (Role.CHILD, Role.PARTNER))
    kind, size = PEOPLE.kind[HEADS], PEOPLE.size[HEADS]
    has_child = np.isin(kind, [Household.FAMILY, Household.LONE_PARENT])

    assert np.array_equal(children > 0, has_child)
    assert (partners[np.isin(kind, [Household.COUPLE, Household.FAMILY])] == 1).all()
    assert (partners[np.isin(kind, [Household.ALONE, Household.LONE_PARENT])] == 0).all()
    assert np.array_equal(size == 1, kind == Household.ALONE)
    assert (size[kind == Household.COUPLE] == 2).all()


def test_every_child_lives_with_an_adult_who_could_be_its_parent():
    child = PEOPLE.role == Role.CHILD
    head_years = PEOPLE.age_years[PEOPLE.first]

    assert np.array_equal(child, PEOPLE.age_years < 18)
    assert (head_years[child] - PEOPLE.age_years[child] >= 20).all()
    assert (PEOPLE.stage[child] == Stage.CHILD).all()
    assert (PEOPLE.visits_per_day[child] == 0).all()
    assert (PEOPLE.is_member[child] == 0).all()
    assert (PEOPLE.visits_per_day[ADULTS] > 0).all()


def test_couples_are_of_near_ages_and_of_both_sexes():
    """Ages differ by 2 + 3 z years, z normal: beyond 17 years once in 3.5 million couples, here 16,000."""
    partner = np.flatnonzero(PEOPLE.role == Role.PARTNER)
    head = PEOPLE.first[partner]
    apart = np.abs(PEOPLE.age_years[partner].astype(int) - PEOPLE.age_years[head])

    assert apart.max() <= 17
    assert 2 < apart.mean() < 4
    assert (PEOPLE.is_female[partner] + PEOPLE.is_female[head] == 1).all()


def test_new_parents_have_a_child_under_three():
    youngest = np.minimum.reduceat(PEOPLE.age_years, np.flatnonzero(HEADS))[PEOPLE.household]
    new_parent = PEOPLE.stage == Stage.NEW_PARENT

    assert new_parent.any()
    assert (youngest[new_parent] < 3).all()
    assert (PEOPLE.is_female[PEOPLE.stage == Stage.PREGNANT] == 1).all()


def test_one_more_household_changes_nobody_else():
    more = residents_of(CONFIG, HOUSEHOLDS + 1)

    for fewer, all_of_them in zip(PEOPLE, more):
        assert np.array_equal(fewer, all_of_them[: PEOPLE.key.size])


def test_another_share_of_one_character_changes_nothing_else():
    _, talkative = catchment_of(character_shares=[0.3, 0.25, 0.25, 0.2])

    changed = [name for name in Residents._fields if not np.array_equal(getattr(PEOPLE, name), getattr(talkative, name))]
    assert changed == ["character"]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_catchment():
    again, other = residents_of(CONFIG, HOUSEHOLDS), residents_of(dataclasses.replace(CONFIG, seed=6), HOUSEHOLDS)

    assert all(first.tobytes() == second.tobytes() for first, second in zip(PEOPLE, again))
    assert not np.array_equal(PEOPLE.visits_per_day[:100], other.visits_per_day[:100])


def test_spend_and_price_sensitivity_have_mean_1_over_visits():
    """The standard error over the 70,000 adults is about 0.01 and 0.003; five of them are a false alarm once in a million."""
    visits = PEOPLE.visits_per_day.astype(float)

    assert np.average(PEOPLE.spend_scale, weights=visits) == pytest.approx(1.0, abs=0.05)
    assert np.average(PEOPLE.price_sensitivity, weights=visits) == pytest.approx(1.0, abs=0.015)


def test_few_people_bring_much_of_what_is_spent_and_nobody_lives_in_the_mall():
    spent = np.sort((PEOPLE.visits_per_day.astype(float) * PEOPLE.spend_scale)[ADULTS])[::-1]

    assert 0.40 < spent[: spent.size // 10].sum() / spent.sum() < 0.56
    assert PEOPLE.visits_per_day.max() < 1.0


def test_members_come_more_often_and_have_been_there():
    member = (PEOPLE.is_member == 1) & ADULTS

    assert member[ADULTS].mean() == pytest.approx(CONFIG.digital.member_share, abs=0.006)  # five standard errors
    assert PEOPLE.visits_per_day[member].mean() > 1.5 * PEOPLE.visits_per_day[ADULTS].mean()
    assert (PEOPLE.life_cycle[member] != LifeCycle.POTENTIAL).all()


def test_who_has_not_been_there_or_is_lost_comes_seldom_and_the_others_that_much_oftener():
    """Twenty times as seldom as others; the ratio of two means over 20,000 and 40,000 adults has a standard error of 2 %."""
    away = np.isin(PEOPLE.life_cycle, [LifeCycle.POTENTIAL, LifeCycle.LOST])

    ratio = PEOPLE.visits_per_day[away & ADULTS].mean() / PEOPLE.visits_per_day[~away & ADULTS].mean()
    assert ratio == pytest.approx(CONFIG.catchment.seldom_visits, rel=0.1)


def test_tastes_are_standard_normal_and_tags_explain_only_their_share():
    income = np.eye(4)[PEOPLE.income[ADULTS]]
    age = np.eye(3)[(PEOPLE.age_years[ADULTS] >= 35).astype(int) + (PEOPLE.age_years[ADULTS] >= 60)]
    tags = np.concatenate([income, age, PEOPLE.is_female[ADULTS, None]], axis=1)

    for taste in PEOPLE.taste[ADULTS].T:
        residual = taste - tags @ np.linalg.lstsq(tags, taste, rcond=None)[0]
        assert abs(taste.mean()) < 0.15
        assert taste.std() == pytest.approx(1.0, abs=0.05)
        assert 1 - residual.var() / taste.var() == pytest.approx(CONFIG.catchment.taste_from_tags_share, abs=0.06)


def test_people_who_live_farther_come_less_often_and_by_other_means():
    near, far = (PEOPLE.distance_km < 1) & ADULTS, (PEOPLE.distance_km > 5) & ADULTS

    assert PEOPLE.visits_per_day[near].mean() > 2 * PEOPLE.visits_per_day[far].mean()
    assert (PEOPLE.mode[near] == Mode.WALK).mean() > 0.5
    assert (PEOPLE.mode[far] == Mode.WALK).mean() < 0.05


@pytest.mark.parametrize(
    "word",
    ["catchment.couple_share=0.4", "catchment.family_share=0.5", "catchment.lone_parent_share=0.3",
     "catchment.distance_edges_km=[3,1,5,10,20]", "catchment.income_shares=[0,0,0,0]"],
)  # fmt: skip
def test_households_that_cannot_be_are_refused_by_the_key(word):
    with pytest.raises(ConfigError, match=word.split("=")[0].replace(".", r"\.")):
        compose("everyday", [word])
