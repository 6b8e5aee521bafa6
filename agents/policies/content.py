"""One message per member and visit, whose content differs by member: a deal, a story of a store, a place to eat, or a benefit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from agents.policies.feedback import Entries, belief, forget_pending, learn, remember, settle
from agents.policies.history import pairs_seen
from agents.policies.ordering import is_mealtime, pick
from agents.policies.policy import Keeps, Tools, name_of, reachable
from agents.policies.recommend import WAYS
from sim.categories import FOOD
from sim.decisions_of_policies import Offer, PolicyDecision, Send, SetBudget
from sim.promos import Says
from sim.sensing.observations import Observations, People
from sim.units import US_PER_MIN

CONTENTS = ("deal", "story", "meal", "benefit")
CONTEXT = ("one", "mealtime", "eats", "weekend")


class ContentPerMember(Keeps):
    """Says to each member, once on a visit, what goes down best with people like it."""

    name: ClassVar[str] = "content_per_member"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Learn from what was opened, and write to whoever has come."""
        settings, memory = self.settings, self.memory
        if settings.audience_share == 0:
            return []
        seen = pairs_seen(observations, profiles, tools.public)
        settled = settle(memory, self.name, observations, tools, seen, settings.settle_min)
        if settled is not None:
            learn(memory, settled.features, settled.opened, np.ones(settled.opened.size))
        people = self._newcomers(profiles, tools)
        if not people.size:
            return []
        liked = profiles.store_affinity(people, tools.now_us)
        context = self._context(profiles, liked, tools)
        content, propensity = self._contents(people, context, tools)
        return self._write(people, content, propensity, context, liked, tools)

    def _newcomers(self, profiles: People, tools: Tools) -> np.ndarray:
        """Return who is reached and has not been written to today."""
        settings, memory = self.settings, self.memory
        people = reachable(tools, profiles, WAYS[settings.channel][1])
        people = people[np.isin(people, tools.present.person[tools.present.is_member])]
        people = people[tools.uniforms("content audience", people) < settings.audience_share]
        people = np.setdiff1d(people, memory.setdefault("told", np.zeros(0, np.int64)))
        memory["told"] = np.union1d(memory["told"], people)
        return people

    def _context(self, profiles: People, liked: np.ndarray, tools: Tools) -> np.ndarray:
        """Return what is known of each person and the hour, (n, CONTEXT)."""
        food = tools.public.units_of(*FOOD)
        anybody = profiles.store_affinity(np.array([-1]), tools.now_us)[0, food].sum()
        eats = np.log(np.clip(liked[:, food].sum(axis=1) / max(float(anybody), 1e-12), 0.05, 20.0)) if food.size else 0.0
        now = np.ones(liked.shape[0])
        return np.stack([now, now * float(is_mealtime(tools.now_us)), now * eats, now * float(tools.day.is_weekend)], axis=1)

    def _contents(self, people: np.ndarray, context: np.ndarray, tools: Tools) -> tuple[np.ndarray, np.ndarray]:
        """Return what each person is told, and with what probability."""
        settings = self.settings
        allowed = np.ones((people.size, len(CONTENTS)), bool)
        allowed[:, 0] = settings.off_share > 0 and settings.budget_yuan > 0
        allowed[:, 2] = tools.public.units_of(*FOOD).size > 0
        if settings.rule == "same":
            content = CONTENTS.index(settings.same)
            return np.where(allowed[:, content], content, -1), np.full(people.size, settings.audience_share)
        explore = 1.0 if settings.rule == "random" else settings.explore_share
        features = np.stack([_crossed(context, at) for at in range(len(CONTENTS))], axis=1)
        scores = belief(self.memory, features.shape[2]).bounds(features, settings.ucb_width)
        draws = [tools.uniforms(f"content {what}", people, tools.review) for what in ("whether", "which")]
        found, propensity = pick(scores, allowed, explore, *draws)
        return found, settings.audience_share * propensity

    def _write(
        self, people: np.ndarray, content: np.ndarray, propensity: np.ndarray, context: np.ndarray, liked: np.ndarray, tools: Tools
    ) -> list[PolicyDecision]:  # fmt: skip
        food = np.isin(tools.public.trades, FOOD)
        best, eats = liked.argmax(axis=1), np.where(food, liked, -1.0).argmax(axis=1)
        channel = WAYS[self.settings.channel][0]
        decisions: list[PolicyDecision] = []
        entries: list[Entries] = []
        for at, kind in enumerate(CONTENTS):
            mine = np.flatnonzero(content == at)
            parts = [mine[best[mine] == unit] for unit in np.unique(best[mine])] if kind == "deal" else [mine]
            for rows in parts:
                if not rows.size:
                    continue
                who = people[rows]
                units = {"story": best, "meal": eats}.get(kind, best)[rows]
                more: dict[str, Any] = {"says": Says.TELL} if kind == "benefit" else {"says": Says.GO, "units": units}
                if kind == "deal":
                    offer = self._deal(int(units[0]), decisions, tools)
                    more = {"offer": offer}
                told = {name: context[rows, column] for column, name in enumerate(CONTEXT)}
                decisions.append(Send(who, channel, because=kind, features=told, propensity=propensity[rows], **more))
                entries.append(Entries(who, units.astype(np.int64), 0, _crossed(context[rows], at)))
        remember(self.memory, entries)
        return decisions

    def _deal(self, unit: int, decisions: list[PolicyDecision], tools: Tools) -> str:
        """Return the day's deal of a store, offered for the first time if need be."""
        settings, memory = self.settings, self.memory
        offered = memory.setdefault("offered", [])
        if not offered:
            decisions.append(SetBudget(self.name, round(100 * settings.budget_yuan)))
        unit_id = tools.public.unit_ids[unit]
        offer = name_of(self.name, unit_id)
        if unit not in offered:
            offered.append(unit)
            decisions.append(
                Offer(
                    offer, (unit_id,), off_share=settings.off_share, budget=self.name, until_us=tools.closes_us,
                    life_us=round(settings.life_min * US_PER_MIN),
                )
            )  # fmt: skip
        return offer

    def begin_day(self, tools: Tools) -> None:
        """Offers, budgets and people's numbers are of one day; what was learnt stays."""
        forget_pending(self.memory)
        for name in ("told", "offered"):
            self.memory.pop(name, None)


def _crossed(context: np.ndarray, content: int) -> np.ndarray:
    """Return the context in the columns of a content, (n, CONTENTS x CONTEXT)."""
    found = np.zeros((context.shape[0], len(CONTENTS) * len(CONTEXT)))
    found[:, content * len(CONTEXT) : (content + 1) * len(CONTEXT)] = context
    return found
