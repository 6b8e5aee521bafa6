"""What an arm brings its owner beside what it costs: net benefit with interval, present value and pay-back; all of them may be negative."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sim.config import RunConfig
from sim.experiments.paired import paired_difference

WANTED = ("owner_income_fen", "programme_running_fen", "programme_capital_fen")


def benefits_of(
    arms: Sequence[tuple[str, RunConfig]], kpis: Mapping[tuple[str, int], Mapping[str, Any]], replications: Sequence[int]
) -> list[dict[str, Any]]:
    """Return one record for each arm but the first: a day's net benefit against it, in fen, with a 95 % interval, and the pay-back.

    Net benefit of a day = owner's income - running costs - what policies spent, arm less baseline, pair by pair. Present value: a
    year's net benefits over the mean life of the items, discounted, less the capital. Arms of different length are not compared.
    """
    (baseline, first), *others = arms
    found = []
    for arm, config in others:
        pairs = [(kpis[baseline, number], kpis[arm, number]) for number in replications]
        if config.days != first.days or any(name not in side for pair in pairs for side in pair for name in WANTED):
            continue
        result = paired_difference(
            [_net_fen(left) / config.days for left, _ in pairs], [_net_fen(right) / config.days for _, right in pairs]
        )
        capital_fen = pairs[0][1]["programme_capital_fen"] - pairs[0][0]["programme_capital_fen"]
        year_fen = config.costs.days_per_year * result.difference_mean
        found.append(
            {
                "arm": arm,
                "net_benefit_fen_per_day": result.difference_mean,
                "ci_low": result.ci_low,
                "ci_high": result.ci_high,
                "items": [item.name for item in config.costs.items],
                "capital_fen": capital_fen,
                "present_value_fen": year_fen * _annuity(config) - capital_fen,
                "payback_years": capital_fen / year_fen if year_fen > 0 and capital_fen > 0 else 0.0 if year_fen > 0 else None,
                "verdict": _verdict(result.ci_low, result.ci_high),
            }
        )
    return found


def _net_fen(kpis: Mapping[str, Any]) -> float:
    return float(kpis["owner_income_fen"] - kpis["programme_running_fen"] - (kpis.get("policy_cost_owner_fen") or 0))


def _annuity(config: RunConfig) -> float:
    """Return what a yuan a year is worth today over the mean life of the items, weighted by their capital (five years of none)."""
    weights = [item.capital_yuan for item in config.costs.items]
    total = math.fsum(weights)
    years = math.fsum(item.capital_yuan * item.years for item in config.costs.items) / total if total > 0 else 5.0
    interest = config.costs.interest_share_per_year
    return (1 - (1 + interest) ** -years) / interest if interest > 0 else years


def _verdict(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "unknown"
    return "pays" if low > 0 else "loses" if high < 0 else "not shown to pay or to lose"
