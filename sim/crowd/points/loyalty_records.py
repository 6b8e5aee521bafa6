"""Parameters of what members do about points."""

from __future__ import annotations

LOYALTY_PARAMS = [  # of PARAMS
    ("has_points", "i4"), ("gift_trades", "i8"), ("discount_ppm", "i8"),
    ("burn_spread", "f8"), ("gift_factor", "f8"), ("windfall_bonus", "f8"), ("near_share", "f8"), ("near_lift", "f8"), ("after_lift", "f8"),
    ("reward_utility", "f8"), ("discount_utility", "f8"), ("habit_utility", "f8"), ("burn_wish_utility", "f8"),
]  # fmt: skip
# has_points: 1 where there is a programme; gift_trades: a bit for each trade whose goods are like gifts; reward_utility: of a price that
# comes back whole in points, at a price sensitivity of 1; discount_utility: of the members' price cut, likewise.
