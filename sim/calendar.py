"""The public calendar of a mall: what kind of day it is, and how many come on such a day."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from scipy.special import ndtri

from sim.config import RunConfig
from sim.random_streams import stream_key, uniforms

SATURDAY = 5


@dataclass(frozen=True)
class Day:
    """One day of the calendar."""

    date: datetime.date
    is_weekend: bool  # by which profile and party sizes go: Saturday, Sunday, or a holiday
    factor: float  # visits relative to the average day, as anybody could foresee them
    luck: float  # and what nobody could, mean 1


def day_of(config: RunConfig, date: datetime.date | None = None) -> Day:
    """Return a day of the calendar, the first of the run unless another is asked for."""
    population = config.population
    date = date or datetime.date.fromisoformat(config.date)
    draw = uniforms(stream_key(config.seed, "day total"), np.array([date.toordinal()]), 0)[0]
    variance = log(1 + population.day_total_cv**2)
    luck = float(np.exp(sqrt(variance) * ndtri(draw) - variance / 2))
    factor = population.free_wifi_factor * population.weekday_factors[date.weekday()]
    return Day(date, date.weekday() >= SATURDAY, factor, luck)
