"""Writing down what happened: events and, at recording level `edges` and for parties that sensors follow, trajectory segments."""

from __future__ import annotations

import numpy as np

from sim.crowd.state import Mall, Meta
from sim.kernel import inlined

LEVEL_EDGES = 2


@inlined
def note(mall: Mall, row: int, now_us: int, kind: int, place: int, value: int) -> None:
    """Append an event of a party; the loop has made sure that there is room."""
    index = mall.meta[Meta.LOG_ROWS]
    event = mall.log[index]
    shopper = mall.shoppers[row]
    event.time_us = now_us
    event.visit = shopper.number
    event.people = shopper.people
    event.kind = kind
    event.place = place
    event.value = value
    mall.meta[Meta.LOG_ROWS] = index + 1


@inlined
def note_segment(mall: Mall, row: int, kind: int, place: int, start_us: int, end_us: int, from_m: float, to_m: float) -> None:
    """Append where a party was between two instants, where all of it is recorded or sensors follow this party."""
    if (mall.meta[Meta.LOG_LEVEL] < LEVEL_EDGES and mall.shoppers[row].is_tracked == 0) or end_us <= start_us:
        return
    index = mall.meta[Meta.SEGMENT_ROWS]
    segment = mall.segments[index]
    shopper = mall.shoppers[row]
    segment.start_us = start_us
    segment.end_us = end_us
    segment.visit = shopper.number
    segment.tracker = shopper.tracker
    segment.people = shopper.people
    segment.kind = kind
    segment.place = place
    segment.from_m = np.float32(from_m)
    segment.to_m = np.float32(to_m)
    segment.side = shopper.side
    mall.meta[Meta.SEGMENT_ROWS] = index + 1
