"""What people expect of the mall before their first visit of the run: the mean of its own first days."""

from __future__ import annotations

import numpy as np

from sim.schema.membership import MembershipConfig


class Norm:
    """The mean satisfaction of the residents' visits of the first days, which takes the place of the norm given."""

    def __init__(self, membership: MembershipConfig) -> None:
        self.satisfaction = membership.satisfaction_norm
        self._sum, self._visits, self._days_left = 0.0, 0, membership.norm_days
        self._kept_of = 1 - membership.satisfaction_weight, 1 - membership.expectation_weight

    def take(self, today: np.ndarray, visits: np.ndarray, satisfaction: np.ndarray, expected: np.ndarray) -> None:
        """Take a day's visits and shift opinion and expectation by as much of the norm as is left in them.

        `visits` are those of each resident that have formed both so far; `satisfaction` and `expected` are changed.
        """
        if self._days_left == 0:
            return
        self._days_left -= 1
        self._sum += float(today.sum())
        self._visits += today.size
        if self._visits == 0:
            return
        moved = self._sum / self._visits - self.satisfaction
        self.satisfaction += moved
        for column, kept in zip((satisfaction, expected), self._kept_of, strict=True):
            column += (moved * kept**visits).astype(np.float32)

    def saved(self) -> np.ndarray:
        """Return all that is known so far, as float64."""
        return np.array([self.satisfaction, self._sum, self._visits, self._days_left], np.float64)

    def restore(self, saved: np.ndarray) -> None:
        """Take back what `saved` has returned."""
        self.satisfaction, self._sum = float(saved[0]), float(saved[1])
        self._visits, self._days_left = int(saved[2]), int(saved[3])
