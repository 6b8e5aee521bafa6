"""Tags of people, told to stores for a price; the stores write to them with offers of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from agents.policies.policy import Keeps, Tools, name_of, reachable
from agents.policies.recommend import WAYS
from sim.categories import CATEGORIES, GROUP_OF, GROUPS
from sim.decisions_of_policies import Offer, PolicyDecision, SellTags, Send, SetBudget
from sim.sensing.observations import Observations, People
from sim.units import US_PER_MIN


class TagsSold(Keeps):
    """Tells stores, of everybody who comes and can be written to, what he or she likes, once a day; each store uses it for itself."""

    name: ClassVar[str] = "tags_sold"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Sell the tags of whoever has come since, and let the stores write."""
        settings, memory = self.settings, self.memory
        buyers = self._buyers(tools)
        if not buyers.size or settings.stores_most == 0:
            return []
        people = reachable(tools, profiles, WAYS[settings.channel][1])
        people = np.setdiff1d(people, memory.setdefault("told", np.zeros(0, np.int64)))
        if not people.size:
            return []
        class_of_unit = classes_of(settings.depth, tools.public.trades)
        shares, anybody = (
            by_class(profiles.store_affinity(who, tools.now_us), class_of_unit) for who in (people, np.array([-1]))
        )
        ratio = shares / np.maximum(anybody, 1e-12)
        wanted = ratio[:, class_of_unit[buyers]]
        rank = np.argsort(np.argsort(-wanted, axis=1, kind="stable"), axis=1)
        wants = (wanted >= settings.affinity_least) & (rank < settings.stores_most)
        tags = ratio.argmax(axis=1)
        memory["told"] = np.union1d(memory["told"], people[wants.any(axis=1)])  # of the others nothing is known yet
        decisions: list[PolicyDecision] = []
        for column, unit in enumerate(buyers.tolist()):
            rows = np.flatnonzero(wants[:, column])
            if rows.size:
                decisions += self._trade(unit, people[rows], tags[rows], wanted[rows, column], tools)
        return decisions

    def _buyers(self, tools: Tools) -> np.ndarray:
        """Return the stores that may have tags, and have something to offer."""
        settings = self.settings
        if settings.access == "none" or settings.budget_yuan == 0 or settings.off_share == 0:
            return np.zeros(0, np.int64)
        every = np.arange(len(tools.public.unit_ids))
        return tools.public.units_of(*settings.trades) if settings.trades else every

    def _trade(self, unit: int, people: np.ndarray, tags: np.ndarray, liking: np.ndarray, tools: Tools) -> list[PolicyDecision]:
        """Let a store buy tags and write to whom they are of."""
        settings, memory = self.settings, self.memory
        unit_id = tools.public.unit_ids[unit]
        offer = name_of(self.name, unit_id)
        decisions: list[PolicyDecision] = [SellTags(unit_id, people, tags, round(100 * settings.price_yuan))]
        offered = memory.setdefault("offered", [])
        if unit not in offered:
            offered.append(unit)
            decisions += [
                SetBudget(offer, round(100 * settings.budget_yuan)),
                Offer(
                    offer, (unit_id,), off_share=settings.off_share, budget=offer, until_us=tools.closes_us,
                    life_us=round(settings.life_min * US_PER_MIN),
                ),
            ]  # fmt: skip
        decisions.append(
            Send(people, WAYS[settings.channel][0], offer, because="tagged", features={"tag": tags, "liking": liking})
        )
        return decisions

    def begin_day(self, tools: Tools) -> None:
        """Tags, offers and people's numbers are of one day."""
        self.memory.clear()


def classes_of(depth: str, trades: Sequence[str]) -> np.ndarray:
    """Return the class of each store, as a tag of a depth tells stores apart."""
    if depth == "store":
        return np.arange(len(trades))
    names = list(GROUPS) if depth == "group" else list(CATEGORIES)
    return np.array([names.index(GROUP_OF[trade] if depth == "group" else trade) for trade in trades], np.int64)


def by_class(shares: np.ndarray, class_of_unit: np.ndarray) -> np.ndarray:
    """Return the share of each class from those of stores, (n, classes)."""
    found = np.zeros((shares.shape[0], int(class_of_unit.max(initial=-1)) + 1))
    np.add.at(found.T, class_of_unit, shares.T)
    return found
