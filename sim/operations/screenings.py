"""Screenings: each show's seats are on sale until a little after its start."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.units import US_PER_MIN


@dataclass
class Screenings:
    """Ends the sale of each show at its time; `ends_us[s]` is that of show s."""

    crowd: Crowd
    ends_us: np.ndarray
    rank: int = 30
    next_us: int | None = None
    _instants: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start with the first show's end of sales; without shows there is nothing to do."""
        self._instants = sorted(set(self.ends_us.tolist()), reverse=True)
        self.next_us = self._instants.pop() if self._instants else None

    def act(self, now_us: int) -> None:
        """Take what is left of the shows that have begun off sale."""
        self.crowd.controls.show_seats_on_sale[self.ends_us <= now_us] = 0
        self.crowd.switched(now_us)
        self.next_us = self._instants.pop() if self._instants else None


def screenings_of(crowd: Crowd, config: RunConfig) -> Screenings:
    """Return the day's screenings."""
    return Screenings(crowd, crowd.mall.shows["starts_us"] + int(config.cinema.sales_end_min * US_PER_MIN))
