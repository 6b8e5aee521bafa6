"""The cinemas' booking system: how many seats of each show are still unsold, exactly."""

from __future__ import annotations

import numpy as np

from sim.config import RunConfig
from sim.events import EventKind, EventLog
from sim.plan_arrays import CompiledPlan
from sim.sensing.observations import ObservedRows, observed
from sim.timetable import timetable_of


class Seats:
    """Turns truth events into observations; its state is the seats sold of each show."""

    def __init__(self, compiled: CompiledPlan, config: RunConfig) -> None:
        shows = timetable_of(compiled, config)
        self._sensors = np.array([f"show:{show.name}" for show in shows], dtype=str)
        self._seats = np.array([show.hall.seats for show in shows], np.int64)
        self._starts_us = np.array([show.starts_us for show in shows], np.int64)
        self._sold = np.zeros(len(shows), np.int64)

    def take(self, log: EventLog, first: int, end: int) -> None:
        """Sense the events of rows [first, end)."""
        kind = log.kind[first:end]
        for wanted, sign in ((EventKind.SEAT_SOLD, 1), (EventKind.SEAT_REFUNDED, -1)):
            rows = first + np.flatnonzero(kind == wanted)
            np.add.at(self._sold, log.place[rows], sign * log.value[rows])

    def read(self, now_us: int) -> ObservedRows:
        """Return the unsold seats of every show that has not begun."""
        ahead = self._starts_us > now_us
        return observed(now_us, self._sensors[ahead], "seats_unsold", 0, (self._seats - self._sold)[ahead])
