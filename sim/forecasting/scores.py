"""How good a forecast was: error of its middle, CRPS of its ensemble, how often what happened lay inside its interval."""

from __future__ import annotations

import numpy as np


def crps(ensemble: np.ndarray, happened: np.ndarray) -> np.ndarray:
    """Return the continuous ranked probability score of forecasts (N members, ...) of what happened (...), in its unit; 0 is perfect.

    The unbiased ("fair") form for an ensemble: mean |x - y| - sum |x - x'| / (2 N (N - 1)) (Ferro 2014, QJRMS 140). One member scores
    its absolute error.
    """
    members = ensemble.shape[0]
    off = np.abs(ensemble - happened).mean(axis=0)
    if members == 1:
        return np.asarray(off)
    ranked = np.sort(ensemble, axis=0)
    weight = 2 * np.arange(members) - members + 1  # sum over pairs of |x - x'| is 2 sum of weight x by rank
    pairs = 2 * np.tensordot(weight, ranked, axes=(0, 0))
    return np.asarray(off - pairs / (2 * members * (members - 1)))


def interval(ensemble: np.ndarray, share: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends between which what happens lies with probability `share` if it is as likely as any member (Weibull's positions)."""
    low, high = np.quantile(ensemble, [(1 - share) / 2, (1 + share) / 2], axis=0, method="weibull")
    return low, high


def covered_share(ensemble: np.ndarray, happened: np.ndarray, share: float = 0.9) -> float:
    """Return how often what happened lay in the interval."""
    low, high = interval(ensemble, share)
    return float(((low <= happened) & (happened <= high)).mean())


def absolute_error_share(forecast: np.ndarray, happened: np.ndarray) -> float:
    """Return the sum of absolute errors as a share of the sum of what happened (WAPE)."""
    return float(np.abs(forecast - happened).sum() / np.abs(happened).sum())
