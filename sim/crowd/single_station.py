"""One station without a floor: customers come, queue, are served and go, by the very functions that run a mall's tills.

Everything measured is read from the events that the station writes, except the time integrals, which the loop keeps by itself: so
that Little's law between the two is a check and no tautology.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from sim.crowd import state
from sim.crowd.agenda import PRIORITIES, ROW_MASK, close_hole, drop_dead
from sim.crowd.errand import ERRAND
from sim.crowd.loop import ARRIVAL_PRIORITY, NEVER, Stop, next_entry
from sim.crowd.movement import free_row
from sim.crowd.queues import end_service, join, renege
from sim.crowd.state import Doing, Law, Mall, Meta, Stream, records
from sim.crowd.tallies import Counted
from sim.events import EventKind
from sim.kernel import entry, kernel
from sim.random_streams import exponential, stream_key

UNLIMITED = 2**30
LOG_ROWS = 256  # events are read and dropped at every step
ROWS_AT_FIRST = 4096

STUDY = np.dtype(
    [
        ("rate_per_us", "f8"), ("arrivals_key", "u8"),
        ("customers", "i8"), ("arrived", "i8"), ("next_us", "i8"), ("clock_us", "i8"), ("batch_size", "i8"),
        ("queue_area_us", "i8"), ("busy_area_us", "i8"), ("queue_max", "i8"), ("last_started", "i8"), ("overtakings", "i8"),
        ("queue_at_last_arrival", "i8"), ("horizon_us", "i8"), ("kept", "i8"),
    ],
    align=True,
)  # fmt: skip


class Sum(IntEnum):
    """Columns of the sums, which are kept for each batch of customers by their number."""

    ARRIVED = 0
    STARTED = 1
    SERVED = 2
    RENEGED = 3
    TURNED_AWAY = 4
    WAITED = 5  # customers who did not find a server at once: waited at all, or gave up
    WAIT_US = 6  # of those who were served
    RENEGED_WAIT_US = 7
    SERVICE_US = 8
    FIRST_US = 9  # arrival of the batch's first customer
    QUEUE_AREA_US = 10  # integral of the number in line from the start until then


@dataclass(frozen=True)
class StationCase:
    """What is studied: a station, and who comes to it."""

    servers: int
    law: Law
    service_s_mean: float
    service_cv: float = 1.0
    arrivals_per_s: float = 1.0
    customers: int = 100_000
    patience_s_scale: float = 0.0  # 0: nobody gives up
    patience_shape: float = 1.0  # Weibull; inf: everybody's patience is the scale
    places_in_line: int = UNLIMITED
    batches: int = 31
    seed: int = 1
    replication: int = 0


@dataclass(frozen=True)
class StationStudy:
    """What happened; all integers."""

    sums: np.ndarray  # (batches, len(Sum)) int64
    clock_us: int  # when the last customer had gone, or the horizon
    queue_area_us: int
    busy_area_us: int
    queue_max: int
    overtakings: int  # services started before that of somebody who came earlier and still waits
    queue_at_last_arrival: int
    last_arrival_us: int
    present: int  # customers still there at the horizon
    events: np.ndarray  # EVENT records, the first ones as many as were asked for


def study_station(
    case: StationCase, arrivals_us: np.ndarray | None = None, *, keep_events: int = 0, horizon_us: int = NEVER // PRIORITIES
) -> StationStudy:
    """Send customers through a station until the last has gone, or to the horizon (which itself is included).

    Poisson arrivals by addressed draws, or `arrivals_us` (int64, ascending), the customers then being numbered in that order.
    """
    given = np.zeros(0, np.int64) if arrivals_us is None else np.asarray(arrivals_us, np.int64)
    case = case if arrivals_us is None else replace(case, customers=given.size)
    mall = _mall_of(case)
    study = _study_of(case, given, horizon_us)
    sums = np.zeros((case.batches, len(Sum)), np.int64)
    kept = records(keep_events, state.EVENT)
    while serve_customers(mall, study, given, sums, kept) == Stop.ROWS_FULL:
        mall = _enlarged(mall)
    one, station = study[0], mall.stations[0]
    return StationStudy(
        sums=sums, clock_us=int(one.clock_us), queue_area_us=int(one.queue_area_us), busy_area_us=int(one.busy_area_us),
        queue_max=int(one.queue_max), overtakings=int(one.overtakings), queue_at_last_arrival=int(one.queue_at_last_arrival),
        last_arrival_us=int(one.next_us), present=int(station.waiting + station.busy), events=kept[: one.kept],
    )  # fmt: skip


def _study_of(case: StationCase, given: np.ndarray, horizon_us: int) -> np.ndarray:
    study = records(1, STUDY)
    one = study[0]
    one.rate_per_us = case.arrivals_per_s * 1e-6
    one.arrivals_key = stream_key(case.seed, f"{case.replication}/arrivals")
    one.customers, one.last_started, one.horizon_us = case.customers, -1, horizon_us
    one.batch_size = max(1, -(-case.customers // case.batches))
    one.next_us = given[0] if given.size else _first_us(one.arrivals_key, one.rate_per_us)
    return study


@entry
def _first_us(key: np.uint64, rate_per_us: float) -> int:
    return np.int64(exponential(key, 0, 0) / rate_per_us)


def _mall_of(case: StationCase) -> Mall:
    """Return a mall that is one station."""
    rows = ROWS_AT_FIRST
    shoppers = records(rows, state.SHOPPER)
    shoppers["people"] = 1
    stations = records(1, state.STATION)
    station = stations[0]
    station.service_s_mean, station.service_cv, station.law = case.service_s_mean, case.service_cv, case.law
    station.patience_s_scale, station.patience_shape = case.patience_s_scale, case.patience_shape
    station.servers_open, station.balk_queue = case.servers, case.places_in_line
    station.line_head = station.line_tail = -1
    keys = np.array([stream_key(case.seed, f"{case.replication}/{purpose.name.lower()}") for purpose in Stream], np.uint64)
    mall = state.example_mall()._replace(
        shoppers=shoppers, errands=records(rows, ERRAND), stations=stations, keys=keys, log=records(LOG_ROWS, state.EVENT), heap=np.zeros((2 * rows + 1024, 3), np.int64),
        free_rows=np.arange(rows, dtype=np.int32)[::-1].copy(), meta=np.zeros(len(Meta), np.int64), counts=np.zeros(len(Counted), np.int64),
    )  # fmt: skip
    mall.meta[Meta.FREE_ROWS] = rows
    return mall


def _enlarged(mall: Mall) -> Mall:
    """Return the mall with twice the rows; rows, serials and entries stay."""
    old, new = mall.shoppers.size, 2 * mall.shoppers.size
    shoppers = records(new, state.SHOPPER)
    shoppers[:old] = mall.shoppers
    shoppers["people"] = 1
    errands = records(new, ERRAND)
    errands[:old] = mall.errands
    heap = np.zeros((2 * new + 1024, 3), np.int64)
    heap[: mall.heap.shape[0]] = mall.heap
    kept = int(mall.meta[Meta.FREE_ROWS])
    free = np.zeros(new, np.int32)
    free[: new - old] = np.arange(old, new, dtype=np.int32)[::-1]
    free[new - old : new - old + kept] = mall.free_rows[:kept]
    mall.meta[Meta.FREE_ROWS] += new - old
    return mall._replace(shoppers=shoppers, errands=errands, heap=heap, free_rows=free)


@entry
def serve_customers(mall: Mall, study: np.ndarray, given_us: np.ndarray, sums: np.ndarray, kept: np.ndarray) -> int:
    """Let customers come and go in order of time, with the ties of the mall's loop; return a Stop."""
    one = study[0]
    meta = mall.meta
    while True:
        if meta[Meta.AGENDA_SIZE] + 2 >= mall.heap.shape[0] or meta[Meta.AGENDA_DEAD] * 2 > meta[Meta.AGENDA_SIZE] + 64:
            drop_dead(mall.shoppers, mall.heap, meta)
        entry = next_entry(mall)
        arrival = one.next_us * PRIORITIES + ARRIVAL_PRIORITY if one.arrived < one.customers else NEVER
        now_us = min(entry, arrival) // PRIORITIES
        if min(entry, arrival) == NEVER or now_us > one.horizon_us:
            if now_us > one.horizon_us and one.horizon_us < NEVER // PRIORITIES:
                _note_time(mall, study, one.horizon_us)
            return Stop.DONE
        if arrival < entry:
            if meta[Meta.FREE_ROWS] == 0 or meta[Meta.AGENDA_SIZE] + 2 >= mall.heap.shape[0]:
                return Stop.ROWS_FULL
            _note_time(mall, study, now_us)
            _come(mall, study, sums, now_us)
            if one.arrived < one.customers:
                if given_us.size > 0:
                    one.next_us = given_us[one.arrived]
                else:
                    one.next_us = now_us + np.int64(exponential(one.arrivals_key, one.arrived, 0) / one.rate_per_us)
        else:
            row = mall.heap[0, 2] & ROW_MASK
            meta[Meta.AGENDA_HOLE] = 1
            mall.shoppers[row].has_entry = 0
            _note_time(mall, study, now_us)
            if mall.shoppers[row].doing == Doing.IN_SERVICE:
                end_service(mall, row, now_us)
            else:
                renege(mall, row, now_us)
            free_row(mall, row)
            close_hole(mall.heap, meta)
        _read_events(mall, study, sums, kept)


@kernel
def _note_time(mall: Mall, study: np.ndarray, now_us: int) -> None:
    """Add the time since the last step to the integrals of the numbers in line and in service."""
    one = study[0]
    station = mall.stations[0]
    spent_us = now_us - one.clock_us
    one.queue_area_us += station.waiting * spent_us
    one.busy_area_us += station.busy * spent_us
    one.clock_us = now_us


@kernel
def _come(mall: Mall, study: np.ndarray, sums: np.ndarray, now_us: int) -> None:
    """The next customer comes and joins, or turns away."""
    one = study[0]
    batch = sums[one.arrived // one.batch_size]
    if one.arrived % one.batch_size == 0:
        batch[Sum.FIRST_US] = now_us
        batch[Sum.QUEUE_AREA_US] = one.queue_area_us
    batch[Sum.ARRIVED] += 1
    mall.meta[Meta.FREE_ROWS] -= 1
    row = mall.free_rows[mall.meta[Meta.FREE_ROWS]]
    shopper = mall.shoppers[row]
    shopper.number = one.arrived
    shopper.services = 0
    one.arrived += 1
    if not join(mall, row, 0, now_us):
        free_row(mall, row)
    one.queue_max = max(one.queue_max, mall.stations[0].waiting)
    if one.arrived == one.customers:
        one.queue_at_last_arrival = mall.stations[0].waiting


@kernel
def _read_events(mall: Mall, study: np.ndarray, sums: np.ndarray, kept: np.ndarray) -> None:
    """Add up what the station wrote, and empty its log."""
    one = study[0]
    for index in range(mall.meta[Meta.LOG_ROWS]):
        event = mall.log[index]
        batch = sums[event.visit // one.batch_size]
        if event.kind == EventKind.SERVICE_STARTED:
            batch[Sum.STARTED] += 1
            batch[Sum.WAIT_US] += event.value
            if event.value > 0:
                batch[Sum.WAITED] += 1
            if event.visit < one.last_started:
                one.overtakings += 1
            one.last_started = event.visit
        elif event.kind == EventKind.SERVICE_ENDED:
            batch[Sum.SERVED] += 1
            batch[Sum.SERVICE_US] += event.value
        elif event.kind == EventKind.RENEGED:
            batch[Sum.RENEGED] += 1
            batch[Sum.WAITED] += 1
            batch[Sum.RENEGED_WAIT_US] += event.value
        elif event.kind == EventKind.BALKED:
            batch[Sum.TURNED_AWAY] += 1
        if one.kept < kept.size:
            copied = kept[one.kept]
            copied.time_us, copied.visit, copied.kind, copied.value = event.time_us, event.visit, event.kind, event.value
            one.kept += 1
    mall.meta[Meta.LOG_ROWS] = 0
