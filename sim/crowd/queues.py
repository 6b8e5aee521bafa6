"""Stations: servers and lines, service laws, finite room, balking, reneging; tills, tables, gates and kitchens alike."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import FIRST, NORMAL, forget, schedule
from sim.crowd.cars.paying import exit_more_s
from sim.crowd.checkout.methods import till_s
from sim.crowd.choice import weibull
from sim.crowd.disciplines import (
    enter_lane,
    is_open_lane,
    jockey_to,
    leave_closed_lanes,
    line_up_by_rank,
    note_sharing,
    quit_lane,
    share_in,
    share_on,
    shortest_lane,
    weakest_in_service,
)
from sim.crowd.movement import append, unlink
from sim.crowd.needs import feel_wait
from sim.crowd.own_services import hand_over
from sim.crowd.promos.triggers import pull_triggers
from sim.crowd.state import Discipline, Doing, Law, Mall, Meta, Role, Stream
from sim.crowd.ticket_lists import call_forward, order_us, take_place
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import inlined, kernel
from sim.promos import Hook
from sim.random_streams import draw_word, exponential, standard_normal, uniform, uniform_of

DESK_PATIENCE = 1_000_000  # first count of a party's draws of patience at desks, beyond any number of stores entered


@kernel
def service_s(law: int, mean_s: float, cv: float, key: np.uint64, number: int, service: int) -> float:
    """Return the service time of a customer's `service`-th service; the draw belongs to the customer, whoever serves.

    Whatever the law, its draws lie at the four counts from 4 x service on, so that services of several laws can share a stream. Erlang
    takes its shape from the cv (1 / cv^2, a whole number); the hyperexponential has balanced means; the uniform law lies evenly about
    its mean, with a cv of at most 1 / sqrt(3).
    """
    if law == Law.DETERMINISTIC:
        return mean_s
    first = 4 * service
    if law == Law.EXPONENTIAL:
        return mean_s * exponential(key, number, first)
    if law == Law.LOGNORMAL:
        variance = np.log(1.0 + cv * cv)
        return mean_s * np.exp(np.sqrt(variance) * standard_normal(key, number, first // 2) - 0.5 * variance)
    if law == Law.ERLANG:
        shape = max(1, int(round(1.0 / (cv * cv))))
        total = 0.0
        word = draw_word(key, number, first)
        for stage in range(shape):
            total -= np.log(uniform_of(word, stage))
        return mean_s * total / shape
    if law == Law.UNIFORM:
        return mean_s * (1.0 + np.sqrt(3.0) * cv * (2.0 * uniform(key, number, first) - 1.0))
    squared = cv * cv
    share = 0.5 * (1.0 + np.sqrt((squared - 1.0) / (squared + 1.0)))
    branch = share if uniform(key, number, first) < share else 1.0 - share
    return mean_s * exponential(key, number, first + 1) / (2.0 * branch)


@kernel
def start_service(mall: Mall, row: int, station: int, now_us: int) -> None:
    """Give a server to a party."""
    here = mall.stations[station]
    shopper = mall.shoppers[row]
    here.busy += 1
    note(mall, row, now_us, EventKind.SERVICE_STARTED, station, now_us - shopper.joined_us)
    is_resumed = here.discipline == Discipline.PREEMPTIVE and mall.errands[row].left_us > 0
    mall.minds[row].line_us = now_us - shopper.joined_us + (mall.minds[row].line_us if is_resumed else 0)
    here.last_wait_us = now_us - (order_us(mall, row) if here.takes_tickets == 1 else shopper.joined_us)
    feel_wait(mall, row, now_us - shopper.joined_us, station)
    shopper.doing = Doing.IN_SERVICE
    shopper.joined_us = now_us
    service_us = 0
    if here.discipline == Discipline.PREEMPTIVE:
        service_us = mall.errands[row].left_us
        append(mall.lanes, mall.shoppers, here.lane_start, row)
    if service_us == 0:
        service_us = _drawn_service_us(mall, row, station, now_us)
    if here.discipline == Discipline.PREEMPTIVE:
        mall.errands[row].left_us = service_us
    schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + service_us, FIRST)


@inlined
def _drawn_service_us(mall: Mall, row: int, station: int, now_us: int) -> int:
    here = mall.stations[station]
    shopper = mall.shoppers[row]
    time_s = service_s(
        here.law, here.service_s_mean, here.service_cv, mall.keys[Stream.SERVICE], shopper.number, shopper.services
    )
    if here.role == Role.GATE_OUT:
        time_s += exit_more_s(mall, row, now_us)
    time_s = till_s(mall, row, station, time_s, now_us)
    shopper.services += 1
    return np.int64(1e6 * time_s)


@kernel
def join(mall: Mall, row: int, station: int, now_us: int) -> bool:
    """Take a server or a place in line; return False when the party turns away or there is no room for it."""
    here = mall.stations[station]
    if here.role == Role.OWN:
        hand_over(mall, row, station, now_us)
        return True
    shopper = mall.shoppers[row]
    shopper.station = station
    shopper.joined_us = now_us
    if here.discipline >= Discipline.PREEMPTIVE:
        return _join_otherwise(mall, row, station, now_us)
    if here.waiting == 0 and here.busy < here.servers_open and here.is_held == 0:
        note(mall, row, now_us, EventKind.QUEUE_JOINED, station, 0)
        start_service(mall, row, station, now_us)
        return True
    if _turns_away(mall, row, station, now_us, here.waiting):
        return False
    note(mall, row, now_us, EventKind.QUEUE_JOINED, station, here.waiting)
    if here.discipline == Discipline.FIFO:
        append(mall.stations, mall.shoppers, station, row)
    else:
        line_up_by_rank(mall, station, row, False)
    _wait(mall, row, station, now_us)
    return True


@inlined
def _turns_away(mall: Mall, row: int, station: int, now_us: int, in_front: int) -> bool:
    """Return whether a party goes again that would have to wait: by its own will, or because there is no place in line."""
    here = mall.stations[station]
    if in_front >= here.balk_queue or (here.balk_share > 0.0 and _foresees_too_much(mall, row, station)):
        note(mall, row, now_us, EventKind.BALKED, station, in_front)
        return True
    if in_front >= here.places:
        note(mall, row, now_us, EventKind.REJECTED, station, here.waiting + here.busy)
        return True
    return False


@kernel
def _foresees_too_much(mall: Mall, row: int, station: int) -> bool:
    """Return whether a party believes a wait that it foresees to be longer than its patience (which it can be wrong about)."""
    here = mall.stations[station]
    shopper = mall.shoppers[row]
    if here.patience_s_scale <= 0.0 or expected_wait_s(mall.stations, station) <= _patience_s(mall, row, station):
        return False
    return uniform(mall.keys[Stream.BALK], shopper.number, shopper.visits) < here.balk_share


@inlined
def _patience_s(mall: Mall, row: int, station: int) -> float:
    here = mall.stations[station]
    shopper = mall.shoppers[row]
    # by the store entered, not by services had: who gives up at one till is not bound to be as impatient at the next
    count = shopper.visits
    if here.role == Role.DESK:  # no store; desks are used once each, and their services have counts of their own
        count = DESK_PATIENCE + here.place
    draw = uniform(mall.keys[Stream.PATIENCE], shopper.number, count)
    return weibull(here.patience_s_scale, here.patience_shape, draw)


@inlined
def _wait(mall: Mall, row: int, station: int, now_us: int) -> None:
    """A party in line waits for its turn, or for the end of its patience."""
    here = mall.stations[station]
    here.waiting += 1
    if here.unit >= 0:
        pull_triggers(mall, row, Hook.LINED_UP, here.unit, now_us)
    if here.takes_tickets == 1:
        take_place(mall, row, station)
    mall.shoppers[row].doing = Doing.IN_LINE
    if here.patience_s_scale > 0.0:
        patience_us = np.int64(1e6 * _patience_s(mall, row, station))
        schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + patience_us, NORMAL)
    else:
        forget(mall.shoppers, mall.meta, row)


@kernel
def _join_otherwise(mall: Mall, row: int, station: int, now_us: int) -> bool:
    discipline = mall.stations[station].discipline
    if discipline == Discipline.PREEMPTIVE:
        return _join_preemptive(mall, row, station, now_us)
    if discipline == Discipline.SHARING:
        return _join_sharing(mall, row, station, now_us)
    return _join_lane(mall, row, station, now_us)


@kernel
def _join_preemptive(mall: Mall, row: int, station: int, now_us: int) -> bool:
    """Take a free server, else that of somebody of a worse rank, else a place in line."""
    here = mall.stations[station]
    mall.errands[row].left_us = 0
    if here.waiting == 0 and here.busy < here.servers_open:
        note(mall, row, now_us, EventKind.QUEUE_JOINED, station, 0)
        start_service(mall, row, station, now_us)
        return True
    if _turns_away(mall, row, station, now_us, here.waiting):
        return False
    note(mall, row, now_us, EventKind.QUEUE_JOINED, station, here.waiting)
    weakest = weakest_in_service(mall, station, mall.errands[row].rank) if here.busy <= here.servers_open else -1
    if weakest >= 0:
        _put_back(mall, weakest, station, now_us)
        start_service(mall, row, station, now_us)
        return True
    line_up_by_rank(mall, station, row, False)
    _wait(mall, row, station, now_us)
    return True


@kernel
def _put_back(mall: Mall, row: int, station: int, now_us: int) -> None:
    """Take a party's server away; it waits at the head of its rank, for what is left of its service, and does not give up any more."""
    here = mall.stations[station]
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    had_us = now_us - shopper.joined_us
    unlink(mall.lanes, mall.shoppers, here.lane_start, row)
    here.busy -= 1
    here.busy_us += had_us
    # At the instant of its end it would have been over first; a microsecond is left of work that was cut off before.
    errand.left_us = max(1, errand.left_us - had_us)
    note(mall, row, now_us, EventKind.PREEMPTED, station, had_us)
    shopper.joined_us = now_us
    shopper.doing = Doing.IN_LINE
    line_up_by_rank(mall, station, row, True)
    here.waiting += 1
    forget(mall.shoppers, mall.meta, row)


@kernel
def _join_sharing(mall: Mall, row: int, station: int, now_us: int) -> bool:
    """Be served at once, and slow the others down."""
    here = mall.stations[station]
    shopper = mall.shoppers[row]
    if here.busy >= here.servers_open and _turns_away(mall, row, station, now_us, here.busy - here.servers_open):
        return False
    note(mall, row, now_us, EventKind.QUEUE_JOINED, station, here.busy)
    note(mall, row, now_us, EventKind.SERVICE_STARTED, station, 0)
    mall.minds[row].line_us = 0
    shopper.doing = Doing.IN_SERVICE
    note_sharing(mall, station, now_us)
    forget(mall.shoppers, mall.meta, row)
    share_in(mall, station, row, float(_drawn_service_us(mall, row, station, now_us)))
    here.busy += 1
    share_on(mall, station, now_us)
    return True


@kernel
def _join_lane(mall: Mall, row: int, station: int, now_us: int) -> bool:
    """Take the shortest lane."""
    here = mall.stations[station]
    lane = shortest_lane(mall, station)
    there = mall.lanes[lane]
    if there.busy == 0 and there.waiting == 0 and is_open_lane(mall, station, lane):
        note(mall, row, now_us, EventKind.QUEUE_JOINED, station, 0)
        mall.errands[row].lane = lane
        there.busy = 1
        start_service(mall, row, station, now_us)
        return True
    if _turns_away(mall, row, station, now_us, here.waiting):
        return False
    note(mall, row, now_us, EventKind.QUEUE_JOINED, station, there.waiting)
    enter_lane(mall, row, lane)
    _wait(mall, row, station, now_us)
    return True


@kernel
def serve_waiting(mall: Mall, station: int, now_us: int) -> bool:
    """Give every free server to the first in line; return False when the log is full before that is done."""
    here = mall.stations[station]
    if here.discipline >= Discipline.SHARING:
        return _serve_otherwise(mall, station, now_us)
    return _serve_line(mall, station, now_us)


@inlined
def _serve_line(mall: Mall, station: int, now_us: int) -> bool:
    here = mall.stations[station]
    while here.line_head >= 0 and here.busy < here.servers_open and here.is_held == 0:
        if mall.meta[Meta.LOG_ROWS] >= mall.log.size:
            return False
        first = here.line_head
        unlink(mall.stations, mall.shoppers, station, first)
        here.waiting -= 1
        start_service(mall, first, station, now_us)
    return True


@kernel
def _serve_otherwise(mall: Mall, station: int, now_us: int) -> bool:
    here = mall.stations[station]
    if here.discipline == Discipline.SHARING:
        note_sharing(mall, station, now_us)
        share_on(mall, station, now_us)
        return True
    leave_closed_lanes(mall, station)
    for lane in range(here.lane_start, here.lane_start + min(here.servers_open, here.lane_count)):
        if mall.meta[Meta.LOG_ROWS] >= mall.log.size:
            return False
        _serve_lane(mall, station, lane, now_us)
    return True


@kernel
def _serve_lane(mall: Mall, station: int, lane: int, now_us: int) -> None:
    """Serve the first of a lane whose server is free, and let somebody come over while it is the shorter by two."""
    there = mall.lanes[lane]
    while is_open_lane(mall, station, lane):
        if there.busy == 0 and there.waiting > 0:
            first = there.line_head
            quit_lane(mall, first)
            mall.stations[station].waiting -= 1
            there.busy = 1
            start_service(mall, first, station, now_us)
        elif not jockey_to(mall, station, lane):
            return


@kernel
def end_service(mall: Mall, row: int, now_us: int) -> int:
    """Free the server, call the next in line, and return the station."""
    shopper = mall.shoppers[row]
    station = shopper.station
    here = mall.stations[station]
    here.busy -= 1
    here.served += 1
    here.busy_us += now_us - shopper.joined_us
    note(mall, row, now_us, EventKind.SERVICE_ENDED, station, now_us - shopper.joined_us)
    shopper.station = -1
    if here.discipline >= Discipline.PREEMPTIVE:
        _free_otherwise(mall, row, station, now_us)
    else:
        _serve_line(mall, station, now_us)
    if here.tickets > 0:
        call_forward(mall, station, now_us)
    return station


@kernel
def _free_otherwise(mall: Mall, row: int, station: int, now_us: int) -> None:
    """The same after the end of a service at a station without one plain line."""
    here = mall.stations[station]
    if here.discipline == Discipline.LANES:
        lane = mall.errands[row].lane
        mall.lanes[lane].busy = 0
        _serve_lane(mall, station, lane, now_us)
        return
    if here.discipline == Discipline.PREEMPTIVE:
        unlink(mall.lanes, mall.shoppers, here.lane_start, row)
    else:
        unlink(mall.stations, mall.shoppers, station, row)
    serve_waiting(mall, station, now_us)


@kernel
def renege(mall: Mall, row: int, now_us: int) -> None:
    """Patience is over: leave the line."""
    shopper = mall.shoppers[row]
    station = shopper.station
    here = mall.stations[station]
    here.waiting -= 1
    note(mall, row, now_us, EventKind.RENEGED, station, now_us - shopper.joined_us)
    feel_wait(mall, row, now_us - shopper.joined_us, station)
    shopper.station = -1
    if here.discipline == Discipline.LANES:
        _serve_lane(mall, station, quit_lane(mall, row), now_us)
    else:
        unlink(mall.stations, mall.shoppers, station, row)
    if here.tickets > 0:
        call_forward(mall, station, now_us)


@kernel
def expected_wait_s(stations: np.ndarray, station: int) -> float:
    """Return the wait that somebody who sees the line expects: those in front over the rate of service."""
    here = stations[station]
    if here.waiting == 0 and here.busy < here.servers_open:
        return 0.0
    if here.discipline == Discipline.SHARING:
        return here.service_s_mean * ((here.busy + 1) / max(here.servers_open, 1) - 1.0)
    return (here.waiting + 1) * here.service_s_mean / max(here.servers_open, 1)
