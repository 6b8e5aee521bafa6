"""The phones that sensors follow: when each scans, what address it shows, and where it was at its last scan."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr, ndtri

from sim.config import RunConfig
from sim.crowd.state import CACHE_LINE, records
from sim.kernel import entry, kernel
from sim.random_streams import draw_word, stream_key, uniform, uniforms
from sim.sensing.identity.ids import address_of
from sim.sensing.radio.wifi import normal_of
from sim.units import US_PER_S
from sim.visitors import NEVER_US, Phones, Visitors

ROWS_AT_FIRST = 1024
PHONES_MAX = 6  # of a party
OFFSET_CLASSES = 8  # of equal probability: an error law is drawn within a phone's class, for its offset stays with it
NO_SCAN_US = -1
NOBODY = -1
S1 = np.uint64(1)

# The first cache line holds what its scans and fixes follow from.
PHONE = np.dtype(
    {
        "names": [
            "key", "associated_us", "dies_us", "phase_us", "next_burst_us", "visit", "bursts", "tracker", "offset_db", "offset_class",
            "ordinal", "hides_address", "is_associated", "address", "resident",
        ],
        "formats": ["i8", "i8", "i8", "i8", "i8", "i8", "i4", "i4", "f4", "i1", "i1", "i1", "i1", "i8", "i8"],
        "offsets": [0, 8, 16, 24, 32, 40, 48, 52, 56, 60, 61, 62, 63, 64, 72],
        "itemsize": 2 * CACHE_LINE,
        "aligned": True,
    }
)  # fmt: skip
PARTY = np.dtype([("visit", "i8"), ("first", "i4"), ("count", "i4")], align=True)

# A phone's key is the seed's own already, so that these need not be.
HIDES_KEY = stream_key(0, "whether a phone hides its address")
PHASE_KEY = stream_key(0, "phase of a phone's scans")


class PhoneTable:
    """Followed phones (Wi-Fi on) by row, and parties by tracker; nothing that comes of them depends on which rows they have.

    Time goes by in windows, from one tick of the platform to the next. `scan_us` holds each phone's last scan in the present
    window, NO_SCAN_US where it has none or it has been used. Memory follows the number of parties inside: rows of those who
    left are taken again.
    """

    def __init__(self, config: RunConfig, from_us: int, until_us: int) -> None:
        """Begin with the window [from_us, until_us), and nobody."""
        phones = config.sensing.phones
        self._offset_db = config.sensing.radio.device_offset_db
        self._hides_share = phones.random_address_share
        self._every_us = max(1, round(phones.associated_scan_s * US_PER_S))
        sigma = math.log(phones.probe_s_p95 / phones.probe_s_median) / float(ndtri(0.95))
        self._gap = (phones.probe_s_median * US_PER_S, sigma)
        self._burst_key = stream_key(config.seed, "probes of phones")
        self._address_key = stream_key(config.seed, "random addresses of phones")
        self._strangers_us = round(config.sensing.positioning.strangers_every_s * US_PER_S)
        self._begins_us = from_us
        self.window_us = (from_us, until_us)
        self.phones = records(0, PHONE)
        self.parties = records(0, PARTY)
        self.scan_us = np.zeros(0, np.int64)
        self._free_rows: list[list[int]] = [[] for _ in range(PHONES_MAX + 1)]  # first rows of free blocks, by their length
        self._free_trackers: list[int] = []
        self._rows = self._trackers = 0  # taken at least once
        self._leaving: list[int] = []  # trackers to free when the window ends
        self._enlarge(ROWS_AT_FIRST, ROWS_AT_FIRST)

    def admit(self, visitors: Visitors, phones: Phones) -> tuple[np.ndarray, np.ndarray]:
        """Follow the phones of a batch whose Wi-Fi is on.

        Return the tracker of each party (int32, -1: no such phone) and the row of each phone (int32, -1: not followed).
        """
        trackers, rows = np.full(visitors.number.size, NOBODY, np.int32), np.full(phones.party.size, -1, np.int32)
        followed = np.flatnonzero(phones.wifi_on)
        party, first, count = np.unique(phones.party[followed], return_index=True, return_counts=True)
        trackers[party] = self._take_trackers(party.size)
        starts = self._take_rows(count)
        rows[followed] = np.repeat(starts, count) + np.arange(followed.size) - np.repeat(first, count)
        parties = self.parties
        for name, value in (("visit", visitors.number[party]), ("first", starts), ("count", count)):
            parties[name][trackers[party]] = value
        self._fill(rows[followed], visitors, phones, followed, trackers)
        return trackers, rows

    def _fill(self, rows: np.ndarray, visitors: Visitors, phones: Phones, followed: np.ndarray, trackers: np.ndarray) -> None:
        party, key = phones.party[followed], phones.key[followed]
        columns = {
            "key": key, "address": address_of(key), "visit": visitors.number[party],
            "resident": phones.resident[followed], "associated_us": NEVER_US, "dies_us": phones.dies_us[followed],
            "phase_us": (uniforms(PHASE_KEY, key, 0) * self._every_us).astype(np.int64),
            "next_burst_us": visitors.arrive_us[party], "offset_db": phones.offset[followed] * self._offset_db,
            "bursts": 0, "tracker": trackers[party], "ordinal": phones.ordinal[followed],
            "offset_class": np.minimum(ndtr(phones.offset[followed]) * OFFSET_CLASSES, OFFSET_CLASSES - 1).astype(np.int8),
            "hides_address": uniforms(HIDES_KEY, key, 0) < self._hides_share, "is_associated": 0,
        }  # fmt: skip
        for name, value in columns.items():
            self.phones[name][rows] = value
        _wait_for_first_burst(self.phones, rows, self._burst_key, *self._gap)
        self._scan(rows)

    def associate(self, rows: np.ndarray, at_us: np.ndarray | int) -> None:
        """Let phones join the mall's Wi-Fi; they scan as its guests from the first window that begins then or later.

        So that what was noted in the present window still holds, whenever in it this is called. Rows of -1 are passed over.
        """
        at_us = np.broadcast_to(np.maximum(at_us, self.window_us[0] + 1), rows.shape)
        followed = rows >= 0
        np.minimum.at(self.phones["associated_us"], rows[followed], at_us[followed])

    def release(self, visits: np.ndarray) -> None:
        """Let go of parties that have left; their rows are free once the window has ended."""
        known = self.parties["visit"][: self._trackers]
        gone = np.flatnonzero(np.isin(known, visits) & (self.parties["count"][: self._trackers] > 0))
        self._leaving.extend(gone.tolist())

    def begin_window(self, until_us: int) -> None:
        """Go on to the window that begins where the last one ended."""
        if self._leaving:
            self._free()
        self.window_us = (self.window_us[1], until_us)
        every_row = np.arange(self._rows, dtype=np.int32)
        self._scan(every_row)

    def _scan(self, rows: np.ndarray) -> None:
        """Find the last scans of the present window; of phones that are not on the Wi-Fi only in the windows that want them."""
        asked = (*self.window_us, self._every_us, self._burst_key, *self._gap, self.wants_strangers)
        _scan(self.phones, self.scan_us, rows, *asked)

    @property
    def wants_strangers(self) -> bool:
        """Whether the present window asks for phones that are not on the Wi-Fi too."""
        before, after = ((instant_us - self._begins_us) // self._strangers_us for instant_us in self.window_us)
        return after > before

    @property
    def followed(self) -> int:
        """Phones followed at present."""
        return int(self.parties["count"][: self._trackers].sum())

    def shown_addresses(self, rows: np.ndarray) -> np.ndarray:
        """Return the address (int64, positive) that each phone shows at its last scan."""
        found = np.zeros(rows.size, np.int64)
        fill_addresses(self.phones, rows, self._address_key, found)
        return found

    def _free(self) -> None:
        leaving = np.unique(np.array(self._leaving, np.int64))
        first, count = self.parties["first"][leaving], self.parties["count"][leaving]
        for size in range(1, PHONES_MAX + 1):
            blocks = first[count == size]
            self.phones["tracker"][(blocks[:, None] + np.arange(size)).ravel()] = NOBODY
            self._free_rows[size].extend(blocks.tolist())
        for name, value in (("visit", NOBODY), ("count", 0)):
            self.parties[name][leaving] = value
        self._free_trackers.extend(leaving.tolist())
        self._leaving = []

    def _take_trackers(self, count: int) -> np.ndarray:
        reused = [self._free_trackers.pop() for _ in range(min(count, len(self._free_trackers)))]
        fresh = count - len(reused)
        self._enlarge(self._rows, self._trackers + fresh)
        self._trackers += fresh
        return np.array([*reused, *range(self._trackers - fresh, self._trackers)], np.int32)

    def _take_rows(self, counts: np.ndarray) -> np.ndarray:
        """Return the first of as many adjacent rows as each party has phones."""
        starts = np.zeros(counts.size, np.int32)
        for count in range(1, PHONES_MAX + 1):
            wanted, free = np.flatnonzero(counts == count), self._free_rows[count]
            reused = min(wanted.size, len(free))
            fresh = wanted.size - reused
            self._enlarge(self._rows + fresh * count, self._trackers)
            starts[wanted[:reused]] = [free.pop() for _ in range(reused)]
            starts[wanted[reused:]] = self._rows + count * np.arange(fresh)
            self._rows += fresh * count
        return starts

    def _enlarge(self, rows: int, trackers: int) -> None:
        """Double the tables until they have room."""
        if rows > self.phones.size:
            size = max(ROWS_AT_FIRST, 1 << (rows - 1).bit_length())
            phones, scan_us = records(size, PHONE), np.full(size, NO_SCAN_US, np.int64)
            phones["tracker"] = NOBODY
            phones[: self._rows], scan_us[: self._rows] = self.phones[: self._rows], self.scan_us[: self._rows]
            self.phones, self.scan_us = phones, scan_us
        if trackers > self.parties.size:
            parties = records(max(ROWS_AT_FIRST, 1 << (trackers - 1).bit_length()), PARTY)
            parties["visit"] = NOBODY
            parties[: self._trackers] = self.parties[: self._trackers]
            self.parties = parties


@kernel
def gap_us(key: np.uint64, phone: int, burst: int, median_us: float, sigma: float) -> int:
    """Return the time from a phone's `burst`-th burst of probes (1, 2, ...) to its next: log-normal."""
    return max(1, int(median_us * np.exp(sigma * normal_of(uniform(key, phone, burst + 1)))))  # 0 and 1 found the first burst


@entry
def _wait_for_first_burst(phones, rows, key, median_us, sigma):  # type: ignore[no-untyped-def]
    """Put off the first burst by what is left of the gap that the arrival falls into: long gaps catch more arrivals (length bias)."""
    for index in range(rows.size):
        phone = phones[rows[index]]
        caught_us = median_us * np.exp(sigma * sigma + sigma * normal_of(uniform(key, phone.key, 0)))
        phone.next_burst_us += np.int64(caught_us * uniform(key, phone.key, 1))


@entry
def _scan(phones, scan_us, rows, from_us, until_us, every_us, key, median_us, sigma, strangers):  # type: ignore[no-untyped-def]
    """Find each phone's last scan in [from_us, until_us)."""
    for index in range(rows.size):
        row = rows[index]
        phone = phones[row]
        scan_us[row] = NO_SCAN_US
        if phone.tracker == NOBODY:
            continue
        end_us = min(until_us, phone.dies_us)
        phone.is_associated = phone.associated_us <= from_us
        if phone.is_associated:
            last_us = end_us - 1 - (end_us - 1 - phone.phase_us) % every_us
        else:
            last_us = NO_SCAN_US
            while strangers and phone.next_burst_us < end_us:
                last_us = phone.next_burst_us
                phone.bursts += 1
                phone.next_burst_us += gap_us(key, phone.key, phone.bursts, median_us, sigma)
        if last_us >= from_us:
            scan_us[row] = last_us


@entry
def fill_addresses(phones, rows, key, found):  # type: ignore[no-untyped-def]
    """Fill in the address that each phone shows at its last scan."""
    for index in range(rows.size):
        phone = phones[rows[index]]
        found[index] = phone.address
        if phone.hides_address and not phone.is_associated:
            found[index] = np.int64(draw_word(key, phone.key, phone.bursts) >> S1)
