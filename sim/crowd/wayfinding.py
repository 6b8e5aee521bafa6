"""Finding the way to a store one has just chosen: looking round for it, and now and then going to the wrong one first."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.state import Doing, Mall, Stream, Then
from sim.crowd.tallies import Counted
from sim.crowd.writing import note, note_segment
from sim.events import EventKind, SegmentKind
from sim.kernel import inlined, kernel
from sim.random_streams import draw_word, uniform, uniform_of


@kernel
def look_for_way(mall: Mall, row: int, now_us: int) -> int:
    """Set off to a store that the party has not been in: some stop to look for the way first, some go to a wrong store.

    Both shares shrink by `navigation_factor` where the app shows the way, and by `sign_factor` within reach of a sign. One draw, addressed by the errand, decides whether a party
    stops and how long (exponential), so that with the app none stops longer, or goes wrong, that would not have without.
    """
    shopper = mall.shoppers[row]
    params = mall.params[0]
    factor = params.navigation_factor if shopper.navigates == 1 else 1.0
    if mall.nodes[shopper.node].is_signed == 1:
        if _follows_old_sign(mall, row, factor):
            _mistake(mall, row, mall.units[shopper.goal].was_at)
            return Then.SET_OFF
        factor *= params.sign_factor
    if uniform(mall.keys[Stream.MISTAKE], shopper.number, shopper.choices) < factor * params.wrong_turn_share:
        wrong = _taken_for(mall, row)
        if wrong >= 0:
            _mistake(mall, row, wrong)
    stops_share = factor * params.orientation_share
    draw = uniform(mall.keys[Stream.ORIENT], shopper.number, shopper.choices)
    if draw >= stops_share:
        return Then.SET_OFF
    pause_us = np.int64(-1e6 * params.orientation_s_mean * np.log(draw / stops_share))
    mall.counts[Counted.ORIENTING_US] += pause_us
    shopper.since_us = now_us
    shopper.doing = Doing.ORIENTING
    schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + pause_us, NORMAL)
    return Then.WAIT


@inlined
def _follows_old_sign(mall: Mall, row: int, factor: float) -> bool:
    """Tell whether a sign that nobody has changed sends the party to where its goal was before it moved; one draw for each errand."""
    shopper = mall.shoppers[row]
    unit = mall.units[shopper.goal]
    if unit.was_at < 0 or mall.hop_s[shopper.step_free, shopper.place, unit.was_at] == np.inf:
        return False
    base = draw_word(mall.keys[Stream.MISTAKE], shopper.number, shopper.choices)
    return uniform_of(base, unit.key) < factor * mall.params[0].old_signs_share


@inlined
def _mistake(mall: Mall, row: int, wrong: int) -> None:
    """Head for a wrong store; the right one is taken up again there."""
    shopper = mall.shoppers[row]
    shopper.resume = shopper.goal
    mall.minds[row].resumes_as = shopper.reason
    shopper.goal = wrong
    shopper.is_misled = 1


@kernel
def _taken_for(mall: Mall, row: int) -> int:
    """Return the store that the party takes for its goal: any other of the goal's level, all alike; -1 where there is none.

    Each store has a draw of its own for this errand and the least wins, so that a store more or less changes few minds.
    """
    shopper = mall.shoppers[row]
    level = mall.levels[mall.units[shopper.goal].level]
    base = draw_word(mall.keys[Stream.MISTAKE], shopper.number, shopper.choices)
    best = -1
    best_draw = 1.0
    for unit in range(level.unit_start, level.unit_end):
        draw = uniform_of(base, mall.units[unit].key)
        if mall.units[unit].level != mall.units[shopper.goal].level:
            continue  # tenants that have changed levels overnight keep their numbers
        if draw < best_draw and unit != shopper.goal and mall.hop_s[shopper.step_free, shopper.place, unit] < np.inf:
            best_draw = draw
            best = unit
    return best


@kernel
def end_orienting(mall: Mall, row: int, now_us: int) -> int:
    """The way is known, or believed to be."""
    shopper = mall.shoppers[row]
    note_segment(mall, row, SegmentKind.STANDING, -1 - shopper.node, shopper.since_us, now_us, 0.0, 0.0)
    return Then.SET_OFF


@kernel
def see_mistake(mall: Mall, row: int, now_us: int) -> int:
    """Before the door of the wrong store: set off to the right one."""
    shopper = mall.shoppers[row]
    note(mall, row, now_us, EventKind.MISLED, shopper.resume, shopper.goal)
    shopper.place = shopper.goal
    shopper.goal = shopper.resume
    shopper.resume = -1
    shopper.is_misled = 0
    return Then.SET_OFF
