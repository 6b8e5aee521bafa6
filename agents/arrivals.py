"""When parties arrive: a Poisson process cut from a fixed pattern of points, so that a busier day keeps every party of a quieter one."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.calendar import day_of
from sim.config import PopulationConfig, RunConfig
from sim.plan_arrays import PlanArrays
from sim.random_streams import draw_words, stream_key, uniforms
from sim.units import US_PER_MIN, minutes_from_hours

POISSON_1_CDF = np.cumsum(np.exp(-1.0) / np.cumprod(np.concatenate([[1.0], np.arange(1.0, 20.0)])))


class Candidates(NamedTuple):
    """Parties by number, instant and source."""

    number: np.ndarray  # int64
    arrive_us: np.ndarray  # int64
    source: np.ndarray  # int32 index of the source


@dataclass(frozen=True)
class Sources:
    """Where parties come from: street doors (parking -1) and car parks."""

    key: np.ndarray  # int64
    share: np.ndarray  # float64 of all parties; adds up to 1
    entrance: np.ndarray  # int32
    parking: np.ndarray  # int32


def sources_of(plan: PlanArrays, car_share: float) -> Sources:
    """Return the street doors and car parks of a plan with their shares; without car parks everybody walks."""
    doors = np.flatnonzero(plan.entrance_share > 0)
    bays = plan.parking_bays.astype(np.float64)
    by_car = car_share if bays.sum() > 0 else 0.0
    by_car = 1.0 if doors.size == 0 else by_car
    foot = (1.0 - by_car) * plan.entrance_share[doors] / max(plan.entrance_share[doors].sum(), 1e-300)
    car = by_car * bays / max(bays.sum(), 1.0)
    return Sources(
        key=np.concatenate([plan.entrance_key[doors], plan.parking_key]),
        share=np.concatenate([foot, car]),
        entrance=np.concatenate([doors, plan.parking_entrance]).astype(np.int32),
        parking=np.concatenate([np.full(doors.size, -1), np.arange(bays.size)]).astype(np.int32),
    )


def visits_expected(config: RunConfig) -> float:
    """Return the mean of the day's visits: of an average day, times what the calendar and the day's own luck make of it."""
    day = day_of(config)
    return config.population.visits_per_day * day.factor * day.luck


def in_weather(sources: Sources, config: RunConfig) -> Sources:
    """Return the sources with what the day's weather makes of visits on foot and by car; shares then no longer add up to 1."""
    return dataclasses.replace(sources, share=sources.share * day_of(config).by_mode(sources.parking >= 0))


def rates_per_min(config: RunConfig) -> np.ndarray:
    """Return the mall's expected arrivals in each of the day's 1,440 minutes."""
    population = config.population
    opens, closes = (minutes_from_hours(getattr(config.operations.hours, name)) for name in ("opens", "closes"))
    shares = np.asarray(_hour_shares(population, day_of(config).is_weekend), float)
    minutes = np.arange(opens, closes)
    weights = shares[(minutes - opens) * shares.size // (closes - opens)]
    rates = np.zeros(1440)
    rates[opens:closes] = visits_expected(config) * weights / max(weights.sum(), 1e-300)
    rates *= day_of(config).of_minutes()
    return rates


def _hour_shares(population: PopulationConfig, is_weekend: bool) -> list[float]:
    return population.hour_shares_weekend if is_weekend else population.hour_shares_weekday


def arrivals_between(seed: int, date: str, sources: Sources, rates: np.ndarray, from_min: int, to_min: int) -> Candidates:
    """Return the arrivals of the minutes [from_min, to_min), in order of instant and number.

    Points of unit rate fill the strip (source, minute, layer), one layer per expected arrival a minute; a point at height y counts when
    y is below the source's rate in that minute. So every arrival's number depends on source, minute, layer and ordinal only, and a
    higher rate adds parties and takes none away. Counts are Poisson (thinning: Lewis & Shedler 1979).
    """
    day = datetime.date.fromisoformat(date).toordinal()
    rate = sources.share[:, None] * rates[None, from_min:to_min]
    layers = np.ceil(rate).astype(np.int64)
    source, minute = (np.repeat(axis.ravel(), layers.ravel()) for axis in np.indices(rate.shape))
    layer = np.arange(source.size) - np.repeat(np.cumsum(layers.ravel()) - layers.ravel(), layers.ravel())
    strip = draw_words(stream_key(seed, "arrivals"), sources.key[source], day * 1440 + from_min + minute)
    cell = draw_words(strip, layer, 0)
    points = np.searchsorted(POISSON_1_CDF, uniforms(cell, layer, 1))
    source, minute, layer, cell = (np.repeat(column, points) for column in (source, minute, layer, cell))
    ordinal = np.arange(source.size) - np.repeat(np.cumsum(points) - points, points)
    height = layer + uniforms(cell, ordinal, 2)
    counts = height < rate[source, minute]
    source, minute, cell, ordinal = (column[counts] for column in (source, minute, cell, ordinal))
    number = (draw_words(cell, ordinal, 3) >> np.uint64(1)).astype(np.int64)
    within_us = (uniforms(cell, ordinal, 4) * US_PER_MIN).astype(np.int64)
    arrive_us = (from_min + minute) * US_PER_MIN + within_us
    order = np.lexsort((number, arrive_us))
    return Candidates(number[order], arrive_us[order], source[order].astype(np.int32))
