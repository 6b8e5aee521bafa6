"""What points do to choices: a store that gives or takes them is worth more to a member."""

from __future__ import annotations

from sim.crowd.state import Mall
from sim.kernel import inlined


@inlined
def points_utility(mall: Mall, row: int, unit: int) -> float:
    """Return what a store's points add to its utility for a party; 0 for whoever is no member."""
    return 0.0
