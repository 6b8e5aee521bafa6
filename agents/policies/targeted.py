"""Coupons for those who like a trade and have not bought yet: sensible, and what makes a naive estimate of their effect wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from agents.policies.policy import Keeps, Tools, reachable
from sim.decisions_of_policies import Offer, PolicyDecision, Send, SetBudget
from sim.promos import Channel, Reach
from sim.sensing.observations import Observations, People
from sim.units import US_PER_MIN


class Targeted(Keeps):
    """Decides once a day about everybody it can reach; the likelier, the more the person is believed to like the trade and to have it before it.

    Who has not bought yet spends more in the rest of the visit than who has, coupon or none; hence a difference of means flatters. The draw is of the person, so that the same people are chosen whoever else is there; those who are not chosen are kept in the log.
    """

    name: ClassVar[str] = "targeted"

    def begin_day(self, tools: Tools) -> None:
        """Know nobody yet."""
        none = np.zeros(0, np.int64)
        self.memory = {"person": none, "since_us": none.copy(), "paid_fen": none.copy(), "is_decided": np.zeros(0, bool)}

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Decide about those who have been heard of for long enough."""
        settings, memory = self.settings, self.memory
        units = tools.public.units_of(settings.trade)
        if not units.size or settings.off_share <= 0 or settings.budget_yuan <= 0 or tools.closes_us <= tools.now_us:
            return []
        decisions: list[PolicyDecision] = []
        if "offered" not in memory:
            memory["offered"] = True
            names = tuple(tools.public.unit_ids[unit] for unit in units.tolist())
            budget = SetBudget("targeted", round(100 * settings.budget_yuan))
            offer = Offer("targeted", names, off_share=settings.off_share, budget="targeted", until_us=tools.closes_us)
            decisions = [budget, offer]
        self._meet(tools)
        self._hear(observations, profiles)
        can = np.isin(memory["person"], reachable(tools, profiles, Reach.PUSH))
        due = np.flatnonzero(
            can & ~memory["is_decided"] & (tools.now_us - memory["since_us"] >= settings.after_min * US_PER_MIN)
        )
        if not due.size:
            return decisions
        memory["is_decided"][due] = True
        people = memory["person"][due]
        features = self._features(people, due, units, profiles, tools)
        has_paid = features["paid_yuan"] > 0
        score = settings.affinity_weight * features["affinity"] + settings.waiting_weight * np.where(has_paid, -1.0, 1.0)
        propensity = np.clip(1.0 / (1.0 + np.exp(-score)), settings.least, settings.most)
        held = tools.uniforms("targeted who", profiles.address_of(people)) >= propensity
        decisions.append(
            Send(
                people,
                Channel.PUSH,
                "targeted",
                because="likes the trade, has not bought",
                features=features,
                propensity=propensity,
                held=held,
            )
        )
        return decisions

    def _features(
        self, people: np.ndarray, rows: np.ndarray, units: np.ndarray, profiles: People, tools: Tools
    ) -> dict[str, np.ndarray]:
        """Return what is known of each person: the wish for the trade against everybody's, payments, time inside, membership, time of day."""
        liked = profiles.store_affinity(people, tools.now_us)[:, units].sum(axis=1)
        everybody = profiles.store_affinity(np.array([-1]), tools.now_us)[0, units].sum()
        at = np.searchsorted(tools.present.person, people)
        return {
            "affinity": np.log(np.maximum(liked, 1e-9) / max(everybody, 1e-9)),
            "paid_yuan": self.memory["paid_fen"][rows] / 100.0,
            "minutes": (tools.now_us - self.memory["since_us"][rows]) / US_PER_MIN,
            "is_member": tools.present.is_member[at].astype(float),
            "hour": np.full(people.size, tools.now_us / (60.0 * US_PER_MIN)),
        }

    def _meet(self, tools: Tools) -> None:
        """Note who is there for the first time today."""
        memory = self.memory
        new = tools.present.person[~np.isin(tools.present.person, memory["person"])]
        person = np.concatenate([memory["person"], new])
        order = np.argsort(person, kind="stable")
        fresh = {
            "since_us": np.full(new.size, tools.now_us),
            "paid_fen": np.zeros(new.size, np.int64),
            "is_decided": np.zeros(new.size, bool),
        }
        memory["person"] = person[order]
        for name, values in fresh.items():
            memory[name] = np.concatenate([memory[name], values])[order]

    def _hear(self, observations: Observations, profiles: People) -> None:
        """Note what people whom it knows were heard to pay."""
        memory = self.memory
        paid = observations.kind == "paid"
        person = profiles.number_of(observations.rows.subject[paid])
        at = np.minimum(np.searchsorted(memory["person"], person), max(memory["person"].size - 1, 0))
        known = memory["person"][at] == person if memory["person"].size else np.zeros(person.size, bool)
        np.add.at(memory["paid_fen"], at[known], observations.value[paid][known])
