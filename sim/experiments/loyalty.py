"""What points bring and cost: ratios of paired differences with intervals, from the KPIs of arms under common random numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scipy.special import stdtrit

from sim.experiments.paired import CONFIDENCE, mean

Kpis = Mapping[str, Any]


@dataclass(frozen=True)
class Ratio:
    """A ratio of sums over replications, with its jackknife interval."""

    value: float | None
    ci_low: float | None
    ci_high: float | None

    def says(self) -> str:
        """Return the ratio in words."""
        if self.value is None:
            return "unknown"
        if self.ci_low is None or self.ci_high is None:
            return f"{self.value:.4f} (one replication: no interval)"
        return f"{self.value:.4f} ({self.ci_low:.4f} to {self.ci_high:.4f})"


def ratio(above: Sequence[float], below: Sequence[float]) -> Ratio:
    """Return sum(above) / sum(below) with the jackknife's t interval (Tukey 1958); nothing where there is nothing to divide by."""
    return difference_of_ratios(above, below, [0.0] * len(above), [1.0] * len(above))


def difference_of_ratios(
    above: Sequence[float], below: Sequence[float], other_above: Sequence[float], other_below: Sequence[float]
) -> Ratio:
    """Return one ratio of sums less another over the same replications, with the jackknife's t interval."""
    pairs = list(zip(above, below, other_above, other_below, strict=True))
    value = _of(pairs)
    if value is None or len(pairs) < 2:
        return Ratio(value, None, None)
    without = [_of(pairs[:index] + pairs[index + 1 :]) for index in range(len(pairs))]
    if any(each is None for each in without):
        return Ratio(value, None, None)
    pseudo = [len(pairs) * value - (len(pairs) - 1) * float(each or 0.0) for each in without]
    middle = mean(pseudo)
    error = math.sqrt(math.fsum((each - middle) ** 2 for each in pseudo) / (len(pairs) - 1) / len(pairs))
    half = float(stdtrit(len(pairs) - 1, (1 + CONFIDENCE) / 2)) * error
    return Ratio(value, middle - half, middle + half)


def _of(pairs: Sequence[tuple[float, float, float, float]]) -> float | None:
    above, below, other_above, other_below = (math.fsum(column) for column in zip(*pairs, strict=True))
    return None if below == 0 or other_below == 0 else above / below - other_above / other_below


def _column(runs: Sequence[Kpis], name: str) -> list[float]:
    return [float(run[name] or 0) for run in runs]


def _less(one: Sequence[float], other: Sequence[float]) -> list[float]:
    return [first - second for first, second in zip(one, other, strict=True)]


def incentive_driven(with_points: Sequence[Kpis], without: Sequence[Kpis]) -> Ratio:
    """Return the share of sales to members that the programme drives: with it less without it, over with it."""
    sold = _column(with_points, "member_sales_fen")
    return ratio(_less(sold, _column(without, "member_sales_fen")), sold)


@dataclass(frozen=True)
class EqualCost:
    """Points against a price cut for members: what each brought in sales at list prices for a yuan that it cost."""

    cost_points_fen: float  # mean of a replication
    cost_discount_fen: float
    costs: Ratio  # the price cut's over the points': 1 when equal
    gain_points_fen: float
    gain_discount_fen: float
    per_yuan_points: Ratio
    per_yuan_discount: Ratio
    points_less_discount: Ratio

    @property
    def verdict(self) -> str:
        """Which brings more for a yuan, as far as the runs can tell."""
        low, high = self.points_less_discount.ci_low, self.points_less_discount.ci_high
        if low is None or high is None or low <= 0 <= high:
            return "no difference seen"
        return "points bring more for a yuan" if low > 0 else "the price cut brings more for a yuan"


def equal_cost(none: Sequence[Kpis], points: Sequence[Kpis], discount: Sequence[Kpis]) -> EqualCost:
    """Compare both with neither; sales are at list prices, so that a price cut does not look like fewer sales."""

    def listed(runs: Sequence[Kpis]) -> list[float]:
        return [sold + cut for sold, cut in zip(_column(runs, "sales_fen"), _column(runs, "member_discount_fen"), strict=True)]

    gained, gained_by_cut = _less(listed(points), listed(none)), _less(listed(discount), listed(none))
    cost, cost_of_cut = _column(points, "points_cost_fen"), _column(discount, "member_discount_fen")
    return EqualCost(
        mean(cost), mean(cost_of_cut), ratio(cost_of_cut, cost), mean(gained), mean(gained_by_cut),
        ratio(gained, cost), ratio(gained_by_cut, cost_of_cut), difference_of_ratios(gained, cost, gained_by_cut, cost_of_cut),
    )  # fmt: skip


@dataclass(frozen=True)
class LoopGain:
    """What a push in members does to visits in later months, and how many of its own kind it brings (row J8)."""

    pushed: float  # members more on the first morning, mean
    visits_per_member: tuple[Ratio, ...]  # more visits in each month, for each member pushed
    joins_per_visit: Ratio
    gain: tuple[Ratio, ...]  # members that these visits bring in that month, for each member pushed

    @property
    def verdict(self) -> str:
        """Whether the loop would feed itself."""
        total = math.fsum(each.value or 0.0 for each in self.gain)
        high = math.fsum(each.ci_high or 0.0 for each in self.gain)
        if high < 1:
            return f"the loop damps: a member brings {total:.4f} others in these months"
        return f"the loop is not shown to damp: a member brings {total:.4f} others in these months"


def loop_gain(base: Sequence[Kpis], pushed: Sequence[Kpis], months: int) -> LoopGain:
    """Return the response to the push, month by month; visits and joins by month are KPIs of the runs."""
    more = _less(_column(pushed, "members_at_start"), _column(base, "members_at_start"))
    joins_per_visit = ratio(_column(base, "members_new"), _column(base, "footfall_visits"))
    share = joins_per_visit.value or 0.0
    moved = [
        _less(_column(pushed, f"visits_month_{month}"), _column(base, f"visits_month_{month}"))
        for month in range(1, months + 1)
    ]
    return LoopGain(
        mean(more), tuple(ratio(visits, more) for visits in moved), joins_per_visit,
        tuple(ratio([share * each for each in visits], more) for visits in moved),
    )  # fmt: skip
