"""Dividing a block of a generated mall into shops of wanted areas, each with frontage on the hall or on a passage."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.random_streams import draw_words

Point = tuple[float, float]

CORNER_CUT_M = 3.0  # angled shop fronts where a passage meets the hall
FRONT_DEPTH_LEAST_M = 8.0
REAR_DEPTH_LEAST_M = 7.5
CLOSED_M = 2.0  # of a passage's end, where a core stands in front of the last shop
FRONTAGE_LEAST_M = 4.5
SMALL_SHOP_DEPTH_LEAST_M = 6.5
DEPTH_TO_FRONTAGE = 1.5  # of a shop that tenants like
GUESTS_MOST = 4  # small shops in front of one larger shop
CANDIDATES = 700  # divisions tried for a block


@dataclass(frozen=True)
class Cell:
    """One shop of a block: which, its ring, and its open edges (widest first) in metres along and in depth."""

    index: int
    ring: tuple[Point, ...]
    fronts: tuple[tuple[Point, Point], ...]


@dataclass(frozen=True)
class Division:
    """A way of dividing a block: lower scores have handier shops."""

    score: float
    cells: tuple[Cell, ...]


def unhandiness(frontage_m: float, depth_m: float) -> float:
    """Return how far a shop is from one that is half as deep again as it is wide, with a way in that is not a slit."""
    slit = 6.0 * max(0.0, FRONTAGE_LEAST_M - frontage_m) ** 2
    return slit + math.log(depth_m / (max(frontage_m, 0.1) * DEPTH_TO_FRONTAGE)) ** 2


def divide_block(areas_m2: Sequence[float], width_m: float, depth_m: float, key: np.uint64, block: int) -> Division:
    """Return the best of many divisions of a block between two passages; the areas are scaled to fill it.

    Shops stand in a front row on the hall, or behind it on the left or the right passage.
    """
    scale = width_m * depth_m / sum(areas_m2)
    areas = [area * scale for area in areas_m2]
    best = _side_by_side(areas, width_m, depth_m)
    words = draw_words(key, np.full(CANDIDATES * len(areas), block), np.arange(CANDIDATES * len(areas)))
    codes = (words >> np.uint64(33)).astype(np.int64).reshape(CANDIDATES, len(areas)) % 4
    for code in codes:  # 0 and 3: on the hall, so that half of the shops stand there
        candidate = _divided(areas, [int(place) % 3 for place in code], width_m, depth_m)
        if candidate.score < best.score:
            best = candidate
    return best


def _side_by_side(areas: Sequence[float], width_m: float, depth_m: float) -> Division:
    """Return the plainest division, which always exists: every shop as deep as the block."""
    score, cells, start_m = 10.0, [], 0.0
    for index, area in enumerate(areas):
        end_m = width_m if index == len(areas) - 1 else start_m + area / depth_m
        more, column = _column(areas, index, [], (start_m, end_m), depth_m, True)
        score, start_m = score + more, end_m
        cells += [_cornered(cell, width_m) for cell in column]
    return Division(score, tuple(cells))


def _divided(areas: Sequence[float], places: Sequence[int], width_m: float, depth_m: float) -> Division:
    """Return the division that puts each shop in the front row (0), on the left (1) or on the right passage (2)."""
    rows = [[index for index, where in enumerate(places) if where == row] for row in range(3)]
    if not rows[0]:
        return Division(math.inf, ())
    sums = [sum(areas[index] for index in row) for row in rows]
    rear_m = (sums[1] + sums[2]) / width_m
    front_m = depth_m - rear_m
    if front_m < FRONT_DEPTH_LEAST_M or 0 < rear_m < REAR_DEPTH_LEAST_M:
        return Division(math.inf, ())
    score, cells = _front_row(areas, rows[0], width_m, front_m)
    for row, left in ((rows[1], True), (rows[2], False)):
        if row:
            stack_m = sums[1 if left else 2] / rear_m
            more, stacked = _stack(areas, row, stack_m, width_m, front_m, depth_m, left)
            alone = stack_m > width_m - 1e-6
            score, cells = score + more + (1.0 if alone else 0.0), cells + stacked
    return Division(score, tuple(cells))


def _stack(
    areas: Sequence[float], row: Sequence[int], stack_m: float, width_m: float, front_m: float, depth_m: float, left: bool
) -> tuple[float, list[Cell]]:
    """Return the shops behind the front row, one behind the other along a passage."""
    score, cells, start_m = 0.0, [], front_m
    near, far = (0.0, stack_m) if left else (width_m, width_m - stack_m)
    for place, index in enumerate(row):
        end_m = depth_m if place == len(row) - 1 else start_m + areas[index] / stack_m
        open_m = min(end_m, depth_m - CLOSED_M)
        score += unhandiness(open_m - start_m, stack_m)
        ring = ((near, start_m), (far, start_m), (far, end_m), (near, end_m))
        cells.append(Cell(index, ring, (((near, start_m), (near, open_m)),)))
        start_m = end_m
    return score, cells


def _hosts(areas: Sequence[float], row: Sequence[int], front_m: float) -> tuple[dict[int, list[int]], float]:
    """Return which shops stand in front of which larger one, and a penalty for those that found no host."""
    small = [index for index in row if areas[index] / front_m < FRONTAGE_LEAST_M + 1.0]
    hosts: dict[int, list[int]] = {index: [] for index in row if index not in small}
    penalty = 0.0
    for index in sorted(small, key=lambda one: (areas[one], one)):
        ranked = sorted(hosts, key=lambda host: (len(hosts[host]) * 80.0 - areas[host], host))
        if ranked and len(hosts[ranked[0]]) < GUESTS_MOST:
            hosts[ranked[0]].append(index)
        else:
            hosts[index] = []
            penalty += 1.0
    return hosts, penalty


def _front_row(areas: Sequence[float], row: Sequence[int], width_m: float, front_m: float) -> tuple[float, list[Cell]]:
    """Return the shops on the hall; small ones share their depth with a larger shop that reaches behind them."""
    hosts, score = _hosts(areas, row, front_m)
    cells: list[Cell] = []
    start_m = 0.0
    for place, (host, guests) in enumerate(hosts.items()):
        end_m = start_m + (areas[host] + sum(areas[guest] for guest in guests)) / front_m
        last = place == len(hosts) - 1
        end_m = width_m if last else end_m
        more, column = _column(areas, host, guests, (start_m, end_m), front_m, place % 2 == 0)
        score += more
        cells += [_cornered(cell, width_m) for cell in column]
        start_m = end_m
    return score, cells


def _column(
    areas: Sequence[float], host: int, guests: Sequence[int], span_m: tuple[float, float], front_m: float, host_first: bool
) -> tuple[float, list[Cell]]:
    """Return a shop with the small ones that stand in front of its rear part."""
    start_m, end_m = span_m
    if not guests:
        whole = ((start_m, 0.0), (end_m, 0.0), (end_m, front_m), (start_m, front_m))
        return unhandiness(end_m - start_m, front_m), [Cell(host, whole, (((start_m, 0.0), (end_m, 0.0)),))]
    guest_sum = sum(areas[guest] for guest in guests)
    guest_m = math.sqrt(DEPTH_TO_FRONTAGE * guest_sum / len(guests))
    guest_m = min(max(guest_m, SMALL_SHOP_DEPTH_LEAST_M), front_m - 3.5)
    wing_m = guest_sum / guest_m
    host_m = end_m - start_m - wing_m
    if host_m < FRONTAGE_LEAST_M:
        return math.inf, []
    inner = start_m + host_m if host_first else start_m + wing_m
    outer = end_m if host_first else start_m
    own = start_m if host_first else end_m
    ring = ((own, 0.0), (inner, 0.0), (inner, guest_m), (outer, guest_m), (outer, front_m), (own, front_m))
    cells = [Cell(host, ring, (((own, 0.0), (inner, 0.0)),))]
    score = unhandiness(host_m, front_m) * 0.5
    at_m = min(inner, outer)
    for guest in guests:
        to_m = at_m + areas[guest] / guest_m
        score += unhandiness(to_m - at_m, guest_m)
        cells.append(Cell(guest, ((at_m, 0.0), (to_m, 0.0), (to_m, guest_m), (at_m, guest_m)), (((at_m, 0.0), (to_m, 0.0)),)))
        at_m = to_m
    return score, cells


def _cornered(cell: Cell, width_m: float) -> Cell:
    """Return the shop with its corner on a passage cut, and the passage's side open too where the shop is deep enough."""
    ring, fronts = list(cell.ring), list(cell.fronts)
    for corner_m in (0.0, width_m):
        spots = [at for at, point in enumerate(ring) if abs(point[0] - corner_m) < 1e-6 and point[1] == 0.0]
        (from_m, _), (to_m, _) = fronts[0]
        if not spots or abs(to_m - from_m) < CORNER_CUT_M + 3.0:
            continue
        at = spots[0]
        inward = CORNER_CUT_M if corner_m == 0.0 else -CORNER_CUT_M
        on_front, on_side = (corner_m + inward, 0.0), (corner_m, CORNER_CUT_M)
        before = ring[at - 1]
        ring[at : at + 1] = [on_front, on_side] if before[1] == 0.0 else [on_side, on_front]
        other = to_m if abs(from_m - corner_m) < 1e-6 else from_m
        deepest = max(point[1] for point in ring if abs(point[0] - corner_m) < 1e-6)
        fronts[0] = ((min(on_front[0], other), 0.0), (max(on_front[0], other), 0.0))
        if deepest - CORNER_CUT_M >= 6.0:
            fronts.append(((corner_m, CORNER_CUT_M), (corner_m, deepest)))
    return Cell(cell.index, tuple(ring), tuple(fronts))
