"""Restaurants by the clock: tables whose booking has lapsed are given on, and at the day's end each pays for what it has used."""

from __future__ import annotations

from dataclasses import dataclass

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.crowd.venues.dining_plans import DiningPlan, day_costs, dining_plans
from sim.ledger.accounts import FIRST_TENANT, OUTSIDE, TransferReason
from sim.operations.clock import Operation
from sim.operations.hours import Hours
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_DAY, US_PER_HOUR, US_PER_MIN

GIVEN_ON_EVERY_US = 5 * US_PER_MIN
BOOKS_CLOSE_US = US_PER_DAY + 2 * US_PER_HOUR - 1  # with the rents, which are taken of the day's sales and so come first


@dataclass
class KitchenBooks:
    """Posts the day's ingredients, waste, wages and fixed cost of each restaurant to the world outside, after the rent."""

    crowd: Crowd
    plans: list[DiningPlan]
    next_us: int | None
    rank: int = 910

    def act(self, now_us: int) -> None:
        """Post what is owed."""
        for plan in self.plans:
            venue = self.crowd.mall.venues[plan.unit]
            costs = day_costs(plan, int(venue.portions_used), int(venue.substitutes), int(venue.portions_lost))
            for reason, owed_fen in (
                (TransferReason.INGREDIENTS, costs.ingredients_fen), (TransferReason.FOOD_WASTE, costs.waste_fen),
                (TransferReason.RESTAURANT_STAFF, costs.staff_fen), (TransferReason.RESTAURANT_FIXED, costs.fixed_fen),
            ):  # fmt: skip
                if owed_fen > 0:
                    self.crowd.transfer(now_us, FIRST_TENANT + plan.unit, OUTSIDE, owed_fen, reason)
        self.next_us = None


@dataclass
class Maitre:
    """Looks round every few minutes whether a table that was kept for somebody can be given to who waits."""

    crowd: Crowd
    next_us: int | None
    ends_us: int
    rank: int = 60

    def act(self, now_us: int) -> None:
        """Give lapsed tables on."""
        self.crowd.give_tables_on(now_us)
        self.next_us = now_us + GIVEN_ON_EVERY_US if now_us + GIVEN_ON_EVERY_US < self.ends_us else None


def kitchens_of(crowd: Crowd, compiled: CompiledPlan, config: RunConfig, hours: Hours) -> list[Operation]:
    """Return what the day's restaurants need by the clock: nothing in a mall without any."""
    plans = dining_plans(compiled, config)
    if not plans:
        return []
    found: list[Operation] = [KitchenBooks(crowd, plans, BOOKS_CLOSE_US)]
    if config.food.reservation_share > 0:
        found.append(Maitre(crowd, hours.opens_us, hours.closes_us))
    return found
