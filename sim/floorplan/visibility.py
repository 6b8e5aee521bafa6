"""Walking legs: a visibility graph round the floor's corners, pruned to what some shortest path between anchors uses."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely.geometry import Polygon

from sim.floorplan.anchors import Floor
from sim.floorplan.walkable import snap

INSET_M = 0.5  # how far corners are passed along their bisector, half of it in slits
SMOOTH_M = 0.1  # corners of curves closer to a straight line than this are not turned at
TURN_SLACK_RAD = 0.2  # a leg may bend this much the wrong way at an inset corner
SLIT_INSET_M = 0.05


def corners_of(piece: Polygon, inset_m: float, smooth_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Return spots beside the reflex corners of a piece (k, 2) and the directions of their two walls (k, 2) in radians.

    The first direction points back along the ring, the second on; the wall's wedge runs clockwise from the second to the first.
    """
    smooth = piece.simplify(smooth_m) if smooth_m else piece
    smooth = shapely.orient_polygons(smooth)
    spots, walls = [], []
    for ring in shapely.get_rings(smooth):
        points = shapely.get_coordinates(ring)[:-1]
        back = np.roll(points, 1, axis=0) - points
        ahead = np.roll(points, -1, axis=0) - points
        # The floor lies to the left of every ring, so a right turn is a corner that one walks round.
        reflex = ahead[:, 0] * back[:, 1] - ahead[:, 1] * back[:, 0] < -1e-9
        to_back = np.arctan2(back[:, 1], back[:, 0])
        to_ahead = np.arctan2(ahead[:, 1], ahead[:, 0])
        floor_rad = np.mod(to_back - to_ahead, 2 * np.pi)
        middle = to_ahead + floor_rad / 2
        spots.append((points + inset_m * np.stack([np.cos(middle), np.sin(middle)], axis=1))[reflex])
        walls.append(np.stack([to_back, to_ahead], axis=1)[reflex])
        if inset_m and reflex.any():
            spots[-1] = _into_slits(piece, points[reflex], middle[reflex], inset_m)
    return snap(np.concatenate(spots)), np.concatenate(walls)


def _into_slits(piece: Polygon, corner_m: np.ndarray, middle_rad: np.ndarray, inset_m: float) -> np.ndarray:
    """Return spots along bisectors at most half-way to the wall opposite."""
    ahead = np.stack([np.cos(middle_rad), np.sin(middle_rad)], axis=1)
    start, stop = corner_m + 0.004 * ahead, corner_m + 2 * inset_m * ahead
    rays = shapely.linestrings(np.stack([start, stop], axis=1))
    free = shapely.intersection(rays, piece)
    first = shapely.get_geometry(free, 0)
    line = shapely.get_type_id(free) == 1
    part = np.where(line, free, first)
    reach_m = np.zeros(len(corner_m))
    for number, bit in enumerate(part):
        if bit is None or bit.is_empty or bit.geom_type != "LineString":
            continue
        ends = shapely.get_coordinates(bit)
        near_m = np.hypot(*(ends - corner_m[number]).T)
        if near_m.min() < 0.01:
            reach_m[number] = near_m.max()
    return np.asarray(corner_m + np.minimum(inset_m, reach_m / 2)[:, None] * ahead)


def _taut(walls: np.ndarray, heading: np.ndarray) -> np.ndarray:
    """Return whether a walk that arrives with a heading may bend round a corner: straight on is free, and so was the way in."""
    back, ahead = walls[..., 0], walls[..., 1]
    floor_rad = np.mod(back - ahead, 2 * np.pi)
    on = np.mod(heading - ahead + TURN_SLACK_RAD, 2 * np.pi) <= floor_rad + 2 * TURN_SLACK_RAD
    came = np.mod(heading + np.pi - ahead + TURN_SLACK_RAD, 2 * np.pi) <= floor_rad + 2 * TURN_SLACK_RAD
    return np.asarray(on & came)


def seen_pairs(shape: object, spots: np.ndarray, walls: np.ndarray, anchors: int) -> np.ndarray:
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
    seen = shapely.covers(shape, lines)
    return np.stack([one[seen], other[seen]], axis=1)


def _graph(spots: np.ndarray, pairs: np.ndarray) -> csr_array:
    length = np.hypot(*(spots[pairs[:, 1]] - spots[pairs[:, 0]]).T)
    both = np.concatenate([pairs, pairs[:, ::-1]])
    return csr_array((np.tile(length, 2), (both[:, 0], both[:, 1])), shape=(len(spots), len(spots)))


def _used(graph: csr_array, anchors: int) -> np.ndarray:
    """Return the pairs (p, 2), lower number first, on the shortest paths between anchors."""
    _, before = dijkstra(graph, indices=np.arange(anchors), return_predecessors=True)
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
    spots, walls = corners_of(piece, INSET_M, SMOOTH_M)
    # Where insets close a passage, the corners themselves open it: as a second try with next to no inset.
    for attempt in range(3):
        if attempt:
            inset_m = SLIT_INSET_M if attempt == 1 else 0.0
            close, close_walls = corners_of(piece, inset_m, 0.0)
            spots, walls = np.concatenate([spots, close]), np.concatenate([walls, close_walls])
        held = shapely.covers(piece, shapely.points(spots)) if len(spots) else np.zeros(0, dtype=bool)
        spots, walls = spots[held], walls[held]
        all_spots = np.concatenate([anchors_m, spots])
        pairs = seen_pairs(piece, all_spots, walls, len(anchors_m))
        step = all_spots[pairs[:, 1]] - all_spots[pairs[:, 0]]
        graph = _graph(all_spots, pairs[np.hypot(*step.T) > 0.0])
        part = connected_components(graph, directed=False)[1]
        if (part[: len(anchors_m)] == part[0]).all():
            break
    return all_spots, _used(graph, len(anchors_m))


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
