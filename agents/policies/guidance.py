"""Guidance to quiet parts of the mall, and small rewards for looking at the app."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from agents.policies.happenings import _OfADay, drawn
from agents.policies.places import in_order_of_heat, seen_at, walk_m
from agents.policies.policy import Tools, name_of, reachable
from sim.decisions_of_policies import Offer, PolicyDecision, PutTrigger, Send, SetBudget
from sim.promos import Channel, Hook, Reach, Says
from sim.sensing.observations import Observations, People
from sim.units import US_PER_MIN


class ColdZoneGuidance(_OfADay):
    """Tells people by the doors where most are seen of stores where few are: by a hint, a coupon, or screens."""

    name: ClassVar[str] = "cold_zone_guidance"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Count where people are, and guide some of those who are where it is hot."""
        told, public = self.settings, tools.public
        units = len(public.unit_ids)
        seen = self.memory.setdefault("seen", np.zeros(units, np.int64))
        at = seen_at(tools)
        np.add.at(seen, at[at >= 0], 1)
        order = in_order_of_heat(seen)
        cold, hot = order[: round(told.cold_share * units)], order[units - round(told.hot_share * units) :]
        if tools.now_us < tools.opens_us + told.after_min * US_PER_MIN or not cold.size or not seen.any():
            return []
        if told.by == "screen":
            return self._screens(tools, cold, hot)
        person_at = dict(zip(tools.present.person.tolist(), at.tolist(), strict=True))
        people = reachable(tools, profiles, Reach.PUSH)
        where = np.array([person_at[person] for person in people.tolist()], np.int64)
        chosen, share = drawn(tools, "whom to guide", people[np.isin(where, hot)], told.per_review)
        if not chosen.size:
            return []
        if told.by == "coupon":
            return self._coupons(tools, cold, chosen, share)
        where = np.array([person_at[person] for person in chosen.tolist()], np.int64)
        goals = np.array([cold[int(np.argmin(walk_m(public, door, cold)))] for door in where.tolist()], np.int64)
        return [
            Send(
                chosen[goals == goal], Channel.PUSH, says=Says.GO, unit=public.unit_ids[goal], because="quiet there",
                features={"seen": seen[where[goals == goal]].astype(float)}, propensity=np.full(int((goals == goal).sum()), share),
            )
            for goal in np.unique(goals).tolist()
        ]  # fmt: skip

    def _coupons(self, tools: Tools, cold: np.ndarray, chosen: np.ndarray, share: float) -> list[PolicyDecision]:
        told = self.settings
        decisions: list[PolicyDecision] = []
        if told.off_share == 0 or told.budget_yuan == 0:
            return decisions
        if "budget" not in self.memory:
            self.memory["budget"] = True
            decisions.append(SetBudget(self.name, round(100 * told.budget_yuan)))
        name = name_of(self.name, tools.review)
        stores = tuple(tools.public.unit_ids[unit] for unit in np.sort(cold).tolist())
        decisions.append(
            Offer(
                name, stores, off_share=told.off_share, budget=self.name, until_us=tools.closes_us, life_us=round(told.life_min * US_PER_MIN),
                funded_by_seller_share=0.5,
            )
        )  # fmt: skip
        decisions.append(Send(chosen, Channel.PUSH, name, because="quiet there", propensity=np.full(chosen.size, share)))
        return decisions

    def _screens(self, tools: Tools, cold: np.ndarray, hot: np.ndarray) -> list[PolicyDecision]:
        """Show the nearest quiet store by each busy door, on a screen that is changed when that store is another."""
        public = tools.public
        shown: dict[int, int] = self.memory.setdefault("shown", {})
        decisions: list[PolicyDecision] = []
        for door in np.sort(hot).tolist():
            goal = int(cold[int(np.argmin(walk_m(public, door, cold)))])
            if shown.get(door) == goal or goal == door:
                continue
            shown[door] = goal
            decisions.append(
                PutTrigger(
                    name_of(self.name, public.unit_ids[door]), Hook.PASSED, Channel.SCREEN, says=Says.GO, at_units=(public.unit_ids[door],),
                    unit=public.unit_ids[goal],
                )
            )  # fmt: skip
        return decisions


class MicroRewards(_OfADay):
    """Lets people shake their phones: most find nothing, every n-th time there is a small coupon."""

    name: ClassVar[str] = "micro_rewards"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Let some of those who have the app shake."""
        told = self.settings
        if told.reward_yuan == 0 or told.budget_yuan == 0 or told.per_review == 0:
            return []
        chosen, share = drawn(tools, "who shakes", reachable(tools, profiles, Reach.APP), told.per_review)
        if not chosen.size:
            return []
        counted: dict[int, int] = self.memory.setdefault("shakes", {})
        for person in chosen.tolist():
            counted[person] = counted.get(person, 0) + 1
        wins = np.array([counted[person] % told.shakes == 0 for person in chosen.tolist()], bool)
        decisions: list[PolicyDecision] = []
        if "budget" not in self.memory:
            self.memory["budget"] = True
            decisions.append(SetBudget(self.name, round(100 * told.budget_yuan)))
        if wins.any():
            name = name_of(self.name, tools.review)
            decisions += [
                Offer(
                    name, off_fen=round(100 * told.reward_yuan), threshold_fen=round(100 * told.threshold_yuan), budget=self.name,
                    until_us=tools.closes_us, life_us=round(told.life_min * US_PER_MIN), funded_by_seller_share=0.0,
                ),
                Send(chosen[wins], Channel.APP, name, because="reward", propensity=np.full(int(wins.sum()), share)),
            ]  # fmt: skip
        if not wins.all():
            blanks = chosen[~wins]
            decisions.append(Send(blanks, Channel.APP, says=Says.TELL, because="blank", propensity=np.full(blanks.size, share)))
        return decisions
