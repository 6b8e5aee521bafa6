"""The agenda's order in a few entries: time, then priority, then number; and dead entries that are dropped."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import FIRST, NORMAL, PRIORITIES, ROW_MASK, close_hole, drop_dead, schedule
from sim.crowd.state import SHOPPER, Meta, records


def agenda_of(*entries: tuple[int, int, int]) -> list[int]:
    """Schedule (row, time, priority) and return the rows in the order in which they come out."""
    heap, meta, shoppers = np.zeros((64, 3), np.int64), np.zeros(len(Meta), np.int64), records(8, SHOPPER)
    shoppers["number"] = [70, 60, 50, 40, 30, 20, 10, 0]
    for row, time_us, priority in entries:
        schedule(shoppers, heap, meta, row, time_us, priority)
    drop_dead(shoppers, heap, meta)
    rows = []
    while meta[Meta.AGENDA_SIZE] > 0:
        rows.append(int(heap[0, 2] & ROW_MASK))
        meta[Meta.AGENDA_HOLE] = 1
        close_hole(heap, meta)
    return rows


def test_the_earlier_comes_first():
    assert agenda_of((0, 30, NORMAL), (1, 10, NORMAL), (2, 20, NORMAL)) == [1, 2, 0]


def test_at_one_instant_the_end_of_service_comes_before_patience():
    assert agenda_of((0, 10, NORMAL), (1, 10, FIRST)) == [1, 0]


def test_at_one_instant_and_priority_the_smaller_number_comes_first():
    assert agenda_of((0, 10, NORMAL), (2, 10, NORMAL), (1, 10, NORMAL)) == [2, 1, 0]


def test_a_second_entry_kills_the_first():
    assert agenda_of((0, 10, NORMAL), (1, 15, NORMAL), (0, 20, NORMAL)) == [1, 0]


def test_a_priority_fits_beside_the_time():
    assert FIRST < NORMAL < PRIORITIES
