"""Weighted k nearest neighbours: the mean of the surveyed places that sound most like the scan.

The distance of scan o and fingerprint f is Euclid's over all access points that either hears, one not heard taken as `missing_dbm`. With
strengths in dB above that, a for the fingerprint and b for the scan, its square is |a|^2 + |b|^2 - 2 a.b, so that only what the scan
heard is visited.
"""

from __future__ import annotations

import math

import numpy as np

from sim.kernel import inlined, kernel
from sim.sensing.positioning.fingerprints import LANES, PrintTables

EPSILON_DB = 1e-3  # keeps the weight of a perfect match finite
STRONGEST = 2  # access points of a scan whose lists are searched, and more until enough neighbours are found


@kernel
def knn_locate(
    prints: PrintTables,
    aps: np.ndarray,
    dbms: np.ndarray,
    first: int,
    end: int,
    not_path: int,
    is_pruned: bool,
    out: np.ndarray,
) -> bool:
    """Fill (level, x, y, xx, xy, yy) of the scan with readings [first, end) from the map without the walk `not_path`.

    A pruned search looks only at blocks listed under the scan's strongest access points. Returns whether there is an answer: not where
    nothing was heard, or the map is empty.
    """
    if end == first:
        return False
    square = _take_scan(prints, aps, dbms, first, end)
    found = 0
    if is_pruned:
        found = _search_listed(prints, aps, dbms, first, end, not_path)
    if found < prints.neighbours:
        found = 0
        for block in range(prints.place.shape[0]):
            found = _look_at(prints, block, end - first, not_path, found)
    if found == 0:
        return False
    _combine(prints, square, end - first, found, out)
    return True


@inlined
def _take_scan(prints: PrintTables, aps: np.ndarray, dbms: np.ndarray, first: int, end: int) -> float:
    """Note what the scan heard, filled up to whole fours with nothing; return the square of its length."""
    square = 0.0
    heard = end - first
    for spot in range(heard):
        above_db = np.float32(dbms[first + spot]) - np.float32(prints.missing_dbm)
        prints.heard[spot] = aps[first + spot]
        prints.slope[spot] = np.float32(-2.0) * above_db
        square += float(above_db) * float(above_db)
    for spot in range(heard, (heard + 3) & ~3):
        prints.heard[spot], prints.slope[spot] = 0, np.float32(0.0)
    return square


@inlined
def _look_at(prints: PrintTables, block: int, heard: int, not_path: int, found: int) -> int:
    """Take the fingerprints of a block that belong among the nearest; ties go to the lower (level, x, y), the order of the map."""
    distance = prints.distance
    _fill_distances(prints.strength_db, prints.square, prints.heard, prints.slope, block, heard, distance)
    for lane in range(LANES):
        if found < prints.neighbours or distance[lane] <= prints.near_distance[found - 1]:
            place = prints.place[block, lane]
            if place >= 0 and not (not_path >= 0 and prints.path[place] == not_path):
                found = _insert(prints, block * LANES + lane, float(distance[lane]), place, found)
    return found


@kernel
def _fill_distances(
    strength_db: np.ndarray, square: np.ndarray, ap: np.ndarray, slope: np.ndarray, block: int, heard: int, distance: np.ndarray
) -> None:
    """Fill the squared distances of a block's lanes; four readings a time, so that a sum is fetched and put back once for all four."""
    lanes = distance.size  # LANES, but not as a constant: the compiler would unroll the loops over it and then sum one by one
    for lane in range(lanes):
        distance[lane] = square[block, lane]
    for spot in range(0, heard, 4):
        ap_a, ap_b, ap_c, ap_d = ap[spot], ap[spot + 1], ap[spot + 2], ap[spot + 3]
        a, b, c, d = slope[spot], slope[spot + 1], slope[spot + 2], slope[spot + 3]
        for lane in range(lanes):
            distance[lane] += (a * strength_db[block, ap_a, lane] + b * strength_db[block, ap_b, lane]) + (
                c * strength_db[block, ap_c, lane] + d * strength_db[block, ap_d, lane]
            )


@inlined
def _insert(prints: PrintTables, lane: int, distance: float, place: int, found: int) -> int:
    """Put a fingerprint in its order among the nearest; of too many the last falls off."""
    spot = found
    while spot > 0:
        before = prints.near_distance[spot - 1]
        if distance > before or (distance == before and place > _place(prints, spot - 1)):
            break
        if spot < prints.neighbours:
            prints.near_distance[spot], prints.near_lane[spot] = before, prints.near_lane[spot - 1]
        spot -= 1
    if spot == prints.neighbours:
        return found
    prints.near_distance[spot], prints.near_lane[spot] = distance, lane
    return min(found + 1, prints.neighbours)


@inlined
def _place(prints: PrintTables, near: int) -> int:
    """Return the fingerprint of a neighbour."""
    return prints.place[prints.near_lane[near] // LANES, prints.near_lane[near] % LANES]


@inlined
def _search_listed(prints: PrintTables, aps: np.ndarray, dbms: np.ndarray, first: int, end: int, not_path: int) -> int:
    """Look at the blocks listed under the scan's strongest access points; return how many neighbours are found."""
    search = prints.search[0] + 1
    prints.search[0] = search
    found = 0
    below_dbm, below_ap = np.inf, -1  # the last taken: the next is weaker, or as strong and later in order
    for taken in range(end - first):
        if taken >= STRONGEST and found == prints.neighbours:
            return found
        best = -1
        for reading in range(first, end):
            dbm, ap = float(dbms[reading]), aps[reading]
            is_left = dbm < below_dbm or (dbm == below_dbm and ap > below_ap)
            if is_left and (best < 0 or dbm > dbms[best]):
                best = reading
        below_dbm, below_ap = float(dbms[best]), aps[best]
        for entry in range(prints.list_start[below_ap], prints.list_start[below_ap + 1]):
            block = prints.listed[entry]
            if prints.seen[block] != search:
                prints.seen[block] = search
                found = _look_at(prints, block, end - first, not_path, found)
    return found


@inlined
def _weight(prints: PrintTables, near: int, square: float, heard: int) -> float:
    """Return 1 / (distance + epsilon), the distance computed again with twice the digits."""
    block, lane = prints.near_lane[near] // LANES, prints.near_lane[near] % LANES
    distance = square + prints.square_of[prints.place[block, lane]]
    for spot in range(heard):
        distance += float(prints.slope[spot]) * float(prints.strength_db[block, prints.heard[spot], lane])
    return 1.0 / (math.sqrt(max(distance, 0.0)) + EPSILON_DB)


@inlined
def _combine(prints: PrintTables, square: float, heard: int, found: int, out: np.ndarray) -> None:
    """Fill the weighted mean of the neighbours on the level that weighs most; of equals, the level of the nearest neighbour."""
    prints.votes[:] = 0.0
    for near in range(found):
        weight = _weight(prints, near, square, heard)
        prints.near_distance[near] = weight
        prints.votes[prints.level[_place(prints, near)]] += weight
    level = prints.level[_place(prints, 0)]
    for near in range(1, found):
        other = prints.level[_place(prints, near)]
        if prints.votes[other] > prints.votes[level]:
            level = other
    total = prints.votes[level]
    x_m, y_m = 0.0, 0.0
    for near in range(found):
        place = _place(prints, near)
        if prints.level[place] == level:
            x_m += prints.near_distance[near] / total * prints.x_m[place]
            y_m += prints.near_distance[near] / total * prints.y_m[place]
    xx, xy, yy = prints.least_m2, 0.0, prints.least_m2
    for near in range(found):
        place = _place(prints, near)
        if prints.level[place] == level:
            weight = prints.near_distance[near] / total
            away_x, away_y = prints.x_m[place] - x_m, prints.y_m[place] - y_m
            xx += weight * away_x * away_x
            xy += weight * away_x * away_y
            yy += weight * away_y * away_y
    out[0], out[1], out[2], out[3], out[4], out[5] = level, x_m, y_m, xx, xy, yy
