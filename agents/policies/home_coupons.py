"""Coupons that people take at home and spend in the store (row C10), and a campaign for festival days (rows C12, J4)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from agents.policies.at_home import AtHome, addressable, features_of, sends
from agents.policies.policy import Tools, name_of
from sim.decisions_of_home import HomeDecision, OfferAtHome
from sim.decisions_of_policies import Offer, SetBudget
from sim.home import HomeWay, Members

ONLINE = (HomeWay.PUSH, HomeWay.CHAT, HomeWay.FOLLOWS)
ALL_WAYS = int(HomeWay.PUSH | HomeWay.CHAT | HomeWay.FOLLOWS)


class HomeCoupons(AtHome):
    """Every so many days offers some people, drawn at random, a coupon of one store to take at home."""

    name: ClassVar[str] = "home_coupons"

    def at_home(self, members: Members, tools: Tools) -> Sequence[HomeDecision]:
        """Draw the people; the store is the one that it was told, or another at each turn."""
        settings = self.settings
        places = addressable(members, ALL_WAYS)
        is_worth = settings.off_yuan > 0 or settings.off_share > 0
        if not self.is_due(tools, settings.every_days) or not places.size or not is_worth or settings.budget_yuan <= 0:
            return []
        if settings.per_day <= 0 or settings.life_days <= 0:
            return []
        share = min(1.0, settings.per_day / places.size)
        chosen = places[tools.uniforms("home coupons", members.person[places]) < share]
        unit = settings.unit or self._next_unit(tools)
        offer = Offer(
            name_of(self.name, tools.day.date.isoformat()), (unit,), off_share=settings.off_share, off_fen=round(100 * settings.off_yuan),
            threshold_fen=round(100 * settings.threshold_yuan), budget=self.name,
        )  # fmt: skip
        return [
            SetBudget(self.name, round(100 * settings.budget_yuan)),
            OfferAtHome(offer, settings.life_days),
            *sends(
                members,
                chosen,
                np.full(chosen.size, share),
                ONLINE,
                features_of(members, chosen),
                offer=offer.name,
                because="drawn",
            ),
        ]

    def _next_unit(self, tools: Tools) -> str:
        turn = int(self.memory.get("turn", 0))
        self.memory["turn"] = turn + 1
        return tools.public.unit_ids[turn % len(tools.public.unit_ids)]


class FestivalCampaign(AtHome):
    """Before days that everybody shops on, offers everybody whom it reaches something off that day and the next."""

    name: ClassVar[str] = "festival_campaign"

    def at_home(self, members: Members, tools: Tools) -> Sequence[HomeDecision]:
        """Act so many days before each date of the calendar of sales."""
        settings = self.settings
        ahead = tools.day.date + datetime.timedelta(days=settings.days_before)
        places = addressable(members, ALL_WAYS)
        if (
            ahead.strftime("%m-%d") not in settings.dates
            or settings.off_share <= 0
            or settings.budget_yuan <= 0
            or not places.size
        ):
            return []
        share = settings.audience_share
        chosen = places[tools.uniforms("festival", members.person[places]) < share]
        if not chosen.size:
            return []
        budget = name_of(self.name, ahead.isoformat())
        trades = [
            unit for unit, trade in zip(tools.public.unit_ids, tools.public.trades, strict=True) if trade in settings.trades
        ]
        if settings.trades and not trades:
            return []
        offer = Offer(
            budget, tuple(trades), off_share=settings.off_share, most_off_fen=round(100 * settings.most_off_yuan), budget=budget
        )
        return [
            SetBudget(budget, round(100 * settings.budget_yuan)),
            OfferAtHome(offer, settings.days_before + settings.lasts_days),
            *sends(
                members,
                chosen,
                np.full(chosen.size, share),
                ONLINE,
                features_of(members, chosen),
                offer=offer.name,
                because="festival",
            ),
        ]
