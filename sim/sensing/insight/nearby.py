"""Friends that the platform believes near each other: pairs of app users who let it say so; and how often it is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from sim.sensing.observations import ObservedRows, observed
from sim.units import US_PER_MIN

FORGET_US = 30 * US_PER_MIN  # a pair of which one was not seen for so long comes anew: another visit
AreFriends = Callable[[np.ndarray, np.ndarray], np.ndarray]  # (users, users) -> bool


class NearbyFriends:
    """Tells of two friends once per visit of both, when their estimated places come within a radius on one level."""

    def __init__(self, radius_m: float, are_friends: AreFriends) -> None:
        """Begin with nobody told; `are_friends` knows the friends among users of the app."""
        self._radius_m, self._are_friends = radius_m, are_friends
        self._told: dict[tuple[int, int], int] = {}  # pair -> when both were last located
        self.pairs = 0

    def take(self, now_us: int, users: np.ndarray, level: np.ndarray, x_m: np.ndarray, y_m: np.ndarray) -> ObservedRows:
        """Take the estimated places of users who opted in (int64 numbers); return a row for each user of a new pair: who, and the friend."""
        here = set(users.tolist()) if self._told else set()
        for pair, seen_us in list(self._told.items()):
            if pair[0] in here and pair[1] in here:
                self._told[pair] = now_us
            elif now_us - seen_us > FORGET_US:
                del self._told[pair]
        near = near_friends(users, level, x_m, y_m, self._radius_m, self._are_friends)
        new = [pair for pair in zip(*near.tolist(), strict=True) if pair not in self._told]
        self._told |= dict.fromkeys(new, now_us)
        self.pairs += len(new)
        both = np.array([*new, *((other, one) for one, other in new)], np.int64).reshape(-1, 2)
        return observed(np.full(len(both), now_us), "app", "friend_near", both[:, 0], both[:, 1])

    def summary(self) -> dict[str, int]:
        """Return the KPI by name."""
        return {"friends_near_pairs": self.pairs}


class NearbyJudge:
    """Counts, over ticks, the pairs of located friends that are near by estimate and in truth."""

    def __init__(self, radius_m: float, are_friends: AreFriends) -> None:
        """Begin with nothing."""
        self._radius_m, self._are_friends = radius_m, are_friends
        self._estimated = self._true = self._both = 0

    def take(
        self, users: np.ndarray, estimated: tuple[np.ndarray, np.ndarray, np.ndarray], true: tuple[np.ndarray, np.ndarray, np.ndarray]
    ) -> None:  # fmt: skip
        """Take the places (level, x_m, y_m) of users who opted in, as estimated and in truth."""
        told, were = (
            set(zip(*near_friends(users, *places, self._radius_m, self._are_friends).tolist(), strict=True))
            for places in (estimated, true)
        )
        self._estimated += len(told)
        self._true += len(were)
        self._both += len(told & were)

    def curves(self) -> dict[str, Any]:
        """Return precision and recall of nearness, None where there was none."""
        return {
            "friends_near_precision_share": self._both / self._estimated if self._estimated else None,
            "friends_near_recall_share": self._both / self._true if self._true else None,
        }


def near_friends(
    users: np.ndarray, level: np.ndarray, x_m: np.ndarray, y_m: np.ndarray, radius_m: float, are_friends: AreFriends
) -> np.ndarray:
    """Return the pairs (2, P) int64 of friends at most a radius apart on one level, lower number first, sorted, each once."""
    found = [np.zeros((2, 0), np.int64)]
    for floor in np.unique(level[level >= 0]):
        mine = np.flatnonzero(level == floor)
        pairs = cKDTree(np.column_stack([x_m[mine], y_m[mine]])).query_pairs(radius_m, output_type="ndarray")
        found.append(np.sort(users[mine[pairs]].reshape(-1, 2).T, axis=0))
    near = np.concatenate(found, axis=1)
    near = near[:, near[0] != near[1]]
    return np.unique(near[:, are_friends(*near)], axis=1) if near.size else near
