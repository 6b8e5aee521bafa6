"""The law of a catchment: the joint table of households, and how often people of each kind come, before anybody is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
from scipy.special import ndtr, ndtri

from agents.population.fitting import fitted
from agents.population.kinds import HOUSEHOLD_MAX, Household, Income, LifeCycle, Mode
from sim.config import RunConfig

SHAPE = (HOUSEHOLD_MAX, len(Household), 3, len(Income), 5, len(Mode))  # size, kind, age of head, income, distance, mode
SIZE, KIND, AGE, INCOME, BAND, MODE = range(6)
OTHER_VISITS = 0.7  # how often another adult of a household comes, relative to its head; engineering judgement
PARTNER_AMONG_ADULTS = 0.6  # households of three and more adults with a couple among them; engineering judgement
FREQUENCY_Z_MAX = 2.054  # the most frequent 2 % come equally often: the law would have some come several times a day
SPEND_TAIL_SHARE = 0.05  # of people spend by the tail's law
BAND_POINTS = 256

# Associations, as odds: engineering judgement; marginals do not depend on them.
_KIND_BY_AGE = np.array([[1.6, 0.6, 1.4], [0.8, 0.6, 1.8], [0.9, 1.6, 0.0], [0.6, 1.6, 0.0], [1.0, 1.0, 1.2]])
_AGE_BY_INCOME = np.array([[0.7, 1.4, 0.8, 1.8], [0.9, 1.0, 1.5, 0.8], [1.5, 0.8, 0.8, 0.6]])
_INCOME_BY_BAND = np.array(
    [[1.0, 1.0, 1.0, 1.1, 1.2], [1.2, 1.1, 1.0, 0.9, 0.8], [1.2, 1.1, 1.0, 1.0, 0.9], [1.0, 1.0, 1.0, 1.0, 1.0]]
)
_INCOME_BY_MODE = np.array([[1.2, 1.2, 0.7, 1.3], [1.0, 1.0, 1.1, 1.0], [0.8, 0.7, 2.2, 0.6], [1.1, 1.3, 0.7, 1.2]])
_BAND_BY_MODE = np.array(
    [[9.0, 0.3, 0.3, 2.0], [1.5, 1.0, 0.8, 2.0], [0.1, 1.4, 1.1, 0.8], [0.0, 1.5, 1.6, 0.2], [0.0, 1.3, 2.0, 0.0]]
)
_SIZE_BY_MODE = np.array([[1.2, 1.2, 0.6, 1.2], [1.0, 1.0, 0.9, 1.0], [0.9, 0.9, 1.3, 0.9], [0.9, 0.9, 1.4, 0.8], [0.9, 0.9, 1.4, 0.7], [0.9, 0.9, 1.4, 0.7]])  # fmt: skip


@dataclass(frozen=True)
class Law:
    """What every draw of a catchment rests on."""

    table: np.ndarray  # probability of each cell, of shape SHAPE
    size_mean: float
    households: float  # that live in the catchment, not rounded
    visits_scale: float  # visits a day of one person whose factors are all 1
    income_visits: np.ndarray  # share of visits by each class of income


def law_of(config: RunConfig) -> Law:
    """Return the law of a configuration's catchment."""
    catchment, population = config.catchment, config.population
    weight = _household_visits(config)
    table = fitted(_seed(), _marginals(config), [None] * MODE + [weight])
    size_mean = float((_sums(table, SIZE) * np.arange(1, HOUSEHOLD_MAX + 1)).sum())
    residents = catchment.residents or catchment.residents_per_visit * population.visits_per_day
    households = max(residents / size_mean, 1.0)
    visits = table * weight
    of_residents = (1.0 - catchment.walk_in_share) * population.visits_per_day
    total = float(visits.sum())
    return Law(
        table=table,
        size_mean=size_mean,
        households=households,
        visits_scale=of_residents / (households * total) if total > 0 else 0.0,
        income_visits=_sums(visits, INCOME) / max(total, 1e-300),
    )


def _marginals(config: RunConfig) -> list[np.ndarray]:
    catchment, car = config.catchment, config.population.car_share
    size = _normalised(catchment.size_shares)
    two_and_more = [catchment.couple_share, catchment.family_share, catchment.lone_parent_share]
    kinds = np.array([size[0], *two_and_more, max(1 - size[0] - sum(two_and_more), 0.0)])
    walk, transit, cycle = (1 - car) * _normalised(catchment.not_by_car_shares)
    return [
        size, _normalised(kinds), _normalised(catchment.head_age_shares), _normalised(catchment.income_shares),
        _normalised(catchment.distance_shares), np.array([walk, transit, car, cycle]),
    ]  # fmt: skip


def _seed() -> np.ndarray:
    """Return the associations, 0 where a household cannot be: one person is alone, a couple are two, families are three and more."""
    sizes = np.arange(1, HOUSEHOLD_MAX + 1)
    of_size = np.stack([sizes == 1, sizes == 2, sizes >= 3, sizes >= 2, sizes >= 2], axis=1).astype(float)
    of_size[1, Household.LONE_PARENT] = 2.0
    letters = {SIZE: "s", KIND: "k", AGE: "a", INCOME: "i", BAND: "b", MODE: "m"}
    pairs = (
        (SIZE, KIND, of_size), (KIND, AGE, _KIND_BY_AGE), (AGE, INCOME, _AGE_BY_INCOME), (INCOME, BAND, _INCOME_BY_BAND),
        (INCOME, MODE, _INCOME_BY_MODE), (BAND, MODE, np.maximum(_BAND_BY_MODE, 1e-3)), (SIZE, MODE, _SIZE_BY_MODE),
    )  # fmt: skip
    subscripts = ",".join(letters[first] + letters[second] for first, second, _ in pairs)
    table: np.ndarray = np.einsum(f"{subscripts}->skaibm", *(odds for _, _, odds in pairs))
    return table


def _household_visits(config: RunConfig) -> np.ndarray:
    """Return how often a household of each cell sends somebody on an average day, relative; expected values, of the law alone."""
    sizes = np.arange(1, HOUSEHOLD_MAX + 1)
    grandparents = OTHER_VISITS * config.catchment.grandparent_share
    partner = np.where(sizes >= 3, PARTNER_AMONG_ADULTS, 0.0)
    adults = np.stack(
        [
            np.ones(HOUSEHOLD_MAX),
            np.full(HOUSEHOLD_MAX, 2.0),
            2 + grandparents * np.maximum(sizes - 3, 0),
            1 + grandparents * np.maximum(sizes - 2, 0),
            1 + partner + OTHER_VISITS * (sizes - 1 - partner),
        ],
        axis=1,
    )
    bands = np.array([distance_factor(config, _band_km(config, band)).mean() for band in range(SHAPE[BAND])])
    found: np.ndarray = np.einsum("sk,a,b->skab", adults, np.array(config.catchment.visits_by_age), bands)
    return np.broadcast_to(found[:, :, :, None, :, None], SHAPE)


def distance_factor(config: RunConfig, distance_km: np.ndarray) -> np.ndarray:
    """Return how often people come from a distance, relative to next door."""
    factor: np.ndarray = (1 + distance_km / config.catchment.distance_km_scale) ** -config.catchment.distance_exponent
    return factor


def distances_km(config: RunConfig, band: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Return distances that are spread evenly over the area of each band."""
    edges = np.array([0.0, *config.catchment.distance_edges_km])
    inner, outer = edges[band], edges[band + 1]
    found: np.ndarray = np.sqrt(inner**2 + draws * (outer**2 - inner**2))
    return found


def _band_km(config: RunConfig, band: int) -> np.ndarray:
    return distances_km(config, np.full(BAND_POINTS, band), (np.arange(BAND_POINTS) + 0.5) / BAND_POINTS)


def frequencies(sigma: float, normal: np.ndarray) -> np.ndarray:
    """Return how often people alike come, relative: log-normal, cut at FREQUENCY_Z_MAX, of mean 1."""
    cut = FREQUENCY_Z_MAX
    mean = exp(sigma**2 / 2) * float(ndtr(cut - sigma)) + exp(sigma * cut) * float(ndtr(-cut))
    found: np.ndarray = np.exp(sigma * np.minimum(normal, cut)) / mean
    return found


def life_cycle_visits(config: RunConfig) -> np.ndarray:
    """Return how often people of each state of the life cycle come, relative, of mean 1: who never was there, or is lost, comes seldom."""
    catchment = config.catchment
    factor = [1.0] * len(LifeCycle)
    factor[LifeCycle.POTENTIAL] = factor[LifeCycle.LOST] = catchment.seldom_visits
    return of_mean_one(factor, _normalised(catchment.life_cycle_shares))


def spends(sigma: float, exponent: float, draws: np.ndarray) -> np.ndarray:
    """Return what people alike spend, relative: a log-normal body, above it a Pareto tail, of mean 1; constant where sigma is 0."""
    if sigma <= 0:
        return np.ones(draws.size)
    z_tail = float(ndtri(1 - SPEND_TAIL_SHARE))
    body = exp(sigma**2 / 2) * float(ndtr(z_tail - sigma))
    mean = body + SPEND_TAIL_SHARE * exp(sigma * z_tail) * exponent / (exponent - 1)
    found = np.exp(sigma * np.minimum(ndtri(draws), z_tail))
    tail = draws > 1 - SPEND_TAIL_SHARE
    found[tail] *= ((1 - draws[tail]) / SPEND_TAIL_SHARE) ** (-1 / exponent)
    return found / mean


def spend_sigma_within(config: RunConfig, law: Law) -> float:
    """Return the log-sd of spend within a class of income, such that all classes together have population.spend_sigma."""
    logs = np.log(config.catchment.spend_by_income)
    mean = float((law.income_visits * logs).sum())
    between = float((law.income_visits * (logs - mean) ** 2).sum())
    return sqrt(max(config.population.spend_sigma**2 - between, 0.0))


def of_mean_one(values: list[float], shares: np.ndarray) -> np.ndarray:
    """Return values scaled so that their mean under `shares` is 1; 1 each where all are 0."""
    given = np.array(values, float)
    mean = float((given * shares).sum())
    return given / mean if mean > 0 else np.ones_like(given)


def _normalised(shares: list[float] | np.ndarray) -> np.ndarray:
    found = np.asarray(shares, float)
    return found / found.sum()


def _sums(table: np.ndarray, axis: int) -> np.ndarray:
    found: np.ndarray = table.sum(axis=tuple(other for other in range(table.ndim) if other != axis))
    return found
