"""What grows and fades on a visit: hunger, fatigue, money left, having had enough; and how much a store appeals to the party."""

from __future__ import annotations

import numpy as np

from sim.categories import CATEGORIES
from sim.crowd.points.attraction import points_utility
from sim.crowd.points.catalogue import voucher_utility
from sim.crowd.promos.appeal import coupon_utility
from sim.crowd.state import Mall, Stream
from sim.crowd.venues.cinema_records import CINEMA, Film
from sim.crowd.writing import note
from sim.events import Change, EventKind, Reason
from sim.kernel import inlined, kernel
from sim.random_streams import draw_word, uniform, uniform_of
from sim.visitors import LIKED_MAX, TASTES

CAFE = CATEGORIES.index("cafe")
RESTAURANT = CATEGORIES.index("restaurant")
SATED_BITS, SATED_MOST = 3, 7  # of each trade in mind.sated
WISH_MAX = 3.0  # times the usual chance to turn aside for a store
NOTICES_MAX = 2.0
# Counts of a party's draws of needs: whether it sits down at a choice, who would not go in, what else there is to a visit. The last is a
# normal deviate, which takes the two counts from twice its own on.
SIT_DRAW, VETO_DRAW, MOOD_DRAW = 1 << 20, 1 << 21, 1 << 22


@inlined
def grow(mall: Mall, row: int, now_us: int) -> None:
    """Bring the party's mind up to date, before it decides: the metres walked since it last did are effort."""
    mind = mall.minds[row]
    mind.seen_us = now_us
    walked_m = mall.shoppers[row].walked_m
    mind.fatigue += walked_m - mind.metres_felt
    mind.metres_felt = walked_m


@inlined
def stays_until_us(mall: Mall, row: int, now_us: int) -> int:
    """Return until when the party stays: as long as it meant to, less for effort beyond the usual, more for less of it.

    Effort grows by the usual on average, so the mean stay is kept; bags end it by themselves (venues/bags.py) and are no effort here. A film or a table that is booked is kept however tired one is, and
    whoever has turned to leave stays no longer.
    """
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    if shopper.leaving == 1 or errand.film == Film.BOOKED or errand.booking >= 0:
        return shopper.stay_until_us
    params = mall.params[0]
    shift_us = params.tire_us_per_m * beyond_usual_m(mall, row, now_us)
    return shopper.stay_until_us - np.int64(max(-params.tire_us_max, min(params.tire_us_max, shift_us)))


@inlined
def beyond_usual_m(mall: Mall, row: int, now_us: int) -> float:
    """Return the party's effort so far, in metres walked, beyond that of a usual visit of this length."""
    return mall.minds[row].fatigue - mall.params[0].usual_m_per_us * (now_us - mall.shoppers[row].arrived_us)


@inlined
def would_sit(mall: Mall, row: int) -> bool:
    """Return whether a tired party sits down in a cafe rather than going on."""
    params = mall.params[0]
    if mall.minds[row].fatigue < params.sit_from_m:
        return False
    shopper = mall.shoppers[row]
    return uniform(mall.keys[Stream.NEEDS], shopper.number, SIT_DRAW + shopper.choices) < params.sit_share


@inlined
def wants_snack(mall: Mall, row: int, now_us: int) -> bool:
    """Return whether the party is hungry for something small: between meal times, and no meal put off for later."""
    return now_us >= mall.minds[row].hungry_us and mall.errands[row].meal_after_us == 0 and mall.shoppers[row].has_eaten == 0


@kernel
def stay_hungry(mall: Mall, row: int, trade: int, now_us: int) -> None:
    """The meal is given up, for want of anything or of a trade that refused the party: it will go home before long."""
    shopper = mall.shoppers[row]
    shopper.has_eaten = 1
    mall.minds[row].meals_given_up += 1
    note(mall, row, now_us, EventKind.PLAN_CHANGED, trade, Change.MEAL_GIVEN_UP)
    shopper.stay_until_us = min(shopper.stay_until_us, now_us + mall.params[0].hunger_patience_us)


@inlined
def skip_snack(mall: Mall, row: int, now_us: int) -> None:
    """No cafe would do for a snack: the party thinks of it again when the snack would have worn off."""
    mall.minds[row].hungry_us = now_us + mall.params[0].snack_holds_us


@inlined
def liking(mall: Mall, row: int, unit: int) -> float:
    """Return what a store's appeal to this party adds to its utility.

    The store's pull today + taste (the brand's place in the space of tastes along the party's own, with the brand's mean appeal kept)
    + memories - dear prices x sensitivity - what it has had enough of. 0 for an ordinary store and a party that knows nothing of it.
    """
    params = mall.params[0]
    mind = mall.minds[row]
    pull = mall.pulls[unit]
    taste = affinity(mall, row, unit)
    found = pull.log_pull + params.taste_utility * taste
    if taste != 0.0:
        found -= pull.correction
    if mall.liked[row, 0] >= 0:
        for slot in range(LIKED_MAX):
            if mall.liked[row, slot] == unit:
                found += params.liked_utility
    found -= params.price_utility * mind.price_sensitivity * pull.price_rise
    level = mind.sated >> (SATED_BITS * mall.units[unit].category) & SATED_MOST
    found += voucher_utility(mall, row, unit) + coupon_utility(mall, row, unit)
    return found - params.sated_utility * level + points_utility(mall, row, unit)


@inlined
def affinity(mall: Mall, row: int, unit: int) -> float:
    """Return how well a brand suits the party's joint taste, in standard deviations; 0 for a party without one."""
    found = 0.0
    for dimension in range(TASTES):
        found += mall.tastes[row, dimension] * mall.brands[unit, dimension]
    return found / np.sqrt(float(TASTES))


@inlined
def out_of_hours(mall: Mall, row: int, unit: int) -> float:
    """Return what a restaurant loses for a party that passes or browses and is not hungry."""
    if mall.categories[mall.units[unit].category].has_tables == 0:
        return 0.0
    mind = mall.minds[row]
    return 0.0 if mind.seen_us >= mind.hungry_us and mind.meals == 0 else mall.params[0].unhungry_utility


@inlined
def notices(mall: Mall, row: int) -> float:
    """Return by what factor the party is readier than usual to enter a store that it only passes: more with every metre walked."""
    params = mall.params[0]
    more = params.unplanned_slope * (mall.shoppers[row].walked_m / params.unplanned_m_usual - 1.0)
    return max(0.0, min(NOTICES_MAX, 1.0 + more))


@kernel
def wish(mall: Mall, row: int, unit: int) -> float:
    """Return by what factor the chance to turn aside for a store is larger than usual, at most WISH_MAX."""
    return min(WISH_MAX, np.exp(liking(mall, row, unit) - out_of_hours(mall, row, unit)))


@kernel
def is_vetoed(mall: Mall, row: int, unit: int, now_us: int) -> bool:
    """Return whether one of the party would not go in, and note the first time at each of its choices.

    Each person beside the one who leads vetoes a store by a logistic law of the distance between taste and brand, so that a party of n
    vetoes it with chance 1 - (1 - q)^(n - 1): one draw for party and store, the same however often the question comes up. A choice and
    the walk after it can meet any number of such stores; one note for all of them keeps what an entry of the agenda writes bounded.
    """
    shopper = mall.shoppers[row]
    taste = affinity(mall, row, unit)
    if shopper.people < 2 or taste == 0.0:
        return False
    params = mall.params[0]
    accepts = 1.0 - 1.0 / (1.0 + np.exp((taste - params.veto_at) / params.veto_spread))
    word = draw_word(mall.keys[Stream.NEEDS], shopper.number, VETO_DRAW)
    if uniform_of(word, mall.units[unit].key) < accepts ** (shopper.people - 1):
        return False
    mind = mall.minds[row]
    if mind.vetoed != shopper.choices:
        mind.vetoed = shopper.choices
        note(mall, row, now_us, EventKind.PLAN_CHANGED, mall.units[unit].category, Change.VETOED)
    return True


@kernel
def can_spend(mall: Mall, row: int, amount_fen: int) -> bool:
    """Return whether the party's money for the visit allows it."""
    return mall.errands[row].spent_fen + amount_fen <= mall.minds[row].budget_fen


@kernel
def feel_wait(mall: Mall, row: int, wait_us: int, station: int) -> None:
    """Remember a wait: it is effort, unless in a car, and feels longer where nobody says how long it will be."""
    if wait_us <= 0:
        return
    mind = mall.minds[row]
    params = mall.params[0]
    here = mall.stations[station]
    mind.waited_us += wait_us
    reads = params.shown_at_line == 1 or (params.shown_in_app == 1 and mall.errands[row].uses_app == 1)
    is_told = here.is_shown == 1 and reads
    mind.felt_us += wait_us if is_told else np.int64(wait_us * params.uninformed_factor)
    if here.unit >= 0:
        mind.fatigue += params.queue_m_per_us * wait_us


@kernel
def feel_store(mall: Mall, row: int, now_us: int) -> None:
    """On coming out of a store: what was found or missed, rest, a meal or a snack, and having had more of its trade."""
    shopper = mall.shoppers[row]
    if shopper.reason == Reason.DESK:
        return
    mind = mall.minds[row]
    trade = mall.units[shopper.unit].category
    has_bought = mind.bought == shopper.visits
    if shopper.reason == Reason.SHOW:
        has_bought = _feel_film(mall, row, now_us)
    elif shopper.reason == Reason.NEED:
        _tick_off(mall, row, trade, has_bought, now_us)
    elif has_bought:
        mind.beside += 1
    level = mind.sated >> (SATED_BITS * trade) & SATED_MOST
    more = min(2 if has_bought else 1, SATED_MOST - level)
    mind.sated += np.int64(more) << np.int64(SATED_BITS * trade)  # a trade is 32 bits wide, and so would the shifted number be
    has_tables = mall.categories[trade].has_tables == 1
    if has_bought and (has_tables or trade == CAFE):
        mind.fatigue = max(0.0, mind.fatigue - mall.params[0].rest_m_per_us * (now_us - shopper.since_us))
    if has_bought and (has_tables or (trade == CAFE and shopper.reason == Reason.MEAL)):
        mind.meals += 1
        mind.hungry_us = now_us + mall.params[0].hunger_grows_us
        shopper.has_eaten = 1
    elif trade == CAFE and has_bought and now_us >= mind.hungry_us:
        mind.hungry_us = now_us + mall.params[0].snack_holds_us
    elif shopper.reason == Reason.MEAL and shopper.has_eaten == 1:
        _try_again(mall, row, trade, now_us)


@inlined
def _feel_film(mall: Mall, row: int, now_us: int) -> bool:
    """On coming out of the cinema, return whether the party has seen its film: then that need is found, and the film was a rest.

    Seats for a later show are neither; whoever comes out without seats has missed its film. Every film was on the list.
    """
    mind = mall.minds[row]
    errand = mall.errands[row]
    if errand.film == Film.OUT:
        mind.finds += 1
        seen_us = mall.shows[errand.show].ends_us - max(mall.shoppers[row].since_us, mall.shows[errand.show].starts_us)
        mind.fatigue = max(0.0, mind.fatigue - mall.params[0].rest_m_per_us * seen_us)
        return True
    if errand.film == Film.DONE:
        miss_film(mall, row, now_us)
    return False


@kernel
def miss_film(mall: Mall, row: int, now_us: int) -> None:
    """The party wanted a film and will see none."""
    mall.minds[row].misses += 1
    note(mall, row, now_us, EventKind.PLAN_CHANGED, CINEMA, Change.UNMET)


@kernel
def miss_need(mall: Mall, row: int, trade: int, now_us: int) -> None:
    """No store of a trade would do; unless the party has been in one, the mall did not meet its need."""
    mind = mall.minds[row]
    if mind.sated >> (SATED_BITS * trade) & SATED_MOST == 0:
        mind.misses += 1
        note(mall, row, now_us, EventKind.PLAN_CHANGED, trade, Change.NONE_THERE)


@inlined
def _tick_off(mall: Mall, row: int, trade: int, has_bought: bool, now_us: int) -> None:
    """A need is found when something was bought, unmet when it wanted to and left without, and neither after a look."""
    mind = mall.minds[row]
    if has_bought:
        mind.finds += 1
    elif mall.shoppers[row].amount_fen > 0:
        mind.misses += 1
        note(mall, row, now_us, EventKind.PLAN_CHANGED, trade, Change.UNMET)


@inlined
def _try_again(mall: Mall, row: int, trade: int, now_us: int) -> None:
    """Out of a restaurant without a meal: hungry still, so somewhere else, a few times; then the meal is given up."""
    mind = mall.minds[row]
    mind.meal_tries += 1
    if mind.meal_tries < mall.params[0].meal_tries_max:
        mall.shoppers[row].has_eaten = 0
    else:
        stay_hungry(mall, row, trade, now_us)
