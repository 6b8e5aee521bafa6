"""Forecasts counts of a place from its own history: tomorrow by weekday and level, the next hours by an ensemble that follows the day.

A count is the usual count of that weekday and time of day, times how the days are going lately, times how today goes. How fast
the usual forgets and how much of a deviation lasts are chosen each day among candidates by their errors on the days before, so that
nothing is tuned to the data that it is judged by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from scipy.special import ndtri

from sim.forecasting.filter import analysis

MEMBERS = 24
DAYS_NEEDED = 21  # before the first forecast: three of each weekday
JUDGED_DAYS = 28  # of the past, by which candidates are chosen
RESIDUALS_KEPT = 500
LEAST = 1.0  # counts below one are taken as one, so that they have a logarithm


@dataclass(frozen=True)
class Usual:
    """How the usual day is made: weight of a day halves in so many days; the share of the recent deviation that is carried on."""

    halves_in_days: float
    carried_share: float
    level_halves_in_days: float


@dataclass(frozen=True)
class Course:
    """How today is followed: sd of the deviation's walk from bin to bin, and of a single measurement, in parts of the usual residual."""

    walk_part: float
    error_part: float
    lasting: float  # share of the deviation that is left after a bin


USUALS = tuple(Usual(*row) for row in product((5.0, 12.0, 30.0), (0.0, 0.5, 1.0), (2.0, 7.0)))
HALVES = tuple(sorted({how.halves_in_days for how in USUALS}))
COURSES = tuple(Course(*row) for row in product((0.3, 1.0), (0.1, 0.7), (0.9, 1.0)))


def usual_day(past: np.ndarray, weekday_of: np.ndarray, weekday: int, halves_in_days: float) -> np.ndarray:
    """Return the count of each bin of a day (B) that the days before it (D, B; NaN not known) make one expect; NaN where they do not."""
    age = np.arange(past.shape[0], 0, -1, dtype=float)
    told = np.isfinite(past)
    weight = np.where(weekday_of == weekday, 0.5 ** (age / halves_in_days), 0.0)[:, None] * told
    total = weight.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(total > 0, (weight * np.where(told, past, 0.0)).sum(axis=0) / total, np.nan))


@dataclass
class PlaceHistory:
    """The days of one place so far, in order, and what each candidate would have said of each."""

    most: float = np.inf  # a car park has so many bays
    days: list[np.ndarray] = field(default_factory=list)
    weekdays: list[int] = field(default_factory=list)
    _levels: dict[float, list[float]] = field(default_factory=lambda: {half: [] for half in HALVES})  # log (day / usual day)
    _errors: dict[Usual, list[float]] = field(default_factory=lambda: {how: [] for how in USUALS})

    def foretell(self, weekday: int) -> np.ndarray | None:
        """Return the coming day's counts (B) as expected the evening before; None while the history is too short."""
        if len(self.days) < DAYS_NEEDED:
            return None
        best = min(USUALS, key=lambda how: (_recent(self._errors[how]), USUALS.index(how)))
        return np.minimum(self._said_by(best, self._usual(best.halves_in_days, weekday)), self.most)

    def add(self, counts: np.ndarray, weekday: int) -> None:
        """Take a day (B counts, NaN not known) that is over."""
        counts = np.asarray(counts, float)
        if len(self.days) >= 7:
            usual = {half: self._usual(half, weekday) for half in HALVES}
            both = {half: np.isfinite(usual[half]) & np.isfinite(counts) for half in HALVES}
            for how in USUALS:
                here = both[how.halves_in_days]
                if here.any():
                    off = np.abs(self._said_by(how, usual[how.halves_in_days]) - counts)[here].sum()
                    self._errors[how].append(float(off / max(counts[here].sum(), LEAST)))
            for half, here in both.items():
                if here.any():
                    self._levels[half].append(
                        float(np.log(max(counts[here].sum(), LEAST) / max(usual[half][here].sum(), LEAST)))
                    )
        self.days.append(counts)
        self.weekdays.append(weekday)

    def level_sd(self) -> float:
        """Return by how much whole days deviate from what was expected, as a standard deviation of logarithms."""
        found = self._levels[HALVES[0]][-2 * JUDGED_DAYS :]
        return max(float(np.std(found)), 0.02) if len(found) > 1 else 0.2

    def _usual(self, halves_in_days: float, weekday: int) -> np.ndarray:
        return usual_day(np.array(self.days), np.array(self.weekdays), weekday, halves_in_days)

    def _said_by(self, how: Usual, usual: np.ndarray) -> np.ndarray:
        levels = np.array(self._levels[how.halves_in_days][-JUDGED_DAYS:])
        if not levels.size:
            return usual
        weight = 0.5 ** (np.arange(levels.size, 0, -1) / how.level_halves_in_days)
        return np.asarray(usual * np.exp(how.carried_share * (weight * levels).sum() / weight.sum()))


@dataclass
class DayFollowed:
    """Today as it goes: an ensemble of deviations for each candidate, moved by every count that comes in."""

    expected: np.ndarray  # (B)
    residuals: dict[int, list[float]]  # log(happened / foretold) by how many bins ahead, of days before and of today
    errors: dict[Course, list[float]]  # of the next bin, by candidate
    level_sd: float
    most: float = np.inf
    _state: dict[Course, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with the spread of whole days."""
        start = self.level_sd * _quantiles(MEMBERS)[:, None]
        self._state = {how: start.copy() for how in COURSES}

    def foretell(self, index: int, ahead: int) -> np.ndarray:
        """Return the members' counts of bin `index`, from what is known `ahead` bins before it; their spread is that of past errors."""
        middle = self.middle_now(index, ahead)
        off = np.array(self.residuals.get(ahead, ())[-RESIDUALS_KEPT:])
        if off.size >= 2 * MEMBERS:
            spread = np.quantile(off, (np.arange(MEMBERS) + 1) / (MEMBERS + 1))
        else:
            spread = self.level_sd * _quantiles(MEMBERS)
        return np.minimum(middle * np.exp(spread), self.most)

    def middle_now(self, index: int, ahead: int) -> float:
        """Return the expected count of a bin by the candidate that has erred least lately."""
        how = min(COURSES, key=lambda one: (_recent(self.errors[one], RESIDUALS_KEPT), COURSES.index(one)))
        return self.middle(how, index, ahead)

    def middle(self, how: Course, index: int, ahead: int) -> float:
        """Return the expected count of a bin."""
        deviation = float(self._state[how].mean()) * how.lasting**ahead
        return float(min(self.expected[index] * np.exp(deviation), self.most))

    def take(self, index: int, count: float) -> None:
        """Move every candidate's ensemble by the count of a bin."""
        typical = self._typical()
        expected = self.expected[index]
        if not (np.isfinite(count) and np.isfinite(expected) and expected > 0):
            return
        told = np.array([np.log(max(count, LEAST) / max(expected, LEAST))])
        for how in COURSES:
            self.errors[how].append(abs(self.middle(how, index, 1) - count) / max(expected, LEAST))
            prior = self._state[how] * how.lasting
            # The walk widens the ensemble by its variance without a draw.
            var = float(prior.var(ddof=1)) + (how.walk_part * typical) ** 2
            prior = prior.mean() + (prior - prior.mean()) * np.sqrt(var / max(float(prior.var(ddof=1)), 1e-12))
            error = (how.error_part * typical) ** 2 + 1.0 / max(expected, LEAST)
            self._state[how] = analysis(prior, prior, told, np.array([error]))

    def _typical(self) -> float:
        """Return the usual sd of a log residual, at whatever distance is judged."""
        kept = [off for found in self.residuals.values() for off in found[-RESIDUALS_KEPT:]]
        return float(np.sqrt(np.mean(np.square(kept)))) if len(kept) >= 2 * MEMBERS else self.level_sd


def _quantiles(count: int) -> np.ndarray:
    """Return the `count` points that cut a normal distribution into equal parts, scaled to a standard deviation of 1."""
    found = ndtri((np.arange(count) + 1) / (count + 1))
    return np.asarray(found / found.std())


def _recent(errors: Sequence[float], count: int = JUDGED_DAYS) -> float:
    return float(np.mean(errors[-count:])) if errors else np.inf
