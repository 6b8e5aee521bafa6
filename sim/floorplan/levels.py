"""One level compiled: its floor, its nodes and legs with what lies beside them, its zones and borders."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from shapely.geometry.base import BaseGeometry

from sim.floorplan.anchors import Floor
from sim.floorplan.clearance import free_sides, wall_segments
from sim.floorplan.frontages import fronts_seen
from sim.floorplan.pieces import Pieces, pieces_of
from sim.floorplan.visibility import legs_of
from sim.floorplan.zones import Zones, zones_of


@dataclass(frozen=True)
class LevelGraph:
    """The walking and the crowding layer of one level, numbered from zero, in compiler coordinates."""

    floor: Floor
    nodes_m: np.ndarray  # (n, 2)
    node_zone: np.ndarray  # (n)
    legs: np.ndarray  # (e, 2)
    leg_m: np.ndarray  # (e)
    pieces: Pieces
    left_m: np.ndarray  # (p)
    right_m: np.ndarray  # (p)
    seen: list[list[int]]  # per leg: units by position in the list given
    zones: Zones

    def node_at(self, spot_m: np.ndarray) -> int:
        """Return the node of an anchor."""
        found = np.flatnonzero((self.nodes_m == spot_m).all(axis=1))
        assert len(found) == 1, f"anchor {spot_m} is not a node"
        return int(found[0])


def _sides(
    nodes_m: np.ndarray, legs: np.ndarray, leg_m: np.ndarray, pieces: Pieces, floor: Floor
) -> tuple[np.ndarray, np.ndarray]:
    """Return the free widths left and right of every piece."""
    leg = np.repeat(np.arange(len(legs)), np.diff(pieces.start))
    gone_m = np.cumsum(pieces.length_m) - pieces.length_m
    gone_m -= gone_m[pieces.start[:-1]][leg]
    start = nodes_m[legs[leg, 0]]
    step = (nodes_m[legs[leg, 1]] - start) / leg_m[leg, None]
    first = start + step * gone_m[:, None]
    starts = np.isin(np.arange(len(leg)), pieces.start[:-1])
    ends = np.isin(np.arange(len(leg)), pieces.start[1:] - 1)
    return free_sides(first, first + step * pieces.length_m[:, None], starts, ends, wall_segments(floor.shape))


def compile_level(floor: Floor, anchors_m: np.ndarray, fronts: list[BaseGeometry], doors_m: list[np.ndarray]) -> LevelGraph:
    """Compile a level from its floor, the distinct places walks start and end, and its units' fronts and doors."""
    nodes_m, legs = legs_of(floor, anchors_m)
    zones = zones_of(floor.pieces)
    step = nodes_m[legs[:, 1]] - nodes_m[legs[:, 0]]
    leg_m = np.hypot(step[:, 0], step[:, 1])
    node_zone, pieces = pieces_of(nodes_m, legs, zones)
    if len(legs):
        left_m, right_m = _sides(nodes_m, legs, leg_m, pieces, floor)
    else:
        left_m = right_m = np.zeros(0)
    once = legs[:, 0] < legs[:, 1]
    seen_once = fronts_seen(nodes_m[legs[once]], fronts, doors_m, floor.shape)
    by_pair = {(one, other): seen for (one, other), seen in zip(legs[once].tolist(), seen_once, strict=True)}
    seen = [by_pair[one, other] if one < other else by_pair[other, one][::-1] for one, other in legs.tolist()]
    return LevelGraph(floor, nodes_m, node_zone, legs, leg_m, pieces, left_m, right_m, seen, zones)
