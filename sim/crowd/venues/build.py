"""From plan and parameters to the records of restaurants, cinemas and desks."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.config import RunConfig
from sim.crowd.checkout.build import place_checkouts
from sim.crowd.state import records
from sim.crowd.station_plans import StationPlan
from sim.crowd.venues.cinemas_built import box_office_stations, describe_cinemas, list_shows
from sim.crowd.venues.desks_built import describe_desks, place_desks
from sim.crowd.venues.records import VENUE
from sim.crowd.venues.restaurants_built import describe_restaurants, kitchen_stations, lay_tables
from sim.plan_arrays import CompiledPlan


class Venues(NamedTuple):
    """What units are beside shelves and tills."""

    venues: Any  # VENUE (U)
    tables: Any  # TABLE
    cooks: Any  # COOK
    bookings: Any  # BOOKING
    shows: Any  # SHOW
    seats: Any  # SEAT
    desks: Any  # DESK
    hands: Any  # HAND


def venue_stations(compiled: CompiledPlan, config: RunConfig) -> list[StationPlan]:
    """Return the stations of kitchens and box offices; those of desks come last of all (`station_plans`)."""
    return [*kitchen_stations(compiled, config), *box_office_stations(compiled, config)]


def venues_of(compiled: CompiledPlan, config: RunConfig, index: dict[str, int]) -> Venues:
    """Return the records; `index` gives a station's number by its name."""
    venues = records(len(compiled.unit_ids), VENUE)
    for name in ("kitchen", "box_office", "desk"):
        venues[name] = -1
    venues["has_one_door"] = np.diff(compiled.arrays.unit_door_start) == 1
    tables, cooks, bookings = lay_tables(venues, compiled, config, index)
    shows, seats = list_shows(venues, compiled, config, index)
    desks = place_desks(venues, compiled, config, index)
    place_checkouts(venues, compiled, config, index)
    return Venues(venues, tables, cooks, bookings, shows, seats, **desks._asdict())


def describe_venues(params: Any, config: RunConfig) -> None:
    """Write the parameters of restaurants, cinemas and desks into the one record of PARAMS."""
    for describe in (describe_restaurants, describe_cinemas, describe_desks):
        describe(params, config)
