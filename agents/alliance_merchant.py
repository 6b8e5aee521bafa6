"""Merchants as Mesa agents: each sees its own books, its neighbours' signs, the operator's letter and the terms, and joins, stays or leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import mesa
import numpy as np

from sim.alliance import Offer, Stage, wants_in, wants_out
from sim.decisions import JoinAlliance, LeaveAlliance
from sim.random_streams import stream_key, uniforms
from sim.schema.alliance import AllianceConfig

if TYPE_CHECKING:
    from agents.alliance_accounts import Accounts

DAYS_PER_YEAR = 365
IMBALANCE_MOST = 4.0  # times the rate of exit that an imbalance of 2 : 1 causes; engineering judgement
Decided = list[tuple[str, JoinAlliance | LeaveAlliance]]


class MerchantsModel(mesa.Model):
    """All merchants, and nothing else: what lives on is in their books, so that this can be made anew at any time."""

    def __init__(
        self, rules: AllianceConfig, unit_ids: Sequence[str], keys: np.ndarray, seed: int, accounts: Accounts, anchor: int
    ) -> None:
        super().__init__()
        self.rules, self.accounts, self.anchor = rules, accounts, anchor
        self.exit_key = stream_key(seed, "alliance exit")
        self.merchants = [Merchant(self, unit, unit_id, int(keys[unit])) for unit, unit_id in enumerate(unit_ids)]

    def review(self, number: int, is_shaken: bool, is_open: bool) -> Decided:
        """Let every merchant look at its books; `is_shaken`: the anchor has left of late; `is_open`: others than the founders may join."""
        offers = self.accounts.offers()
        self.accounts.note_returns(offers)
        joins = wants_in(offers, np.full(offers.gain.size, self.accounts.entry_fen), self.rules.payback_days)
        leaves = wants_out(offers)
        found: Decided = []
        for merchant in self.merchants:
            unit = merchant.unit
            offered = Offer(offers.gain[unit], offers.cost[unit])
            decided = merchant.decide(offered, bool(joins[unit]), bool(leaves[unit]), number, is_shaken, is_open)
            found += [(merchant.name, decision) for decision in decided]
        return found

    def close(self) -> None:
        """Let go of the agents: Mesa 3.3.1 keeps every model alive through a class-level table (`Agent._ids`)."""
        getattr(mesa.Agent, "_ids", {}).pop(self, None)


class Merchant(mesa.Agent):
    """One tenant as the alliance's partner."""

    def __init__(self, model: MerchantsModel, unit: int, unit_id: str, key: int) -> None:
        super().__init__(model)
        self.unit, self.unit_id, self.key = unit, unit_id, key
        self.name = f"merchant:{unit_id}"

    def decide(
        self, offered: Offer, joins: bool, leaves: bool, number: int, is_shaken: bool, is_open: bool
    ) -> list[JoinAlliance | LeaveAlliance]:
        """Return a decision to join or to leave, or none."""
        accounts, rules = self.model.accounts, self.model.rules
        book = accounts.books[self.unit]
        stage = accounts.today["stage"][self.unit]
        if stage == Stage.OUT:
            if not (is_open and joins) or book["is_barred"] == 1 or book["usual_fen"] == 0:
                return []
            return [JoinAlliance(self.unit_id, self._shares_customers(offered))]
        if stage != Stage.IN:
            return []
        accounts.books["losses"][self.unit] = book["losses"] + 1 if leaves else 0
        if accounts.books["losses"][self.unit] >= rules.patience_reviews:
            return self._leave("it costs more than it brings")
        if self._gives_more_than_it_takes(number, is_shaken):
            return self._leave("it gives more points than it takes")
        return []

    def _leave(self, because: str) -> list[JoinAlliance | LeaveAlliance]:
        self.model.accounts.books["losses"][self.unit] = 0
        return [LeaveAlliance(self.unit_id, because)]

    def _gives_more_than_it_takes(self, number: int, is_shaken: bool) -> bool:
        """Return whether a merchant loses patience with points that others are paid for: more often, the more so, and after an anchor's exit."""
        rules = self.model.rules
        taken = float(self.model.accounts.books["taken_share"][self.unit])
        if taken <= 0:
            return False
        per_year = rules.exit_per_year * min(max(1.0 / taken - 1.0, 0.0), IMBALANCE_MOST)
        per_year *= rules.anchor_factor if is_shaken and self.unit != self.model.anchor else 1.0
        chance = 1.0 - np.exp(-per_year * rules.review_days / DAYS_PER_YEAR)
        return bool(uniforms(self.model.exit_key, np.array([self.key]), number)[0] < chance)

    def _shares_customers(self, offered: Offer) -> bool:
        """Return whether the reward for its list outweighs what it fears to lose of them to its neighbours."""
        accounts, lists = self.model.accounts, self.model.rules.lists
        book = accounts.books[self.unit]
        feared_fen = lists.fear_share * accounts.neighbours_in(self.unit) * float(book["margin"]) * float(book["usual_fen"])
        reward_fen = 100 * lists.reward_yuan * max(float(book["base_customers"]), 0.0) / self.model.rules.payback_days
        hoped_fen = max(float(offered.gain - offered.cost), 0.0) * lists.list_share
        return reward_fen + hoped_fen > feared_fen
