"""Ratings: who leaves one, what it says, and what whoever reads it makes of it; one law for stores and restaurants."""

from __future__ import annotations

import numpy as np

from sim.config import RunConfig
from sim.crowd.state import Mall, Meta, Role, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import entry, kernel, referred
from sim.random_streams import standard_normal, uniform
from sim.standing import AVERAGE_STARS, STARS_MAX, STARS_MIN, Fate
from sim.visitors import LIKED_MAX, Character

NOISE = 1 << 20  # address of the draws of noise, beyond any number of stores entered
EAGERNESS_PARTICIPATORY, EAGERNESS_PROMOTER, EAGERNESS_CHOOSY, EAGERNESS_QUIET = 2.0, 1.5, 1.25, 0.4  # engineering judgement
# Their mean is 1 where one in ten is a promoter, one in five choosy, one in five participatory, and half are quiet.
MILLI = 1000.0
NO_VISIT = -1  # the visit's number of an event that concerns a tenant and no party
EVENTS_OF_A_UNIT = 5


def describe_ratings(params: np.record, config: RunConfig) -> None:
    """Write the parameters of ratings into the one record of PARAMS."""
    ratings = config.ratings
    params.review_share, params.review_noise = ratings.share, ratings.noise_stars
    params.review_found, params.review_missed = ratings.found_stars, ratings.missed_stars
    params.review_wait_s, params.review_dear = 60 * ratings.wait_min_per_star, ratings.dear_stars
    params.review_choosy = ratings.choosy_stars
    params.stars_weight, params.own_trust = ratings.weight, ratings.own_trust


@kernel
def eagerness(character: int) -> float:
    """Return how much readier to rate than the average a party of this character is."""
    if character == Character.PARTICIPATORY:
        return EAGERNESS_PARTICIPATORY
    if character == Character.PROMOTER:
        return EAGERNESS_PROMOTER
    return EAGERNESS_CHOOSY if character == Character.CHOOSY else EAGERNESS_QUIET


@kernel
def leave_stars(mall: Mall, row: int, score: float, share: float, now_us: int) -> float:
    """Let a party rate the store it is in, if it is of those who do; return its stars, 0 for none.

    `score` is what it thinks of its own experience at a store of average quality; the store's quality and its own taste come on top.
    """
    shopper = mall.shoppers[row]
    mind = mall.minds[row]
    params = mall.params[0]
    if uniform(mall.keys[Stream.RATING], shopper.number, shopper.visits) >= share * eagerness(mind.character):
        return 0.0
    stars = score + mall.standing[shopper.unit].quality - AVERAGE_STARS
    stars += params.review_noise * standard_normal(mall.keys[Stream.RATING], shopper.number, NOISE + shopper.visits)
    if mind.character == Character.CHOOSY:
        stars -= params.review_choosy
    stars = min(STARS_MAX, max(STARS_MIN, stars))
    note(mall, row, now_us, EventKind.RATED, shopper.unit, np.int64(MILLI * stars))
    return stars


@kernel
def judge_store(mall: Mall, row: int, has_bought: bool, waited_us: int, now_us: int) -> None:
    """On leaving a store: perhaps rate it by what was found, the wait and the prices. Restaurants are rated with the meal."""
    shopper = mall.shoppers[row]
    mind = mall.minds[row]
    params = mall.params[0]
    if mall.venues[shopper.unit].dines == 1:
        return
    score = AVERAGE_STARS + (params.review_found if has_bought else -params.review_missed)
    score -= 1e-6 * waited_us / params.review_wait_s
    score -= params.review_dear * (mall.standing[shopper.unit].price_factor - 1.0) * mind.price_sensitivity
    leave_stars(mall, row, score, params.review_share, now_us)


@kernel
def give_up_line(mall: Mall, row: int, now_us: int) -> None:
    """Before a party leaves the line at a store's till: it may say what it thinks."""
    shopper = mall.shoppers[row]
    role = mall.stations[shopper.station].role
    if role == Role.TILL or role == Role.SELF_CHECKOUT:
        judge_store(mall, row, False, now_us - shopper.joined_us, now_us)


@kernel
def shown_appeal(mall: Mall, row: int, unit: int) -> float:
    """Return what the stars that the app shows of a store add to its utility; whoever remembers it fondly trusts them less."""
    params = mall.params[0]
    weight = params.stars_weight
    for slot in range(LIKED_MAX):
        if mall.liked[row, slot] == unit:
            weight *= 1.0 - params.own_trust
    return weight * (mall.standing[unit].shown_stars - AVERAGE_STARS)


@entry
def post_standing(mall: Mall, first: int, now_us: int) -> int:
    """Write down how the units from `first` on stand today; return the one for which the log has no room, else the number of units."""
    mall = referred(mall)
    for unit in range(first, mall.units.size):
        if mall.meta[Meta.LOG_ROWS] + EVENTS_OF_A_UNIT > mall.log.size:
            return unit
        here = mall.standing[unit]
        _write(mall, now_us, EventKind.STARS_DESERVED, unit, np.int64(MILLI * here.quality))
        _write(mall, now_us, EventKind.STARS_SHOWN, unit, np.int64(MILLI * here.shown_stars + 0.5))
        _write(mall, now_us, EventKind.RATINGS_COUNTED, unit, here.ratings)
        _write(mall, now_us, EventKind.RATINGS_BOUGHT, unit, here.bought)
        if here.fate != Fate.STAYS:
            _write(mall, now_us, EventKind.TENANT_JUDGED, unit, here.fate)
    return mall.units.size


@kernel
def _write(mall: Mall, now_us: int, kind: int, unit: int, value: int) -> None:
    event = mall.log[mall.meta[Meta.LOG_ROWS]]
    event.time_us = now_us
    event.visit = NO_VISIT
    event.people = 0
    event.kind = kind
    event.place = unit
    event.value = value
    mall.meta[Meta.LOG_ROWS] += 1
