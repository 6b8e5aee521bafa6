"""What a party thinks of its visit, and the line about it that outlives the day."""

from __future__ import annotations

import numpy as np

from sim.crowd.needs import MOOD_DRAW, beyond_usual_m
from sim.crowd.state import Mall, Meta, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import entry, kernel, referred
from sim.random_streams import standard_normal
from sim.visitors import Character

FINDS_MOST = 3.0  # finds that count: the fourth delights nobody
LIST_UNIT = 100  # of LIST_CLOSED


@kernel
def judge_visit(mall: Mall, row: int, now_us: int, is_in: bool) -> float:
    """Return the party's satisfaction with its visit, in [0, 1]; `is_in` when it got into the mall.

    The logistic function of: a start + found x needs found (and half of it x purchases beside the list, three in all) - missed x needs
    unmet - a meal given up - felt waiting / scale - walking in a crowd / scale - tired x effort beyond the usual - dear purchases x
    price sensitivity - what the choosy take off (and half of it that promoters add) + the visit's own normal deviate.
    """
    params = mall.params[0]
    shopper = mall.shoppers[row]
    mind = mall.minds[row]
    mood = params.mood_start + params.mood_found * min(FINDS_MOST, mind.finds + 0.5 * mind.beside)
    mood -= params.mood_missed * mind.misses + params.mood_meal * mind.meals_given_up
    mood -= mind.felt_us / params.mood_wait_us_scale + mind.crowded_us / params.mood_crowd_us_scale
    mood += params.mood_dear * mind.price_sensitivity * mind.delight
    if mind.character == Character.CHOOSY:
        mood -= params.mood_choosy
    elif mind.character == Character.PROMOTER:
        mood += 0.5 * params.mood_choosy
    mood += params.mood_spread * standard_normal(mall.keys[Stream.NEEDS], shopper.number, MOOD_DRAW)
    if is_in:
        mood -= params.mood_tired_per_m * max(0.0, beyond_usual_m(mall, row, now_us))
    else:
        mood -= params.mood_turned_away
    return 1.0 / (1.0 + np.exp(-mood))


@kernel
def write_outcome(mall: Mall, row: int, now_us: int, is_in: bool) -> None:
    """Write the party's OUTCOME and note what it thinks; the loop has made sure that there is room."""
    shopper = mall.shoppers[row]
    mind = mall.minds[row]
    errand = mall.errands[row]
    index = mall.meta[Meta.OUTCOME_ROWS]
    outcome = mall.outcomes[index]
    outcome.number = shopper.number
    outcome.arrived_us = shopper.arrived_us
    outcome.left_us = now_us
    outcome.resident = mind.resident
    outcome.spent_fen = errand.spent_fen - mind.returned_fen
    outcome.waited_us = mind.waited_us
    outcome.satisfaction = judge_visit(mall, row, now_us, is_in)
    outcome.stores = shopper.visits
    outcome.purchases = mind.purchases
    outcome.recognised = mind.recognised
    outcome.finds = mind.finds
    outcome.misses = mind.misses
    outcome.people = shopper.people
    outcome.children = mind.children
    outcome.purpose = mind.purpose
    outcome.is_member = mind.is_member
    outcome.came_by_car = 1 if shopper.parking >= 0 else 0
    outcome.has_eaten = 1 if mind.meals > 0 else 0
    mall.meta[Meta.OUTCOME_ROWS] = index + 1
    note(mall, row, now_us, EventKind.VISIT_JUDGED, mind.purpose, np.int64(1000.0 * outcome.satisfaction))
    note(mall, row, now_us, EventKind.WAIT_FELT, mind.purpose, mind.felt_us)
    note(mall, row, now_us, EventKind.EFFORT_FELT, mind.purpose, np.int64(mind.fatigue))
    if mind.list_length > 0:
        found = min(mind.finds, mind.list_length)
        note(mall, row, now_us, EventKind.LIST_CLOSED, mind.purpose, LIST_UNIT * mind.list_length + found)


@entry
def judge_visits(mall: Mall, rows: np.ndarray, now_us: int, found: np.ndarray) -> None:
    """Fill in what parties think of their visits so far."""
    mall = referred(mall)
    for index in range(rows.size):
        found[index] = judge_visit(mall, rows[index], now_us, True)
