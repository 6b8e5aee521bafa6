"""How a changed layout moves the choice between this mall and other places: more floor and other trades than elsewhere draw (Huff)."""

from __future__ import annotations

from math import exp, sqrt

import numpy as np

from sim.categories import CATEGORIES, CATEGORY_INDEX
from sim.plan_arrays import CompiledPlan
from sim.schema.layout import PullConfig, TradeShareConfig


def choice_factor(pull: PullConfig, compiled: CompiledPlan) -> float:
    """Return what becomes of residents' visits because of the layout, exactly 1 as drawn: a (1 + R) / (a + R).

    The pull a of the mall is relative to its drawing's, R that of all other places. A mall that loses its anchor draws fewer to all its
    stores; those who still come spread over what is left: which of the two weighs more for a tenant is not said here.
    """
    if not compiled.drawn_offer_m2:
        return 1.0
    drawn = np.array(compiled.drawn_offer_m2)
    now = offer_of(compiled)
    before_m2, now_m2 = float(np.cumsum(drawn)[-1]), float(np.cumsum(now)[-1])
    if before_m2 <= 0:
        return 1.0
    relative = (now_m2 / before_m2) ** pull.area_exponent
    if pull.others_mix:
        others = mix_of(pull.others_mix)
        relative *= exp(-pull.similarity * (likeness(now, others) - likeness(drawn, others)))
    if relative <= 0.0:
        return 0.0
    return relative * (1.0 + pull.outside) / (relative + pull.outside)


def offer_of(compiled: CompiledPlan) -> np.ndarray:
    """Return the floor (m2) of each trade that can be reached, in the order of CATEGORIES."""
    found = np.zeros(len(CATEGORIES))
    for trade, area_m2 in zip(compiled.arrays.unit_category.tolist(), compiled.arrays.unit_area_m2.tolist(), strict=True):
        found[trade] += area_m2
    return found


def mix_of(shares: list[TradeShareConfig]) -> np.ndarray:
    """Return the shares of floor as an array in the order of CATEGORIES."""
    found = np.zeros(len(CATEGORIES))
    for each in shares:
        found[CATEGORY_INDEX[each.trade]] += each.share
    return found


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Return the cosine between two mixes: 1 where all shares are alike, 0 where no trade is in both."""
    length = sqrt(float((one * one).sum()) * float((other * other).sum()))
    return float((one * other).sum()) / length if length > 0 else 0.0
