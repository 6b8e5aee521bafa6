"""Which members have gone for good, by their visits alone: the BG/NBD model of Fader, Hardie & Lee (2005), and what goes with them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln


class Loyalty(NamedTuple):
    """BG/NBD (Fader, Hardie & Lee 2005): visits at rates Gamma(r, alpha); after each a member is gone with a chance Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float


def fitted(visits: np.ndarray, last: np.ndarray, age: np.ndarray) -> Loyalty:
    """Return the most likely Loyalty of members, by their visits after the first; last: the time of the last, age: of the end, both since it."""

    def loss(logs: np.ndarray) -> float:
        return -float(np.mean(_log_likelihood(Loyalty(*np.exp(np.clip(logs, -12, 12)).tolist()), visits, last, age)))

    scale = float(np.mean(age)) or 1.0
    found = minimize(loss, np.log([1.0, scale / max(float(visits.mean()), 0.1), 1.0, 5.0]), method="Nelder-Mead")
    return Loyalty(*np.exp(found.x).tolist())


def _log_likelihood(of: Loyalty, visits: np.ndarray, last: np.ndarray, age: np.ndarray) -> np.ndarray:
    r, alpha, a, b = of
    head = gammaln(r + visits) - gammaln(r) + r * np.log(alpha)
    there = betaln(a, b + visits) - betaln(a, b) - (r + visits) * np.log(alpha + age)
    gone = betaln(a + 1, b + np.maximum(visits, 1) - 1) - betaln(a, b) - (r + visits) * np.log(alpha + last)
    return np.asarray(head + np.where(visits > 0, np.logaddexp(there, gone), there))


def alive_share(of: Loyalty, visits: np.ndarray, last: np.ndarray, age: np.ndarray) -> np.ndarray:
    """Return the probability that each member has not gone."""
    r, alpha, a, b = of
    log_odds = np.log(a / (b + np.maximum(visits, 1) - 1)) + (r + visits) * (np.log(alpha + age) - np.log(alpha + last))
    return np.where(visits > 0, 1.0 / (1.0 + np.exp(np.minimum(log_odds, 700.0))), 1.0)


def by_members(
    of: Loyalty, visits: np.ndarray, last: np.ndarray, age: np.ndarray, held: np.ndarray, burn_share: float
) -> float | None:
    """Return the share of points held that will never be spent, when those held are spent at a visit with a chance of `burn_share`."""
    if held.sum() <= 0:
        return None
    gone = of.a / (of.a + of.b + visits)  # of going after each visit, as the visits so far have told
    spends = burn_share / (1.0 - (1.0 - burn_share) * (1.0 - gone))
    return 1.0 - float((held * alive_share(of, visits, last, age) * spends).sum()) / float(held.sum())
