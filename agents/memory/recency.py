"""How the time since somebody's last visit moves the next one: a renewal process whose mean rate stays what it was."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

from sim.schema.membership import RecencyConfig

CELLS_PER_GAP = 64
GAPS_MAX = 60  # beyond, the wish to come has its floor


class Recency:
    """Factors on a resident's own rate, by age = time since the last visit x own rate (in own mean gaps).

    h(x) = c (1 - d exp(-x / a)) (f + (1 - f) exp(-x / b)), with c such that the mean gap stays 1: the integral of
    S(x) = exp(-H(x)) is 1. Who has not been seen since the run began t ago has an unknown age; in the stationary process its rate is
    g(t) = S(t) / integral of S from t on, which begins at exactly 1 and keeps the mean rate of the catchment at 1 on every day.
    """

    def __init__(self, recency: RecencyConfig) -> None:
        middle = (np.arange(GAPS_MAX * CELLS_PER_GAP) + 0.5) / CELLS_PER_GAP
        rested = 1 - recency.rest_depth * np.exp(-middle / recency.rest_gaps)
        shape = rested * (recency.lapse_floor + (1 - recency.lapse_floor) * np.exp(-middle / recency.lapse_gaps))
        scale = brentq(lambda scale: _mean_gap(scale * shape) - 1, 1e-3, 1e3, xtol=1e-14)
        hazard = scale * shape
        surviving, remaining = _survival(hazard)
        self.since_visit = hazard  # by cell of age
        self.survival = surviving
        self.unseen = np.append(surviving[:-1] / np.maximum(remaining, 1e-300), 1.0)[: hazard.size]
        self.unseen[surviving[:-1] < 1e-12] = hazard[-1]
        self.unseen[0] = 1.0  # but for the last bits of the solver
        self._both = np.concatenate([self.unseen, self.since_visit])

    def factor(self, rate_per_day: np.ndarray, last_day: np.ndarray, start_day: int, today: int) -> np.ndarray:
        """Return the factor of each resident on a day; `last_day` is -1 for those not seen since `start_day`.

        The age of a day's visits is taken at the middle of the day, as a day stands for all its hours.
        """
        is_seen = last_day >= 0
        half_days = 2 * (today - np.where(is_seen, last_day, start_day)) - is_seen
        cell = (half_days * (rate_per_day * np.float32(CELLS_PER_GAP / 2))).astype(np.int32)
        np.clip(cell, 0, GAPS_MAX * CELLS_PER_GAP - 1, out=cell)
        cell += is_seen * np.int32(GAPS_MAX * CELLS_PER_GAP)
        found: np.ndarray = self._both[cell]
        return found


def _survival(hazard: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return S at the edges of the cells, and the integral of S from each cell's lower edge on; the last hazard lasts for ever."""
    surviving = np.exp(-np.concatenate([[0.0], np.cumsum(hazard)]) / CELLS_PER_GAP)
    within = (surviving[:-1] - surviving[1:]) / hazard
    remaining = np.cumsum(within[::-1])[::-1] + surviving[-1] / hazard[-1]
    return surviving, remaining


def _mean_gap(hazard: np.ndarray) -> float:
    return float(_survival(hazard)[1][0])
