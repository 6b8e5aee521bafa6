"""How tenants stand today: quality, what people read of it, prices, promotion; they change from day to day, never within one."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

STANDING = np.dtype(
    [
        ("quality", "f8"),  # what an average visitor would rate it, in stars
        ("shown_stars", "f8"),  # what the mall shows of its ratings, 0 for nothing
        ("ratings", "i8"),  # how many the shown stars rest on
        ("bought", "i8"),  # and how many of these it has bought: truth, which nobody knows
        ("price_factor", "f8"),  # of the prices of its trade
        ("appeal_factor", "f8"),  # of its pull: promotion
        ("promotion_fen", "i8"),  # what it pays the mall for promotion today
        ("upkeep_fen", "i8"),  # what it pays others today: answers to complaints, ratings bought
        ("help_fen", "i8"),  # what the operator spends on it today
        ("opens_min", "i4"),  # own opening hours in minutes after midnight, -1 for those of the plan
        ("closes_min", "i4"),
        ("fate", "i4"),  # Fate: what the mall has decided about it since yesterday
    ],
    align=True,
)
AVERAGE_STARS = 4.0  # where reviews of shops and restaurants lie; engineering judgement
STARS_MIN, STARS_MAX = 1.0, 5.0


class Fate(IntEnum):
    """What the mall makes of a tenant's ratings."""

    STAYS = 0
    WARNED = 1
    REPLACED = 2  # for its ratings, by another business
    EXPELLED = 3  # for ratings that it bought, by another business
    EXPELLED_WRONGLY = 4  # for ratings that it had not bought


def even_standing(units: int) -> np.ndarray:
    """Return tenants of average quality, unrated, at the prices and hours of their trades."""
    found = np.zeros(units, STANDING)
    found["quality"], found["price_factor"], found["appeal_factor"] = AVERAGE_STARS, 1.0, 1.0
    found["opens_min"] = found["closes_min"] = -1
    return found


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    """Return Spearman's rank correlation, ties at their mean rank; None of fewer than three pairs, or where all are alike."""
    if one.size < 3:
        return None
    ranks = [_ranks(values) for values in (one, other)]
    spread = [float(np.std(each)) for each in ranks]
    if min(spread) == 0:
        return None
    product = (ranks[0] - ranks[0].mean()) * (ranks[1] - ranks[1].mean())
    return float(product.mean()) / (spread[0] * spread[1])


def _ranks(values: np.ndarray) -> np.ndarray:
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[which], float)
