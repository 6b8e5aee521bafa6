"""How many points will never be spent: four ways to tell it from what has been seen, each with its own way to be wrong."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln


def by_ratio(issued: float, spent: float) -> float | None:
    """Return the share of points issued that are not spent yet: too much as long as somebody may still spend them."""
    return max(0.0, 1.0 - spent / issued) if issued > 0 else None


def by_chain_ladder(issued: np.ndarray, spent: np.ndarray) -> float | None:
    """Return the share never spent, by cohorts: `spent[cohort, age]` is cumulated, NaN where it lies ahead.

    Each cohort goes on as older ones did at its age (link ratios of sums); none goes on beyond the oldest, so that
    points without an end look as if they had one: too much breakage as long as the oldest cohort is still being spent.
    """
    cohorts, ages = spent.shape
    if cohorts == 0 or issued.sum() <= 0:
        return None
    to_go = np.ones(ages)  # factor from each age to the last
    for age in range(ages - 2, -1, -1):
        seen = ~np.isnan(spent[:, age + 1])
        now, later = float(spent[seen, age].sum()), float(spent[seen, age + 1].sum())
        to_go[age] = to_go[age + 1] * (later / now if now > 0 else 1.0)
    latest = np.maximum(np.count_nonzero(~np.isnan(spent), axis=1) - 1, 0)
    here = np.nan_to_num(spent[np.arange(cohorts), latest])
    ultimate = np.minimum(here * to_go[latest], issued)
    # A cohort too young to have a factor of its own (nothing spent yet) is taken for the mean of the others.
    told = here > 0
    share = float(ultimate[told].sum()) / float(issued[told].sum()) if told.any() else 0.0
    return max(0.0, 1.0 - (float(ultimate[told].sum()) + share * float(issued[~told].sum())) / float(issued.sum()))


def by_hazard(
    point_years: float, spent: float, gone_per_year: float, burn_per_year: float, credibility_years: float, mean_out: float
) -> float:
    """Return the share of points out that their members will not live to spend: spending and going compete.

    The rate of spending is what was believed before, and what was seen, in proportion to the time of each (Buehlmann's credibility).
    """
    believed = credibility_years * max(mean_out, 1e-12)
    burn = (burn_per_year * believed + spent) / (believed + point_years)
    total = burn + gone_per_year
    return gone_per_year / total if total > 0 else 0.0


class Loyalty(NamedTuple):
    """BG/NBD (Fader, Hardie & Lee 2005): visits at rates Gamma(r, alpha); after each a member is gone with a chance Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float


def fitted(visits: np.ndarray, last: np.ndarray, age: np.ndarray) -> Loyalty:
    """Return the most likely Loyalty of members, by their visits after the first, the time of the last of them, and of the end, both since the first."""

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
    gone = (of.a + 0.0) / (of.a + of.b + visits)  # of going after each visit, as the visits so far have told
    spends = burn_share / (1.0 - (1.0 - burn_share) * (1.0 - gone))
    return 1.0 - float((held * alive_share(of, visits, last, age) * spends).sum()) / float(held.sum())
