"""At a restaurant: a table that fits, the order, the kitchen, the meal, the bill."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import FIRST, NORMAL, forget, schedule
from sim.crowd.choice import weibull
from sim.crowd.movement import append
from sim.crowd.promos.appeal import with_deal
from sim.crowd.promos.triggers import pull_triggers
from sim.crowd.ratings import give_up_line
from sim.crowd.sales import basket_fen, leave_store, pay
from sim.crowd.state import Doing, Mall, Role, Stream, Then
from sim.crowd.ticket_lists import take_place
from sim.crowd.venues.bookings import has_booked_at
from sim.crowd.venues.kitchens import SCORE_MIN, place_order, rate, score_of_meal
from sim.crowd.venues.restaurant_records import Ordered
from sim.crowd.venues.seating import free_table, largest_table, seat_waiting, table_for, take_table
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.promos import Hook
from sim.random_streams import uniform

AHEAD = 128  # address of the draws whether a party orders ahead; those below are of meals put off


@kernel
def ask_for_table(mall: Mall, row: int, now_us: int) -> int:
    """Look at the menu, then take a table or a place on the list, or turn away; whoever has a booking or a ticket has made up its mind."""
    shopper = mall.shoppers[row]
    station = shopper.unit
    conversion_share = mall.categories[mall.units[shopper.unit].category].conversion_share
    conversion_share = with_deal(mall, row, shopper.unit, conversion_share)
    has_booked = has_booked_at(mall, row, shopper.unit)
    is_sure = has_booked or mall.errands[row].ticket_order_us > 0
    if not is_sure and uniform(mall.keys[Stream.BUY], shopper.number, shopper.visits) >= conversion_share:
        return leave_store(mall, row, now_us)
    shopper.amount_fen = basket_fen(mall, row)
    shopper.station = station
    shopper.joined_us = now_us
    mall.errands[row].has_ordered = Ordered.NOTHING
    here = mall.stations[station]
    table = table_for(mall, row, shopper.unit, now_us) if seat_waiting(mall, station, now_us) else -1
    if table >= 0:
        note(mall, row, now_us, EventKind.QUEUE_JOINED, station, here.waiting)
        take_table(mall, row, table, now_us)
        return Then.WAIT
    is_too_long = here.waiting >= here.balk_queue and not has_booked
    if is_too_long or shopper.people > largest_table(mall, shopper.unit):
        note(mall, row, now_us, EventKind.BALKED, station, here.waiting)
        return _turn_away(mall, row, now_us)
    return _wait_for_table(mall, row, now_us)


@kernel
def _turn_away(mall: Mall, row: int, now_us: int) -> int:
    mall.shoppers[row].station = -1
    return leave_store(mall, row, now_us)


@kernel
def _wait_for_table(mall: Mall, row: int, now_us: int) -> int:
    """Put a party on the list; one that orders ahead and learns that its dish is gone does not wait for it."""
    shopper = mall.shoppers[row]
    here = mall.stations[shopper.station]
    if mall.errands[row].uses_app == 1:
        draw = uniform(mall.keys[Stream.SHIFT], shopper.number, AHEAD + shopper.visits)
        if draw < mall.params[0].order_ahead_share:
            note(mall, row, now_us, EventKind.ORDERED_AHEAD, shopper.unit, shopper.people)
            if not place_order(mall, row, now_us):
                return _turn_away(mall, row, now_us)
    note(mall, row, now_us, EventKind.QUEUE_JOINED, shopper.station, here.waiting)
    append(mall.stations, mall.shoppers, shopper.station, row)
    here.waiting += 1
    pull_triggers(mall, row, Hook.LINED_UP, shopper.unit, now_us)
    if here.takes_tickets == 1:
        take_place(mall, row, shopper.station)
    shopper.doing = Doing.IN_LINE
    if here.patience_s_scale > 0.0:
        draw = uniform(mall.keys[Stream.PATIENCE], shopper.number, shopper.visits)
        patience_s = weibull(here.patience_s_scale, here.patience_shape, draw)
        schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + np.int64(1e6 * patience_s), NORMAL)
    else:
        forget(mall.shoppers, mall.meta, row)
    return Then.WAIT


@kernel
def take_food(mall: Mall, row: int, now_us: int) -> int:
    """At the table: order, if that has not been done; then eat as soon as the food is there, or leave when it is sold out."""
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    if errand.has_ordered == Ordered.NOTHING:
        if not place_order(mall, row, now_us):
            free_table(mall, row, now_us)
            rate(mall, row, SCORE_MIN, now_us)
            return leave_store(mall, row, now_us)
        if errand.food_us > now_us:
            schedule(mall.shoppers, mall.heap, mall.meta, row, errand.food_us, NORMAL)
            return Then.WAIT
    note(mall, row, now_us, EventKind.FOOD_SERVED, shopper.unit, now_us - max(errand.ordered_us, errand.seated_us))
    shopper.doing = Doing.EATING
    schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + errand.eat_us, FIRST)
    return Then.WAIT


@kernel
def end_meal(mall: Mall, row: int, now_us: int) -> int:
    """Eaten: get up, perhaps leave a score, pay."""
    free_table(mall, row, now_us)
    rate(mall, row, score_of_meal(mall, row), now_us)
    return pay(mall, row, now_us)


@kernel
def miss_table(mall: Mall, row: int, now_us: int) -> None:
    """Before a party leaves a line: at a restaurant, what it has ordered ahead is lost, and it may say what it thinks."""
    shopper = mall.shoppers[row]
    if mall.stations[shopper.station].role != Role.TABLE:
        give_up_line(mall, row, now_us)
        return
    if mall.errands[row].has_ordered != Ordered.NOTHING:
        mall.venues[shopper.unit].portions_lost += shopper.people
        mall.errands[row].has_ordered = Ordered.NOTHING
    rate(mall, row, SCORE_MIN, now_us)
