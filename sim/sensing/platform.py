"""All that the mall's systems sense, joined: counters, gates, phones and their places, identity, profiles; and how right they are."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.events import EventLog
from sim.plan_arrays import CompiledPlan
from sim.sensing.clicks import Clicks
from sim.sensing.counters import Counters
from sim.sensing.gates import Gates
from sim.sensing.identity.identity import Identity, Known
from sim.sensing.insight.known_people import KnownPeople
from sim.sensing.insight.profiles import Profiles
from sim.sensing.located import Greeted, Located, PartyFixes
from sim.sensing.observations import Observations, ObservedRows, together
from sim.sensing.positioning.kit import has_radio
from sim.sensing.present import Present
from sim.sensing.seats import Seats
from sim.units import US_PER_S
from sim.visitors import Phones, Visitors


class Sensing:
    """Told of arrivals, events and segments as they come; asked for places on a cadence, for observations at reviews, and for its
    books at the end. Reads what happens and changes none of it."""

    def __init__(
        self, compiled: CompiledPlan, config: RunConfig, is_on: np.ndarray, from_us: int, known: Known | None = None
    ) -> None:
        """Begin at an instant before the first arrival; `is_on` (int8) switches the plan's access points, `known` is what an earlier run left."""
        self._compiled, self._config = compiled, config
        self._counters = Counters(compiled, config.sensing, config.seed)
        self._seats = Seats(compiled, config)
        self._clicks = Clicks()
        self._gates = Gates(compiled, config.sensing.gates, config.seed)
        self._identity = Identity(config, compiled, known, is_on)
        self._profiles = Profiles(compiled.unit_ids, compiled.tenant_categories, config.sensing.profiles)
        self._people = KnownPeople(self._profiles, self._identity)
        self._unit_of_till = {f"till:{name}": unit for unit, name in enumerate(compiled.unit_ids)}
        self._located = Located(compiled, config, is_on, self._profiles, from_us) if locates(compiled, config) else None

    @property
    def locate_every_us(self) -> int | None:
        """How often `locate` is to be called; None where phones are not located."""
        return None if self._located is None else round(self._config.sensing.positioning.every_s * US_PER_S)

    def admit(self, visitors: Visitors, phones: Phones) -> np.ndarray:
        """Take the parties of the next batch; return the row under which each is followed (int32), -1 for none."""
        trackers, rows = np.full(visitors.number.size, -1, np.int32), np.full(phones.party.size, -1, np.int32)
        if self._located is not None:
            trackers, rows = self._located.admit(visitors, phones)
        self._gates.admit(visitors, phones)
        self._identity.admit(visitors, phones, rows)
        return trackers

    def count(self, log: EventLog, first: int, end: int) -> None:
        """Let counters, tills and gates sense the events of rows [first, end), each once, in order, before they are read."""
        self._counters.take(log, first, end)
        self._gates.take(log, first, end)
        self._seats.take(log, first, end)
        self._clicks.take(log, first, end)

    def follow(self, log: EventLog, first: int, end: int) -> None:
        """Let what follows people sense the events of rows [first, end), each once, in order, before `locate` or `read`."""
        self._identity.take(log, first, end)
        if self._located is not None:
            self._located.take_events(log, first, end)

    def take_segments(self, segments: np.ndarray) -> None:
        """Take trajectory segments (state.SEGMENT records) of followed parties, each once, in order."""
        if self._located is not None:
            self._located.take_segments(segments)

    def locate(self, now_us: int, open_segments: np.ndarray) -> None:
        """Ask where each phone is, at the end of each stretch of `locate_every_us`."""
        if self._located is not None:
            self._located.locate(now_us, open_segments, self._identity)

    def last_fixes(self) -> PartyFixes | None:
        """Return where parties were at the last `locate`; None where phones are not located."""
        return None if self._located is None else self._located.last_fixes()

    def greeted(self, now_us: int) -> Greeted | None:
        """Return which stores' staff knew at the last `locate` that known people were there; None where phones are not located."""
        return None if self._located is None else self._located.greeted(now_us)

    def present(self) -> tuple[Present, np.ndarray]:
        """Return whom the platform knows to be inside as of the last reading, and each one's visit, which is for delivering only."""
        person, is_member, reach, visit = self._identity.inside()
        nowhere, never = np.full(person.size, -1, np.int32), np.full(person.size, np.nan)
        found = Present(person, is_member, reach, nowhere, never, never.copy(), never.copy(), nowhere.copy())
        if self._located is not None:
            at, fixes, unit = self._located.places_of(person)
            for name in ("level", "x_m", "y_m", "radius_m"):
                getattr(found, name)[at] = getattr(fixes, name)
            found.unit[at] = unit
        return found, visit

    def read(self, now_us: int, servers_on_duty: np.ndarray) -> Observations:
        """Return what was observed since the last reading."""
        sold, known = self._counters.read(now_us), self._identity.read(now_us)
        self._learn(sold, known)
        parts = [sold, self._gates.read(now_us), known]
        parts.append(self._seats.read(now_us))
        parts.append(self._clicks.read())
        if self._located is None:
            return Observations(together(parts), servers_on_duty, people=self._people)
        rows, fixes = self._located.read()
        return Observations(together([*parts, rows]), servers_on_duty, fixes, self._people)

    def finish(self, now_us: int) -> ObservedRows:
        """End what is still open, and return what that brings to light."""
        return together([]) if self._located is None else self._located.finish(now_us, self._identity)

    def summary(self) -> dict[str, Any]:
        """Return the KPIs of sensing by name."""
        found = dict(self._identity.summary())
        found |= self._gates.summary()
        return found if self._located is None else {**found, **self._located.summary()}

    def curves(self) -> dict[str, Any]:
        """Return what the report draws of sensing, as plain lists and numbers."""
        return {} if self._located is None else self._located.curves()

    def tables(self) -> dict[str, dict[str, np.ndarray]]:
        """Return what the next day begins with, by file: members, the links of ids, profiles (each under an id of its)."""
        known, numbers = self._identity.tables(), self._profiles.numbers
        numbers_now = self._identity.profile_of(self._identity.id_of(numbers))  # of two that turned out to be one, the earlier
        self._profiles.gather(np.where(numbers_now >= 0, numbers_now, numbers))
        profiles = self._profiles.columns()
        return {
            "members.parquet": dict(known.members),
            "identity_links.parquet": dict(known.links),
            "profiles.parquet": {**profiles, "profile": self._identity.id_of(profiles["profile"])},
        }

    def restore_profiles(self, columns: dict[str, np.ndarray], days_later: float) -> None:
        """Take over the profiles of an earlier run (`profiles.parquet`), whose day was `days_later` days before."""
        profiles = self._identity.profile_of(columns["profile"])
        known = profiles >= 0
        kept = {name: column[known] for name, column in columns.items()}
        self._profiles.restore({**kept, "profile": profiles[known]}, days_later)

    def _learn(self, sold: ObservedRows, known: ObservedRows) -> None:
        """Let profiles take purchases and partners' tags; a sale of which the till did not say who paid counts for everybody's taste."""
        paid, sale = known.kind == "paid", sold.kind == "sale"
        units, sold_units = self._units(known.sensor[paid]), self._units(sold.sensor[sale])
        payers = self._identity.profile_of(known.subject[paid])
        self._profiles.take_purchases(payers, units, known.value[paid], known.time_us[paid])
        tills = len(self._unit_of_till)
        rest = ~np.isin(sold.time_us[sale] * tills + sold_units, known.time_us[paid] * tills + units)
        nobody = np.full(int(rest.sum()), -1, np.int64)
        self._profiles.take_purchases(nobody, sold_units[rest], sold.value[sale][rest], sold.time_us[sale][rest])
        tagged = (known.sensor == "partner") & (known.kind == "recognised")
        profile = self._identity.profile_of(known.subject[tagged])
        is_known = profile >= 0
        self._profiles.import_tags(profile[is_known], known.value[tagged][is_known])

    def _units(self, tills: np.ndarray) -> np.ndarray:
        return np.array([self._unit_of_till[till] for till in tills.tolist()], np.int64)


def locates(compiled: CompiledPlan, config: RunConfig) -> bool:
    """Return whether phones are located: not when switched off, nor by the default method in a plan without access points."""
    positioning = config.sensing.positioning
    is_default = positioning.method == type(positioning)().method
    return positioning.method != "off" and (has_radio(compiled) or not is_default) and compiled.rooms is not None
