"""Makes the fixes of a tick: where the platform believes each followed phone to have been at its last scan."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.config import RunConfig
from sim.config_sensing import PositioningConfig
from sim.crowd.positions import places_of
from sim.kernel import entry
from sim.plan_arrays import CompiledPlan
from sim.sensing.observations import FixRows
from sim.sensing.positioning.kit import Kit
from sim.sensing.positioning.methods import Scanned, radius_m
from sim.sensing.positioning.phones import NOBODY, PhoneTable
from sim.sensing.positioning.scans import Fixes, no_fixes
from sim.sensing.positioning.smoother import SmootherState, smooth, smoother_state, smoother_tables
from sim.sensing.positioning.tracking import Tracks
from sim.units import US_PER_S


class Tick(NamedTuple):
    """What a tick found, and the truth beside it; one row per fix."""

    fixes: FixRows
    rows: np.ndarray  # int32 of the phones
    true_level: np.ndarray  # int32 at the scan, here and below
    true_x_m: np.ndarray  # float64
    true_y_m: np.ndarray  # float64


class Positioning:
    """The platform's question, on its cadence: where is each phone? With method `off` it is never answered.

    Which fixes there are does not depend on how the crowd's log is cut into pieces. A phone whose last scan is older than the tick
    before gives none: each scan is used at most once.
    """

    def __init__(self, compiled: CompiledPlan, config: RunConfig, kit: Kit, phones: PhoneTable) -> None:
        """Begin in the window of the phones."""
        self._phones = phones
        self._every_us = round(config.sensing.positioning.every_s * US_PER_S)
        self._method = kit.method(config)
        self._tracks = Tracks(places_of(compiled.arrays), phones)
        positioning = config.sensing.positioning
        self._smoothing = _Smoothing(compiled, positioning) if positioning.smoother == "kalman" else None

    def take(self, segments: np.ndarray) -> None:
        """Note the places of phones from trajectory segments (state.SEGMENT records), each handed over once, in order."""
        if self._method is not None:
            self._tracks.take(segments)

    def tick(self, now_us: int, open_segments: np.ndarray) -> Tick:
        """Return the fixes of the window that ends now, and begin the next, which is as long."""
        assert now_us == self._phones.window_us[1], "a tick comes at the end of the window that its scans were found for"
        if self._method is not None:
            self._tracks.take_open(open_segments)
        found = self._fixes(now_us, self._scanned(self._tracks.noted()))
        self._phones.begin_window(now_us + self._every_us)
        self._tracks.begin_window()
        return found

    def _scanned(self, noted: np.ndarray) -> Scanned:
        """Return the noted scans in their order."""
        phones, time_us = self._phones.phones, np.array(noted["time_us"])
        order = np.argsort(time_us)
        tied = np.zeros(noted.size + 1, np.bool_)  # with the one before, or the one after
        tied[1:-1] = np.diff(time_us[order]) == 0
        tied = tied[1:] | tied[:-1]
        if tied.any():
            equals = order[tied]
            rows = noted["row"][equals]
            order[tied] = equals[np.lexsort((phones["ordinal"][rows], phones["visit"][rows], time_us[equals]))]
        return _scans_of(noted, order, phones)

    def _fixes(self, now_us: int, scanned: Scanned) -> Tick:
        fixes = no_fixes(scanned.row.size) if self._method is None else self._method.locate(scanned)
        made = np.flatnonzero(fixes.level >= 0)
        if made.size < fixes.level.size:
            scanned = Scanned(*(column.take(made) for column in scanned))
            fixes = Fixes(*(column.take(made) for column in fixes))
        subject = self._phones.shown_addresses(scanned.row)
        if self._smoothing is not None:
            fixes = self._smoothing.smoothed(scanned, self._phones.phones["visit"][scanned.row], subject, fixes)
        age_s = (now_us - scanned.time_us) / US_PER_S
        rows = FixRows(scanned.time_us, subject, fixes.level, fixes.x_m, fixes.y_m, radius_m(fixes), age_s)
        return Tick(rows, scanned.row, scanned.level, scanned.x_m, scanned.y_m)


class _Smoothing:
    """Smooths the fixes of what the platform takes for one phone: of one address during one visit."""

    def __init__(self, compiled: CompiledPlan, config: PositioningConfig) -> None:
        self._tables = smoother_tables(compiled, config)
        self._state = smoother_state(0)
        self._owner = np.zeros((2, 0), np.int64)  # visit and address that a row's state is of

    def smoothed(self, scanned: Scanned, visit: np.ndarray, subject: np.ndarray, fixes: Fixes) -> Fixes:
        missing = int(scanned.row.max(initial=-1)) + 1 - self._owner.shape[1]
        if missing > 0:
            more = smoother_state(max(missing, self._owner.shape[1]))
            self._state = SmootherState(*(np.concatenate(both) for both in zip(self._state, more, strict=True)))
            self._owner = np.concatenate((self._owner, np.full((2, more.time_us.size), NOBODY)), axis=1)
        owner = np.stack((visit, subject))
        anew = scanned.row[(self._owner[:, scanned.row] != owner).any(axis=0)]
        self._state.time_us[anew] = self._state.next_level[anew] = -1
        self._owner[:, scanned.row] = owner
        return smooth(self._tables, self._state, scanned.row, scanned.time_us, fixes)


def _scans_of(noted: np.ndarray, order: np.ndarray, phones: np.ndarray) -> Scanned:
    kinds = (np.int32, np.int64, np.int64, np.float64, np.int8, np.int32, *(4 * [np.float64]))
    found = Scanned(*(np.zeros(order.size, kind) for kind in kinds))
    _fill_scanned(noted, order, phones, found)
    return found


@entry
def _fill_scanned(noted, order, phones, found):  # type: ignore[no-untyped-def]
    """Fill in the noted scans in an order, with what their phones are."""
    for index in range(order.size):
        scan = noted[order[index]]
        phone = phones[scan.row]
        found.row[index], found.time_us[index], found.key[index] = scan.row, scan.time_us, phone.key
        found.offset_db[index], found.offset_class[index] = phone.offset_db, phone.offset_class
        found.level[index], found.x_m[index], found.y_m[index] = scan.level, scan.x_m, scan.y_m
        found.before_x_m[index], found.before_y_m[index] = scan.before_x_m, scan.before_y_m
