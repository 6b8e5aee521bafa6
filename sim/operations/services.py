"""The operations of what serves: shifts, displays, tickets, kitchens, screenings, car parks, desks."""

from __future__ import annotations

from sim.config import RunConfig
from sim.crowd.cars.overnight import overnight_cars
from sim.crowd.engine import Crowd
from sim.operations.clock import Operation
from sim.operations.hours import Hours
from sim.operations.overnight import Overnight
from sim.plan_arrays import CompiledPlan


def services_of(crowd: Crowd, compiled: CompiledPlan, config: RunConfig, hours: Hours) -> list[Operation]:
    """Return the day's operations of everything that serves."""
    found: list[Operation] = []
    cars_of_the_night = overnight_cars(compiled, config)
    if cars_of_the_night.number.size:
        found.append(Overnight(crowd, cars_of_the_night))
    return found
