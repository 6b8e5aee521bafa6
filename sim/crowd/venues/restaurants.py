"""At a restaurant: a table that fits, the order, the kitchen, the meal, the bill."""

from __future__ import annotations

from sim.crowd.queues import join
from sim.crowd.sales import basket_fen, leave_store, pay
from sim.crowd.state import Mall, Then
from sim.kernel import inlined, kernel


@kernel
def ask_for_table(mall: Mall, row: int, now_us: int) -> int:
    """Take a table or a place on the list, or turn away."""
    shopper = mall.shoppers[row]
    shopper.amount_fen = basket_fen(mall, row)
    return Then.WAIT if join(mall, row, shopper.unit, now_us) else leave_store(mall, row, now_us)


@kernel
def leave_table(mall: Mall, row: int, now_us: int) -> int:
    """The table's time is over: pay, and go."""
    return pay(mall, row, now_us)


@kernel
def take_food(mall: Mall, row: int, now_us: int) -> int:
    """The kitchen is done."""
    return Then.WAIT


@kernel
def end_meal(mall: Mall, row: int, now_us: int) -> int:
    """Eaten."""
    return Then.WAIT


@inlined
def reputation(mall: Mall, unit: int) -> float:
    """Return what a unit's rating adds to its utility; 0 for everything that is not rated."""
    return 0.0
