"""Wallets: the vouchers that each member holds, and what the till's watch knows of its account; they live on from day to day."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.config import RunConfig
from sim.crowd.points.offer_records import HELD, SUSPECT, WALLET_MAX
from sim.crowd.points.offers_built import offers_of
from sim.crowd.state import records
from sim.ledger.records import NONE
from sim.plan_arrays import CompiledPlan


@dataclass
class Wallets:
    """A row for each account of the ledger; none at all where neither catalogue nor abuse is on."""

    config: RunConfig
    compiled: CompiledPlan
    offers: np.recarray = field(init=False)  # type: ignore[type-arg]  # OFFER of each item, with what is left of it
    held: np.ndarray = field(init=False)  # HELD: WALLET_MAX of each account, side by side
    suspects: np.ndarray = field(init=False)  # SUSPECT of each account

    def __post_init__(self) -> None:
        """Begin with none."""
        self.offers = offers_of(self.compiled, self.config)
        self.held, self.suspects = records(0, HELD), records(0, SUSPECT)

    def make_room(self, accounts: int) -> bool:
        """Make sure that so many accounts have their rows; return whether arrays have changed."""
        has_grown = False
        if self.config.partners.catalogue.is_on and self.held.size < WALLET_MAX * accounts:
            self.held = _grown(self.held, 2 * WALLET_MAX * accounts, HELD)
            has_grown = True
        if self.config.abuse.is_on and self.suspects.size < accounts:
            self.suspects = _grown(self.suspects, 2 * accounts, SUSPECT)
            has_grown = True
        return has_grown

    def begin_day(self) -> None:
        """What is counted by the day begins anew."""
        for name in ("receipts", "in_a_row"):
            self.suspects[name] = 0
        self.suspects["last_unit"] = NONE


def _grown(rows: np.ndarray, size: int, dtype: np.dtype) -> np.ndarray:  # type: ignore[type-arg]
    more = records(size, dtype)
    for name, value in (("offer", NONE), ("last_unit", NONE)):
        if name in (dtype.names or ()):
            more[name] = value
    more[: rows.size] = rows
    return more
