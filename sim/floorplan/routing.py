"""Shortest ways inside a level: the next leg from every node to every target."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

ARRIVED = -1
CUT_OFF = -2


def routes(legs: np.ndarray, leg_m: np.ndarray, nodes: int, targets: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the next leg and the walking distance, each (targets, nodes), to the nearest node of each target.

    `legs` (e, 2) holds both directions of every leg, with equal lengths.
    """
    next_leg = np.full((len(targets), nodes), CUT_OFF, dtype=np.int32)
    walk_m = np.full((len(targets), nodes), np.inf)
    if not targets or not nodes:
        return next_leg, walk_m
    graph = csr_array((leg_m, (legs[:, 0], legs[:, 1])), shape=(nodes, nodes))
    number = csr_array((np.arange(1, len(legs) + 1), (legs[:, 0], legs[:, 1])), shape=(nodes, nodes))
    doors = np.unique(np.concatenate(targets))
    distance_m, before = dijkstra(graph, indices=doors, return_predecessors=True)
    everywhere = np.arange(nodes)
    for target, at_nodes in enumerate(targets):
        rows = np.searchsorted(doors, at_nodes)
        best = rows[np.argmin(distance_m[rows], axis=0)]
        walk_m[target] = distance_m[best, everywhere]
        onward = before[best, everywhere]
        walking = onward >= 0
        if walking.any():
            next_leg[target, walking] = number[everywhere[walking], onward[walking]] - 1
        next_leg[target, at_nodes] = ARRIVED
    return next_leg, walk_m
