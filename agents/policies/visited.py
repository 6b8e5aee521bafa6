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


def common_customers(people: np.ndarray, units: np.ndarray, stores: int) -> np.ndarray:
    """Return how many people were in each two stores, (U, U); on the diagonal, in each at all. Again is once."""
    seen = np.unique(people * stores + units)
    person, unit = seen // stores, seen % stores
    found = np.zeros((stores, stores))
    apart = 1  # in a person's stores, which stand side by side in order
    while True:
        both = np.flatnonzero(person[apart:] == person[:-apart])
        if not both.size:
            break
        np.add.at(found, (unit[both], unit[both + apart]), 1.0)
        apart += 1
    found += found.T
    found[np.diag_indices(stores)] = np.bincount(unit, minlength=stores)
    return found


def best_pair(counts: np.ndarray, trades: Sequence[str], least: int) -> tuple[int, int] | None:
    """Return the two stores of different trades that share the largest part of the smaller one's customers, at least `least` of them."""
    names, kinds = np.unique(np.array(trades), return_inverse=True)
    alone = np.diag(counts)
    share = counts / np.maximum(np.minimum(alone[:, None], alone[None, :]), 1.0)
    share = np.where((counts >= least) & (kinds[:, None] != kinds[None, :]), share, 0.0)
    first, second = np.unravel_index(int(np.argmax(share)), share.shape)
    return (int(first), int(second)) if share[first, second] > 0 and names.size else None
