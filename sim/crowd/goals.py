"""What a party does next: an agenda of needs, a meal, browsing, or going home."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.choice import NEVER, choose, pick_by_weight
from sim.crowd.company.interests import gives_up
from sim.crowd.company.meeting import browses_on, leaves_time, meets_first, meets_now
from sim.crowd.happenings.wanting import awaits_happening, drops_happening, goes_to_happening
from sim.crowd.needs import (
    CAFE,
    RESTAURANT,
    can_spend,
    grow,
    is_vetoed,
    liking,
    miss_need,
    out_of_hours,
    skip_snack,
    stay_hungry,
    stays_until_us,
    wants_snack,
    would_sit,
)
from sim.crowd.online.collecting import order_due, order_left
from sim.crowd.online.seeking import sought_unit
from sim.crowd.promos.appeal import best_depth
from sim.crowd.promos.brought import take_up
from sim.crowd.promos.letters import message_due
from sim.crowd.promos.records import COUPONS_MAX
from sim.crowd.routing import choose_exit, level_of_place
from sim.crowd.splitting import split_if_wanted
from sim.crowd.state import VISITED_KEPT, Doing, Mall, Stream, Then
from sim.crowd.tallies import Counted
from sim.crowd.tickets import called_unit, held_unit, is_hungry, known_wait_s, settle_meal
from sim.crowd.venues.bookings import book_table, booked_unit, has_booked_at, is_table_kept, may_book, table_due
from sim.crowd.venues.cinema_records import Film
from sim.crowd.venues.cinemas import has_show, lose_show, loses_way, show_due, show_left, thinks_of_film
from sim.crowd.venues.desks import collects_first, wanted_desk
from sim.crowd.venues.kitchens import reputation
from sim.crowd.wayfinding import look_for_way
from sim.crowd.writing import note
from sim.events import EventKind, Reason
from sim.kernel import inlined, kernel
from sim.random_streams import draw_word, uniform, uniform_of
from sim.units import US_PER_DAY

NEED_BITS = 8
NEED_MASK = 255
LOOK_AGAIN_US = 60_000_000  # a stranded party looks for a way out once a minute
VETOES_MAX = 3  # after so many vetoes a party drops the plan


@kernel
def decide(mall: Mall, row: int, now_us: int) -> int:
    """Choose the next goal: an interrupted errand, a meal, the next need, browsing, else the way out."""
    shopper = mall.shoppers[row]
    params = mall.params[0]
    shopper.choices += 1
    shopper.rides_taken = 0
    shopper.is_misled = 0
    mall.counts[Counted.CHOICES] += 1
    grow(mall, row, now_us)
    split_if_wanted(mall, row, now_us)
    if meets_now(mall, row, now_us):
        return Then.SET_OFF
    if shopper.walk_through >= 0:
        shopper.goal = params.units + shopper.walk_through
        shopper.leaving = 1
        return Then.SET_OFF
    if params.is_open == 1 and now_us < stays_until_us(mall, row, now_us):
        interrupted = shopper.resume
        unit = _because_of_message(mall, row, now_us)
        if unit < 0 and goes_to_happening(mall, row, now_us):
            return Then.SET_OFF
        if unit < 0:
            unit = _came_for(mall, row, now_us)
        if unit < 0:
            unit = _next_store(mall, row, now_us)
        if unit < 0:
            unit = show_left(mall, row)
        if unit >= 0:
            shopper.goal = unit
            return Then.SET_OFF if unit == interrupted else look_for_way(mall, row, now_us)
    unit = held_unit(mall, row, now_us)
    if unit >= 0:
        shopper.goal = unit
        shopper.reason = Reason.TICKET
        return Then.SET_OFF
    unit = order_left(mall, row, now_us)
    if unit >= 0 and params.is_open == 1:
        shopper.goal = unit
        shopper.reason = Reason.COLLECT
        return Then.SET_OFF
    lose_show(mall, row, now_us)
    return go_home(mall, row, now_us)


@inlined
def _because_of_message(mall: Mall, row: int, now_us: int) -> int:
    """Return the store that a message read now sends the party to, -1 for none."""
    unit = message_due(mall, row, now_us)
    if unit < 0 or thinks_of_film(mall, row, unit, now_us) or not suits(mall, row, unit, now_us):
        return -1
    mall.shoppers[row].reason = Reason.OFFER
    return unit


@inlined
def _came_for(mall: Mall, row: int, now_us: int) -> int:
    """Return the store for which the party has come to the mall, -1 for none, or where that will not do."""
    unit = take_up(mall, row)
    if unit < 0 or not suits(mall, row, unit, now_us):
        return -1
    mall.shoppers[row].reason = Reason.OFFER
    return unit


@kernel
def _next_store(mall: Mall, row: int, now_us: int) -> int:
    """Return the unit to go to next, or -1 when the party wants nothing more."""
    shopper = mall.shoppers[row]
    params = mall.params[0]
    unit = show_due(mall, row, now_us) if mall.errands[row].film == Film.BOOKED else -1
    if unit >= 0:
        shopper.reason = Reason.SHOW
        return unit
    unit = called_unit(mall, row, now_us)
    if unit >= 0:
        shopper.reason = Reason.TICKET
        return unit
    unit = show_due(mall, row, now_us)
    if unit >= 0:
        shopper.reason = Reason.SHOW
        return unit
    unit = order_due(mall, row, now_us)
    if unit >= 0:
        shopper.reason = Reason.COLLECT
        return unit
    unit = table_due(mall, row, now_us)
    if unit >= 0:
        shopper.reason = Reason.MEAL
        return unit
    unit = sought_unit(mall, row, now_us)
    if unit >= 0:
        shopper.reason = Reason.BROWSE
        return unit
    if may_book(mall, row, now_us):
        unit = choose_store(mall, row, params.food_pool, now_us)
        if unit >= 0:
            book_table(mall, row, unit, now_us)
    unit = wanted_desk(mall, row, now_us)
    if unit >= 0:
        shopper.reason = Reason.DESK
        return unit
    if shopper.resume >= 0:
        unit = shopper.resume
        shopper.resume = -1
        shopper.reason = mall.minds[row].resumes_as
        if suits(mall, row, unit, now_us):
            return unit
    unit = _next_to_eat_or_rest(mall, row, now_us)
    if unit >= 0:
        return unit
    while shopper.needs != 0:
        category = (shopper.needs & NEED_MASK) - 1
        shopper.needs >>= NEED_BITS
        if gives_up(mall, row, category, now_us):
            continue
        unit = choose_store(mall, row, category, now_us)
        if unit >= 0:
            shopper.reason = Reason.NEED
            return unit
        miss_need(mall, row, category, now_us)
    return _pass_time(mall, row, now_us)


@kernel
def _next_to_eat_or_rest(mall: Mall, row: int, now_us: int) -> int:
    """Return where to have a meal, a snack or a rest now, or -1: hungry at a meal time, hungry between them, or tired."""
    shopper = mall.shoppers[row]
    params = mall.params[0]
    if shopper.has_eaten == 0 and is_hungry(mall, row, is_meal_time(mall, now_us), now_us):
        shopper.has_eaten = 1
        unit = choose_store(mall, row, params.food_pool, now_us) if can_spend(mall, row, 0) else -1
        if unit < 0:
            stay_hungry(mall, row, RESTAURANT, now_us)
            return -1
        unit = settle_meal(mall, row, unit, now_us)
        if unit >= 0:
            shopper.reason = Reason.MEAL
        return unit
    is_snack = not is_meal_time(mall, now_us) and wants_snack(mall, row, now_us)
    if not is_snack and not would_sit(mall, row):
        return -1
    unit = choose_store(mall, row, CAFE, now_us)
    if unit >= 0:
        shopper.reason = Reason.REST
    elif is_snack:
        skip_snack(mall, row, now_us)
    return unit


@kernel
def _pass_time(mall: Mall, row: int, now_us: int) -> int:
    """Return a store to browse in, a restaurant to wait at, or -1.

    Whoever has booked a table browses until it is kept, and then goes there; where there is nothing to browse in, it goes at once.
    """
    shopper = mall.shoppers[row]
    params = mall.params[0]
    booked = booked_unit(mall, row)
    browses = uniform(mall.keys[Stream.BROWSE], shopper.number, shopper.choices) < params.browse_share
    browses = browses or browses_on(mall, row, now_us)
    browses = browses or awaits_happening(mall, row)
    if browses or (booked >= 0 and not is_table_kept(mall, row, now_us)):
        shopper.reason = Reason.BROWSE
        unit = choose_store(mall, row, params.food_pool + 1, now_us)
        if unit >= 0:
            return unit
    if booked >= 0:
        shopper.reason = Reason.MEAL
    return booked


@inlined
def is_meal_time(mall: Mall, now_us: int) -> bool:
    """Return whether it is time for lunch or dinner."""
    params = mall.params[0]
    of_day_us = now_us % US_PER_DAY
    lunch = params.lunch_starts_us <= of_day_us < params.lunch_ends_us
    return lunch or params.dinner_starts_us <= of_day_us < params.dinner_ends_us


@inlined
def suits(mall: Mall, row: int, unit: int, now_us: int) -> bool:
    """Return whether a store is open long enough and not among those the party remembers having been in."""
    here = mall.units[unit]
    if here.is_open == 0 or here.closes_us < now_us + mall.categories[here.category].last_entry_us:
        return False
    for index in range(VISITED_KEPT):
        if mall.visited[row, index] == unit:
            return False
    if has_booked_at(mall, row, unit) or not leaves_time(mall, row, unit, now_us):
        return False
    return has_show(mall, row, unit, now_us)


@kernel
def choose_store(mall: Mall, row: int, pool: int, now_us: int) -> int:
    """Return a unit of the pool by multinomial logit over the party's consideration set, or -1.

    The set: the whole pool when it is small, with utility ln(appeal) - time / scale - wait / scale; else so many stores drawn, with
    replacement, in proportion to appeal (addressed by the party, so the same set whatever is closed), each with a draw of its own, so
    that a store drawn twice has two chances. Appeal has then had its say and leaves the utility: McFadden's correction for sampled
    alternatives (1978) cancels it. Wait counts where it can be seen, on the party's own level.
    """
    shopper = mall.shoppers[row]
    params = mall.params[0]
    start, end = mall.categories[pool].pool_start, mall.categories[pool].pool_end
    if end <= start or mall.pool[end - 1].cumulative <= 0.0:
        return -1
    is_small = end - start <= params.consideration_size
    level = level_of_place(mall, shopper.place)
    base = draw_word(mall.keys[Stream.CHOOSE], shopper.number, shopper.choices)
    consider = draw_word(mall.keys[Stream.CONSIDER], shopper.number, pool)
    count = 0
    for slot in range(end - start if is_small else params.consideration_size):
        index = start + slot
        if not is_small:
            index = pick_by_weight(mall.pool, start, end, uniform_of(consider, slot))
        unit = mall.pool[index].unit
        time_s = mall.hop_s[shopper.step_free, shopper.place, unit]
        if time_s == np.inf or not suits(mall, row, unit, now_us):
            continue
        utility = -time_s / params.walk_s_scale
        if is_small:
            utility += mall.pool[index].log_appeal
        utility -= known_wait_s(mall, row, unit, level) / params.wait_s_scale
        utility += reputation(mall, row, unit) + liking(mall, row, unit)
        if pool > params.food_pool:
            utility -= out_of_hours(mall, row, unit)
        mall.scratch_place[count] = unit
        mall.scratch_utility[count] = utility
        mall.scratch_draw[count] = uniform_of(base, mall.units[unit].key + (0 if is_small else slot))
        count += 1
    if params.promos > 0 and mall.minds[row].coupons > 0 and not is_small:
        count = _consider_coupons(mall, row, pool, base, count, now_us)
    return _agree_on(mall, row, count, now_us)


@kernel
def _consider_coupons(mall: Mall, row: int, pool: int, base: np.uint64, count: int, now_us: int) -> int:
    """Consider the stores for which the party holds a coupon too, each as if it had been drawn once more; return how many are considered."""
    shopper, params = mall.shoppers[row], mall.params[0]
    for slot in range(COUPONS_MAX):
        promo = mall.coupons[row, slot].promo
        if promo < 0 or mall.coupons[row, slot].used > 0 or mall.promos[promo].home < 0:
            continue
        unit = mall.promos[promo].home
        trade = mall.units[unit].category
        is_food = mall.categories[trade].has_tables == 1
        if trade != pool and not (pool == params.food_pool and is_food) and not (pool == params.food_pool + 1 and not is_food):
            continue
        time_s = mall.hop_s[shopper.step_free, shopper.place, unit]
        if time_s == np.inf or best_depth(mall, row, unit) <= 0.0 or not suits(mall, row, unit, now_us):
            continue
        utility = reputation(mall, row, unit) + liking(mall, row, unit) - time_s / params.walk_s_scale
        mall.scratch_place[count] = unit
        mall.scratch_utility[count] = (
            utility - known_wait_s(mall, row, unit, level_of_place(mall, shopper.place)) / params.wait_s_scale
        )
        mall.scratch_draw[count] = uniform_of(base, mall.units[unit].key + params.consideration_size + slot)
        count += 1
    return count


@kernel
def _agree_on(mall: Mall, row: int, count: int, now_us: int) -> int:
    """Return the best of the alternatives in scratch that nobody of the party vetoes, or -1 when it drops the plan."""
    for _ in range(VETOES_MAX):
        chosen = choose(mall.scratch_utility, mall.scratch_draw, count)
        if chosen < 0:
            return -1
        unit = mall.scratch_place[chosen]
        if not is_vetoed(mall, row, unit, now_us):
            return unit
        for index in range(count):
            if mall.scratch_place[index] == unit:
                mall.scratch_utility[index] = NEVER
    return -1


@kernel
def go_home(mall: Mall, row: int, now_us: int) -> int:
    """Head for one's car, or for the exit that suits; first for what has to be collected."""
    shopper = mall.shoppers[row]
    shopper.leaving = 1
    if meets_first(mall, row, now_us) or collects_first(mall, row, now_us):
        return Then.SET_OFF
    exit_by = mall.car_parks[shopper.parking].entrance if shopper.parking >= 0 else choose_exit(mall, row, now_us)
    if exit_by < 0:
        return Then.LOST
    shopper.goal = mall.params[0].units + exit_by
    return Then.SET_OFF


@kernel
def is_lost(mall: Mall, row: int, now_us: int) -> int:
    """No way to the goal: drop a store and decide anew; strand before an exit that cannot be reached."""
    shopper = mall.shoppers[row]
    if shopper.leaving == 0 and drops_happening(mall, row):
        return Then.DECIDE
    if shopper.leaving == 0 and shopper.goal < mall.params[0].units:
        mall.visited[row, shopper.visits % VISITED_KEPT] = shopper.goal
        shopper.visits += 1
        loses_way(mall, row, shopper.goal, now_us)
        return Then.DECIDE
    if shopper.doing != Doing.STRANDED:
        mall.counts[Counted.STRANDED] += 1
        note(mall, row, now_us, EventKind.STRANDED, shopper.node, 0)
    shopper.doing = Doing.STRANDED
    schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + LOOK_AGAIN_US, NORMAL)
    return Then.WAIT
