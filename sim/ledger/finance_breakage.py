"""How many points will never be spent: four ways to tell it from what has been seen, each with its own way to be wrong."""

from __future__ import annotations

import numpy as np


def by_ratio(issued: float, spent: float) -> float | None:
    """Return the share of points issued that are not spent yet: too much as long as somebody may still spend them."""
    return max(0.0, 1.0 - spent / issued) if issued > 0 else None


def by_chain_ladder(issued: np.ndarray, spent: np.ndarray) -> float | None:
    """Return the share never spent, by cohorts: `spent[cohort, age]` is cumulated, NaN where it lies ahead.

    Each cohort goes on as older ones did at its age (link ratios of sums); none goes on beyond the oldest, so that
    points without an end look as if they had one: too much breakage as long as the oldest cohort is still being spent.
    """
    cohorts, ages = spent.shape
    if cohorts == 0 or issued.sum() <= 0 or not np.nansum(spent) > 0:
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
