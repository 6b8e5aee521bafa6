"""Stations without a floor, and customers who go from one to the next by a routing matrix: open networks, and closed ones."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from sim.crowd import state
from sim.crowd.agenda import PRIORITIES, ROW_MASK, close_hole, drop_dead
from sim.crowd.bare_stations import bare_mall, enlarged
from sim.crowd.loop import ARRIVAL_PRIORITY, NEVER, Stop, next_entry
from sim.crowd.movement import free_row
from sim.crowd.queues import end_service, join, renege
from sim.crowd.state import Doing, Mall, Meta, Stream, records
from sim.crowd.station_plans import StationPlan
from sim.kernel import entry, kernel, referred
from sim.random_streams import exponential, stream_key, uniform

NETWORK = np.dtype(
    [
        ("interval_us", "f8"), ("arrivals_key", "u8"), ("sources_key", "u8"), ("customers", "i8"), ("arrived", "i8"), ("next_us", "i8"),
        ("clock_us", "i8"), ("horizon_us", "i8"), ("window_us", "i8"), ("closed", "i8"), ("kept", "i8"),
    ],
    align=True,
)  # fmt: skip


class NodeSum(IntEnum):
    """Columns of the sums of each window of time and each node."""

    AREA_US = 0  # integral of the number there
    ARRIVED = 1
    SERVED = 2
    LOST = 3  # refused, turned away or gave up: such a customer leaves the network
    LEFT = 4  # the network, from here
    SOJOURN_US = 5  # in the network, of those who left it from here


@dataclass(frozen=True)
class NetworkCase:
    """What is studied: stations, who comes from outside, and where they go next."""

    nodes: tuple[StationPlan, ...]
    routing: np.ndarray  # (from, to) shares; what is missing to 1 leaves
    arrivals_per_s: tuple[float, ...] = ()  # from outside, Poisson; none: a closed network
    customers: int = 100_000  # who come from outside, or who are there for ever
    horizon_s: float = float("inf")
    windows: int = 31  # equal spans of time for which sums are kept; one more for what comes after
    window_s: float = 1e6
    seed: int = 1
    replication: int = 0


@dataclass(frozen=True)
class NetworkStudy:
    """What happened; all integers."""

    sums: np.ndarray  # (windows + 1, nodes, len(NodeSum)) int64
    arrived: int  # from outside
    present: int
    clock_us: int
    events: np.ndarray  # EVENT records, the first ones as many as were asked for


def study_network(
    case: NetworkCase, arrivals_us: np.ndarray | None = None, sources: np.ndarray | None = None, *, keep_events: int = 0
) -> NetworkStudy:
    """Let customers go through a network to the horizon, or until the last has left.

    They come by addressed draws, or at `arrivals_us` (int64, ascending) to the nodes `sources`.
    """
    given = np.zeros(0, np.int64) if arrivals_us is None else np.asarray(arrivals_us, np.int64)
    first_nodes = np.zeros(given.size, np.int64) if sources is None else np.asarray(sources, np.int64)
    mall = bare_mall(list(case.nodes), case.seed, case.replication)
    study = records(1, NETWORK)
    one, rate = study[0], sum(case.arrivals_per_s)
    one.closed = int(rate == 0 and given.size == 0)
    one.customers = given.size or case.customers
    one.interval_us = 1e6 / rate if rate > 0 else 0.0
    one.arrivals_key = stream_key(case.seed, f"{case.replication}/arrivals")
    one.sources_key = stream_key(case.seed, f"{case.replication}/sources")
    one.horizon_us = NEVER // PRIORITIES if case.horizon_s == float("inf") else round(1e6 * case.horizon_s)
    one.window_us = round(1e6 * case.window_s)
    shares = np.cumsum(case.arrivals_per_s) / rate if rate > 0 else np.ones(1)
    one.next_us = given[0] if given.size else 0
    sums = np.zeros((case.windows + 1, len(case.nodes), len(NodeSum)), np.int64)
    kept = records(keep_events, state.EVENT)
    onward = np.cumsum(case.routing, axis=1)
    while run_network(mall, study, given, first_nodes, shares, onward, sums, kept) == Stop.ROWS_FULL:
        mall = enlarged(mall)
    present = int((mall.stations["waiting"] + mall.stations["busy"]).sum())
    return NetworkStudy(sums, int(one.arrived), present, int(one.clock_us), kept[: one.kept])


@entry
def run_network(
    mall: Mall, study: np.ndarray, given_us: np.ndarray, first_nodes: np.ndarray, shares: np.ndarray, onward: np.ndarray,
    sums: np.ndarray, kept: np.ndarray,
) -> int:  # fmt: skip
    """Let customers come, move on and leave in order of time, with the ties of the mall's loop; return a Stop."""
    mall = referred(mall)
    one = study[0]
    meta = mall.meta
    while True:
        if meta[Meta.AGENDA_SIZE] + 2 >= mall.heap.shape[0] or meta[Meta.AGENDA_DEAD] * 2 > meta[Meta.AGENDA_SIZE] + 64:
            drop_dead(mall.shoppers, mall.heap, meta)
        entry = next_entry(mall)
        arrival = one.next_us * PRIORITIES + ARRIVAL_PRIORITY if one.arrived < one.customers else NEVER
        now_us = min(entry, arrival) // PRIORITIES
        if min(entry, arrival) == NEVER or now_us > one.horizon_us:
            if one.horizon_us < NEVER // PRIORITIES:
                _note_time(mall, study, sums, one.horizon_us)
            return Stop.DONE
        if arrival < entry and (meta[Meta.FREE_ROWS] == 0 or meta[Meta.AGENDA_SIZE] + 2 >= mall.heap.shape[0]):
            return Stop.ROWS_FULL
        _note_time(mall, study, sums, now_us)
        window = min(now_us // one.window_us, sums.shape[0] - 1)
        if arrival < entry:
            _come(mall, study, given_us, first_nodes, shares, sums[window], now_us)
        else:
            row = mall.heap[0, 2] & ROW_MASK
            meta[Meta.AGENDA_HOLE] = 1
            mall.shoppers[row].has_entry = 0
            _move_on(mall, row, onward, sums[window], now_us)
            close_hole(mall.heap, meta)
        _empty_log(mall, study, kept)


@kernel
def _note_time(mall: Mall, study: np.ndarray, sums: np.ndarray, now_us: int) -> None:
    """Add the time since the last step to the integrals, window by window."""
    one = study[0]
    while one.clock_us < now_us:
        window = min(one.clock_us // one.window_us, sums.shape[0] - 1)
        until_us = now_us if window == sums.shape[0] - 1 else min(now_us, (window + 1) * one.window_us)
        for node in range(mall.stations.size):
            there = mall.stations[node]
            sums[window, node, NodeSum.AREA_US] += (there.waiting + there.busy) * (until_us - one.clock_us)
        one.clock_us = until_us


@kernel
def _come(
    mall: Mall,
    study: np.ndarray,
    given_us: np.ndarray,
    first_nodes: np.ndarray,
    shares: np.ndarray,
    sums: np.ndarray,
    now_us: int,
) -> None:
    """The next customer comes from outside, or is put into a closed network."""
    one = study[0]
    mall.meta[Meta.FREE_ROWS] -= 1
    row = mall.free_rows[mall.meta[Meta.FREE_ROWS]]
    shopper = mall.shoppers[row]
    shopper.number = one.arrived
    shopper.services = 0
    shopper.choices = 0
    shopper.arrived_us = now_us
    node = 0
    if given_us.size > 0:
        node = first_nodes[one.arrived]
    elif one.closed == 0:
        node = _pick(shares, uniform(one.sources_key, one.arrived, 0))
    one.arrived += 1
    if one.arrived < one.customers:
        if given_us.size > 0:
            one.next_us = given_us[one.arrived]
        elif one.closed == 0:
            one.next_us = now_us + np.int64(one.interval_us * exponential(one.arrivals_key, one.arrived, 0))
    _go_to(mall, row, node, sums, now_us)


@kernel
def _pick(shares: np.ndarray, draw: float) -> int:
    """Return the first index whose cumulative share is above the draw, or their number."""
    found = 0
    while found < shares.size and shares[found] <= draw:
        found += 1
    return found


@kernel
def _go_to(mall: Mall, row: int, node: int, sums: np.ndarray, now_us: int) -> None:
    sums[node, NodeSum.ARRIVED] += 1
    if not join(mall, row, node, now_us):
        sums[node, NodeSum.LOST] += 1
        free_row(mall, row)


@kernel
def _move_on(mall: Mall, row: int, onward: np.ndarray, sums: np.ndarray, now_us: int) -> None:
    """The end of a service or of patience: go on to the next node, or leave."""
    shopper = mall.shoppers[row]
    if shopper.doing != Doing.IN_SERVICE:
        sums[shopper.station, NodeSum.LOST] += 1
        renege(mall, row, now_us)
        free_row(mall, row)
        return
    node = end_service(mall, row, now_us)
    sums[node, NodeSum.SERVED] += 1
    following = _pick(onward[node], uniform(mall.keys[Stream.ROUTE], shopper.number, shopper.choices))
    shopper.choices += 1
    if following < mall.stations.size:
        _go_to(mall, row, following, sums, now_us)
        return
    sums[node, NodeSum.LEFT] += 1
    sums[node, NodeSum.SOJOURN_US] += now_us - shopper.arrived_us
    free_row(mall, row)


@kernel
def _empty_log(mall: Mall, study: np.ndarray, kept: np.ndarray) -> None:
    one = study[0]
    for index in range(mall.meta[Meta.LOG_ROWS]):
        if one.kept < kept.size:
            event, copied = mall.log[index], kept[one.kept]
            copied.time_us, copied.visit, copied.kind, copied.value = event.time_us, event.visit, event.kind, event.value
            copied.place = event.place
            one.kept += 1
    mall.meta[Meta.LOG_ROWS] = 0
