"""What a programme keeps from day to day beside the ledger: what members hold outside, their vouchers, and accounts that are false."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.crowd.points.wallets import Wallets
from sim.ledger.ledger import Ledger
from sim.operations.abuse import Adversaries, abuse_names, abuse_of
from sim.operations.clock import Operation
from sim.operations.exchange import Holdings, exchange_names, exchange_of
from sim.plan_arrays import CompiledPlan


@dataclass
class Programme:
    """What lives on; `keys` are the addresses of the catchment's residents."""

    config: RunConfig
    compiled: CompiledPlan
    ledger: Ledger
    keys: np.ndarray
    holdings: Holdings | None = field(init=False)
    wallets: Wallets = field(init=False)
    adversaries: Adversaries = field(init=False)

    def __post_init__(self) -> None:
        """Begin with empty wallets."""
        is_on = self.config.partners.exchange.is_on
        self.holdings = Holdings(self.config, self.ledger, self.keys) if is_on else None
        self.wallets = Wallets(self.config, self.compiled)
        self.adversaries = Adversaries(self.config, self.ledger, len(self.compiled.unit_ids))

    def welcome(self, rows: np.ndarray) -> None:
        """Residents have joined."""
        if self.config.abuse.is_on:
            self.adversaries.newcomers += rows.tolist()


def programme_of(crowd: Crowd, config: RunConfig, programme: Programme | None, closes_us: int) -> list[Operation]:
    """Return the day's operations of exchange and abuse."""
    if programme is None:
        return []
    found: list[Operation] = [
        *exchange_of(crowd, config, programme.holdings, closes_us),
        *abuse_of(crowd, config, programme.adversaries, closes_us),
    ]
    return found


def programme_places(config: RunConfig) -> dict[str, list[str]]:
    """Return the names of what is counted of exchange and abuse."""
    return {"exchange": list(exchange_names(config)), "abuse": list(abuse_names())}
