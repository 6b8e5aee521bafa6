"""Serving whoever waits, station by station, once switches have been thrown."""

from __future__ import annotations

from sim.crowd.agenda import drop_dead
from sim.crowd.loop import ROOM_PER_EVENT
from sim.crowd.queues import serve_waiting
from sim.crowd.state import Mall, Meta, Role
from sim.crowd.ticket_lists import CALLS_AT_ONCE, call_forward
from sim.crowd.venues.seating import seat_waiting
from sim.kernel import entry, kernel, referred


@entry
def serve_from(mall: Mall, first: int, now_us: int) -> int:
    """Serve the waiting at every station from `first` on; return the one at which the log was full, else the number of stations."""
    mall = referred(mall)
    for station in range(first, mall.stations.size):
        if mall.meta[Meta.AGENDA_SIZE] + mall.stations[station].waiting >= mall.heap.shape[0]:
            drop_dead(mall.shoppers, mall.heap, mall.meta)
        if mall.stations[station].role != Role.TABLE and not serve_waiting(mall, station, now_us):
            return station
        if not _look_at_tickets(mall, station, now_us):
            return station
    return mall.stations.size


@entry
def seat_from(mall: Mall, first: int, now_us: int) -> int:
    """Seat who waits at every restaurant from `first` on; return the one at which the log was full, else the number of stations."""
    mall = referred(mall)
    for station in range(first, mall.stations.size):
        if mall.stations[station].role != Role.TABLE:
            continue
        if mall.meta[Meta.AGENDA_SIZE] + mall.stations[station].waiting >= mall.heap.shape[0]:
            drop_dead(mall.shoppers, mall.heap, mall.meta)
        while True:
            if mall.meta[Meta.LOG_ROWS] + ROOM_PER_EVENT > mall.log.size:
                return station
            if seat_waiting(mall, station, now_us):
                break
    return mall.stations.size


@kernel
def _look_at_tickets(mall: Mall, station: int, now_us: int) -> bool:
    """Call forward who is due; return False when the log is full before that is done, or more may be due."""
    if mall.stations[station].tickets == 0:
        return True
    if mall.meta[Meta.LOG_ROWS] + CALLS_AT_ONCE > mall.log.size:
        return False
    return call_forward(mall, station, now_us) < CALLS_AT_ONCE
