"""What comes after a purchase: a page when a payment is over, and an offer of the store that one used to buy at on coming again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from agents.policies.giving import Gives, liked_more
from agents.policies.policy import Tools, reachable
from sim.categories import FOOD
from sim.decisions_of_policies import PolicyDecision, PutTrigger
from sim.promos import Channel, Hook, Reach, Says
from sim.sensing.observations import Observations, People


class PaymentPage(Gives):
    """Every payment by phone shows a page: an offer of the other kind of stores, a word about following the mall, or about joining it."""

    name: ClassVar[str] = "payment_page"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Lay the pages out once: after shopping it is food, after food it is shops."""
        shows, share, most = self.settings.shows, self.settings.audience_share, self.settings.per_person
        if not self.is_time(tools) or "laid_out" in self.today:
            return []
        self.today["laid_out"] = True
        food, cinema = tools.public.units_of(*FOOD), tools.public.units_of("cinema")
        shops = np.setdiff1d(np.arange(len(tools.public.unit_ids)), np.concatenate([food, cinema]))
        decisions: list[PolicyDecision] = []
        for what, paid_at, offered_at in (("food", shops, food), ("shops", food, shops)):
            if not paid_at.size or not offered_at.size:
                continue
            name, made = self.offered(tools, what, offered_at.tolist()) if shows == "offer" else ("", [])
            decisions += made
            decisions.append(
                PutTrigger(
                    f"{self.name}:{what}",
                    Hook.PAID,
                    Channel.PAYMENT,
                    name,
                    Says.OFFER if shows == "offer" else Says.TELL,
                    tuple(tools.public.unit_ids[unit] for unit in paid_at),
                    share=share,
                    per_visit=most,
                    members_only=shows == "follow",
                    until_us=self.ends_us(tools),
                )
            )
        return decisions


class SecondVisit(Gives):
    """Recall and repurchase: whoever is inside again is sent an offer of the store where its profile stands out most."""

    name: ClassVar[str] = "second_visit"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Look at who has come since the last review, once each."""
        lift, recall_min = self.settings.lift_least, self.settings.recall_after_min
        if not self.is_time(tools):
            return []
        people = self.chosen(reachable(tools, profiles, Reach.PUSH), tools)
        first: dict[int, int] = self.today.setdefault("first_us", {})
        for person in people.tolist():
            first.setdefault(person, tools.now_us)
        waited_us = tools.now_us - np.array([first[person] for person in people.tolist()], np.int64)
        people = people[(waited_us >= recall_min * 60e6) & (self.times_told(people) == 0)]
        if not people.size:
            return []
        stands_out = liked_more(profiles, people, tools.now_us)
        best = stands_out.argmax(axis=1)
        found = stands_out[np.arange(people.size), best]
        decisions: list[PolicyDecision] = []
        for unit in np.unique(best[found >= lift]).tolist():
            those = np.flatnonzero((found >= lift) & (best == unit))
            name, made = self.offered(tools, tools.public.unit_ids[unit], (unit,))
            decisions += [
                *made,
                *self.send(people[those], name, because="bought there before", features={"lift": found[those]}),
            ]
        return decisions
