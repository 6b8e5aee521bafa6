"""Choices as pure functions of utilities and draws: multinomial logit by an exponential race."""

from __future__ import annotations

import numpy as np

from sim.kernel import kernel


@kernel
def choose(utility: np.ndarray, draw: np.ndarray, alternatives: int) -> int:
    """Return the index of the chosen alternative, or -1 when there is none.

    Multinomial logit: P(i) = exp(utility[i]) / sum. The alternative whose exponential clock, of rate exp(utility), rings first is
    chosen: the same as the largest utility plus Gumbel draw, with one logarithm in place of two (McFadden 1974; Gumbel-max). Each
    alternative has its own draw in (0, 1), so that taking one away changes only the minds of those who wanted it. A utility of -inf is
    never chosen.
    """
    best = -1
    best_time = np.inf
    for index in range(alternatives):
        if utility[index] > -700.0:
            time = -np.log(draw[index]) * np.exp(-utility[index])
            if time < best_time:
                best_time = time
                best = index
    return best


@kernel
def pick_by_cumulative(cumulative: np.ndarray, start: int, end: int, draw: float) -> int:
    """Return the index in [start, end) whose share of the cumulative weights holds `draw`; weightless entries are never picked."""
    wanted = draw * cumulative[end - 1]
    low, high = start, end - 1
    while low < high:
        middle = (low + high) >> 1
        if cumulative[middle] > wanted:
            high = middle
        else:
            low = middle + 1
    return low


@kernel
def lognormal(mu: float, sigma: float, normal: float) -> float:
    """Return exp(mu + sigma normal)."""
    return np.exp(mu + sigma * normal)


@kernel
def weibull(scale: float, shape: float, draw: float) -> float:
    """Return a Weibull time; patience at tills and tables."""
    return scale * (-np.log(draw)) ** (1.0 / shape)
