"""The end of the day's books: turnover rent moves from each tenant to the operator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.crowd.engine import Crowd
from sim.ledger.accounts import FIRST_TENANT, OPERATOR, TransferReason


@dataclass
class Settlement:
    """Takes `rents_fen(takings)` of the tenants' takings of the day, one transfer per tenant that owes something."""

    crowd: Crowd
    rents_fen: Callable[[np.ndarray], np.ndarray]
    next_us: int | None
    rank: int = 900

    def act(self, now_us: int) -> None:
        """Post the day's turnover rents."""
        owed_fen = self.rents_fen(self.crowd.mall.balances_fen[FIRST_TENANT:].copy())
        for unit in np.flatnonzero(owed_fen > 0):
            self.crowd.transfer(now_us, FIRST_TENANT + int(unit), OPERATOR, int(owed_fen[unit]), TransferReason.TURNOVER_RENT)
        self.next_us = None
