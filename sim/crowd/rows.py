"""Room for more parties: the arrays that have a row for each party on its visit."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import drop_dead
from sim.crowd.state import Mall, Meta, records

BY_ROW = (
    "shoppers",
    "errands",
    "minds",
    "tastes",
    "liked",
    "visited",
    "coupons",
    "letters",
    "triggered",
)  # arrays of Mall with one row a party
HEAP_SPARE = 1024


def enlarged(mall: Mall) -> Mall:
    """Return the mall with twice the rows; numbers, serials and entries stay."""
    meta = mall.meta
    drop_dead(mall.shoppers, mall.heap, meta)
    old, new = mall.shoppers.size, 2 * mall.shoppers.size
    heap = np.zeros((2 * new + HEAP_SPARE, 3), np.int64)
    heap[: meta[Meta.AGENDA_SIZE]] = mall.heap[: meta[Meta.AGENDA_SIZE]]
    free = np.zeros(new, np.int32)
    kept = int(meta[Meta.FREE_ROWS])
    free[: new - old] = np.arange(old, new, dtype=np.int32)[::-1]
    free[new - old : new - old + kept] = mall.free_rows[:kept]
    meta[Meta.FREE_ROWS] = new - old + kept
    return mall._replace(heap=heap, free_rows=free, **{name: _doubled(getattr(mall, name)) for name in BY_ROW})


def _doubled(rows: np.ndarray) -> np.ndarray:
    shape = (2 * rows.shape[0], *rows.shape[1:])
    more = (
        records(shape[0], rows.dtype) if rows.dtype.names and rows.ndim == 1 else np.zeros(shape, rows.dtype).view(type(rows))
    )
    more[: rows.shape[0]] = rows
    return more
