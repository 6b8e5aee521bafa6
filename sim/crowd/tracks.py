"""Where tracked parties are at an instant in the middle of something: the segments that have begun and not yet ended."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import PRIORITIES, ROW_BITS, ROW_MASK
from sim.crowd.state import Doing, Mall, Meta
from sim.events import SegmentKind
from sim.kernel import entry, inlined, referred

IN_UNIT = (
    Doing.WAITING_FOR_FOOD, Doing.EATING, Doing.WAITING_FOR_SHOW, Doing.WATCHING, Doing.AT_DESK, Doing.AWAY, Doing.BROWSING,
    Doing.IN_LINE, Doing.IN_SERVICE,
)  # as `_is_in_unit` says it to kernels  # fmt: skip


@inlined
def _is_in_unit(doing: int) -> bool:
    if doing == Doing.WAITING_FOR_FOOD or doing == Doing.EATING or doing == Doing.WAITING_FOR_SHOW or doing == Doing.WATCHING:
        return True
    if doing == Doing.AT_DESK or doing == Doing.AWAY:
        return True
    return doing == Doing.BROWSING or doing == Doing.IN_LINE or doing == Doing.IN_SERVICE


@entry
def fill_open_segments(mall: Mall, now_us: int, found: np.ndarray) -> int:
    """Fill `found` (SEGMENT records, one per entry of the agenda at most) and return how many there are.

    Every party has one live entry in the agenda, which says when what it does will end. What has no known end (a line, a full zone)
    ends here an instant after `now_us`; where the party is does not depend on it.
    """
    mall = referred(mall)
    count = 0
    for index in range(mall.meta[Meta.AGENDA_SIZE]):
        row = mall.heap[index, 2] & ROW_MASK
        shopper = mall.shoppers[row]
        if shopper.is_tracked == 0 or shopper.has_entry == 0 or shopper.serial != mall.heap[index, 2] >> ROW_BITS:
            continue
        kind, place, at_m, end_us = SegmentKind.STANDING, -1 - shopper.node, 0.0, now_us + 1
        doing = shopper.doing
        if doing == Doing.RIDING:
            kind, place, end_us = SegmentKind.RIDING, shopper.ride, mall.heap[index, 0] // PRIORITIES
        elif shopper.unit >= 0 and _is_in_unit(doing):
            kind, place = SegmentKind.INSIDE_UNIT, shopper.unit
        elif (doing == Doing.CROSSING or doing == Doing.BLOCKED) and shopper.leg >= 0:
            place, at_m = shopper.piece, mall.pieces[shopper.piece].m
        elif (
            doing != Doing.CROSSING
            and doing != Doing.BLOCKED
            and doing != Doing.BOARDING
            and doing != Doing.ORIENTING
            and doing != Doing.MEETING
            and doing != Doing.ATTENDING
        ):
            continue
        segment = found[count]
        segment.start_us = shopper.since_us
        segment.end_us = end_us
        segment.visit = shopper.number
        segment.tracker = shopper.tracker
        segment.people = shopper.people
        segment.kind = kind
        segment.place = place
        segment.from_m = np.float32(at_m)
        segment.to_m = np.float32(at_m if kind != SegmentKind.RIDING else mall.rides[shopper.ride].length_m)
        segment.side = shopper.side
        count += 1
    return count
