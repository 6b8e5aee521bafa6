"""What policies share that address people: a window, an audience, a budget, offers made once a day, and who has had how many messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from agents.policies.policy import Keeps, PublicMap, Tools, name_of
from sim.decisions_of_policies import NO_OFFER, Offer, PolicyDecision, Send, SetBudget
from sim.promos import Channel, Says
from sim.sensing.observations import People
from sim.sensing.present import Present
from sim.units import US_PER_MIN, minutes_from_hours

LEVEL_M = 40.0  # a level is taken for so many metres more; engineering judgement


class Addresses(Keeps):
    """A policy that acts in a window of the day on a share of people, and tells none too often. Its settings are a WindowConfig."""

    name: ClassVar[str]

    @property
    def today(self) -> dict[str, Any]:
        """What is forgotten in the morning."""
        found: dict[str, Any] = self.memory.setdefault("today", {})
        return found

    def begin_day(self, tools: Tools) -> None:
        """Forget whom it has told and what it has offered."""
        self.memory["today"] = {}

    def is_time(self, tools: Tools) -> bool:
        """Return whether its window is open and it has anybody to address."""
        starts, share, most = self.settings.starts, self.settings.audience_share, self.settings.per_person
        starts_us = tools.opens_us if starts == "" else minutes_from_hours(starts) * US_PER_MIN
        return bool(starts_us <= tools.now_us < self.ends_us(tools) and share > 0 and most > 0)

    def ends_us(self, tools: Tools) -> int:
        """Return when its window closes."""
        return tools.closes_us if self.settings.ends == "" else minutes_from_hours(self.settings.ends) * US_PER_MIN

    def chosen(self, people: np.ndarray, tools: Tools) -> np.ndarray:
        """Return who of some people is in its audience and has not yet had as many messages as it may send; in order of number."""
        people = np.unique(people)
        people = people[tools.uniforms(f"{self.name} audience", people) < self.settings.audience_share]
        return people[self.times_told(people) < self.settings.per_person]

    def times_told(self, people: np.ndarray) -> np.ndarray:
        """Return how many messages each of some people has had today."""
        told = self.today.get("told", np.zeros(0, np.int64))
        return np.searchsorted(told, people, "right") - np.searchsorted(told, people, "left")

    def send(self, people: np.ndarray, offer: str = NO_OFFER, *, unit: str = "", says: Says = Says.OFFER, because: str = "",
             features: dict[str, np.ndarray] | None = None, propensity: np.ndarray | None = None, channel: Channel = Channel.PUSH,
             after_s: float = 0.0) -> list[PolicyDecision]:  # fmt: skip
        """Return the message to people, and remember that they had one; nothing where there are none."""
        if not people.size:
            return []
        told = self.today.get("told", np.zeros(0, np.int64))
        self.today["told"] = np.sort(np.concatenate([told, people]))
        share = np.full(people.size, float(self.settings.audience_share))
        chance = share if propensity is None else share * propensity
        because, features = because or self.name, features or {}
        return [
            Send(people, channel, offer, says, unit, because=because, features=features, propensity=chance, after_s=after_s)
        ]


class Gives(Addresses):
    """A policy whose means are offers, within a budget of its own. Its settings are a GivingConfig."""

    def is_time(self, tools: Tools) -> bool:
        """Return the same, where it has also something to give."""
        worth, budget_yuan = self.settings.off_share, self.settings.budget_yuan
        return super().is_time(tools) and worth > 0 and budget_yuan > 0

    def offered(self, tools: Tools, what: str, units: Sequence[int], **terms: Any) -> tuple[str, list[PolicyDecision]]:
        """Return the name of an offer, and the decisions that make it where it has not been made today; the first opens the budget."""
        settings, name = self.settings, name_of(self.name, what)
        made: list[str] = self.today.setdefault("made", [])
        if name in made:
            return name, []
        decisions: list[PolicyDecision] = []
        if not made:
            decisions.append(SetBudget(self.name, round(100 * settings.budget_yuan)))
        made.append(name)
        ids = tuple(tools.public.unit_ids[unit] for unit in units)
        usual: dict[str, Any] = {
            "off_share": settings.off_share, "budget": self.name, "until_us": max(self.ends_us(tools), tools.now_us + 1),
            "life_us": round(settings.life_min * US_PER_MIN), "funded_by_seller_share": settings.seller_share,
        }  # fmt: skip
        return name, [*decisions, Offer(name, ids, **(usual | terms))]


def rows_of(present: Present, people: np.ndarray) -> np.ndarray:
    """Return the rows of people who are present."""
    return np.searchsorted(present.person, people)


def metres_to(public: PublicMap, present: Present, rows: np.ndarray, unit: int) -> np.ndarray:
    """Return how far the last fixes of some rows are from a unit's door, as the crow flies; infinite where there is no fix."""
    aside_m = np.hypot(present.x_m[rows] - public.x_m[unit], present.y_m[rows] - public.y_m[unit])
    levels = np.abs(present.level[rows] - public.level[unit])
    return np.where((present.level[rows] < 0) | np.isnan(aside_m), np.inf, aside_m + LEVEL_M * levels)


def units_named(public: PublicMap, ids: Sequence[str], *trades: str) -> np.ndarray:
    """Return the units of some ids, or of some trades where none is named; ids that the plan lacks are left out."""
    if not ids:
        return public.units_of(*trades)
    return np.array([public.unit_ids.index(name) for name in ids if name in public.unit_ids], np.int64)


def liked_more(profiles: People, people: np.ndarray, now_us: int) -> np.ndarray:
    """Return by what factor each person's profile wants each store more than everybody does, (n, U); 1 where nothing is known."""
    everybody = profiles.store_affinity(np.array([-1], np.int64), now_us)
    found: np.ndarray = profiles.store_affinity(people, now_us) / np.maximum(everybody, 1e-12)
    return found
