"""From timetable to shows and seats."""

from __future__ import annotations

from typing import Any

from sim.config import RunConfig
from sim.crowd.state import records
from sim.crowd.station_plans import StationPlan
from sim.crowd.venues.cinema_records import SEAT, SHOW
from sim.plan_arrays import CompiledPlan


def box_office_stations(compiled: CompiledPlan, config: RunConfig) -> list[StationPlan]:
    """Return the box offices, named "box_office:<unit>"."""
    return []


def list_shows(venues: Any, compiled: CompiledPlan, config: RunConfig, index: dict[str, int]) -> tuple[Any, Any]:
    """Return the day's shows and their seats, and write into `venues` which are whose."""
    return records(0, SHOW), records(0, SEAT)


def show_names(compiled: CompiledPlan, config: RunConfig) -> list[str]:
    """Return what each show is called in events."""
    return []


def describe_cinemas(params: Any, config: RunConfig) -> None:
    """Write the parameters of cinemas into the one record of PARAMS."""
