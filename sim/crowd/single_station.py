"""One station without a floor: customers come, queue, are served and go, by the very functions that run a mall's tills.

Everything measured is read from the events that the station writes, except the time integrals, which the loop keeps by itself: so
that Little's law between the two is a check and no tautology.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from math import gamma, inf

import numpy as np

from sim.crowd import state
from sim.crowd.agenda import PRIORITIES, ROW_MASK, close_hole, drop_dead
from sim.crowd.bare_stations import bare_mall, enlarged
from sim.crowd.loop import ARRIVAL_PRIORITY, NEVER, Stop, next_entry
from sim.crowd.movement import free_row
from sim.crowd.queues import end_service, join, renege, serve_waiting, service_s
from sim.crowd.state import Discipline, Doing, Law, Mall, Meta, Role, records
from sim.crowd.station_plans import UNLIMITED, StationPlan
from sim.events import EventKind
from sim.kernel import entry, inlined, kernel, referred
from sim.random_streams import exponential, stream_key, uniform
from sim.units import US_PER_S

STATES = 32  # numbers in the system whose shares of time are kept; the last stands for all beyond

STUDY = np.dtype(
    [
        ("interval_s", "f8"), ("interval_cv", "f8"), ("arrivals_key", "u8"), ("classes_key", "u8"),
        ("customers", "i8"), ("arrived", "i8"), ("next_us", "i8"), ("clock_us", "i8"), ("batch_size", "i8"), ("batches", "i8"),
        ("queue_area_us", "i8"), ("busy_area_us", "i8"), ("queue_max", "i8"), ("overtakings", "i8"), ("long_us", "i8"),
        ("queue_at_last_arrival", "i8"), ("horizon_us", "i8"), ("kept", "i8"), ("interval_law", "i8"), ("group", "i8"), ("changes", "i8"),
    ],
    align=True,
)  # fmt: skip


class Sum(IntEnum):
    """Columns of the sums, which are kept for each class and each batch of customers by their number."""

    ARRIVED = 0
    STARTED = 1
    SERVED = 2
    RENEGED = 3
    TURNED_AWAY = 4
    WAITED = 5  # customers who did not find a server at once: waited at all, or gave up
    WAIT_US = 6  # of those who were served
    RENEGED_WAIT_US = 7
    SERVICE_US = 8
    FIRST_US = 9  # arrival of the batch's first customer; in the rows of the first class only
    QUEUE_AREA_US = 10  # integral of the number in line from the start until then
    BUSY_AREA_US = 11
    REJECTED = 12
    PREEMPTED = 13
    LONG = 14  # waits beyond the one asked about


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
    places_in_line: int = UNLIMITED  # beyond which newcomers are refused
    balk_queue: int = UNLIMITED  # at which they turn away
    balk_share: float = 0.0
    batches: int = 31
    seed: int = 1
    replication: int = 0
    discipline: Discipline = Discipline.FIFO
    class_shares: tuple[float, ...] = (1.0,)  # of the customers; class 0 goes first where the discipline knows ranks
    interval_law: Law = Law.EXPONENTIAL
    interval_cv: float = 1.0
    group: int = 1  # customers who come at one instant; there are so many times fewer instants
    schedule: tuple[tuple[float, int], ...] = ()  # (seconds, servers from then on)
    long_s: float = inf


@dataclass(frozen=True)
class StationStudy:
    """What happened; all integers."""

    class_sums: np.ndarray  # (classes, batches, len(Sum)) int64
    clock_us: int  # when the last customer had gone, or the horizon
    queue_area_us: int
    busy_area_us: int
    states_us: np.ndarray  # (STATES) time with so many in the system
    queue_max: int
    overtakings: int  # services started before that of somebody of the class who came earlier and still waits
    queue_at_last_arrival: int
    last_arrival_us: int
    present: int  # customers still there at the horizon
    events: np.ndarray  # EVENT records, the first ones as many as were asked for

    @property
    def sums(self) -> np.ndarray:
        """The sums of all classes together: (batches, len(Sum)) int64."""
        total: np.ndarray = self.class_sums.sum(axis=0)
        return total


def study_station(
    case: StationCase, arrivals_us: np.ndarray | None = None, *, classes: np.ndarray | None = None, keep_events: int = 0,
    horizon_us: int = NEVER // PRIORITIES,
) -> StationStudy:  # fmt: skip
    """Send customers through a station until the last has gone, or to the horizon (which itself is included).

    They come by addressed draws, or at `arrivals_us` (int64, ascending) and of `classes`, being numbered in that order. Whoever waits at
    a station that nobody serves any more is still present when nothing can happen.
    """
    given = np.zeros(0, np.int64) if arrivals_us is None else np.asarray(arrivals_us, np.int64)
    kinds = np.zeros(0, np.int64) if classes is None else np.asarray(classes, np.int64)
    case = case if arrivals_us is None else replace(case, customers=given.size)
    mall = bare_mall([_plan_of(case)], case.seed, case.replication)
    study = _study_of(case, given, horizon_us)
    shares = np.cumsum(case.class_shares) / sum(case.class_shares)
    schedule = np.array([(round(time_s * US_PER_S), servers) for time_s, servers in case.schedule], np.int64).reshape(-1, 2)
    sums = np.zeros((shares.size * case.batches, len(Sum)), np.int64)
    states_us, last_started, kept = np.zeros(STATES, np.int64), np.full(shares.size, -1), records(keep_events, state.EVENT)
    while serve_customers(mall, study, given, kinds, shares, schedule, sums, states_us, last_started, kept) == Stop.ROWS_FULL:
        mall = enlarged(mall)
    one, station = study[0], mall.stations[0]
    return StationStudy(
        class_sums=sums.reshape(shares.size, case.batches, len(Sum)), clock_us=int(one.clock_us), queue_area_us=int(one.queue_area_us),
        busy_area_us=int(one.busy_area_us), states_us=states_us, queue_max=int(one.queue_max), overtakings=int(one.overtakings),
        queue_at_last_arrival=int(one.queue_at_last_arrival), last_arrival_us=int(one.next_us),
        present=int(station.waiting + station.busy), events=kept[: one.kept],
    )  # fmt: skip


def _plan_of(case: StationCase) -> StationPlan:
    # Station records take a mean and divide it by the Weibull law's: here the scale itself is given.
    mean_s = case.patience_s_scale * gamma(1 + 1 / case.patience_shape)
    return StationPlan(
        "till:0", Role.TILL, case.servers, case.service_s_mean, case.service_cv, law=case.law, patience_s_mean=mean_s,
        patience_shape=case.patience_shape, balk_queue=case.balk_queue, balk_share=case.balk_share, places=case.places_in_line,
        discipline=case.discipline,
    )  # fmt: skip


def _study_of(case: StationCase, given: np.ndarray, horizon_us: int) -> np.ndarray:
    study = records(1, STUDY)
    one = study[0]
    one.interval_law, one.interval_cv, one.group = case.interval_law, case.interval_cv, case.group
    one.interval_s = case.group / case.arrivals_per_s
    one.arrivals_key = stream_key(case.seed, f"{case.replication}/arrivals")
    one.classes_key = stream_key(case.seed, f"{case.replication}/classes")
    one.customers, one.horizon_us = case.customers, horizon_us
    one.long_us = NEVER if case.long_s == inf else round(case.long_s * US_PER_S)
    one.batches, one.batch_size = case.batches, max(1, -(-case.customers // case.batches))
    one.next_us = given[0] if given.size else _first_us(study)
    return study


@entry
def _first_us(study: np.ndarray) -> int:
    return _interval_us(study, 0)


@kernel
def _interval_us(study: np.ndarray, number: int) -> int:
    one = study[0]
    if one.interval_law == Law.EXPONENTIAL:
        return np.int64(1e6 * one.interval_s * exponential(one.arrivals_key, number, 0))
    return np.int64(1e6 * service_s(one.interval_law, one.interval_s, one.interval_cv, one.arrivals_key, number, 0))


@entry
def serve_customers(
    mall: Mall, study: np.ndarray, given_us: np.ndarray, given_class: np.ndarray, shares: np.ndarray, schedule: np.ndarray,
    sums: np.ndarray, states_us: np.ndarray, last_started: np.ndarray, kept: np.ndarray,
) -> int:  # fmt: skip
    """Let customers come and go in order of time, with the ties of the mall's loop; return a Stop."""
    mall = referred(mall)
    one = study[0]
    meta = mall.meta
    while True:
        if meta[Meta.AGENDA_SIZE] + 2 >= mall.heap.shape[0] or meta[Meta.AGENDA_DEAD] * 2 > meta[Meta.AGENDA_SIZE] + 64:
            drop_dead(mall.shoppers, mall.heap, meta)
        entry = next_entry(mall)
        arrival = one.next_us * PRIORITIES + ARRIVAL_PRIORITY if one.arrived < one.customers else NEVER
        change = schedule[one.changes, 0] * PRIORITIES if one.changes < schedule.shape[0] else NEVER
        following = min(min(entry, arrival), change)
        now_us = following // PRIORITIES
        if following == NEVER or now_us > one.horizon_us:
            if now_us > one.horizon_us and one.horizon_us < NEVER // PRIORITIES:
                _note_time(mall.stations, study, states_us, one.horizon_us)
            return Stop.DONE
        if following == change:
            _note_time(mall.stations, study, states_us, now_us)
            _change_over(mall, study, schedule, sums, given_class, shares, last_started, kept, now_us)
        elif arrival < entry:
            if meta[Meta.FREE_ROWS] == 0 or meta[Meta.AGENDA_SIZE] + 2 >= mall.heap.shape[0]:
                return Stop.ROWS_FULL
            _note_time(mall.stations, study, states_us, now_us)
            _come(mall, study, sums, given_class, shares, now_us)
            if one.arrived < one.customers:
                if given_us.size > 0:
                    one.next_us = given_us[one.arrived]
                elif one.arrived % one.group == 0:
                    one.next_us = now_us + _interval_us(study, one.arrived)
        else:
            row = mall.heap[0, 2] & ROW_MASK
            meta[Meta.AGENDA_HOLE] = 1
            mall.shoppers[row].has_entry = 0
            _note_time(mall.stations, study, states_us, now_us)
            if mall.shoppers[row].doing == Doing.IN_SERVICE:
                end_service(mall, row, now_us)
            else:
                renege(mall, row, now_us)
            free_row(mall, row)
            close_hole(mall.heap, meta)
        _read_events(mall.log, mall.meta, study, sums, given_class, shares, last_started, kept)


@kernel
def _change_over(
    mall: Mall, study: np.ndarray, schedule: np.ndarray, sums: np.ndarray, given_class: np.ndarray, shares: np.ndarray,
    last_started: np.ndarray, kept: np.ndarray, now_us: int,
) -> None:  # fmt: skip
    """Other servers come on duty."""
    one = study[0]
    drop_dead(mall.shoppers, mall.heap, mall.meta)  # so that all who wait have room in the agenda
    mall.stations[0].servers_open = schedule[one.changes, 1]
    one.changes += 1
    while not serve_waiting(mall, 0, now_us):
        _read_events(mall.log, mall.meta, study, sums, given_class, shares, last_started, kept)


@inlined
def _note_time(stations: np.ndarray, study: np.ndarray, states_us: np.ndarray, now_us: int) -> None:
    """Add the time since the last step to the integrals of the numbers in line and in service."""
    one = study[0]
    station = stations[0]
    spent_us = now_us - one.clock_us
    one.queue_area_us += station.waiting * spent_us
    one.busy_area_us += station.busy * spent_us
    present = station.waiting + station.busy
    states_us[present if present < STATES else STATES - 1] += spent_us
    one.clock_us = now_us


@inlined
def _class_of(study: np.ndarray, given_class: np.ndarray, shares: np.ndarray, number: int) -> int:
    if given_class.size > 0:
        return given_class[number]
    found = 0
    if shares.size > 1:
        draw = uniform(study[0].classes_key, number, 0)
        while found < shares.size - 1 and shares[found] <= draw:
            found += 1
    return found


@inlined
def _come(mall: Mall, study: np.ndarray, sums: np.ndarray, given_class: np.ndarray, shares: np.ndarray, now_us: int) -> None:
    """The next customer comes and joins, or turns away."""
    one = study[0]
    batch = one.arrived // one.batch_size
    if one.arrived % one.batch_size == 0:
        sums[batch, Sum.FIRST_US] = now_us
        sums[batch, Sum.QUEUE_AREA_US] = one.queue_area_us
        sums[batch, Sum.BUSY_AREA_US] = one.busy_area_us
    kind = _class_of(study, given_class, shares, one.arrived)
    sums[kind * one.batches + batch, Sum.ARRIVED] += 1
    mall.meta[Meta.FREE_ROWS] -= 1
    row = mall.free_rows[mall.meta[Meta.FREE_ROWS]]
    shopper = mall.shoppers[row]
    shopper.number = one.arrived
    shopper.services = 0
    mall.errands[row].rank = kind
    one.arrived += 1
    if not join(mall, row, 0, now_us):
        free_row(mall, row)
    one.queue_max = max(one.queue_max, np.int64(mall.stations[0].waiting))
    if one.arrived == one.customers:
        one.queue_at_last_arrival = mall.stations[0].waiting


@inlined
def _read_events(
    log: np.ndarray, meta: np.ndarray, study: np.ndarray, sums: np.ndarray, given_class: np.ndarray, shares: np.ndarray,
    last_started: np.ndarray, kept: np.ndarray,
) -> None:  # fmt: skip
    """Add up what the station wrote, and empty its log."""
    one = study[0]
    for index in range(meta[Meta.LOG_ROWS]):
        event = log[index]
        kind = _class_of(study, given_class, shares, event.visit)
        batch = sums[kind * one.batches + event.visit // one.batch_size]
        if event.kind == EventKind.SERVICE_STARTED:
            batch[Sum.STARTED] += 1
            batch[Sum.WAIT_US] += event.value
            if event.value > 0:
                batch[Sum.WAITED] += 1
            if event.value > one.long_us:
                batch[Sum.LONG] += 1
            if event.visit < last_started[kind]:
                one.overtakings += 1
            last_started[kind] = event.visit
        elif event.kind == EventKind.SERVICE_ENDED:
            batch[Sum.SERVED] += 1
            batch[Sum.SERVICE_US] += event.value
        elif event.kind == EventKind.PREEMPTED:
            batch[Sum.PREEMPTED] += 1
            batch[Sum.SERVICE_US] += event.value
        elif event.kind == EventKind.RENEGED:
            batch[Sum.RENEGED] += 1
            batch[Sum.WAITED] += 1
            batch[Sum.RENEGED_WAIT_US] += event.value
        elif event.kind == EventKind.BALKED:
            batch[Sum.TURNED_AWAY] += 1
        elif event.kind == EventKind.REJECTED:
            batch[Sum.REJECTED] += 1
        if one.kept < kept.size:
            copied = kept[one.kept]
            copied.time_us, copied.visit, copied.kind, copied.value = event.time_us, event.visit, event.kind, event.value
            one.kept += 1
    meta[Meta.LOG_ROWS] = 0
