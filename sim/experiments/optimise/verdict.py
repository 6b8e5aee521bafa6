"""What the winner is worth: pairs of days on seeds that no search has seen, the only number that is reported as the gain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.config import RunConfig
from sim.experiments.compare import comparison_of
from sim.experiments.optimise.trials import FRESH_FROM, Trials
from sim.experiments.paired import paired_difference
from sim.experiments.parts import TENANTS

SHIPPED, WINNER = "as it is", "winner"
BETTER, WORSE, NOT_SHOWN, NONE = "better", "worse", "no difference shown", "nothing better found"


def nothing_found() -> dict[str, Any]:
    """Return the verdict of a search whose own runs prefer what is there."""
    return {
        "verdict": NONE,
        "gain": 0.0,
        "ci_low": None,
        "ci_high": None,
        "pairs": 0,
        "estimate_in_search": 0.0,
        "optimism": None,
    }


def judge(
    trials: Trials, config: RunConfig, winner: RunConfig, pairs: int, estimate: float, moved: Mapping[str, str] | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the verdict, and all KPIs of the winner against what is there, from `pairs` fresh pairs of days.

    `gain` is the mean paired difference of the objective with its 95 % t interval: one test, fixed before the runs, so that nothing needs
    correction. `optimism` is what the search promised more than that. `moved` says of units that changed hands whose unit, as drawn, the
    winner's tenant had: files of a run name tenants by the unit they are in, and sales are compared tenant by tenant.
    """
    numbers = range(FRESH_FROM, FRESH_FROM + pairs)
    arms = [(SHIPPED, config), (WINNER, winner)]
    values, runs = trials.ask("fresh", [(arm, number) for number in numbers for arm in arms])
    result = paired_difference([values[SHIPPED, number] for number in numbers], [values[WINNER, number] for number in numbers])
    low, high = result.ci_low, result.ci_high
    assert low is not None
    assert high is not None
    verdict = {
        "verdict": _word(trials.sign * low, trials.sign * high),
        "gain": result.difference_mean, "ci_low": low, "ci_high": high, "pairs": pairs,
        "mean_as_it_is": result.baseline_mean, "mean_of_winner": result.arm_mean, "p_value": result.p_value,
        "variance_reduction": result.variance_reduction, "estimate_in_search": estimate,
        "optimism": trials.sign * (estimate - result.difference_mean),
    }  # fmt: skip
    for number in numbers:
        parts = runs.parts.get((WINNER, number), {})
        if TENANTS in parts:
            parts[TENANTS] = {(moved or {}).get(unit, unit): sales for unit, sales in parts[TENANTS].items()}
    comparison = comparison_of(arms, numbers, runs)
    comparison["sales_of_tenants_fen"] = _sales(runs.parts, numbers)
    return verdict, comparison


def _word(low: float, high: float) -> str:
    if min(low, high) > 0:
        return BETTER
    return WORSE if max(low, high) < 0 else NOT_SHOWN


def _sales(parts: Mapping[tuple[str, int], Any], numbers: range) -> dict[str, list[float]]:
    """Return by tenant its mean sales of a day as it is, and in the winner's mall."""
    tenants = sorted({unit for number in numbers for unit in parts.get((SHIPPED, number), {}).get(TENANTS, {})})
    sums = {unit: [0.0, 0.0] for unit in tenants}
    for number in numbers:
        for side, arm in enumerate((SHIPPED, WINNER)):
            for unit in tenants:
                sums[unit][side] += parts.get((arm, number), {}).get(TENANTS, {}).get(unit, 0.0)
    return {unit: [each / len(numbers) for each in both] for unit, both in sums.items()}
