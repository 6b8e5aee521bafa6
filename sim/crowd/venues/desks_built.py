"""From plan and parameters to desks and lounges."""

from __future__ import annotations

from typing import Any

from sim.config import RunConfig
from sim.crowd.station_plans import StationPlan
from sim.plan_arrays import CompiledPlan


def desk_stations(compiled: CompiledPlan, config: RunConfig) -> list[StationPlan]:
    """Return the desks, named "desk:<kind>"."""
    return []


def place_desks(venues: Any, compiled: CompiledPlan, config: RunConfig, index: dict[str, int]) -> None:
    """Write into `venues` which unit is which desk."""


def describe_desks(params: Any, config: RunConfig) -> None:
    """Write the parameters of desks into the one record of PARAMS."""
