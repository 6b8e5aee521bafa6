"""The people of some households: roles, ages, tastes, habits, each drawn at the person's own address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from agents.population.kinds import HOUSEHOLD_MAX, Household, LifeCycle, Role, Stage
from agents.population.law import (
    AGE,
    BAND,
    INCOME,
    KIND,
    OTHER_VISITS,
    PARTNER_AMONG_ADULTS,
    SIZE,
    Law,
    distance_factor,
    distances_km,
    frequencies,
    life_cycle_visits,
    of_mean_one,
    spend_sigma_within,
    spends,
)
from sim.config import RunConfig
from sim.random_streams import stream_key, uniforms
from sim.schema.catchment import CatchmentConfig
from sim.visitors import TASTES

ADULT_YEARS, MIDDLE_YEARS, ELDERLY_YEARS, OLDEST_YEARS = 18, 35, 60, 95
PARENT_YEARS = 20  # least difference of age to a child; engineering judgement, as all ages here
NEW_PARENT_YEARS = 3
_HEAD_FROM = np.array([20, MIDDLE_YEARS, ELDERLY_YEARS])
_HEAD_YEARS = np.array([15, 25, 25])
# How sex, age and income show in each dimension of taste (rows add up to a length of 1); engineering judgement.
_TASTE_LOADINGS = np.array([[0.9, 0.3, 0.3], [-0.2, -0.9, 0.4], [0.1, 0.4, 0.9], [-0.7, 0.5, -0.5]])
_INCOME_SCORE = np.array([-1.0, 0.3, 1.7, -0.4])

Draw = Callable[[str], np.ndarray]


@dataclass(frozen=True)
class _Homes:
    """Some households, by row: what all their members share."""

    kind: np.ndarray
    size: np.ndarray
    age_group: np.ndarray
    income: np.ndarray
    head_years: np.ndarray
    partner_years: np.ndarray
    head_is_female: np.ndarray
    has_partner: np.ndarray
    distance_km: np.ndarray


def people_of(
    config: RunConfig, law: Law, numbers: np.ndarray, axes: Sequence[np.ndarray], of_row: np.ndarray, ordinal: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the columns of the people of some households; `of_row` is each one's household among these, `ordinal` the place in it."""

    def of_home(purpose: str) -> np.ndarray:
        return uniforms(stream_key(config.seed, f"household {purpose}"), numbers, 0)

    key = numbers[of_row] * HOUSEHOLD_MAX + ordinal

    def draw(purpose: str) -> np.ndarray:
        return uniforms(stream_key(config.seed, f"resident {purpose}"), key, 0)

    homes = _homes_of(config, axes, of_home)
    role = _roles(config.catchment, homes, of_row, ordinal, draw)
    years = _ages(homes, of_row, role, draw)
    is_female = _sexes(homes, of_row, role, draw)
    normal = ndtri(draw("frequency"))
    life_cycle = _of_shares(config.catchment.life_cycle_shares, draw("life cycle"))
    return {
        "role": role,
        "age_years": years,
        "is_female": is_female,
        "stage": _stages(config.catchment, homes, of_row, role, years, is_female, draw),
        "character": _of_shares(config.catchment.character_shares, draw("character")),
        "distance_km": homes.distance_km[of_row],
        "visits_per_day": _rates(config, law, homes, of_row, role, normal) * life_cycle_visits(config)[life_cycle],
        "spend_scale": _spend_scales(config, law, homes.income[of_row], draw),
        "price_sensitivity": _price_sensitivities(config, law, homes.income[of_row], draw),
        "is_member": _are_members(config, role, life_cycle, normal, draw),
        "life_cycle": life_cycle,
        "taste": _tastes(config, law, homes.income[of_row], years, is_female, draw),
    }


def _homes_of(config: RunConfig, axes: Sequence[np.ndarray], of_home: Draw) -> _Homes:
    kind, size, age_group = axes[KIND], axes[SIZE] + 1, axes[AGE]
    among_adults = (kind == Household.ADULTS) & (size >= 3) & (of_home("partner") < PARTNER_AMONG_ADULTS)
    has_child = (kind == Household.FAMILY) | (kind == Household.LONE_PARENT)
    youngest = np.where(has_child, np.maximum(_HEAD_FROM[age_group], PARENT_YEARS + 2), _HEAD_FROM[age_group])
    oldest = _HEAD_FROM[age_group] + _HEAD_YEARS[age_group]
    head_years = youngest + (of_home("age") * (oldest - youngest)).astype(np.int64)
    head_is_female = of_home("sex") < 0.5
    older = np.where(head_is_female, 2, -2) + np.rint(3 * ndtri(of_home("partner's age"))).astype(np.int64)
    return _Homes(
        kind=kind,
        size=size,
        age_group=age_group,
        income=axes[INCOME],
        head_years=head_years,
        partner_years=np.clip(head_years + older, PARENT_YEARS + 2, OLDEST_YEARS),
        head_is_female=head_is_female,
        has_partner=(kind == Household.COUPLE) | (kind == Household.FAMILY) | among_adults,
        distance_km=distances_km(config, axes[BAND], of_home("distance")),
    )


def _roles(catchment: CatchmentConfig, homes: _Homes, of_row: np.ndarray, ordinal: np.ndarray, draw: Draw) -> np.ndarray:
    kind, has_partner = homes.kind[of_row], homes.has_partner[of_row]
    after_parents = ordinal - 1 - has_partner  # 0 for the first after head and partner: with children, it is one
    is_grandparent = (after_parents > 0) & (draw("grandparent") < catchment.grandparent_share)
    is_child = ((kind == Household.FAMILY) | (kind == Household.LONE_PARENT)) & ~is_grandparent
    return np.select(
        [ordinal == 0, (ordinal == 1) & has_partner, is_child], [Role.HEAD, Role.PARTNER, Role.CHILD], Role.OTHER
    ).astype(np.int8)


def _ages(homes: _Homes, of_row: np.ndarray, role: np.ndarray, draw: Draw) -> np.ndarray:
    """Return ages: children are at least PARENT_YEARS younger than either parent, couples near each other."""
    head, partner = homes.head_years[of_row], homes.partner_years[of_row]
    parent = np.where(homes.has_partner[of_row], np.minimum(head, partner), head)
    u = draw("age")
    child = (u * (np.minimum(parent - PARENT_YEARS, ADULT_YEARS - 1) + 1)).astype(np.int64)
    grandparent = head + PARENT_YEARS + 4 + (10 * u).astype(np.int64)
    oldest_child = np.minimum(head - PARENT_YEARS - 2, 40)
    grown_child = ADULT_YEARS + (u * (oldest_child - ADULT_YEARS + 1)).astype(np.int64)
    flat_mate = np.maximum(head - 5 + (11 * u).astype(np.int64), ADULT_YEARS)
    of_adults = np.where(oldest_child >= ADULT_YEARS + 5, grown_child, flat_mate)
    other = np.where(homes.kind[of_row] == Household.ADULTS, of_adults, grandparent)
    years = np.select([role == Role.HEAD, role == Role.PARTNER, role == Role.CHILD], [head, partner, child], other)
    return np.minimum(years, OLDEST_YEARS).astype(np.int8)


def _sexes(homes: _Homes, of_row: np.ndarray, role: np.ndarray, draw: Draw) -> np.ndarray:
    head = homes.head_is_female[of_row]
    return np.select([role == Role.HEAD, role == Role.PARTNER], [head, ~head], draw("sex") < 0.5).astype(np.int8)


def _stages(
    catchment: CatchmentConfig,
    homes: _Homes,
    of_row: np.ndarray,
    role: np.ndarray,
    years: np.ndarray,
    is_female: np.ndarray,
    draw: Draw,
) -> np.ndarray:
    first = np.cumsum(homes.size) - homes.size
    youngest = np.minimum.reduceat(years, first)[of_row]
    is_parent = (role <= Role.PARTNER) & (homes.kind[of_row] != Household.ADULTS)
    with_partner = is_parent & homes.has_partner[of_row]
    pregnant = with_partner & (is_female == 1) & (years <= 42) & (draw("pregnant") < catchment.pregnant_share)
    return np.select(
        [role == Role.CHILD, pregnant, is_parent & (youngest < NEW_PARENT_YEARS), years < MIDDLE_YEARS, years < ELDERLY_YEARS],
        [Stage.CHILD, Stage.PREGNANT, Stage.NEW_PARENT, Stage.YOUNG, Stage.MIDDLE],
        Stage.ELDERLY,
    ).astype(np.int8)


def _rates(config: RunConfig, law: Law, homes: _Homes, of_row: np.ndarray, role: np.ndarray, normal: np.ndarray) -> np.ndarray:
    of_home = distance_factor(config, homes.distance_km) * np.array(config.catchment.visits_by_age)[homes.age_group]
    of_role = np.array([1.0, 1.0, 0.0, OTHER_VISITS])[role]
    return law.visits_scale * of_home[of_row] * of_role * frequencies(config.catchment.frequency_sigma, normal)


def _are_members(config: RunConfig, role: np.ndarray, life_cycle: np.ndarray, normal: np.ndarray, draw: Draw) -> np.ndarray:
    """Return who is a member: adults who have been there, and those who come often more than others."""
    never = config.catchment.life_cycle_shares[LifeCycle.POTENTIAL] / sum(config.catchment.life_cycle_shares)
    share = min(config.digital.member_share / (1 - never), 1.0) if never < 1 else 0.0
    together = config.catchment.member_frequency_correlation
    near = together * normal + np.sqrt(1 - together**2) * ndtri(draw("member"))
    return ((near > -ndtri(share)) & (role != Role.CHILD) & (life_cycle != LifeCycle.POTENTIAL)).astype(np.int8)


def _spend_scales(config: RunConfig, law: Law, income: np.ndarray, draw: Draw) -> np.ndarray:
    of_class = of_mean_one(config.catchment.spend_by_income, law.income_visits)
    within = spends(spend_sigma_within(config, law), config.catchment.spend_tail_exponent, draw("spend"))
    return of_class[income] * within


def _price_sensitivities(config: RunConfig, law: Law, income: np.ndarray, draw: Draw) -> np.ndarray:
    of_class = of_mean_one(config.catchment.price_sensitivity_by_income, law.income_visits)
    sigma = config.catchment.price_sensitivity_sigma
    return of_class[income] * np.exp(sigma * ndtri(draw("price")) - sigma**2 / 2)


def _tastes(
    config: RunConfig, law: Law, income: np.ndarray, years: np.ndarray, is_female: np.ndarray, draw: Draw
) -> np.ndarray:
    """Return tastes of which sex, age and income explain a share, the rest being everybody's own; each dimension has variance 1."""
    share = config.catchment.taste_from_tags_share
    shares = np.array(config.catchment.head_age_shares) / sum(config.catchment.head_age_shares)
    group = (years >= MIDDLE_YEARS).astype(int) + (years >= ELDERLY_YEARS)
    age = np.where(years < ADULT_YEARS, 0.0, _standardised(np.array([-1.0, 0.0, 1.0]), shares)[group])
    classes = np.array(config.catchment.income_shares) / sum(config.catchment.income_shares)
    scores = np.stack([2.0 * is_female - 1.0, age, _standardised(_INCOME_SCORE, classes)[income]], axis=1)
    loadings = _TASTE_LOADINGS / np.sqrt((_TASTE_LOADINGS**2).sum(axis=1, keepdims=True))
    own = np.stack([ndtri(draw(f"taste {dimension}")) for dimension in range(TASTES)], axis=1)
    found: np.ndarray = np.sqrt(share) * (scores @ loadings.T) + np.sqrt(1 - share) * own
    return found


def _standardised(scores: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return scores of mean 0 and variance 1 under `shares`; 0 each where there is but one."""
    centred = scores - (scores * shares).sum()
    sd = np.sqrt((centred**2 * shares).sum())
    found: np.ndarray = centred / sd if sd > 0 else np.zeros_like(centred)
    return found


def _of_shares(shares: list[float], draws: np.ndarray) -> np.ndarray:
    cdf = np.cumsum(shares) / sum(shares)
    return np.searchsorted(cdf[:-1], draws, side="right").astype(np.int8)
