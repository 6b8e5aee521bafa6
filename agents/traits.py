"""What a party is like, from the people in it: children, pace, whether only lifts will do, the joint taste."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from agents.parties import CHILD_YEARS, NOT, Meant
from agents.population import Residents
from sim.config import RunConfig
from sim.random_streams import stream_key, uniforms
from sim.visitors import TASTES

SMALL_CHILD_YEARS = 7  # walks with short legs, or is pushed
ELDERLY_YEARS = 65
PRAM_YEARS = 3
FRAIL_YEARS = 75
PRAM_WEIGHT, FRAIL_WEIGHT, OTHER_WEIGHT = 12.0, 4.0, 0.3  # how much likelier lifts only will do; engineering judgement
SAY = 0.5  # of a further adult in what a party likes, against 1 of the one whose visit it is; engineering judgement

VARIANCE_LEAST = 0.1  # of a joint taste before scaling, whatever a small sample of parties says


class Usual(NamedTuple):
    """What the means over all parties are held at."""

    pace: float  # mean pace relative to a party without children and elderly
    lifts_share: float  # s in the chance 1 - (1 - s) ** weight of taking lifts only, whose mean is step_free_share
    alike_at_home: np.ndarray  # float64 (TASTES) covariance of the tastes of two grown-ups of a household
    alike_friends: np.ndarray  # float64 (TASTES) and of two of a party who are of several


def children_in(residents: Residents, meant: Meant) -> np.ndarray:
    """Return the children (int8) of each party."""
    return _some(residents, meant, 0, CHILD_YEARS).sum(axis=1).astype(np.int8)


def joint_tastes(residents: Residents, meant: Meant, usual: Usual) -> np.ndarray:
    """Return each party's taste (float32): the mean of its grown-ups' by their say, with the variance of one person's."""
    agreed = _agreed(residents, meant, np.zeros(TASTES))
    at_home = agreed.pairs_at_home[:, None] * usual.alike_at_home
    variance = 1 + (at_home + agreed.pairs_of_friends[:, None] * usual.alike_friends) / agreed.squares[:, None]
    joint: np.ndarray = agreed.sums / np.sqrt(agreed.squares[:, None] * np.maximum(variance, VARIANCE_LEAST))
    return joint.astype(np.float32)


def usual_of(config: RunConfig, residents: Residents, reference: Meant) -> Usual:
    """Return what is usual among the reference's parties."""
    wanted = config.population.step_free_share
    weights, counts = np.unique(_lift_weights(residents, reference), return_counts=True)
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if counts @ (1 - (1 - middle) ** weights) < wanted * counts.sum() else (low, middle)
    pace = float(_paces(config, residents, reference).mean())
    return Usual(pace, wanted if wanted in (0.0, 1.0) else high, *_likeness(residents, reference))


def free_speeds_mps(config: RunConfig, residents: Residents, meant: Meant, usual: Usual) -> np.ndarray:
    """Return each party's pace: a truncated normal, less for company (Moussaid et al. 2010), for children and for the elderly.

    Families and the elderly are slower (Zanlungo et al. 2017, 2019), the others that much faster that the mean stays what it is.
    """
    population = config.population
    mean, sd = population.free_speed_mps_mean, max(population.free_speed_mps_sd, 1e-9)
    low, high = ndtr((np.array([population.free_speed_mps_min, population.free_speed_mps_max]) - mean) / sd)
    draw = uniforms(stream_key(config.seed, "speed"), meant.number, 0)
    # a mean far outside the range leaves no share to draw from: everybody then walks at its nearer end
    speed = np.nan_to_num(mean + sd * ndtri(low + (high - low) * draw), nan=mean)
    speed = np.clip(speed, population.free_speed_mps_min, population.free_speed_mps_max)
    slowed = speed - population.party_slowdown_mps * (meant.people - 1)
    pace = _paces(config, residents, meant) / usual.pace
    return np.clip(slowed * pace, population.free_speed_mps_min, population.free_speed_mps_max)


def step_free(config: RunConfig, residents: Residents, meant: Meant, usual: Usual) -> np.ndarray:
    """Return 1 for each party that takes lifts only (int8): oftenest with a pram, then with the frail; step_free_share of all."""
    draw = uniforms(stream_key(config.seed, "step-free"), meant.number, 0)
    return (draw < 1 - (1 - usual.lifts_share) ** _lift_weights(residents, meant)).astype(np.int8)


class _Agreed(NamedTuple):
    """What the grown-ups of parties say together: sums over people, and over ordered pairs of two of them."""

    sums: np.ndarray  # float64 (parties, TASTES) of tastes by say
    squares: np.ndarray  # float64 of says squared
    pairs_at_home: np.ndarray  # float64 of products of says, both of the household of whose visit it is
    pairs_of_friends: np.ndarray  # float64 and of all other pairs
    alike_at_home: np.ndarray  # float64 (parties, TASTES) of products of tastes by say, for pairs at home
    alike_friends: np.ndarray  # float64 (parties, TASTES)


def _agreed(residents: Residents, meant: Meant, centre: np.ndarray) -> _Agreed:
    """Return what parties agree on; products are of tastes less `centre`."""
    parties, home = meant.number.size, residents.household[meant.like[:, 0]]
    sums, squares = np.zeros((parties, TASTES)), np.zeros(parties)
    # by whether they are of the household: says, their squares, tastes by say and the squares of those
    say_of, square_of = np.zeros((2, parties)), np.zeros((2, parties))
    taste_of, taste_square_of = np.zeros((2, parties, TASTES)), np.zeros((2, parties, TASTES))
    for place in range(meant.like.shape[1]):
        row = meant.like[:, place]
        who = np.flatnonzero((row != NOT) & ((place == 0) | (residents.age_years[row] >= CHILD_YEARS)))
        say, row = (1.0 if place == 0 else SAY), row[who]
        own = (residents.household[row] == home[who]).astype(np.int64)
        sums[who] += say * residents.taste[row]
        squares[who] += say**2
        say_of[own, who] += say
        square_of[own, who] += say**2
        apart = say * (residents.taste[row] - centre)
        taste_of[own, who] += apart
        taste_square_of[own, who] += apart**2
    pairs_at_home, alike_at_home = say_of[1] ** 2 - square_of[1], taste_of[1] ** 2 - taste_square_of[1]
    return _Agreed(
        sums=sums,
        squares=squares,
        pairs_at_home=pairs_at_home,
        pairs_of_friends=say_of.sum(axis=0) ** 2 - squares - pairs_at_home,
        alike_at_home=alike_at_home,
        alike_friends=taste_of.sum(axis=0) ** 2 - taste_square_of.sum(axis=0) - alike_at_home,
    )


def _likeness(residents: Residents, reference: Meant) -> tuple[np.ndarray, np.ndarray]:
    """Return the covariances (TASTES) of two grown-ups of a household, and of two others of a party; 0 where there is no pair."""
    agreed = _agreed(residents, reference, residents.taste[reference.like[:, 0]].mean(axis=0))
    return (
        agreed.alike_at_home.sum(axis=0) / max(float(agreed.pairs_at_home.sum()), 1e-9),
        agreed.alike_friends.sum(axis=0) / max(float(agreed.pairs_of_friends.sum()), 1e-9),
    )


def _paces(config: RunConfig, residents: Residents, meant: Meant) -> np.ndarray:
    population = config.population
    with_child = _some(residents, meant, 0, SMALL_CHILD_YEARS).any(axis=1)
    with_elderly = _some(residents, meant, ELDERLY_YEARS, 127).any(axis=1)
    pace = np.where(with_child, population.child_pace, 1.0)
    return np.asarray(np.where(with_elderly, np.minimum(pace, population.elderly_pace), pace))


def _lift_weights(residents: Residents, meant: Meant) -> np.ndarray:
    with_pram = _some(residents, meant, 0, PRAM_YEARS).any(axis=1)
    with_frail = _some(residents, meant, FRAIL_YEARS, 127).any(axis=1)
    return np.asarray(OTHER_WEIGHT + PRAM_WEIGHT * with_pram + FRAIL_WEIGHT * with_frail)


def _some(residents: Residents, meant: Meant, from_years: int, to_years: int) -> np.ndarray:
    """Return which places of the parties somebody of an age in [from_years, to_years) takes; whose visit it is counts as grown up."""
    age = residents.age_years[meant.like]
    found: np.ndarray = (meant.like != NOT) & (age >= from_years) & (age < to_years)
    if to_years <= CHILD_YEARS:
        found[:, 0] = False
    return found
