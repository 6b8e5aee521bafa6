"""Legs cut into pieces where they cross the borders of zones."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import networkx
import numpy as np
import shapely

from sim.floorplan.zones import Zones

SHORT_M = 0.05  # shorter pieces are merged with a neighbour


@dataclass(frozen=True)
class Pieces:
    """The pieces of all legs in walking order."""

    start: np.ndarray  # (e+1) first piece of each leg
    zone: np.ndarray  # (p)
    length_m: np.ndarray  # (p)
    border: np.ndarray  # (p) crossed at the piece's end, -1 at the last piece of a leg


def _crossings(lines_m: np.ndarray, zones: Zones) -> list[np.ndarray]:
    """Return for each line (n, 2, 2) the sorted shares of its length at which it crosses a border."""
    shares: list[np.ndarray] = [np.zeros(0)] * len(lines_m)
    if not len(zones.segment_m):
        return shares
    tree = shapely.STRtree(shapely.linestrings(zones.segment_m))
    line, segment = tree.query(shapely.linestrings(lines_m), predicate="intersects")
    along = lines_m[line, 1] - lines_m[line, 0]
    across = zones.segment_m[segment, 1] - zones.segment_m[segment, 0]
    gap = zones.segment_m[segment, 0] - lines_m[line, 0]
    slant = along[:, 0] * across[:, 1] - along[:, 1] * across[:, 0]
    true = np.abs(slant) > 1e-9  # a leg along a border does not cross it
    share = (gap[:, 0] * across[:, 1] - gap[:, 1] * across[:, 0])[true] / slant[true]
    order = np.lexsort((share, line[true]))
    line, share = line[true][order], np.clip(share[order], 0.0, 1.0)
    bounds = np.searchsorted(line, np.arange(len(lines_m) + 1))
    return [share[low:high] for low, high in pairwise(bounds)]


class _Neighbours:
    """Which zones share a border."""

    def __init__(self, zones: Zones) -> None:
        self.border = {(int(a), int(b)): number for number, (a, b) in enumerate(zones.border_pair)}
        self._graph = networkx.Graph()
        self._graph.add_edges_from(self.border)

    def between(self, one: int, other: int) -> int:
        return self.border.get((min(one, other), max(one, other)), -1)

    def way(self, one: int, other: int) -> list[int]:
        """Return the zones strictly between two that do not touch."""
        return list(networkx.shortest_path(self._graph, one, other))[1:-1]


def _joined(run: list[tuple[int, float]]) -> list[tuple[int, float]]:
    found: list[tuple[int, float]] = []
    for zone, length_m in run:
        if found and found[-1][0] == zone:
            found[-1] = (zone, found[-1][1] + length_m)
        else:
            found.append((zone, length_m))
    return found


def _without_crumbs(run: list[tuple[int, float]], neighbours: _Neighbours) -> list[tuple[int, float]]:
    """Give inner pieces under `SHORT_M` to the longer neighbour where those on both sides touch."""
    place = 1
    while place < len(run) - 1:
        before, here, after = run[place - 1 : place + 2]
        if here[1] < SHORT_M and (before[0] == after[0] or neighbours.between(before[0], after[0]) >= 0):
            if before[1] >= after[1]:
                run[place - 1] = (before[0], before[1] + here[1])
            else:
                run[place + 1] = (after[0], after[1] + here[1])
            del run[place]
            run = _joined(run)
            place = max(place - 1, 1)
        else:
            place += 1
    return run


def _run_of(
    zones: list[int], lengths_m: list[float], ends: tuple[int, int], neighbours: _Neighbours
) -> list[tuple[int, float]]:
    """Return the pieces (zone, metres) of one leg between nodes that lie in the zones `ends`."""
    run = _joined(list(zip(zones, lengths_m, strict=True)))
    if run[0][0] != ends[0]:  # the node stands on a border
        run.insert(0, (ends[0], 0.0))
    if run[-1][0] != ends[1]:
        run.append((ends[1], 0.0))
    run = _without_crumbs(run, neighbours)
    linked = [run[0]]
    for zone, length_m in run[1:]:
        if neighbours.between(linked[-1][0], zone) < 0:  # through the very corner where several zones meet
            linked += [(passed, 0.0) for passed in neighbours.way(linked[-1][0], zone)]
        linked.append((zone, length_m))
    return _lengthened(_joined(linked))


def _lengthened(run: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Take from the longest piece what the others lack of `SHORT_M` (of an even share in a very short leg)."""
    total_m = sum(length_m for _, length_m in run)
    least_m = min(SHORT_M, 0.5 * total_m / len(run))
    longest = max(range(len(run)), key=lambda place: (run[place][1], -place))
    lengths_m = [max(length_m, least_m) for _, length_m in run]
    lengths_m[longest] = total_m - sum(lengths_m[:longest]) - sum(lengths_m[longest + 1 :])
    return [(zone, length_m) for (zone, _), length_m in zip(run, lengths_m, strict=True)]


def pieces_of(nodes_m: np.ndarray, legs: np.ndarray, zones: Zones) -> tuple[np.ndarray, Pieces]:
    """Return the zone of each node, and the pieces of each leg (e, 2); both directions of a leg have the same pieces."""
    lines_m = nodes_m[legs]
    once = legs[:, 0] < legs[:, 1]
    shares = _crossings(lines_m[once], zones)
    forward = lines_m[once]
    length_m = np.hypot(*(forward[:, 1] - forward[:, 0]).T)
    knots = [np.concatenate([[0.0], share, [1.0]]) for share in shares]
    knots = [knot[np.concatenate([[True], np.diff(knot) > 1e-9])] for knot in knots]
    knots = [np.concatenate([knot[:-1], [1.0]]) if len(knot) > 1 else np.array([0.0, 1.0]) for knot in knots]
    middles = [(knot[1:] + knot[:-1]) / 2 for knot in knots]
    counts = np.array([len(middle) for middle in middles], dtype=np.int64)
    flat = np.concatenate(middles) if middles else np.zeros(0)
    which = np.repeat(np.arange(len(forward)), counts)
    spots = forward[which, 0] + flat[:, None] * (forward[which, 1] - forward[which, 0])
    zone = zones.locate(np.concatenate([nodes_m, spots]))
    node_zone, spot_zone = zone[: len(nodes_m)], zone[len(nodes_m) :]
    bounds = np.concatenate([[0], np.cumsum(counts)])
    neighbours = _Neighbours(zones)
    runs: dict[tuple[int, int], list[tuple[int, float]]] = {}
    for number, (one, other) in enumerate(legs[once].tolist()):
        bits = spot_zone[bounds[number] : bounds[number + 1]].tolist()
        bits_m = (np.diff(knots[number]) * length_m[number]).tolist()
        run = _run_of(bits, bits_m, (int(node_zone[one]), int(node_zone[other])), neighbours)
        runs[one, other] = run
        runs[other, one] = run[::-1]
    return node_zone, _flattened([runs[one, other] for one, other in legs.tolist()], neighbours)


def _flattened(runs: list[list[tuple[int, float]]], neighbours: _Neighbours) -> Pieces:
    zone = [zone for run in runs for zone, _ in run]
    border = [
        neighbours.between(run[place][0], run[place + 1][0]) if place + 1 < len(run) else -1
        for run in runs
        for place in range(len(run))
    ]
    return Pieces(
        np.concatenate([[0], np.cumsum([len(run) for run in runs])]).astype(np.int64),
        np.array(zone, dtype=np.int64),
        np.array([length_m for run in runs for _, length_m in run], dtype=np.float64),
        np.array(border, dtype=np.int64),
    )
