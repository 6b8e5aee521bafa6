"""The public calendar of a mall: what kind of day it is, and how many come on such a day."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt

import numpy as np
from scipy.special import ndtri

from sim.config import RunConfig
from sim.random_streams import stream_key, uniforms
from sim.schema.calendar import CalendarConfig, CalendarEventConfig
from sim.units import minutes_from_hours
from sim.weather import Weather, variance_of_visits, weather_of

SATURDAY, FRIDAY = 5, 4
COUNTRIES = {"china": "CN", "united_states": "US"}


@dataclass(frozen=True)
class Rush:
    """Hours of a day in which more people come, or fewer."""

    from_min: int
    to_min: int
    factor: float


@dataclass(frozen=True)
class Day:
    """One day of the calendar."""

    date: datetime.date
    is_weekend: bool  # by which profile and party sizes go: Saturday, Sunday, or a holiday
    factor: float  # visits relative to the average day, as anybody could foresee them
    luck: float  # and what nobody could, mean 1
    holiday: str = ""  # its name
    events: tuple[str, ...] = ()  # their names
    rushes: tuple[Rush, ...] = ()  # of events that have hours
    season: float = 1.0  # part of `factor`
    weather: Weather | None = None

    def by_mode(self, by_car: np.ndarray) -> np.ndarray:
        """Return what the weather makes of visits by car (true) and on foot or by public transport."""
        if self.weather is None:
            return np.ones(by_car.size)
        return np.where(by_car, self.weather.car_factor, self.weather.foot_factor)

    @property
    def stay_factor(self) -> float:
        """What the weather makes of the intended length of a visit."""
        return 1.0 if self.weather is None else self.weather.stay_factor

    def of_minutes(self) -> np.ndarray:
        """Return by which more come in each of the day's 1,440 minutes because of events with hours."""
        found = np.ones(1440)
        for rush in self.rushes:
            found[rush.from_min : rush.to_min] *= rush.factor
        return found


def day_of(config: RunConfig, date: datetime.date | None = None) -> Day:
    """Return a day of the calendar, the first of the run unless another is asked for."""
    population, calendar = config.population, config.calendar
    date = date or datetime.date.fromisoformat(config.date)
    draw = uniforms(stream_key(config.seed, "day total"), np.array([date.toordinal()]), 0)[0]
    variance = log(1 + luck_cv(config) ** 2)
    luck = float(np.exp(sqrt(variance) * ndtri(draw) - variance / 2))
    events = [event for event in calendar.events if _takes_place(event, date)]
    factor = population.free_wifi_factor * _ordinary_factor(calendar, population.weekday_factors, date)
    for event in events:
        factor *= event.factor if not str(event.starts) else 1.0
    rushes = [
        Rush(minutes_from_hours(event.starts), minutes_from_hours(event.ends), event.factor)
        for event in events
        if str(event.starts)
    ]
    return Day(
        date=date,
        is_weekend=is_like_weekend(calendar, date) or any(event.like_weekend for event in events),
        factor=factor,
        luck=luck,
        holiday=holiday_name(calendar.holidays, date),
        events=tuple(event.name for event in events),
        rushes=tuple(rushes),
        season=calendar.season_factors[date.month - 1],
        weather=weather_of(calendar, config.seed, date),
    )


def luck_cv(config: RunConfig) -> float:
    """Return the sd / mean of a day's luck: what rain does not explain of population.day_total_cv, the two together."""
    population = config.population
    return sqrt(max(population.day_total_cv**2 - variance_of_visits(config.calendar, population.car_share), 0.0))


def is_like_weekend(calendar: CalendarConfig, date: datetime.date) -> bool:
    """Return whether a date is a Saturday, a Sunday or a holiday; not when it is worked instead of a holiday."""
    if holiday_name(calendar.holidays, date):
        return True
    return date.weekday() >= SATURDAY and not _is_worked(calendar.holidays, date)


def holiday_name(whose: str, date: datetime.date) -> str:
    """Return the name of the public holiday on a date, empty where it is none."""
    return "" if whose == "none" else _holidays(whose, date.year)[0].get(date, "")


def _is_worked(whose: str, date: datetime.date) -> bool:
    return whose != "none" and date in _holidays(whose, date.year)[1]


@lru_cache(maxsize=64)
def _holidays(whose: str, year: int) -> tuple[dict[datetime.date, str], frozenset[datetime.date]]:
    """Return a year's public holidays by date, and the days of weekends on which people work instead."""
    import holidays  # only wanted where a run has any

    found = holidays.country_holidays(COUNTRIES[whose], years=year, language="en_US")
    return {day: str(name) for day, name in found.items()}, frozenset(getattr(found, "weekend_workdays", ()))


def _ordinary_factor(calendar: CalendarConfig, weekdays: list[float], date: datetime.date) -> float:
    """Return what weekday, holiday and season make of a day; over a calendar year they leave the weekdays' own mean as it is."""
    if calendar.holidays == "none" and len(set(calendar.season_factors)) == 1:
        return weekdays[date.weekday()]
    args = calendar.holidays, calendar.holiday_factor, tuple(calendar.season_factors), tuple(weekdays)
    return _raw_factor(*args, date) / _year_mean(*args, date.year)


def _raw_factor(
    whose: str, holiday_factor: float, seasons: tuple[float, ...], weekdays: tuple[float, ...], date: datetime.date
) -> float:
    ordinary = weekdays[FRIDAY if _is_worked(whose, date) else date.weekday()]
    factor = holiday_factor if holiday_name(whose, date) else ordinary
    return factor * seasons[date.month - 1]


@lru_cache(maxsize=64)
def _year_mean(whose: str, holiday_factor: float, seasons: tuple[float, ...], weekdays: tuple[float, ...], year: int) -> float:
    """Return the mean of the raw factors over a year's days relative to that of the weekdays alone."""
    first = datetime.date(year, 1, 1)
    days = [first + datetime.timedelta(days=number) for number in range(365)]
    raw = sum(_raw_factor(whose, holiday_factor, seasons, weekdays, day) for day in days)
    plain = sum(weekdays[day.weekday()] for day in days)
    return raw / plain if plain > 0 and raw > 0 else 1.0


def _takes_place(event: CalendarEventConfig, date: datetime.date) -> bool:
    first = datetime.date.fromisoformat(event.first)
    return first <= date <= datetime.date.fromisoformat(event.last or event.first)
