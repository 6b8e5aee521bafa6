"""On the way to a goal: leg by leg, stride by stride, with an eye for the stores that one passes."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.goals import suits
from sim.crowd.happenings.wanting import turns_to_happening
from sim.crowd.needs import (
    WISH_MAX,
    is_vetoed,
    notices,
    wish,
)
from sim.crowd.promos.letters import message_due
from sim.crowd.promos.triggers import pull_triggers
from sim.crowd.routing import choose_ride, level_of_place, table_index, target_of_place
from sim.crowd.state import Doing, Heading, Mall, Stream, Then
from sim.crowd.venues.cinemas import thinks_of_film
from sim.crowd.writing import note_segment
from sim.events import Reason, SegmentKind
from sim.kernel import inlined, kernel
from sim.promos import Hook
from sim.random_streams import draw_word, uniform_of

NO_WAY = -2  # in next_leg


@kernel
def set_off(mall: Mall, row: int, now_us: int) -> int:
    """Find the way to the goal: straight on this level, else by the ride that suits now."""
    shopper = mall.shoppers[row]
    if level_of_place(mall, shopper.goal) == mall.nodes[shopper.node].level:
        shopper.target = target_of_place(mall, shopper.goal)
        shopper.heading = Heading.TO_EXIT if shopper.goal >= mall.params[0].units else Heading.TO_STORE
        return Then.WALK_ON
    shopper.ride = choose_ride(mall, row, shopper.goal, now_us)
    if shopper.ride < 0:
        return Then.LOST
    shopper.target = mall.rides[shopper.ride].target
    shopper.heading = Heading.TO_RIDE
    return Then.WALK_ON


@inlined
def walk_on(mall: Mall, row: int, now_us: int) -> int:
    """At a node: arrive, or take the next leg towards the target."""
    shopper = mall.shoppers[row]
    leg = _leg_from_here(mall, row, now_us)
    if leg == NO_WAY:
        return Then.LOST
    if leg < 0:
        return Then.ARRIVE
    shopper.leg = leg
    shopper.piece = mall.legs[leg].piece_start
    return Then.STRIDE


@kernel
def _leg_from_here(mall: Mall, row: int, now_us: int) -> int:
    """Return the next leg from the party's node, towards a store whose frontage has caught its eye if need be; negative at the target."""
    shopper = mall.shoppers[row]
    leg = mall.next_leg[table_index(mall, shopper.node, shopper.target)]
    if leg >= 0 and shopper.leaving == 0 and _is_called_away(mall, row, now_us):
        leg = mall.next_leg[table_index(mall, shopper.node, shopper.target)]
    if leg >= 0 and shopper.leaving == 0 and turns_to_happening(mall, row, leg, now_us):
        leg = mall.next_leg[table_index(mall, shopper.node, shopper.target)]
    if leg >= 0 and shopper.leaving == 0 and _catches_the_eye(mall, row, leg, now_us):
        leg = mall.next_leg[table_index(mall, shopper.node, shopper.target)]
    return leg


@inlined
def stride(mall: Mall, row: int, now_us: int) -> int:
    """Walk to the next border between zones or to the target: pieces in one zone are walked at one pace, whatever nodes lie between.

    So a node costs no event; what a party sees from the legs ahead, it sees on entering the zone.
    """
    shopper = mall.shoppers[row]
    walked_m = 0.0
    while True:
        piece = shopper.piece
        start_us = now_us + np.int64(1e6 * walked_m / shopper.pace_mps)
        walked_m += mall.pieces[piece].m
        end_us = now_us + np.int64(1e6 * walked_m / shopper.pace_mps)
        note_segment(mall, row, SegmentKind.WALKING, piece, start_us, end_us, 0.0, mall.pieces[piece].m)
        leg = mall.legs[shopper.leg]
        if piece + 1 < leg.piece_end:
            break
        shopper.node = leg.to
        shopper.walked_m += leg.m
        shopper.leg = _leg_from_here(mall, row, now_us)
        if shopper.leg < 0:
            break
        shopper.piece = mall.legs[shopper.leg].piece_start
    if shopper.pace_mps < mall.params[0].crowded_pace * shopper.speed_mps:
        mall.minds[row].crowded_us += end_us - now_us
    shopper.doing = Doing.WALKING
    schedule(mall.shoppers, mall.heap, mall.meta, row, end_us, NORMAL)
    return Then.WAIT


@inlined
def _is_called_away(mall: Mall, row: int, now_us: int) -> bool:
    """Read messages on the way; return True when the party turns aside for a store on its level that one of them names."""
    unit = message_due(mall, row, now_us)
    shopper = mall.shoppers[row]
    if (
        unit < 0
        or thinks_of_film(mall, row, unit, now_us)
        or unit == shopper.goal
        or shopper.reason == Reason.IMPULSE
        or not suits(mall, row, unit, now_us)
    ):
        return False
    if shopper.resume >= 0 or level_of_place(mall, unit) != mall.nodes[shopper.node].level:
        return False
    _turn_aside(mall, row, unit, Reason.OFFER)
    return True


@inlined
def _catches_the_eye(mall: Mall, row: int, leg: int, now_us: int) -> bool:
    """Pass the frontages along a leg; return True when the party turns aside for one (and will come back to its errand).

    Whoever has turned aside once is not distracted again before it has been there: two frontages could call it back and forth for ever,
    because a frontage has one draw per errand, however often it is passed.
    """
    shopper = mall.shoppers[row]
    along = mall.legs[leg]
    along.walked += 1
    if mall.params[0].has_policies == 1 and mall.trigger_start[Hook.PASSED] < mall.trigger_start[Hook.PASSED + 1]:
        for index in range(along.frontage_start, along.frontage_end):
            pull_triggers(mall, row, Hook.PASSED, mall.frontages[index].unit, now_us)
    if shopper.reason == Reason.IMPULSE:
        return False
    base = draw_word(mall.keys[Stream.IMPULSE], shopper.number, shopper.choices)
    impulse_share = mall.params[0].impulse_share * notices(mall, row)
    for index in range(along.frontage_start, along.frontage_end):
        draw = uniform_of(base, mall.frontages[index].key)
        if draw >= WISH_MAX * impulse_share:
            continue
        unit = mall.frontages[index].unit
        if draw >= impulse_share * wish(mall, row, unit):
            continue
        if unit != shopper.goal and suits(mall, row, unit, now_us) and not is_vetoed(mall, row, unit, now_us):
            _turn_aside(mall, row, unit, Reason.IMPULSE)
            for unseen in range(index + 1, along.frontage_end):
                mall.frontages[unseen].unseen += 1
            return True
    return False


@kernel
def _turn_aside(mall: Mall, row: int, unit: int, reason: int) -> None:
    """Head for a store that has caught the eye, or that a message names; the errand is taken up again afterwards."""
    shopper = mall.shoppers[row]
    if shopper.goal < mall.params[0].units and shopper.resume < 0:
        shopper.resume = shopper.goal
        mall.minds[row].resumes_as = shopper.reason
    shopper.goal = unit
    shopper.target = mall.units[unit].target
    shopper.heading = Heading.TO_STORE
    shopper.reason = reason
