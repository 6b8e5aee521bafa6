"""The instants of each trajectory segment between which its party moves in a straight line, evenly."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.crowd.positions import TAPER_M, Places
from sim.events import SegmentKind
from sim.kernel import kernel

QUEUEING = 4  # what a replay shows beside the kinds of segments: a party in a line, in a unit or before it
Table = tuple[np.ndarray, ...]


class Spans(NamedTuple):
    """Segments in order of (visit, start), as columns; `place` and `kind` as in sim.events.SegmentLog."""

    start_us: np.ndarray
    end_us: np.ndarray
    visit: np.ndarray
    people: np.ndarray
    kind: np.ndarray
    place: np.ndarray
    from_m: np.ndarray
    to_m: np.ndarray
    side: np.ndarray


class Waits(NamedTuple):
    """Waits in lines, sorted by (visit, from): columns of equal length."""

    visit: np.ndarray  # int64
    from_us: np.ndarray  # int64
    to_us: np.ndarray  # int64


class Breaks(NamedTuple):
    """Instants in the order of their rows: which row, when, and what its party does from then on."""

    row: np.ndarray  # int64
    time_us: np.ndarray  # int64
    doing: np.ndarray  # int8 SegmentKind or QUEUEING


def breaks_of(places: Places, spans: Spans, waits: Waits) -> Breaks:
    """Return the instants of all rows; of those in units only when they begin and end, and when a wait does."""
    first_wait = np.searchsorted(waits.visit, spans.visit)
    room = 6 * spans.start_us.size + 2 * waits.visit.size + 64
    while True:
        found = Breaks(np.zeros(room, np.int64), np.zeros(room, np.int64), np.zeros(room, np.int8))
        used = _fill_breaks(places, tuple(spans), tuple(waits), first_wait, tuple(found))
        if used >= 0:
            return Breaks(*(column[:used] for column in found))
        room *= 2


@kernel
def _fill_breaks(places: Places, spans: Table, waits: Table, first_wait: np.ndarray, found: Table) -> int:
    """Fill `found` and return how many instants there are; -1 where it is too small."""
    start_us, end_us, visit, _, kind, place, _, _, side = spans
    wait_visit, wait_from_us, wait_to_us = waits
    _, time_us, _ = found
    used = 0
    for row in range(start_us.size):
        first = used
        if used + 8 > time_us.size:
            return -1
        used = _note(found, first, used, row, start_us[row])
        if kind[row] == SegmentKind.WALKING and place[row] >= 0 and side[row] != 0.0:
            used = _tapers(places, spans, row, found, first, used)
        elif kind[row] == SegmentKind.RIDING:
            # The level changes at half of the way.
            half_us = start_us[row] + (end_us[row] - start_us[row] + 1) // 2
            used = _note(found, first, used, row, max(half_us - 1, start_us[row]))
            used = _note(found, first, used, row, half_us)
        used = _note(found, first, used, row, end_us[row])
        if kind[row] == SegmentKind.INSIDE_UNIT or kind[row] == SegmentKind.STANDING:
            wait = first_wait[row]
            while wait < wait_visit.size and wait_visit[wait] == visit[row] and wait_from_us[wait] < end_us[row]:
                for edge_us in (wait_from_us[wait], wait_to_us[wait]):
                    if start_us[row] < edge_us < end_us[row]:
                        if used + 4 > time_us.size:
                            return -1
                        used = _note(found, first, used, row, edge_us)
                wait += 1
        _set_doing(spans, waits, first_wait[row], row, found, first, used)
    return used


@kernel
def _note(found: Table, first: int, used: int, row: int, at_us: int) -> int:
    """Put an instant of a row in its place among those from `first` on; return how many there are."""
    rows, time_us, _ = found
    index = used
    while index > first and time_us[index - 1] > at_us:
        time_us[index] = time_us[index - 1]
        index -= 1
    time_us[index] = at_us
    rows[used] = row
    return used + 1


@kernel
def _tapers(places: Places, spans: Table, row: int, found: Table, first: int, used: int) -> int:
    """Note where on its leg a walker begins or ceases to keep to a side."""
    start_us, end_us, _, _, _, place, from_m, to_m, _ = spans
    piece = place[row]
    length_m = max(places.leg_m[places.piece_leg[piece]], 1e-9)
    begin_m = places.piece_offset_m[piece] + from_m[row]
    way_m = to_m[row] - from_m[row]
    if way_m == 0.0:
        return used
    taper_m = min(TAPER_M, length_m / 2)
    for at_m in (0.0, taper_m, length_m - taper_m, length_m):
        share = (at_m - begin_m) / way_m
        if 0.0 < share < 1.0:
            used = _note(found, first, used, row, start_us[row] + np.int64(share * (end_us[row] - start_us[row])))
    return used


@kernel
def _set_doing(spans: Table, waits: Table, first_wait: int, row: int, found: Table, first: int, used: int) -> None:
    """Say of each instant of a row what its party does from then on."""
    _, _, visit, _, kind, _, _, _, _ = spans
    wait_visit, wait_from_us, wait_to_us = waits
    _, time_us, doing = found
    may_wait = kind[row] == SegmentKind.INSIDE_UNIT or kind[row] == SegmentKind.STANDING
    for index in range(first, used):
        doing[index] = kind[row]
        wait = first_wait
        while may_wait and wait < wait_visit.size and wait_visit[wait] == visit[row] and wait_from_us[wait] <= time_us[index]:
            if time_us[index] < wait_to_us[wait]:
                doing[index] = QUEUEING
            wait += 1
