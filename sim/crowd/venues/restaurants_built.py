"""From plan and parameters to restaurants: their tables by size, and their kitchens."""

from __future__ import annotations

from typing import Any

from sim.config import RunConfig
from sim.crowd.state import records
from sim.crowd.station_plans import StationPlan
from sim.crowd.venues.restaurant_records import TABLE
from sim.plan_arrays import CompiledPlan


def kitchen_stations(compiled: CompiledPlan, config: RunConfig) -> list[StationPlan]:
    """Return the kitchens, named "kitchen:<unit>"."""
    return []


def lay_tables(venues: Any, compiled: CompiledPlan, config: RunConfig, index: dict[str, int]) -> Any:
    """Return the tables of all restaurants, and write into `venues` which are whose."""
    return records(0, TABLE)


def describe_restaurants(params: Any, config: RunConfig) -> None:
    """Write the parameters of restaurants into the one record of PARAMS."""
