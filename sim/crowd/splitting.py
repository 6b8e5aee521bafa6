"""When a party splits: who goes with whom, for how long, and where they have agreed to meet."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.choice import lognormal
from sim.crowd.company.care import intends_to_leave_children
from sim.crowd.company.interests import divide_needs
from sim.crowd.company.parts import make_part
from sim.crowd.company.records import Draw, Meets
from sim.crowd.state import Doing, Mall, Stream
from sim.crowd.venues.cinema_records import Film
from sim.kernel import inlined, kernel
from sim.random_streams import exponential, standard_normal, uniform
from sim.units import US_PER_DAY, US_PER_MIN

PARTS_MAX = (
    5  # rows that one event may add: those of a party that has just come, or whose children have just stayed in the playground
)
SPLIT_MAX = 4
STAY_SHARE = 0.7  # of the time left that people stay apart at most: they still want to be together, and to go home on time
LARGE = 4  # adults from which a party may make three of itself


@inlined
def split_if_wanted(mall: Mall, row: int, now_us: int) -> None:
    """Let the people of a party go separate ways from where it stands."""
    if mall.minds[row].splits == 1 and _can_split(mall, row, now_us):
        _split(mall, row, now_us)


@kernel
def _can_split(mall: Mall, row: int, now_us: int) -> bool:
    """Return whether a party may part here and now: adults enough, a place that cannot be missed, time, and nothing to keep together for."""
    shopper, errand, mind, params = mall.shoppers[row], mall.errands[row], mall.minds[row], mall.params[0]
    if shopper.people - mind.children < 2 or shopper.walk_through >= 0 or params.is_open == 0 or mind.parent >= 0:
        return False
    if shopper.zone < 0 or (shopper.place < params.units and mall.venues[shopper.place].has_one_door == 0):
        return False
    if shopper.stay_until_us - now_us < np.int64(params.apart_us_least / STAY_SHARE):
        return False
    if errand.ticket_station >= 0 or errand.booking >= 0 or mind.parts_away > 0:
        return False
    if errand.film != Film.DONE and (errand.film != Film.UNKNOWN or mall.shows.size > 0):
        return False
    if shopper.has_eaten == 0 and _is_meal_time(mall, now_us):
        return False
    return not intends_to_leave_children(mall, row)


@kernel
def _is_meal_time(mall: Mall, now_us: int) -> bool:
    params = mall.params[0]
    of_day_us = now_us % US_PER_DAY
    if params.lunch_starts_us <= of_day_us < params.lunch_ends_us:
        return True
    return params.dinner_starts_us <= of_day_us < params.dinner_ends_us


@kernel
def _split(mall: Mall, row: int, now_us: int) -> None:
    """Make the parts, agree on place and time, and share out what everybody wants."""
    shopper, mind, params = mall.shoppers[row], mall.minds[row], mall.params[0]
    key = mall.keys[Stream.SPLIT]
    mind.splits = 0
    adults = int(shopper.people - mind.children)
    mind.together = shopper.people
    mind.finds_before = mind.finds
    mind.misses_before = mind.misses
    mind.meals_before = mind.meals
    parts = 1
    if params.always_singles == 1:
        parts = min(adults - 1, SPLIT_MAX)
    elif adults >= LARGE and uniform(key, shopper.number, Draw.PARTS) < params.third_part_share:
        parts = 2
    mind.meet_place = shopper.place
    mind.meet_us = now_us + _apart_us(mall, row, now_us)
    mind.meets = Meets.NOT
    mind.is_late = 0
    mind.is_called = 0
    sees = mind.has_bracelets == 1 or uniform(key, shopper.number, Draw.SEES_OTHERS) < params.sees_others_share
    mind.sees_others = 1 if sees else 0
    mind.has_phone = 1 if uniform(key, shopper.number, Draw.HAS_PHONE) < params.reachable_share else 0
    mind.overrun_us = np.int64(params.overrun_us_mean * exponential(key, shopper.number, Draw.OVERRUN))
    mind.kept_eaten = shopper.has_eaten
    shopper.has_eaten = 1  # they eat together
    with_children = 1 if uniform(key, shopper.number, Draw.CHILDREN) < 0.5 else 0
    larger = 1 if uniform(key, shopper.number, Draw.SIZE) < 0.5 else 0  # which side has the odd one
    for part in range(parts):
        together = parts + 1 - part
        size = max(1, (adults + (larger if part == 0 else 0)) // together)
        children = int(mind.children) if with_children == 1 and part == 0 else 0
        made = make_part(mall, row, size + children, children, now_us)
        adults -= size
        mind.parts_away += 1
        mall.shoppers[made].doing = Doing.MEETING
        schedule(mall.shoppers, mall.heap, mall.meta, made, now_us, NORMAL)
    divide_needs(mall, row, parts)
    mind.faster_mps = params.member_faster_mps * (mind.together - shopper.people)
    _hasten(mall, row, mind.faster_mps)


@kernel
def _hasten(mall: Mall, row: int, faster_mps: float) -> None:
    """With less company the leading row walks faster too, until all are together again."""
    mall.errands[row].unladen_mps += faster_mps
    mall.shoppers[row].speed_mps += faster_mps


@kernel
def _apart_us(mall: Mall, row: int, now_us: int) -> int:
    """Return for how long they part: log-normal, within what is left of the visit."""
    shopper, params = mall.shoppers[row], mall.params[0]
    variance = np.log(1.0 + params.apart_cv * params.apart_cv)
    normal = standard_normal(mall.keys[Stream.SPLIT], shopper.number, Draw.APART)
    wanted_us = params.apart_us_mean * lognormal(-0.5 * variance, np.sqrt(variance), normal)
    most_us = STAY_SHARE * (shopper.stay_until_us - now_us)
    return np.int64(max(float(params.apart_us_least), min(wanted_us, most_us)))


def describe_parties(params: Any, config: RunConfig) -> None:
    """Write the parameters of parties into the one record of PARAMS."""
    parties = config.parties
    params.apart_us_mean, params.apart_cv = parties.apart_min_mean * US_PER_MIN, parties.apart_cv
    params.apart_us_least = int(parties.apart_min_least * US_PER_MIN)
    params.overrun_us_mean = parties.overrun_min_mean * US_PER_MIN
    params.late_after_us = int(parties.late_after_min * US_PER_MIN)
    params.spare_us = int(parties.spare_min * US_PER_MIN)
    params.member_faster_mps = config.population.party_slowdown_mps
    params.always_singles = int(parties.into_singles)
    for name in (
        "parents_split_share", "reachable_share", "sees_others_share", "own_taste_sd", "own_interest_share", "own_speed_cv",
        "third_part_share", "conflict_share", "compromise_share",
    ):  # fmt: skip
        params[name] = getattr(parties, name)
