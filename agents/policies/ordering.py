"""In what order stores are shown to people: scores, lists drawn from them with known probabilities, and shares of exposure."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from agents.policies.policy import PublicMap
from sim.sensing.present import Present
from sim.units import US_PER_MIN

MEALS_MIN = ((11 * 60, 13 * 60 + 30), (17 * 60, 19 * 60 + 30))
FOOD = ("restaurant", "fast_food", "cafe")
NEAR_M, FLOOR_M = 60.0, 50.0  # scale of nearness, and what a level apart counts; engineering judgement
UNPLACED = 0.3  # nearness to everything of somebody whose place is not known
FEATURES = ("one", "liking", "walked", "sells", "meal", "near")


class Lists(NamedTuple):
    """Lists for some people, place by place."""

    units: np.ndarray  # (k, n) int64, -1 where nothing was left to show
    propensity: np.ndarray  # (k, n) of each place, given those above it


def nearness(present: Present, people: np.ndarray, public: PublicMap) -> np.ndarray:
    """Return how near each person is believed to be to each store, 0 to 1, (n, U)."""
    at = np.minimum(np.searchsorted(present.person, people), max(present.person.size - 1, 0))
    level, x_m, y_m = (column[at][:, None] for column in (present.level, present.x_m, present.y_m))
    metres = np.hypot(public.x_m - x_m, public.y_m - y_m) + FLOOR_M * np.abs(public.level - level)
    return np.where(level < 0, UNPLACED, np.exp(-np.nan_to_num(metres) / NEAR_M))


def is_mealtime(now_us: int) -> bool:
    """Return whether many are hungry."""
    minute = now_us // US_PER_MIN
    return any(first <= minute < end for first, end in MEALS_MIN)


def by_what_others_did(walked: np.ndarray, likeness: np.ndarray, profile: np.ndarray, cold_start: float) -> np.ndarray:
    """Return the share of each store in what each person should like next, (n, U): of its walk so far by others', of a newcomer by its profile."""
    scores = np.asarray(csr_array(walked) @ likeness)  # few have been in more than five of three hundred stores
    total = scores.sum(axis=1, keepdims=True)
    weight = walked.sum(axis=1, keepdims=True)
    weight = np.where(total > 0, weight / (weight + cold_start), 0.0)
    return np.asarray(weight * scores / np.maximum(total, 1e-12) + (1.0 - weight) * profile)


def features_of(
    profile: np.ndarray, walked: np.ndarray, sales: np.ndarray, near: np.ndarray, public: PublicMap, now_us: int
) -> np.ndarray:
    """Return what a bandit goes by, (n, U, FEATURES), all of about the same size."""
    stores = profile.shape[1]
    feeds = np.isin(public.trades, FOOD).astype(float) * (1.0 if is_mealtime(now_us) else 0.0)
    sells = np.log(stores * (sales + 1.0) / (sales + 1.0).sum())
    columns = (
        np.ones_like(profile), np.log(np.clip(stores * profile, 0.05, 20.0)), np.log(np.clip(stores * walked, 0.05, 20.0)),
        np.broadcast_to(np.clip(sells, -3.0, 3.0), profile.shape), np.broadcast_to(feeds, profile.shape), near,
    )  # fmt: skip
    return np.stack(columns, axis=2)


def pick(scores: np.ndarray, allowed: np.ndarray, explore: float, draws: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Return for each person the best store allowed, or with probability `explore` any of them, and the probability of what was picked.

    -1 where none is allowed. `draws` and `which` are two draws of each person.
    """
    left = allowed.sum(axis=1)
    best = np.where(allowed, scores, -np.inf).argmax(axis=1)
    nth = np.minimum((which * left).astype(np.int64), np.maximum(left - 1, 0))
    any_of_them = (np.cumsum(allowed, axis=1) > nth[:, None]).argmax(axis=1)
    found = np.where(draws < explore, any_of_them, best)
    probability = explore / np.maximum(left, 1) + (1.0 - explore) * (found == best)
    return np.where(left > 0, found, -1).astype(np.int64), probability


def lists_of(
    scores: np.ndarray, allowed: np.ndarray, trades: np.ndarray, draws: np.ndarray, explore: float, per_trade: int, behind: np.ndarray
) -> Lists:  # fmt: skip
    """Return lists by scores (n, U): at most so many of a trade, the last place for a store that is `behind` where one is allowed.

    `draws` (k, 2, n): two for each place.
    """
    k, people = draws.shape[0], scores.shape[0]
    allowed, units, propensity = allowed.copy(), np.full((k, people), -1, np.int64), np.ones((k, people))
    shown = np.zeros((people, int(trades.max(initial=0)) + 1), np.int64)
    rows = np.arange(people)
    for place in range(k):
        open_to = allowed & (shown[:, trades] < per_trade)
        if place == k - 1 and behind.any():
            lagging = open_to & behind
            open_to = np.where(lagging.any(axis=1)[:, None], lagging, open_to)
        units[place], propensity[place] = pick(scores, open_to, explore, draws[place, 0], draws[place, 1])
        has = units[place] >= 0
        allowed[rows[has], units[place][has]] = False
        shown[rows[has], trades[units[place][has]]] += 1
    return Lists(units, propensity)


def furthest_behind(exposure: np.ndarray, floor_share: float) -> np.ndarray:
    """Return which stores have had less exposure than a share of the mean, and of these the least, to within one entry at the top."""
    return np.asarray((exposure < floor_share * exposure.mean()) & (exposure <= exposure.min(initial=np.inf) + 1.0))
