"""The arithmetic of a paired comparison: mean difference, t interval, p-value, and Holm's correction for many of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scipy.special import stdtr, stdtrit

CONFIDENCE = 0.95
HIGHER, LOWER, NO_DIFFERENCE, UNKNOWN = "higher", "lower", "no difference seen", "unknown"
KNOWN_SHARE_MIN = 0.8  # what is null in more than a fifth of the pairs is not compared: the rest is no fair sample


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

    @property
    def half_width(self) -> float | None:
        """Half of the interval."""
        return None if self.ci_low is None or self.ci_high is None else (self.ci_high - self.ci_low) / 2


def paired_difference(baseline: Sequence[float], arm: Sequence[float], first: int | None = None) -> Paired:
    """Compare two arms pair by pair: half-width t(0.975, n - 1) * S_d / sqrt(n) (Law, Simulation Modeling and Analysis, 10.2.1).

    Where the number of pairs was itself chosen by their spread, `first` is the size of the first stage, and the half-width is
    t(0.975, first - 1) * S / sqrt(n) with the larger S of that stage and of all pairs. All sums are exact and then rounded once, so
    that swapping the arms changes signs and nothing else.
    """
    assert len(baseline) == len(arm) >= 1
    pairs = len(arm)
    differences = [second - first for first, second in zip(baseline, arm, strict=True)]
    middle = mean(differences)
    low = high = p_value = reduction = None
    if pairs > 1:
        spread = variance(differences)
        error = math.sqrt(max(spread, variance(differences[:first]))) / math.sqrt(pairs)
        degrees = (first or pairs) - 1
        half = quantile(degrees) * error
        low, high, p_value = middle - half, middle + half, _two_sided(middle, error, pairs, degrees)
        independent = variance(baseline) + variance(arm)
        reduction = 1 - spread / independent if independent > 0 else None
    return Paired(pairs, mean(baseline), mean(arm), middle, low, high, p_value, reduction)


def compared(values: Sequence[tuple[Any, Any]], first: int | None = None) -> tuple[int, Paired | None]:
    """Return how many of the pairs are known on both sides, and what they say; None where too few are.

    `first` counts the pairs of the first stage, known or not (see `paired_difference`).
    """
    is_known = [_is_number(left) and _is_number(right) for left, right in values]
    known = [(float(left), float(right)) for (left, right), both in zip(values, is_known, strict=True) if both]
    at_start = None if first is None else sum(is_known[:first])
    if len(known) < min(2, len(values)) or len(known) < KNOWN_SHARE_MIN * len(values) or at_start in (0, 1):
        return len(known), None
    baseline, arm = zip(*known, strict=True)
    return len(known), paired_difference(baseline, arm, at_start)


def verdict_of(difference: float, p_adjusted: float | None) -> str:
    """Return the word for a difference with its corrected p-value."""
    if p_adjusted is None:
        return UNKNOWN
    if p_adjusted >= 1 - CONFIDENCE:
        return NO_DIFFERENCE
    return HIGHER if difference > 0 else LOWER


def quantile(degrees: int) -> float:
    """Return the quantile of Student's t for a two-sided interval at the level of confidence."""
    return float(stdtrit(degrees, (1 + CONFIDENCE) / 2))


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


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _two_sided(difference: float, error: float, pairs: int, degrees: int) -> float:
    """Return the p-value of Student's t; of differences that are all the same, that of the sign test.

    Two days on which a count differs by one are no certainty, although their spread is 0: under no difference n equal signs have a
    chance of 2^(1 - n).
    """
    if error == 0:
        return 1.0 if difference == 0 else 2.0 ** (1 - pairs)
    return float(2 * stdtr(degrees, -abs(difference) / error))
