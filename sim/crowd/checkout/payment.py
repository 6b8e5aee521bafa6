"""Paying: the way, the time at the till, and what it costs."""

from __future__ import annotations

from sim.crowd.queues import join
from sim.crowd.sales import basket_fen, leave_store
from sim.crowd.state import Mall, Then
from sim.kernel import kernel


@kernel
def go_to_till(mall: Mall, row: int, now_us: int) -> int:
    """Take what one has found to a till, or turn away from its line."""
    shopper = mall.shoppers[row]
    shopper.amount_fen = basket_fen(mall, row)
    return Then.WAIT if join(mall, row, shopper.unit, now_us) else leave_store(mall, row, now_us)
