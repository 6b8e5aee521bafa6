"""What happens next: a 4-ary heap of (time, priority, number, serial and row), ties included in the order.

An entry is dead when its serial is not its row's; the heap is rebuilt when more than half of it is dead. Taking the root leaves a hole
that the next push fills, because most parties schedule their next step at once (halves the work of a pop and a push).
"""

from __future__ import annotations

import numpy as np

from sim.crowd.state import Meta
from sim.kernel import inlined, kernel

PRIORITIES = 8
FIRST = 1  # ends of service: at one instant, a server is freed before the next customer asks
NORMAL = 4
ROW_BITS = 32
ROW_MASK = (1 << ROW_BITS) - 1


@inlined
def _before(heap: np.ndarray, first: int, second: int) -> bool:
    if heap[first, 0] != heap[second, 0]:
        return heap[first, 0] < heap[second, 0]
    if heap[first, 1] != heap[second, 1]:
        return heap[first, 1] < heap[second, 1]
    return heap[first, 2] < heap[second, 2]


@inlined
def _swap(heap: np.ndarray, first: int, second: int) -> None:
    for column in range(3):
        kept = heap[first, column]
        heap[first, column] = heap[second, column]
        heap[second, column] = kept


@inlined
def _sift_up(heap: np.ndarray, index: int) -> None:
    while index > 0:
        parent = (index - 1) >> 2
        if not _before(heap, index, parent):
            return
        _swap(heap, index, parent)
        index = parent


@inlined
def _sift_down(heap: np.ndarray, index: int, size: int) -> None:
    while True:
        child = 4 * index + 1
        if child >= size:
            return
        best = child
        for other in range(child + 1, min(child + 4, size)):
            if _before(heap, other, best):
                best = other
        if not _before(heap, best, index):
            return
        _swap(heap, best, index)
        index = best


@inlined
def push(heap: np.ndarray, meta: np.ndarray, when: int, number: int, token: int) -> None:
    """Add an entry; `when` is time in microseconds times PRIORITIES plus the priority."""
    if meta[Meta.AGENDA_HOLE] == 1:
        meta[Meta.AGENDA_HOLE] = 0
        heap[0, 0], heap[0, 1], heap[0, 2] = when, number, token
        _sift_down(heap, 0, meta[Meta.AGENDA_SIZE])
        return
    size = meta[Meta.AGENDA_SIZE]
    heap[size, 0], heap[size, 1], heap[size, 2] = when, number, token
    meta[Meta.AGENDA_SIZE] = size + 1
    _sift_up(heap, size)


@inlined
def close_hole(heap: np.ndarray, meta: np.ndarray) -> None:
    """Remove a root that was taken and not replaced."""
    if meta[Meta.AGENDA_HOLE] == 1:
        meta[Meta.AGENDA_HOLE] = 0
        size = meta[Meta.AGENDA_SIZE] - 1
        meta[Meta.AGENDA_SIZE] = size
        if size > 0:
            heap[0, 0], heap[0, 1], heap[0, 2] = heap[size, 0], heap[size, 1], heap[size, 2]
            _sift_down(heap, 0, size)


@inlined
def schedule(shoppers: np.ndarray, heap: np.ndarray, meta: np.ndarray, row: int, time_us: int, priority: int) -> None:
    """Set a party's next instant; an entry that it already had is dead from now on."""
    shopper = shoppers[row]
    if shopper.has_entry == 1:
        meta[Meta.AGENDA_DEAD] += 1
    shopper.has_entry = 1
    shopper.serial += 1
    push(heap, meta, time_us * PRIORITIES + priority, shopper.number, (np.int64(shopper.serial) << ROW_BITS) | np.int64(row))


@inlined
def forget(shoppers: np.ndarray, meta: np.ndarray, row: int) -> None:
    """Let a party's entry die without a new one."""
    shopper = shoppers[row]
    if shopper.has_entry == 1:
        meta[Meta.AGENDA_DEAD] += 1
        shopper.has_entry = 0
    shopper.serial += 1


@kernel
def drop_dead(shoppers: np.ndarray, heap: np.ndarray, meta: np.ndarray) -> None:
    """Rebuild the heap from the live entries."""
    close_hole(heap, meta)
    kept = 0
    for index in range(meta[Meta.AGENDA_SIZE]):
        row = heap[index, 2] & ROW_MASK
        if shoppers[row].serial == heap[index, 2] >> ROW_BITS and shoppers[row].has_entry == 1:
            heap[kept, 0], heap[kept, 1], heap[kept, 2] = heap[index, 0], heap[index, 1], heap[index, 2]
            kept += 1
    meta[Meta.AGENDA_SIZE] = kept
    meta[Meta.AGENDA_DEAD] = 0
    for index in range((kept - 2) >> 2, -1, -1):
        _sift_down(heap, index, kept)
