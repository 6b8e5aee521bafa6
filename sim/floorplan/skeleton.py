"""The skeleton of a piece of floor: a triangulation between its walls, its dead ends trimmed, as junctions joined by paths.

The dual of the constrained Delaunay triangulation of a densely sampled boundary follows the boundary's Voronoi skeleton (Prasad
1997, "Morphological analysis of shapes": chordal axis). Its inner edges are the chords between opposite walls, so a cut along
one of them has exactly the floor's width there, and triangles cover the floor exactly once.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon

SAMPLE_M = 0.5  # spacing of the boundary's sample points
TRIM_SHARE = 0.8  # a dead end shallower than this share of its mouth is part of the hall (1.6 x the mouth's clearance)
NOOK_M2 = 1.0  # and so is one smaller than this, however narrow its mouth


@dataclass(frozen=True)
class Triangles:
    """A triangulation. Chords are its inner edges; `chord_sides` are the two triangles of each."""

    points_m: np.ndarray  # (n, 2)
    corners: np.ndarray  # (m, 3)
    area_m2: np.ndarray  # (m)
    chord_ends: np.ndarray  # (c, 2) points
    chord_sides: np.ndarray  # (c, 2) triangles
    chord_m: np.ndarray  # (c) length
    chord_mid_m: np.ndarray  # (c, 2)


@dataclass(frozen=True)
class Path:
    """A run of chords between two clusters of triangles that are a junction or an end; positions are along the middles."""

    chords: list[int]
    at_m: np.ndarray
    ends: tuple[int, int]  # cluster before the first and after the last chord
    is_end: tuple[bool, bool]  # a dead end rather than a junction
    breadth_m: tuple[float, float]  # widest chord inside or around each end cluster
    depth_m: tuple[float, float]  # how far each end cluster reaches beyond its chord


def triangulate(piece: Polygon) -> Triangles:
    """Triangulate between sample points on the walls, no point inside."""
    dense = shapely.segmentize(piece, SAMPLE_M)
    found = shapely.get_parts(shapely.constrained_delaunay_triangles(dense))
    vertices = shapely.get_coordinates(found).reshape(-1, 4, 2)[:, :3]
    # A fixed order, whatever order the library found them in.
    vertices = vertices[np.lexsort(vertices.mean(axis=1).T)]
    points_m, corners = np.unique(vertices.reshape(-1, 2), axis=0, return_inverse=True)
    corners = corners.reshape(-1, 3)
    sides = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]]), axis=1)
    owner = np.tile(np.arange(len(corners)), 3)
    order = np.lexsort((owner, sides[:, 1], sides[:, 0]))
    sides, owner = sides[order], owner[order]
    twice = np.flatnonzero((sides[1:] == sides[:-1]).all(axis=1))
    ends = sides[twice]
    across = points_m[ends[:, 1]] - points_m[ends[:, 0]]
    a, b, c = (points_m[corners[:, k]] for k in range(3))
    area_m2 = 0.5 * np.abs((b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0]))
    return Triangles(
        points_m,
        corners,
        area_m2,
        ends,
        np.stack([owner[twice], owner[twice + 1]], axis=1),
        np.hypot(across[:, 0], across[:, 1]),
        (points_m[ends[:, 0]] + points_m[ends[:, 1]]) / 2,
    )


def _depth_m(points_m: np.ndarray, chord: np.ndarray) -> float:
    """Return how far points reach from the middle part of a chord (2, 2)."""
    along = chord[1] - chord[0]
    length = float(np.hypot(*along))
    if length == 0.0:
        return float(np.hypot(*(points_m - chord[0]).T).max())
    share = np.clip((points_m - chord[0]) @ along / length**2, 0.0, 1.0)
    away = points_m - (chord[0] + share[:, None] * along)
    return float(np.hypot(away[:, 0], away[:, 1]).max())


class Clusters:
    """Triangles merged by trimming dead ends, smallest first, and the chords still open between clusters."""

    def __init__(self, mesh: Triangles) -> None:
        self.mesh = mesh
        count = len(mesh.corners)
        self.members: list[list[int]] = [[triangle] for triangle in range(count)]
        self.inner: list[float] = [0.0] * count  # widest chord swallowed
        self.open: list[dict[int, int]] = [{} for _ in range(count)]  # chord -> cluster beyond
        self.area_m2 = mesh.area_m2.tolist()
        for chord, (one, other) in enumerate(mesh.chord_sides.tolist()):
            self.open[one][chord] = other
            self.open[other][chord] = one
        self._trim()

    def points_m(self, cluster: int) -> np.ndarray:
        return np.asarray(self.mesh.points_m[self.mesh.corners[self.members[cluster]].ravel()])

    def depth_m(self, cluster: int, chord: int) -> float:
        return _depth_m(self.points_m(cluster), self.mesh.points_m[self.mesh.chord_ends[chord]])

    def _trim(self) -> None:
        waiting = [(self.area_m2[leaf], leaf) for leaf, beyond in enumerate(self.open) if len(beyond) == 1]
        heapq.heapify(waiting)
        while waiting:
            _, leaf = heapq.heappop(waiting)
            if len(self.open[leaf]) != 1:
                continue
            ((chord, parent),) = self.open[leaf].items()
            mouth_m = float(self.mesh.chord_m[chord])
            if self.area_m2[leaf] >= NOOK_M2 and self.depth_m(leaf, chord) >= TRIM_SHARE * mouth_m:
                continue
            self.open[leaf] = {}
            del self.open[parent][chord]
            self.members[parent] += self.members[leaf]
            self.members[leaf] = []
            self.area_m2[parent] += self.area_m2[leaf]
            self.inner[parent] = max(self.inner[parent], self.inner[leaf], mouth_m)
            if len(self.open[parent]) == 1:
                heapq.heappush(waiting, (self.area_m2[parent], parent))

    def breadth_m(self, cluster: int) -> float:
        return max([self.inner[cluster], *(float(self.mesh.chord_m[chord]) for chord in self.open[cluster])])

    def _walk(self, start: int, chord: int, hubs: set[int]) -> tuple[list[int], int]:
        chords, here = [chord], self.open[start][chord]
        while here not in hubs:
            (chord,) = (other for other in self.open[here] if other != chord)
            chords.append(chord)
            here = self.open[here][chord]
        return chords, here

    def paths(self) -> list[Path]:
        """Return the paths between hubs (junctions and ends); a ring without any is opened at its smallest cluster."""
        live = [cluster for cluster, members in enumerate(self.members) if members]
        hubs = {cluster for cluster in live if len(self.open[cluster]) != 2}
        if not hubs:
            hubs = {min(live, key=lambda cluster: (self.area_m2[cluster], cluster))}
        found, seen = [], set()
        for hub in sorted(hubs):
            for chord in sorted(self.open[hub]):
                if chord in seen:
                    continue
                chords, last = self._walk(hub, chord, hubs)
                seen.update(chords)
                found.append(self._path(chords, hub, last))
        return found

    def _path(self, chords: list[int], first: int, last: int) -> Path:
        middles = self.mesh.chord_mid_m[chords]
        steps = np.hypot(*(middles[1:] - middles[:-1]).T) if len(chords) > 1 else np.zeros(0)
        ends = (len(self.open[first]) == 1, len(self.open[last]) == 1)
        return Path(
            chords,
            np.concatenate([[0.0], np.cumsum(steps)]),
            (first, last),
            ends,
            (self.breadth_m(first), self.breadth_m(last)),
            (
                self.depth_m(first, chords[0]) if ends[0] else 0.0,
                self.depth_m(last, chords[-1]) if ends[1] else 0.0,
            ),
        )
