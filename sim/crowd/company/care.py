"""Children in the mall's playground: with a bracelet alone, else with an adult of their party who stays with them.

They are a part of their party there, and go home with it; the playground knows when they should be fetched.
"""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, forget, schedule
from sim.crowd.company.parts import join_again, make_part
from sim.crowd.company.records import Draw
from sim.crowd.needs import stays_until_us
from sim.crowd.state import Doing, Mall, Stream, Then
from sim.crowd.venues.desk_records import Desk
from sim.crowd.writing import note, note_segment
from sim.events import EventKind, SegmentKind
from sim.kernel import kernel
from sim.random_streams import uniform


@kernel
def may_leave_children(mall: Mall, row: int) -> bool:
    """Return whether a party has children whom it can leave in the playground: with bracelets, or with one of two adults."""
    mind = mall.minds[row]
    if mind.children == 0 or mind.in_care >= 0 or mind.parent >= 0 or mind.parts_away > 0:
        return False
    adults = mall.shoppers[row].people - mind.children
    return adults >= (1 if mind.has_bracelets == 1 else 2)


@kernel
def intends_to_leave_children(mall: Mall, row: int) -> bool:
    """Return whether a party will go to the playground before anything else that it does apart."""
    desk = mall.desks[Desk.PLAYGROUND]
    if desk.unit < 0 or desk.is_open == 0 or mall.errands[row].desks_seen >> np.int64(Desk.PLAYGROUND) & 1 == 1:
        return False
    draw = uniform(mall.keys[Stream.DESK], mall.shoppers[row].number, Desk.PLAYGROUND)
    return may_leave_children(mall, row) and draw < desk.share


@kernel
def leave_in_care(mall: Mall, lead: int, now_us: int) -> None:
    """The children stay, inside the unit; parents whose children wear bracelets may then go separate ways themselves."""
    mind = mall.minds[lead]
    adults = mall.shoppers[lead].people - mind.children
    with_them = 0 if mind.has_bracelets == 1 else 1
    mind.together = mall.shoppers[lead].people
    row = make_part(mall, lead, mind.children + with_them, mind.children, now_us)
    mind.in_care = row
    part = mall.shoppers[row]
    part.doing = Doing.AT_DESK
    part.since_us = now_us
    _remind(mall, row, now_us)
    draw = uniform(mall.keys[Stream.SPLIT], mall.shoppers[lead].number, Draw.PARENTS)
    if with_them == 0 and adults >= 2 and draw < mall.params[0].parents_split_share:
        mind.splits = 1


@kernel
def _remind(mall: Mall, row: int, now_us: int) -> None:
    due_us = stays_until_us(mall, mall.minds[row].parent, now_us) + mall.params[0].late_after_us
    schedule(mall.shoppers, mall.heap, mall.meta, row, max(now_us + 1, due_us), NORMAL)


@kernel
def miss_parents(mall: Mall, row: int, now_us: int) -> int:
    """Nobody has come when the visit was to be over: the playground calls the party, once, and it gives up what else it wanted."""
    lead = mall.minds[row].parent
    shopper = mall.shoppers[lead]
    params = mall.params[0]
    if stays_until_us(mall, lead, now_us) + params.late_after_us > now_us:
        _remind(mall, row, now_us)
        return Then.WAIT
    note(mall, lead, now_us, EventKind.CHILD_ALERT, mall.shoppers[row].node, mall.minds[row].children)
    mall.minds[lead].is_called = 1
    shopper.stay_until_us = min(shopper.stay_until_us, now_us - np.int64(params.tire_us_max))  # however fresh it feels
    forget(mall.shoppers, mall.meta, row)
    return Then.WAIT


@kernel
def take_from_care(mall: Mall, lead: int, now_us: int) -> None:
    """Fetch the children, and who stayed with them; all are inside the unit."""
    row = mall.minds[lead].in_care
    part = mall.shoppers[row]
    mall.desks[Desk.PLAYGROUND].present -= mall.minds[row].children
    mall.units[part.unit].person_us += (now_us - part.since_us) * part.people
    note_segment(mall, row, SegmentKind.INSIDE_UNIT, part.unit, part.since_us, now_us, 0.0, 0.0)
    mall.minds[lead].in_care = -1
    join_again(mall, lead, row, now_us)
