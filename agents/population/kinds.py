"""What is said of a resident: roles, classes and states, and the table with one row per person."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.visitors import TASTES, Character

HOUSEHOLD_MAX = 6


class Role(IntEnum):
    """What somebody is in a household."""

    HEAD = 0
    PARTNER = 1
    CHILD = 2
    OTHER = 3  # another adult: a grandparent, a grown child, a flat mate


class Household(IntEnum):
    """Who lives together."""

    ALONE = 0
    COUPLE = 1
    FAMILY = 2  # a couple with children, and maybe grandparents
    LONE_PARENT = 3  # one parent with children, and maybe grandparents
    ADULTS = 4  # grown children with their parents, flat mates


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
    kind: np.ndarray  # int8 Household
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
    price_sensitivity: np.ndarray  # float32 mean 1 over visits
    is_member: np.ndarray  # int8 at the start
    life_cycle: np.ndarray  # int8 LifeCycle at the start
    taste: np.ndarray  # float32 (rows, TASTES), standard normal in each dimension


TYPES = {
    "key": np.int64, "household": np.int64, "first": np.int64, "distance_km": np.float32, "visits_per_day": np.float32,
    "spend_scale": np.float32, "price_sensitivity": np.float32, "taste": np.float32,
}  # fmt: skip


# The largest code of each column of codes, for whoever reads a table that somebody may have changed.
CODES_MAX = {
    "size": HOUSEHOLD_MAX, "kind": max(Household), "age_years": 120, "is_female": 1, "role": max(Role), "stage": max(Stage),
    "income": max(Income), "character": max(Character), "mode": max(Mode), "is_member": 1, "life_cycle": max(LifeCycle),
}  # fmt: skip


def empty_residents(rows: int) -> Residents:
    """Return a table of `rows` people of whom nothing is said yet."""
    shapes = {"taste": (rows, TASTES)}
    return Residents(**{name: np.empty(shapes.get(name, rows), TYPES.get(name, np.int8)) for name in Residents._fields})
