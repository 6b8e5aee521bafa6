"""What the app, the log-in page and the chat report of messages: which were opened, and with which an offer was taken."""

from __future__ import annotations

import numpy as np

from sim.events import EventKind, EventLog
from sim.promos import FATE_SLOTS, Fate
from sim.sensing.observations import ObservedRows, observed, together


class Clicks:
    """Turns truth events into observations; what was not opened is not reported, and what came of it afterwards neither."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._found: list[ObservedRows] = []

    def take(self, log: EventLog, first: int, end: int) -> None:
        """Sense the events of rows [first, end)."""
        kind = log.kind[first:end]
        read = first + np.flatnonzero(kind == EventKind.MESSAGE_READ)
        if read.size:
            opened = read[(log.value[read] % FATE_SLOTS >= Fate.OPENED) & (log.value[read] >= FATE_SLOTS)]
            self._add(log.time_us[opened], "opened", log.value[opened] // FATE_SLOTS - 1)
        taken = first + np.flatnonzero(kind == EventKind.COUPON_CLAIMED)
        if taken.size:
            taken = taken[log.value[taken] >= 0]
            self._add(log.time_us[taken], "claimed", log.value[taken])

    def _add(self, time_us: np.ndarray, kind: str, messages: np.ndarray) -> None:
        if messages.size:
            self._found.append(observed(time_us, "messages", kind, 0, messages))

    def read(self) -> ObservedRows:
        """Return what was reported since the last reading, and start anew."""
        found, self._found = self._found, []
        return together(found)
