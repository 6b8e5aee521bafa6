"""Pushes that match nobody's taste: whether a discount makes them welcome, in both readings of what the article says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from agents.policies.giving import Gives, liked_more
from agents.policies.policy import Tools, reachable
from sim.decisions_of_policies import PolicyDecision
from sim.promos import Reach
from sim.sensing.observations import Observations, People

READINGS = {"deep": (0.80, 0.90), "shallow": (0.10, 0.20)}  # articles.deep_offpref: the customer pays 10-20 %; alt: 10-20 % off


class DeepDiscount(Gives):
    """Send people, a few at a review, an offer of a store that they seem to like less than others do, by as much off as the reading says."""

    name: ClassVar[str] = "deep_discount"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Draw whom to write to and a store that does not match; the depth is the store's own of the day, within the reading's range."""
        settings = self.settings
        most, ceiling, (low, high) = settings.per_review, settings.taste_most, READINGS[settings.reading]
        people = self.chosen(reachable(tools, profiles, Reach.PUSH), tools) if self.is_time(tools) else np.zeros(0, np.int64)
        if not people.size or most == 0:
            return []
        share = min(1.0, most / people.size)
        people = people[tools.uniforms("deep_discount who", people, tools.review) < share]
        if not people.size:
            return []
        taste = liked_more(profiles, people, tools.now_us)
        units = (tools.uniforms("deep_discount store", people, tools.review) * taste.shape[1]).astype(np.int64)
        depth = low + (high - low) * tools.uniforms("deep_discount depth", np.arange(taste.shape[1]))
        fits = taste[np.arange(people.size), units] <= ceiling
        decisions: list[PolicyDecision] = []
        for unit in np.unique(units[fits]).tolist():
            those = np.flatnonzero(fits & (units == unit))
            off_share = float(depth[unit]) * settings.off_share
            name, made = self.offered(tools, tools.public.unit_ids[unit], (unit,), off_share=off_share)
            decisions += made
            decisions += self.send(
                people[those], name, because=f"off taste, {settings.reading}", features={"taste": taste[those, unit], "off_share": np.full(those.size, off_share)},
                propensity=np.full(those.size, share / taste.shape[1]),
            )  # fmt: skip
        return decisions
