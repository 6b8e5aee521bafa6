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


class Usual(NamedTuple):
    """What the means over all parties are held at."""

    pace: float  # mean pace relative to a party without children and elderly
    lifts_share: float  # s in the chance 1 - (1 - s) ** weight of taking lifts only, whose mean is step_free_share
    taste_sd: np.ndarray  # float64 (TASTES) of what several grown-ups agree on: above 1 as far as they are alike


def children_in(residents: Residents, meant: Meant) -> np.ndarray:
    """Return the children (int8) of each party."""
    return _some(residents, meant, 0, CHILD_YEARS).sum(axis=1).astype(np.int8)


def joint_tastes(residents: Residents, meant: Meant, usual: Usual) -> np.ndarray:
    """Return each party's taste (float32): the mean of its grown-ups' by their say, with the variance of one person's."""
    joint, grown_ups = _agreed_tastes(residents, meant)
    scaled: np.ndarray = np.where(grown_ups[:, None] > 1, joint / usual.taste_sd, joint).astype(np.float32)
    return scaled


def usual_of(config: RunConfig, residents: Residents, reference: Meant) -> Usual:
    """Return what is usual among the reference's parties."""
    wanted = config.population.step_free_share
    weights, counts = np.unique(_lift_weights(residents, reference), return_counts=True)
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if counts @ (1 - (1 - middle) ** weights) < wanted * counts.sum() else (low, middle)
    pace = float(_paces(config, residents, reference).mean())
    joint, grown_ups = _agreed_tastes(residents, reference)
    together = joint[grown_ups > 1]
    taste_sd = together.std(axis=0) if together.shape[0] > 1 else np.ones(TASTES)
    return Usual(pace, wanted if wanted in (0.0, 1.0) else high, np.maximum(taste_sd, 1e-3))


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


def _agreed_tastes(residents: Residents, meant: Meant) -> tuple[np.ndarray, np.ndarray]:
    """Return the tastes that parties agree on, with the variance of one person's if theirs were independent, and their grown-ups."""
    joint, squares = np.zeros((meant.number.size, TASTES)), np.zeros(meant.number.size)
    grown_ups = np.zeros(meant.number.size, np.int64)
    for place in range(meant.like.shape[1]):
        row = meant.like[:, place]
        who = np.flatnonzero((row != NOT) & ((place == 0) | (residents.age_years[row] >= CHILD_YEARS)))
        say = 1.0 if place == 0 else SAY
        joint[who] += say * residents.taste[row[who]]
        squares[who] += say**2
        grown_ups[who] += 1
    return joint / np.sqrt(squares)[:, None], grown_ups


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
