"""Tables booked by app for the next meal: who books, which table is kept, and when the party goes there."""

from __future__ import annotations

import numpy as np

from sim.crowd.state import VISITED_KEPT, Mall, Stream
from sim.crowd.venues.cinema_records import Film
from sim.crowd.venues.restaurant_records import Booked
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import inlined, kernel
from sim.random_streams import uniform
from sim.units import US_PER_DAY, US_PER_MIN, US_PER_S

SLOT_US = 15 * US_PER_MIN  # tables are booked for the quarters of an hour
EARLY_US = 5 * US_PER_MIN  # a party means to be there so much earlier


@inlined
def may_book(mall: Mall, row: int, now_us: int) -> bool:
    """Return whether a party that has just come is one that books: it looks at the app, will eat, and is here at the next meal time."""
    params = mall.params[0]
    shopper = mall.shoppers[row]
    if (
        params.reservation_share <= 0.0
        or shopper.choices != 1
        or mall.errands[row].uses_app == 0
        or mall.minds[row].parts_away > 0
    ):
        return False
    if mall.minds[row].hungry_us >= shopper.stay_until_us:
        return False
    if uniform(mall.keys[Stream.MEAL], shopper.number, 1) >= params.reservation_share:
        return False
    slot_us = _slot_us(mall, row, now_us)
    return slot_us >= 0 and slot_us < shopper.stay_until_us


@kernel
def _slot_us(mall: Mall, row: int, now_us: int) -> int:
    """Return a quarter of an hour of the next meal time, -1 when there is none today."""
    params = mall.params[0]
    midnight_us = now_us - now_us % US_PER_DAY
    starts_us = midnight_us + params.lunch_starts_us
    ends_us = midnight_us + params.lunch_ends_us
    if now_us >= starts_us:
        starts_us = midnight_us + params.dinner_starts_us
        ends_us = midnight_us + params.dinner_ends_us
    if now_us >= starts_us:
        return -1
    draw = uniform(mall.keys[Stream.MEAL], mall.shoppers[row].number, 2)
    wanted_us = starts_us + np.int64(draw * (ends_us - starts_us))
    return wanted_us - wanted_us % SLOT_US


@kernel
def book_table(mall: Mall, row: int, unit: int, now_us: int) -> None:
    """Book the smallest table that fits, where one can be kept; some of those who book do not mean to come."""
    slot_us = _slot_us(mall, row, now_us)
    index = _free_record(mall, unit, now_us)
    table = _bookable(mall, row, unit, slot_us)
    if index < 0 or table < 0 or _is_during_film(mall, row, unit, slot_us):
        return
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    booking = mall.bookings[index]
    booking.slot_us = slot_us
    booking.table = table
    booking.state = Booked.OPEN
    note(mall, row, now_us, EventKind.TABLE_BOOKED, unit, slot_us - now_us)
    if uniform(mall.keys[Stream.MEAL], shopper.number, 3) < mall.params[0].no_show_share:
        return
    errand.booking = index
    errand.booked_unit = unit
    errand.booked_us = slot_us
    shopper.has_eaten = 1


@kernel
def _is_during_film(mall: Mall, row: int, unit: int, slot_us: int) -> bool:
    """Return whether a meal from then on would keep the party from the film for which it has seats, or begin during it."""
    errand = mall.errands[row]
    if errand.film != Film.BOOKED:
        return False
    show = mall.shows[errand.show]
    meal_us = np.int64(1e6 * mall.stations[unit].service_s_mean)
    return slot_us + meal_us > show.starts_us - mall.params[0].show_margin_us and slot_us < show.ends_us


@kernel
def _free_record(mall: Mall, unit: int, now_us: int) -> int:
    venue = mall.venues[unit]
    for index in range(venue.booking_start, venue.booking_end):
        booking = mall.bookings[index]
        if booking.state != Booked.OPEN or booking.slot_us + mall.params[0].grace_us < now_us:
            return index
    return -1


@kernel
def _bookable(mall: Mall, row: int, unit: int, slot_us: int) -> int:
    """Return the smallest table for the party of which one is left about that time, or -1; not all of a restaurant can be booked."""
    venue = mall.venues[unit]
    meal_us = np.int64(1e6 * mall.stations[unit].service_s_mean)
    if _booked_about(mall, unit, -1, slot_us, meal_us) >= venue.bookings_most:
        return -1
    for table in range(venue.table_start, venue.table_end):
        is_large_enough = mall.tables[table].seats >= mall.shoppers[row].people
        if is_large_enough and _booked_about(mall, unit, table, slot_us, meal_us) < mall.tables[table].count:
            return table
    return -1


@kernel
def _booked_about(mall: Mall, unit: int, table: int, slot_us: int, meal_us: int) -> int:
    """Return how many bookings, of one size of table or (-1) of all, lie within a meal's length of a time."""
    venue = mall.venues[unit]
    found = 0
    for index in range(venue.booking_start, venue.booking_end):
        booking = mall.bookings[index]
        if booking.state != Booked.NOT and abs(booking.slot_us - slot_us) < meal_us and (table < 0 or booking.table == table):
            found += 1
    return found


@inlined
def has_booked_at(mall: Mall, row: int, unit: int) -> bool:
    """Return whether the party has a table booked at a unit; it does not go there for anything else."""
    return mall.errands[row].booking >= 0 and mall.errands[row].booked_unit == unit


@kernel
def table_due(mall: Mall, row: int, now_us: int) -> int:
    """Return the restaurant to which the party must go now for the table it has booked, or -1.

    Called aside on the way, it is sent again. When it would be too late, or has been there and got nothing, it gives the table up and
    may eat elsewhere.
    """
    errand = mall.errands[row]
    if errand.booking < 0:
        return -1
    unit = errand.booked_unit
    walk_us = _walk_us(mall, row, unit)
    if now_us + walk_us + EARLY_US < errand.booked_us:
        return -1
    is_late = now_us + walk_us >= errand.booked_us + mall.params[0].grace_us
    if is_late or mall.units[unit].is_open == 0 or _has_been_at(mall, row, unit):
        errand.booking = -1
        mall.shoppers[row].has_eaten = 0
        return -1
    return unit


@kernel
def _has_been_at(mall: Mall, row: int, unit: int) -> bool:
    for index in range(VISITED_KEPT):
        if mall.visited[row, index] == unit:
            return True
    return False


@kernel
def _walk_us(mall: Mall, row: int, unit: int) -> int:
    shopper = mall.shoppers[row]
    return np.int64(US_PER_S * min(1e6, mall.hop_s[shopper.step_free, shopper.place, unit]))


@kernel
def booked_unit(mall: Mall, row: int) -> int:
    """Return the restaurant where a party that wants nothing else has a table booked for later, or -1."""
    errand = mall.errands[row]
    if errand.booking < 0 or mall.units[errand.booked_unit].is_open == 0 or _has_been_at(mall, row, errand.booked_unit):
        return -1
    return errand.booked_unit


@kernel
def is_table_kept(mall: Mall, row: int, now_us: int) -> bool:
    """Return whether the table that a party has booked is kept for it by the time it gets there."""
    errand = mall.errands[row]
    return now_us + _walk_us(mall, row, errand.booked_unit) >= errand.booked_us - mall.params[0].hold_us
