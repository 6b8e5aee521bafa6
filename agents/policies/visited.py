"""Who was seen in which store: what policies that look for common customers keep of stays, purchases and recognitions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.sensing.observations import Observations


def visits_observed(observations: Observations, unit_ids: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the person and the unit of every stay, payment and recognition in a store of somebody who is known."""
    rows, people = observations.rows, observations.people
    stays = np.flatnonzero(((rows.kind == "stay") | (rows.kind == "member_in_store")) & (rows.value >= 0))
    paid = np.flatnonzero(rows.kind == "paid")
    till = {f"till:{name}": unit for unit, name in enumerate(unit_ids)}
    units = np.concatenate([rows.value[stays], np.array([till.get(name, -1) for name in rows.sensor[paid].tolist()], np.int64)])
    if people is None or not units.size:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    person = people.number_of(rows.subject[np.concatenate([stays, paid])])
    known = (person >= 0) & (units >= 0)
    return person[known], units[known]


class CommonCustomers:
    """How many people were in each store, and in each two of them, on one day; days that are over are added up."""

    def __init__(self, units: int, earlier: np.ndarray | None = None, seen: np.ndarray | None = None) -> None:
        """Begin a day: `earlier` (U, U) are the counts of days before, `seen` the pairs of person and unit of today so far."""
        self.units = units
        self.earlier = np.zeros((units, units)) if earlier is None else earlier
        self.seen = np.zeros(0, np.int64) if seen is None else seen

    def take(self, people: np.ndarray, units: np.ndarray) -> None:
        """Note that people were in stores; again is once."""
        self.seen = np.union1d(self.seen, people * self.units + units)

    def counts(self) -> np.ndarray:
        """Return in how many visits two stores were seen together, (U, U); on the diagonal, each alone."""
        person, unit = np.unique(self.seen // self.units, return_inverse=True)[1], self.seen % self.units
        was_in = np.zeros((int(person.max()) + 1 if person.size else 0, self.units), np.float32)
        was_in[person, unit] = 1.0
        found: np.ndarray = self.earlier + was_in.T @ was_in
        return found


def best_pair(counts: np.ndarray, trades: Sequence[str], least: int) -> tuple[int, int] | None:
    """Return the two stores of different trades that share the largest part of the smaller one's customers, at least `least` of them."""
    names, kinds = np.unique(np.array(trades), return_inverse=True)
    alone = np.diag(counts)
    share = counts / np.maximum(np.minimum(alone[:, None], alone[None, :]), 1.0)
    share = np.where((counts >= least) & (kinds[:, None] != kinds[None, :]), share, 0.0)
    first, second = np.unravel_index(int(np.argmax(share)), share.shape)
    return (int(first), int(second)) if share[first, second] > 0 and names.size else None
