"""Walking legs: a visibility graph round the floor's corners, pruned to what some shortest path between anchors uses."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely.geometry import Polygon

from sim.floorplan.anchors import Floor
from sim.floorplan.clearance import wall_segments
from sim.floorplan.walkable import GRID_M, snap

INSET_M = 0.5  # how far corners are passed along their bisector, half-way between the walls in slits
CLOSE_M = 0.15  # how far by those who save more than `CLOSE_COST` of their way with it
CLOSE_COST = 0.03
SMOOTH_M = 0.1  # corners of curves closer to a straight line than this are not turned at
CLOSE_SMOOTH_M = 0.05
TURN_SLACK_RAD = 0.2  # a leg may bend this much the wrong way at an inset corner
TRIES = 10  # distances along a bisector that are tried
FREE_M = 0.02  # a spot nearer to a wall is none


def corners_of(piece: Polygon, smooth_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the reflex corners of a piece (k, 2) and the directions (k, 2) in radians of their walls, back and onward.

    The floor lies to the left of every ring, so it is what one sweeps turning left from the wall onward to the wall back.
    """
    smooth = shapely.orient_polygons(piece.simplify(smooth_m) if smooth_m else piece)
    corners, walls = [], []
    for ring in shapely.get_rings(smooth):
        points = shapely.get_coordinates(ring)[:-1]
        back = np.roll(points, 1, axis=0) - points
        onward = np.roll(points, -1, axis=0) - points
        reflex = onward[:, 0] * back[:, 1] - onward[:, 1] * back[:, 0] < -1e-9
        corners.append(points[reflex])
        directions = [np.arctan2(back[:, 1], back[:, 0]), np.arctan2(onward[:, 1], onward[:, 0])]
        walls.append(np.stack(directions, axis=1)[reflex])
    return np.concatenate(corners), np.concatenate(walls)


def spots_beside(piece: Polygon, smooth_m: float, inset_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the spots at which one walks round the corners of a piece, and the walls of these corners.

    A spot is the clearest on its corner's bisector within the inset: in a slit that is the middle.
    """
    corners_m, walls = corners_of(piece, smooth_m)
    if not len(corners_m) or not inset_m:
        return corners_m, walls
    middle = walls[:, 1] + np.mod(walls[:, 0] - walls[:, 1], 2 * np.pi) / 2
    ahead = np.stack([np.cos(middle), np.sin(middle)], axis=1)
    off_m = inset_m * np.arange(1, TRIES + 1) / TRIES
    spots = snap(corners_m[:, None, :] + off_m[None, :, None] * ahead[:, None, :])
    points = shapely.points(spots.reshape(-1, 2))
    _, far_m = shapely.STRtree(shapely.linestrings(wall_segments(piece))).query_nearest(
        points, return_distance=True, all_matches=False
    )
    clear_m = np.where(shapely.covers(piece, points), far_m, 0.0).reshape(len(corners_m), TRIES)
    best = np.argmax(clear_m > clear_m.max(axis=1, keepdims=True) - 2 * GRID_M, axis=1)
    rows = np.arange(len(corners_m))
    free = clear_m[rows, best] >= FREE_M
    return spots[rows, best][free], walls[free]


def _taut(walls: np.ndarray, heading: np.ndarray) -> np.ndarray:
    """Return whether a walk that arrives with a heading may bend round a corner: straight on is free, and so was the way in."""
    back, ahead = walls[..., 0], walls[..., 1]
    floor_rad = np.mod(back - ahead, 2 * np.pi)
    on = np.mod(heading - ahead + TURN_SLACK_RAD, 2 * np.pi) <= floor_rad + 2 * TURN_SLACK_RAD
    came = np.mod(heading + np.pi - ahead + TURN_SLACK_RAD, 2 * np.pi) <= floor_rad + 2 * TURN_SLACK_RAD
    return np.asarray(on & came)


def seen_pairs(piece: Polygon, spots: np.ndarray, walls: np.ndarray, anchors: int) -> np.ndarray:
    """Return the pairs (p, 2) of spots that see each other and that a taut walk may join; anchors come first."""
    one, other = np.triu_indices(len(spots), 1)
    step = spots[other] - spots[one]
    heading = np.arctan2(step[:, 1], step[:, 0])
    useful = np.ones(len(one), dtype=bool)
    for end, turn in ((other, 0.0), (one, np.pi)):
        corner = end >= anchors
        useful[corner] &= _taut(walls[end[corner] - anchors], heading[corner] + turn)
    one, other = one[useful], other[useful]
    lines = shapely.linestrings(np.stack([spots[one], spots[other]], axis=1))
    seen = shapely.contains_properly(piece, lines)  # several times faster than `covers`
    on_wall = ~shapely.contains_properly(piece, shapely.points(spots))
    grazing = np.flatnonzero(~seen & (on_wall[one] | on_wall[other]))
    seen[grazing] = shapely.covers(piece, lines[grazing])
    return np.stack([one[seen], other[seen]], axis=1)


def _graph(spots: np.ndarray, pairs: np.ndarray, close: np.ndarray) -> csr_array:
    """Return the lengths of pairs as a graph, legs to close spots (n) a little dearer than they are."""
    length = np.hypot(*(spots[pairs[:, 1]] - spots[pairs[:, 0]]).T)
    dear = length * (1.0 + CLOSE_COST * close[pairs].any(axis=1))
    return csr_array((dear, (pairs[:, 0], pairs[:, 1])), shape=(len(spots), len(spots)))


def _used(graph: csr_array, anchors: int) -> np.ndarray:
    """Return the pairs (p, 2), lower number first, on the shortest paths between anchors."""
    _, before = dijkstra(graph, directed=False, indices=np.arange(anchors), return_predecessors=True)
    rows = np.arange(anchors)
    found = []
    here = np.tile(np.arange(anchors), (anchors, 1))  # walk all paths back at once
    live = before[rows[:, None], here] >= 0
    while live.any():
        source, target = np.nonzero(live)
        last = here[source, target]
        previous = before[source, last]
        found.append(np.unique(np.sort(np.stack([previous, last], axis=1), axis=1), axis=0))
        here[source, target] = previous
        live[source, target] = before[source, previous] >= 0
    return np.unique(np.concatenate(found), axis=0) if found else np.zeros((0, 2), dtype=np.int64)


def _piece_legs(piece: Polygon, anchors_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return spots (anchors first) and the pairs that shortest paths between anchors use, in one connected piece."""
    shapely.prepare(piece)
    # The corners themselves are the last resort where every spot beside them is cut off.
    for last_resort in (False, True):
        clear, clear_walls = spots_beside(piece, SMOOTH_M, INSET_M)
        near, near_walls = spots_beside(piece, CLOSE_SMOOTH_M, CLOSE_M)
        if last_resort:
            raw, raw_walls = corners_of(piece, 0.0)
            near, near_walls = np.concatenate([near, raw]), np.concatenate([near_walls, raw_walls])
        spots = np.concatenate([anchors_m, clear, near])
        close = np.arange(len(spots)) >= len(anchors_m) + len(clear)
        pairs = seen_pairs(piece, spots, np.concatenate([clear_walls, near_walls]), len(anchors_m))
        step = spots[pairs[:, 1]] - spots[pairs[:, 0]]
        graph = _graph(spots, pairs[np.hypot(*step.T) > 0.0], close)
        part = connected_components(graph, directed=False)[1]
        if (part[: len(anchors_m)] == part[0]).all():
            break
    return spots, _used(graph, len(anchors_m))


def legs_of(floor: Floor, anchors_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a level's nodes (n, 2), sorted by x and y, and its legs as pairs of nodes (e, 2), both directions, sorted.

    `anchors_m` (k, 2) must be distinct; every one of them is a node.
    """
    home = np.array([floor.piece_of(point) for point in anchors_m], dtype=np.int64)
    spots, pairs, offset = [], [], 0
    for number, piece in enumerate(floor.pieces):
        mine = anchors_m[home == number]
        if not len(mine):
            continue
        piece_spots, used = _piece_legs(piece, mine)
        kept = np.unique(np.concatenate([np.arange(len(mine)), used.ravel()]))
        spots.append(piece_spots[kept])
        pairs.append(np.searchsorted(kept, used) + offset)
        offset += len(kept)
    if not spots:
        return np.zeros((0, 2)), np.zeros((0, 2), dtype=np.int64)
    nodes, rank = np.unique(np.concatenate(spots), axis=0, return_inverse=True)
    legs = rank.ravel()[np.concatenate(pairs)]
    both = np.concatenate([legs, legs[:, ::-1]])
    both = both[both[:, 0] != both[:, 1]]
    return nodes, np.unique(both, axis=0)
