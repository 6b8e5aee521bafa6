"""What the platform's own books say of people outside the mall: the register of members, its accounts, followers, and yesterday's tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from agents.membership import Memory
from agents.population import Residents
from sim.categories import CATEGORIES, GROUP_OF, GROUPS
from sim.config import RunConfig
from sim.home import HomeWay, Members
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.sensing.identity.members import is_held_out
from sim.visitors import App

KM_STEP = 0.5
Tables = Mapping[str, Mapping[str, np.ndarray]]


class Register:
    """Who is on the platform's books, under which number; what sensing has left of the days before is read as it comes."""

    def __init__(self, config: RunConfig, compiled: CompiledPlan, residents: Residents, numbers: np.ndarray) -> None:
        self._config, self._residents = config, residents
        self.numbers = numbers
        self._order = np.argsort(numbers, kind="stable")
        trades = compiled.tenant_categories
        depth = config.sensing.profiles.depth
        classes = {"group": tuple(GROUPS), "category": CATEGORIES, "store": tuple(compiled.unit_ids)}[depth]
        names = {"group": [GROUP_OF[trade] for trade in trades], "category": trades, "store": compiled.unit_ids}[depth]
        self.class_of_unit = np.array([classes.index(name) for name in names], np.int64)
        self.classes = classes
        shares = np.bincount(self.class_of_unit, minlength=len(classes)) / max(len(trades), 1)
        self._everybody = shares.astype(np.float32)
        rows = residents.key.size
        self._own = np.zeros((rows, 0), np.float32)  # weight of each one's stays and purchases by class, once any is known
        self._refuses = np.zeros(rows, bool)
        draws = uniforms(stream_key(config.seed, "last seen before the run"), residents.key, 0)
        gap = np.minimum(-np.log(draws) / np.maximum(residents.visits_per_day, 1e-4), 3650.0)
        self._before_days = gap.astype(np.int32)  # visits of old come one by one, whenever
        self._seen_day = np.full(rows, -1, np.int32)

    def rows_of(self, people: np.ndarray) -> np.ndarray:
        """Return the resident (int64) behind each number, -1 where there is none: for whoever delivers, never for those who decide."""
        numbers = self.numbers[self._order]
        at = np.minimum(np.searchsorted(numbers, people), max(numbers.size - 1, 0))
        return np.where(numbers[at] == people, self._order[at], -1)

    def read(self, tables: Tables, day: int) -> None:
        """Take over what a day's sensing has left: who was seen, who does not agree to be addressed, what each seems to want."""
        members, profiles, links = (tables[name] for name in ("members.parquet", "profiles.parquet", "identity_links.parquet"))
        rows = self.rows_of(np.asarray(members["member"], np.int64))
        known = rows >= 0
        seen = np.asarray(members["last_seen"])[known].astype(str)
        ordinal = np.where(seen == "", "1970-01-01", seen).astype("datetime64[D]").astype(np.int64) + 719163
        self._seen_day[rows[known]] = np.minimum(ordinal, day)
        self._refuses[rows[known]] = ~np.asarray(members["consents"], bool)[known]
        self._take_profiles(profiles, links)

    def _take_profiles(self, profiles: Mapping[str, np.ndarray], links: Mapping[str, np.ndarray]) -> None:
        """Find each one's profile: under its number, or under the id with which that has been linked."""
        later = np.asarray(links["id_b"], np.int64)
        order = np.argsort(later)
        numbers = self.numbers
        if later.size:
            at = np.minimum(np.searchsorted(later[order], numbers), later.size - 1)
            is_linked = later[order][at] == numbers
            numbers = np.where(is_linked, np.asarray(links["id_a"], np.int64)[order][at], numbers)
        ids = np.asarray(profiles["profile"], np.int64)
        order = np.argsort(ids)
        if not ids.size:
            return
        at = np.minimum(np.searchsorted(ids[order], numbers), ids.size - 1)
        rows = np.flatnonzero(ids[order][at] == numbers)
        place = order[at[rows]]
        weight = self._config.sensing.profiles.purchase_weight
        if self._own.shape[1] == 0:
            self._own = np.zeros((self.numbers.size, len(self.classes)), np.float32)
        for index, name in enumerate(self.classes):
            self._own[rows, index] = profiles[f"stays:{name}"][place] + weight * profiles[f"purchases:{name}"][place]

    def state(self) -> dict[str, np.ndarray]:
        """Return what has been read so far."""
        return {"own": self._own, "refuses": self._refuses.copy(), "seen_day": self._seen_day.copy()}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Take back what `state` has returned."""
        self._own, self._refuses, self._seen_day = (state[name].copy() for name in ("own", "refuses", "seen_day"))

    def members(self, memory: Memory, has_card: np.ndarray, follows: np.ndarray, subscribed: np.ndarray, day: int) -> Members:
        """Return the books as of a morning; who left the chat card or the account is not in `has_card` or `follows` any more."""
        is_member = memory.is_member > 0
        ways = (
            HomeWay.PUSH * ((memory.push_on > 0) & (memory.app == App.PUSH) & is_member)
            + HomeWay.CHAT * (has_card > 0)
            + HomeWay.FOLLOWS * (follows > 0)
            + HomeWay.POST * is_member
        ).astype(np.int16)
        ways[self._refuses] = 0
        rows = self._order[ways[self._order] > 0]
        seen = self._seen_day[rows]
        start = self._config.date
        began = int(np.datetime64(start).astype(np.int64)) + 719163
        away = np.where(seen >= 0, day - seen, self._before_days[rows] + day - began)
        km = np.floor(self._residents.distance_km[rows] / KM_STEP) * KM_STEP
        return Members(
            person=self.numbers[rows], ways=ways[rows], is_member=is_member[rows], away_days=away.astype(np.int32),
            points_centi=np.where(is_member[rows], memory.points_centi[rows], 0), km=np.where(is_member[rows], km, np.nan),
            interest=self._interest(rows), subscribed=subscribed[rows], is_held_out=is_held_out(self._config, self.numbers[rows]),
            class_of_unit=self.class_of_unit,
        )  # fmt: skip

    def _interest(self, rows: np.ndarray) -> np.ndarray:
        """Return the expected share of each class in what each wants, as Profiles.affinity does; everybody's of whom nothing is known."""
        prior = np.float32(self._config.sensing.profiles.prior_weight)
        if self._own.shape[1] == 0:
            return np.broadcast_to(self._everybody, (rows.size, self._everybody.size))
        own = self._own[rows]
        found: np.ndarray = (prior * self._everybody + own) / (prior + own.sum(axis=1, keepdims=True))
        return found
