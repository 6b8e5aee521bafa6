"""Members whom a store's staff is told of when they come in, by their phones' places; and how many of them are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.events import EventKind, EventLog
from sim.plan_arrays import HALL
from sim.sensing.observations import FixRows, ObservedRows, observed
from sim.sensing.positioning.areas import Areas, areas_at
from sim.units import US_PER_S

WITHIN_US = 60 * US_PER_S  # of entering: later the guide has missed the greeting


class Recognition:
    """Tells a store when a known profile's phone is first located in it, and again when it was located elsewhere in between."""

    def __init__(self, areas: Areas) -> None:
        """Begin with nobody."""
        self._areas = areas
        self._last = np.zeros((3, 0), np.int64)  # by phone row: visit, profile and store of whom was told of last

    def take(
        self,
        now_us: int,
        fixes: FixRows,
        rows: np.ndarray,
        visits: np.ndarray,
        profiles: np.ndarray,
        ids_of: Callable[[np.ndarray], np.ndarray],
    ) -> ObservedRows:
        """Take a tick's fixes with the profile of each (int64, -1 unknown); return who was recognised where, in order of id.

        `visits` only keep apart those of one person whose phone has the same row again. `ids_of` gives the id under which a
        profile is written down, the one it has in the other tables.
        """
        highest = int(rows.max(initial=-1)) + 1
        if highest > self._last.shape[1]:
            more = max(highest, 2 * self._last.shape[1]) - self._last.shape[1]
            self._last = np.concatenate([self._last, np.full((3, more), -1, np.int64)], axis=1)
        known = np.flatnonzero(profiles >= 0)
        profile, unit = profiles[known], units_of(self._areas, fixes, known)
        found = np.stack([visits[known], profile, unit])
        new = np.flatnonzero((unit >= 0) & (self._last[:, rows[known]] != found).any(axis=0))
        self._last[:, rows[known]] = found
        ids, unit = ids_of(profile[new]), unit[new]
        order = np.lexsort((unit, ids))
        return observed(np.full(new.size, now_us), "stores", "member_in_store", ids[order], unit[order])


class RecognitionJudge:
    """Counts the store entries of members with a phone on the Wi-Fi, and those within a minute of which a fix lay in the store."""

    def __init__(self, areas: Areas) -> None:
        """Begin with nothing."""
        self._areas = areas
        self._members = np.zeros(0, np.int64)  # visits inside with a phone on the Wi-Fi whose profile is known, sorted
        self._waiting = np.zeros((3, 0), np.int64)  # visit, unit, entered_us: entries not yet recognised, nor a minute old
        self._entries = self._recognised = 0

    def associate(self, visits: np.ndarray, profiles: np.ndarray) -> None:
        """Note visits of which a phone joined the Wi-Fi, with its profile (-1 unknown)."""
        if (profiles >= 0).any():
            self._members = np.union1d(self._members, visits[profiles >= 0])

    def take_events(self, log: EventLog, first: int, end: int) -> None:
        """Count the entries of rows [first, end), before the fixes of the tick that follows them; those of visits associated by then."""
        kind = log.kind[first:end]
        entered = first + np.flatnonzero(kind == EventKind.STORE_ENTERED)
        entered = entered[_is_among(log.visit[entered], self._members)]
        new = np.stack([log.visit[entered], log.place[entered].astype(np.int64), log.time_us[entered]])
        self._entries += entered.size
        self._waiting = np.concatenate([self._waiting, new], axis=1)
        left = first + np.flatnonzero(kind == EventKind.LEFT)
        if left.size:
            self._members = self._members[~_is_among(self._members, np.sort(log.visit[left]))]

    def take_fixes(self, now_us: int, fixes: FixRows, visits: np.ndarray, profiles: np.ndarray) -> None:
        """Match a tick's fixes of known profiles with the entries that wait."""
        visit, unit, entered_us = self._waiting
        mine = np.flatnonzero(profiles >= 0)
        mine = mine[_is_among(visits[mine], np.sort(visit))]
        units = units_of(self._areas, fixes, mine)
        is_match = (
            (visits[mine][:, None] == visit)
            & (units[:, None] == unit)
            & (fixes.time_us[mine][:, None] >= entered_us)
            & (fixes.time_us[mine][:, None] <= entered_us + WITHIN_US)
        )
        seen = is_match.any(axis=0)
        self._recognised += int(seen.sum())
        self._waiting = self._waiting[:, ~seen & (entered_us + WITHIN_US > now_us)]  # scans to come are later than now

    def summary(self) -> dict[str, float | None]:
        """Return the KPI by name; None when no such member entered a store."""
        return {"recognised_share": self._recognised / self._entries if self._entries else None}


def _is_among(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return which values are among the known ones, which are sorted; quicker than np.isin for the few of a tick."""
    at = np.minimum(np.searchsorted(known, values), max(known.size - 1, 0))
    return known[at] == values if known.size else np.zeros(values.size, bool)


def units_of(areas: Areas, fixes: FixRows, chosen: np.ndarray) -> np.ndarray:
    """Return the store that each of the chosen fixes (their indices) lies in, HALL for none."""
    found = areas_at(areas, fixes.level[chosen], fixes.x_m[chosen], fixes.y_m[chosen])
    return np.maximum(found - areas.zones, HALL)
