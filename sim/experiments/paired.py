"""The arithmetic of a paired comparison: mean difference, t interval, p-value, and Holm's correction for many of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import stdtr, stdtrit

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Paired:
    """What n pairs say about a difference arm - baseline."""

    pairs: int
    baseline_mean: float
    arm_mean: float
    difference_mean: float
    ci_low: float | None  # None for a single pair: one difference says nothing of its own spread
    ci_high: float | None
    p_value: float | None
    variance_reduction: float | None  # 1 - var(difference) / (var A + var B); None where neither arm varies


def paired_difference(baseline: Sequence[float], arm: Sequence[float]) -> Paired:
    """Compare two arms pair by pair: half-width t(0.975, n - 1) * S_d / sqrt(n) (Law, Simulation Modeling and Analysis, 10.2.1).

    All sums are exact and then rounded once, so that swapping the arms changes signs and nothing else.
    """
    assert len(baseline) == len(arm) >= 1
    pairs = len(arm)
    differences = [second - first for first, second in zip(baseline, arm, strict=True)]
    middle = mean(differences)
    low = high = p_value = reduction = None
    if pairs > 1:
        spread = variance(differences)
        error = math.sqrt(spread) / math.sqrt(pairs)
        half = float(stdtrit(pairs - 1, (1 + CONFIDENCE) / 2)) * error
        low, high, p_value = middle - half, middle + half, _two_sided(middle, error, pairs - 1)
        independent = variance(baseline) + variance(arm)
        reduction = 1 - spread / independent if independent > 0 else None
    return Paired(pairs, mean(baseline), mean(arm), middle, low, high, p_value, reduction)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number (Holm 1979, step down), in the order given."""
    adjusted = [1.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda index: p_values[index])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def mean(values: Sequence[float]) -> float:
    """Return the mean of a correctly rounded sum, the same in any order."""
    return math.fsum(values) / len(values)


def variance(values: Sequence[float]) -> float:
    """Return the sample variance (divisor n - 1), exactly 0 where all values are equal."""
    if all(value == values[0] for value in values):
        return 0.0
    middle = mean(values)
    return math.fsum((value - middle) ** 2 for value in values) / (len(values) - 1)


def _two_sided(difference: float, error: float, degrees: int) -> float:
    if error == 0:
        return 1.0 if difference == 0 else 0.0
    return float(2 * stdtr(degrees, -abs(difference) / error))
