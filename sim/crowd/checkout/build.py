"""From parameters to ways to pay, and to self-checkouts."""

from __future__ import annotations

from typing import Any

from sim.config import RunConfig
from sim.crowd.checkout.records import METHOD
from sim.crowd.state import records
from sim.crowd.station_plans import StationPlan
from sim.plan_arrays import CompiledPlan


def self_checkout_stations(compiled: CompiledPlan, config: RunConfig) -> list[StationPlan]:
    """Return the self-checkouts, named "self:<unit>"."""
    return []


def methods_of(config: RunConfig) -> Any:
    """Return the ways to pay."""
    return records(0, METHOD)


def describe_checkout(params: Any, config: RunConfig) -> None:
    """Write the parameters of paying into the one record of PARAMS."""
