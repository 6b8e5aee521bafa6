"""A part of a party: people who leave the others with wishes of their own, and come back to them.

People are moved between rows, never made: the leading row has so many fewer as the part has. It keeps car, tickets and bookings.
"""

from __future__ import annotations

import numpy as np

from sim.categories import CATEGORIES
from sim.crowd.company.records import Draw, Meets
from sim.crowd.movement import free_row, leave_zone, note_zone_time
from sim.crowd.needs import SATED_BITS, SATED_MOST, grow
from sim.crowd.promos.wallet import share_pockets, stay_with_the_lead
from sim.crowd.state import VISITED_KEPT, Mall, Meta, Stream
from sim.crowd.venues.bags import feel_bags
from sim.crowd.venues.cinema_records import Film
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.random_streams import draw_word, exponential, standard_normal, uniform
from sim.visitors import LIKED_MAX, TASTES

ALL_DESKS = 255  # the leading row sees to desks for all
PACE_LEAST, PACE_MOST = 0.8, 1.2  # of the party's, whatever is drawn


@kernel
def make_part(mall: Mall, lead: int, people: int, children: int, now_us: int) -> int:
    """Claim a row for people of a party, who begin as it is, where it stands, and return it; the caller says what they do.

    The loop keeps rows free for it. The number is the party's own draw, so that nobody else's depends on it.
    """
    mall.meta[Meta.FREE_ROWS] -= 1
    row = mall.free_rows[mall.meta[Meta.FREE_ROWS]]
    serial = mall.shoppers[row].serial
    mall.shoppers[row] = mall.shoppers[lead]
    mall.errands[row] = mall.errands[lead]
    mall.minds[row] = mall.minds[lead]
    for index in range(VISITED_KEPT):
        mall.visited[row, index] = mall.visited[
            lead, (mall.shoppers[lead].visits + index) % VISITED_KEPT
        ]  # the oldest goes first
    leader, mind, part, own = mall.shoppers[lead], mall.minds[lead], mall.shoppers[row], mall.minds[row]
    part.serial = serial
    part.has_entry = 0
    part.number = np.int64(draw_word(mall.keys[Stream.SPLIT], leader.number, mind.parts_made) >> np.uint64(1))
    mind.parts_made += 1
    part.people = people
    leader.people -= people
    own.children = children
    mind.children -= children
    left_fen = max(0, mind.budget_fen - mall.errands[lead].spent_fen)
    own.budget_fen = left_fen // (leader.people + people) * (people - children)
    mind.budget_fen -= own.budget_fen
    _forget_the_others(mall, row)
    mall.errands[row].bags = mall.errands[lead].bags * people // (leader.people + people)
    mall.errands[lead].bags -= mall.errands[row].bags
    own.parent = lead
    own.next_part = mind.first_part
    mind.first_part = row
    _be_oneself(mall, row, lead)
    stay_with_the_lead(mall, row)
    note_part(mall, lead, row, now_us, EventKind.SPLIT)
    return row


@kernel
def _forget_the_others(mall: Mall, row: int) -> None:
    """What is the whole party's stays with the leading row; what adds up again begins at nothing, what goes on at once for all goes on."""
    part, errand, mind = mall.shoppers[row], mall.errands[row], mall.minds[row]
    part.parking = -1
    part.tracker = -1
    part.is_tracked = 0
    part.needs = 0
    part.goal = -1
    part.resume = -1
    part.station = -1
    part.visits = 0
    part.services = 0
    part.leaving = 0
    part.reason = 0
    part.has_eaten = 1
    errand.desks_seen = ALL_DESKS
    errand.film = Film.DONE
    errand.booking = -1
    errand.bay = -1
    errand.payments = 0
    errand.spent_fen = 0
    errand.bags = 0
    errand.bags_held = 0
    errand.bags_mislaid = 0
    errand.bags_ready_us = 0
    errand.hand_ins = 0
    errand.wash_ready_us = 0
    mind.splits = 0
    mind.purchases = 0
    mind.finds = 0
    mind.misses = 0
    mind.delight = 0.0
    mind.beside = 0
    mind.meals = 0
    mind.meals_given_up = 0
    mind.bought = -1
    mind.returned_fen = 0
    mind.recognised = 0
    mind.resumes_as = 0
    mind.article = -1
    mind.shown = -1
    mind.line_us = 0
    mind.finds_before = 0
    mind.misses_before = 0
    mind.own_interest = 0
    mind.faster_mps = 0.0
    mind.first_part = -1
    mind.in_care = -1
    mind.parts_away = 0
    mind.parts_made = 0
    mind.meets = Meets.NOT
    mind.happening = -1
    mind.attends = 0
    mind.is_called = 0
    mind.is_late = 0
    mind.kept_needs = 0


@kernel
def _be_oneself(mall: Mall, row: int, lead: int) -> None:
    """Give a part a taste, a pace and habits of its own; its taste is as far spread as anybody's."""
    part, errand, params = mall.shoppers[row], mall.errands[row], mall.params[0]
    key, number = mall.keys[Stream.SPLIT], part.number
    scale = 1.0 / np.sqrt(1.0 + params.own_taste_sd * params.own_taste_sd)
    for dimension in range(TASTES):
        deviation = params.own_taste_sd * standard_normal(key, number, Draw.TASTE + dimension)
        mall.tastes[row, dimension] = np.float32((mall.tastes[lead, dimension] + deviation) * scale)
    for slot in range(LIKED_MAX):
        mall.liked[row, slot] = mall.liked[lead, slot]
    faster_mps = params.member_faster_mps * (mall.minds[row].together - part.people)
    own = 1.0 + params.own_speed_cv * standard_normal(key, number, Draw.SPEED)
    part.speed_mps = (errand.unladen_mps + faster_mps) * min(PACE_MOST, max(PACE_LEAST, own))
    part.pace_mps = part.speed_mps
    errand.unladen_mps = part.speed_mps
    part.side = np.float32(2.0 * uniform(mall.keys[Stream.SIDE], number, 0) - 1.0)
    mall.minds[row].has_phone = 1 if uniform(key, number, Draw.HAS_PHONE) < params.reachable_share else 0
    mall.minds[row].overrun_us = np.int64(params.overrun_us_mean * exponential(key, number, Draw.OVERRUN))


@kernel
def note_part(mall: Mall, lead: int, row: int, now_us: int, kind: int) -> None:
    """Write down what happens to a part, as an event of its party: `value` is the part's number, `people` are the part's."""
    note(mall, lead, now_us, kind, mall.shoppers[lead].node, mall.shoppers[row].number)
    mall.log[mall.meta[Meta.LOG_ROWS] - 1].people = mall.shoppers[row].people


@kernel
def join_again(mall: Mall, lead: int, row: int, now_us: int) -> None:
    """Take the people of a part back into their party, with what they bought, saw and think; its row is free again."""
    leader, part, mind, own = mall.shoppers[lead], mall.shoppers[row], mall.minds[lead], mall.minds[row]
    note_part(mall, lead, row, now_us, EventKind.REJOINED)
    grow(mall, row, now_us)
    grow(mall, lead, now_us)
    people = part.people
    if part.zone >= 0 and part.zone != leader.zone:  # not the same bit of floor, though the same door
        leave_zone(mall, row, now_us)
        note_zone_time(mall.zones, leader.zone, now_us)
        mall.zones[leader.zone].people += people
    leader.people += people
    mind.children += own.children
    leader.walked_m = max(leader.walked_m, part.walked_m)
    _add_up(mall, lead, row)
    share_pockets(mall, lead, row, now_us)
    feel_bags(mall, lead, now_us)
    if mind.first_part == row:
        mind.first_part = own.next_part
    else:
        before = mind.first_part
        while mall.minds[before].next_part != row:
            before = mall.minds[before].next_part
        mall.minds[before].next_part = own.next_part
    part.people = 0
    free_row(mall, row)


@kernel
def _add_up(mall: Mall, lead: int, row: int) -> None:
    leader, part, mind, own = mall.shoppers[lead], mall.shoppers[row], mall.minds[lead], mall.minds[row]
    errand, theirs = mall.errands[lead], mall.errands[row]
    for entered in range(part.visits):
        if entered >= part.visits - VISITED_KEPT:
            mall.visited[lead, leader.visits % VISITED_KEPT] = mall.visited[row, entered % VISITED_KEPT]
        leader.visits += 1
    errand.spent_fen += theirs.spent_fen
    mind.budget_fen += own.budget_fen
    errand.bags += theirs.bags
    errand.bags_felt = max(errand.bags_felt, theirs.bags_felt)
    errand.bags_held += theirs.bags_held
    errand.bags_mislaid += theirs.bags_mislaid
    errand.bags_ready_us = max(errand.bags_ready_us, theirs.bags_ready_us)
    errand.hand_ins += theirs.hand_ins
    errand.payments += theirs.payments
    errand.has_adopted = max(errand.has_adopted, theirs.has_adopted)
    # They waited and walked at the same time: the party has had as much of it as whoever had most.
    mind.waited_us = max(mind.waited_us, own.waited_us)
    mind.crowded_us = max(mind.crowded_us, own.crowded_us)
    mind.felt_us = max(mind.felt_us, own.felt_us)
    mind.purchases += own.purchases
    mind.finds += own.finds
    mind.misses += own.misses
    mind.delight += own.delight
    mind.beside += own.beside
    mind.returned_fen += own.returned_fen
    mind.recognised += own.recognised
    mind.has_burned = max(mind.has_burned, own.has_burned)
    mind.meals += own.meals
    if own.meals > 0:
        mind.kept_eaten = 1
    mind.hungry_us = max(mind.hungry_us, own.hungry_us)
    mind.sated = _most_of(mind.sated, own.sated)
    mind.meals_given_up += own.meals_given_up
    mind.metres_felt = leader.walked_m
    mind.fatigue = max(mind.fatigue, own.fatigue)


@kernel
def _most_of(one: int, other: int) -> int:
    """Return for each trade the higher level of two records of what people have had enough of."""
    found = np.int64(0)
    for trade in range(len(CATEGORIES)):
        shift = np.int64(SATED_BITS * trade)
        level = max(np.int64(one) >> shift & SATED_MOST, np.int64(other) >> shift & SATED_MOST)
        found |= np.int64(level) << shift
    return found
