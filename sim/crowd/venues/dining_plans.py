"""Restaurants as they are planned: tables by size, cooks, portions prepared, and what a day costs."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import NamedTuple

from sim.categories import CATEGORIES
from sim.config import RunConfig
from sim.plan_arrays import CompiledPlan
from sim.schema.food import DiningConfig, FoodConfig

TABLE_SEATS = (2, 4, 6, 8)
PARTY_MOST = 6  # people; a restaurant with that many seats has a table for them


@dataclass(frozen=True)
class DiningPlan:
    """One restaurant."""

    unit: int
    dining: DiningConfig
    counts: tuple[int, ...]  # tables of each of TABLE_SEATS
    cooks: int
    portions: int  # prepared for the day
    portion_fen: int  # ingredients of one
    substitute_fen: int  # of a dish that was not prepared
    spoilage_share: float
    staff_fen: int
    fixed_fen: int

    @property
    def seats(self) -> int:
        """Seats at all tables."""
        return sum(seats * count for seats, count in zip(TABLE_SEATS, self.counts, strict=True))


class DayCosts(NamedTuple):
    """What a restaurant owes to the world outside for one day."""

    ingredients_fen: int
    waste_fen: int
    staff_fen: int
    fixed_fen: int


def dining_of(food: FoodConfig, trade: str) -> DiningConfig:
    """Return the kind of restaurant that a trade with tables is."""
    kinds = {"restaurant": food.restaurant}
    return kinds.get(trade, food.counter)


def dining_plans(compiled: CompiledPlan, config: RunConfig) -> list[DiningPlan]:
    """Return the restaurants of a mall in the order of units."""
    trades = [CATEGORIES[trade] for trade in compiled.arrays.unit_category.tolist()]
    return [
        _plan(unit, trade, float(compiled.arrays.unit_area_m2[unit]), config)
        for unit, trade in enumerate(trades)
        if config.categories[trade].tables
    ]


def _plan(unit: int, trade: str, area_m2: float, config: RunConfig) -> DiningPlan:
    food, dining = config.food, dining_of(config.food, trade)
    counts = tables_of(area_m2, dining)
    seats = sum(size * count for size, count in zip(TABLE_SEATS, counts, strict=True))
    portion_fen = round(100 * food.ingredient_share * config.categories[trade].basket_yuan_mean)
    return DiningPlan(
        unit=unit, dining=dining, counts=counts, cooks=max(1, round(seats / dining.seats_per_cook)),
        portions=max(0, round(seats * _forecast_per_seat(dining, config) * (1 + food.preparation_buffer))),
        portion_fen=portion_fen, substitute_fen=round(food.substitute_cost * portion_fen), spoilage_share=food.spoilage_share,
        staff_fen=round(100 * food.staff_yuan_per_seat * seats), fixed_fen=round(100 * food.fixed_yuan_per_seat * seats),
    )  # fmt: skip


def _forecast_per_seat(dining: DiningConfig, config: RunConfig) -> float:
    """Return the guests for whom the day is planned: more on a day of the week on which the mall is fuller; nothing else is foreseen."""
    factors = config.population.weekday_factors
    mean = sum(factors) / len(factors)
    factor = factors[datetime.date.fromisoformat(config.date).weekday()] / mean if mean > 0 else 1.0
    return dining.forecast_covers_per_seat * factor


def tables_of(area_m2: float, dining: DiningConfig) -> tuple[int, ...]:
    """Return the tables of each of TABLE_SEATS: large ones first, what is left of their share goes to the next smaller size."""
    seats = max(TABLE_SEATS[0], int(area_m2 / dining.m2_per_seat + 1e-9))
    counts, left = [0] * len(TABLE_SEATS), seats
    carried = 0.0
    for index in range(len(TABLE_SEATS) - 1, 0, -1):
        size = TABLE_SEATS[index]
        carried += dining.table_shares[index] * seats
        counts[index] = int(carried / size + 1e-9)
        carried -= counts[index] * size
        left -= counts[index] * size
    if sum(counts[2:]) == 0 and left >= PARTY_MOST:
        counts[2], left = 1, left - PARTY_MOST
    elif sum(counts[2:]) == 0 and counts[1] > 0 and left + TABLE_SEATS[1] >= PARTY_MOST:
        counts[1], counts[2], left = counts[1] - 1, 1, left - (PARTY_MOST - TABLE_SEATS[1])
    counts[0] = max(left // TABLE_SEATS[0], 1 if sum(counts) == 0 else 0)
    return tuple(counts)


def table_count(area_m2: float, dining: DiningConfig) -> int:
    """Return how many parties can sit at once."""
    return sum(tables_of(area_m2, dining))


def day_costs(plan: DiningPlan, used: int, substitutes: int, lost: int) -> DayCosts:
    """Return the day's costs: `used` prepared portions and `substitutes` were ordered, `lost` of both were never eaten."""
    lost_fen = plan.portion_fen * lost
    spoilt_fen = round(plan.spoilage_share * plan.portion_fen * (plan.portions - used))
    ordered_fen = plan.portion_fen * used + plan.substitute_fen * substitutes
    return DayCosts(ordered_fen - lost_fen, spoilt_fen + lost_fen, plan.staff_fen, plan.fixed_fen)
