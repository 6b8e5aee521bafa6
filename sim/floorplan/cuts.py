"""Where the skeleton of a floor is cut into zones: at its necks, every 10 to 15 m along its halls, and through its widest."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from sim.floorplan.skeleton import Clusters, Path, Triangles

NECK_RATIO = 1.6  # a chord is a neck where the floor on both sides is this much wider
FLAT_RATIO = 1.1  # chords this close to the narrowest one belong to the same neck
NECK_LONG_M = 3.0  # a longer neck is a corridor: a border at either end, a zone between
PIECE_M = 12.0  # length of a zone along the skeleton
COLLAPSED_M = 5.0  # junctions nearer than this share a zone
HUB_SPAN_M = 15.0  # as long as that zone stays this small
LARGE_M2 = 300.0  # a larger zone is halved where that takes a short cut
HALF_SHARE = 0.3  # each half has at least this share of it


def _flat_run(width_m: np.ndarray, best: int, low: int, high: int) -> tuple[int, int]:
    """Return the first and last place as narrow as `best`, stepping over the diagonals between straight chords."""
    first = last = best
    flat = np.flatnonzero(width_m[low : high + 1] <= FLAT_RATIO * width_m[best]) + low
    for place in flat[flat < best][::-1].tolist():
        if first - place > 3 or width_m[place:first].max() > NECK_RATIO * width_m[best]:
            break
        first = place
    for place in flat[flat > best].tolist():
        if place - last > 3 or width_m[last:place].max() > NECK_RATIO * width_m[best]:
            break
        last = place
    return first, last


def necks_of(path: Path, width_m: np.ndarray) -> list[int]:
    """Return the places (indices along the path) of its necks."""
    found: list[int] = []
    waiting = [(0, len(width_m) - 1, path.breadth_m[0], path.breadth_m[1])]
    while waiting:
        low, high, before_m, after_m = waiting.pop()
        if low > high:
            continue
        here = width_m[low : high + 1]
        left = np.maximum.accumulate(np.concatenate([[before_m], here[:-1]]))
        right = np.maximum.accumulate(np.concatenate([[after_m], here[:0:-1]]))[::-1]
        narrow = np.flatnonzero(here * NECK_RATIO <= np.minimum(left, right))
        if not len(narrow):
            continue
        best = low + int(narrow[np.argmin(here[narrow])])
        first, last = _flat_run(width_m, best, low, high)
        found += [best] if path.at_m[last] - path.at_m[first] <= NECK_LONG_M else [first, last]
        waiting += [(low, first - 1, before_m, 0.0), (last + 1, high, 0.0, after_m)]
    return sorted(found)


def _nearest_narrow(path: Path, width_m: np.ndarray, inside: range, target_m: float, slack_m: float) -> int | None:
    """Return the narrowest place near a target, or None where there is none."""
    best, least = None, np.inf
    for place in inside:
        off_m = abs(path.at_m[place] - target_m)
        if off_m <= slack_m:
            cost = width_m[place] * (1.0 + 0.3 * off_m / slack_m)
            if cost < least - 1e-9:
                best, least = place, cost
    return best


def splits_of(path: Path, width_m: np.ndarray, necks: list[int]) -> list[int]:
    """Return the places where the stretches between necks and ends are cut for length."""
    found: list[int] = []
    stops = [-1, *necks, len(width_m)]
    for before, after in pairwise(stops):
        inside = range(before + 1, after)
        if not len(inside):
            continue
        start_m = -path.depth_m[0] if before < 0 else float(path.at_m[before])
        stop_m = float(path.at_m[-1]) + path.depth_m[1] if after == len(width_m) else float(path.at_m[after])
        # The zone of a junction reaches half a piece into each of its arms; a dead end or a neck closes a whole piece.
        half_before = 0.5 if before < 0 and not path.is_end[0] else 0.0
        half_after = 0.5 if after == len(width_m) and not path.is_end[1] else 0.0
        length_m = stop_m - start_m
        halves = half_before + half_after
        if halves and length_m < COLLAPSED_M:
            continue
        cuts = max(int(np.floor(length_m / PIECE_M - (1.0 - halves) + 0.5)), 1 if halves else 0)
        pieces = cuts + 1 - halves
        unit_m = length_m / pieces
        for cut in range(cuts):
            target_m = start_m + (cut + 1 - half_before) * unit_m
            place = _nearest_narrow(path, width_m, inside, target_m, 0.3 * unit_m)
            if place is not None:
                found.append(place)
    return found


def _span_m(boxes: np.ndarray) -> float:
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return float(np.hypot(*(high - low)))


def cut_chords(clusters: Clusters) -> tuple[set[int], set[int]]:
    """Return the chords where the floor is cut, and those of them that are necks."""
    mesh = clusters.mesh
    necks: set[int] = set()
    cuts: set[int] = set()
    short: list[tuple[float, int, Path]] = []
    for number, path in enumerate(clusters.paths()):
        width_m = mesh.chord_m[path.chords]
        at_necks = necks_of(path, width_m)
        at_splits = splits_of(path, width_m, at_necks)
        necks.update(path.chords[place] for place in at_necks)
        cuts.update(path.chords[place] for place in at_splits)
        if not at_necks and not at_splits and not any(path.is_end):
            short.append((float(path.at_m[-1]), number, path))
    # Short links between junctions are collapsed, nearest first, while the shared zone stays small.
    home = {hub: hub for _, _, path in short for hub in path.ends}
    centre = {hub: np.tile(clusters.points_m(hub).mean(axis=0), 2)[None, :] for hub in home}
    for _, _, path in sorted(short, key=lambda item: item[:2]):
        one, other = home[path.ends[0]], home[path.ends[1]]
        if one == other:
            continue
        joined = np.concatenate([centre[one], centre[other]])
        if _span_m(joined) > HUB_SPAN_M:
            width_m = mesh.chord_m[path.chords]
            cuts.add(path.chords[int(np.argmin(width_m))])
            continue
        centre[one] = joined
        for hub, owner in home.items():
            if owner == other:
                home[hub] = one
    return cuts | necks, necks


def _side_areas(mesh: Triangles, chords: list[int]) -> dict[int, float]:
    """Return the floor on one side of each chord of a zone whose triangles hang together like a tree; else nothing."""
    beside: dict[int, list[tuple[int, int]]] = {}
    for chord in chords:
        one, other = (int(side) for side in mesh.chord_sides[chord])
        beside.setdefault(one, []).append((chord, other))
        beside.setdefault(other, []).append((chord, one))
    if not chords or len(chords) != len(beside) - 1:  # the zone goes round a hole
        return {}
    root = min(beside)
    order, parent = [root], {root: (-1, -1)}
    for triangle in order:
        for chord, other in beside[triangle]:
            if other not in parent:
                parent[other] = (chord, triangle)
                order.append(other)
    below = {triangle: float(mesh.area_m2[triangle]) for triangle in order}
    found = {}
    for triangle in reversed(order[1:]):
        chord, above = parent[triangle]
        found[chord] = below[triangle]
        below[above] += below[triangle]
    return found


def halving_chords(mesh: Triangles, zone: np.ndarray) -> list[int]:
    """Return for each zone above `LARGE_M2` the shortest chord that leaves enough floor on both sides, where there is one."""
    area_m2 = np.bincount(zone, weights=mesh.area_m2)
    sides = zone[mesh.chord_sides]
    found = []
    for large in np.flatnonzero(area_m2 > LARGE_M2).tolist():
        inner = np.flatnonzero((sides[:, 0] == large) & (sides[:, 1] == large)).tolist()
        shares = {chord: side / area_m2[large] for chord, side in _side_areas(mesh, inner).items()}
        fair = [chord for chord, share in shares.items() if HALF_SHARE <= share <= 1.0 - HALF_SHARE]
        if fair:
            found.append(min(fair, key=lambda chord: (round(float(mesh.chord_m[chord]), 6), abs(shares[chord] - 0.5), chord)))
    return found
