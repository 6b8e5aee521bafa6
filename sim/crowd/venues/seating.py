"""Tables and who sits at them: which table fits, who is called when one gets free, and tables kept for bookings."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.movement import unlink
from sim.crowd.needs import feel_wait
from sim.crowd.promos.triggers import pull_triggers
from sim.crowd.queues import service_s
from sim.crowd.state import Doing, Mall, Stream
from sim.crowd.ticket_lists import call_forward, order_us
from sim.crowd.venues.kitchens import cook_s
from sim.crowd.venues.restaurant_records import Booked, Ordered, Seating
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.promos import Hook
from sim.random_streams import uniform

SEATED_AT_ONCE = 2  # parties called in one go, since an agenda entry may add so many rows to a buffer only
LOOKED_AT = 40  # parties at the head of the list among whom one is called
LEAST_EATING = 0.3  # part of an undisturbed time at table that eating and paying take at least
USUAL_PARTY = 2  # people; the time at table is given for them


@kernel
def kept_tables(mall: Mall, table: int, now_us: int) -> int:
    """Return how many tables of a size are kept for bookings whose party has not come yet."""
    venue = mall.venues[mall.tables[table].unit]
    params = mall.params[0]
    kept = 0
    for index in range(venue.booking_start, venue.booking_end):
        booking = mall.bookings[index]
        is_now = booking.slot_us - params.hold_us <= now_us < booking.slot_us + params.grace_us
        if is_now and booking.state == Booked.OPEN and booking.table == table:
            kept += 1
    return kept


@kernel
def has_booked_now(mall: Mall, row: int, now_us: int) -> bool:
    """Return whether a table is kept here for the party now."""
    errand = mall.errands[row]
    if errand.booking < 0 or errand.booked_unit != mall.shoppers[row].unit:
        return False
    params = mall.params[0]
    return errand.booked_us - params.hold_us <= now_us < errand.booked_us + params.grace_us


@kernel
def table_for(mall: Mall, row: int, unit: int, now_us: int) -> int:
    """Return a free table that fits the party, or -1: the smallest, or under self-seating any, each with the same chance."""
    venue = mall.venues[unit]
    shopper = mall.shoppers[row]
    own = -1
    if has_booked_now(mall, row, now_us):
        own = mall.bookings[mall.errands[row].booking].table
    free = 0
    for index in range(venue.table_start, venue.table_end):
        table = mall.tables[index]
        if table.seats >= shopper.people:
            left = table.count - table.taken - kept_tables(mall, index, now_us) + (1 if own == index else 0)
            if left > 0 and mall.params[0].seating != Seating.SELF_SEATING:
                return index
            free += max(0, left)
    if free == 0:
        return -1
    draw = uniform(mall.keys[Stream.DISH], shopper.number, 2 * shopper.visits + 1)
    wanted = min(free - 1, np.int64(draw * free))
    for index in range(venue.table_start, venue.table_end):
        table = mall.tables[index]
        if table.seats >= shopper.people:
            left = table.count - table.taken - kept_tables(mall, index, now_us) + (1 if own == index else 0)
            wanted -= max(0, left)
            if wanted < 0:
                return index
    return -1


@kernel
def largest_table(mall: Mall, unit: int) -> int:
    """Return the seats of a restaurant's largest table."""
    seats = 0
    for index in range(mall.venues[unit].table_start, mall.venues[unit].table_end):
        seats = max(seats, mall.tables[index].seats)
    return seats


@kernel
def take_table(mall: Mall, row: int, table: int, now_us: int) -> None:
    """Seat a party: it will order in a while, or has ordered already; before its booked table is kept, that can be booked again."""
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    unit = shopper.unit
    here = mall.stations[unit]
    venue = mall.venues[unit]
    if errand.booking >= 0 and errand.booked_unit == unit and now_us < errand.booked_us + mall.params[0].grace_us:
        is_early = now_us < errand.booked_us - mall.params[0].hold_us
        mall.bookings[errand.booking].state = Booked.NOT if is_early else Booked.USED
        errand.booking = -1
        note(mall, row, now_us, EventKind.BOOKING_KEPT, unit, now_us - errand.booked_us)
    here.busy += 1
    mall.tables[table].taken += 1
    errand.table = table
    errand.waited_us = now_us - shopper.joined_us
    errand.seated_us = now_us
    feel_wait(mall, row, errand.waited_us, unit)
    note(mall, row, now_us, EventKind.SERVICE_STARTED, unit, errand.waited_us)
    note(mall, row, now_us, EventKind.SEATED, unit, mall.tables[table].seats)
    pull_triggers(mall, row, Hook.SEATED, unit, now_us)
    here.last_wait_us = now_us - (order_us(mall, row) if here.takes_tickets == 1 else shopper.joined_us)
    shopper.joined_us = now_us
    turn_s = service_s(
        here.law, here.service_s_mean, here.service_cv, mall.keys[Stream.SERVICE], shopper.number, shopper.services
    )
    turn_s *= 1.0 + venue.turn_growth * (shopper.people - USUAL_PARTY)
    shopper.services += 1
    order_s = venue.order_share * turn_s
    eat_s = turn_s - order_s - cook_s(mall, row)
    errand.eat_us = np.int64(1e6 * max(eat_s, LEAST_EATING * turn_s))
    shopper.doing = Doing.WAITING_FOR_FOOD
    next_us = now_us + np.int64(1e6 * order_s)
    if errand.has_ordered != Ordered.NOTHING:
        next_us = max(now_us, errand.food_us)
    schedule(mall.shoppers, mall.heap, mall.meta, row, next_us, NORMAL)


@kernel
def free_table(mall: Mall, row: int, now_us: int) -> None:
    """Get up from the table, and let who waits have it."""
    shopper = mall.shoppers[row]
    station = shopper.station
    here = mall.stations[station]
    here.busy -= 1
    here.served += 1
    here.busy_us += now_us - shopper.joined_us
    mall.tables[mall.errands[row].table].taken -= 1
    mall.errands[row].table = -1
    note(mall, row, now_us, EventKind.SERVICE_ENDED, station, now_us - shopper.joined_us)
    shopper.station = -1
    seat_waiting(mall, station, now_us)
    if here.tickets > 0:
        call_forward(mall, station, now_us)


@kernel
def seat_waiting(mall: Mall, station: int, now_us: int) -> bool:
    """Seat who waits and for whom a table is free, SEATED_AT_ONCE parties at most; return False when there may be more of them.

    A table that gets free seats one; more than one can be called only after bookings have lapsed.
    """
    here = mall.stations[station]
    for _ in range(SEATED_AT_ONCE):
        if here.waiting == 0:
            return True
        row = _next_guest(mall, station, now_us)
        if row < 0:
            return True
        table = table_for(mall, row, station, now_us)
        unlink(mall.stations, mall.shoppers, station, row)
        here.waiting -= 1
        take_table(mall, row, table, now_us)
    return False


@kernel
def _next_guest(mall: Mall, station: int, now_us: int) -> int:
    """Return who of the waiting is called now, or -1: whoever has booked, else by the rule; only the head of the list is looked at."""
    best = -1
    most = 0
    row = mall.stations[station].line_head
    for _ in range(LOOKED_AT):
        if row < 0:
            break
        if table_for(mall, row, station, now_us) >= 0:
            if has_booked_now(mall, row, now_us):
                return row
            people = mall.shoppers[row].people
            if best < 0 or (mall.params[0].seating == Seating.BEST_FIT and people > most):
                best = row
                most = people
        row = mall.shoppers[row].line_next
    return best
