"""Referral: who has brought a member, and what comes back to them when it buys elsewhere."""

from __future__ import annotations

from sim.crowd.state import Mall
from sim.kernel import kernel


@kernel
def share_with_referrer(mall: Mall, row: int, unit: int, net_fen: int, now_us: int) -> None:
    """Let a purchase by a referred member come back to the member and to whoever referred it."""
