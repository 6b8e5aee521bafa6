"""Places of a page or a screen that stores buy at a sealed auction, each at the price of the next bid below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from scipy.special import ndtri

from agents.policies.feedback import Entries, forget_pending, remember, settle
from agents.policies.history import pairs_seen
from agents.policies.policy import Keeps, Tools, name_of, reachable
from agents.policies.recommend import WAYS
from sim.decisions_of_policies import ChargeFee, DropTrigger, PolicyDecision, PutTrigger, Send
from sim.promos import Channel, Hook, Says
from sim.sensing.observations import Observations, People
from sim.units import US_PER_MIN

SETTLE_MIN = 45.0  # after which somebody who was shown a store and was not seen there has not gone


class Slots(Keeps):
    """Sells the places of a page at the start of each period, and shows who bought them to whoever looks."""

    name: ClassVar[str] = "slots"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Hold an auction when a period begins; show the winners."""
        settings, memory = self.settings, self.memory
        is_day = settings.days == "every" or bool(tools.day.holiday or tools.day.events)
        if settings.slots == 0 or settings.views_expected == 0 or not is_day:
            return []
        self._see(observations, profiles, tools)
        period_us = settings.period_min * US_PER_MIN
        period = (tools.now_us - tools.opens_us) // period_us
        decisions: list[PolicyDecision] = []
        if memory.get("period") != period:
            self._learn()
            memory["period"], memory["shown"] = period, np.zeros(0, np.int64)
            memory["winners"], memory["prices_fen"] = auction(
                self._bids(tools, int(period)), settings.slots, round(100 * settings.reserve_yuan)
            )
            for unit, fen in zip(memory["winners"].tolist(), memory["prices_fen"].tolist(), strict=True):
                decisions.append(ChargeFee(tools.public.unit_ids[unit], fen, because="slot"))
            if settings.medium == "screen":
                decisions += self._screens(tools, tools.opens_us + (int(period) + 1) * period_us)
        if settings.medium != "screen":
            decisions += self._pages(profiles, tools)
        return decisions

    def _bids(self, tools: Tools, period: int) -> np.ndarray:
        """Return what each store bids for a place, in fen: what it believes a view to bring, with an error of its own, times the views promised."""
        settings, memory = self.settings, self.memory
        units = np.arange(len(tools.public.unit_ids))
        if "worth_fen" not in memory:
            opens_and_buys = settings.believed_opened_share * settings.believed_buys_share
            memory["worth_fen"] = settings.margin_share * opens_and_buys * tools.public.usual_price_fen
        sigma = np.sqrt(np.log1p(settings.estimate_cv**2))
        error = np.exp(sigma * ndtri(tools.uniforms("slot estimate", units, period)) - sigma**2 / 2)
        return np.rint(settings.bids_share * memory["worth_fen"] * error * settings.views_expected).astype(np.int64)

    def _screens(self, tools: Tools, until_us: int) -> list[PolicyDecision]:
        """Put the winners on the screens at all entrances."""
        memory = self.memory
        decisions: list[PolicyDecision] = [DropTrigger(name) for name in memory.pop("screens", [])]
        names = [name_of("slot", place) for place in range(memory["winners"].size)]
        for name, unit in zip(names, memory["winners"].tolist(), strict=True):
            decisions.append(
                PutTrigger(
                    name, Hook.ARRIVED, Channel.SCREEN, says=Says.GO, unit=tools.public.unit_ids[unit], per_visit=len(names),
                    until_us=until_us,
                )
            )  # fmt: skip
        memory["screens"] = names
        return decisions

    def _pages(self, profiles: People, tools: Tools) -> list[PolicyDecision]:
        """Show the winners, from the top, to whoever has not seen the page in this period."""
        memory = self.memory
        channel, way = WAYS[self.settings.medium]
        people = np.setdiff1d(reachable(tools, profiles, way), memory["shown"])
        memory["shown"] = np.union1d(memory["shown"], people)
        decisions: list[PolicyDecision] = []
        entries: list[Entries] = []
        for place, unit in enumerate(memory["winners"].tolist()):
            if people.size:
                units = np.full(people.size, unit, np.int64)
                decisions.append(
                    Send(people, channel, says=Says.GO, because="bought", features={"position": np.full(people.size, place)},
                         units=units, position=place)
                )  # fmt: skip
                entries.append(Entries(people, units, place, np.zeros((people.size, 0))))
        remember(memory, entries)
        return decisions

    def _see(self, observations: Observations, profiles: People, tools: Tools) -> None:
        """Count who was shown a store and was seen there afterwards, whatever the reason: all that a store can go by."""
        memory, units = self.memory, len(tools.public.unit_ids)
        seen = pairs_seen(observations, profiles, tools.public)
        settled = settle(memory, self.name, observations, tools, seen, SETTLE_MIN)
        if settled is not None:
            memory["views"] = memory.get("views", 0) + np.bincount(settled.unit, minlength=units)
            memory["came"] = memory.get("came", 0) + np.bincount(settled.unit, settled.visited, units)
        memory["usual_fen"] = tools.public.usual_price_fen

    def _learn(self) -> None:
        """Let stores that were shown believe more of what they have seen."""
        settings, memory = self.settings, self.memory
        views = memory.pop("views", None)
        came = memory.pop("came", None)
        if views is None or came is None or "worth_fen" not in memory:
            return
        brought_fen = settings.margin_share * memory["usual_fen"] * came / np.maximum(views, 1)
        believed = memory["worth_fen"]
        memory["worth_fen"] = np.where(views > 0, believed + settings.learns_share * (brought_fen - believed), believed)

    def begin_day(self, tools: Tools) -> None:
        """Periods, triggers and people's numbers are of one day; what stores believe of a view stays."""
        forget_pending(self.memory)
        for name in ("period", "shown", "screens", "winners", "prices_fen"):
            self.memory.pop(name, None)


def auction(bids_fen: np.ndarray, places: int, reserve_fen: int) -> tuple[np.ndarray, np.ndarray]:
    """Return who gets the places, from the top, and what each pays: the next bid below its own, at least the reserve; of equals the earlier store."""
    order = np.argsort(-bids_fen, kind="stable")
    order = order[bids_fen[order] >= max(reserve_fen, 1)]
    below = np.append(bids_fen[order[1:]], reserve_fen) if order.size else np.zeros(0, np.int64)
    return order[:places], np.maximum(below, reserve_fen)[:places].astype(np.int64)
