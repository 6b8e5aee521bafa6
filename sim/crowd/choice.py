"""Choices as pure functions of utilities and draws: multinomial logit by an exponential race."""

from __future__ import annotations

import numpy as np

from sim.kernel import kernel

NEVER = -700.0  # exp(700) is the largest clock a double can hold; a utility at or below is never chosen


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
        if utility[index] > NEVER:
            # -ln(u) >= 1 - u and exp(-v) >= 1 - v: most alternatives cannot win, and need neither logarithm nor exponential.
            if (1.0 - draw[index]) * (1.0 - utility[index]) >= best_time:
                continue
            time = -np.log(draw[index]) * np.exp(-utility[index])
            if time < best_time:
                best_time = time
                best = index
    return best


@kernel
def pick_by_weight(pool: np.ndarray, start: int, end: int, draw: float) -> int:
    """Return the index in [start, end) whose share of the cumulative weights holds `draw`; weightless entries are never picked.

    The search starts from the entry's `guide`, the first index that a draw of its share of the range can fall on (Chen & Asau 1974),
    so that it takes one or two steps.
    """
    wanted = draw * pool[end - 1].cumulative
    index = start + pool[start + int(draw * (end - start))].guide
    while pool[index].cumulative <= wanted and index < end - 1:
        index += 1
    return index


@kernel
def lognormal(mu: float, sigma: float, normal: float) -> float:
    """Return exp(mu + sigma normal)."""
    return np.exp(mu + sigma * normal)


@kernel
def weibull(scale: float, shape: float, draw: float) -> float:
    """Return a Weibull time; patience at tills and tables."""
    return scale * (-np.log(draw)) ** (1.0 / shape)
