"""Seats of shows: sold together where that can be, to one party each, and given back before a cut-off, once."""

from __future__ import annotations

from sim.crowd.books import transfer
from sim.crowd.checkout.methods import settle_method
from sim.crowd.points.returning import give_seats_back, keep_receipt_of_seats
from sim.crowd.promos.redeeming import give_offers_back
from sim.crowd.sales import take_money
from sim.crowd.state import Mall
from sim.crowd.venues.cinema_records import Film
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import entry, kernel, referred
from sim.ledger.accounts import FIRST_TENANT, OUTSIDE, TransferReason
from sim.visitors import PayMethod

FREE = -1
NONE_LEFT = -1


@kernel
def has_seats(mall: Mall, show: int, people: int) -> bool:
    """Return whether a show still has seats on sale for a party."""
    here = mall.shows[show]
    return min(here.on_sale, here.seats) - here.sold >= people


@kernel
def sell_seats(mall: Mall, row: int, show: int, now_us: int) -> bool:
    """Give a party its seats, one each, and take the money; False when there are too few. All or nothing.

    The seats are the adjacent ones nearest the best of the hall; where no row has so many left side by side, the nearest single
    ones. The film's length comes on top of what the party meant to stay, and it stays to its end at least.
    """
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    here = mall.shows[show]
    people = int(shopper.people)
    if not has_seats(mall, show, people):
        return False
    here.sold += people
    errand.show = show
    errand.seats = people
    errand.film = Film.BOOKED
    together = _best_block(mall, show, people)
    for index in range(people):
        seat = together + index if together >= 0 else _best_seat(mall, show)
        mall.seats[seat].visit = shopper.number
        if index == 0:
            errand.seat = seat
        note(mall, row, now_us, EventKind.SEAT_TAKEN, show, seat - here.seat_start)
    note(mall, row, now_us, EventKind.SEAT_SOLD, show, people)
    errand.seats_fen = here.price_fen * people
    if errand.seats_fen > 0:
        settle_method(mall, row, now_us, False)
        if shopper.unit < 0 and errand.paying_by == PayMethod.CASH:
            errand.paying_by = PayMethod.CARD  # an app takes no notes
        errand.seats_fen = take_money(mall, row, here.unit, errand.seats_fen, now_us)
        keep_receipt_of_seats(mall, row)
    shopper.stay_until_us = max(shopper.stay_until_us + here.ends_us - here.starts_us, here.ends_us)
    return True


@kernel
def refund_seats(mall: Mall, row: int, now_us: int) -> bool:
    """Take a party's seats back and return what it paid; False after the cut-off, or when it has no seats (any more).

    The fee of the payment is not given back to the cinema.
    """
    errand = mall.errands[row]
    if errand.film != Film.BOOKED or errand.seats == 0:
        return False
    shopper = mall.shoppers[row]
    here = mall.shows[errand.show]
    if now_us > here.starts_us - mall.params[0].refund_cutoff_us:
        return False
    for seat in range(here.seat_start, here.seat_start + here.seats):
        if mall.seats[seat].visit == shopper.number:
            mall.seats[seat].visit = FREE
            note(mall, row, now_us, EventKind.SEAT_FREED, errand.show, seat - here.seat_start)
    here.sold -= errand.seats
    note(mall, row, now_us, EventKind.SEAT_REFUNDED, errand.show, errand.seats)
    if errand.seats_fen > 0:
        in_points_fen = give_seats_back(mall, row, here.unit, errand.seats_fen, now_us)
        transfer(mall, FIRST_TENANT + here.unit, OUTSIDE, errand.seats_fen - in_points_fen, TransferReason.REFUND, now_us)
        give_offers_back(mall, row, here.unit, now_us)
        note(mall, row, now_us, EventKind.SALE_REFUNDED, here.unit, errand.seats_fen)
        errand.spent_fen -= errand.seats_fen
        mall.minds[row].purchases -= 1
        mall.minds[row].delight += mall.pulls[here.unit].price_rise
    # the film's time is given back too; a stay that had been drawn out to the film's end keeps the rest
    shopper.stay_until_us -= here.ends_us - here.starts_us
    errand.film = Film.DONE
    errand.seats = 0
    errand.show = -1
    errand.seat = -1
    return True


@entry
def ask_refund(mall: Mall, row: int, now_us: int) -> int:
    """Return seats on behalf of a party, from outside the crowd: 1 when they were taken back, 0 when refused."""
    mall = referred(mall)
    return 1 if refund_seats(mall, row, now_us) else 0


@kernel
def _best_block(mall: Mall, show: int, people: int) -> int:
    """Return the first of so many free seats side by side, those nearest the best seat in all; the lower numbers at a tie; or -1."""
    here = mall.shows[show]
    best = NONE_LEFT
    best_off = 0.0
    for first in range(here.seat_start, here.seat_start + here.seats - people + 1):
        if mall.seats[first + people - 1].row != mall.seats[first].row:
            continue
        off = 0.0
        is_free = True
        for seat in range(first, first + people):
            is_free = is_free and mall.seats[seat].visit == FREE
            off += mall.seats[seat].off_best
        if is_free and (best < 0 or off < best_off):
            best = first
            best_off = off
    return best


@kernel
def _best_seat(mall: Mall, show: int) -> int:
    """Return the free seat nearest the best; there is one."""
    return _best_block(mall, show, 1)
