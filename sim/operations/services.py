"""The operations of what serves: shifts, displays, tickets, kitchens, screenings, car parks, desks."""

from __future__ import annotations

from sim.config import RunConfig
from sim.crowd.cars.overnight import overnight_cars
from sim.crowd.engine import Crowd
from sim.operations.car_parks import car_parks_by_the_clock
from sim.operations.clock import Operation
from sim.operations.desks import desk_hours_of
from sim.operations.displays import displays_of
from sim.operations.hours import Hours
from sim.operations.kitchens import kitchens_of
from sim.operations.overnight import Overnight
from sim.operations.payment_costs import payment_costs_of
from sim.operations.screenings import screenings_of
from sim.operations.shifts import shifts_of
from sim.operations.tickets import LastFixes, tickets_of
from sim.plan_arrays import CompiledPlan


def services_of(
    crowd: Crowd, compiled: CompiledPlan, config: RunConfig, hours: Hours, last_fixes: LastFixes | None = None
) -> list[Operation]:
    """Return the day's operations of everything that serves; `last_fixes` says where the mall believes parties to be."""
    cars_of_the_night = overnight_cars(compiled, config)
    return [
        *([Overnight(crowd, cars_of_the_night)] if cars_of_the_night.number.size else []),
        *shifts_of(crowd, compiled, config, hours),
        displays_of(crowd, config.queues.displays, hours),
        tickets_of(crowd, compiled, config.queues.tickets, hours, last_fixes),
        *kitchens_of(crowd, compiled, config, hours),
        screenings_of(crowd, config),
        *desk_hours_of(crowd, config, hours.opens_us),
        *car_parks_by_the_clock(crowd, config, hours.closes_us),
        payment_costs_of(crowd, compiled, config, hours.closes_us),
    ]
