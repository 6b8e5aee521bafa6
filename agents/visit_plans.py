"""What a party has in mind when it comes: purpose, list, time and money, and when it will be hungry; drawn by the visit's own number."""

from __future__ import annotations

from functools import cache
from math import log, sqrt

import numpy as np
from scipy.special import ndtri

from agents.digital import favourites_of
from agents.parties import poisson_cdf
from sim.calendar import day_of
from sim.categories import CATEGORIES, CATEGORY_INDEX
from sim.config import RunConfig
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.schema.minds import PURPOSES
from sim.units import US_PER_DAY, US_PER_MIN, minutes_from_hours
from sim.visitors import NEEDS_MAX, NEVER_US, Purpose, Visitors

ABOUT_TO_EAT_US = 30 * US_PER_MIN  # whoever will be hungry so soon may have come for the meal; engineering judgement
CINEMA = CATEGORY_INDEX["cinema"]


def planned(config: RunConfig, compiled: CompiledPlan, visitors: Visitors, keys: np.ndarray) -> Visitors:
    """Return the parties with purpose, needs, stay, budget and hunger; `number`, `arrive_us`, `people`, `spend_scale` and `goal_entrance` are known.

    `keys` (int64, one per party) are the addresses of the people whose visits these are, by which they have favourites.

    No draw depends on anything but the visit's number, so that one more party changes nobody's plans.
    """
    hungry_us = hungry_at(config, visitors.number, visitors.arrive_us)
    wanted = purposes(config, visitors.number, visitors.arrive_us, visitors.people, hungry_us)
    needs = needs_of(config, compiled, visitors.number, keys, wanted)
    purpose = np.where((needs == CINEMA).any(axis=1), Purpose.CINEMA, wanted)
    stay_s = _stays_s(config, visitors.number, purpose)
    hungry_us = _with_snacks(config, visitors.number, visitors.arrive_us, stay_s, hungry_us)
    budget_fen = _budgets_fen(config, visitors, purpose)
    purpose = np.where(visitors.goal_entrance >= 0, Purpose.WALK_THROUGH, purpose)
    return visitors._replace(
        needs=needs, stay_s=stay_s, purpose=purpose.astype(np.int8), hungry_us=hungry_us, budget_fen=budget_fen
    )


def hungry_at(config: RunConfig, number: np.ndarray, arrive_us: np.ndarray) -> np.ndarray:
    """Return when each party will want its meal, NEVER_US for those that eat elsewhere or come too late.

    choice.meal_share of the parties eat when a meal time finds them here; hunger comes to them a little after its start, to those who
    come later before they are here.
    """
    eats = _draw(config, "eats here", number) < config.choice.meal_share
    after_min = _draw(config, "hunger", number) * config.minds.hunger.comes_within_min
    found = np.full(number.size, NEVER_US)
    of_day_us = arrive_us % US_PER_DAY
    for meal in ("dinner", "lunch"):
        starts_us, ends_us = (
            minutes_from_hours(getattr(config.choice, f"{meal}_{end}")) * US_PER_MIN for end in ("starts", "ends")
        )
        hunger_us = starts_us + np.minimum(after_min * US_PER_MIN, (ends_us - starts_us) / 2).astype(np.int64)
        found = np.where(eats & (of_day_us < ends_us), arrive_us - of_day_us + hunger_us, found)
    return found


def _with_snacks(
    config: RunConfig, number: np.ndarray, arrive_us: np.ndarray, stay_s: np.ndarray, hungry_us: np.ndarray
) -> np.ndarray:
    """Return the same with the hunger between meals of some who eat no meal here, at any moment of their stay outside meal times."""
    snacks = (_draw(config, "snacks", number) < config.minds.hunger.snack_share) & (hungry_us == NEVER_US)
    at_us = arrive_us + (_draw(config, "snack time", number) * stay_s * 1e6).astype(np.int64)
    for meal in ("lunch", "dinner"):
        starts_us, ends_us = (
            minutes_from_hours(getattr(config.choice, f"{meal}_{end}")) * US_PER_MIN for end in ("starts", "ends")
        )
        snacks &= (at_us % US_PER_DAY < starts_us) | (at_us % US_PER_DAY >= ends_us)
    return np.where(snacks & (config.choice.meal_share > 0), at_us, hungry_us)


def purposes(
    config: RunConfig, number: np.ndarray, arrive_us: np.ndarray, people: np.ndarray, hungry_us: np.ndarray
) -> np.ndarray:
    """Return the Purpose of each party as far as neither a film nor a way through the mall decides it.

    Who is hungry on arrival has come for the meal with minds.plans.meal_led_share; leisure and strolls gain at weekends and in company.
    """
    plans = config.minds.plans
    is_meal = (hungry_us <= arrive_us + ABOUT_TO_EAT_US) & (_draw(config, "meal-led", number) < plans.meal_led_share)
    odds = np.where(people >= 2, plans.company_factor, 1.0) * (plans.weekend_factor if day_of(config).is_weekend else 1.0)
    leisure, stroll = plans.leisure_share * odds, plans.stroll_share * odds
    total = leisure + stroll + (1.0 - plans.leisure_share - plans.stroll_share)
    draw = _draw(config, "purpose", number) * total
    found = np.select([draw < leisure, draw < leisure + stroll], [Purpose.LEISURE, Purpose.STROLL], Purpose.SHOPPING)
    return np.asarray(np.where(is_meal, Purpose.MEAL, found))


def needs_of(
    config: RunConfig, compiled: CompiledPlan, number: np.ndarray, keys: np.ndarray, purpose: np.ndarray
) -> np.ndarray:
    """Return each party's needs: so many as its purpose suggests, of the first resident's favourite trades or of everybody's.

    Favourites follow one and the same law of trades, so that the shares of trades do not depend on them.
    """
    needs = np.full((number.size, NEEDS_MAX), -1, np.int8)
    present = set(compiled.tenant_categories)
    shares = np.array([config.categories[name].need_share if name in present else 0.0 for name in CATEGORIES])
    if shares.sum() <= 0:
        return needs
    cdf = np.cumsum(shares) / shares.sum()
    factors, draw = _kept(config)[0], _draw(config, "needs", number)
    count = np.zeros(number.size, np.int64)
    for kind in np.unique(purpose):
        here = purpose == kind
        count[here] = np.searchsorted(poisson_cdf(config.population.needs_mean * factors[kind], NEEDS_MAX), draw[here])
    digital = config.digital
    for slot in range(NEEDS_MAX):
        own = _draw(config, "need is a favourite", number, slot) < digital.favourites_share
        which = (_draw(config, "which favourite", number, slot) * digital.favourites).astype(np.int64)
        drawn = np.where(own, favourites_of(config, keys, which), _draw(config, "need", number, slot))
        needs[:, slot] = np.where(slot < count, np.searchsorted(cdf, drawn).astype(np.int8), -1)
    return needs


def _stays_s(config: RunConfig, number: np.ndarray, purpose: np.ndarray) -> np.ndarray:
    population = config.population
    stay_min = lognormals(
        population.stay_min_mean, population.stay_min_sd / population.stay_min_mean, _draw(config, "stay", number)
    )
    return np.asarray(60 * day_of(config).stay_factor * stay_min * _kept(config)[1][purpose])


def _budgets_fen(config: RunConfig, visitors: Visitors, purpose: np.ndarray) -> np.ndarray:
    """Return what each party would spend at most: per person and the square root of their number, heavy-tailed with spending power."""
    plans = config.minds.plans
    own = np.exp(plans.budget_sigma * ndtri(_draw(config, "budget", visitors.number)) - plans.budget_sigma**2 / 2)
    yuan = plans.budget_yuan_per_person * np.sqrt(visitors.people) * visitors.spend_scale * own
    return np.maximum(1, 100 * yuan * np.asarray(plans.budget_by_purpose)[purpose]).astype(np.int64)


def _kept(config: RunConfig) -> tuple[np.ndarray, np.ndarray]:
    """Return the factors of needs and stays by purpose whose means over visits are 1."""
    plans, population, choice = config.minds.plans, config.population, config.choice
    is_weekend = day_of(config).is_weekend
    hours = tuple(population.hour_shares_weekend if is_weekend else population.hour_shares_weekday)
    opens, closes = (minutes_from_hours(getattr(config.operations.hours, end)) for end in ("opens", "closes"))
    meals = tuple(
        minutes_from_hours(getattr(choice, f"{meal}_{end}")) for meal in ("lunch", "dinner") for end in ("starts", "ends")
    )
    shares = _shares(
        hours, opens, closes, meals, choice.meal_share * plans.meal_led_share, config.minds.hunger.comes_within_min,
        plans.leisure_share, plans.stroll_share, plans.weekend_factor if is_weekend else 1.0, plans.company_factor,
        population.party_lambda_weekend if is_weekend else population.party_lambda_weekday,
    )  # fmt: skip
    needs, stays = np.asarray(plans.needs_by_purpose), np.asarray(plans.stay_by_purpose)
    return needs / (shares @ needs), stays / (shares @ stays)


@cache
def _shares(
    hours: tuple[float, ...], opens: int, closes: int, meals: tuple[int, ...], meal_share: float, within_min: float,
    leisure_share: float, stroll_share: float, weekend_factor: float, company_factor: float, party_lambda: float,
) -> np.ndarray:  # fmt: skip
    """Return the share of each of the first PURPOSES among visits, as they follow from the law of `purposes`; films apart, which are few."""
    minute = np.arange(opens, closes)
    weight = np.asarray(hours)[(minute - opens) * len(hours) // (closes - opens)]
    hungry = np.zeros(minute.size)
    for starts, ends in ((meals[2], meals[3]), (meals[0], meals[1])):
        within = max(min(within_min, (ends - starts) / 2), 1e-9)
        begun = np.clip((minute + ABOUT_TO_EAT_US / US_PER_MIN - starts) / within, 0.0, 1.0)
        hungry = np.where(minute < ends, begun, hungry)
    meal = meal_share * float((weight * hungry).sum() / max(weight.sum(), 1e-300))
    alone = party_lambda * np.exp(-party_lambda) / (1 - np.exp(-party_lambda))
    found = np.zeros(PURPOSES)
    found[Purpose.MEAL] = meal
    for share, odds in ((alone, weekend_factor), (1 - alone, weekend_factor * company_factor)):
        leisure, stroll = leisure_share * odds, stroll_share * odds
        total = leisure + stroll + 1 - leisure_share - stroll_share
        found[Purpose.LEISURE] += (1 - meal) * share * leisure / total
        found[Purpose.STROLL] += (1 - meal) * share * stroll / total
    found[Purpose.SHOPPING] = 1 - found.sum()
    return found


def _draw(config: RunConfig, purpose: str, number: np.ndarray, count: int = 0) -> np.ndarray:
    return uniforms(stream_key(config.seed, purpose), number, count)


def lognormals(mean: float, cv: float, draws: np.ndarray) -> np.ndarray:
    """Return log-normal values of the given mean and coefficient of variation."""
    variance = log(1 + cv**2)
    values: np.ndarray = np.exp(log(mean) - variance / 2 + sqrt(variance) * ndtri(draws))
    return values
