"""At a happening: coming, standing there among the others, and what follows."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.choice import lognormal
from sim.crowd.happenings.records import CANCELLED, Attends, Draw, Kind
from sim.crowd.happenings.wanting import forget_happening
from sim.crowd.movement import LOS_D_PER_M2
from sim.crowd.promos.wallet import claim
from sim.crowd.state import Doing, Heading, Mall, Stream, Then
from sim.crowd.writing import note, note_segment
from sim.events import EventKind, Reason, SegmentKind
from sim.kernel import inlined, kernel
from sim.random_streams import draw_word, standard_normal, uniform_of

NOT_FROM_A_MESSAGE = -1
PER_M2 = 1000.0  # the event's unit: people in 1000 m2


@inlined
def is_at_happening(mall: Mall, row: int) -> bool:
    """Return whether the walk that ends here was one to a happening."""
    shopper = mall.shoppers[row]
    return (
        shopper.reason == Reason.HAPPENING
        and shopper.leaving == 0
        and shopper.heading != Heading.TO_RIDE
        and _is_going(mall, row)
    )


@inlined
def _is_going(mall: Mall, row: int) -> bool:
    return mall.minds[row].attends == Attends.GOING


@kernel
def reach_happening(mall: Mall, row: int, now_us: int) -> int:
    """Before the place: join in, unless it is over, or full."""
    shopper, mind = mall.shoppers[row], mall.minds[row]
    index = mind.happening
    here = mall.happenings[index]
    shopper.place = here.place
    mind.attended |= here.bit
    if now_us >= here.until_us or here.agreed == CANCELLED:
        note(mall, row, now_us, EventKind.HAPPENING_MISSED, index, now_us - here.until_us)
        forget_happening(mall, row)
        return Then.DECIDE
    if here.people + shopper.people > here.capacity:
        note(mall, row, now_us, EventKind.HAPPENING_FULL, index, here.people)
        forget_happening(mall, row)
        return Then.DECIDE
    here.people += shopper.people
    mind.attends = Attends.THERE
    shopper.doing = Doing.ATTENDING
    shopper.since_us = now_us
    note(mall, row, now_us, EventKind.HAPPENING_JOINED, index, np.int64(PER_M2 * _density_per_m2(mall, row)))
    until_us = _meet(mall, row, index, now_us) if here.kind == Kind.MEETING else _stays_until_us(mall, row, index, now_us)
    schedule(mall.shoppers, mall.heap, mall.meta, row, until_us, NORMAL)
    return Then.WAIT


@inlined
def _density_per_m2(mall: Mall, row: int) -> float:
    zone = mall.zones[mall.shoppers[row].zone]
    return zone.people / zone.area_m2


@inlined
def _stays_until_us(mall: Mall, row: int, index: int, now_us: int) -> int:
    """Return until when a party stays: a log-normal time from its beginning on; at a freeze, and when all is over, until the end."""
    here = mall.happenings[index]
    if here.kind == Kind.FREEZE:
        return here.until_us
    normal = standard_normal(mall.keys[Stream.HAPPENING], mall.shoppers[row].number, here.key)
    stay_us = np.int64(6e7 * lognormal(here.stay_mu, here.stay_sigma, normal))
    return min(here.until_us, max(now_us, here.from_us) + stay_us)


@kernel
def _meet(mall: Mall, row: int, index: int, now_us: int) -> int:
    """Wait for the other, or be together from now on, both as long; return until when."""
    here = mall.happenings[index]
    if here.first < 0:
        here.first = row
        return here.until_us
    first = here.first
    here.first = -1
    note(mall, row, now_us, EventKind.FRIENDS_MET, index, now_us - mall.shoppers[first].since_us)
    normal = standard_normal(mall.keys[Stream.HAPPENING], here.key, 0)
    until_us = now_us + np.int64(6e7 * lognormal(here.stay_mu, here.stay_sigma, normal))
    schedule(mall.shoppers, mall.heap, mall.meta, first, until_us, NORMAL)
    return until_us


@kernel
def end_attending(mall: Mall, row: int, now_us: int) -> int:
    """The party goes on: to the next clue where it wants that, else to what it had in mind before."""
    shopper, mind = mall.shoppers[row], mall.minds[row]
    index = mind.happening
    here = mall.happenings[index]
    here.people -= shopper.people
    stayed_us = now_us - shopper.since_us
    note_segment(mall, row, SegmentKind.STANDING, -1 - shopper.node, shopper.since_us, now_us, 0.0, 0.0)
    note(mall, row, now_us, EventKind.HAPPENING_LEFT, index, stayed_us)
    if _density_per_m2(mall, row) > LOS_D_PER_M2:
        mind.crowded_us += stayed_us
    shopper.stay_until_us += np.int64(here.extends * stayed_us)
    forget_happening(mall, row)
    if here.first == row:
        here.first = -1
        here.agreed = CANCELLED
        mind.waited_us += stayed_us
        mind.felt_us += stayed_us
        note(mall, row, now_us, EventKind.FRIEND_MISSED, index, stayed_us)
    elif here.kind == Kind.CLUE or here.kind == Kind.HUNT:
        _after_clue(mall, row, index, now_us)
    return Then.DECIDE


@kernel
def _after_clue(mall: Mall, row: int, index: int, now_us: int) -> None:
    """The last clue brings the reward; after another, a party goes on or gives up: the farther the next, the rather."""
    here, shopper, mind = mall.happenings[index], mall.shoppers[row], mall.minds[row]
    mind.clues += 1
    if here.next < 0:
        is_given = here.reward >= 0 and claim(mall, row, here.reward, NOT_FROM_A_MESSAGE, now_us)
        note(mall, row, now_us, EventKind.HUNT_WON, index, 1 if is_given else 0)
        return
    following = mall.happenings[here.next]
    walk_s = mall.hop_s[shopper.step_free, here.place, following.place] if following.place != here.place else 0.0
    logit = here.goes_on_logit - walk_s / mall.params[0].clue_s_scale
    draw = uniform_of(draw_word(mall.keys[Stream.HAPPENING], shopper.number, here.key), Draw.GOES_ON)
    if now_us >= shopper.stay_until_us or draw * (1.0 + np.exp(-logit)) >= 1.0:
        note(mall, row, now_us, EventKind.HUNT_GIVEN_UP, here.next, mind.clues)
        return
    mind.happening = here.next
    mind.attends = Attends.GOING
