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
    counted as `delta` where it is smaller. The theory takes arms as independent.
    """
    best = _largest(means)
    ratios = _ratios([means[best] - mean for mean in means], variances, best, delta)
    parts = [ratio**2 / spread for ratio, spread in zip(ratios, variances, strict=True) if ratio > 0]
    ratios[best] = math.sqrt(variances[best] * math.fsum(parts))
    return _given(ratios, counts, more, best)


def ocba_crn(observations: Observations, more: int, delta: float = 0.0) -> list[int]:
    """Return how many of `more` runs each arm gets where arms share their days: OCBA's rule on differences from the best arm.

    Over n days of both, the difference of arm i from the best has variance S2_i / n; like OCBA this makes d_i^2 n_i / S2_i alike, and
    gives the best arm as many days as the others need.
    """
    means = levelled_means(observations)
    best = _largest(means)
    spreads = [_difference_variance(values, observations[best]) for values in observations]
    ratios = _ratios([means[best] - mean for mean in means], spreads, best, delta)
    ratios[best] = max(ratios)
    return _given(ratios, [len(values) for values in observations], more, best)


def _ratios(gaps: Sequence[float], variances: Sequence[float], best: int, delta: float) -> list[float]:
    """Return s_i^2 / d_i^2 up to a common factor, 0 for the best."""
    wide = [max(gap, delta) for gap in gaps]
    unit = min((gap for arm, gap in enumerate(wide) if gap > 0 and arm != best), default=1.0)
    return [0.0 if arm == best else variances[arm] * (unit / (gap or unit)) ** 2 for arm, gap in enumerate(wide)]


def _given(ratios: Sequence[float], counts: Sequence[int], more: int, best: int) -> list[int]:
    """Return new runs that bring the arms near these ratios; runs already made are never taken back, and the best gets what is left."""
    wanted, total = list(counts), sum(counts) + more
    open_arms = [arm for arm, ratio in enumerate(ratios) if ratio > 0]
    while open_arms:
        rest = total - sum(count for arm, count in enumerate(counts) if arm not in open_arms)
        share = rest / math.fsum(ratios[arm] for arm in open_arms)
        wanted = [math.floor(share * ratios[arm]) if arm in open_arms else count for arm, count in enumerate(counts)]
        over = [arm for arm in open_arms if wanted[arm] < counts[arm]]
        if not over:
            break
        open_arms = [arm for arm in open_arms if arm not in over]
        wanted = list(counts)
    wanted[best] += total - sum(wanted)
    return [each - count for each, count in zip(wanted, counts, strict=True)]


def levelled_means(observations: Observations) -> list[float]:
    """Return the arms' means as if all had had the days of the arm with most: its mean + the mean difference over the days of both."""
    if len(set(map(len, observations))) == 1:
        return [mean(values) for values in observations]
    longest = max(observations, key=len)
    level = mean(longest)
    return [level + mean([value - other for value, other in zip(values, longest, strict=False)]) for values in observations]


def pcs_approximate(gaps: Sequence[float], errors: Sequence[float]) -> float:
    """Return Bonferroni's bound on the probability of correct selection: 1 - sum of P(a normal of this gap and error is below 0)."""
    wrong = [float(ndtr(-gap / error)) if error > 0 else float(gap < 0) for gap, error in zip(gaps, errors, strict=True)]
    return max(0.0, 1 - math.fsum(wrong))


@dataclass(frozen=True)
class Difference:
    """The mean difference of two arms, second - first, its standard error and a t interval."""

    mean: float
    error: float
    ci_low: float
    ci_high: float


def paired(first: Sequence[float], second: Sequence[float], confidence: float) -> Difference:
    """Return second - first over the replications that both have, at least two."""
    differences = [after - before for before, after in zip(first, second, strict=False)]
    error = math.sqrt(variance(differences) / len(differences))
    return _difference(mean(differences), error, len(differences) - 1, confidence)


def unpaired(first: Sequence[float], second: Sequence[float], confidence: float) -> Difference:
    """Return second - first where the arms' replications are independent (Welch's interval)."""
    parts = [variance(values) / len(values) for values in (first, second)]
    total = math.fsum(parts)
    weights = math.fsum(part**2 / (len(values) - 1) for part, values in zip(parts, (first, second), strict=True))
    return _difference(mean(second) - mean(first), math.sqrt(total), total**2 / weights if weights > 0 else 1.0, confidence)


def _difference(middle: float, error: float, degrees: float, confidence: float) -> Difference:
    half = float(stdtrit(degrees, (1 + confidence) / 2)) * error
    return Difference(middle, error, middle - half, middle + half)


def _difference_variances(observations: Observations) -> np.ndarray:
    """Return the sample variance of the differences between each two arms, [arm, other]."""
    found = np.zeros((len(observations), len(observations)))
    for arm, values in enumerate(observations):
        for other in range(arm):
            found[arm, other] = found[other, arm] = _difference_variance(values, observations[other])
    return found


def _difference_variance(first: Sequence[float], second: Sequence[float]) -> float:
    return variance([left - right for left, right in zip(first, second, strict=False)])


def _largest(means: Sequence[float]) -> int:
    return max(range(len(means)), key=lambda arm: (means[arm], -arm))
