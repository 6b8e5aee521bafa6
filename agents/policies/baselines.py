"""Baselines: a policy that looks and does nothing, and one that acts at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from agents.policies.policy import Keeps, Tools, name_of, reachable
from sim.decisions_of_policies import Offer, PolicyDecision, Send, SetBudget
from sim.promos import Channel, Reach
from sim.sensing.observations import Observations, People
from sim.units import US_PER_MIN


class Idle(Keeps):
    """Looks at everything and does nothing: whatever differs from no policy at all is a fault of the platform."""

    name: ClassVar[str] = "idle"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Look at all there is."""
        self.memory["seen"] = self.memory.get("seen", 0) + observations.kind.size + tools.present.person.size
        return []


class Random(Keeps):
    """Sends a few people, drawn at random, an offer of a store drawn at random: what any better policy has to beat."""

    name: ClassVar[str] = "random"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Draw people and a store."""
        settings = self.settings
        people = reachable(tools, profiles, Reach.PUSH)
        decisions: list[PolicyDecision] = []
        if "budget" not in self.memory:
            self.memory["budget"] = True
            decisions.append(SetBudget("random", round(100 * settings.budget_yuan)))
        if not people.size:
            return decisions
        draws = tools.uniforms("random who", people, tools.review)
        share = min(1.0, settings.per_review / people.size)
        chosen = people[draws < share]
        unit = int(tools.uniforms("random store", np.array([tools.review]))[0] * len(tools.public.unit_ids))
        offer = Offer(
            name_of("random", tools.review), (tools.public.unit_ids[unit],), off_share=settings.off_share, budget="random",
            until_us=tools.closes_us, life_us=round(settings.life_min * US_PER_MIN),
        )  # fmt: skip
        if chosen.size:
            propensity = np.full(chosen.size, share / len(tools.public.unit_ids))
            decisions += [offer, Send(chosen, Channel.PUSH, offer.name, because="at random", propensity=propensity)]
        return decisions

    def begin_day(self, tools: Tools) -> None:
        """Budgets are of a day."""
        self.memory.clear()
