"""Who comes often and who seldom: drawn anew at every visit, such that as many change one way as the other."""

from __future__ import annotations

import numpy as np

from agents.population import LifeCycle, Residents
from agents.population.law import life_cycle_visits
from sim.config import RunConfig
from sim.random_streams import stream_key, uniforms

SELDOM_LEAST = 1e-9  # of a rate that is nothing anyway


class Often:
    """The two rates of each resident, and the chance that it comes seldom after a visit.

    That chance is the share of all visits that are made by those who come seldom. A visit forgets which of the two made it, so that the
    catchment's rate stays what it was, for those of every frequency alike (a semi-Markov process of two states in its stationary law).
    """

    def __init__(self, config: RunConfig, residents: Residents) -> None:
        self._seldom = np.float32(max(config.catchment.seldom_visits, SELDOM_LEAST))
        self._key = stream_key(config.seed, "seldom from now on")
        self.began_seldom = np.isin(residents.life_cycle, (LifeCycle.POTENTIAL, LifeCycle.LOST)).astype(np.int8)
        self.often_per_day = np.where(self.began_seldom > 0, residents.visits_per_day / self._seldom, residents.visits_per_day)
        shares = np.array(config.catchment.life_cycle_shares) / sum(config.catchment.life_cycle_shares)
        visits = shares * life_cycle_visits(config)
        self.seldom_share = float(visits[LifeCycle.POTENTIAL] + visits[LifeCycle.LOST])

    def rate_per_day(self, is_seldom: np.ndarray) -> np.ndarray:
        """Return the rate at which each resident comes of its own accord now (float32)."""
        found: np.ndarray = np.where(is_seldom > 0, self.often_per_day * self._seldom, self.often_per_day)
        return found

    def lift(self, is_seldom: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of those who have changed since the run began, and their rate relative to the one they began with."""
        rows = np.flatnonzero(is_seldom != self.began_seldom)
        return rows, np.where(is_seldom[rows] > 0, self._seldom, 1 / self._seldom)

    def seldom_after(self, number: np.ndarray) -> np.ndarray:
        """Return who comes seldom from a visit on (int8), by the number of the visit."""
        return (uniforms(self._key, number, 0) < self.seldom_share).astype(np.int8)
