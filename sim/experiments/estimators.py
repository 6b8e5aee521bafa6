"""Estimates of an effect from a log of who was treated, with what probability, and what came of it; each with its standard error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean effect on those who were treated, or on everybody, with its standard error."""

    method: str
    of: str  # "treated" or "everybody"
    effect: float
    error: float
    rows: int

    @property
    def interval(self) -> tuple[float, float]:
        """The normal 95 % interval."""
        half = float(norm.ppf((1 + CONFIDENCE) / 2)) * self.error
        return self.effect - half, self.effect + half

    def covers(self, truth: float) -> bool:
        """Say whether the interval holds a value."""
        low, high = self.interval
        return low <= truth <= high


@dataclass(frozen=True)
class Logged:
    """One row for each decision: treated or not, the probability of being treated, what came of it, and what was known before."""

    is_treated: np.ndarray  # bool (n)
    outcome: np.ndarray  # float64 (n)
    propensity: np.ndarray  # float64 (n)
    features: np.ndarray  # float64 (n, k)

    @property
    def has_both(self) -> bool:
        """Whether there is anything to compare: two treated and two not."""
        return min(int(self.is_treated.sum()), int((~self.is_treated).sum())) >= 2


def estimates_of(log: Logged) -> list[Estimate]:
    """Return all estimates that the log allows; none without somebody treated and somebody not."""
    if not log.has_both:
        return []
    return [
        naive(log),
        adjusted(log),
        *(each(log, of) for each in (ips, snips, doubly_robust) for of in ("treated", "everybody")),
    ]


def naive(log: Logged) -> Estimate:
    """Return the difference of means: right only where chance alone decided who was treated."""
    treated, others = log.outcome[log.is_treated], log.outcome[~log.is_treated]
    error = math.sqrt(treated.var(ddof=1) / treated.size + others.var(ddof=1) / others.size)
    return Estimate("naive", "treated", float(treated.mean() - others.mean()), error, log.outcome.size)


def adjusted(log: Logged) -> Estimate:
    """Return the coefficient of the treatment in a regression on it, the features and their products with it (Lin 2013), errors HC1."""
    known = _design(log.features)[:, 1:]
    centred = known - known[log.is_treated].mean(axis=0) if known.shape[1] else known
    treated = log.is_treated.astype(float)[:, None]
    matrix = np.hstack([np.ones((log.outcome.size, 1)), treated, centred, centred * treated])
    beta, *_ = np.linalg.lstsq(matrix, log.outcome, rcond=None)
    residual = log.outcome - matrix @ beta
    bread = np.linalg.pinv(matrix.T @ matrix)
    meat = (matrix * residual[:, None] ** 2).T @ matrix
    freedom = max(log.outcome.size - matrix.shape[1], 1)
    covariance = bread @ meat @ bread * log.outcome.size / freedom
    return Estimate("adjusted", "treated", float(beta[1]), math.sqrt(max(float(covariance[1, 1]), 0.0)), log.outcome.size)


def _weights(log: Logged, of: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the weight of each treated row and of each other row."""
    p = np.clip(log.propensity, 1e-6, 1 - 1e-6)
    if of == "everybody":
        return log.is_treated / p, ~log.is_treated / (1 - p)
    return log.is_treated.astype(float), ~log.is_treated * p / (1 - p)


def ips(log: Logged, of: str) -> Estimate:
    """Return the estimate by inverse propensities (Horvitz-Thompson)."""
    one, other = _weights(log, of)
    share = 1.0 if of == "everybody" else float(log.is_treated.mean())
    each = (one - other) * log.outcome / share
    effect = float(each.mean())
    centred = each - (0.0 if of == "everybody" else effect * log.is_treated / share)
    return Estimate("ips", of, effect, float(centred.std(ddof=1) / math.sqrt(each.size)), each.size)


def snips(log: Logged, of: str) -> Estimate:
    """Return the same with weights that add up to 1 in each arm (Hajek)."""
    one, other = _weights(log, of)
    mean_one, mean_other = (float((w * log.outcome).sum() / w.sum()) for w in (one, other))
    influence = one * (log.outcome - mean_one) / one.mean() - other * (log.outcome - mean_other) / other.mean()
    return Estimate(
        "snips", of, mean_one - mean_other, float(influence.std(ddof=1) / math.sqrt(influence.size)), influence.size
    )


def doubly_robust(log: Logged, of: str) -> Estimate:
    """Return regression in each arm, mended by inverse propensities (Robins, Rotnitzky & Zhao 1994): right if either of both is."""
    matrix = _design(log.features)
    fitted = []
    for rows in (log.is_treated, ~log.is_treated):
        beta, *_ = np.linalg.lstsq(matrix[rows], log.outcome[rows], rcond=None)
        fitted.append(matrix @ beta)
    one, other = _weights(log, of)
    if of == "everybody":
        each = fitted[0] - fitted[1] + one * (log.outcome - fitted[0]) - other * (log.outcome - fitted[1])
        return Estimate("doubly_robust", of, float(each.mean()), float(each.std(ddof=1) / math.sqrt(each.size)), each.size)
    share = float(log.is_treated.mean())
    each = (one - other) * (log.outcome - fitted[1]) / share
    effect = float(each.mean())
    influence = each - effect * log.is_treated / share
    return Estimate("doubly_robust", of, effect, float(influence.std(ddof=1) / math.sqrt(each.size)), each.size)


def _design(features: np.ndarray) -> np.ndarray:
    """Return a column of ones and the features that vary, each with mean 0 and standard deviation 1; what is not known counts as 0."""
    known = np.nan_to_num(features, nan=0.0)
    spread = known.std(axis=0) if known.size else np.zeros(known.shape[1])
    varies = spread > 1e-12
    scaled = (known[:, varies] - known[:, varies].mean(axis=0)) / spread[varies] if varies.any() else known[:, :0]
    return np.hstack([np.ones((features.shape[0], 1)), scaled])


def clustered(log: Logged, unit: np.ndarray) -> Estimate:
    """Return the difference of means where whole units (people, stretches of time, zones) were assigned, with an error that knows it."""
    share = float(log.is_treated.mean())
    treated, others = log.outcome[log.is_treated].mean(), log.outcome[~log.is_treated].mean()
    influence = np.where(log.is_treated, (log.outcome - treated) / share, -(log.outcome - others) / (1.0 - share))
    _, at = np.unique(unit, return_inverse=True)
    sums = np.bincount(at, influence)
    error = math.sqrt(float((sums**2).sum()) * sums.size / max(sums.size - 1, 1)) / log.outcome.size
    return Estimate("by design", "treated", float(treated - others), error, log.outcome.size)
