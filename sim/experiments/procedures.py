"""Ranking and selection: which arm needs another replication, and which is best; pure functions of what was observed, larger is better."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr, stdtrit

from sim.experiments.paired import mean, variance

Observations = Sequence[Sequence[float]]  # one list for each arm, in the order of replications


@dataclass(frozen=True)
class Screened:
    """Where procedure KN stands with the observations given."""

    stage: int  # replications of each survivor that were looked at
    stage_max: int  # it ends there at the latest
    survivors: tuple[int, ...]
    eliminated: dict[int, tuple[int, int]] = field(default_factory=dict)  # arm -> (after so many replications, by which arm)
    selected: int | None = None  # None: every survivor needs another replication


def kn(observations: Observations, delta: float, confidence: float, first: int) -> Screened:
    """Screen arms by procedure KN (Kim and Nelson 2001, "A fully sequential procedure for indifference-zone selection", c = 1).

    Where the best mean is at least `delta` above the others, the arm selected is the best with probability `confidence`, if
    observations are normal and replications independent; arms may depend on each other within a replication, as they do under
    common random numbers. Every arm needs `first` >= 2 observations, and survivors as many as one another.
    """
    arms = len(observations)
    assert arms >= 2
    assert first >= 2
    assert min(map(len, observations)) >= first
    eta = ((2 * (1 - confidence) / (arms - 1)) ** (-2 / (first - 1)) - 1) / 2
    spread = _difference_variances([values[:first] for values in observations])
    scale = 2 * eta * (first - 1) * spread / delta**2  # h2 S2 / delta2, between arms
    stage_max = max(first, math.floor(float(scale.max())) + 1)
    sums = [np.cumsum(np.asarray(values, float)) for values in observations]
    survivors, eliminated = list(range(arms)), dict[int, tuple[int, int]]()
    stage = first
    while True:
        means = np.array([sums[arm][stage - 1] / stage for arm in survivors])
        room = np.maximum(0.0, delta / (2 * stage) * (scale[np.ix_(survivors, survivors)] - stage))
        short = means[None, :] - means[:, None] - room  # [arm, other]: above 0 where `other` beats `arm`
        beaten = {arm: survivors[int(short[row].argmax())] for row, arm in enumerate(survivors) if short[row].max() > 0}
        eliminated |= {arm: (stage, other) for arm, other in beaten.items()}
        survivors = [arm for arm in survivors if arm not in beaten]
        if len(survivors) == 1 or stage >= stage_max:
            best = max(survivors, key=lambda arm: (sums[arm][stage - 1], -arm))
            return Screened(stage, stage_max, tuple(survivors), eliminated, best)
        if any(sums[arm].size <= stage for arm in survivors):
            return Screened(stage, stage_max, tuple(survivors), eliminated)
        stage += 1


def ocba(means: Sequence[float], variances: Sequence[float], counts: Sequence[int], more: int, delta: float = 0.0) -> list[int]:
    """Return how many of `more` runs each arm gets by OCBA (Chen, Lin, Yucesan and Chick 2000; Chen and Lee 2011, 3.4 and appendix A).

    Shares follow N_i / N_j = ((s_i / d_i) / (s_j / d_j))^2 and N_b = s_b (sum N_i^2 / s_i^2)^(1/2), d the distance to the best mean,
    counted as `delta` where it is smaller. The theory takes arms as independent; runs already made are never taken back.
    """
    best = _largest(means)
    others = [arm for arm in range(len(means)) if arm != best]
    gaps = {arm: max(means[best] - means[arm], delta) for arm in others}
    smallest = min((gap for gap in gaps.values() if gap > 0), default=1.0)
    ratios = [0.0] * len(means)
    for arm in others:
        ratios[arm] = variances[arm] * (smallest / (gaps[arm] or smallest)) ** 2
    ratios[best] = math.sqrt(
        variances[best] * math.fsum(ratios[arm] ** 2 / variances[arm] for arm in others if variances[arm] > 0)
    )
    wanted = list(counts)
    total = sum(counts) + more
    open_arms = [arm for arm in range(len(means)) if ratios[arm] > 0]
    while open_arms:
        rest = total - sum(counts[arm] for arm in range(len(means)) if arm not in open_arms)
        share = rest / math.fsum(ratios[arm] for arm in open_arms)
        wanted = [math.floor(share * ratios[arm]) if arm in open_arms else counts[arm] for arm in range(len(means))]
        over = [arm for arm in open_arms if wanted[arm] < counts[arm]]
        if not over:
            break
        open_arms = [arm for arm in open_arms if arm not in over]
        wanted = list(counts)
    wanted[best] += total - sum(wanted)
    return [wanted[arm] - counts[arm] for arm in range(len(means))]


def pcs_approximate(means: Sequence[float], variances: Sequence[float], counts: Sequence[int], delta: float = 0.0) -> float:
    """Return 1 - sum of P(arm i truly is more than `delta` above the one observed to be best): Bonferroni's bound, arms independent."""
    best = _largest(means)
    wrong = []
    for arm in range(len(means)):
        error = math.sqrt(variances[best] / counts[best] + variances[arm] / counts[arm])
        gap = means[best] - means[arm] + delta
        if arm != best and error > 0:
            wrong.append(float(ndtr(-gap / error)))
    return max(0.0, 1 - math.fsum(wrong))


@dataclass(frozen=True)
class Interval:
    """A mean paired difference with a t interval."""

    pairs: int
    difference_mean: float
    ci_low: float
    ci_high: float


def paired_interval(first: Sequence[float], second: Sequence[float], confidence: float) -> Interval:
    """Return second - first over the replications that both have (at least two), with a t interval of this confidence."""
    differences = [after - before for before, after in zip(first, second, strict=False)]
    pairs, middle = len(differences), mean(differences)
    half = float(stdtrit(pairs - 1, (1 + confidence) / 2)) * math.sqrt(variance(differences) / pairs)
    return Interval(pairs, middle, middle - half, middle + half)


def _difference_variances(observations: Observations) -> np.ndarray:
    """Return the sample variance of the differences between each two arms, [arm, other]."""
    arms = range(len(observations))
    found = np.zeros((len(observations), len(observations)))
    for arm in arms:
        for other in range(arm):
            pairs = zip(observations[arm], observations[other], strict=True)
            found[arm, other] = found[other, arm] = variance([left - right for left, right in pairs])
    return found


def _largest(means: Sequence[float]) -> int:
    return max(range(len(means)), key=lambda arm: (means[arm], -arm))
