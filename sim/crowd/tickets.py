"""What people can know of waits, seen or shown, and what they do about them: go elsewhere, draw a ticket, put the meal off."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.crowd.choice import weibull
from sim.crowd.queues import expected_wait_s
from sim.crowd.routing import level_of_place
from sim.crowd.state import VISITED_KEPT, Mall, Stream
from sim.crowd.ticket_lists import call_forward, draw_ticket, drop_ticket, foretold_s, is_late, void_ticket
from sim.crowd.ticket_records import TicketState
from sim.crowd.venues.bookings import has_booked_at
from sim.crowd.writing import note
from sim.events import EventKind, Reason
from sim.kernel import inlined, kernel
from sim.random_streams import uniform
from sim.units import US_PER_MIN, US_PER_S

OUT_OF_QUESTION_S = 1e9  # no wait is so long: whoever has a ticket does not eat elsewhere on purpose
FLEXIBLE = 64  # address of the draw whether a party can eat later at all; those below belong to single decisions


@kernel
def called_unit(mall: Mall, row: int, now_us: int) -> int:
    """Return the unit whose line has called the party's ticket, or -1."""
    if mall.errands[row].ticket_state != TicketState.CALLED:
        return -1
    return held_unit(mall, row, now_us)


@kernel
def held_unit(mall: Mall, row: int, now_us: int) -> int:
    """Return the unit for which the party holds a ticket, to wait there or because it is called; -1 when there is none worth going to.

    A ticket that is too late, for a store that has shut or cannot be reached, or that the party ignores, is void from now on.
    """
    errand = mall.errands[row]
    if errand.ticket_state == TicketState.NONE:
        return -1
    shopper = mall.shoppers[row]
    unit = mall.stations[errand.ticket_station].unit
    is_vain = errand.ticket_state == TicketState.IGNORED or is_late(mall, row, now_us)
    is_vain = is_vain or mall.params[0].is_open == 0 or mall.units[unit].is_open == 0
    is_vain = is_vain or mall.hop_s[shopper.step_free, shopper.place, unit] == np.inf
    for index in range(VISITED_KEPT):
        is_vain = is_vain or mall.visited[row, index] == unit  # it has been there, and was refused
    if is_vain:
        void_ticket(mall, row, now_us)
        return -1
    return unit


@inlined
def turns_round(mall: Mall, row: int) -> bool:
    """Return whether a party before a store's door is called elsewhere; it will come back to this store if it can. A film comes first."""
    errand = mall.errands[row]
    if errand.ticket_state != TicketState.CALLED:
        return False
    shopper = mall.shoppers[row]
    if mall.stations[errand.ticket_station].unit == shopper.goal or shopper.reason == Reason.SHOW:
        return False
    shopper.place = shopper.goal
    if shopper.resume < 0:
        shopper.resume = shopper.goal
        mall.minds[row].resumes_as = shopper.reason
    return True


@inlined
def is_called(mall: Mall, row: int) -> bool:
    """Return whether the party's ticket has been called, and it means to go."""
    return mall.errands[row].ticket_state == TicketState.CALLED


@inlined
def known_wait_s(mall: Mall, row: int, unit: int, level: int) -> float:
    """Return the wait at a unit as the party knows it: what is shown to it, else what it sees of a line on its own level."""
    here = mall.stations[unit]
    if here.is_shown == 1 or here.takes_tickets == 1:
        return _told_wait_s(mall, row, unit, level)
    return expected_wait_s(mall.stations, unit) if mall.units[unit].level == level else 0.0


@kernel
def _told_wait_s(mall: Mall, row: int, unit: int, level: int) -> float:
    if mall.errands[row].ticket_state != TicketState.NONE:
        return OUT_OF_QUESTION_S
    is_here = mall.units[unit].level == level
    if _is_told(mall, row, unit, is_here):
        return mall.stations[unit].shown_wait_s
    return expected_wait_s(mall.stations, unit) if is_here else 0.0


@inlined
def _is_told(mall: Mall, row: int, unit: int, is_here: bool) -> bool:
    """Return whether a party reads the wait shown: in the app from anywhere, on the sign at the line on its level."""
    params = mall.params[0]
    in_app = params.shown_in_app == 1 and mall.errands[row].uses_app == 1
    return mall.stations[unit].is_shown == 1 and (in_app or (params.shown_at_line == 1 and is_here))


@inlined
def is_hungry(mall: Mall, row: int, is_meal_time: bool, now_us: int) -> bool:
    """Return whether a party thinks of eating: at meal times once it is hungry, or when the time has come to which it put its meal off."""
    after_us = mall.errands[row].meal_after_us
    return is_meal_time and now_us >= mall.minds[row].hungry_us if after_us == 0 else now_us >= after_us


@kernel
def settle_meal(mall: Mall, row: int, unit: int, now_us: int) -> int:
    """Return the restaurant to set off to now, or -1 when the party draws a ticket for it or puts the meal off."""
    shopper = mall.shoppers[row]
    here = mall.stations[unit]
    params = mall.params[0]
    if here.takes_tickets == 1 and mall.errands[row].uses_app == 1:
        wait_s = foretold_s(mall, unit, here.waiting + here.tickets)
        draw = uniform(mall.keys[Stream.TICKET], shopper.number, 1)
        if wait_s >= params.ticket_wait_s_min and draw < params.ticket_share:
            draw_ticket(mall, row, unit, now_us)
            call_forward(mall, unit, now_us)
            return called_unit(mall, row, now_us)
    wait_s = known_wait_s(mall, row, unit, level_of_place(mall, shopper.place))
    return -1 if _puts_off(mall, row, unit, wait_s, 0, now_us) else unit


@kernel
def _puts_off(mall: Mall, row: int, unit: int, wait_s: float, at_door: int, now_us: int) -> bool:
    """Decide whether to eat later: binary logit between the wait now and what is hoped to be left of it later, less the delay's cost.

    It hopes; it does not know: later may be as full. Only a party that stays long enough puts anything off, and a few times at most.
    """
    shopper = mall.shoppers[row]
    params = mall.params[0]
    errand = mall.errands[row]
    if wait_s < params.shift_wait_s_min or errand.meals_put_off >= params.shift_times:
        return False
    if now_us + params.shift_delay_us >= shopper.stay_until_us:
        return False
    key = mall.keys[Stream.SHIFT]
    if uniform(key, shopper.number, FLEXIBLE) >= params.shift_share:
        return False
    gain = params.shift_relief_share * wait_s / params.wait_s_scale + params.shift_bias
    if uniform(key, shopper.number, 2 * errand.meals_put_off + at_door) >= 1.0 / (1.0 + np.exp(-gain)):
        return False
    shopper.has_eaten = 0
    errand.meals_put_off += 1
    errand.meal_after_us = now_us + params.shift_delay_us
    note(mall, row, now_us, EventKind.MEAL_PUT_OFF, unit, params.shift_delay_us)
    return True


@kernel
def meets_line(mall: Mall, row: int, now_us: int) -> bool:
    """At the door of a unit with tables: show one's ticket, or weigh the wait; return False when the party turns on its heel.

    A kept table is no wait. Whoever is told a wait longer than its patience does not begin to wait (Armony, Shimkin & Whitt 2009), and may try elsewhere.
    """
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    unit = shopper.unit
    errand.ticket_order_us = 0
    if errand.ticket_state != TicketState.NONE:
        is_good = mall.stations[errand.ticket_station].unit == unit and not is_late(mall, row, now_us)
        if is_good:
            errand.ticket_order_us = errand.ticket_taken_us
            drop_ticket(mall, row)
            return True
        void_ticket(mall, row, now_us)
        shopper.has_eaten = 1  # here, instead
    if has_booked_at(mall, row, unit):
        return True
    here = mall.stations[unit]
    wait_s = expected_wait_s(mall.stations, unit)
    if _is_told(mall, row, unit, True):
        wait_s = here.shown_wait_s
        note(mall, row, now_us, EventKind.WAIT_SHOWN, unit, np.int64(1e6 * wait_s))
        patience_s = weibull(
            here.patience_s_scale, here.patience_shape, uniform(mall.keys[Stream.PATIENCE], shopper.number, shopper.visits)
        )
        if here.patience_s_scale > 0.0 and wait_s > patience_s:
            note(mall, row, now_us, EventKind.BALKED, unit, here.waiting)
            note(mall, row, now_us, EventKind.DETERRED, unit, np.int64(1e6 * patience_s))
            if shopper.reason == Reason.MEAL:
                shopper.has_eaten = 0
            return False
    return shopper.reason != Reason.MEAL or not _puts_off(mall, row, unit, wait_s, 1, now_us)


def describe_tickets(params: Any, config: RunConfig) -> None:
    """Write the parameters of tickets, displays and time-shifting into the one record of PARAMS."""
    tickets, displays, shifting = config.queues.tickets, config.queues.displays, config.queues.shifting
    params.ticket_share, params.ticket_wait_s_min = tickets.take_share, tickets.wait_s_min
    params.ticket_no_show_share = tickets.no_show_share
    params.ticket_lead_us, params.ticket_grace_us = int(tickets.lead_s * US_PER_S), int(tickets.grace_s * US_PER_S)
    params.ticket_walk_us = int(tickets.walk_s_default * US_PER_S)
    params.shift_share, params.shift_wait_s_min = shifting.flexible_share, shifting.wait_s_min
    params.shift_relief_share, params.shift_times = shifting.relief_share, shifting.times_max
    params.shift_delay_us = int(shifting.delay_min * US_PER_MIN)
    params.shift_bias = shifting.incentive - shifting.delay_min / shifting.delay_min_scale
    params.shown_in_app = int(displays.audience in ("app", "both"))
    params.shown_at_line = int(displays.audience in ("signs", "both"))
