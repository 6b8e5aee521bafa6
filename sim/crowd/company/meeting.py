"""Meeting again: when to leave for the place agreed, waiting there for those who are not there yet, and going on together.

Who knows no more than place and time goes there and waits. Who sees the others on a phone or a bracelet goes on as long as the last of
them does: that saves waiting, and lets one who forgets the time keep all of them.
"""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.company.parts import join_again
from sim.crowd.company.records import Meets
from sim.crowd.routing import REFERENCE_MPS
from sim.crowd.state import Doing, Mall, Then
from sim.crowd.writing import note, note_segment
from sim.events import EventKind, SegmentKind
from sim.kernel import inlined, kernel
from sim.units import US_PER_MIN

LOOK_AGAIN_US = 5 * US_PER_MIN  # whoever waits looks round so often
FAR_S = 1e6  # where no connector runs just now
NEED_BITS = 8
NEED_MASK = 255
NEEDS_KEPT = 7  # as many as the list has room for


@inlined
def is_apart(mall: Mall, row: int) -> bool:
    """Return whether some of the party's people are elsewhere and will come to the place agreed."""
    mind = mall.minds[row]
    return mind.parts_away > 0 or mind.parent >= 0


@inlined
def meets_now(mall: Mall, row: int, now_us: int) -> bool:
    """Return whether it is time to go and meet the others, and set that place as the goal."""
    return is_apart(mall, row) and _is_due(mall, row, now_us)


@inlined
def meets_first(mall: Mall, row: int, now_us: int) -> bool:
    """Return whether the party goes to meet its others before it leaves, and set that place as its goal."""
    if not is_apart(mall, row):
        return False
    _head_for_meeting(mall, row)
    return True


@inlined
def browses_on(mall: Mall, row: int, now_us: int) -> bool:
    """Return whether somebody who wants nothing more looks at one more store, since it sees that the others are not there yet."""
    return is_apart(mall, row) and mall.minds[row].sees_others == 1


@kernel
def _is_due(mall: Mall, row: int, now_us: int) -> bool:
    mind = mall.minds[row]
    ready_us = now_us + _walk_us(mall, row) + mall.params[0].spare_us
    if mind.is_called == 0 and ready_us < _ends_us(mall, row):
        return False
    _head_for_meeting(mall, row)
    return True


@inlined
def leaves_time(mall: Mall, row: int, unit: int, now_us: int) -> bool:
    """Return whether a visit to a unit would be over, as a rule, before the party's people have agreed to meet."""
    return not is_apart(mall, row) or _is_over_in_time(mall, row, unit, now_us)


@kernel
def _is_over_in_time(mall: Mall, row: int, unit: int, now_us: int) -> bool:
    shopper = mall.shoppers[row]
    trade = mall.categories[mall.units[unit].category]
    stay_s = np.exp(trade.dwell_mu + 0.5 * trade.dwell_sigma * trade.dwell_sigma)
    if trade.has_tables == 1:
        stay_s = max(stay_s, mall.stations[unit].service_s_mean)
    walk_s = min(FAR_S, mall.hop_s[shopper.step_free, shopper.place, unit]) * REFERENCE_MPS / shopper.speed_mps
    return now_us + np.int64(1e6 * (walk_s + stay_s)) < _ends_us(mall, row) + mall.params[0].spare_us


@kernel
def _head_for_meeting(mall: Mall, row: int) -> None:
    shopper = mall.shoppers[row]
    mall.minds[row].meets = Meets.GOING
    shopper.goal = mall.minds[row].meet_place
    shopper.resume = -1
    shopper.leaving = 1  # nothing catches its eye on the way


@kernel
def _walk_us(mall: Mall, row: int) -> int:
    shopper = mall.shoppers[row]
    meet_place = mall.minds[row].meet_place
    if shopper.place == meet_place:
        return np.int64(0)
    time_s = min(FAR_S, mall.hop_s[shopper.step_free, shopper.place, meet_place])
    return np.int64(1e6 * time_s * REFERENCE_MPS / shopper.speed_mps)


@kernel
def _own_end_us(mall: Mall, row: int) -> int:
    mind = mall.minds[row]
    return mind.meet_us + (mind.overrun_us if mind.is_called == 0 else 0)


@kernel
def _ends_us(mall: Mall, row: int) -> int:
    """Return until when somebody stays away: by its own reckoning, or as long as the last of those whom it sees about.

    Who sees that all others are there, and has nothing left on its list, does not let them wait.
    """
    mind = mall.minds[row]
    own_us = _own_end_us(mall, row)
    if mind.sees_others == 0:
        return own_us
    lead = row if mind.parent < 0 else mind.parent
    last_us = _seen_end_us(mall, row, lead)
    part = mall.minds[lead].first_part
    while part >= 0:
        if part != mall.minds[lead].in_care:
            last_us = max(last_us, _seen_end_us(mall, row, part))
        part = mall.minds[part].next_part
    if last_us < 0 and mall.shoppers[row].needs == 0:
        return np.int64(0)
    return max(own_us, last_us)


@kernel
def _seen_end_us(mall: Mall, row: int, other: int) -> int:
    """Return until when another of the party stays away, -1 for who is at the place already."""
    if other == row or mall.minds[other].meets == Meets.WAITING:
        return np.int64(-1)
    return _own_end_us(mall, other)


@kernel
def reach_meeting(mall: Mall, row: int, now_us: int) -> int:
    """At the place agreed: join those who are there, go on when all are, else wait."""
    shopper = mall.shoppers[row]
    mind = mall.minds[row]
    shopper.place = mind.meet_place
    shopper.leaving = 0
    shopper.since_us = now_us
    mind.meets = Meets.WAITING
    _own_interests_aside(mall, row)
    if mind.parent < 0:
        _gather(mall, row, now_us)
        if mind.parts_away == 0:
            return _go_on(mall, row, now_us)
    elif mall.minds[mind.parent].meets == Meets.WAITING:
        lead = mind.parent
        _meet(mall, lead, row, now_us)
        if mall.minds[lead].parts_away == 0:
            schedule(mall.shoppers, mall.heap, mall.meta, lead, now_us, NORMAL)
        return Then.GONE
    note(mall, row, now_us, EventKind.MEETING_AWAITED, shopper.node, mind.meet_us - now_us)
    shopper.doing = Doing.MEETING
    look_us = max(now_us, mind.meet_us) + mall.params[0].late_after_us
    schedule(mall.shoppers, mall.heap, mall.meta, row, look_us, NORMAL)
    return Then.WAIT


@kernel
def _own_interests_aside(mall: Mall, row: int) -> None:
    """What somebody found or missed of an interest that was on no list is no part of the party's list; a meal eaten meanwhile is eaten."""
    mind = mall.minds[row]
    if mind.own_interest == 1:
        mind.beside += mind.finds - mind.finds_before
        mind.finds = mind.finds_before
        mind.misses = mind.misses_before
        mind.own_interest = 0
        mall.shoppers[row].needs = 0
    if mind.parent < 0 and mind.meals > mind.meals_before:
        mind.kept_eaten = 1


@kernel
def _gather(mall: Mall, lead: int, now_us: int) -> None:
    """Let all parts that wait at the place join again."""
    part = mall.minds[lead].first_part
    while part >= 0:
        following = mall.minds[part].next_part
        if mall.minds[part].meets == Meets.WAITING:
            _meet(mall, lead, part, now_us)
        part = following


@kernel
def _meet(mall: Mall, lead: int, part: int, now_us: int) -> None:
    _end_wait(mall, part, now_us)
    left = 0
    needs = mall.shoppers[part].needs
    while needs != 0:
        needs >>= NEED_BITS
        left += 1
    if left > 0:
        mall.minds[part].misses += left
        note(mall, part, now_us, EventKind.PLAN_ABANDONED, mall.shoppers[part].node, left)
    join_again(mall, lead, part, now_us)
    mall.minds[lead].parts_away -= 1


@kernel
def _end_wait(mall: Mall, row: int, now_us: int) -> None:
    shopper = mall.shoppers[row]
    waited_us = now_us - shopper.since_us
    mind = mall.minds[row]
    mind.waited_us += waited_us
    mind.felt_us += waited_us if mind.sees_others == 1 else np.int64(waited_us * mall.params[0].uninformed_factor)
    note(mall, row, now_us, EventKind.MEETING_KEPT, shopper.node, waited_us)
    note_segment(mall, row, SegmentKind.STANDING, -1 - shopper.node, shopper.since_us, now_us, 0.0, 0.0)


@kernel
def _go_on(mall: Mall, lead: int, now_us: int) -> int:
    """All are there: what the party wanted together is on its list again."""
    shopper = mall.shoppers[lead]
    mind = mall.minds[lead]
    _end_wait(mall, lead, now_us)
    mind.meets = Meets.NOT
    mind.is_called = 0
    shopper.has_eaten = mind.kept_eaten
    mall.errands[lead].unladen_mps -= mind.faster_mps
    shopper.speed_mps -= mind.faster_mps
    mind.faster_mps = 0.0
    shopper.needs = needs_together(shopper.needs, mind.kept_needs)
    mind.kept_needs = 0
    return Then.DECIDE


@kernel
def needs_together(first: int, then: int) -> int:
    """Return two lists of needs as one, in this order, as far as there is room."""
    used = 0
    left = first
    while left != 0:
        left >>= NEED_BITS
        used += 1
    found = first
    while then != 0 and used < NEEDS_KEPT:
        found |= (then & NEED_MASK) << (NEED_BITS * used)
        then >>= NEED_BITS
        used += 1
    return found


@kernel
def end_meeting(mall: Mall, row: int, now_us: int) -> int:
    """A part sets out; the last has come; or the wait is long, and those who are away are called."""
    mind = mall.minds[row]
    if mind.meets == Meets.NOT:
        return Then.DECIDE
    if mind.parent < 0 and mind.parts_away == 0:
        return _go_on(mall, row, now_us)
    lead = row if mind.parent < 0 else mind.parent
    children = _call(mall, row, lead)
    part = mall.minds[lead].first_part
    while part >= 0:
        if part != mall.minds[lead].in_care:
            children += _call(mall, row, part)
        part = mall.minds[part].next_part
    if mall.minds[lead].is_late == 0:
        mall.minds[lead].is_late = 1
        note(mall, row, now_us, EventKind.MEETING_LATE, mall.shoppers[row].node, now_us - mind.meet_us)
        if children > 0:
            note(mall, row, now_us, EventKind.CHILD_ALERT, mall.shoppers[row].node, children)
    schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + LOOK_AGAIN_US, NORMAL)
    return Then.WAIT


@kernel
def _call(mall: Mall, row: int, other: int) -> int:
    """Call somebody who is not at the place, where both have a phone; return the children who are with the other."""
    theirs = mall.minds[other]
    if other == row or theirs.meets == Meets.WAITING:
        return np.int64(0)
    if mall.minds[row].has_phone == 1 and theirs.has_phone == 1:
        theirs.is_called = 1
    return np.int64(theirs.children)
