"""The end of the day's books: rent moves from each tenant to the operator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.crowd.engine import Crowd
from sim.ledger.accounts import FIRST_TENANT, OPERATOR, TransferReason


@dataclass
class Settlement:
    """Takes the day's base rent and turnover rent, `rents_fen(takings)`, of each tenant; a tenant's account may go below zero."""

    crowd: Crowd
    rents_fen: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
    next_us: int | None
    rank: int = 900

    def act(self, now_us: int) -> None:
        """Post the day's rents, one transfer per tenant and kind."""
        base_fen, turnover_fen = self.rents_fen(self.crowd.takings_fen()[FIRST_TENANT:])
        for reason, owed_fen in ((TransferReason.BASE_RENT, base_fen), (TransferReason.TURNOVER_RENT, turnover_fen)):
            for unit in np.flatnonzero(owed_fen > 0):
                self.crowd.transfer(now_us, FIRST_TENANT + int(unit), OPERATOR, int(owed_fen[unit]), reason)
        self.next_us = None
