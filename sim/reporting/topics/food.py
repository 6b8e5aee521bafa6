"""What a run says of restaurants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.event_schema import Columns
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value

if TYPE_CHECKING:
    from sim.reporting.kpis import Books


class Sums:
    """Takes batches of events in order of time."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    return {}


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures need."""
    return {}


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    return []


TOPIC = Topic("food", "Restaurants", (), Sums, values, curves, words)
