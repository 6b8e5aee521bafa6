"""The operations of what serves: shifts, displays, tickets, kitchens, screenings, car parks, desks."""

from __future__ import annotations

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.operations.clock import Operation
from sim.operations.desks import desk_hours_of
from sim.operations.hours import Hours
from sim.plan_arrays import CompiledPlan


def services_of(crowd: Crowd, compiled: CompiledPlan, config: RunConfig, hours: Hours) -> list[Operation]:
    """Return the day's operations of everything that serves."""
    return [
        *desk_hours_of(crowd, config, hours.opens_us),
    ]
