"""Whether to burn points: what members do with them at the till."""

from __future__ import annotations

from sim.crowd.state import Mall
from sim.kernel import kernel


@kernel
def points_to_burn_centi(mall: Mall, row: int, unit: int, price_fen: int, now_us: int) -> int:
    """Return how many centi-points a member would spend on a price here and now."""
    return 0
