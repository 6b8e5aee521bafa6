"""Tables booked by app for the next meal: who books, which table is kept, and when the party goes there."""

from __future__ import annotations

import numpy as np

from sim.crowd.state import Mall, Stream
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
    if params.reservation_share <= 0.0 or shopper.choices != 1 or mall.errands[row].uses_app == 0:
        return False
    if uniform(mall.keys[Stream.MEAL], shopper.number, 0) >= params.meal_share:
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
    if index < 0 or table < 0:
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


@kernel
def table_due(mall: Mall, row: int, now_us: int) -> int:
    """Return the restaurant to which the party must go now for the table it has booked, or -1; too late, it gives it up."""
    errand = mall.errands[row]
    if errand.booking < 0:
        return -1
    walk_us = np.int64(
        US_PER_S * min(1e6, mall.hop_s[mall.shoppers[row].step_free, mall.shoppers[row].place, errand.booked_unit])
    )
    if now_us + walk_us + EARLY_US < errand.booked_us:
        return -1
    unit = errand.booked_unit
    if errand.is_due == 0 and now_us + walk_us < errand.booked_us + mall.params[0].grace_us and mall.units[unit].is_open == 1:
        errand.is_due = 1
        return unit
    errand.booking = -1
    mall.shoppers[row].has_eaten = errand.is_due
    return -1


@kernel
def table_to_wait_for(mall: Mall, row: int) -> int:
    """Return the restaurant where a party that wants nothing else has booked: it goes there early; -1 when it has not."""
    errand = mall.errands[row]
    if errand.booking < 0 or errand.is_due == 1 or mall.units[errand.booked_unit].is_open == 0:
        return -1
    errand.is_due = 1
    return errand.booked_unit
