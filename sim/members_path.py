"""A nation's path to so many members: visitors who complete the portal join, regulars first, until those who come at all have joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaincinv

from sim.schema.network import MembersPathConfig

CLASSES = 200  # of visitors by how often they come
DAYS_PER_YEAR, DAYS_PER_MONTH = 365.0, 365.0 / 12
GOALS = (30e6, 100e6)  # of article S0: in the first year, and three years after it
GOAL_MONTHS = (12, 48)


@dataclass(frozen=True)
class MembersPath:
    """Members at the end of each month, the first entry being the start."""

    on_site: np.ndarray  # float64: who have joined in a mall, and still live where they come to one
    elsewhere: np.ndarray  # who have joined in the app or at partners
    visitors: np.ndarray  # who come at all
    joins_per_visitor_day: float

    @property
    def members(self) -> np.ndarray:
        """All of them."""
        return self.on_site + self.elsewhere

    def months_to(self, members: float) -> float | None:
        """Return after how many months there are so many, between two months by a straight line; None where they are not reached."""
        reached = np.flatnonzero(self.members >= members)
        if reached.size == 0:
            return None
        month = int(reached[0])
        if month == 0:
            return 0.0
        before, after = self.members[month - 1], self.members[month]
        return float(month - 1 + (members - before) / (after - before))


def members_path(given: MembersPathConfig, joins_per_visitor_day: float | None = None) -> MembersPath:
    """Return the path; `joins_per_visitor_day` is the chance that a stranger's visit makes a member, by simulated days where given.

    Visitors come gamma-distributed often, in classes of equal size, and each visit of a stranger makes a member with the same
    chance; so regulars have joined soon and the rest comes slowly (a beta-geometric law of trial, as in Fader & Hardie's models).
    Members by other ways are no visitors until they come.
    """
    joins = given.portal_share * given.join_share if joins_per_visitor_day is None else joins_per_visitor_day
    rate = _rates(given.visitor_days_per_day / given.visitors_distinct, given.visits_cv)
    daily_growth = (1 + given.growth_per_year) ** (1 / DAYS_PER_YEAR) - 1
    leave = 1 - (1 - given.turnover_per_year) ** (1 / DAYS_PER_YEAR)
    stays_out = np.exp(-joins * rate)
    start = min(given.at_start, given.visitors_distinct)
    size = given.visitors_distinct / CLASSES
    members = np.full(CLASSES, start / CLASSES)
    elsewhere, found = given.at_start - start, []
    month_ends = np.rint(np.arange(given.months + 1) * DAYS_PER_MONTH).astype(int)
    for day in range(int(month_ends[-1]) + 1):
        if day in month_ends:
            found.append((float(members.sum()), elsewhere, size * CLASSES))
        members = (size - (size - members) * stays_out) * (1 - leave)
        size *= 1 + daily_growth
        elsewhere += given.off_site_per_day
    columns = np.array(found).T
    return MembersPath(columns[0], columns[1], columns[2], joins)


def closed_form(given: MembersPathConfig, days: float) -> float:
    """Return the members on site after so many days without growth, turnover or members at the start: visitors x (1 - (1 + h m t cv^2)^(-1 / cv^2))."""
    mean = given.visitor_days_per_day / given.visitors_distinct
    square = given.visits_cv**2
    return float(
        given.visitors_distinct * (1 - (1 + given.portal_share * given.join_share * mean * days * square) ** (-1 / square))
    )


def off_site_needed(given: MembersPathConfig, members: float, months: int, joins_per_visitor_day: float | None = None) -> float:
    """Return the members a day who must join elsewhere so that there are so many after so many months; 0 where none need."""
    path = members_path(given, joins_per_visitor_day)
    month = min(months, given.months)
    short = members - float(path.members[month]) + given.off_site_per_day * month * DAYS_PER_MONTH
    return max(0.0, short / (month * DAYS_PER_MONTH))


def joins_simulated(days_of_malls: Sequence[Sequence[dict[str, Any]]]) -> float | None:
    """Return the joins for each visit of a stranger in simulated days of malls; None where nobody joined or days do not say it."""
    joined = strangers = 0.0
    for days in days_of_malls:
        for day in days or ():
            if day.get("members_joined") is None or day.get("visits_ended") is None:
                return None
            joined += day["members_joined"]
            strangers += day["visits_ended"] - day["visits_of_members"]
    return joined / strangers if strangers and joined else None


def answer(given: MembersPathConfig, simulated: float | None = None) -> dict[str, Any]:
    """Return whether and when the goals are reached: as given, over the range of what is not known, and what it would take."""
    low = {"portal_share": 0.02, "join_share": 0.10}
    high = {"portal_share": min(0.20, 1.0), "join_share": 0.58}
    paths = {"given": members_path(given, simulated), "low": _varied(given, low), "high": _varied(given, high)}
    goals = []
    for goal, months in zip(GOALS, GOAL_MONTHS, strict=True):
        month = min(months, given.months)
        goals.append(
            {
                "members": goal,
                "within_months": months,
                "after_months": month,  # of "then": fewer where fewer are looked at
                **{f"months_{name}": path.months_to(goal) for name, path in paths.items()},
                "members_then": float(paths["given"].members[month]),
                "visitors_then": float(paths["given"].visitors[month]),
                "off_site_per_day_needed": off_site_needed(given, goal, months, simulated),
            }
        )
    return {
        "joins_per_visitor_day": paths["given"].joins_per_visitor_day,
        "is_simulated": simulated is not None,
        "members_by_month": {name: np.rint(path.members).astype(np.int64).tolist() for name, path in paths.items()},
        "visitors_by_month": np.rint(paths["given"].visitors).astype(np.int64).tolist(),
        "goals": goals,
    }


def _varied(given: MembersPathConfig, changed: dict[str, float]) -> MembersPath:
    varied = MembersPathConfig(**{**vars(given), **changed})
    return members_path(varied)


def _rates(mean: float, cv: float) -> np.ndarray:
    """Return visits a day of each class: the gamma law's quantiles in the middle of classes of equal size, with its mean."""
    shape = 1 / cv**2
    quantiles = gammaincinv(shape, (np.arange(CLASSES) + 0.5) / CLASSES)
    rates: np.ndarray = quantiles / quantiles.mean() * mean
    return rates
