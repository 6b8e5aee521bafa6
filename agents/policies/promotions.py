"""Promotions of several stores together: two that share customers, and the long chain of shopping, eating and a film."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from agents.policies.giving import Gives, units_named
from agents.policies.policy import Tools, name_of, reachable
from agents.policies.visited import best_pair, common_customers, visits_observed
from sim.decisions_of_policies import Mark, PolicyDecision, PutTrigger
from sim.promos import Channel, Hook, Reach
from sim.sensing.observations import Observations, People
from sim.units import US_PER_HOUR

SHOPS, MEALS = ("fashion", "footwear", "beauty", "accessories"), ("restaurant",)
CHAIN_SEGMENT = 41  # of triggers, of those who were invited to the chain


class JointPromotion(Gives):
    """Whoever has bought at one of two stores is given an offer of the other at the till; who bears what it costs is split between them."""

    name: ClassVar[str] = "joint_promotion"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Look for the pair, unless it is named, and lay the offers out once."""
        first, second, least = self.settings.merchant_a, self.settings.merchant_b, self.settings.common_least
        if not first:
            self.today.setdefault("seen", []).append(np.stack(visits_observed(observations, tools.public.unit_ids)))
        if not self.is_time(tools) or "pair" in self.today:
            return []
        if first:
            named = units_named(tools.public, (first, second))
            pair = (int(named[0]), int(named[1])) if named.size == 2 else None
        else:
            pair = self._mined(tools, least)
        if pair is None:
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
            self.memory["common"] = self._common(len(tools.public.unit_ids))
        super().begin_day(tools)

    def _common(self, stores: int) -> np.ndarray:
        """Return the common customers of every two stores, those of days before among them."""
        seen = np.concatenate([np.zeros((2, 0), np.int64), *self.today["seen"]], axis=1)
        earlier: np.ndarray = self.memory.get("common", np.zeros((stores, stores)))
        return earlier + common_customers(seen[0], seen[1], stores)

    def _mined(self, tools: Tools, least: int) -> tuple[int, int] | None:
        """Return the pair that shares most customers as they are known now; looked for once an hour."""
        if tools.now_us < self.today.get("looks_again_us", 0):
            return None
        self.today["looks_again_us"] = tools.now_us + US_PER_HOUR
        return best_pair(self._common(len(tools.public.unit_ids)), tools.public.trades, least)


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
