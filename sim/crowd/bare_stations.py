"""Stations without a floor: a mall that is nothing but stations, and rows for whoever comes to them."""

from __future__ import annotations

import numpy as np

from sim.crowd import state
from sim.crowd.errand import ERRAND
from sim.crowd.mind import MIND
from sim.crowd.state import Mall, Meta, Stream, records
from sim.crowd.station_plans import StationPlan, lane_records, station_records
from sim.crowd.tallies import Counted
from sim.random_streams import stream_key

LOG_ROWS = 256  # events are read and dropped at every step
ROWS_AT_FIRST = 4096


def bare_mall(plans: list[StationPlan], seed: int, replication: int) -> Mall:
    """Return a mall of stations only, nobody there yet."""
    rows = ROWS_AT_FIRST
    shoppers = records(rows, state.SHOPPER)
    shoppers["people"] = 1
    keys = np.array([stream_key(seed, f"{replication}/{purpose.name.lower()}") for purpose in Stream], np.uint64)
    mall = state.example_mall()._replace(
        shoppers=shoppers, errands=records(rows, ERRAND), minds=records(rows, MIND), params=records(1, state.PARAMS),
        stations=station_records(plans), lanes=lane_records(plans), keys=keys,
        log=records(LOG_ROWS, state.EVENT), heap=np.zeros((2 * rows + 1024, 3), np.int64),
        free_rows=np.arange(rows, dtype=np.int32)[::-1].copy(), meta=np.zeros(len(Meta), np.int64), counts=np.zeros(len(Counted), np.int64),
    )  # fmt: skip
    mall.meta[Meta.FREE_ROWS] = rows
    return mall


def enlarged(mall: Mall) -> Mall:
    """Return the mall with twice the rows; rows, serials and entries stay."""
    old, new = mall.shoppers.size, 2 * mall.shoppers.size
    shoppers = records(new, state.SHOPPER)
    shoppers[:old] = mall.shoppers
    shoppers["people"] = 1
    errands = records(new, ERRAND)
    errands[:old] = mall.errands
    minds = records(new, MIND)
    minds[:old] = mall.minds
    heap = np.zeros((2 * new + 1024, 3), np.int64)
    heap[: mall.heap.shape[0]] = mall.heap
    kept = int(mall.meta[Meta.FREE_ROWS])
    free = np.zeros(new, np.int32)
    free[: new - old] = np.arange(old, new, dtype=np.int32)[::-1]
    free[new - old : new - old + kept] = mall.free_rows[:kept]
    mall.meta[Meta.FREE_ROWS] += new - old
    return mall._replace(shoppers=shoppers, errands=errands, minds=minds, heap=heap, free_rows=free)
