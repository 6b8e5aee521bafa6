"""The event loop: takes what happens next, lets it happen, and sees it through to the next entry in the agenda."""

from __future__ import annotations

from enum import IntEnum

from sim.crowd.agenda import PRIORITIES, ROW_BITS, ROW_MASK, close_hole, drop_dead
from sim.crowd.cars.arriving import end_aisle, leave_bay, leave_car, pass_gate_in
from sim.crowd.cars.leaving import paid_at_machine, pass_gate_out, reach_machine
from sim.crowd.checkout.payment import order_shipped
from sim.crowd.company.meeting import end_meeting, reach_meeting
from sim.crowd.company.records import Meets
from sim.crowd.doors import (
    arrive_outside,
    claim_row,
    enter_mall,
    leave_mall,
    reach_entrance,
    reach_exit,
)
from sim.crowd.goals import decide, go_home, is_lost
from sim.crowd.happenings.attending import end_attending, is_at_happening, reach_happening
from sim.crowd.movement import break_gridlock, end_crossing, end_stride
from sim.crowd.on_the_way import set_off, stride, walk_on
from sim.crowd.online.collecting import collects, take_order
from sim.crowd.own_services import come_back
from sim.crowd.queues import end_service, renege
from sim.crowd.rides import ask_to_board, board, step_off
from sim.crowd.sales import leave_store, pay
from sim.crowd.splitting import PARTS_MAX
from sim.crowd.state import Doing, Heading, Mall, Meta, Role, Then
from sim.crowd.stores import end_browsing, enter_store, reach_store
from sim.crowd.tallies import Counted
from sim.crowd.venues.cinemas import buy_seats, leave_show, see_show
from sim.crowd.venues.desks import leave_desk, served_at_desk
from sim.crowd.venues.restaurants import end_meal, miss_table, take_food
from sim.crowd.wayfinding import end_orienting
from sim.kernel import entry, inlined, kernel, referred
from sim.ledger.records import Count

ROOM_PER_EVENT = 64  # rows that one agenda entry may add to a buffer, at most
NEVER = 2**62
ARRIVAL_PRIORITY = 6  # at one instant, whoever is inside acts before whoever arrives


class Stop(IntEnum):
    """Why the loop came back."""

    DONE = 0
    BUFFER_FULL = 1  # flush events, segments or transfers, and call again
    ROWS_FULL = 2  # no free row or no room in the heap: enlarge, and call again
    UPCALL = 3  # a party has come to a service of one's own: let that take it, and call again


@entry
def advance(mall: Mall, until_us: int) -> int:
    """Let everything happen that is due before `until_us`; return a Stop."""
    mall = referred(mall)
    meta = mall.meta
    until = until_us * PRIORITIES
    while True:
        if _is_full(mall):
            return Stop.BUFFER_FULL
        if (
            meta[Meta.AGENDA_SIZE] + PARTS_MAX + 1 >= mall.heap.shape[0]
            or meta[Meta.AGENDA_DEAD] * 2 > meta[Meta.AGENDA_SIZE] + 64
        ):
            drop_dead(mall.shoppers, mall.heap, meta)
        if meta[Meta.FREE_ROWS] < PARTS_MAX or meta[Meta.AGENDA_SIZE] + PARTS_MAX + 1 >= mall.heap.shape[0]:
            return Stop.ROWS_FULL
        entry = next_entry(mall)
        arrival = _next_arrival(mall)
        if min(entry, arrival) >= until:
            return Stop.DONE
        now_us = min(entry, arrival) // PRIORITIES
        meta[Meta.NOW_US] = now_us
        if arrival < entry:
            row = claim_row(mall)
            then = arrive_outside(mall, row, now_us)
        else:
            row = mall.heap[0, 2] & ROW_MASK
            meta[Meta.AGENDA_HOLE] = 1
            mall.shoppers[row].has_entry = 0
            mall.counts[Counted.EVENTS] += 1
            then = happen(mall, row, now_us)
        see_through(mall, row, now_us, then)
        close_hole(mall.heap, meta)
        if meta[Meta.HANDED_OVER] > 0:
            return Stop.UPCALL


@inlined
def _is_full(mall: Mall) -> bool:
    return (
        mall.meta[Meta.LOG_ROWS] + ROOM_PER_EVENT > mall.log.size
        or mall.meta[Meta.SEGMENT_ROWS] + ROOM_PER_EVENT > mall.segments.size
        or mall.book_counts[Count.ROWS] + ROOM_PER_EVENT > mall.transfers.size
        or mall.book_counts[Count.LOTS] + ROOM_PER_EVENT > mall.lots.size
        or mall.book_counts[Count.PENDINGS] + ROOM_PER_EVENT > mall.pendings.size
        or mall.meta[Meta.RETURN_ROWS] + ROOM_PER_EVENT > mall.returns.size
        or mall.meta[Meta.OUTCOME_ROWS] + ROOM_PER_EVENT > mall.outcomes.size
    )


@inlined
def next_entry(mall: Mall) -> int:
    """Return the key of the first live entry, dropping dead ones before it."""
    while mall.meta[Meta.AGENDA_SIZE] > 0:
        row = mall.heap[0, 2] & ROW_MASK
        if mall.shoppers[row].serial == mall.heap[0, 2] >> ROW_BITS and mall.shoppers[row].has_entry == 1:
            return mall.heap[0, 0]
        mall.counts[Counted.DEAD_ENTRIES] += 1
        mall.meta[Meta.AGENDA_DEAD] -= 1
        mall.meta[Meta.AGENDA_HOLE] = 1
        close_hole(mall.heap, mall.meta)
    return NEVER


@inlined
def _next_arrival(mall: Mall) -> int:
    index = mall.meta[Meta.ARRIVALS_NEXT]
    if index >= mall.meta[Meta.ARRIVALS_SIZE]:
        return NEVER
    return mall.arrivals[index].arrive_us * PRIORITIES + ARRIVAL_PRIORITY


@kernel
def happen(mall: Mall, row: int, now_us: int) -> int:
    """What a party was doing is over; return what follows."""
    doing = mall.shoppers[row].doing
    if doing == Doing.WALKING:
        return end_stride(mall, row, now_us)
    if doing == Doing.CROSSING:
        return end_crossing(mall, row, now_us)
    if doing == Doing.BROWSING:
        return end_browsing(mall, row, now_us)
    if doing == Doing.IN_SERVICE:
        return served(mall, row, now_us)
    if doing == Doing.BOARDING:
        return board(mall, row, now_us)
    if doing == Doing.RIDING:
        return step_off(mall, row, now_us)
    if doing == Doing.ENTERING_STORE:
        return enter_store(mall, row, now_us)
    if doing == Doing.IN_LINE:
        miss_table(mall, row, now_us)
        renege(mall, row, now_us)
        return leave_store(mall, row, now_us)
    if doing == Doing.ENTERING_MALL:
        return enter_mall(mall, row, now_us)
    if doing == Doing.LEAVING_MALL:
        return leave_mall(mall, row, now_us)
    if doing == Doing.BLOCKED:
        return break_gridlock(mall, row, now_us)
    if doing == Doing.SEARCHING_BAY:
        return leave_car(mall, row, now_us)
    if doing == Doing.WALKING_FROM_CAR:
        return reach_entrance(mall, row, now_us)
    if doing == Doing.WALKING_TO_CAR:
        return leave_bay(mall, row, now_us)
    if doing == Doing.ORIENTING:
        return end_orienting(mall, row, now_us)
    if doing == Doing.WAITING_FOR_FOOD:
        return take_food(mall, row, now_us)
    if doing == Doing.EATING:
        return end_meal(mall, row, now_us)
    if doing == Doing.WAITING_FOR_SHOW:
        return see_show(mall, row, now_us)
    if doing == Doing.WATCHING:
        return leave_show(mall, row, now_us)
    if doing == Doing.DRIVING:
        return end_aisle(mall, row, now_us)
    if doing == Doing.WALKING_TO_MACHINE:
        return reach_machine(mall, row, now_us)
    if doing == Doing.AT_DESK:
        return leave_desk(mall, row, now_us)
    if doing == Doing.AWAY:
        return come_back(mall, row, now_us)
    if doing == Doing.MEETING:
        return end_meeting(mall, row, now_us)
    if doing == Doing.ATTENDING:
        return end_attending(mall, row, now_us)
    assert doing == Doing.STRANDED
    return go_home(mall, row, now_us)


@kernel
def served(mall: Mall, row: int, now_us: int) -> int:
    """The end of service, whatever the station is for."""
    role = mall.stations[end_service(mall, row, now_us)].role
    if role == Role.GATE_IN:
        return pass_gate_in(mall, row, now_us)
    if role == Role.GATE_OUT:
        return pass_gate_out(mall, row, now_us)
    if role == Role.BOX_OFFICE:
        return buy_seats(mall, row, now_us)
    if role == Role.DESK:
        return served_at_desk(mall, row, now_us)
    if role == Role.PAY_MACHINE:
        return paid_at_machine(mall, row, now_us)
    if role == Role.GUIDE:
        return order_shipped(mall, row, now_us)
    if mall.params[0].has_online == 1 and collects(mall, row):
        return take_order(mall, row, now_us)
    return pay(mall, row, now_us)


@kernel
def see_through(mall: Mall, row: int, now_us: int, then: int) -> None:
    """Let a party act at this instant until it waits for a later one."""
    while then != Then.WAIT and then != Then.GONE:
        if then == Then.DECIDE:
            then = decide(mall, row, now_us)
        elif then == Then.SET_OFF:
            then = set_off(mall, row, now_us)
        elif then == Then.WALK_ON:
            then = walk_on(mall, row, now_us)
        elif then == Then.STRIDE:
            then = stride(mall, row, now_us)
        elif then == Then.ARRIVE:
            then = arrive(mall, row, now_us)
        else:
            then = is_lost(mall, row, now_us)


@kernel
def arrive(mall: Mall, row: int, now_us: int) -> int:
    """At the end of a walk: a store's door, the entry of a ride, the exit, or where the party has agreed to meet."""
    heading = mall.shoppers[row].heading
    if mall.minds[row].meets == Meets.GOING and heading != Heading.TO_RIDE:
        return reach_meeting(mall, row, now_us)
    if is_at_happening(mall, row):
        return reach_happening(mall, row, now_us)
    if heading == Heading.TO_STORE:
        return reach_store(mall, row, now_us)
    if heading == Heading.TO_RIDE:
        return ask_to_board(mall, row, now_us)
    return reach_exit(mall, row, now_us)
