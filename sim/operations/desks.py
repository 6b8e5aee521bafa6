"""Desks by the clock: open with the mall, closed some time after it, and what their people cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.crowd.venues.desk_records import Desk
from sim.crowd.venues.desks_built import closes_us, staff_cost_fen
from sim.ledger.accounts import OPERATOR, OUTSIDE, TransferReason


@dataclass
class DeskHours:
    """Opens all desks, and closes them; whoever is in line then is still served, and what people left there they get back."""

    crowd: Crowd
    is_there: np.ndarray  # (len(Desk)) bool
    staff_fen: list[int]  # what each desk's people cost on the day
    closes_us: int
    next_us: int | None
    rank: int = 30

    def act(self, now_us: int) -> None:
        """Open, or close and pay."""
        is_open = now_us < self.closes_us
        self.crowd.controls.desk_is_open[:] = self.is_there & is_open
        if not is_open:
            for kind in np.flatnonzero(self.is_there):
                if self.staff_fen[kind] > 0:
                    self.crowd.transfer(now_us, OPERATOR, OUTSIDE, self.staff_fen[kind], TransferReason.DESK_COST)
        self.next_us = self.closes_us if is_open else None


def desk_hours_of(crowd: Crowd, config: RunConfig, opens_us: int) -> list[DeskHours]:
    """Return the day's hours of desks; none where there are no desks."""
    is_there = crowd.mall.desks["unit"] >= 0
    staff_fen = [staff_cost_fen(kind, config) for kind in Desk]
    return [DeskHours(crowd, is_there, staff_fen, closes_us(config), opens_us)] if is_there.any() else []
