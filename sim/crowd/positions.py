"""Where a party is at an instant: computed from its trajectory segment, never stored; replay, sensors and tests all ask here."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.events import SegmentKind, SegmentLog
from sim.kernel import declare_type, inlined, kernel
from sim.plan_arrays import PlanArrays
from sim.random_streams import stream_key, uniform

TAPER_M = 1.0  # towards its ends a leg is walked on its line, where legs meet at corners
STROLL_US = 60_000_000  # inside a unit a party moves to another spot every minute
TRIES = 32  # spots tried per stroll before its middle is taken
STROLL_KEY = stream_key(0, "spot inside a unit")  # a matter of looks, the same for every seed


class Places(NamedTuple):
    """What positions are computed from; see PlanArrays for the meaning of the arrays."""

    node_x_m: np.ndarray
    node_y_m: np.ndarray
    node_level: np.ndarray
    piece_leg: np.ndarray
    piece_offset_m: np.ndarray  # distance from the leg's start to the piece's
    piece_left_m: np.ndarray
    piece_right_m: np.ndarray
    leg_from: np.ndarray
    leg_to: np.ndarray
    leg_m: np.ndarray
    unit_x_m: np.ndarray
    unit_y_m: np.ndarray
    unit_level: np.ndarray
    unit_ring_start: np.ndarray
    ring_x_m: np.ndarray
    ring_y_m: np.ndarray
    ride_from_node: np.ndarray
    ride_to_node: np.ndarray


class Segment(NamedTuple):
    """One row of a segment log."""

    start_us: int
    end_us: int
    visit: int
    kind: int
    place: int
    from_m: float
    to_m: float
    side: float


def places_of(plan: PlanArrays) -> Places:
    """Return the places of a plan."""
    pieces = np.diff(plan.leg_piece_start)
    along = np.cumsum(plan.piece_m) - plan.piece_m
    starts = along[np.minimum(plan.leg_piece_start[:-1], max(along.size - 1, 0))] if along.size else np.zeros(0)
    leg = np.repeat(np.arange(pieces.size), pieces)
    whole = {name: getattr(plan, name).astype(np.int64) for name in (
        "node_level", "leg_from", "leg_to", "unit_level", "unit_ring_start", "ride_from_node", "ride_to_node")}  # fmt: skip
    real = {name: getattr(plan, name).astype(np.float64) for name in (
        "node_x_m", "node_y_m", "piece_left_m", "piece_right_m", "leg_m", "unit_x_m", "unit_y_m", "ring_x_m", "ring_y_m")}  # fmt: skip
    return Places(piece_leg=leg, piece_offset_m=along - starts[leg] if along.size else along, **whole, **real)


_whole, _real = np.zeros(0, np.int64), np.zeros(0)
declare_type(
    "Places",
    Places(
        _real,
        _real,
        _whole,
        _whole,
        _real,
        _real,
        _real,
        _whole,
        _whole,
        _real,
        _real,
        _real,
        _whole,
        _whole,
        _real,
        _real,
        _whole,
        _whole,
    ),
)
declare_type("Segment", Segment(0, 0, 0, 0, 0, 0.0, 0.0, 0.0))


@inlined
def position_at(places: Places, segment: Segment, time_us: int) -> tuple[float, float, int]:
    """Return (x_m, y_m, level) at an instant of the segment; on the walkable floor, in the unit, or on the ride, for certain."""
    share = 0.0
    if segment.end_us > segment.start_us:
        share = min(max((time_us - segment.start_us) / (segment.end_us - segment.start_us), 0.0), 1.0)
    if segment.kind == SegmentKind.RIDING:
        start, end = places.ride_from_node[segment.place], places.ride_to_node[segment.place]
        x_m = places.node_x_m[start] + share * (places.node_x_m[end] - places.node_x_m[start])
        y_m = places.node_y_m[start] + share * (places.node_y_m[end] - places.node_y_m[start])
        return x_m, y_m, places.node_level[start] if share < 0.5 else places.node_level[end]
    if segment.kind == SegmentKind.INSIDE_UNIT:
        return _inside_unit(places, segment.place, segment.visit, time_us - segment.start_us)
    if segment.place < 0:
        node = -1 - segment.place
        return places.node_x_m[node], places.node_y_m[node], places.node_level[node]
    return _on_piece(places, segment.place, segment.from_m + share * (segment.to_m - segment.from_m), segment.side)


@inlined
def _on_piece(places: Places, piece: int, along_m: float, side: float) -> tuple[float, float, int]:
    """Return the place along a leg, to the side by the party's own share of the clear width."""
    leg = places.piece_leg[piece]
    start, end = places.leg_from[leg], places.leg_to[leg]
    length_m = max(places.leg_m[leg], 1e-9)
    from_start_m = min(max(places.piece_offset_m[piece] + along_m, 0.0), length_m)
    ahead_x = (places.node_x_m[end] - places.node_x_m[start]) / length_m
    ahead_y = (places.node_y_m[end] - places.node_y_m[start]) / length_m
    taper = min(1.0, min(from_start_m, length_m - from_start_m) / TAPER_M)
    aside_m = taper * side * (places.piece_left_m[piece] if side > 0 else places.piece_right_m[piece])
    x_m = places.node_x_m[start] + from_start_m * ahead_x - aside_m * ahead_y
    y_m = places.node_y_m[start] + from_start_m * ahead_y + aside_m * ahead_x
    return x_m, y_m, places.node_level[start]


@inlined
def _inside_unit(places: Places, unit: int, visit: int, since_us: int) -> tuple[float, float, int]:
    """Return a place in the unit: strolls from spot to spot, or stands where the straight way would leave the polygon."""
    stroll = since_us // STROLL_US
    share = (since_us - stroll * STROLL_US) / STROLL_US
    x_m, y_m = _spot(places, unit, visit, stroll)
    next_x_m, next_y_m = _spot(places, unit, visit, stroll + 1)
    way_x, way_y = next_x_m - x_m, next_y_m - y_m
    if is_inside_unit(places, unit, x_m + share * way_x, y_m + share * way_y):
        return x_m + share * way_x, y_m + share * way_y, places.unit_level[unit]
    return x_m, y_m, places.unit_level[unit]


@inlined
def _spot(places: Places, unit: int, visit: int, stroll: int) -> tuple[float, float]:
    """Return an addressed point inside the unit's ring."""
    first, end = places.unit_ring_start[unit], places.unit_ring_start[unit + 1]
    low_x, high_x, low_y, high_y = np.inf, -np.inf, np.inf, -np.inf
    for corner in range(first, end):
        low_x, high_x = min(low_x, places.ring_x_m[corner]), max(high_x, places.ring_x_m[corner])
        low_y, high_y = min(low_y, places.ring_y_m[corner]), max(high_y, places.ring_y_m[corner])
    for attempt in range(TRIES):
        count = (stroll * TRIES + attempt) * 2
        x_m = low_x + (high_x - low_x) * uniform(STROLL_KEY, visit, count)
        y_m = low_y + (high_y - low_y) * uniform(STROLL_KEY, visit, count + 1)
        if is_inside_unit(places, unit, x_m, y_m):
            return x_m, y_m
    return places.unit_x_m[unit], places.unit_y_m[unit]


@inlined
def is_inside_unit(places: Places, unit: int, x_m: float, y_m: float) -> bool:
    """Return whether a point lies in the unit's outer ring (even-odd rule)."""
    inside = False
    for corner in range(places.unit_ring_start[unit], places.unit_ring_start[unit + 1] - 1):
        y_a, y_b = places.ring_y_m[corner], places.ring_y_m[corner + 1]
        if (y_a > y_m) != (y_b > y_m):
            x_a, x_b = places.ring_x_m[corner], places.ring_x_m[corner + 1]
            if x_m < x_a + (y_m - y_a) / (y_b - y_a) * (x_b - x_a):
                inside = not inside
    return inside


def sample_positions(
    places: Places, segments: SegmentLog, every_us: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return x_m, y_m, level and the segment's row of every party at every multiple of `every_us` within its segments."""
    first = -(-segments.start_us // every_us)
    counts = np.maximum((segments.end_us - 1) // every_us - first + 1, 0)
    row = np.repeat(np.arange(segments.start_us.size), counts)
    time_us = (first[row] + np.arange(row.size) - np.repeat(np.cumsum(counts) - counts, counts)) * every_us
    x_m, y_m, level = positions_at(places, segments, row, time_us)
    return x_m, y_m, level, row


def positions_at(
    places: Places, segments: SegmentLog, row: np.ndarray, time_us: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x_m, y_m, level at each of `time_us`, of the segments in the given rows."""
    x_m, y_m, level = np.zeros(row.size), np.zeros(row.size), np.zeros(row.size, np.int64)
    columns = tuple(np.ascontiguousarray(getattr(segments, name)) for name in Segment._fields)
    _fill_positions(places, columns, row, time_us, x_m, y_m, level)
    return x_m, y_m, level


@kernel
def _fill_positions(places, columns, row, time_us, x_m, y_m, level):  # type: ignore[no-untyped-def]
    start_us, end_us, visit, kind, place, from_m, to_m, side = columns
    for index in range(row.size):
        at = row[index]
        segment = Segment(
            np.int64(start_us[at]), np.int64(end_us[at]), np.int64(visit[at]), np.int64(kind[at]), np.int64(place[at]),
            np.float64(from_m[at]), np.float64(to_m[at]), np.float64(side[at]),
        )  # fmt: skip
        x_m[index], y_m[index], level[index] = position_at(places, segment, time_us[index])
