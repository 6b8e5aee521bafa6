"""Promotions of several stores together: two that share customers, and the long chain of shopping, eating and a film."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from agents.policies.giving import Gives, units_named
from agents.policies.policy import Tools, name_of, reachable
from agents.policies.visited import CommonCustomers, best_pair, visits_observed
from sim.decisions_of_policies import Mark, PolicyDecision, PutTrigger
from sim.promos import Channel, Hook, Reach
from sim.sensing.observations import Observations, People

SHOPS, MEALS = ("fashion", "footwear", "beauty", "accessories"), ("restaurant",)
CHAIN_SEGMENT = 41  # of triggers, of those who were invited to the chain


class JointPromotion(Gives):
    """Whoever has bought at one of two stores is given an offer of the other at the till; who bears what it costs is split between them."""

    name: ClassVar[str] = "joint_promotion"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Look for the pair, unless it is named, and lay the offers out once."""
        common = CommonCustomers(len(tools.public.unit_ids), self.memory.get("earlier"), self.today.get("seen"))
        common.take(*visits_observed(observations, tools.public.unit_ids))
        self.today["seen"] = common.seen
        is_time = self.is_time(tools)
        pair = self._pair(tools, common)
        if not is_time or pair is None or "pair" in self.today:
            return []
        self.today["pair"] = list(pair)
        ids = tools.public.unit_ids
        decisions: list[PolicyDecision] = []
        for given_at, taken_at in (pair, pair[::-1]) if self.settings.both_ways else (pair,):
            funder = {} if self.settings.seller_share >= 1 else {"co_funder": ids[given_at]}
            name, made = self.offered(tools, ids[taken_at], (taken_at,), **funder)
            trigger = PutTrigger(
                name, Hook.PAID, Channel.TILL, name, at_units=(ids[given_at],), share=self.settings.audience_share,
                per_visit=self.settings.per_person, until_us=self.ends_us(tools),
            )  # fmt: skip
            decisions += [*made, trigger]
        return decisions

    def begin_day(self, tools: Tools) -> None:
        """Add the day that is over to what is known of common customers."""
        if "seen" in self.today:
            common = CommonCustomers(len(tools.public.unit_ids), self.memory.get("earlier"), self.today["seen"])
            self.memory["earlier"] = common.counts()
        super().begin_day(tools)

    def _pair(self, tools: Tools, common: CommonCustomers) -> tuple[int, int] | None:
        first, second, least = self.settings.merchant_a, self.settings.merchant_b, self.settings.common_least
        if first and second:
            units = units_named(tools.public, (first, second))
            return (int(units[0]), int(units[1])) if units.size == 2 else None
        return best_pair(common.counts(), tools.public.trades, least)


class FilmChain(Gives):
    """Shop, eat, see a film, in this order: a purchase opens the offer of a meal, the meal that of the film, until a deadline."""

    name: ClassVar[str] = "film_chain"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Lay the chain out at the first review of its window, then invite whoever is new."""
        steps = [
            tools.public.units_of(*trades)
            for trades in (self.settings.shops or SHOPS, self.settings.meals or MEALS, ["cinema"])
        ]
        if not self.is_time(tools) or not all(step.size for step in steps):
            return []
        decisions = [] if "steps" in self.today else self._laid_out(tools, steps)
        people = self.chosen(reachable(tools, profiles, Reach.PUSH), tools)
        people = people[self.times_told(people) == 0]
        if people.size:
            decisions.append(Mark(people, CHAIN_SEGMENT))
            decisions += self.send(people, name_of(self.name, "shop"), because="begin of the chain")
        return decisions

    def _laid_out(self, tools: Tools, steps: list[np.ndarray]) -> list[PolicyDecision]:
        self.today["steps"] = True
        decisions: list[PolicyDecision] = []
        deadline_us = tools.now_us + round(self.settings.deadline_min * 60e6)
        terms = (self.settings.off_share, self.settings.meal_off_share, self.settings.film_off_share)
        before = ""
        for what, units, off_share, own in zip(("shop", "meal", "film"), steps, terms, (True, False, False), strict=True):
            until_us = min(deadline_us, tools.closes_us)
            name, made = self.offered(tools, what, units.tolist(), off_share=off_share, after=before, until_us=until_us)
            decisions += made
            if not own:
                at = tuple(tools.public.unit_ids[unit] for unit in steps[0 if what == "meal" else 1])
                decisions.append(
                    PutTrigger(
                        name,
                        Hook.PAID,
                        Channel.PAYMENT if self.settings.by_payment else Channel.TILL,
                        name,
                        at_units=at,
                        segment=CHAIN_SEGMENT,
                        per_visit=3,
                        until_us=until_us,
                    )
                )
            before = name
        return decisions
