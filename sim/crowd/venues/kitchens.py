"""In the kitchen: an order, the prepared portions or another dish, the next cook who is free, and a rating.

Orders are cooked in the order in which they come by whichever of the cooks is free first. How long an order takes is known when it
comes, and so is when it will be done: each cook carries the instant when all it has is done (Kiefer & Wolfowitz 1955). So an order
needs nobody to stand in a line for it, and a party may be on the waiting list while its food is cooked.
"""

from __future__ import annotations

import numpy as np

from sim.crowd.queues import service_s
from sim.crowd.ratings import leave_stars, shown_appeal
from sim.crowd.state import Mall, Stream
from sim.crowd.venues.restaurant_records import Ordered
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import inlined, kernel
from sim.random_streams import uniform

SCORE_MIN = 1.0


@kernel
def cook_s(mall: Mall, row: int) -> float:
    """Return a cook's time for the party's order where nobody is in a hurry."""
    shopper = mall.shoppers[row]
    venue = mall.venues[shopper.unit]
    if venue.kitchen < 0:
        return 0.0
    kitchen = mall.stations[venue.kitchen]
    mean_s = venue.cook_s_base + venue.cook_s_per_head * shopper.people
    return service_s(kitchen.law, mean_s, kitchen.service_cv, mall.keys[Stream.KITCHEN], shopper.number, shopper.visits)


@kernel
def place_order(mall: Mall, row: int, now_us: int) -> bool:
    """Give the party's order to the kitchen; return False when the prepared portions are gone and it wants nothing else."""
    shopper = mall.shoppers[row]
    venue = mall.venues[shopper.unit]
    errand = mall.errands[row]
    params = mall.params[0]
    time_s = cook_s(mall, row)
    errand.has_ordered = Ordered.PREPARED
    if venue.portions_left >= shopper.people:
        venue.portions_left -= shopper.people
        venue.portions_used += shopper.people
    else:
        note(mall, row, now_us, EventKind.STOCKED_OUT, shopper.unit, shopper.people)
        if uniform(mall.keys[Stream.DISH], shopper.number, 2 * shopper.visits) >= params.substitute_share:
            errand.has_ordered = Ordered.NOTHING
            return False
        errand.has_ordered = Ordered.SUBSTITUTE
        venue.substitutes += shopper.people
        shopper.amount_fen = max(1, np.int64(shopper.amount_fen * params.substitute_spend))
        time_s *= params.substitute_work
    note(
        mall, row, now_us, EventKind.FOOD_ORDERED, shopper.unit, shopper.people if errand.has_ordered == Ordered.PREPARED else 0
    )
    errand.ordered_us = now_us
    errand.food_us = now_us if venue.kitchen < 0 else cooked_us(mall, shopper.unit, time_s, now_us)
    return True


@kernel
def cooked_us(mall: Mall, unit: int, time_s: float, now_us: int) -> int:
    """Let the cook who is free first take an order; return when it is done."""
    venue = mall.venues[unit]
    first = venue.cook_start
    time_us = np.int64(1e6 * time_s * (1.0 + slow_down(mall, unit, now_us)))
    for cook in range(venue.cook_start + 1, venue.cook_start + _cooks(mall, unit)):
        if mall.cooks[cook].free_us < mall.cooks[first].free_us:
            first = cook
    done_us = max(now_us, mall.cooks[first].free_us) + time_us
    mall.cooks[first].free_us = done_us
    return done_us


@inlined
def _cooks(mall: Mall, unit: int) -> int:
    """Return how many cooks are on duty: at least one, who is the cook that never leaves."""
    venue = mall.venues[unit]
    return max(1, min(mall.stations[venue.kitchen].servers_open, venue.cook_end - venue.cook_start))


@kernel
def slow_down(mall: Mall, unit: int, now_us: int) -> float:
    """Return the part by which work takes longer now: it grows with the orders per cook beyond what a cook can overlook."""
    venue = mall.venues[unit]
    params = mall.params[0]
    cooks = _cooks(mall, unit)
    ahead_us = 0
    for cook in range(venue.cook_start, venue.cook_start + cooks):
        ahead_us += max(0, mall.cooks[cook].free_us - now_us)
    usual_s = mall.stations[venue.kitchen].service_s_mean
    beyond = 1e-6 * ahead_us / (cooks * max(usual_s, 1e-3)) - params.overload_orders
    return min(params.overload_most, params.overload_slope * max(0.0, beyond))


@kernel
def rate(mall: Mall, row: int, score: float, now_us: int) -> None:
    """Let a party leave a score, if it is of those who do; the rating follows by exponential smoothing."""
    shopper = mall.shoppers[row]
    params = mall.params[0]
    stars = leave_stars(mall, row, score, params.rating_share, now_us)
    if stars > 0.0:
        venue = mall.venues[shopper.unit]
        venue.rating += params.rating_memory * (stars - venue.rating)


@kernel
def score_of_meal(mall: Mall, row: int) -> float:
    """Return what a party thinks of its meal: less for a wait, for slow or cold food, and for a dish that was gone."""
    errand = mall.errands[row]
    params = mall.params[0]
    waited_s = 1e-6 * errand.waited_us + 1e-6 * max(0, errand.food_us - max(errand.ordered_us, errand.seated_us))
    cold_s = 1e-6 * max(0, errand.seated_us - errand.food_us)
    score = params.rating_best - waited_s / params.rating_wait_s - cold_s / params.rating_cold_s
    return score - params.rating_stock_out if errand.has_ordered == Ordered.SUBSTITUTE else score


@inlined
def reputation(mall: Mall, row: int, unit: int) -> float:
    """Return what a store's rating adds to its utility: the stars that the app shows, else a restaurant's running score.

    It is 0 for whoever has no app to look at, and for what is not rated.
    """
    if mall.errands[row].uses_app == 0:
        return 0.0
    if mall.standing[unit].shown_stars > 0.0:
        return shown_appeal(mall, row, unit)
    venue = mall.venues[unit]
    if venue.dines == 0:
        return 0.0
    return mall.params[0].rating_weight * (venue.rating - mall.params[0].rating_start)
