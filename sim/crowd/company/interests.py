"""Whose wish is whose: what the people of a party want of its list when they part, and plans given up when tastes clash."""

from __future__ import annotations

import numpy as np

from sim.categories import CATEGORIES, FOOD
from sim.crowd.company.meeting import NEED_BITS, NEED_MASK, needs_together
from sim.crowd.company.records import Draw
from sim.crowd.state import Mall, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import inlined, kernel
from sim.random_streams import standard_normal, uniform
from sim.visitors import TASTES

FOOD_FIRST, FOOD_LAST = CATEGORIES.index(FOOD[0]), CATEGORIES.index(FOOD[-1])  # side by side in CATEGORIES
# What two people who have nothing else to do look at (article S1: clothes and spa, books and sport); no source for more.
ROLE_TRADES = tuple(
    CATEGORIES.index(name) for name in ("fashion", "beauty", "accessories", "footwear", "books", "sport", "electronics", "home")
)
PER_ROLE = 4
CLASH_MOST = 4.0  # times the usual, beyond which tastes do not clash more often


@kernel
def divide_needs(mall: Mall, lead: int, parts: int) -> None:
    """Give each need to one of them by its own draw, meals to nobody until they are together; who has none takes an own interest."""
    leader, mind = mall.shoppers[lead], mall.minds[lead]
    left = leader.needs
    leader.needs = 0
    slot = 0
    while left != 0:
        need = left & NEED_MASK
        left >>= NEED_BITS
        if FOOD_FIRST <= need - 1 <= FOOD_LAST:
            mind.kept_needs = needs_together(mind.kept_needs, need)
        else:
            owner = np.int64(uniform(mall.keys[Stream.SPLIT], leader.number, Draw.NEEDS + slot) * (parts + 1))
            row = lead
            part = mind.first_part
            while part >= 0 and owner > 0:
                if part != mind.in_care:
                    row = part
                    owner -= 1
                part = mall.minds[part].next_part
            mall.shoppers[row].needs = needs_together(mall.shoppers[row].needs, need)
        slot += 1
    _take_interest(mall, lead, lead, 0)
    part = mind.first_part
    role = 1
    while part >= 0:
        if part != mind.in_care:
            _take_interest(mall, lead, part, role)
            role += 1
        part = mall.minds[part].next_part


@kernel
def _take_interest(mall: Mall, lead: int, row: int, turn: int) -> None:
    shopper = mall.shoppers[row]
    key = mall.keys[Stream.SPLIT]
    if shopper.needs != 0 or uniform(key, shopper.number, Draw.INTEREST) >= mall.params[0].own_interest_share:
        return
    first = 1 if uniform(key, mall.shoppers[lead].number, Draw.ROLE) < 0.5 else 0
    which = np.int64(uniform(key, shopper.number, Draw.WHICH) * PER_ROLE)
    mall.minds[row].own_interest = 1
    shopper.needs = np.int64(ROLE_TRADES[(first + turn) % 2 * PER_ROLE + which] + 1)


@inlined
def gives_up(mall: Mall, row: int, category: int, now_us: int) -> bool:
    """Return whether the people of a party cannot agree on its next need, and drop it: some compromise, some would rather part."""
    mind = mall.minds[row]
    if mall.shoppers[row].people - mind.children < 2 or mind.splits == 1:
        return False
    return _cannot_agree(mall, row, category, now_us)


@kernel
def _cannot_agree(mall: Mall, row: int, category: int, now_us: int) -> bool:
    """One draw for each errand and trade, against a share that grows with the distance between the tastes of the first two adults."""
    shopper, params = mall.shoppers[row], mall.params[0]
    key = mall.keys[Stream.SPLIT]
    count = Draw.CONFLICT + 64 * np.int64(shopper.choices) + 2 * np.int64(category)
    draw = uniform(key, shopper.number, count)
    if draw >= CLASH_MOST * params.conflict_share:
        return False
    distance = 0.0
    for dimension in range(TASTES):
        one = standard_normal(key, shopper.number, Draw.MEMBER_TASTE + dimension)
        other = standard_normal(key, shopper.number, Draw.MEMBER_TASTE + TASTES + dimension)
        distance += (one - other) * (one - other) / (2.0 * TASTES)  # 1 on average
    if draw >= min(CLASH_MOST, distance) * params.conflict_share:
        return False
    if uniform(key, shopper.number, count + 1) < params.compromise_share:
        return False
    note(mall, row, now_us, EventKind.PLAN_ABANDONED, shopper.node, 1)
    mall.minds[row].misses += 1
    return True
