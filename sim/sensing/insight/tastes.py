"""The latent taste behind what somebody chose: its posterior mode, from choices known by group, trade, store or article."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.config import RunConfig
from sim.crowd.brands import brands_of
from sim.plan_arrays import CompiledPlan
from sim.sensing.insight.profiles import Profiles

STEPS = 6  # of Newton's method, which doubles its digits; the log posterior is concave
PEOPLE_AT_ONCE = 500


class Choices(NamedTuple):
    """The alternatives that the platform tells apart: each a point in the space of tastes, and a member of a set to choose from."""

    points: np.ndarray  # (C, D)
    set_of: np.ndarray  # (C) int64, ascending: a store competes with those of its trade, an article with those of its store
    log_appeal: np.ndarray  # (C) what everybody sees in it


class Estimate(NamedTuple):
    """What the platform believes of people's tastes."""

    taste: np.ndarray  # (n, D)
    variance: np.ndarray  # (n) its own idea of the mean squared error, all dimensions together


def coarsened(points: np.ndarray, class_of: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the mean place of the members of each class: all that a coarser tag says of them."""
    total = np.bincount(class_of, weight)
    sums = np.stack([np.bincount(class_of, weight * column) for column in points.T], axis=1)
    return np.asarray(sums / np.maximum(total, 1e-12)[:, None])


def estimate(counts: np.ndarray, choices: Choices, pull: float) -> Estimate:
    """Return everybody's taste from how often each chose what, (n, C): tastes are standard normal beforehand.

    Somebody of taste t chooses from a set with odds exp(log_appeal + pull t . point). Of somebody who has chosen nothing nothing is
    known: taste 0, variance D.
    """
    parts = [
        _posterior(counts[first : first + PEOPLE_AT_ONCE], choices, pull) for first in range(0, counts.shape[0], PEOPLE_AT_ONCE)
    ]
    dimensions = choices.points.shape[1]
    if not parts:
        return Estimate(np.zeros((0, dimensions)), np.zeros(0))
    return Estimate(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _posterior(counts: np.ndarray, choices: Choices, pull: float) -> tuple[np.ndarray, np.ndarray]:
    points, dimensions = choices.points, choices.points.shape[1]
    starts = np.flatnonzero(np.diff(choices.set_of, prepend=choices.set_of[0] - 1 if choices.set_of.size else 0))
    in_set = np.repeat(np.arange(starts.size), np.diff(np.append(starts, choices.set_of.size)))
    trials = np.add.reduceat(counts, starts, axis=1)  # (n, sets)
    chosen = counts @ points
    squares = (points[:, :, None] * points[:, None, :]).reshape(points.shape[0], -1)
    taste = np.zeros((counts.shape[0], dimensions))
    curvature = np.broadcast_to(np.eye(dimensions), (counts.shape[0], dimensions, dimensions))
    for step in range(STEPS + 1):
        utility = choices.log_appeal + pull * taste @ points.T
        weight = np.exp(utility - np.maximum.reduceat(utility, starts, axis=1)[:, in_set])
        share = weight / np.add.reduceat(weight, starts, axis=1)[:, in_set]
        mean = np.stack([np.add.reduceat(share * column, starts, axis=1) for column in points.T], axis=2)  # (n, sets, D)
        second = ((trials[:, in_set] * share) @ squares).reshape(-1, dimensions, dimensions)
        curvature = np.eye(dimensions) + pull**2 * (second - np.einsum("ns,nsi,nsj->nij", trials, mean, mean))
        if step < STEPS:
            slope = pull * (chosen - np.einsum("ns,nsi->ni", trials, mean)) - taste
            taste = taste + np.linalg.solve(curvature, slope[:, :, None])[:, :, 0]
    return taste, np.trace(np.linalg.inv(curvature), axis1=1, axis2=2)


class KnownTastes:
    """Tastes of known people, from what their profiles count; brands' places are public, everybody can look at their windows."""

    def __init__(self, compiled: CompiledPlan, config: RunConfig, profiles: Profiles) -> None:
        self._profiles, self._pull = profiles, config.goods.guide.profile_pull
        brands = brands_of(compiled, config).astype(float)
        weight = np.maximum(compiled.arrays.unit_area_m2, 1e-9) ** config.choice.area_exponent
        self._classes, class_of = np.unique(profiles.class_of_unit, return_inverse=True)
        trade = compiled.arrays.unit_category.astype(np.int64)
        is_by_store = config.sensing.profiles.depth == "store"
        set_of = trade[np.unique(class_of, return_index=True)[1]] if is_by_store else np.zeros(self._classes.size, np.int64)
        self._order = np.argsort(set_of, kind="stable")
        points, total = coarsened(brands, class_of, weight), np.bincount(class_of, weight)
        self._choices = Choices(points[self._order], set_of[self._order], np.log(total[self._order]))

    def of(self, numbers: np.ndarray, now_us: int) -> np.ndarray:
        """Return the taste of each person by profile number (int64, -1 unknown): (n, TASTES)."""
        counts = self._profiles.own_weight(numbers, now_us)[:, self._classes][:, self._order]
        return estimate(counts, self._choices, self._pull).taste
