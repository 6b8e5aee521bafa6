"""Decisions for the next day: which of them a mall accepts, and what today's standing of the tenants asks of its books."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.crowd.engine import Crowd
from sim.decisions import Promote, SetHours, SetPrices, Tomorrow, WarnTenant
from sim.ledger.accounts import FIRST_TENANT, OPERATOR, OUTSIDE, TransferReason
from sim.plan_arrays import CompiledPlan

MINUTES = 24 * 60


def refusal(decision: Tomorrow, compiled: CompiledPlan, price_range: tuple[float, float]) -> str:
    """Return why a decision cannot hold tomorrow, or nothing."""
    if decision.unit_id not in compiled.unit_ids:
        return f"no unit {decision.unit_id!r}"
    if isinstance(decision, SetHours) and not 0 <= decision.opens_min < decision.closes_min <= MINUTES:
        return f"no hours: from {decision.opens_min} to {decision.closes_min} minutes after midnight"
    if isinstance(decision, SetPrices) and not price_range[0] <= decision.factor <= price_range[1]:
        return f"prices of {decision.factor:.3f} times the trade's lie outside {price_range[0]} to {price_range[1]}"
    if isinstance(decision, Promote) and decision.budget_fen < 0:
        return f"no budget: {decision.budget_fen} fen"
    if isinstance(decision, WarnTenant) and decision.help_fen < 0:
        return f"no budget: {decision.help_fen} fen"
    return ""


@dataclass
class Standing:
    """At opening: what was decided for today is paid, and where ratings are shown, it is written down how every tenant stands."""

    crowd: Crowd
    is_shown: bool
    next_us: int | None
    rank: int = 15

    def act(self, now_us: int) -> None:
        """Post the day's campaigns, answers and training, and the stars."""
        standing = self.crowd.mall.standing
        for unit in np.flatnonzero(standing["promotion_fen"] + standing["upkeep_fen"] + standing["help_fen"] > 0).tolist():
            tenant = FIRST_TENANT + unit
            self._pay(now_us, tenant, OPERATOR, int(standing["promotion_fen"][unit]), TransferReason.PROMOTION)
            self._pay(now_us, tenant, OUTSIDE, int(standing["upkeep_fen"][unit]), TransferReason.UPKEEP)
            self._pay(now_us, OPERATOR, OUTSIDE, int(standing["help_fen"][unit]), TransferReason.TENANT_HELP)
        if self.is_shown:
            self.crowd.post_standing(now_us)
        self.next_us = None

    def _pay(self, now_us: int, debit: int, credit: int, amount_fen: int, reason: TransferReason) -> None:
        if amount_fen > 0:
            self.crowd.transfer(now_us, debit, credit, amount_fen, reason)
