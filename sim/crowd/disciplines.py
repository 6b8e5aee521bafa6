"""Lines by rank, service shared by all, and a line before each server: what stations do that serve otherwise than one line in order."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import FIRST, forget, schedule
from sim.crowd.movement import append, unlink
from sim.crowd.state import Mall
from sim.kernel import kernel


@kernel
def line_up_by_rank(mall: Mall, station: int, row: int, is_resumed: bool) -> None:
    """Put a party into the line behind those of its rank, or before them when its service had begun."""
    here = mall.stations[station]
    rank = mall.errands[row].rank
    behind = here.line_tail
    while behind >= 0 and (mall.errands[behind].rank > rank or (is_resumed and mall.errands[behind].rank == rank)):
        behind = mall.shoppers[behind].line_prev
    _insert_behind(mall, station, row, behind)


@kernel
def _insert_behind(mall: Mall, station: int, row: int, behind: int) -> None:
    """Put a party into the line of a station behind another, at its head for -1."""
    here = mall.stations[station]
    shopper = mall.shoppers[row]
    following = here.line_head if behind < 0 else mall.shoppers[behind].line_next
    shopper.line_prev = behind
    shopper.line_next = following
    if behind >= 0:
        mall.shoppers[behind].line_next = row
    else:
        here.line_head = row
    if following >= 0:
        mall.shoppers[following].line_prev = row
    else:
        here.line_tail = row


@kernel
def weakest_in_service(mall: Mall, station: int, rank: int) -> int:
    """Return who gives up its server to a party of this rank: the last served of the worst rank below it, or -1."""
    best = -1
    row = mall.lanes[mall.stations[station].lane_start].line_head
    while row >= 0:
        if mall.errands[row].rank > rank and (best < 0 or mall.errands[row].rank >= mall.errands[best].rank):
            best = row
        row = mall.shoppers[row].line_next
    return best


@kernel
def note_sharing(mall: Mall, station: int, now_us: int) -> None:
    """Add the service that everybody at a sharing station has had since it was last looked at."""
    here = mall.stations[station]
    here.attained_us += (now_us - here.shared_us) * here.pace
    here.shared_us = now_us


@kernel
def share_in(mall: Mall, station: int, row: int, work_us: float) -> None:
    """Put a party among those who share the service, in the order in which they will have done."""
    here = mall.stations[station]
    due_us = here.attained_us + work_us
    mall.errands[row].due_us = due_us
    if here.line_head >= 0:
        forget(mall.shoppers, mall.meta, here.line_head)
    behind = here.line_tail
    while behind >= 0 and mall.errands[behind].due_us > due_us:
        behind = mall.shoppers[behind].line_prev
    _insert_behind(mall, station, row, behind)


@kernel
def share_on(mall: Mall, station: int, now_us: int) -> None:
    """Set the pace for those who are there now, and the instant at which the first of them has done."""
    here = mall.stations[station]
    first = here.line_head
    if first < 0:
        here.attained_us = 0.0  # nobody remembers; a sum that starts anew stays exact
        here.pace = 0.0
        return
    here.pace = min(1.0, here.servers_open / here.busy)
    if here.pace <= 0.0:
        forget(mall.shoppers, mall.meta, first)
        return
    left_us = max(0.0, mall.errands[first].due_us - here.attained_us)
    schedule(mall.shoppers, mall.heap, mall.meta, first, now_us + np.int64(np.ceil(left_us / here.pace)), FIRST)


@kernel
def is_open_lane(mall: Mall, station: int, lane: int) -> bool:
    """Return whether a lane's server is on duty."""
    here = mall.stations[station]
    return lane - here.lane_start < here.servers_open


@kernel
def shortest_lane(mall: Mall, station: int) -> int:
    """Return the open lane with the fewest parties, the first of several; among all lanes while none is open."""
    here = mall.stations[station]
    count = min(here.servers_open, here.lane_count) if here.servers_open > 0 else here.lane_count
    best = here.lane_start
    for lane in range(here.lane_start + 1, here.lane_start + count):
        if _parties(mall, lane) < _parties(mall, best):
            best = lane
    return best


@kernel
def _parties(mall: Mall, lane: int) -> int:
    return mall.lanes[lane].waiting + mall.lanes[lane].busy


@kernel
def enter_lane(mall: Mall, row: int, lane: int) -> None:
    """Put a party at the end of a lane."""
    append(mall.lanes, mall.shoppers, lane, row)
    mall.lanes[lane].waiting += 1
    mall.errands[row].lane = lane


@kernel
def quit_lane(mall: Mall, row: int) -> int:
    """Take a party out of the lane in which it waits, and return the lane."""
    lane = mall.errands[row].lane
    unlink(mall.lanes, mall.shoppers, lane, row)
    mall.lanes[lane].waiting -= 1
    return lane


@kernel
def jockey_to(mall: Mall, station: int, lane: int) -> bool:
    """Let the last of the longest lane come over to one that is shorter by two at least; return whether somebody did."""
    here = mall.stations[station]
    longest = -1
    for other in range(here.lane_start, here.lane_start + here.lane_count):
        if mall.lanes[other].waiting > 0 and (longest < 0 or _parties(mall, other) > _parties(mall, longest)):
            longest = other
    if longest < 0 or longest == lane or _parties(mall, longest) - _parties(mall, lane) < 2:
        return False
    row = mall.lanes[longest].line_tail
    quit_lane(mall, row)
    enter_lane(mall, row, lane)
    return True


@kernel
def leave_closed_lanes(mall: Mall, station: int) -> None:
    """Let those who wait in lanes without a server go over to the open ones, in the order in which they had come."""
    here = mall.stations[station]
    if here.servers_open <= 0:
        return
    while True:
        first = -1
        for lane in range(here.lane_start + here.servers_open, here.lane_start + here.lane_count):
            row = mall.lanes[lane].line_head
            if row >= 0 and (first < 0 or _came_before(mall, row, first)):
                first = row
        if first < 0:
            return
        quit_lane(mall, first)
        enter_lane(mall, first, shortest_lane(mall, station))


@kernel
def _came_before(mall: Mall, row: int, other: int) -> bool:
    one, two = mall.shoppers[row], mall.shoppers[other]
    return one.joined_us < two.joined_us or (one.joined_us == two.joined_us and one.number < two.number)
