"""Holds forecasts against a history that happened: day by day and bin by bin, from the past alone, beside the seasonal-naive forecast."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.forecasting.history import COURSES, LEAST, Course, DayFollowed, PlaceHistory
from sim.forecasting.scores import absolute_error_share, covered_share, crps


@dataclass(frozen=True)
class Judged:
    """How forecasts of one place at one distance did, beside the same weekday and time a week before."""

    place: str
    ahead: str  # "day" or "hour"
    forecasts: int
    error_share: float  # sum of absolute errors / sum of counts
    naive_error_share: float
    crps_mean: float | None  # None for a forecast without an ensemble
    covered_share: float | None  # how often the 90 % interval held what happened

    @property
    def is_won(self) -> bool:
        """Whether the error is below that of the naive forecast."""
        return self.error_share < self.naive_error_share


def backtest(place: str, days: np.ndarray, weekdays: np.ndarray, bins_per_hour: int, most: float = np.inf) -> list[Judged]:
    """Return how day-ahead and hour-ahead forecasts did on a history (D days, B bins; NaN not known), each from what was before it.

    The naive forecast is the count of the same bin a week before, for both distances. Bins in which either is not known are left out.
    """
    history = PlaceHistory(most)
    residuals: dict[int, list[float]] = {}
    errors: dict[Course, list[float]] = {how: [] for how in COURSES}
    told = _Told()
    for day, counts in enumerate(days):
        expected = history.foretell(int(weekdays[day]))
        if expected is not None:
            followed = DayFollowed(expected, residuals, errors, history.level_sd(), most)
            _live(followed, counts, days[day - 7], bins_per_hour, told)
        history.add(counts, int(weekdays[day]))
    return told.judged(place)


@dataclass
class _Told:
    """What was foretold, what happened, and what the week before would have said."""

    day: list[tuple[float, float, float]] = field(default_factory=list)
    hour: list[tuple[float, float]] = field(default_factory=list)
    members: list[np.ndarray] = field(default_factory=list)

    def judged(self, place: str) -> list[Judged]:
        if not self.day or not self.hour:
            return []
        day, hour, members = np.array(self.day), np.array(self.hour), np.array(self.members).T
        middle = np.median(members, axis=0)
        return [
            Judged(
                place, "day", len(day), absolute_error_share(day[:, 2], day[:, 0]), absolute_error_share(day[:, 1], day[:, 0]), None, None
            ),
            Judged(
                place, "hour", len(hour), absolute_error_share(middle, hour[:, 0]), absolute_error_share(hour[:, 1], hour[:, 0]),
                float(crps(members, hour[:, 0]).mean()), covered_share(members, hour[:, 0]),
            ),
        ]  # fmt: skip


def _live(followed: DayFollowed, counts: np.ndarray, week_before: np.ndarray, ahead: int, told: _Told) -> None:
    """Follow a day: each bin is foretold from what was known `ahead` bins before it."""
    for index, count in enumerate(counts):
        if index >= ahead:
            followed.take(index - ahead, counts[index - ahead])
        expected = followed.expected[index]
        if not np.isfinite([count, expected, week_before[index]]).all():
            continue
        told.day.append((count, week_before[index], expected))
        if index >= ahead:
            members = followed.foretell(index, ahead)
            told.members.append(members)
            told.hour.append((count, week_before[index]))
            off = np.log(max(count, LEAST) / max(followed.middle_now(index, ahead), LEAST))
            followed.residuals.setdefault(ahead, []).append(float(off))
