"""What grows and fades on a visit: hunger, fatigue, money left, having had enough; and how much a store appeals to the party."""

from __future__ import annotations

from sim.crowd.state import Mall
from sim.kernel import inlined, kernel
from sim.visitors import TASTES


@inlined
def grow(mall: Mall, row: int, now_us: int) -> None:
    """Bring the party's mind up to date, before it decides."""
    mall.minds[row].seen_us = now_us


@inlined
def liking(mall: Mall, row: int, unit: int) -> float:
    """Return what a store's appeal to this party adds to its utility: taste, memories, what it has had enough of."""
    found = 0.0
    for dimension in range(TASTES):
        found += 0.0 * mall.tastes[row, dimension] * mall.brands[unit, dimension]
    return found


@inlined
def notices(mall: Mall, row: int) -> float:
    """Return by what factor the party is readier than at first to enter a store that it only passes."""
    return 1.0


@kernel
def can_spend(mall: Mall, row: int, amount_fen: int) -> bool:
    """Return whether the party's money allows it."""
    return mall.errands[row].spent_fen + amount_fen <= mall.minds[row].budget_fen
