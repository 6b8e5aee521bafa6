"""What a comparison says of itself: how often its verdicts are wrong by chance, and how many days common draws have spared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from sim.experiments.paired import CONFIDENCE, Paired

HEADLINE = "sales_fen"


def false_alarms_of(kpis: int, effects: int) -> dict[str, Any]:
    """Return the total rate at which a comparison sees a difference although there is none, and over how many tests it is held."""
    rate = round(1 - CONFIDENCE, 10)
    return {
        "rate": rate,
        "correction": "Holm 1979",
        "kpis_tested": kpis,
        "effects_tested": effects,
        "words": (
            f"Where arms differ in nothing, at most {100 * rate:.0f} % of such comparisons call any of the {kpis} KPIs higher or lower, and "
            f"at most {100 * rate:.0f} % any of the {effects} effects by hour, level, tenant and segment; uncorrected, {rate * kpis:.1f} KPIs would on average"
        ),
    }


def savings_of(arms: Sequence[str], results: Mapping[tuple[str, str], Paired | None]) -> list[dict[str, Any]]:
    """Return one record for each arm: how many times more days arms with seeds of their own would need for the same intervals.

    For one KPI that is (var A + var B) / var(difference) = 1 / (1 - variance_reduction). KPIs that do not vary, or whose difference
    does not, say nothing and are left out; `harmed` counts KPIs for which common draws cost days.
    """
    found = []
    for arm in arms:
        factors = {
            name: 1 / (1 - result.variance_reduction)
            for (name, of), result in results.items()
            if of == arm and result is not None and result.variance_reduction is not None and result.variance_reduction < 1
        }
        middle = median(factors.values()) if factors else None
        found.append(
            {
                "arm": arm,
                "kpis": len(factors),
                "times_fewer_days_median": middle,
                "times_fewer_days_sales": factors.get(HEADLINE),
                "harmed": sum(1 for factor in factors.values() if factor < 1),
                "words": _words(arm, factors, middle),
            }
        )
    return found


def _words(arm: str, factors: Mapping[str, float], middle: float | None) -> str:
    if middle is None:
        return f"{arm}: no KPI tells, since none varies by chance from day to day"
    sales = f", for sales {factors[HEADLINE]:.3g} times" if HEADLINE in factors else ""
    harmed = sum(1 for factor in factors.values() if factor < 1)
    cost = f"; for {harmed} of {len(factors)} KPIs fewer" if harmed else ""
    return f"{arm}: seeds of their own would take {middle:.3g} times as many days for the median KPI{sales}{cost}"
