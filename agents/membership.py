"""What people remember between visits, and what that does to when they come again."""

from __future__ import annotations

import datetime

import numpy as np

from agents.population import Residents
from sim.config import RunConfig
from sim.world import Lived


class Memory:
    """What each resident remembers, in arrays by row of `Residents`; carried from day to day."""

    def __init__(self, config: RunConfig, residents: Residents) -> None:
        self._config = config
        self._residents = residents
        self.last_visit_day = np.full(residents.key.size, -1, np.int32)  # ordinal of the calendar, -1 for never in the run

    def visit_factor(self, date: datetime.date) -> np.ndarray:
        """Return by what each resident is likelier to come on a day than of its own accord (float64, 1 at first)."""
        return np.ones(self._residents.key.size)

    def learn(self, lived: Lived) -> None:
        """Remember a day."""
        known = lived.outcomes["resident"]
        self.last_visit_day[known[known >= 0]] = lived.date.toordinal()
