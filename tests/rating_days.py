"""Days of ratings without an engine: guests who read stars go where they are better, and some rate what they found."""

from __future__ import annotations

import datetime

import numpy as np
from scipy.special import ndtri

from agents.reputation import Reputation
from sim.config import RunConfig
from sim.crowd.mind import OUTCOME
from sim.decisions import Verdict
from sim.lived import RATING, Lived
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.standing import AVERAGE_STARS
from tests.reporting_day import made_up_plan

MONDAY = datetime.date(2026, 11, 23)


def mall_of(units: int = 60) -> CompiledPlan:
    """Return a mall of one level with so many tenants."""
    return made_up_plan(levels=2, units_per_level=units // 2)


def config_of(seed: int = 1, **keys: object) -> RunConfig:
    """Return a run in which ratings are shown; `fraud__detection_share=0.5` is ratings.fraud.detection_share."""
    config = RunConfig(seed=seed)
    config.ratings.display = "bayesian"
    for key, value in keys.items():
        *path, last = key.split("__")
        section = config.ratings
        for name in path:
            section = getattr(section, name)
        setattr(section, last, value)
    return config


def day_of_ratings(config: RunConfig, reputation: Reputation, day: int, per_day: float) -> np.ndarray:
    """Return a day's ratings: so many per tenant on average, more where more stars are shown."""
    standing, units = reputation.standing, reputation.standing.size
    pull = np.exp(config.ratings.weight * np.where(standing["shown_stars"] > 0, standing["shown_stars"] - AVERAGE_STARS, 0.0))
    wanted = np.floor(per_day * pull / pull.mean() + uniforms(stream_key(config.seed, "made-up visits"), np.arange(units), day))
    unit = np.repeat(np.arange(units), wanted.astype(np.int64))
    found = np.zeros(unit.size, RATING)
    found["number"] = day * 1_000_000 + np.arange(unit.size)
    found["unit"] = unit
    normal = ndtri(uniforms(stream_key(config.seed, "made-up stars"), found["number"], 0))
    found["stars"] = np.clip(standing["quality"][unit] + config.ratings.noise_stars * normal, 1.0, 5.0)
    return found


def lived(day: int, ratings: np.ndarray, decided: tuple[Verdict, ...] = ()) -> Lived:
    """Return a day of nothing but ratings and decisions."""
    return Lived(MONDAY + datetime.timedelta(day), np.zeros(0, OUTCOME), ratings, decided=decided)


def live_days(config: RunConfig, days: int, per_day: float = 3.0, units: int = 60) -> Reputation:
    """Let so many days pass."""
    reputation = Reputation(config, mall_of(units))
    for day in range(days):
        reputation.learn(lived(day, day_of_ratings(config, reputation, day, per_day)))
    return reputation
