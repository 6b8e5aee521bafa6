"""How people stand to the mall: potential, new, loyal, lost, and won back; and which share comes again within a month."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from agents.population import LifeCycle
from sim.schema.membership import MembershipConfig

AGAIN_DAYS = 30
SLOTS = AGAIN_DAYS + 2
VISITS_MAX = 30_000  # of one resident: a day's visits count once


class Moved(NamedTuple):
    """Who changed on a day: rows of residents."""

    first: np.ndarray  # came for the first time
    loyal: np.ndarray
    won_back: np.ndarray
    lost: np.ndarray


def come(life_cycle: np.ndarray, visits: np.ndarray, rows: np.ndarray, loyal_visits: int) -> Moved:
    """Let residents come on a day, each row once; `life_cycle` and `visits` (since the first, or since coming back) are changed."""
    before = life_cycle[rows]
    first, won_back = rows[before == LifeCycle.POTENTIAL], rows[before == LifeCycle.LOST]
    visits[won_back] = 0
    visits[rows] = np.minimum(visits[rows] + 1, VISITS_MAX)
    life_cycle[first] = life_cycle[won_back] = LifeCycle.NEW
    loyal = rows[(life_cycle[rows] == LifeCycle.NEW) & (visits[rows] >= loyal_visits)]
    life_cycle[loyal] = LifeCycle.LOYAL
    return Moved(first, loyal, won_back, np.zeros(0, np.int64))


def lapse(life_cycle: np.ndarray, days_away: np.ndarray, rate_per_day: np.ndarray, membership: MembershipConfig) -> np.ndarray:
    """Return the rows of those who have just been away for too long and are lost now; `life_cycle` is changed."""
    is_known = (life_cycle == LifeCycle.NEW) | (life_cycle == LifeCycle.LOYAL)
    is_away = (days_away > membership.lost_days_min) & (days_away * rate_per_day > membership.lost_gaps)
    lost = np.flatnonzero(is_known & is_away)
    life_cycle[lost] = LifeCycle.LOST
    return lost


class Again:
    """Which share of a day's visitors come again within 30 days, over the days that are that long ago; constant memory."""

    def __init__(self) -> None:
        self.came = np.zeros(SLOTS, np.int64)  # residents by day, in a ring
        self.again = np.zeros(SLOTS, np.int64)  # of them, those that have come again
        self.settled = np.zeros(2, np.int64)  # both, over the days that are over

    def take(self, day: int, last_day: np.ndarray, start_day: int) -> None:
        """Take in a day's visitors by the days they came last (-1 for never)."""
        self.came[day % SLOTS], self.again[day % SLOTS] = last_day.size, 0
        recent = last_day[(last_day >= 0) & (day - last_day <= AGAIN_DAYS)]
        np.add.at(self.again, recent % SLOTS, 1)
        over = day - AGAIN_DAYS
        if over >= start_day:
            self.settled += self.came[over % SLOTS], self.again[over % SLOTS]

    @property
    def share(self) -> float | None:
        """The share, None before any day is 30 days ago."""
        return float(self.settled[1] / self.settled[0]) if self.settled[0] else None
