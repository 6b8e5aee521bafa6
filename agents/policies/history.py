"""What observations say of who was in which store and of what stores sell: kept as plain arrays, so that it can be carried on."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from agents.policies.policy import PublicMap
from sim.sensing.observations import Observations, People


def pairs_seen(observations: Observations, profiles: People, public: PublicMap) -> tuple[np.ndarray, np.ndarray]:
    """Return person and store of each stay and each payment of somebody known, in the order in which they were reported."""
    rows = observations.rows
    at = np.flatnonzero(((rows.kind == "stay") & (rows.value >= 0)) | (rows.kind == "paid"))
    if not at.size:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    units = np.where(rows.kind[at] == "stay", rows.value[at], units_of_tills(rows.sensor[at], public))
    people = profiles.number_of(rows.subject[at])
    known = (people >= 0) & (units >= 0)
    return people[known], units[known].astype(np.int64)


def units_of_tills(sensors: np.ndarray, public: PublicMap) -> np.ndarray:
    """Return the store of each till, -1 for what is no till."""
    index = {f"till:{unit}": at for at, unit in enumerate(public.unit_ids)}
    return np.array([index.get(name, -1) for name in sensors.tolist()], np.int64)


def sold_in(observations: Observations, public: PublicMap) -> tuple[np.ndarray, np.ndarray]:
    """Return of each store how many sales its till has reported, and their fen."""
    at = np.flatnonzero(observations.kind == "sale")
    units = units_of_tills(observations.sensor[at], public)
    count = np.bincount(units, minlength=len(public.unit_ids))
    fen = np.zeros(len(public.unit_ids), np.int64)
    np.add.at(fen, units, observations.value[at])
    return count, fen


class Walks:
    """Who was in which store today, and in how many pairs of stores somebody was on one day; a view of a policy's memory."""

    def __init__(self, memory: dict[str, Any], units: int) -> None:
        """Begin, or go on, with what the memory holds."""
        self._memory, self._units = memory, units
        memory.setdefault("pairs", np.zeros(0, np.int64))
        memory.setdefault("together", np.zeros((units, units)))

    def take(self, people: np.ndarray, units: np.ndarray) -> None:
        """Take in that people were in stores; each pair counts once a day."""
        memory = self._memory
        codes = np.setdiff1d(people * self._units + units, memory["pairs"])
        if not codes.size:
            return
        who = np.unique(codes // self._units)
        before = self._sparse(who)
        memory["pairs"] = np.union1d(memory["pairs"], codes)
        after = self._sparse(who)
        memory["together"] += (after.T @ after - before.T @ before).toarray()

    def of(self, people: np.ndarray) -> np.ndarray:
        """Return 1.0 where each person was in each store today, (n, U)."""
        return marked(self._memory["pairs"], people, self._units)

    def _sparse(self, people: np.ndarray) -> csr_array:
        row, unit = stays_of(self._memory["pairs"], people, self._units)
        return csr_array((np.ones(row.size), (row, unit)), shape=(people.size, self._units))

    def likeness(self) -> np.ndarray:
        """Return how much oftener two stores are seen with the same people than chance would have it: cosines, (U, U), none with itself."""
        together = self._memory["together"]
        alone = np.sqrt(np.maximum(np.diag(together), 1.0))
        found = together / alone[:, None] / alone[None, :]
        np.fill_diagonal(found, 0.0)
        return np.asarray(found)

    def begin_day(self, keeps: float) -> None:
        """Keep of what was seen on earlier days a share."""
        self._memory["pairs"] = np.zeros(0, np.int64)
        self._memory["together"] = keeps * self._memory["together"]


def marked(codes: np.ndarray, people: np.ndarray, units: int) -> np.ndarray:
    """Return 1.0 where a person and a store are among sorted codes person x units + store, (n, units)."""
    found = np.zeros((people.size, units))
    found[stays_of(codes, people, units)] = 1.0
    return found


def stays_of(codes: np.ndarray, people: np.ndarray, units: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which of some people (by their place) and which store stand in each of their sorted codes person x units + store."""
    first, end = np.searchsorted(codes, people * units), np.searchsorted(codes, (people + 1) * units)
    row = np.repeat(np.arange(people.size), end - first)
    at = np.arange(row.size) - np.repeat(np.cumsum(end - first) - (end - first), end - first) + np.repeat(first, end - first)
    return row, codes[at] % units
