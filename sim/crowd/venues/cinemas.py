"""At the cinema: a show, seats, the foyer, the film, and out again with everybody else."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import FIRST, NORMAL, schedule
from sim.crowd.choice import choose
from sim.crowd.movement import door_slot
from sim.crowd.needs import miss_film
from sim.crowd.promos.appeal import full_price
from sim.crowd.promos.triggers import pull_triggers
from sim.crowd.queues import join
from sim.crowd.routing import REFERENCE_MPS
from sim.crowd.sales import leave_store
from sim.crowd.state import SCRATCH, Doing, Mall, Stream, Then
from sim.crowd.venues.cinema_records import CINEMA, Film
from sim.crowd.venues.seats import has_seats, refund_seats, sell_seats
from sim.crowd.writing import note
from sim.events import EventKind, Reason
from sim.kernel import kernel
from sim.promos import Hook
from sim.random_streams import draw_word, uniform, uniform_of

NO_SHOW = -1  # none is wanted, or none is on
SOLD_OUT = -2  # and below: -2 - the first show that would have suited
NEED_BITS = 8
NEED_MASK = 255
NEEDS_HELD = 6  # with room for one more
OWN_DRAW, CHANNEL_DRAW, MACHINE_DRAW = 1, 2, 3  # counts of a party's draws about its film; 0 is for the shows


@kernel
def choose_show(mall: Mall, row: int, now_us: int, is_open: int) -> int:
    """Return a show by multinomial logit, NO_SHOW, or SOLD_OUT - a show when no show that would suit has seats left.

    Utility of a show: a constant, more in the evening, less the time until it starts and what it costs beyond the usual. While the
    party is still free (`is_open` 1), seeing none has utility 0 and only shows that it can reach in time count; at the counter also
    those that have begun and still let people in. Every show has a draw of its own, the same whenever the party asks.
    """
    shopper = mall.shoppers[row]
    params = mall.params[0]
    base = draw_word(mall.keys[Stream.SHOW], shopper.number, 0)
    count = 0
    sold_out = NO_SHOW
    for show in range(mall.shows.size):
        here = mall.shows[show]
        if here.starts_us > now_us + params.show_within_us or count >= SCRATCH - 1:
            continue
        reached_us = now_us + walk_us(mall, row, here.unit)
        if reached_us > here.starts_us + (0 if is_open == 1 else params.show_late_us):
            continue
        if not has_seats(mall, show, shopper.people):
            if sold_out == NO_SHOW:
                sold_out = SOLD_OUT - show
            continue
        utility = params.show_utility - max(0, here.starts_us - reached_us) / params.show_wait_us_scale
        utility -= (here.price_fen * full_price(mall, row, here.unit) - params.show_price_fen) / params.show_price_fen_scale
        if here.starts_us >= params.show_evening_us:
            utility += params.show_evening_utility
        mall.scratch_place[count] = show
        mall.scratch_utility[count] = utility
        mall.scratch_draw[count] = uniform_of(base, here.key)
        count += 1
    if count == 0:
        return sold_out
    if is_open == 1:
        mall.scratch_place[count] = NO_SHOW
        mall.scratch_utility[count] = 0.0
        mall.scratch_draw[count] = uniform(mall.keys[Stream.SHOW], shopper.number, OWN_DRAW)
        count += 1
    chosen = choose(mall.scratch_utility, mall.scratch_draw, count)
    return mall.scratch_place[chosen] if chosen >= 0 else NO_SHOW


@kernel
def thinks_of_film(mall: Mall, row: int, unit: int, now_us: int) -> bool:
    """Return whether a message that is followed names a cinema; if so, put a film on the party's list where a show suits it now.

    Only a film leads into a cinema. Nobody sees two, and whoever finds no show worth its price and time leaves it at that.
    """
    if mall.units[unit].category != CINEMA:
        return False
    errand, shopper = mall.errands[row], mall.shoppers[row]
    if errand.film == Film.UNKNOWN and mall.shows.size > 0:
        _plan_ahead(mall, row, now_us)
    is_free = errand.film == Film.DONE and errand.seats == 0 and shopper.needs >> NEED_BITS * NEEDS_HELD == 0
    if is_free and choose_show(mall, row, now_us, 1) >= 0:
        shopper.needs = shopper.needs << NEED_BITS | (CINEMA + 1)
        errand.film = Film.LATER
    return True


@kernel
def walk_us(mall: Mall, row: int, unit: int) -> int:
    """Return how long the party believes to walk to a unit, at its own pace and without waits; for ever where there is no way."""
    shopper = mall.shoppers[row]
    if shopper.place == unit:
        return 0
    time_s = mall.hop_s[shopper.step_free, shopper.place, unit]
    if time_s == np.inf:
        return np.int64(2**60)
    return np.int64(1e6 * time_s * REFERENCE_MPS / shopper.speed_mps)


@kernel
def show_due(mall: Mall, row: int, now_us: int) -> int:
    """Return the cinema to which the party must go now, for its show or to buy seats for one, or -1."""
    if mall.shows.size == 0:
        return -1
    errand = mall.errands[row]
    if errand.film == Film.DONE:
        return -1
    if errand.film == Film.UNKNOWN:
        _plan_ahead(mall, row, now_us)
    if errand.film == Film.LATER and (mall.shoppers[row].needs & NEED_MASK) - 1 == CINEMA:
        return _come_to_film(mall, row, now_us)
    if errand.film == Film.WANTED:
        return mall.shows[errand.show].unit
    return _unit_when_due(mall, row, now_us) if errand.film == Film.BOOKED else -1


@kernel
def _plan_ahead(mall: Mall, row: int, now_us: int) -> None:
    """On coming in: whoever has a film in mind may have bought seats at home; the sale is booked now, when the party is first here."""
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    errand.film = Film.DONE
    needs = shopper.needs
    slot = 0
    while needs != 0 and (needs & NEED_MASK) - 1 != CINEMA:
        needs >>= NEED_BITS
        slot += 1
    if needs == 0:
        return
    errand.film = Film.LATER
    if uniform(mall.keys[Stream.SHOW], shopper.number, CHANNEL_DRAW) >= mall.params[0].show_advance_share:
        return
    before = shopper.needs & ((1 << NEED_BITS * slot) - 1)
    shopper.needs = before | needs >> NEED_BITS << NEED_BITS * slot
    _buy_in_app(mall, row, choose_show(mall, row, now_us, 1), now_us)


@kernel
def _come_to_film(mall: Mall, row: int, now_us: int) -> int:
    """The film's turn among the needs: buy seats in an app, or set off to the cinema for them; return the cinema to go to now, or -1."""
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    params = mall.params[0]
    shopper.needs >>= NEED_BITS
    show = choose_show(mall, row, now_us, 1)
    in_app = params.show_advance_share + params.show_app_share
    if show >= 0 and uniform(mall.keys[Stream.SHOW], shopper.number, CHANNEL_DRAW) >= in_app:
        errand.film = Film.WANTED
        errand.show = show
        return mall.shows[show].unit
    _buy_in_app(mall, row, show, now_us)
    return _unit_when_due(mall, row, now_us) if errand.film == Film.BOOKED else -1


@kernel
def _buy_in_app(mall: Mall, row: int, show: int, now_us: int) -> None:
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    errand.film = Film.DONE
    if show >= 0 and sell_seats(mall, row, show, now_us):
        draw = uniform(mall.keys[Stream.SEAT], shopper.number, 0)
        errand.is_refunded = 1 if draw < mall.params[0].refund_share else 0
        return
    if show <= SOLD_OUT:
        note(mall, row, now_us, EventKind.SHOW_SOLD_OUT, SOLD_OUT - show, shopper.people)
    miss_film(mall, row, now_us)


@kernel
def _unit_when_due(mall: Mall, row: int, now_us: int) -> int:
    """Return the cinema of the party's show when it must set off, else -1; a change of mind comes at the first chance after the sale."""
    errand = mall.errands[row]
    params = mall.params[0]
    here = mall.shows[errand.show]
    if errand.is_refunded == 1 and refund_seats(mall, row, now_us):
        return -1
    there_us = now_us + walk_us(mall, row, here.unit)
    if now_us > here.starts_us + params.show_late_us or there_us > here.ends_us:
        lose_show(mall, row, now_us)
        return -1
    return here.unit if there_us + params.show_margin_us >= here.starts_us else -1


@kernel
def show_left(mall: Mall, row: int) -> int:
    """Return the cinema in which a party that wants nothing else has seats, or -1: it goes to wait in the foyer."""
    errand = mall.errands[row]
    if errand.film != Film.BOOKED:
        return -1
    mall.shoppers[row].reason = Reason.SHOW
    return mall.shows[errand.show].unit


@kernel
def lose_show(mall: Mall, row: int, now_us: int) -> None:
    """The party cannot see its film: it takes its money back while that is possible, else its seats stay empty.

    What it thinks of that, it thinks on coming out when it is in the cinema (`feel_store`).
    """
    errand = mall.errands[row]
    is_on = errand.film == Film.WANTED or errand.film == Film.BOOKED
    if is_on and mall.shoppers[row].unit < 0:
        miss_film(mall, row, now_us)
    if errand.film == Film.BOOKED and not refund_seats(mall, row, now_us):
        note(mall, row, now_us, EventKind.SHOW_MISSED, errand.show, errand.seats)
    errand.film = Film.DONE


@kernel
def loses_way(mall: Mall, row: int, unit: int, now_us: int) -> None:
    """A unit cannot be reached or takes nobody in: if it is the cinema of the party's film, that is that."""
    errand = mall.errands[row]
    is_on = errand.film == Film.WANTED or errand.film == Film.BOOKED
    if is_on and mall.shows[errand.show].unit == unit:
        lose_show(mall, row, now_us)


@kernel
def has_show(mall: Mall, row: int, unit: int, now_us: int) -> bool:
    """Return whether a party may choose to go in somewhere now: not into a cinema, and not where it would miss its own show.

    Only a film leads into a cinema (`show_due`). Whoever has seats begins nothing that takes longer, as a rule, than the time left.
    """
    if mall.units[unit].category == CINEMA:
        return False
    errand = mall.errands[row]
    if errand.film != Film.BOOKED:
        return True
    trade = mall.categories[mall.units[unit].category]
    stay_us = np.int64(1e6 * np.exp(trade.dwell_mu + 0.5 * trade.dwell_sigma * trade.dwell_sigma))
    here = mall.shows[errand.show]
    return now_us + walk_us(mall, row, unit) + stay_us + mall.params[0].show_margin_us <= here.starts_us


@kernel
def has_place_in(mall: Mall, row: int, unit: int) -> bool:
    """Return whether a party has seats in a unit: then it gets in, however many are inside."""
    errand = mall.errands[row]
    return errand.film == Film.BOOKED and mall.shows[errand.show].unit == unit


@kernel
def enter_cinema(mall: Mall, row: int, now_us: int) -> int:
    """In the foyer: to the hall with seats; without, to a machine or a clerk, unless the board says that nothing is left."""
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    if errand.film == Film.BOOKED and mall.shows[errand.show].unit == shopper.unit:
        return _wait_for_show(mall, row, now_us)
    if errand.film != Film.WANTED:
        return leave_store(mall, row, now_us)
    errand.film = Film.DONE
    show = choose_show(mall, row, now_us, 0)
    if show < 0:
        if show <= SOLD_OUT:
            note(mall, row, now_us, EventKind.SHOW_SOLD_OUT, SOLD_OUT - show, shopper.people)
        return leave_store(mall, row, now_us)
    venue = mall.venues[shopper.unit]
    station = venue.box_office
    at_machine = uniform(mall.keys[Stream.SHOW], shopper.number, MACHINE_DRAW) < mall.params[0].show_kiosk_share
    if venue.kiosk >= 0 and (at_machine or station < 0):
        station = venue.kiosk
    if station >= 0 and join(mall, row, station, now_us):
        return Then.WAIT
    return leave_store(mall, row, now_us)


@kernel
def buy_seats(mall: Mall, row: int, now_us: int) -> int:
    """Served at a clerk's or a machine: seats for the best show that still has them; then the foyer, or back into the mall."""
    shopper = mall.shoppers[row]
    show = choose_show(mall, row, now_us, 0)
    if show >= 0 and sell_seats(mall, row, show, now_us):
        here = mall.shows[show]
        if here.unit == shopper.unit and here.starts_us - now_us <= mall.params[0].show_margin_us:
            return _wait_for_show(mall, row, now_us)
    elif show <= SOLD_OUT:
        note(mall, row, now_us, EventKind.SHOW_SOLD_OUT, SOLD_OUT - show, shopper.people)
    return leave_store(mall, row, now_us)


@kernel
def _wait_for_show(mall: Mall, row: int, now_us: int) -> int:
    """Wait in the foyer until the hall opens; go in at once when it has; turn back when it is too late."""
    shopper = mall.shoppers[row]
    here = mall.shows[mall.errands[row].show]
    opens_us = here.starts_us - mall.params[0].show_doors_us
    if now_us < opens_us:
        shopper.doing = Doing.WAITING_FOR_SHOW
        schedule(mall.shoppers, mall.heap, mall.meta, row, opens_us, NORMAL)
        return Then.WAIT
    if now_us > here.starts_us + mall.params[0].show_late_us or now_us >= here.ends_us:
        lose_show(mall, row, now_us)
        return leave_store(mall, row, now_us)
    return see_show(mall, row, now_us)


@kernel
def see_show(mall: Mall, row: int, now_us: int) -> int:
    """Into the hall, until the end of the film; whoever has given its seats back meanwhile goes."""
    shopper = mall.shoppers[row]
    if mall.errands[row].film != Film.BOOKED:
        return leave_store(mall, row, now_us)
    show = mall.errands[row].show
    here = mall.shows[show]
    here.inside += shopper.people
    note(mall, row, now_us, EventKind.SHOW_ENTERED, show, now_us - here.starts_us)
    shopper.doing = Doing.WATCHING
    schedule(mall.shoppers, mall.heap, mall.meta, row, here.ends_us, FIRST)
    return Then.WAIT


@kernel
def leave_show(mall: Mall, row: int, now_us: int) -> int:
    """The film is over for all at one instant; each party then leaves when its turn in the cinema's doorway comes."""
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    if errand.film == Film.BOOKED:
        here = mall.shows[errand.show]
        here.inside -= shopper.people
        note(mall, row, now_us, EventKind.SHOW_LEFT, errand.show, now_us - here.starts_us)
        pull_triggers(mall, row, Hook.SHOW_OVER, here.unit, now_us)
        errand.film = Film.OUT
        slot_us = door_slot(mall.units, here.unit, shopper.people, now_us)
        if slot_us > now_us:
            schedule(mall.shoppers, mall.heap, mall.meta, row, slot_us, NORMAL)
            return Then.WAIT
    then = leave_store(mall, row, now_us)
    errand.film = Film.DONE
    return then
