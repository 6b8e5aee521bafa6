"""Crowding zones: the floor cut along chords of its skeleton, each bit of floor in exactly one zone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from sim.floorplan.cuts import cut_chords, halving_chords
from sim.floorplan.skeleton import Clusters, Triangles, triangulate

SMALL_M2 = 4.0  # smaller zones join a neighbour, never across a neck


@dataclass(frozen=True)
class Zones:
    """The zones of one level and the borders between them; a border may consist of several segments."""

    area_m2: np.ndarray  # (z)
    inside_m: np.ndarray  # (z, 2) a point of each zone
    shapes: list[BaseGeometry]
    border_pair: np.ndarray  # (b, 2) zones, a < b
    border_m: np.ndarray  # (b)
    segment_m: np.ndarray  # (s, 2, 2) straight stretches of borders
    segment_pair: np.ndarray  # (s, 2) zones on either side
    triangle_m: np.ndarray  # (t, 3, 2)
    triangle_zone: np.ndarray  # (t)

    def locate(self, points_m: np.ndarray) -> np.ndarray:
        """Return the zone of each point (n, 2): the lowest-numbered one on a border, the nearest one off the floor."""
        tree = shapely.STRtree(shapely.polygons(self.triangle_m))
        zone = np.full(len(points_m), len(self.area_m2), dtype=np.int64)
        points = shapely.points(points_m)
        which, triangle = tree.query(points, predicate="intersects")
        np.minimum.at(zone, which, self.triangle_zone[triangle])
        lost = np.flatnonzero(zone == len(self.area_m2))
        if len(lost):
            which, triangle = tree.query_nearest(points[lost], all_matches=True)
            np.minimum.at(zone, lost[which], self.triangle_zone[triangle])
        return np.asarray(zone)


def _components(count: int, pairs: np.ndarray) -> np.ndarray:
    ones = np.ones(len(pairs), dtype=np.int8)
    graph = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1])


def _merge_small(mesh: Triangles, zone: np.ndarray, necks: set[int]) -> np.ndarray:
    """Join zones under `SMALL_M2` to the neighbour across their widest border, smallest zone first."""
    area = dict(enumerate(np.bincount(zone, weights=mesh.area_m2).tolist()))
    wall: dict[int, dict[int, float]] = {number: {} for number in area}
    barred: set[tuple[int, int]] = set()
    for chord, (one, other) in enumerate(zone[mesh.chord_sides].tolist()):
        if one != other:
            for a, b in ((one, other), (other, one)):
                wall[a][b] = wall[a].get(b, 0.0) + float(mesh.chord_m[chord])
                if chord in necks:
                    barred.add((a, b))
    home = np.arange(len(area))
    stuck: set[int] = set()
    while True:
        small = [number for number in area if area[number] < SMALL_M2 and number not in stuck]
        if not small:
            break
        least = min(small, key=lambda number: (area[number], number))
        open_to = [other for other in wall[least] if (least, other) not in barred]
        if not open_to:
            stuck.add(least)
            continue
        into = max(open_to, key=lambda other: (wall[least][other], -other))
        home[home == least] = into
        area[into] += area.pop(least)
        for other, width_m in wall.pop(least).items():
            wall[other].pop(least)
            if other != into:
                wall[into][other] = wall[into].get(other, 0.0) + width_m
                wall[other][into] = wall[into][other]
                if (least, other) in barred:
                    barred |= {(into, other), (other, into)}
        stuck.discard(into)
    return home[zone]


def _cut_piece(piece: Polygon) -> tuple[Triangles, np.ndarray]:
    mesh = triangulate(piece)
    cuts, necks = cut_chords(Clusters(mesh))
    joined = np.ones(len(mesh.chord_m), dtype=bool)
    joined[sorted(cuts)] = False
    zone = _components(len(mesh.corners), mesh.chord_sides[joined])
    while halves := [chord for chord in halving_chords(mesh, zone) if joined[chord]]:
        joined[halves] = False
        zone = _components(len(mesh.corners), mesh.chord_sides[joined])
    return mesh, np.unique(_merge_small(mesh, zone, necks), return_inverse=True)[1]


def _point_inside(triangles_m: np.ndarray, area_m2: np.ndarray) -> np.ndarray:
    """Return the centre of the triangle nearest to the zone's centre of gravity: always inside."""
    centres = triangles_m.mean(axis=1)
    middle = (centres * area_m2[:, None]).sum(axis=0) / area_m2.sum()
    large = area_m2 >= 0.2 * area_m2.max()
    off_m = np.where(large, np.hypot(*(centres - middle).T), np.inf)
    return np.asarray(centres[int(np.argmin(off_m))])


def zones_of(pieces: list[Polygon]) -> Zones:
    """Cut all pieces of a level's floor; zones are numbered by the position of their inside point."""
    triangles, areas, owners = [np.zeros((0, 3, 2))], [np.zeros(0)], [np.zeros(0, dtype=np.int64)]
    segments, pairs = [np.zeros((0, 2, 2))], [np.zeros((0, 2), dtype=np.int64)]
    offset = 0
    for piece in pieces:
        mesh, zone = _cut_piece(piece)
        triangles.append(mesh.points_m[mesh.corners])
        areas.append(mesh.area_m2)
        owners.append(zone + offset)
        sides = zone[mesh.chord_sides]
        apart = sides[:, 0] != sides[:, 1]
        segments.append(mesh.points_m[mesh.chord_ends[apart]])
        pairs.append(sides[apart] + offset)
        offset += int(zone.max()) + 1
    triangle_m, area_m2, owner = np.concatenate(triangles), np.concatenate(areas), np.concatenate(owners)
    groups = [np.flatnonzero(owner == number) for number in range(offset)]
    inside = np.array([_point_inside(triangle_m[group], area_m2[group]) for group in groups]).reshape(-1, 2)
    order = np.lexsort((inside[:, 1], inside[:, 0]))
    rank = np.empty(offset, dtype=np.int64)
    rank[order] = np.arange(offset)
    owner = rank[owner]
    segment_pair = np.sort(rank[np.concatenate(pairs)], axis=1)
    segment_m = np.concatenate(segments)
    border_pair, border = np.unique(segment_pair, axis=0, return_inverse=True)
    length_m = np.hypot(*(segment_m[:, 1] - segment_m[:, 0]).T)
    shapes = shapely.polygons(triangle_m)
    return Zones(
        np.bincount(owner, weights=area_m2, minlength=offset),
        inside[order],
        [shapely.simplify(shapely.coverage_union_all(shapes[groups[number]]), 1e-7) for number in order],
        border_pair.reshape(-1, 2),
        np.bincount(border.ravel(), weights=length_m, minlength=len(border_pair)),
        segment_m,
        segment_pair,
        triangle_m,
        owner,
    )
