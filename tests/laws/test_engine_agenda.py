"""The agenda gives back what was put in, in order, ties included, through any mixture of pushes, pops and deaths."""

from __future__ import annotations

import heapq

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.crowd.agenda import NORMAL, PRIORITIES, ROW_BITS, ROW_MASK, close_hole, drop_dead, forget, push, schedule
from sim.crowd.state import SHOPPER, Meta, records

ENTRY = st.tuples(st.integers(0, 50), st.integers(0, 5), st.integers(0, 1000))
ROWS = 8


def new_agenda(size: int = 512) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros((size, 3), np.int64), np.zeros(len(Meta), np.int64)


def pop(heap: np.ndarray, meta: np.ndarray) -> tuple[int, ...]:
    found = tuple(int(value) for value in heap[0])
    meta[Meta.AGENDA_HOLE] = 1
    return found


@settings(deadline=None)
@given(st.lists(ENTRY, max_size=200))
def test_what_goes_in_comes_out_sorted(entries):
    heap, meta = new_agenda()
    for entry in entries:
        push(heap, meta, *entry)

    found = []
    while meta[Meta.AGENDA_SIZE] > 0:
        found.append(pop(heap, meta))
        close_hole(heap, meta)

    assert found == sorted(entries)


@settings(deadline=None)
@given(st.lists(st.one_of(ENTRY, st.none()), max_size=300))
def test_a_push_into_the_hole_of_a_pop_keeps_the_order(steps):
    """None pops; the next step closes the hole by a push or by itself, as in the loop."""
    heap, meta = new_agenda()
    reference: list[tuple[int, ...]] = []
    for step in steps:
        if step is not None:
            push(heap, meta, *step)
            heapq.heappush(reference, step)
        else:
            close_hole(heap, meta)
            if reference:
                assert pop(heap, meta) == heapq.heappop(reference)

    close_hole(heap, meta)
    assert meta[Meta.AGENDA_SIZE] == len(reference)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["schedule", "forget", "drop"]), st.integers(0, ROWS - 1), st.integers(0, 1000)), max_size=150
    )
)
def test_of_all_that_was_scheduled_only_the_last_of_each_party_lives(steps):
    heap, meta = new_agenda()
    shoppers = records(ROWS, SHOPPER)
    shoppers["number"] = np.arange(ROWS)[::-1]
    due: dict[int, int] = {}
    for what, row, time_us in steps:
        if what == "schedule":
            schedule(shoppers, heap, meta, row, time_us, NORMAL)
            due[row] = time_us
        elif what == "forget":
            forget(shoppers, meta, row)
            due.pop(row, None)
        else:
            drop_dead(shoppers, heap, meta)

    drop_dead(shoppers, heap, meta)
    found = []
    while meta[Meta.AGENDA_SIZE] > 0:
        when, _, token = pop(heap, meta)
        assert shoppers["serial"][token & ROW_MASK] == token >> ROW_BITS
        found.append((when // PRIORITIES, token & ROW_MASK))
        close_hole(heap, meta)
    expected = sorted(((time_us, ROWS - 1 - row, row) for row, time_us in due.items()))

    assert found == [(time_us, row) for time_us, _, row in expected]
