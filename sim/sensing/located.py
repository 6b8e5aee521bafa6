"""Phones located, from segment to profile: the tick's fixes, the stays and greetings they make, and how right all that is."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.config import RunConfig
from sim.events import EventKind, EventLog
from sim.plan_arrays import CompiledPlan
from sim.sensing.identity.friends import Friends
from sim.sensing.identity.identity import Identity
from sim.sensing.identity.ids import IdKind, ids_of
from sim.sensing.insight.attribution import Attribution
from sim.sensing.insight.judgement import Judgement, Truth, doors_of
from sim.sensing.insight.nearby import NearbyFriends, NearbyJudge
from sim.sensing.insight.profiles import Profiles
from sim.sensing.insight.recognition import Recognition, RecognitionJudge, units_of
from sim.sensing.insight.stays import Stays, stays_observed
from sim.sensing.insight.tastes import KnownTastes
from sim.sensing.observations import FixRows, ObservedRows, no_fix_rows, together
from sim.sensing.positioning.areas import areas_of
from sim.sensing.positioning.fixes import Positioning, Tick
from sim.sensing.positioning.kit import Kit
from sim.sensing.positioning.phones import PhoneTable
from sim.units import US_PER_S
from sim.visitors import Phones, Visitors


class PartyFixes(NamedTuple):
    """Where the platform last believed parties to be: of each, the fix of its first phone located."""

    visit: np.ndarray  # int64, ascending
    level: np.ndarray  # int32
    x_m: np.ndarray  # float64
    y_m: np.ndarray  # float64


class Greeted(NamedTuple):
    """Of whom a store's staff knows, from the last tick, that they are there: parties with a known person's phone located in it."""

    visit: np.ndarray  # int64, ascending
    unit: np.ndarray  # int64
    taste: np.ndarray  # (n, TASTES) of the known person, as its profile has it


class Located:
    """What follows from knowing where phones are, in the order in which a tick needs it."""

    def __init__(self, compiled: CompiledPlan, config: RunConfig, is_on: np.ndarray, profiles: Profiles, from_us: int) -> None:
        """Begin with nobody inside, at an instant before the first arrival."""
        sensing, every_s = config.sensing, config.sensing.positioning.every_s
        areas, floor_m2 = areas_of(compiled)
        self._areas = areas
        self._tastes = KnownTastes(compiled, config, profiles)
        radius_m = sensing.identity.friend_radius_m
        self._friends = Friends(config)
        self._profiles = profiles
        self._phones = PhoneTable(config, from_us, from_us + round(every_s * US_PER_S))
        self._positioning = Positioning(compiled, config, Kit(compiled, config, is_on), self._phones)
        self._stays = Stays(areas, len(compiled.unit_ids), sensing.profiles, every_s)
        self._recognition, self._nearby = Recognition(areas), NearbyFriends(radius_m, self._are_friends)
        self._judgement = Judgement(areas, floor_m2, doors_of(compiled.arrays, len(compiled.level_ids)))
        self._attribution = Attribution(sensing.profiles.stay_s_min)
        self._recognition_judge, self._nearby_judge = RecognitionJudge(areas), NearbyJudge(radius_m, self._are_friends)
        self._rows: list[ObservedRows] = []
        self._last = np.zeros(0, np.int64), no_fix_rows()  # the last tick's: whose, and the fixes
        self._last_profiles = np.zeros(0, np.int64)  # and the profile of each
        self._fixes: list[FixRows] = []
        self._visits = np.zeros(0, np.int64)  # of the parties admitted and not yet gone, sorted
        self._wifi_phones = np.zeros(0, np.int64)  # of each, phones with Wi-Fi on
        self._phones_inside = 0
        self._gone: list[np.ndarray] = []
        self._shares = np.zeros(0, np.int8)  # by phone row: whether its owner lets friends know
        self._users = np.zeros((2, 0), np.int64)  # of this tick: app users who do so by number, and who they are

    def admit(self, visitors: Visitors, phones: Phones) -> tuple[np.ndarray, np.ndarray]:
        """Follow the phones of the next batch; return the tracker of each party and the row of each phone."""
        gone = np.concatenate(self._gone) if self._gone else np.zeros(0, np.int64)
        self._gone = []
        self._phones.release(gone)
        trackers, rows = self._phones.admit(visitors, phones)
        followed = rows >= 0
        grown = np.zeros(max(self._phones.phones.size - self._shares.size, 0), np.int8)
        self._shares = np.concatenate([self._shares, grown])
        self._shares[rows[followed]] = phones.shares_with_friends[followed]
        with_wifi = np.bincount(phones.party[followed], minlength=visitors.number.size)
        kept = ~np.isin(self._visits, gone)
        visits = np.concatenate([self._visits[kept], visitors.number])
        order = np.argsort(visits)
        self._visits = visits[order]
        self._wifi_phones = np.concatenate([self._wifi_phones[kept], with_wifi])[order]
        return trackers, rows

    def take_events(self, log: EventLog, first: int, end: int) -> None:
        """Take the events of rows [first, end): who comes and goes, and the true stays to judge by."""
        kind = log.kind[first:end]
        for what, sign in ((EventKind.ARRIVED, 1), (EventKind.LEFT, -1)):
            visits = log.visit[first + np.flatnonzero(kind == what)]
            self._phones_inside += sign * int(self._wifi_phones[np.searchsorted(self._visits, visits)].sum())
        gone = np.isin(kind, (EventKind.LEFT, EventKind.TURNED_AWAY, EventKind.PARKING_BALKED))
        self._gone.append(log.visit[first + np.flatnonzero(gone)].copy())
        self._attribution.take_events(log, first, end)
        self._recognition_judge.take_events(log, first, end)

    def take_segments(self, segments: np.ndarray) -> None:
        """Take trajectory segments (state.SEGMENT records) of followed parties."""
        self._positioning.take(segments)

    def locate(self, now_us: int, open_segments: np.ndarray, identity: Identity) -> None:
        """Make this tick's fixes and let everything that follows from them follow."""
        self._associate(now_us, identity)
        inside = self._phones_inside if self._phones.wants_strangers else None
        tick = self._positioning.tick(now_us, open_segments)
        visits = self._phones.phones["visit"][tick.rows]
        guests = np.flatnonzero(self._phones.phones["is_associated"][tick.rows])
        profiles = np.full(tick.rows.size, -1, np.int64)
        profiles[guests] = identity.profile_of(tick.fixes.subject[guests])  # others show addresses that nobody knows
        stays, whose = self._stays.take(now_us, tick.fixes, tick.rows, visits)
        self._attribution.take_stays(stays, whose)
        self._profiles.see(profiles, now_us)
        self._profiles.take_stays(identity.profile_of(stays.subject), stays)
        self._fixes.append(tick.fixes)
        self._last = visits, tick.fixes
        self._last_profiles = profiles
        self._rows += [
            stays_observed(now_us, stays),
            self._recognition.take(now_us, tick.fixes, tick.rows, visits, profiles, identity.id_of),
            self._near_friends(now_us, tick, profiles),
        ]
        self._judgement.take(tick.fixes, Truth(tick.rows, visits, tick.true_level, tick.true_x_m, tick.true_y_m), inside)
        self._recognition_judge.associate(visits[guests], profiles[guests])  # whoever has logged in since joining the Wi-Fi
        self._recognition_judge.take_fixes(now_us, tick.fixes, visits, profiles)

    def _associate(self, now_us: int, identity: Identity) -> None:
        """Let phones that have joined the Wi-Fi since the last tick scan as its guests."""
        rows, at_us = identity.associated(now_us)
        self._phones.associate(rows, at_us)
        phones = self._phones.phones[rows[rows >= 0]]
        self._attribution.associate(phones["visit"], at_us[rows >= 0])
        self._recognition_judge.associate(phones["visit"], identity.profile_of(phones["address"]))

    def _near_friends(self, now_us: int, tick: Tick, profiles: np.ndarray) -> ObservedRows:
        """Tell users who let friends know of those near them."""
        mine = np.flatnonzero((self._shares[tick.rows] == 1) & (profiles >= 0))  # others are not on the Wi-Fi, or do not agree
        circles = self._friends.circles_of(self._phones.phones["resident"][tick.rows[mine]])
        _, back, count = np.unique(circles, return_inverse=True, return_counts=True)
        mine = mine[count[back] > 1]  # nobody else can have a friend here
        if not mine.size:
            return together([])
        phones = self._phones.phones[tick.rows[mine]]
        numbers = ids_of(IdKind.NUMBER, phones["key"])
        order = np.argsort(numbers)
        self._users = np.stack([numbers[order], phones["resident"][order]])
        fixes = tick.fixes
        estimated = (fixes.level[mine], fixes.x_m[mine], fixes.y_m[mine])
        self._nearby_judge.take(numbers, estimated, (tick.true_level[mine], tick.true_x_m[mine], tick.true_y_m[mine]))
        return self._nearby.take(now_us, numbers, *estimated)

    def _are_friends(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Return which pairs of this tick's users, by number, are friends."""
        numbers, residents = self._users
        return self._friends.are_friends(*(residents[np.searchsorted(numbers, users)] for users in (one, other)))

    def last_fixes(self) -> PartyFixes:
        """Return where parties were believed to be at the last tick."""
        visits, fixes = self._last
        whose, first = np.unique(visits, return_index=True)
        return PartyFixes(whose, fixes.level[first], fixes.x_m[first], fixes.y_m[first])

    def places_of(self, persons: np.ndarray) -> tuple[np.ndarray, FixRows, np.ndarray]:
        """Return which of some persons (ascending) were located at the last tick, the fix of each of these, and the store it lies in."""
        _, fixes = self._last
        known = np.flatnonzero(self._last_profiles >= 0)
        at = np.searchsorted(persons, self._last_profiles[known])
        at = np.minimum(at, max(persons.size - 1, 0))
        known = known[persons[at] == self._last_profiles[known]] if persons.size else known[:0]
        whose, first = np.unique(self._last_profiles[known], return_index=True)
        rows = known[first]
        return np.searchsorted(persons, whose), FixRows(*(column[rows] for column in fixes)), units_of(self._areas, fixes, rows)

    def greeted(self, now_us: int) -> Greeted:
        """Return who was recognised in which store at the last tick: of several known people of a party the first one located."""
        visits, fixes = self._last
        known = np.flatnonzero(self._last_profiles >= 0)
        unit = units_of(self._areas, fixes, known)
        known, unit = known[unit >= 0], unit[unit >= 0]
        visit, first = np.unique(visits[known], return_index=True)
        return Greeted(visit, unit[first], self._tastes.of(self._last_profiles[known[first]], now_us))

    def read(self) -> tuple[ObservedRows, FixRows]:
        """Return what was observed and the fixes made since the last reading."""
        rows = together(self._rows)
        fixes = FixRows(*map(np.concatenate, zip(*self._fixes, strict=True))) if self._fixes else no_fix_rows()
        self._rows, self._fixes = [], []
        return rows, fixes

    def finish(self, now_us: int, identity: Identity) -> ObservedRows:
        """End every stay; return the rows not yet read."""
        stays, whose = self._stays.finish()
        self._attribution.take_stays(stays, whose)
        self._profiles.take_stays(identity.profile_of(stays.subject), stays)
        return together([self.read()[0], stays_observed(now_us, stays)])

    def summary(self) -> dict[str, float | int | None]:
        """Return the KPIs of what follows from places."""
        parts = (self._judgement, self._attribution, self._recognition_judge, self._nearby)
        return {name: value for part in parts for name, value in part.summary().items()}

    def curves(self) -> dict[str, Any]:
        """Return what the report draws of it."""
        return {**self._judgement.curves(), **self._attribution.curves(), **self._nearby_judge.curves()}
