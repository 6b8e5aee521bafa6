"""The cars that stand in the car parks when the day begins."""

from __future__ import annotations

from dataclasses import dataclass

from sim.crowd.engine import Crowd
from sim.visitors import Visitors


@dataclass
class Overnight:
    """Hands the crowd the cars of the night at midnight, before anybody comes."""

    crowd: Crowd
    cars: Visitors
    next_us: int | None = 0
    rank: int = 4

    def act(self, now_us: int) -> None:
        """Let them stand there."""
        self.crowd.admit(self.cars)
        self.next_us = None
