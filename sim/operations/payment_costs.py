"""The end of the day's books for paying: the platform's fixed fee, and the wages of whoever taught."""

from __future__ import annotations

from dataclasses import dataclass

from sim.config import RunConfig
from sim.crowd.checkout.build import teacher_h
from sim.crowd.engine import Crowd
from sim.ledger.accounts import FIRST_TENANT, OPERATOR, OUTSIDE, PAYMENT_PLATFORM, TransferReason
from sim.plan_arrays import CompiledPlan


@dataclass
class PaymentCosts:
    """Takes a fixed fee from each tenant, and the teachers' wages from the operator."""

    crowd: Crowd
    fixed_fen: int
    wages_fen: int
    tenants: int
    next_us: int | None
    rank: int = 890  # before the rents

    def act(self, now_us: int) -> None:
        """Post what is owed; nothing where that is nothing."""
        for unit in range(self.tenants if self.fixed_fen > 0 else 0):
            self.crowd.transfer(now_us, FIRST_TENANT + unit, PAYMENT_PLATFORM, self.fixed_fen, TransferReason.PAYMENT_FEE)
        if self.wages_fen > 0:
            self.crowd.transfer(now_us, OPERATOR, OUTSIDE, self.wages_fen, TransferReason.ONBOARDING)
        self.next_us = None


def payment_costs_of(crowd: Crowd, compiled: CompiledPlan, config: RunConfig, closes_us: int) -> PaymentCosts:
    """Return the day's settlement of paying, at closing."""
    wages_fen = round(100 * config.checkout.cashiers.yuan_per_h * teacher_h(compiled, config))
    fixed_fen = round(100 * config.checkout.fees.fixed_yuan_per_day)
    return PaymentCosts(crowd, fixed_fen, wages_fen, len(compiled.unit_ids), next_us=closes_us)
