"""Notes where followed phones were at their last scans, from trajectory segments as they come."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from sim.crowd.positions import Places, Segment, position_at
from sim.crowd.state import SEGMENT, records
from sim.events import SegmentKind
from sim.kernel import declare_type, entry, kernel
from sim.sensing.phones import PHONE, PhoneTable

READING_US = 10_000_000  # readings are heard between the place so long before a scan and the place at the scan
SegmentRecords: TypeAlias = np.ndarray
PhoneRecords: TypeAlias = np.ndarray
declare_type("SegmentRecords", records(0, SEGMENT))
declare_type("PhoneRecords", records(0, PHONE))


class Tracks:
    """The places of phones at their last scans in the present window, in whatever pieces the segments come.

    A walk is written down when it begins and may last beyond the window; it is kept until it ends.
    """

    def __init__(self, places: Places, phones: PhoneTable) -> None:
        self._places, self._phones = places, phones
        self._noted = np.zeros(0, np.int32)
        self._carry, self._spare = records(0, SEGMENT), records(0, SEGMENT)
        self._counts = np.zeros(2, np.int64)  # rows in use of `noted` and of `carry`

    def take(self, segments: np.ndarray) -> None:
        """Note places from segments (state.SEGMENT records) as the crowd logs them."""
        self._note(segments, True)

    def take_open(self, segments: np.ndarray) -> None:
        """Note places from what goes on at the end of the window and is logged later."""
        self._note(segments, False)

    def noted_rows(self) -> np.ndarray:
        """Return the rows of the phones whose places are noted, in no particular order; valid until the next call."""
        return self._noted[: self._counts[0]]

    def begin_window(self) -> None:
        """Go on, after the phones have, with the walks that last on."""
        kept, self._carry, self._spare = self._carry[: self._counts[1]], self._spare, self._carry
        self._counts[:] = 0
        self._note(kept, True)

    def _note(self, segments: np.ndarray, lasts_on: bool) -> None:
        phones = self._phones
        if self._noted.size < phones.phones.size:
            self._noted = np.concatenate((self._noted, np.zeros(phones.phones.size - self._noted.size, np.int32)))
        if self._carry.size < phones.parties.size:  # a party is in at most one walk at an instant
            carry = records(phones.parties.size, SEGMENT)
            carry[: self._counts[1]] = self._carry[: self._counts[1]]
            self._carry = carry
        until_us = phones.window_us[1]
        _note_places(
            self._places, segments, phones.parties, phones.phones, phones.scan_us, until_us, lasts_on, self._noted, self._carry, self._counts
        )  # fmt: skip


@entry
def _note_places(places, segments, parties, phones, scan_us, until_us, lasts_on, noted, carry, counts):  # type: ignore[no-untyped-def]
    """Note where each phone of a segment's party was at its last scan, if that lies within the segment."""
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
            if scan_us[row] < segment.start_us or scan_us[row] >= segment.end_us or phones[row].level >= 0:
                continue
            _note_place(places, segments, index, phones, row, scan_us[row])
            noted[counts[0]] = row
            counts[0] += 1


@kernel
def _note_place(places: Places, segments: SegmentRecords, index: int, phones: PhoneRecords, row: int, scan_us: int) -> None:
    """Note a phone's place at a scan and the one READING_US before it; a walk or ride is taken to have been as fast before it began."""
    segment, phone = segments[index], phones[row]
    track = Segment(
        np.int64(segment.start_us), np.int64(segment.end_us), np.int64(segment.visit), np.int64(segment.kind),
        np.int64(segment.place), np.float64(segment.from_m), np.float64(segment.to_m), np.float64(segment.side),
    )  # fmt: skip
    moves = (
        track.kind == SegmentKind.WALKING or track.kind == SegmentKind.RIDING
    )  # who strolls in a store is back within a metre or two
    lengths = READING_US / (track.end_us - track.start_us)
    for instant in range(3 if moves else 1):  # a loop, because position_at is compiled into every place where it is called
        time_us = scan_us if instant == 0 else track.start_us if instant == 1 else track.end_us
        x_m, y_m, level = position_at(places, track, time_us)
        if instant == 0:
            phone.x_m, phone.y_m, phone.level = x_m, y_m, level
            phone.before_x_m, phone.before_y_m = x_m, y_m
        else:
            sign = 1.0 if instant == 1 else -1.0
            phone.before_x_m += sign * lengths * x_m
            phone.before_y_m += sign * lengths * y_m
