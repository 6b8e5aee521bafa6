"""From plan and parameters to restaurants: their tables by size, cooks, stocks and kitchens."""

from __future__ import annotations

from typing import Any

from sim.config import RunConfig
from sim.crowd.state import Role, records
from sim.crowd.station_plans import StationPlan
from sim.crowd.venues.dining_plans import TABLE_SEATS, DiningPlan, dining_plans
from sim.crowd.venues.restaurant_records import BOOKING, COOK, TABLE, Seating
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_MIN

BOOKINGS_PER_TABLE = 8  # records; one is free again when its time is over


def kitchen_stations(compiled: CompiledPlan, config: RunConfig) -> list[StationPlan]:
    """Return the kitchens, named "kitchen:<unit>": the servers are cooks; nobody stands in line there, orders do."""
    return [
        StationPlan(
            f"kitchen:{compiled.unit_ids[plan.unit]}", Role.KITCHEN, plan.cooks,
            60 * (plan.dining.cook_min_base + 2 * plan.dining.cook_min_per_head), plan.dining.cook_cv, plan.unit,
        )
        for plan in dining_plans(compiled, config)
    ]  # fmt: skip


def lay_tables(venues: Any, compiled: CompiledPlan, config: RunConfig, index: dict[str, int]) -> tuple[Any, Any, Any]:
    """Return the tables, cooks and bookings of all restaurants, and write into `venues` which are whose."""
    plans = dining_plans(compiled, config)
    rows: list[tuple[int, int, int, int]] = []
    cooks = bookings = 0
    for plan in plans:
        venue = venues[plan.unit]
        _describe(venue, plan, config)
        venue.kitchen = index[f"kitchen:{compiled.unit_ids[plan.unit]}"]
        venue.table_start = len(rows)
        rows += [(plan.unit, seats, count, 0) for seats, count in zip(TABLE_SEATS, plan.counts, strict=True) if count]
        venue.table_end = len(rows)
        venue.cook_start, venue.cook_end = cooks, cooks + plan.cooks
        cooks += plan.cooks
        places = BOOKINGS_PER_TABLE * sum(plan.counts) if config.food.reservation_share > 0 else 0
        venue.booking_start, venue.booking_end = bookings, bookings + places
        bookings += places
        venue.bookings_most = int(config.food.reservable_share * sum(plan.counts))
    tables = records(len(rows), TABLE)
    for table, row in zip(tables, rows, strict=True):
        table.unit, table.seats, table.count, table.taken = row
    return tables, records(cooks, COOK), records(bookings, BOOKING)


def _describe(venue: Any, plan: DiningPlan, config: RunConfig) -> None:
    dining = plan.dining
    venue.dines = 1
    venue.rating = config.food.rating_start
    venue.turn_growth, venue.order_share = dining.turn_growth_per_head, dining.order_share
    venue.cook_s_base, venue.cook_s_per_head = 60 * dining.cook_min_base, 60 * dining.cook_min_per_head
    venue.portions_left = plan.portions


def describe_restaurants(params: Any, config: RunConfig) -> None:
    """Write the parameters of restaurants into the one record of PARAMS."""
    food = config.food
    for name in (
        "order_ahead_share", "reservation_share", "no_show_share", "substitute_share", "substitute_spend", "substitute_work",
        "overload_slope", "overload_most", "rating_start", "rating_best", "rating_share", "rating_memory", "rating_weight",
    ):  # fmt: skip
        params[name] = getattr(food, name)
    params.overload_orders = food.overload_orders_per_cook
    params.rating_wait_s, params.rating_cold_s = 60 * food.rating_wait_min, 60 * food.rating_cold_min
    params.rating_stock_out = food.rating_stock_out_stars
    params.hold_us, params.grace_us = int(food.hold_min * US_PER_MIN), int(food.grace_min * US_PER_MIN)
    params.seating = Seating[food.seating.upper()]
