"""Fingerprint maps: which access points are heard how strongly at surveyed places, and the tables that a search of them reads."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from sim.kernel import declare_type
from sim.sensing.positioning.scans import Scans


class Fingerprints(NamedTuple):
    """Surveyed places in order of (level, x, y, path), each with its readings: one scan's, or the mean of several."""

    level: np.ndarray  # (F) int32
    x_m: np.ndarray  # (F) float64
    y_m: np.ndarray  # (F) float64
    path: np.ndarray  # (F) int32 the walk in which it was surveyed; -1 none
    scans: Scans  # one for each place


def fingerprints_in_order(level: np.ndarray, x_m: np.ndarray, y_m: np.ndarray, path: np.ndarray, scans: Scans) -> Fingerprints:
    """Return surveyed places in their order, whatever order they come in; equal places and paths in order of their readings."""
    heard = np.diff(scans.start)
    strongest = np.full(level.size, -np.inf)
    np.maximum.at(strongest, np.repeat(np.arange(level.size), heard), scans.rssi_dbm)
    order = np.lexsort((strongest, heard, path, y_m, x_m, level))
    rows, start = rows_of_scans(scans.start, order)
    chosen = Scans(start, scans.access_point[rows], scans.rssi_dbm[rows])
    return Fingerprints(level[order].astype(np.int32), x_m[order], y_m[order], path[order].astype(np.int32), chosen)


def rows_of_scans(start: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the readings of the chosen scans, end to end, and where each of these starts among them."""
    counts = np.diff(start)[chosen]
    begins = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    rows = np.repeat(start[chosen] - begins[:-1], counts) + np.arange(begins[-1])
    return rows, begins


LANES = 64  # fingerprints of a block: their strengths of one access point fill a cache line and are summed side by side


class PrintTables(NamedTuple):
    """A fingerprint map as the search reads it: in blocks of LANES places that lie together on a level.

    Strengths are held as dB above `missing_dbm`, so that what is not heard is 0.
    """

    level: np.ndarray  # (F) int32
    x_m: np.ndarray  # (F) float64
    y_m: np.ndarray  # (F) float64
    path: np.ndarray  # (F) int32
    place: np.ndarray  # (B, LANES) int32 fingerprint in each lane of a block, -1 none
    strength_db: np.ndarray  # (B, A, LANES) float32
    square: np.ndarray  # (B, LANES) float32 sum of the squares of a fingerprint; inf where there is none
    square_of: np.ndarray  # (F) float64 the same
    list_start: np.ndarray  # (A + 1) int64
    listed: np.ndarray  # int32 blocks in which some fingerprint has the access point among its strongest
    missing_dbm: float
    neighbours: int
    least_m2: float  # variance of an axis that no agreement of neighbours can undercut
    search: np.ndarray  # (1) int64 number of the last search; scratch of one search, here and below
    seen: np.ndarray  # (B) int64 last search that looked at the block
    heard: np.ndarray  # (A + 4) int32 access points of the scan, filled up to whole fours
    slope: np.ndarray  # (A + 4) float32 of each: what a dB more in the fingerprint adds to the squared distance
    distance: np.ndarray  # (LANES) float32 squared distances of a block, less the square of the scan
    near_distance: np.ndarray  # (neighbours) float64
    near_lane: np.ndarray  # (neighbours) int64 block * LANES + lane
    votes: np.ndarray  # (L) float64


LISTED_OF_EACH = 6  # a fingerprint's block is listed under this many of its strongest access points
LEAST_SD_M = 1.0


def print_tables(prints: Fingerprints, access_points: int, levels: int, missing_dbm: float, neighbours: int) -> PrintTables:
    """Return the tables of a map over access points 0 ... access_points - 1."""
    places = prints.level.size
    strength_db = np.zeros((places, access_points), np.float32)
    row = np.repeat(np.arange(places), np.diff(prints.scans.start))
    strength_db[row, prints.scans.access_point] = prints.scans.rssi_dbm - np.float32(missing_dbm)
    place = _blocks(prints)
    is_filled = place >= 0
    square_of = (strength_db.astype(np.float64) ** 2).sum(axis=1)
    square = np.full(place.shape, np.inf, np.float32)
    square[is_filled] = square_of[place[is_filled]]
    in_blocks = np.zeros((len(place), LANES, access_points), np.float32)
    in_blocks[is_filled] = strength_db[place[is_filled]]
    list_start, listed = _lists(strength_db, place)
    neighbours = max(1, min(neighbours, places))
    return PrintTables(
        level=prints.level.astype(np.int32),
        x_m=prints.x_m.astype(np.float64),
        y_m=prints.y_m.astype(np.float64),
        path=prints.path.astype(np.int32),
        place=place,
        strength_db=np.ascontiguousarray(in_blocks.transpose(0, 2, 1)),
        square=square,
        square_of=square_of,
        list_start=list_start,
        listed=listed,
        missing_dbm=float(missing_dbm),
        neighbours=int(neighbours),
        least_m2=_least_m2(prints),
        search=np.zeros(1, np.int64),
        seen=np.zeros(len(place), np.int64),
        heard=np.zeros(access_points + 4, np.int32),
        slope=np.zeros(access_points + 4, np.float32),
        distance=np.zeros(LANES, np.float32),
        near_distance=np.zeros(neighbours),
        near_lane=np.zeros(neighbours, np.int64),
        votes=np.zeros(max(levels, 1)),
    )


def _blocks(prints: Fingerprints) -> np.ndarray:
    """Return the fingerprints of each block: every level is halved across its longer side until the rest fits."""
    blocks: list[np.ndarray] = []
    for level in np.unique(prints.level):
        waiting = [np.flatnonzero(prints.level == level)]
        while waiting:
            rows = waiting.pop()
            if rows.size <= LANES:
                blocks.append(rows)
                continue
            x_m, y_m = prints.x_m[rows], prints.y_m[rows]
            order = np.lexsort((rows, x_m, y_m) if np.ptp(y_m) > np.ptp(x_m) else (rows, y_m, x_m))
            half = LANES * max(1, round(rows.size / (2 * LANES)))
            waiting += [np.sort(rows[order[half:]]), np.sort(rows[order[:half]])]
    place = np.full((len(blocks), LANES), -1, np.int32)
    for block, rows in enumerate(blocks):
        place[block, : rows.size] = rows
    return place


def _lists(strength_db: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each access point the blocks with a fingerprint that has it among its strongest; of equals the first count."""
    places, access_points = strength_db.shape
    block_of = np.zeros(places, np.int64)
    block, lane = np.nonzero(place >= 0)
    block_of[place[block, lane]] = block
    depth = min(LISTED_OF_EACH, access_points)
    top = np.argsort(-strength_db, axis=1, kind="stable")[:, :depth]
    is_heard = np.take_along_axis(strength_db, top, axis=1).ravel() > 0
    pairs = np.unique(top.ravel()[is_heard] * max(len(place), 1) + np.repeat(block_of, depth)[is_heard])
    owner, listed = np.divmod(pairs, max(len(place), 1))
    start = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=access_points)))).astype(np.int64)
    return start, listed.astype(np.int32)


def _least_m2(prints: Fingerprints) -> float:
    """Return the least variance of an axis: of places spread evenly over the spacing of the survey, and at least 1 m2."""
    nearest_m = [0.0]
    for level in np.unique(prints.level):
        rows = prints.level == level
        places = np.unique(np.column_stack((prints.x_m[rows], prints.y_m[rows])), axis=0)
        if len(places) > 1:
            nearest_m.append(float(np.median(cKDTree(places).query(places, k=2)[0][:, 1])))
    return max(LEAST_SD_M**2, max(nearest_m) ** 2 / 12.0)


_NOWHERE = Scans(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))
NO_FINGERPRINTS = Fingerprints(np.zeros(0, np.int32), np.zeros(0), np.zeros(0), np.zeros(0, np.int32), _NOWHERE)
NO_PRINT_TABLES = print_tables(NO_FINGERPRINTS, 0, 1, -95.0, 1)
declare_type("PrintTables", NO_PRINT_TABLES)
