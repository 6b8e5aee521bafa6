"""Who visits which mall: some residents' visits go to another mall of the network, by a draw that only the visit addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.config import RunConfig
from sim.random_streams import stream_key, uniforms

AT_HOME = -1


@dataclass(frozen=True)
class Travel:
    """The law by which visits go elsewhere."""

    seed: int
    share: float
    weights: np.ndarray  # (malls, malls) float64: the pull of each other mall on residents of the row's

    def goes_to(self, home: int, numbers: np.ndarray) -> np.ndarray:
        """Return the mall (int32) to which each visit of residents of `home` goes, AT_HOME for those that stay.

        The first draw says whether, the second where; neither depends on who else comes.
        """
        found = np.full(numbers.size, AT_HOME, np.int32)
        cdf = np.cumsum(self.weights[home])
        if self.share <= 0 or cdf[-1] <= 0:
            return found
        key = stream_key(self.seed, "travel")
        leaves = np.flatnonzero(uniforms(key, numbers, 0) < self.share)
        found[leaves] = np.searchsorted(cdf / cdf[-1], uniforms(key, numbers[leaves], 1), side="right")
        return found


def travel_of(config: RunConfig, visits_per_day: Sequence[float]) -> Travel:
    """Return the law of a network: a mall pulls by its visits, less with its distance along the ring of malls."""
    malls = len(visits_per_day)
    place = np.arange(malls)
    apart = np.abs(place[:, None] - place[None, :])
    apart = np.minimum(apart, malls - apart)
    weights = np.asarray(visits_per_day, float)[None, :] / np.maximum(apart, 1) ** config.network.travel_exponent
    np.fill_diagonal(weights, 0.0)
    return Travel(config.seed, config.network.travel_share, weights)
