"""The people of the catchment, in households: who they are on every day, whether they come or not."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from sim.catchment import residents_expected
from sim.config import RunConfig
from sim.random_streams import stream_key, uniforms
from sim.visitors import TASTES, Character

HOUSEHOLD_MAX = 6
PEOPLE_MEAN, ADULTS_MEAN = 2.47, 1.75  # of a household, by the law below


class Role(IntEnum):
    """What somebody is in a household."""

    HEAD = 0
    PARTNER = 1
    CHILD = 2
    OTHER = 3  # another adult: a grandparent, a grown child, a flat mate


class Income(IntEnum):
    """Consumption classes of article S1."""

    AFFORDABLE = 0
    HEDONIC = 1
    QUALITY = 2
    POTENTIAL = 3


class Stage(IntEnum):
    """Demographic tags of article S1."""

    CHILD = 0
    YOUNG = 1
    MIDDLE = 2
    ELDERLY = 3
    PREGNANT = 4
    NEW_PARENT = 5


class Mode(IntEnum):
    """How a household comes to the mall."""

    WALK = 0
    TRANSIT = 1
    CAR = 2
    CYCLE = 3


class LifeCycle(IntEnum):
    """How somebody stands to the mall (article S1)."""

    POTENTIAL = 0  # has not been there
    NEW = 1
    LOYAL = 2
    LOST = 3


class Residents(NamedTuple):
    """One row per person, those of a household side by side, its head first. What people are; what they remember is in membership."""

    key: np.ndarray  # int64 the person's address for draws: independent of who else lives there
    household: np.ndarray  # int64 number of the household, ascending
    first: np.ndarray  # int64 row of the household's head
    size: np.ndarray  # int8 people in the household
    age_years: np.ndarray  # int8
    is_female: np.ndarray  # int8
    role: np.ndarray  # int8 Role
    stage: np.ndarray  # int8 Stage
    income: np.ndarray  # int8 Income, the household's
    character: np.ndarray  # int8 Character
    distance_km: np.ndarray  # float32 the household's
    mode: np.ndarray  # int8 Mode, the household's
    visits_per_day: np.ndarray  # float32 of its own accord on an average day; 0 for children
    spend_scale: np.ndarray  # float32 heavy-tailed, mean 1 over visits
    price_sensitivity: np.ndarray  # float32 mean 1
    is_member: np.ndarray  # int8 at the start
    life_cycle: np.ndarray  # int8 LifeCycle at the start
    taste: np.ndarray  # float32 (rows, TASTES), standard normal in each dimension


def residents_of(config: RunConfig) -> Residents:
    """Return the residents of the catchment, the same on every day of a seed."""
    population = config.population
    households = max(1, round(residents_expected(config) / PEOPLE_MEAN))
    own_visits = (1 - config.catchment.walk_in_share) * population.visits_per_day
    number = np.arange(households, dtype=np.int64)
    size = 1 + np.searchsorted([0.25, 0.55, 0.80, 0.93], uniforms(stream_key(config.seed, "household size"), number, 0))
    household = np.repeat(number, size)
    first = np.repeat(np.cumsum(size) - size, size)
    ordinal = np.arange(household.size) - first
    key = household * HOUSEHOLD_MAX + ordinal

    def draw(purpose: str, count: int = 0) -> np.ndarray:
        return uniforms(stream_key(config.seed, f"resident {purpose}"), key, count)

    def of_household(purpose: str) -> np.ndarray:
        return uniforms(stream_key(config.seed, f"household {purpose}"), household, 0)

    is_child = ordinal >= 2
    age = np.where(is_child, 1 + 16 * draw("age"), 22 + 55 * of_household("age")).astype(np.int8)
    frequency = np.exp(0.9 * ndtri(draw("frequency")) - 0.9**2 / 2)
    adults = np.where(is_child, 0.0, 1.0)
    stage = np.select([is_child, age < 35, age < 60], [Stage.CHILD, Stage.YOUNG, Stage.MIDDLE], Stage.ELDERLY)
    return Residents(
        key=key,
        household=household,
        first=first,
        size=np.repeat(size, size).astype(np.int8),
        age_years=age,
        is_female=(draw("sex") < 0.5).astype(np.int8),
        role=np.select([ordinal == 0, ordinal == 1], [Role.HEAD, Role.PARTNER], Role.CHILD).astype(np.int8),
        stage=stage.astype(np.int8),
        income=(4 * of_household("income")).astype(np.int8),
        character=np.searchsorted([0.1, 0.35, 0.6], draw("character")).astype(np.int8) + np.int8(Character.PROMOTER),
        distance_km=np.exp(1.2 + 0.7 * ndtri(of_household("distance"))).astype(np.float32),
        mode=np.where(of_household("mode") < population.car_share, Mode.CAR, Mode.TRANSIT).astype(np.int8),
        visits_per_day=(adults * frequency * own_visits / (households * ADULTS_MEAN)).astype(np.float32),
        spend_scale=np.exp(population.spend_sigma * ndtri(draw("spend")) - population.spend_sigma**2 / 2).astype(np.float32),
        price_sensitivity=np.exp(0.4 * ndtri(draw("price")) - 0.4**2 / 2).astype(np.float32),
        is_member=(draw("member") < config.digital.member_share).astype(np.int8),
        life_cycle=np.full(key.size, LifeCycle.LOYAL, np.int8),
        taste=np.stack([ndtri(draw("taste", dimension)) for dimension in range(TASTES)], axis=1).astype(np.float32),
    )
