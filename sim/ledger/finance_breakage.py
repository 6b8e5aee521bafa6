"""How many points will never be spent: four ways to tell it from what has been seen, each with its own way to be wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass

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


@dataclass
class Hazard:
    """Spending and going compete for every point: whose member has gone stays out for ever, and no other rate can touch it.

    The rate of spending of those who have not gone is what was believed before and what was seen, in proportion to the time of
    each (Buehlmann's credibility).
    """

    gone_per_year: float
    burn_per_year: float  # as believed
    credibility_years: float
    years: float = 0.0  # that were seen
    live_years: float = 0.0  # points of members who have not gone, times years
    lost: float = 0.0  # points of members who have gone

    def see(self, out: float, years: float) -> None:
        """So many points were out for some time."""
        live = max(out - self.lost, 0.0)
        self.years += years
        self.live_years += live * years
        self.lost = min(out, self.lost - live * math.expm1(-self.gone_per_year * years))

    def burn(self, spent: float) -> float:
        """Return the rate of spending a year, when so much has been spent."""
        believed = self.credibility_years * (self.live_years / self.years if self.years else 1.0)
        seen = believed + self.live_years
        return (self.burn_per_year * believed + spent) / seen if seen > 0 else self.burn_per_year

    def never(self, out: float, spent: float) -> float:
        """Return how many of the points that are out will never be spent."""
        lost = min(self.lost, out)
        rates = self.gone_per_year + self.burn(spent)
        return lost + (out - lost) * (self.gone_per_year / rates if rates > 0 else 0.0)
