"""Who arrives when and where: residents of their own accord, walk-ins from a fixed pattern; a busier day keeps all of a quieter one."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from agents.population import Mode, Residents
from sim.calendar import day_of
from sim.config import PopulationConfig, RunConfig
from sim.plan_arrays import PlanArrays
from sim.random_streams import draw_words, stream_key, uniforms
from sim.units import US_PER_MIN, minutes_from_hours

POISSON_1_CDF = np.cumsum(np.exp(-1.0) / np.cumprod(np.concatenate([[1.0], np.arange(1.0, 20.0)])))


CHANCE_MAX = 0.95  # nobody is certain to come, however busy the day
CHUNK = 1 << 16  # residents looked at together: their draws stay in the processor's cache, and memory small


class Candidates(NamedTuple):
    """Parties by number, instant and source."""

    number: np.ndarray  # int64
    arrive_us: np.ndarray  # int64
    source: np.ndarray  # int32 index of the source


class Comers(NamedTuple):
    """The residents who come of their own accord on a day, in order of their rows."""

    resident: np.ndarray  # int64 row
    expected: float  # visits of residents on such a day, on average


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


def comers_of(config: RunConfig, residents: Residents, leaning: np.ndarray, lift: float = 1.0) -> Comers:
    """Return which residents come of their own accord: each with a chance of its own, by a draw that only it and the day address.

    The chance: visits on an average day x what calendar, weather and the day's luck make of it x `lift` (events of some hours) x
    `leaning` (float64, one per resident: what the resident remembers), at most CHANCE_MAX. The draw stays when the chance grows, so that a busier day keeps every comer.
    """
    day, key = day_of(config), stream_key(config.seed, "comes")
    factor, today = day.factor * day.luck * lift, day.date.toordinal()
    expected, comers = 0.0, [np.zeros(0, np.int64)]
    for start in range(0, residents.key.size, CHUNK):
        part = slice(start, start + CHUNK)
        in_weather = day.by_mode(residents.mode[part] == Mode.CAR)
        chance = np.minimum(factor * in_weather * residents.visits_per_day[part] * leaning[part], CHANCE_MAX)
        comers.append(start + np.flatnonzero(uniforms(key, luck_of(config, residents, part), today) < chance))
        expected += float(chance.sum())
    return Comers(np.concatenate(comers), expected)


def would_have_come(
    config: RunConfig, residents: Residents, leaning: np.ndarray, resident: np.ndarray, lift: float = 1.0
) -> np.ndarray:
    """Return who of some residents comes by the same draw with another leaning (bool): an addition's comers are those who would not."""
    day, key = day_of(config), stream_key(config.seed, "comes")
    in_weather = day.by_mode(residents.mode[resident] == Mode.CAR)
    chance = day.factor * day.luck * lift * in_weather * residents.visits_per_day[resident] * leaning[resident]
    draws = uniforms(key, luck_of(config, residents, resident), day.date.toordinal())
    found: np.ndarray = draws < np.minimum(chance, CHANCE_MAX)
    return found


def luck_of(config: RunConfig, residents: Residents, rows: np.ndarray | slice) -> np.ndarray:
    """Return under which number (int64) residents draw whether they come and what their visit is: their key.

    For a placebo (`population.redraw_share`), another number for a share of those who are members when the run begins.
    """
    key: np.ndarray = residents.key[rows]
    population = config.population
    if population.redraw_share == 0.0:
        return key
    words = stream_key(config.seed, f"redrawn {population.redraw_salt}")
    is_redrawn = (residents.is_member[rows] > 0) & (uniforms(words, key, 0) < population.redraw_share)
    return np.where(is_redrawn, (draw_words(words, key, 1) >> np.uint64(1)).astype(np.int64), key)


def numbers_of(config: RunConfig, residents: Residents, rows: np.ndarray) -> np.ndarray:
    """Return the number of each resident's own visit of the day, by the resident's key and the date."""
    words = draw_words(stream_key(config.seed, "own visit"), luck_of(config, residents, rows), day_of(config).date.toordinal())
    return (words >> np.uint64(1)).astype(np.int64)


def instants_of(config: RunConfig, number: np.ndarray, profile: np.ndarray) -> np.ndarray:
    """Return when visits arrive (int64 us): where the visit's own draw stands in the day's profile, cumulated."""
    cumulated = np.cumsum(profile)
    wanted = uniforms(stream_key(config.seed, "arrival instant"), number, 0) * cumulated[-1]
    minute = np.minimum(np.searchsorted(cumulated, wanted, side="right"), np.flatnonzero(profile).max(initial=0))
    within = (wanted - (cumulated[minute] - profile[minute])) / profile[minute]
    within_us = np.clip((within * US_PER_MIN).astype(np.int64), 0, US_PER_MIN - 1)
    return minute * US_PER_MIN + within_us


def sources_for(config: RunConfig, sources: Sources, number: np.ndarray, mode: np.ndarray) -> np.ndarray:
    """Return the source (int32) of each resident's visit: a car park by its bays for those with a car, else a street door by its share."""
    wants_car = mode == Mode.CAR
    has_car_park, has_door = (bool(sources.share[of_kind].sum() > 0) for of_kind in (sources.parking >= 0, sources.parking < 0))
    by_car = np.full(number.size, True) if not has_door else wants_car & has_car_park
    found = np.zeros(number.size, np.int32)
    for drives in (False, True):
        rows = np.flatnonzero(by_car == drives)
        shares = np.where((sources.parking >= 0) == drives, sources.share, 0.0)
        found[rows] = raced(stream_key(config.seed, "source"), number[rows], sources.key, shares)
    return found


def raced(key: np.uint64, number: np.ndarray, alternatives: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return which alternative (int32) each visit takes, with chances as the weights; each alternative has a draw of its own.

    So one more alternative, or another order of them, changes no other's draw (an exponential race, as `sim/crowd/choice.py`).
    """
    best, best_s = np.zeros(number.size, np.int32), np.full(number.size, np.inf)
    for index in np.flatnonzero(weights > 0):
        arrives_s = -np.log(uniforms(key, number, alternatives[index])) / weights[index]
        best = np.where(arrives_s < best_s, index, best).astype(np.int32)
        best_s = np.minimum(best_s, arrives_s)
    return best


def sources_in_weather(sources: Sources, config: RunConfig) -> Sources:
    """Return the sources with what the day's weather makes of visits on foot and by car; shares then no longer add up to 1."""
    return dataclasses.replace(sources, share=sources.share * day_of(config).by_mode(sources.parking >= 0))


def profile_of(config: RunConfig) -> np.ndarray:
    """Return the share of the day's arrivals in each of its 1,440 minutes, more where an event draws people; nothing where all hours have a share of 0."""
    population = config.population
    opens, closes = (minutes_from_hours(getattr(config.operations.hours, name)) for name in ("opens", "closes"))
    shares = np.asarray(_hour_shares(population, day_of(config).is_weekend), float)
    minutes = np.arange(opens, closes)
    weights = shares[(minutes - opens) * shares.size // (closes - opens)]
    profile = np.zeros(1440)
    profile[opens:closes] = weights / max(weights.sum(), 1e-300)
    return profile * day_of(config).of_minutes()


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
