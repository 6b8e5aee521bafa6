"""What a party thinks of its visit, and the line about it that outlives the day."""

from __future__ import annotations

import numpy as np

from sim.crowd.state import Mall, Meta
from sim.kernel import entry, kernel, referred


@kernel
def judge_visit(mall: Mall, row: int, now_us: int) -> float:
    """Return the party's satisfaction with its visit, in [0, 1]."""
    return 0.5


@kernel
def write_outcome(mall: Mall, row: int, now_us: int) -> None:
    """Write the party's OUTCOME; the loop has made sure that there is room."""
    shopper = mall.shoppers[row]
    mind = mall.minds[row]
    errand = mall.errands[row]
    index = mall.meta[Meta.OUTCOME_ROWS]
    outcome = mall.outcomes[index]
    outcome.number = shopper.number
    outcome.arrived_us = shopper.arrived_us
    outcome.left_us = now_us
    outcome.resident = mind.resident
    outcome.spent_fen = errand.spent_fen
    outcome.waited_us = mind.waited_us
    outcome.satisfaction = judge_visit(mall, row, now_us)
    outcome.stores = shopper.visits
    outcome.purchases = mind.purchases
    outcome.finds = mind.finds
    outcome.misses = mind.misses
    outcome.people = shopper.people
    outcome.children = mind.children
    outcome.purpose = mind.purpose
    outcome.is_member = mind.is_member
    outcome.came_by_car = 1 if shopper.parking >= 0 else 0
    outcome.has_eaten = shopper.has_eaten
    mall.meta[Meta.OUTCOME_ROWS] = index + 1


@entry
def judge_visits(mall: Mall, rows: np.ndarray, now_us: int, found: np.ndarray) -> None:
    """Fill in what parties think of their visits so far."""
    mall = referred(mall)
    for index in range(rows.size):
        found[index] = judge_visit(mall, rows[index], now_us)
