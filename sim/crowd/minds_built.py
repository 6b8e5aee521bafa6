"""What goes on in shoppers, from the configuration: the parameters of needs and satisfaction, and every store's pull today."""

from __future__ import annotations

import datetime
from math import log, sqrt
from typing import Any

import numpy as np
from scipy.special import ndtri

from sim.config import RunConfig
from sim.crowd.brands import brands_of
from sim.crowd.mind import PULL
from sim.crowd.state import records
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.units import US_PER_HOUR, US_PER_MIN
from sim.visitors import TASTES

KM_M = 1000.0


def describe_minds(params: Any, config: RunConfig) -> None:
    """Write the parameters of needs and satisfaction into the one record of PARAMS."""
    hunger, fatigue, appeal = config.minds.hunger, config.minds.fatigue, config.minds.appeal
    params.hunger_grows_us, params.snack_holds_us = int(hunger.grows_h * US_PER_HOUR), int(hunger.snack_holds_h * US_PER_HOUR)
    params.hunger_patience_us, params.meal_tries_max = int(hunger.patience_min * US_PER_MIN), hunger.tries_max
    params.replans_max = config.minds.plans.replans_max
    params.unhungry_utility = hunger.sated_utility
    params.usual_m_per_us = fatigue.usual_m_per_min / US_PER_MIN
    params.tire_us_per_m = fatigue.tire_min_per_km * US_PER_MIN / KM_M
    params.tire_us_max = fatigue.tire_min_max * US_PER_MIN
    params.queue_m_per_us, params.rest_m_per_us = fatigue.queue_m_per_min / US_PER_MIN, fatigue.rest_m_per_min / US_PER_MIN
    params.sit_from_m, params.sit_share = fatigue.sit_from_m, fatigue.sit_share
    params.taste_utility, params.liked_utility = appeal.taste_utility, appeal.liked_utility
    params.price_utility, params.sated_utility = appeal.price_utility, appeal.sated_utility
    params.veto_at, params.veto_spread = appeal.veto_at, appeal.veto_spread
    params.unplanned_slope, params.unplanned_m_usual = appeal.unplanned_slope, appeal.unplanned_m_usual
    _describe_satisfaction(params, config)


def _describe_satisfaction(params: Any, config: RunConfig) -> None:
    mood, movement = config.minds.satisfaction, config.movement
    params.mood_start, params.mood_found, params.mood_missed = mood.start, mood.found, mood.missed
    params.mood_meal, params.uninformed_factor = mood.meal_given_up, mood.uninformed_factor
    params.mood_wait_us_scale, params.mood_crowd_us_scale = mood.wait_min_scale * US_PER_MIN, mood.crowd_min_scale * US_PER_MIN
    params.mood_tired_per_m, params.mood_dear, params.mood_choosy = mood.tired_per_km / KM_M, mood.dear, mood.choosy
    params.mood_spread, params.mood_turned_away = mood.spread, mood.turned_away
    inverse = 1.0 / mood.crowd_per_m2 - 1.0 / movement.jam_density_per_m2
    params.crowded_pace = 1.0 - float(np.exp(-movement.weidmann_gamma_per_m2 * max(inverse, 0.0)))


def pulls_of(compiled: CompiledPlan, config: RunConfig, standing: np.ndarray) -> np.ndarray:
    """Return the PULL of each unit today: promotion and the store's own luck, what its brand's distinctness is worth, prices.

    Luck is log-normal with mean 1, addressed by the unit and the date, so that no other store and no other day matters. A taste x that
    is normal with variance |b|^2 / TASTES over people multiplies odds by exp(w x); less w^2 |b|^2 / (2 TASTES) its mean is 1.
    """
    found = records(compiled.arrays.unit_key.size, PULL)
    variance = log(1 + config.minds.appeal.store_day_cv**2)
    day = datetime.date.fromisoformat(config.date).toordinal()
    draws = uniforms(stream_key(config.seed, "store's day"), compiled.arrays.unit_key, day)
    with np.errstate(divide="ignore"):
        promotion = np.log(np.asarray(standing["appeal_factor"], float))
    found["log_pull"] = promotion + sqrt(variance) * ndtri(draws) - variance / 2
    spread = (brands_of(compiled, config).astype(np.float64) ** 2).sum(axis=1) / TASTES
    found["correction"] = config.minds.appeal.taste_utility**2 * spread / 2
    found["price_rise"] = np.asarray(standing["price_factor"], float) - 1.0
    return found
