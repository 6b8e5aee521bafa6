"""A cheap guess of what exchanging two tenants' rooms brings: what floor and passing feet are worth here, learnt from a few days as drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiments.optimise.space import SwapRules
from sim.experiments.parts import PASSINGS, TENANTS, Parts
from sim.plan_arrays import CompiledPlan
from sim.reporting.rents import base_rent_fen, share_of

RENTS = ("mall_income_fen", "turnover_rent_fen", "owner_income_fen", "others_rent_share")
LEAST_TENANTS = 12  # fewer tenants teach nothing of floor and feet


@dataclass(frozen=True)
class Swap:
    """Two tenants, by the ids of the units that they have as drawn, that might change rooms."""

    one: str
    other: str
    predicted: float  # of a day, in the objective's own unit where that is rent or sales

    @property
    def name(self) -> str:
        """Return both units."""
        return f"{self.one} <-> {self.other}"


def possible_swaps(
    compiled: CompiledPlan, rules: SwapRules, least_area_share: float, anchor_m2: float = math.inf
) -> list[tuple[int, int]]:
    """Return the pairs of units whose tenants may change rooms: trade, level, and floor that is alike; anchors stay where they are."""
    area_m2 = compiled.arrays.unit_area_m2.tolist()
    levels = [compiled.level_ids[level] for level in compiled.arrays.unit_level.tolist()]
    allowed = [
        unit
        for unit, trade in enumerate(compiled.tenant_categories)
        if (not rules.trades or trade in rules.trades)
        and (not rules.levels or levels[unit] in rules.levels)
        and area_m2[unit] < anchor_m2
    ]
    share = max(rules.similar_area_share, least_area_share)
    return [
        (one, other)
        for place, one in enumerate(allowed)
        for other in allowed[place + 1 :]
        if min(area_m2[one], area_m2[other]) >= share * max(area_m2[one], area_m2[other])
    ]


def ranked_swaps(compiled: CompiledPlan, pairs: Sequence[tuple[int, int]], days: Sequence[Parts], objective: str) -> list[Swap]:
    """Return the swaps, the most promising first; pairs without a guess keep their order.

    Sales of a tenant are taken to follow (passings of its room) ** a * (its floor) ** b within a trade, both exponents fitted by least
    squares over tenants. Rent is the tenant's own law: its share of sales, and at least its base rent.
    """
    units = compiled.unit_ids
    sales = np.array([[day[TENANTS].get(unit, 0.0) for unit in units] for day in days])
    feet = np.array([[day.get(PASSINGS, {}).get(unit, 0.0) for unit in units] for day in days]).mean(axis=0)
    area_m2 = compiled.arrays.unit_area_m2
    in_feet, in_area = _exponents(compiled, sales.mean(axis=0), feet)
    tenants = compiled.tenants or ({},) * len(units)
    is_rent = objective in RENTS
    shares = [
        float(share_of(each, trade)) if is_rent else 1.0
        for each, trade in zip(tenants, compiled.tenant_categories, strict=True)
    ]
    bases = [base_rent_fen(each) if is_rent else 0 for each in tenants]

    def worth(unit: int, factor: float) -> float:
        return math.fsum(max(shares[unit] * sold * factor, bases[unit]) for sold in sales[:, unit].tolist()) / len(days)

    found = []
    for one, other in pairs:
        ratio = float(area_m2[other] / area_m2[one]) ** in_area
        if feet[one] > 0 and feet[other] > 0:
            ratio *= float(feet[other] / feet[one]) ** in_feet
        gain = worth(one, ratio) - worth(one, 1.0) + worth(other, 1 / ratio) - worth(other, 1.0)
        # Rounded, so that the last bits of a least-squares solution cannot decide who comes first.
        found.append(Swap(units[one], units[other], float(f"{gain:.6g}")))
    return sorted(found, key=lambda swap: -swap.predicted)


def disjoint(swaps: Sequence[Swap], taken: set[str], count: int) -> list[Swap]:
    """Return the first `count` swaps in which no tenant moves twice, nor one that is `taken`."""
    found: list[Swap] = []
    used = set(taken)
    for swap in swaps:
        if len(found) < count and swap.one not in used and swap.other not in used:
            found.append(swap)
            used |= {swap.one, swap.other}
    return found


def _exponents(compiled: CompiledPlan, sales: np.ndarray, feet: np.ndarray) -> tuple[float, float]:
    """Return the exponents of passings and floor; (0, 0) where there are too few tenants to learn from."""
    known = (sales > 0) & (compiled.arrays.unit_area_m2 > 0)
    with_feet = bool((feet[known] > 0).all()) and np.ptp(feet[known]) > 0 if known.any() else False
    trades = np.array(compiled.tenant_categories)[known]
    columns = [np.log(compiled.arrays.unit_area_m2[known])]
    if with_feet:
        columns.append(np.log(feet[known]))
    if known.sum() < max(LEAST_TENANTS, len(set(trades.tolist())) + len(columns) + 1):
        return 0.0, 0.0
    dummies = [(trades == trade).astype(np.float64) for trade in sorted(set(trades.tolist()))]
    solved = np.linalg.lstsq(np.column_stack([*columns, *dummies]), np.log(sales[known]), rcond=None)[0]
    return (float(solved[1]) if with_feet else 0.0), float(solved[0])


def words_of_rooms(compiled: CompiledPlan) -> Mapping[str, str]:
    """Return of each unit how a person would name its room: id, level and floor."""
    levels = compiled.arrays.unit_level.tolist()
    areas_m2 = compiled.arrays.unit_area_m2.tolist()
    return {
        unit: f"{unit} ({compiled.level_names[level]}, {area_m2:.0f} m2)"
        for unit, level, area_m2 in zip(compiled.unit_ids, levels, areas_m2, strict=True)
    }
