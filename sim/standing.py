"""How tenants stand today: quality, what people read of it, prices, promotion; they change from day to day, never within one."""

from __future__ import annotations

import numpy as np

STANDING = np.dtype(
    [
        ("quality", "f8"),  # what an average visitor would rate it, in stars
        ("shown_stars", "f8"),  # what the mall shows of its ratings, 0 for nothing
        ("ratings", "i8"),  # how many the shown stars rest on
        ("price_factor", "f8"),  # of the prices of its trade
        ("appeal_factor", "f8"),  # of its pull: promotion
    ],
    align=True,
)
AVERAGE_STARS = 4.0  # where reviews of shops and restaurants lie; engineering judgement


def even_standing(units: int) -> np.ndarray:
    """Return tenants of average quality, unrated, at the prices of their trades."""
    found = np.zeros(units, STANDING)
    found["quality"], found["price_factor"], found["appeal_factor"] = AVERAGE_STARS, 1.0, 1.0
    return found
