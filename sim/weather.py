"""The weather of a date: wet or dry, rain, temperature; a chain whose every day can be asked for by itself."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import lru_cache
from math import log

import numpy as np
from scipy.special import ndtr, ndtri

from sim.random_streams import stream_key, uniforms
from sim.schema.calendar import CalendarConfig

TEMPERATURE_SD_C = 3.5  # of a day about its month's mean; engineering judgement
MEMORY_DAYS = 5  # whose draws a day's temperature is made of, each weighing 0.7 of the next
MIX_DAYS = 400  # so far back no chain of a persistence of 0.9 is still undecided


@dataclass(frozen=True)
class Climate:
    """A city's year by month."""

    wet_days: tuple[float, ...]
    rain_mm: tuple[float, ...]
    mean_c: tuple[float, ...]


# Shanghai Xujiahui 1981-2010 (China Meteorological Administration); Chicago O'Hare 1991-2020 (NOAA), quoted from memory.
CLIMATES = {
    "shanghai": Climate(
        (9.9, 9.2, 12.4, 11.2, 10.4, 12.7, 11.4, 12.3, 9.1, 6.9, 7.6, 7.7),
        (74.4, 59.1, 93.8, 74.2, 84.5, 181.8, 145.7, 213.7, 87.1, 55.6, 52.3, 43.9),
        (4.8, 6.6, 10.0, 15.3, 20.7, 24.4, 28.6, 28.3, 24.9, 19.7, 13.7, 7.6),
    ),
    "chicago": Climate(
        (11.0, 9.4, 11.1, 12.0, 12.4, 11.1, 10.0, 9.3, 8.4, 10.8, 10.2, 10.8),
        (50.5, 50.0, 62.7, 95.3, 114.0, 104.1, 94.2, 108.0, 81.0, 87.4, 63.0, 53.6),
        (-3.8, -1.8, 3.9, 9.7, 15.9, 21.4, 24.1, 23.4, 19.4, 12.8, 5.7, -0.6),
    ),
}  # fmt: skip
DAYS_OF_MONTH = (31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True)
class Weather:
    """A day's weather, and what it does to visits and stays; factors have mean 1 over the days of a climate's year."""

    is_wet: bool
    rain_mm: float
    mean_c: float
    foot_factor: float
    car_factor: float
    stay_factor: float


def weather_of(calendar: CalendarConfig, seed: int, date: datetime.date) -> Weather | None:
    """Return a date's weather, None where the run has none; it depends on seed, climate and date only."""
    if calendar.weather == "none":
        return None
    climate = CLIMATES[calendar.climate]
    month, days = date.month - 1, date.toordinal() - np.arange(MEMORY_DAYS)
    weights = 0.7 ** np.arange(MEMORY_DAYS)
    # Running sums: NumPy's own may add in another order on another processor.
    swing = float(np.cumsum(weights * ndtri(uniforms(stream_key(seed, "temperature"), days, 0)))[-1])
    mean_c = climate.mean_c[month] + TEMPERATURE_SD_C * swing / float(np.cumsum(weights**2)[-1]) ** 0.5
    chain = is_wet(climate, calendar.wet_persistence, seed, date)
    wet = chain if calendar.weather == "climate" else calendar.weather == "rain"
    draw = float(uniforms(stream_key(seed, "rain"), np.array([date.toordinal()]), 0)[0])
    means = mean_factors(calendar)
    is_extreme = mean_c >= calendar.hot_c or mean_c < calendar.cold_c
    foot = (calendar.rain_foot_factor if wet else 1.0) * (calendar.extreme_foot_factor if is_extreme else 1.0)
    return Weather(
        is_wet=wet,
        rain_mm=-log(draw) * climate.rain_mm[month] / climate.wet_days[month] if wet else 0.0,
        mean_c=mean_c,
        foot_factor=foot / means[0],
        car_factor=(calendar.rain_car_factor if wet else 1.0) / means[1],
        stay_factor=(calendar.rain_stay_factor if wet else 1.0) / means[2],
    )


def wet_share(climate: Climate, month: int) -> float:
    """Return the share of wet days in a month, counted from 0."""
    return climate.wet_days[month] / DAYS_OF_MONTH[month]


def is_wet(climate: Climate, persistence: float, seed: int, date: datetime.date) -> bool:
    """Return whether it rains on a date.

    A chain with P(wet after wet) - P(wet after dry) = persistence. Most days' draws decide whatever the day before was like; the chain
    is followed back to the last such day, so that no date depends on where a run begins (coupling from the past: Propp & Wilson 1996).
    """
    for back in range(MIX_DAYS):
        ordinal = date.toordinal() - back
        share = wet_share(climate, datetime.date.fromordinal(ordinal).month - 1)
        draw = float(uniforms(stream_key(seed, "wet day"), np.array([ordinal]), 0)[0])
        lowest = share * (1 - persistence)
        if draw < lowest:
            return True
        if draw >= lowest + persistence:
            return False
    return False


def mean_factors(calendar: CalendarConfig) -> tuple[float, float, float]:
    """Return the means over a climate's year of what weather does to visits on foot, by car, and to stays."""
    return _means(
        calendar.climate, calendar.rain_foot_factor, calendar.rain_car_factor, calendar.rain_stay_factor,
        calendar.extreme_foot_factor, calendar.hot_c, calendar.cold_c,
    )  # fmt: skip


@lru_cache(maxsize=64)
def _means(
    name: str, foot: float, car: float, stay: float, extreme: float, hot_c: float, cold_c: float
) -> tuple[float, float, float]:
    climate = CLIMATES[name]
    by_month = []
    for month, days in enumerate(DAYS_OF_MONTH):
        wet, mean_c = wet_share(climate, month), climate.mean_c[month]
        share = 1 - float(ndtr((hot_c - mean_c) / TEMPERATURE_SD_C) - ndtr((cold_c - mean_c) / TEMPERATURE_SD_C))
        walkers = (1 + wet * (foot - 1)) * (1 + share * (extreme - 1))
        by_month.append((days * walkers, days * (1 + wet * (car - 1)), days * (1 + wet * (stay - 1))))
    year = sum(DAYS_OF_MONTH)
    first, second, third = (sum(column) / year for column in zip(*by_month, strict=True))
    return first, second, third


def variance_of_visits(calendar: CalendarConfig, car_share: float) -> float:
    """Return by how much rain alone makes a day's visits vary about their mean, as a variance of shares."""
    if calendar.weather != "climate":
        return 0.0
    means = mean_factors(calendar)
    step = (1 - car_share) * (calendar.rain_foot_factor - 1) / means[0] + car_share * (calendar.rain_car_factor - 1) / means[1]
    climate = CLIMATES[calendar.climate]
    shares = [wet_share(climate, month) for month in range(12)]
    return (
        step**2
        * sum(days * share * (1 - share) for days, share in zip(DAYS_OF_MONTH, shares, strict=True))
        / sum(DAYS_OF_MONTH)
    )
