"""The tickets of a line: drawn, called forward, void; and the place in line of whoever comes with one.

A line with tickets has one order: the instant at which a party joined it or drew its ticket. No table is kept free for a party that is
on its way: whoever stands there is seated, and the party takes its place by its ticket when it comes.
"""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.state import Doing, Mall, Stream
from sim.crowd.ticket_records import TicketState
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import inlined, kernel
from sim.random_streams import uniform

CALLS_AT_ONCE = 8  # tickets called or made void in one go, since an agenda entry may add so many rows to a buffer only


@inlined
def order_us(mall: Mall, row: int) -> int:
    """Return the instant by which a party in line has its place: when it drew its ticket, else when it came."""
    ordered_us = mall.errands[row].ticket_order_us
    return ordered_us if ordered_us > 0 else mall.shoppers[row].joined_us


@kernel
def foretold_s(mall: Mall, station: int, ahead: int) -> float:
    """Return the wait that the list foretells to whoever has so many before it: their turns over the rate of service."""
    here = mall.stations[station]
    free = here.servers_open - here.busy
    if ahead < free:
        return 0.0
    return (ahead - max(free, 0) + 1) * here.service_s_mean / max(here.servers_open, 1)


@kernel
def take_place(mall: Mall, row: int, station: int) -> None:
    """Let a party at the tail of a line go forward to its ticket's place."""
    here = mall.stations[station]
    shoppers = mall.shoppers
    mine_us = order_us(mall, row)
    ahead = shoppers[row].line_prev
    while ahead >= 0 and order_us(mall, ahead) > mine_us:
        ahead = shoppers[ahead].line_prev
    if ahead == shoppers[row].line_prev:
        return
    here.line_tail = shoppers[row].line_prev
    shoppers[here.line_tail].line_next = -1
    behind = shoppers[ahead].line_next if ahead >= 0 else here.line_head
    shoppers[row].line_prev = ahead
    shoppers[row].line_next = behind
    shoppers[behind].line_prev = row
    if ahead >= 0:
        shoppers[ahead].line_next = row
    else:
        here.line_head = row


@kernel
def draw_ticket(mall: Mall, row: int, station: int, now_us: int) -> None:
    """Put a party on the list of a station, wherever it is."""
    here = mall.stations[station]
    errand = mall.errands[row]
    errand.ticket_station = station
    errand.ticket_state = TicketState.WAITING
    errand.ticket_taken_us = now_us
    errand.ticket_walk_us = mall.params[0].ticket_walk_us
    errand.ticket_next = -1
    errand.ticket_prev = here.ticket_tail
    if here.ticket_tail >= 0:
        mall.errands[here.ticket_tail].ticket_next = row
    else:
        here.ticket_head = row
    here.ticket_tail = row
    note(
        mall,
        row,
        now_us,
        EventKind.TICKET_TAKEN,
        station,
        np.int64(1e6 * foretold_s(mall, station, here.waiting + here.tickets)),
    )
    here.tickets += 1
    errand.tickets_drawn += 1


@kernel
def drop_ticket(mall: Mall, row: int) -> None:
    """Take a party off the list: it has come to the line, or never will."""
    errand = mall.errands[row]
    here = mall.stations[errand.ticket_station]
    if errand.ticket_prev >= 0:
        mall.errands[errand.ticket_prev].ticket_next = errand.ticket_next
    else:
        here.ticket_head = errand.ticket_next
    if errand.ticket_next >= 0:
        mall.errands[errand.ticket_next].ticket_prev = errand.ticket_prev
    else:
        here.ticket_tail = errand.ticket_prev
    here.tickets -= 1
    errand.ticket_next = errand.ticket_prev = errand.ticket_station = -1
    errand.ticket_state = TicketState.NONE


@kernel
def void_ticket(mall: Mall, row: int, now_us: int) -> None:
    """Make a ticket void; before it was called, the event's value is -1. Who meant to come is hungry still."""
    errand = mall.errands[row]
    since_us = now_us - errand.ticket_called_us if errand.ticket_state != TicketState.WAITING else np.int64(-1)
    note(mall, row, now_us, EventKind.TICKET_VOID, errand.ticket_station, since_us)
    if errand.ticket_state != TicketState.IGNORED:
        mall.shoppers[row].has_eaten = 0
    drop_ticket(mall, row)


@inlined
def is_late(mall: Mall, row: int, now_us: int) -> bool:
    """Return whether a party that was called has let its grace time pass."""
    errand = mall.errands[row]
    if errand.ticket_state == TicketState.NONE or errand.ticket_state == TicketState.WAITING:
        return False
    return (
        now_us
        > errand.ticket_called_us + errand.ticket_walk_us + mall.params[0].ticket_lead_us + mall.params[0].ticket_grace_us
    )


@kernel
def call_forward(mall: Mall, station: int, now_us: int) -> int:
    """Call every ticket whose turn is foretold within its walk and the lead, make void whose grace is over; return how many.

    At most CALLS_AT_ONCE; the rest when the line next moves, or operations next look. A store that has shut makes all void.
    """
    here = mall.stations[station]
    is_shut = mall.units[here.unit].is_open == 0
    lead_us = mall.params[0].ticket_lead_us
    ahead = 0
    standing = here.line_head
    row = here.ticket_head
    changed = 0
    while row >= 0 and changed < CALLS_AT_ONCE:
        errand = mall.errands[row]
        following = errand.ticket_next
        while standing >= 0 and order_us(mall, standing) <= errand.ticket_taken_us:
            ahead += 1
            standing = mall.shoppers[standing].line_next
        if is_shut or is_late(mall, row, now_us):
            void_ticket(mall, row, now_us)
            changed += 1
        else:
            is_due = 1e6 * foretold_s(mall, station, ahead) <= errand.ticket_walk_us + lead_us
            if is_due and errand.ticket_state == TicketState.WAITING:
                _call(mall, row, station, now_us)
                changed += 1
            ahead += 1
        row = following
    return changed


@kernel
def _call(mall: Mall, row: int, station: int, now_us: int) -> None:
    """Tell a party to come; whoever browses leaves the shelves at once, whoever is busy otherwise comes when that is over."""
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    stays_away = (
        uniform(mall.keys[Stream.TICKET], shopper.number, 2 * errand.tickets_drawn) < mall.params[0].ticket_no_show_share
    )
    errand.ticket_state = TicketState.IGNORED if stays_away else TicketState.CALLED
    errand.ticket_called_us = now_us
    note(mall, row, now_us, EventKind.TICKET_CALLED, station, now_us - errand.ticket_taken_us)
    if shopper.doing == Doing.BROWSING and not stays_away:
        schedule(mall.shoppers, mall.heap, mall.meta, row, now_us, NORMAL)
