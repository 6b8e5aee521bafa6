"""Audiences: those of some people who are near a place, like something, are at a stage of their acquaintance, or have spent so much."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from agents.policies.policy import PublicMap
from sim.sensing.observations import People
from sim.sensing.present import Present

LOYAL_VISITS, LOYAL_PURCHASES = 3, 2  # from which somebody counts as loyal; engineering judgement


class Stage(IntEnum):
    """How far the platform's acquaintance with somebody has gone."""

    NEW = 0  # on the first visit it knows of
    POTENTIAL = 1  # has come again, and is not known to have bought
    REGULAR = 2
    LOYAL = 3


def near_unit(present: Present, people: np.ndarray, public: PublicMap, unit: int, within_m: float) -> np.ndarray:
    """Return who is believed to be within some metres of a store's door, on its level; who has no place is not."""
    at = np.minimum(np.searchsorted(present.person, people), max(present.person.size - 1, 0))
    metres = np.hypot(present.x_m[at] - public.x_m[unit], present.y_m[at] - public.y_m[unit])
    return people[(present.level[at] == public.level[unit]) & (metres <= within_m)] if people.size else people


def in_units(present: Present, people: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Return whose last place lies in one of some stores."""
    at = np.minimum(np.searchsorted(present.person, people), max(present.person.size - 1, 0))
    return people[np.isin(present.unit[at], units)] if people.size else people


def liking(profiles: People, people: np.ndarray, units: np.ndarray, now_us: int) -> np.ndarray:
    """Return how many times likelier than anybody each person is to want one of some stores, (n)."""
    anybody = profiles.store_affinity(np.array([-1]), now_us)[0, units].sum()
    return np.asarray(profiles.store_affinity(people, now_us)[:, units].sum(axis=1) / max(float(anybody), 1e-12))


def who_like(profiles: People, people: np.ndarray, units: np.ndarray, now_us: int, least: float = 1.0) -> np.ndarray:
    """Return who is believed to like some stores at least so many times as much as anybody."""
    return people[liking(profiles, people, units, now_us) >= least] if people.size else people


def stages_of(profiles: People, people: np.ndarray) -> np.ndarray:
    """Return the Stage of each person."""
    counts = profiles.counts_of(people)
    visits, purchases = counts["visits"], counts["purchases"]
    found = np.where(purchases > 0, Stage.REGULAR, Stage.POTENTIAL)
    found = np.where(visits <= 1, Stage.NEW, found)
    return np.where((visits >= LOYAL_VISITS) & (purchases >= LOYAL_PURCHASES), Stage.LOYAL, found)


def at_stage(profiles: People, people: np.ndarray, *stages: Stage) -> np.ndarray:
    """Return who is at one of some stages."""
    return people[np.isin(stages_of(profiles, people), stages)]


def worth_most(profiles: People, people: np.ndarray, share: float) -> np.ndarray:
    """Return the share of people who are known to have spent most, in order of number; of equals those of lower number."""
    spent = profiles.counts_of(people)["spent_fen"]
    order = np.lexsort((people, -spent))
    return np.sort(people[order[: round(share * people.size)]])
