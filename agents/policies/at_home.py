"""What policies that address people at home have in common: they decide in the morning, by the platform's books, and obey who is held out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from agents.policies.policy import Keeps, Tools
from sim.decisions_of_home import HomeDecision, SendHome
from sim.decisions_of_policies import PolicyDecision
from sim.home import HomeWay, Members
from sim.sensing.observations import Observations, People


class AtHome(Keeps, ABC):
    """A policy that decides before the first visitor comes; inside the mall it does nothing unless it says so."""

    @abstractmethod
    def at_home(self, members: Members, tools: Tools) -> Sequence[HomeDecision]:
        """Return what to do this morning."""

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Leave those inside alone."""
        return []

    def is_due(self, tools: Tools, every_days: int) -> bool:
        """Return whether a day is one of every so many, counted from the first that it was asked about."""
        today = tools.day.date.toordinal()
        first = self.memory.setdefault("first_day", today)
        return every_days > 0 and (today - first) % every_days == 0


def addressable(members: Members, ways: int) -> np.ndarray:
    """Return the places of those whom one of some ways leads to and who are not held out from all policies."""
    return np.flatnonzero(((members.ways & ways) > 0) & ~members.is_held_out)


def sends(
    members: Members,
    places: np.ndarray,
    propensity: np.ndarray,
    ways: Sequence[HomeWay],
    features: dict[str, np.ndarray],
    **what: Any,
) -> list[HomeDecision]:
    """Return one message to each, by the first of the ways that leads to it; nothing to nobody."""
    found: list[HomeDecision] = []
    left = np.ones(places.size, bool)
    for way in ways:
        mine = left & ((members.ways[places] & way) > 0)
        left &= ~mine
        if mine.any():
            chosen = {name: values[mine] for name, values in features.items()}
            found.append(SendHome(members.person[places[mine]], way, features=chosen, propensity=propensity[mine], **what))
    return found


def features_of(members: Members, places: np.ndarray) -> dict[str, np.ndarray]:
    """Return what the platform knows of some people, as features of what it decides."""
    return {
        "away_days": members.away_days[places].astype(np.float64), "points": members.points_centi[places] / 100.0,
        "km": members.km[places],
    }  # fmt: skip


def interest_in(members: Members, places: np.ndarray, unit: int) -> np.ndarray:
    """Return by how much more each seems to want a store's class than the mean of all does (1: as much), float64."""
    share = members.interest[:, members.class_of_unit[unit]].astype(np.float64)
    mean = float(share.mean()) if share.size else 0.0
    return share[places] / mean if mean > 0 else np.ones(places.size)
