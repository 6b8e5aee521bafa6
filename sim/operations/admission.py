"""Hands the crowd its arrivals, a batch at a time, so that memory does not grow with the day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.units import US_PER_MIN
from sim.visitors import Visitors


@dataclass
class Admission:
    """Asks `arrivals(from_min, to_min)` for the next batch at its start, and hands it to `admit`."""

    admit: Callable[[Visitors], None]
    arrivals: Callable[[int, int], Visitors]
    next_us: int | None
    until_min: int
    batch_min: int
    rank: int = 5

    def act(self, now_us: int) -> None:
        """Admit the parties of the next batch."""
        from_min = now_us // US_PER_MIN
        to_min = min(from_min + self.batch_min, self.until_min)
        self.admit(self.arrivals(from_min, to_min))
        self.next_us = to_min * US_PER_MIN if to_min < self.until_min else None
