"""From the configuration to the parameters of what members do about points."""

from __future__ import annotations

from typing import Any

from sim.categories import CATEGORY_INDEX
from sim.config import RunConfig

MILLION = 1_000_000


def describe_loyalty(params: Any, config: RunConfig) -> None:
    """Write the parameters of members into the one record of PARAMS."""
    loyalty, burning, price_utility = config.loyalty, config.loyalty.burning, config.minds.appeal.price_utility
    params.has_points = config.points.is_on
    params.gift_trades = sum(1 << CATEGORY_INDEX[trade] for trade in set(burning.gift_trades))
    params.discount_ppm = round(MILLION * loyalty.member_discount_share)
    params.burn_spread, params.gift_factor, params.windfall_bonus = (
        burning.occasion_sigma,
        burning.gift_factor,
        burning.windfall_bonus,
    )
    params.near_share, params.near_lift, params.after_lift = burning.near_share, burning.near_lift, burning.after_lift
    params.reward_utility = price_utility * loyalty.points_weight
    params.discount_utility = price_utility * loyalty.member_discount_share
    params.habit_utility, params.burn_wish_utility = loyalty.habit_utility, loyalty.burn_wish_utility
