"""The usual day of many places whose counts may be small: totals by weekday, courses by trade, each leaning on more where little is known.

A place's day is its usual total on days of the kind (workdays, days off), times what the weekday makes of all places of its trade, spread
over the day by its own course, which leans on that of its trade. How fast old days are forgotten, how often a weekday must be seen before it
counts, and how much of the last days' level is carried on, are chosen for each trade by what each choice would have said of the days before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

KINDS = 2  # of days: workdays, and days off
WEEK = 7
COURSE_COUNTS = 60.0  # counts of a place's own that weigh as much as its trade's course; engineering judgement
LEVEL_HALVES_IN_DAYS = 3.0
DEVIANCE_HALVES_IN_DAYS = 14.0
LEVEL_SD = 0.25  # log-sd of whole days about what was expected, before any is known; engineering judgement
OWN_SD = 0.25  # the same of one place about all of its trade
OWN_SD_LEAST = 0.02
OWN_LEARNS = 0.1  # of a day
LEVELS_KEPT = 56
KEPT = ("weights", "totals", "courses", "levels", "deviance", "own")
SMOOTHED = np.array([0.25, 0.5, 0.25])  # neighbouring bins, of a course


@dataclass(frozen=True)
class Choice:
    """How a usual day is made."""

    halves_in_days: float  # weight of a day
    weekday_days: float  # days of a weekday that weigh as much as all days of its kind
    carried_share: float  # of the last days' deviation


CHOICES = tuple(Choice(*row) for row in product((7.0, 28.0), (0.5, 2.0, 8.0), (0.0, 0.5)))
HALVES = tuple(sorted({each.halves_in_days for each in CHOICES}))


class UsualDays:
    """What the days so far tell of the next, for P places in B bins of a day."""

    def __init__(self, trades: Sequence[str], bins: int) -> None:
        """Know nothing; `trades` has one word for each place."""
        names = sorted(set(trades))
        self.trade = np.array([names.index(each) for each in trades], np.int64)
        self.trades = len(names)
        places = len(trades)
        self._weights = np.zeros((len(HALVES), WEEK))
        self._totals = np.zeros((len(HALVES), WEEK, places))
        self._courses = np.zeros((len(HALVES), KINDS, places, bins))
        self._levels = np.zeros((0, len(CHOICES), self.trades))  # log (day / day as said), of the last days
        self._deviance = np.zeros((len(CHOICES), self.trades))
        self._own = np.full(self.trades, OWN_SD**2)  # running mean of the variance of places' own deviations

    @property
    def knows(self) -> bool:
        """Whether there was any day."""
        return bool(self._weights.any())

    def expected(self, weekday: int, is_off: bool) -> np.ndarray:
        """Return the counts (P, B) of a day as expected the evening before; zeros where no day is known. `weekday` 0 is Monday."""
        best = self._deviance.argmin(axis=0)  # (T)
        found = np.zeros(self._courses.shape[2:])
        for choice in np.unique(best).tolist():
            mine = best[self.trade] == choice
            found[mine] = self._said(choice, weekday, is_off)[mine]
        return found

    def level_sd(self) -> np.ndarray:
        """Return for each trade (T) the log-sd of whole days about what was expected of all its places together."""
        best = self._deviance.argmin(axis=0)
        found = self._levels[:, best, np.arange(self.trades)]
        return np.asarray(np.sqrt(((found**2).sum(axis=0) + LEVEL_SD**2) / (found.shape[0] + 1)))

    def own_sd(self) -> np.ndarray:
        """Return for each trade (T) the log-sd of a place's day about what was expected, once that of its trade is known."""
        return np.asarray(np.sqrt(self._own))

    def add(self, counts: np.ndarray, weekday: int, is_off: bool) -> None:
        """Take a day (P, B) that is over."""
        counts = np.asarray(counts, float)
        if self.knows:
            self._judge(counts.sum(axis=1), weekday, is_off)
        day, kind = _as_lived(weekday, is_off), int(is_off)
        for at, half in enumerate(HALVES):
            keeps = 0.5 ** (1.0 / half)
            for kept in (self._weights, self._totals, self._courses):
                kept[at] *= keeps
            self._weights[at, day] += 1.0
            self._totals[at, day] += counts.sum(axis=1)
            self._courses[at, kind] += counts

    def state(self) -> dict[str, Any]:
        """Return what it must be given back to go on."""
        return {name: np.array(getattr(self, f"_{name}")) for name in KEPT}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` has returned."""
        for name in KEPT:
            setattr(self, f"_{name}", np.array(state[name]))

    def _judge(self, totals: np.ndarray, weekday: int, is_off: bool) -> None:
        """Take what each choice would have said of a day's totals (P) into its deviance, and by how much the day was off."""
        keeps = 0.5 ** (1.0 / DEVIANCE_HALVES_IN_DAYS)
        best, expected = self._deviance.argmin(axis=0), self.expected(weekday, is_off).sum(axis=1)
        levels = np.zeros((len(CHOICES), self.trades))
        for choice in range(len(CHOICES)):
            said = self._said(choice, weekday, is_off).sum(axis=1)
            levels[choice] = np.log(np.maximum(self._by_trade(totals), 1.0) / np.maximum(self._by_trade(said), 1.0))
            self._deviance[choice] = keeps * self._deviance[choice] + self._by_trade(deviance(totals, said))
        own = expected * np.exp(levels[best, np.arange(self.trades)])[self.trade]
        beyond = self._by_trade((totals - own) ** 2 - own) / np.maximum(self._by_trade(own**2), 1.0)
        self._own += OWN_LEARNS * (np.maximum(beyond, OWN_SD_LEAST**2) - self._own)
        self._levels = np.concatenate([self._levels, levels[None]])[-LEVELS_KEPT:]

    def _said(self, choice: int, weekday: int, is_off: bool) -> np.ndarray:
        """Return the counts (P, B) of a day as one choice expects them."""
        how = CHOICES[choice]
        at, day, kind = HALVES.index(how.halves_in_days), _as_lived(weekday, is_off), int(is_off)
        weights, totals = self._weights[at], self._totals[at]
        if not weights.any():
            return np.zeros(self._courses.shape[2:])
        of_kind = np.arange(WEEK) >= 5 if is_off else np.arange(WEEK) < 5
        usual = totals.sum(axis=0) / weights.sum()  # (P) of any day
        in_kind = _leaning(totals[of_kind].sum(axis=0), weights[of_kind].sum(), usual, 1.0)
        kind_of_trade = self._by_trade(in_kind)
        of_weekday = _leaning(self._by_trade(totals[day]), weights[day], kind_of_trade, how.weekday_days)
        ratio = of_weekday / np.maximum(kind_of_trade, 1e-9)
        if how.carried_share:
            ratio = ratio * np.exp(how.carried_share * self._level(choice))
        return np.asarray((ratio[self.trade] * in_kind)[:, None] * self._course(at, kind))

    def _course(self, at: int, kind: int) -> np.ndarray:
        """Return the share of a day's counts in each bin, (P, B): each row adds up to 1, or is 0 where its trade never had any."""
        courses = self._courses[at]
        if courses.shape[2] >= SMOOTHED.size:
            courses = np.apply_along_axis(np.convolve, 2, courses, SMOOTHED, "same")
        of_trade = np.zeros((KINDS, self.trades, courses.shape[2]))
        for each in range(KINDS):
            np.add.at(of_trade[each], self.trade, courses[each])
        pooled = _shares(of_trade[kind] + COURSE_COUNTS * _shares(of_trade.sum(axis=0)))
        return _shares(courses[kind] + COURSE_COUNTS * pooled[self.trade])

    def _level(self, choice: int) -> np.ndarray:
        """Return how the last days of each trade (T) were off what this choice said."""
        levels = self._levels[:, choice]
        weight = 0.5 ** (np.arange(levels.shape[0], 0, -1) / LEVEL_HALVES_IN_DAYS)
        return np.asarray((weight[:, None] * levels).sum(axis=0) / max(weight.sum(), 1e-9))

    def _by_trade(self, values: np.ndarray) -> np.ndarray:
        return np.bincount(self.trade, values, self.trades)


def deviance(counts: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return twice by how much likelier counts are under themselves than under Poisson laws of the expected means; shapes broadcast."""
    expected = np.maximum(expected, 1e-3)  # nothing is impossible
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(counts > 0, counts * np.log(counts / expected), 0.0)
    return np.asarray(2.0 * (part - counts + expected))


def _as_lived(weekday: int, is_off: bool) -> int:
    """Return the weekday that a day is lived like: a holiday like a Sunday, a Saturday that is worked like a Monday."""
    return weekday if is_off == (weekday >= 5) else 6 if is_off else 0


def _leaning(total: Any, weight: Any, on: Any, days: float) -> Any:
    return (total + days * on) / (weight + days)


def _shares(counts: np.ndarray) -> np.ndarray:
    return np.asarray(counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1e-12))
