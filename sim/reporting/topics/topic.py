"""What a topic of the report consists of: sums taken from events as they come, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

Value = int | float | None


class TopicSums(Protocol):
    """The sums of a topic: integers, so that no order of summing matters."""

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add a batch of events; `of_kind` gives the rows of each kind, in order."""


@dataclass(frozen=True)
class Topic:
    """One topic. Its pictures are in a module of their own (`<name>_pictures`), since drawing is loaded late."""

    name: str  # also the picture's section, and the key of its curves
    title: str  # in the report
    kpis: tuple[Kpi, ...]
    begin: Callable[[CompiledPlan, Stations], TopicSums]
    values: Callable[[Any, Books], dict[str, Value]]  # the KPIs
    curves: Callable[[Any, Books], dict[str, Any]]  # what pictures and words need more; {} when nothing of it happened
    words: Callable[[dict[str, Value], dict[str, Any]], list[str]]  # paragraphs of plain text; none: no section
