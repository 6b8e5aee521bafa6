"""Finding how far a storey's drawing is displaced, from the shafts that run through several storeys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

MATCH_M = 1.5  # a lift drawn on two storeys is off by at most 0.8 m in the plans seen
AGREE_M = 1.0  # smaller displacements are drawing noise and left alone
MATCHES_MIN = 3  # two shafts coincide by chance in a plan of a dozen


@dataclass(frozen=True)
class Registration:
    """The shift that brings most shafts of a storey onto those of another."""

    dx_m: float
    dy_m: float
    matched: int
    rms_m: float
    runner_up: int  # shafts matched by the best clearly different shift

    @property
    def is_sure(self) -> bool:
        """At least three shafts, close, and clearly more than by any other shift."""
        return self.matched >= MATCHES_MIN and self.matched >= self.runner_up + 2 and self.rms_m < AGREE_M

    @property
    def disagrees(self) -> bool:
        return float(np.hypot(self.dx_m, self.dy_m)) > AGREE_M


def registration(fixed: np.ndarray, moving: np.ndarray) -> Registration | None:
    """Return the best shift of `moving` onto `fixed`, both (n, 2) centres in metres; None when either is empty.

    Every pair of shafts proposes the shift that makes the two coincide; the proposal that most other shafts confirm wins.
    """
    if len(fixed) == 0 or len(moving) == 0:
        return None
    proposals = (fixed[:, None, :] - moving[None, :, :]).reshape(-1, 2)
    tried = [_confirmed(fixed, moving, shift) for shift in proposals]
    best = max(tried, key=lambda found: (found[0], -found[1], -abs(found[2][0]) - abs(found[2][1])))
    # A proposal counts as another one only when it is not the winner seen through another pair of its shafts.
    others = [found[0] for found in tried if np.hypot(*(found[2] - best[2])) > 2 * MATCH_M]
    return Registration(float(best[2][0]), float(best[2][1]), best[0], best[1], max(others, default=0))


def _confirmed(fixed: np.ndarray, moving: np.ndarray, shift: np.ndarray) -> tuple[int, float, np.ndarray]:
    """Return (shafts matched, rms in m, refined shift) of one proposal."""
    rows, columns = matched_pairs(fixed, moving + shift, MATCH_M)
    refined = (fixed[rows] - moving[columns]).mean(axis=0)
    offsets = fixed[rows] - (moving[columns] + refined)
    return len(rows), float(np.sqrt((offsets**2).sum(axis=1).mean())), refined


def matched_pairs(first: np.ndarray, second: np.ndarray, reach_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Return indices of points matched one to one, nearest overall, none farther apart than `reach_m`."""
    distances = cdist(first, second)
    costs = np.where(distances <= reach_m, distances, 1e6)
    rows, columns = linear_sum_assignment(costs)
    keep = distances[rows, columns] <= reach_m
    return rows[keep], columns[keep]
