"""The law of what people at home do about what reaches them: pure functions of settings, distance, worth and taste."""

from __future__ import annotations

from typing import Protocol

import numpy as np

NEAREST_KM = 0.3  # Huff's power law has no meaning next door


class Law(Protocol):
    """The part of sim.schema.home.HomeConfig that the law of coupons takes."""

    trip_pull: float
    distance_exponent: float
    usual_off_share: float
    remembers_share: float
    depth_weight: float
    fades_days: float


def trip_pull(law: Law, depth: np.ndarray, km: np.ndarray) -> np.ndarray:
    """Return by how much, relative, a coupon just taken raises the rate of visits: worth over distance to a power, as Huff's law has it.

    Taste has had its say in who has taken it; a coupon of no worth pulls nobody.
    """
    found: np.ndarray = law.trip_pull * depth / law.usual_off_share * np.maximum(km, NEAREST_KM) ** -law.distance_exponent
    return found


def remembers(law: Law, depth: np.ndarray) -> np.ndarray:
    """Return the chance that whoever comes anyway, on the day it took a coupon, makes for its store."""
    share = np.clip(law.remembers_share, 1e-9, 1 - 1e-9)
    logit = np.log(share / (1 - share)) + law.depth_weight * (depth - law.usual_off_share)
    return np.where(depth > 0, 1 / (1 + np.exp(-logit)), 0.0) if law.remembers_share > 0 else np.zeros(np.shape(depth))


def fading(law: Law, age_days: np.ndarray | float) -> np.ndarray:
    """Return what is left of both after some days."""
    found: np.ndarray = np.exp(-np.asarray(age_days) / law.fades_days)
    return found


def redeemed_share(
    law: Law, visits_per_day: np.ndarray, km: np.ndarray, depth: float, life_days: int, buys_share: float
) -> np.ndarray:
    """Return of each person the chance, (n, life_days), that a coupon has been used by the end of each day of its life.

    For a store where whoever makes for it buys with `buys_share`.
    """
    worth = np.full(km.size, depth)
    rate = visits_per_day * (remembers(law, worth) + trip_pull(law, worth, km))
    left, found = np.ones(km.size), np.zeros((km.size, life_days))
    for age in range(life_days):
        left *= 1 - buys_share * np.minimum(rate * fading(law, age), 1.0)
        found[:, age] = 1 - left
    return found


def news_log(pull: float, relevance: np.ndarray, own_share: np.ndarray | float, new_trips_share: float) -> np.ndarray:
    """Return the log of the factor on visits of having read what is on: more for those whom it suits, less for the others, 0 on average.

    It moves choice among malls (`own_share` of the trips come here already), and only a part of it makes new trips.
    """
    utility = pull * relevance - pull**2 / 2
    among = utility - np.log(own_share * np.exp(utility) + 1 - own_share)
    found: np.ndarray = new_trips_share * utility + (1 - new_trips_share) * among
    return found


def odds_factor(log: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return by what a day's chance of coming is multiplied when its odds are, by exp(log); exactly 1 where log is 0."""
    lift = np.exp(log)
    found: np.ndarray = lift / (1 + chance * (lift - 1))
    return found
