"""All that the mall's systems sense, joined: counters, gates, phones and their places, identity, profiles; and how right they are."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.events import EventLog
from sim.plan_arrays import CompiledPlan
from sim.sensing.counters import Counters
from sim.sensing.observations import Observations, together
from sim.units import US_PER_S
from sim.visitors import Phones, Visitors


class Sensing:
    """Told of arrivals, events and segments as they come; asked for observations at reviews, and for its books at the end."""

    def __init__(self, compiled: CompiledPlan, config: RunConfig) -> None:
        self._counters = Counters(compiled, config.sensing, config.seed)
        self.locate_every_us: int | None = int(config.sensing.positioning.every_s * US_PER_S)
        self.locate_every_us = None

    def admit(self, visitors: Visitors, phones: Phones) -> np.ndarray:
        """Take the parties of the next batch; return the row under which each is followed (int32), -1 for none."""
        return np.full(visitors.number.size, -1, np.int32)

    def take_events(self, log: EventLog, first: int, end: int) -> None:
        """Sense the events of rows [first, end)."""
        self._counters.take(log, first, end)

    def take_segments(self, segments: np.ndarray) -> None:
        """Take trajectory segments (state.SEGMENT records) of followed parties."""

    def locate(self, now_us: int, open_segments: np.ndarray) -> None:
        """Ask where each phone is."""

    def read(self, now_us: int, servers_on_duty: np.ndarray) -> Observations:
        """Return what was observed since the last reading."""
        return Observations(together([self._counters.read(now_us)]), servers_on_duty)

    def summary(self) -> dict[str, Any]:
        """Return the sensing KPIs by name."""
        return {}
