"""Whether a party wants to be at a happening: as it passes by, as it reads an invitation, and when it is time to go."""

from __future__ import annotations

import numpy as np

from sim.crowd.happenings.records import CANCELLED, NEED_BITS, NEED_MASK, Attends, Draw, Kind
from sim.crowd.routing import REFERENCE_MPS, level_of_place, target_of_place
from sim.crowd.state import Heading, Mall, Stream
from sim.crowd.venues.cinema_records import Film
from sim.events import Reason
from sim.kernel import inlined, kernel
from sim.random_streams import draw_word, uniform_of
from sim.visitors import TASTES, Character


@kernel
def fit_of(mall: Mall, row: int, index: int) -> float:
    """Return how well a happening suits a party, in standard deviations of taste: its theme, and whom it is made for."""
    here = mall.happenings[index]
    mind = mall.minds[row]
    people = mall.shoppers[row].people
    found = here.appeal
    if here.theme >= 0:
        for dimension in range(TASTES):
            found += mall.themes[index, dimension] * mall.tastes[row, dimension]
        needs = mall.shoppers[row].needs
        while needs != 0:
            if (needs & NEED_MASK) - 1 == here.theme:
                found += 1.0
            needs >>= NEED_BITS
    if mind.children > 0:
        found += here.children
    elif people == 1:
        found += here.alone
    else:
        found += here.company
    if mind.character == Character.PARTICIPATORY:
        found += here.joins_in
    return found


@kernel
def is_free(mall: Mall, row: int) -> bool:
    """Return whether nothing keeps a party: no ticket, no seats, no table, and nobody of it is elsewhere."""
    mind = mall.minds[row]
    errand = mall.errands[row]
    if mind.parts_away > 0 or mind.parent >= 0 or mind.in_care >= 0:
        return False
    return errand.ticket_station < 0 and errand.booking < 0 and errand.film != Film.BOOKED and errand.film != Film.OUT


@inlined
def turns_to_happening(mall: Mall, row: int, leg: int, now_us: int) -> bool:
    """Pass what happens along a leg; return True when the party turns aside for it. Nothing is looked at where nothing happens."""
    if mall.params[0].happenings == 0 or mall.happenings_by_leg[leg] & ~mall.minds[row].attended == 0:
        return False
    return _stops(mall, row, mall.happenings_by_leg[leg] & ~mall.minds[row].attended, now_us)


@kernel
def _stops(mall: Mall, row: int, bits: int, now_us: int) -> bool:
    """Return whether a party stops at one of the happenings of these bits: one draw for each, however often it passes."""
    shopper = mall.shoppers[row]
    if shopper.reason == Reason.IMPULSE or mall.minds[row].attends != Attends.NOT or not is_free(mall, row):
        return False
    for index in range(mall.params[0].happenings):
        here = mall.happenings[index]
        if here.bit & bits == 0 or now_us < here.from_us or now_us >= here.until_us:
            continue
        if here.people + shopper.people > here.capacity or level_of_place(mall, here.place) != mall.nodes[shopper.node].level:
            continue
        logit = here.stops_logit + mall.params[0].audience_weight * fit_of(mall, row, index) - _hurry(mall, row, now_us)
        draw = uniform_of(draw_word(mall.keys[Stream.HAPPENING], shopper.number, here.key), Draw.STOPS)
        if draw * (1.0 + np.exp(-logit)) < 1.0:
            mall.minds[row].happening = index
            _turn_aside(mall, row, here.place)
            return True
    return False


@inlined
def _hurry(mall: Mall, row: int, at_us: int) -> float:
    """Return what is lost of a wish by a party that has little time left at an instant."""
    params = mall.params[0]
    return params.hurry_weight * min(1.0, max(0.0, 1.0 - (mall.shoppers[row].stay_until_us - at_us) / params.hurry_us))


@kernel
def _turn_aside(mall: Mall, row: int, place: int) -> None:
    """Head for a happening on this level; the errand is taken up again afterwards."""
    shopper = mall.shoppers[row]
    if shopper.goal < mall.params[0].units and shopper.resume < 0:
        shopper.resume = shopper.goal
        mall.minds[row].resumes_as = shopper.reason
    _head_for(mall, row, place)
    shopper.target = target_of_place(mall, place)
    shopper.heading = Heading.TO_STORE


@inlined
def _head_for(mall: Mall, row: int, place: int) -> None:
    shopper = mall.shoppers[row]
    shopper.goal = place
    shopper.reason = Reason.HAPPENING
    mall.minds[row].attends = Attends.GOING


@kernel
def agrees(mall: Mall, row: int, index: int, wish: float, draw: float, now_us: int) -> bool:
    """Return whether a party agrees to come to a happening, and let it keep that in mind.

    Distance takes from the wish, and so does waiting for it beyond one's own time; who agrees stays for it. A party keeps one in mind.
    """
    here = mall.happenings[index]
    shopper, mind, params = mall.shoppers[row], mall.minds[row], mall.params[0]
    walk_s = mall.hop_s[shopper.step_free, shopper.place, here.place]
    is_late = now_us >= here.until_us or here.agreed == CANCELLED or shopper.leaving == 1
    if is_late or mind.attends != Attends.NOT or here.bit & mind.attended != 0 or walk_s == np.inf:
        return False
    begins_us = max(now_us, here.from_us)
    beyond_us = max(0, begins_us - shopper.stay_until_us)
    logit = wish - walk_s / params.walk_s_scale - beyond_us / params.early_us_scale - _hurry(mall, row, now_us)
    if draw * (1.0 + np.exp(-logit)) >= 1.0:
        if here.kind == Kind.MEETING:
            here.agreed = CANCELLED
        return False
    mind.happening = index
    mind.attends = Attends.INTENDS
    here.agreed += 1
    if here.kind != Kind.MEETING:
        shopper.stay_until_us = max(shopper.stay_until_us, begins_us + params.spare_for_happening_us)
    return True


@inlined
def goes_to_happening(mall: Mall, row: int, now_us: int) -> bool:
    """Return whether it is time to go to the happening that the party has in mind, and set that place as the goal."""
    return mall.params[0].happenings > 0 and mall.minds[row].attends != Attends.NOT and _sets_off(mall, row, now_us)


@kernel
def _sets_off(mall: Mall, row: int, now_us: int) -> bool:
    shopper, mind = mall.shoppers[row], mall.minds[row]
    if shopper.resume >= 0 and mind.resumes_as == Reason.HAPPENING:
        shopper.resume = -1
    here = mall.happenings[mind.happening]
    walk_s = mall.hop_s[shopper.step_free, shopper.place, here.place] if shopper.place != here.place else 0.0
    if now_us >= here.until_us or here.agreed == CANCELLED or walk_s == np.inf:
        forget_happening(mall, row)
        return False
    if not is_free(mall, row):
        return False
    walk_us = np.int64(1e6 * walk_s * REFERENCE_MPS / shopper.speed_mps)
    is_due = (
        here.agreed >= 2
        if here.kind == Kind.MEETING
        else now_us + walk_us + mall.params[0].spare_for_happening_us >= here.from_us
    )
    if mind.attends == Attends.INTENDS and not is_due:
        return False
    _head_for(mall, row, here.place)
    return True


@inlined
def awaits_happening(mall: Mall, row: int) -> bool:
    """Return whether a party that wants nothing more passes what is left of its time until a happening, or a friend's answer."""
    return mall.minds[row].attends == Attends.INTENDS


@inlined
def drops_happening(mall: Mall, row: int) -> bool:
    """Return whether the goal that cannot be reached was a happening, which is then forgotten."""
    if mall.minds[row].attends != Attends.GOING or mall.shoppers[row].reason != Reason.HAPPENING:
        return False
    forget_happening(mall, row)
    return True


@inlined
def forget_happening(mall: Mall, row: int) -> None:
    """Have no happening in mind."""
    mall.minds[row].happening = -1
    mall.minds[row].attends = Attends.NOT
