"""Recommendation: a list of stores for each person, by sales, by what others did, or by what is learnt of clicks; with a floor of exposure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from agents.policies.feedback import Entries, belief, fade, forget_pending, learn, remember, settle
from agents.policies.history import Walks, marked, pairs_seen, sold_in
from agents.policies.ordering import FEATURES, by_what_others_did, features_of, furthest_behind, lists_of, nearness
from agents.policies.policy import Keeps, Tools, reachable
from sim.categories import CATEGORY_INDEX
from sim.decisions_of_policies import PolicyDecision, Send
from sim.promos import Channel, Reach, Says
from sim.sensing.observations import Observations, People
from sim.units import US_PER_MIN

WAYS = {
    "app": (Channel.APP, Reach.APP), "push": (Channel.PUSH, Reach.PUSH), "portal": (Channel.PORTAL, Reach.PORTAL),
    "chat": (Channel.CHAT, Reach.CHAT),
}  # fmt: skip


class Recommend(Keeps):
    """Shows everybody who can be reached a list now and then, and learns from what is opened."""

    name: ClassVar[str] = "recommend"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Learn from what was seen, and show lists to whom it is time to."""
        settings, memory, units = self.settings, self.memory, len(tools.public.unit_ids)
        if settings.k == 0 or settings.audience_share == 0 or not units:
            return []
        walks = Walks(memory, units)
        self._look(observations, profiles, tools, walks)
        people = self._due(profiles, tools)
        if not people.size or not settings.from_min * US_PER_MIN <= tools.now_us < settings.until_min * US_PER_MIN:
            return []
        walked = walks.of(people)
        features, scores = self._scores(people, walked, walks, profiles, tools)
        trades = np.array([CATEGORY_INDEX[trade] for trade in tools.public.trades], np.int64)
        allowed = (walked == 0) & (marked(memory["shown"], people, units) == 0)
        draws = np.stack(
            [
                [tools.uniforms(f"recommend {what}", people, 16 * tools.review + place) for what in ("whether", "which")]
                for place in range(settings.k)
            ]
        )
        explore = 1.0 if settings.algorithm == "random" else settings.explore_share
        lists = lists_of(
            scores,
            allowed,
            trades,
            draws,
            explore,
            settings.per_trade_most,
            furthest_behind(memory["exposure"], settings.exposure_floor_share),
        )
        return self._show(people, lists.units, settings.audience_share * lists.propensity, features, tools)

    def _look(self, observations: Observations, profiles: People, tools: Tools, walks: Walks) -> None:
        """Take in sales, walks, and what came of earlier lists."""
        settings, memory, units = self.settings, self.memory, len(tools.public.unit_ids)
        memory.setdefault("sales", np.zeros(units))
        memory.setdefault("exposure", np.zeros(units))
        memory.setdefault("shown", np.zeros(0, np.int64))
        memory["sales"] = memory["sales"] + sold_in(observations, tools.public)[0]
        seen = pairs_seen(observations, profiles, tools.public)
        walks.take(*seen)
        settled = settle(memory, self.name, observations, tools, seen, settings.settle_min)
        if settled is not None:
            success = settled.opened if settings.learns_from == "opened" else settled.visited
            learn(memory, settled.features, success, settings.position_belief**settled.position)

    def _due(self, profiles: People, tools: Tools) -> np.ndarray:
        """Return who is shown a list now: reached, of the audience drawn, and not shown one lately."""
        settings, memory = self.settings, self.memory
        people = reachable(tools, profiles, WAYS[settings.channel][1])
        if settings.audience_share < 1:
            people = people[tools.uniforms("recommend audience", people) < settings.audience_share]
        told, told_us = memory.setdefault("told", np.zeros(0, np.int64)), memory.setdefault("told_us", np.zeros(0, np.int64))
        lately = told[told_us > tools.now_us - round(settings.refresh_min * US_PER_MIN)]
        people = people[~np.isin(people, lately)]
        is_kept = ~np.isin(told, people)
        memory["told"] = np.concatenate([told[is_kept], people])
        memory["told_us"] = np.concatenate([told_us[is_kept], np.full(people.size, tools.now_us)])
        return people

    def _scores(
        self, people: np.ndarray, walked: np.ndarray, walks: Walks, profiles: People, tools: Tools
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return features (n, U, d) and the order's scores (n, U)."""
        settings, sales = self.settings, self.memory["sales"]
        profile = profiles.store_affinity(people, tools.now_us)
        others = by_what_others_did(walked, walks.likeness(), profile, settings.cold_start)
        features = features_of(
            profile, others, sales, nearness(tools.present, people, tools.public), tools.public, tools.now_us
        )
        if settings.algorithm == "bandit":
            return features, belief(self.memory, len(FEATURES)).bounds(features, settings.ucb_width)
        if settings.algorithm == "collaborative":
            return features, others
        return features, np.broadcast_to(sales, profile.shape)

    def _show(
        self, people: np.ndarray, units: np.ndarray, propensity: np.ndarray, features: np.ndarray, tools: Tools
    ) -> list[PolicyDecision]:
        settings, memory = self.settings, self.memory
        decisions: list[PolicyDecision] = []
        entries: list[Entries] = []
        for place in range(settings.k):
            rows = np.flatnonzero(units[place] >= 0)
            shown, who = units[place][rows], people[rows]
            if not rows.size:
                continue
            mine = features[rows, shown]
            told: dict[str, Any] = {name: mine[:, at] for at, name in enumerate(FEATURES)}
            decisions.append(
                Send(
                    who, WAYS[settings.channel][0], says=Says.GO, because=settings.algorithm, features=told | {"position": np.full(rows.size, place)},
                    propensity=propensity[place][rows], units=shown, position=place,
                )
            )  # fmt: skip
            entries.append(Entries(who, shown, place, mine))
            np.add.at(memory["exposure"], shown, settings.position_belief**place)
            memory["shown"] = np.union1d(memory["shown"], who * len(tools.public.unit_ids) + shown)
        remember(memory, entries)
        return decisions

    def begin_day(self, tools: Tools) -> None:
        """What was sold, walked and learnt fades; people's numbers are of one day."""
        memory = self.memory
        keeps = 0.5 ** (1.0 / self.settings.half_life_days)
        forget_pending(memory)
        fade(memory, keeps)
        for name in ("told", "told_us", "shown"):
            memory.pop(name, None)
        for name in ("sales", "exposure"):
            if name in memory:
                memory[name] = keeps * memory[name]
        if "together" in memory:
            Walks(memory, len(tools.public.unit_ids)).begin_day(keeps)
