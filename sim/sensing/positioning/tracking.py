"""Notes where followed phones were at their last scans, from trajectory segments as they come."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from sim.crowd.positions import Places, Segment, position_at
from sim.crowd.state import SEGMENT, records
from sim.events import SegmentKind
from sim.kernel import declare_type, entry, kernel
from sim.sensing.positioning.phones import NO_SCAN_US, PhoneTable

READING_US = 10_000_000  # readings are heard between the place so long before a scan and the place at the scan
SegmentRecords: TypeAlias = np.ndarray
NotedRecords: TypeAlias = np.ndarray
NOTED = np.dtype(
    [
        ("time_us", "i8"), ("x_m", "f8"), ("y_m", "f8"), ("before_x_m", "f8"), ("before_y_m", "f8"), ("row", "i4"), ("level", "i4"),
    ]
)  # fmt: skip
declare_type("SegmentRecords", records(0, SEGMENT))
declare_type("NotedRecords", records(0, NOTED))


class Tracks:
    """The places of phones at their last scans in the present window, in whatever pieces the segments come.

    A walk is written down when it begins and may last beyond the window; it is kept until it ends.
    """

    def __init__(self, places: Places, phones: PhoneTable) -> None:
        self._places, self._phones = places, phones
        self._noted = records(0, NOTED)
        self._carry, self._spare = records(0, SEGMENT), records(0, SEGMENT)
        self._counts = np.zeros(2, np.int64)  # rows in use of `noted` and of `carry`

    def take(self, segments: np.ndarray) -> None:
        """Note places from segments (state.SEGMENT records) as the crowd logs them."""
        self._note(segments, True)

    def take_open(self, segments: np.ndarray) -> None:
        """Note places from what goes on at the end of the window and is logged later."""
        self._note(segments, False)

    def noted(self) -> np.ndarray:
        """Return what is noted (NOTED records), in no particular order; valid until the next call."""
        return self._noted[: self._counts[0]]

    def begin_window(self) -> None:
        """Go on, after the phones have, with the walks that last on."""
        kept, self._carry, self._spare = self._carry[: self._counts[1]], self._spare, self._carry
        self._counts[:] = 0
        self._note(kept, True)

    def _note(self, segments: np.ndarray, lasts_on: bool) -> None:
        phones = self._phones
        # A phone has at most one scan in a window, and a party is in at most one walk at an instant.
        self._noted = _with_room(self._noted, int(self._counts[0]), phones.scan_us.size)
        self._carry = _with_room(self._carry, int(self._counts[1]), phones.parties.size)
        until_us = phones.window_us[1]
        _note_places(
            self._places, segments, phones.parties, phones.scan_us, until_us, lasts_on, self._noted, self._carry, self._counts
        )  # fmt: skip


def _with_room(table: np.recarray, used: int, rows: int) -> np.recarray:  # type: ignore[type-arg]
    """Return the table with room for as many rows, those in use kept."""
    if table.size >= rows:
        return table
    larger = records(rows, table.dtype)
    larger[:used] = table[:used]
    return larger


@entry
def _note_places(places, segments, parties, scan_us, until_us, lasts_on, noted, carry, counts):  # type: ignore[no-untyped-def]
    """Note where each phone of a segment's party was at its last scan, if that lies within the segment; the scan is used then."""
    for index in range(segments.size):
        segment = segments[index]
        tracker = segment.tracker
        if tracker < 0 or tracker >= parties.size or parties[tracker].visit != segment.visit:
            continue
        if lasts_on and segment.end_us > until_us and counts[1] < carry.size:
            carry[counts[1]] = segment
            counts[1] += 1
        first = parties[tracker].first
        for row in range(first, first + parties[tracker].count):
            if scan_us[row] >= segment.start_us and scan_us[row] < segment.end_us and counts[0] < noted.size:
                noted[counts[0]].row = row
                _note_place(places, segments, index, scan_us[row], noted, counts[0])
                counts[0] += 1
                scan_us[row] = NO_SCAN_US


@kernel
def _note_place(places: Places, segments: SegmentRecords, index: int, time_us: int, noted: NotedRecords, at: int) -> None:
    """Note a phone's place at a scan and the one READING_US before it; a walk or ride is taken to have been as fast before it began."""
    segment, found = segments[index], noted[at]
    track = Segment(
        np.int64(segment.start_us), np.int64(segment.end_us), np.int64(segment.visit), np.int64(segment.kind),
        np.int64(segment.place), np.float64(segment.from_m), np.float64(segment.to_m), np.float64(segment.side),
    )  # fmt: skip
    moves = (
        track.kind == SegmentKind.WALKING or track.kind == SegmentKind.RIDING
    )  # who strolls in a store is back within a metre or two
    lengths = READING_US / (track.end_us - track.start_us)
    found.time_us = time_us
    for instant in range(3 if moves else 1):  # a loop, because position_at is compiled into every place where it is called
        at_us = time_us if instant == 0 else track.start_us if instant == 1 else track.end_us
        x_m, y_m, level = position_at(places, track, at_us)
        if instant == 0:
            found.x_m, found.y_m, found.level = x_m, y_m, level
            found.before_x_m, found.before_y_m = x_m, y_m
        else:
            sign = 1.0 if instant == 1 else -1.0
            found.before_x_m += sign * lengths * x_m
            found.before_y_m += sign * lengths * y_m
