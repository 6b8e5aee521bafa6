"""The operations of what serves: shifts, displays, tickets, kitchens, screenings, car parks, desks."""

from __future__ import annotations

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.operations.car_parks import car_parks_by_the_clock
from sim.operations.clock import Operation
from sim.operations.hours import Hours
from sim.plan_arrays import CompiledPlan


def services_of(crowd: Crowd, compiled: CompiledPlan, config: RunConfig, hours: Hours) -> list[Operation]:
    """Return the day's operations of everything that serves."""
    return [
        *car_parks_by_the_clock(crowd, config, hours.closes_us),
    ]
