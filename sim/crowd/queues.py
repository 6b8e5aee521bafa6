"""Stations: several servers, one line in order of arrival, balking and reneging; tills, tables and gates alike."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import FIRST, NORMAL, forget, schedule
from sim.crowd.choice import weibull
from sim.crowd.movement import append, unlink
from sim.crowd.own_services import hand_over
from sim.crowd.state import Doing, Law, Mall, Meta, Role, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.random_streams import exponential, standard_normal, uniform


@kernel
def service_s(law: int, mean_s: float, cv: float, key: np.uint64, number: int, service: int) -> float:
    """Return the service time of a customer's `service`-th service; the draw belongs to the customer, whoever serves.

    Erlang takes its shape from the cv (1 / cv^2, a whole number); the hyperexponential has balanced means.
    """
    if law == Law.DETERMINISTIC:
        return mean_s
    if law == Law.EXPONENTIAL:
        return mean_s * exponential(key, number, service)
    if law == Law.LOGNORMAL:
        variance = np.log(1.0 + cv * cv)
        return mean_s * np.exp(np.sqrt(variance) * standard_normal(key, number, service) - 0.5 * variance)
    if law == Law.ERLANG:
        shape = max(1, int(round(1.0 / (cv * cv))))
        total = 0.0
        for stage in range(shape):
            total += exponential(key, number, service * 64 + stage)
        return mean_s * total / shape
    squared = cv * cv
    share = 0.5 * (1.0 + np.sqrt((squared - 1.0) / (squared + 1.0)))
    branch = share if uniform(key, number, 2 * service) < share else 1.0 - share
    return mean_s * exponential(key, number, 2 * service + 1) / (2.0 * branch)


@kernel
def start_service(mall: Mall, row: int, station: int, now_us: int) -> None:
    """Give a server to a party."""
    here = mall.stations[station]
    shopper = mall.shoppers[row]
    here.busy += 1
    note(mall, row, now_us, EventKind.SERVICE_STARTED, station, now_us - shopper.joined_us)
    shopper.doing = Doing.IN_SERVICE
    shopper.joined_us = now_us
    time_s = service_s(
        here.law, here.service_s_mean, here.service_cv, mall.keys[Stream.SERVICE], shopper.number, shopper.services
    )
    shopper.services += 1
    schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + np.int64(1e6 * time_s), FIRST)


@kernel
def join(mall: Mall, row: int, station: int, now_us: int) -> bool:
    """Take a server or a place in line; return False when the line is too long and the party turns away."""
    here = mall.stations[station]
    if here.role == Role.OWN:
        hand_over(mall, row, station, now_us)
        return True
    shopper = mall.shoppers[row]
    shopper.station = station
    shopper.joined_us = now_us
    if here.waiting == 0 and here.busy < here.servers_open:
        note(mall, row, now_us, EventKind.QUEUE_JOINED, station, 0)
        start_service(mall, row, station, now_us)
        return True
    if here.waiting >= here.balk_queue:
        note(mall, row, now_us, EventKind.BALKED, station, here.waiting)
        return False
    note(mall, row, now_us, EventKind.QUEUE_JOINED, station, here.waiting)
    append(mall.stations, mall.shoppers, station, row)
    here.waiting += 1
    shopper.doing = Doing.IN_LINE
    if here.patience_s_scale > 0.0:
        # by the store entered, not by services had: who gives up at one till is not bound to be as impatient at the next
        draw = uniform(mall.keys[Stream.PATIENCE], shopper.number, shopper.visits)
        patience_s = weibull(here.patience_s_scale, here.patience_shape, draw)
        schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + np.int64(1e6 * patience_s), NORMAL)
    else:
        forget(mall.shoppers, mall.meta, row)
    return True


@kernel
def serve_waiting(mall: Mall, station: int, now_us: int) -> bool:
    """Give every free server to the first in line; return False when the log is full before that is done."""
    here = mall.stations[station]
    while here.line_head >= 0 and here.busy < here.servers_open:
        if mall.meta[Meta.LOG_ROWS] >= mall.log.size:
            return False
        first = here.line_head
        unlink(mall.stations, mall.shoppers, station, first)
        here.waiting -= 1
        start_service(mall, first, station, now_us)
    return True


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
    serve_waiting(mall, station, now_us)
    return station


@kernel
def renege(mall: Mall, row: int, now_us: int) -> None:
    """Patience is over: leave the line."""
    shopper = mall.shoppers[row]
    unlink(mall.stations, mall.shoppers, shopper.station, row)
    mall.stations[shopper.station].waiting -= 1
    note(mall, row, now_us, EventKind.RENEGED, shopper.station, now_us - shopper.joined_us)
    shopper.station = -1


@kernel
def expected_wait_s(stations: np.ndarray, station: int) -> float:
    """Return the wait that somebody who sees the line expects: those in front over the rate of service."""
    here = stations[station]
    if here.waiting == 0 and here.busy < here.servers_open:
        return 0.0
    return (here.waiting + 1) * here.service_s_mean / max(here.servers_open, 1)
