"""The ensemble Kalman filter: moves the members' unknowns towards what was measured, without any draw.

The square-root form of Hunt, Kostelich and Szunyogh (2007), "Efficient data assimilation for spatiotemporal chaos: a local ensemble
transform Kalman filter", Physica D 230: with N members, anomalies Y of the predictions and errors R, in the space of the members,
P = [(N - 1) I / rho + Y' R^-1 Y]^-1, mean weights P Y' R^-1 (y - mean), anomalies X [(N - 1) P]^(1/2).
"""

from __future__ import annotations

import numpy as np


def analysis(
    unknowns: np.ndarray,
    predicted: np.ndarray,
    measured: np.ndarray,
    error_variance: np.ndarray,
    *,
    inflation: float = 1.0,
    reach: np.ndarray | None = None,
) -> np.ndarray:
    """Return the members' unknowns (N, K) after M measurements of which they had predicted (N, M); errors are independent.

    `inflation` (at least 1) widens the prior's variance; `reach` (K, M) says which measurement may move which unknown (default: all);
    measurements that are NaN are left out. The posterior sample mean and covariance are exactly those of a Kalman filter
    with the prior's sample covariances.
    """
    members = unknowns.shape[0]
    told = np.isfinite(measured)
    if members < 2 or not told.any():
        return unknowns.copy()
    predicted, measured, error_variance = predicted[:, told], measured[told], error_variance[told]
    if reach is None:
        return _moved(unknowns, predicted, measured, error_variance, inflation)
    reach = reach[:, told]
    moved = unknowns.copy()
    for pattern in np.unique(reach, axis=0):
        mine = np.flatnonzero((reach == pattern).all(axis=1))
        if pattern.any():
            moved[:, mine] = _moved(
                unknowns[:, mine], predicted[:, pattern], measured[pattern], error_variance[pattern], inflation
            )
    return moved


def _moved(
    unknowns: np.ndarray, predicted: np.ndarray, measured: np.ndarray, error_variance: np.ndarray, inflation: float
) -> np.ndarray:
    members = unknowns.shape[0]
    mean, told_mean = unknowns.mean(axis=0), predicted.mean(axis=0)
    away, told_away = unknowns - mean, predicted - told_mean  # (N, K), (N, M)
    weighted = told_away / error_variance  # (N, M) Y' R^-1
    precision = (members - 1) / inflation * np.eye(members) + weighted @ told_away.T
    values, vectors = np.linalg.eigh(precision)
    values = np.maximum(values, 1e-12)
    shift = vectors @ ((vectors.T @ (weighted @ (measured - told_mean))) / values)  # (N)
    spread = (vectors * np.sqrt((members - 1) / values)) @ vectors.T  # (N, N), symmetric
    moved: np.ndarray = mean + (spread + shift[None, :]) @ away
    return moved


def serial_analysis(
    unknowns: np.ndarray, predicted: np.ndarray, measured: np.ndarray, error_variance: np.ndarray
) -> np.ndarray:
    """Return the members' unknowns (N, ...) after one measurement of each, of which they had predicted (N, ...); one filter for each place of `...`.

    The serial square-root form of Whitaker and Hamill (2002), "Ensemble data assimilation without perturbed observations", Monthly
    Weather Review 130: for a single unknown and measurement it is `analysis`, and needs no matrix. Members that agree stay where they are.
    """
    members = unknowns.shape[0]
    away, told_away = unknowns - unknowns.mean(axis=0), predicted - predicted.mean(axis=0)
    told = (told_away**2).sum(axis=0) / (members - 1)
    gain = (away * told_away).sum(axis=0) / (members - 1) / (told + error_variance)
    reduced = gain / (1.0 + np.sqrt(error_variance / (told + error_variance)))
    mean = unknowns.mean(axis=0) + gain * (measured - predicted.mean(axis=0))
    return np.asarray(mean + away - reduced * told_away)
