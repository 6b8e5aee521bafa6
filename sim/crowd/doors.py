"""Into the mall and out of it: parties as they arrive, entrances, exits."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, schedule
from sim.crowd.cars.arriving import reach_gate
from sim.crowd.cars.leaving import back_to_car
from sim.crowd.cars.overnight import stand_overnight
from sim.crowd.mind import forget_mind
from sim.crowd.movement import come_out, door_slot, leave_zone
from sim.crowd.needs import grow
from sim.crowd.online.collecting import end_online
from sim.crowd.online.seeking import begin_seeking
from sim.crowd.points.burning import begin_with_points
from sim.crowd.points.catalogue import look_at_catalogue
from sim.crowd.promos.brought import bring_coupons
from sim.crowd.promos.triggers import pull_triggers
from sim.crowd.promos.wallet import forget_promos, let_lapse
from sim.crowd.satisfaction import write_outcome
from sim.crowd.state import Doing, Mall, Meta, Stream, Then
from sim.crowd.tallies import Counted
from sim.crowd.ticket_lists import void_ticket
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.promos import Hook
from sim.random_streams import uniform
from sim.units import US_PER_S
from sim.visitors import LIKED_MAX, TASTES


@kernel
def claim_row(mall: Mall) -> int:
    """Fill a free row with the next arriving party and return it."""
    index = mall.meta[Meta.ARRIVALS_NEXT]
    mall.meta[Meta.ARRIVALS_NEXT] = index + 1
    mall.meta[Meta.FREE_ROWS] -= 1
    row = mall.free_rows[mall.meta[Meta.FREE_ROWS]]
    party = mall.arrivals[index]
    shopper = mall.shoppers[row]
    shopper.number = party.number
    shopper.arrived_us = party.arrive_us
    shopper.stay_until_us = party.arrive_us + np.int64(party.stay_s * US_PER_S)
    shopper.speed_mps = party.free_speed_mps
    shopper.pace_mps = party.free_speed_mps
    shopper.spend_scale = party.spend_scale
    shopper.needs = party.needs
    shopper.people = party.people
    shopper.step_free = party.step_free
    shopper.navigates = party.navigates
    shopper.tracker = party.tracker
    shopper.is_tracked = party.tracker >= 0
    shopper.entrance = party.entrance
    shopper.parking = party.parking
    shopper.walk_through = party.goal_entrance
    shopper.place = mall.params[0].units + party.entrance
    shopper.node = mall.entrances[party.entrance].node
    shopper.side = np.float32(2.0 * uniform(mall.keys[Stream.SIDE], party.number, 0) - 1.0)
    shopper.walked_m = 0.0
    errand = mall.errands[row]
    errand.uses_app = party.uses_app
    errand.pays_by = party.pays_by
    errand.is_vip = party.is_vip
    errand.parks_by = party.parks_by
    _forget_the_last_party(mall, row)
    _make_up_its_mind(mall, row, index)
    return row


@kernel
def _make_up_its_mind(mall: Mall, row: int, index: int) -> None:
    """Take over what the population says of the party, and forget what another had in mind on this row."""
    mind = mall.minds[row]
    party = mall.arrivals[index]
    mind.resident = party.resident
    mind.budget_fen = party.budget_fen
    mind.price_sensitivity = party.price_sensitivity
    mind.hungry_us = party.hungry_us
    mind.list_length = party.list_length
    mind.account = party.account
    mind.earns_milli = party.earns_milli
    mind.habit = party.habit
    mind.burn_cost_fen = party.burn_cost_fen
    mind.children = party.children
    mind.purpose = party.purpose
    mind.is_member = party.is_member
    mind.character = party.character
    mind.splits = party.splits
    mind.has_bracelets = party.has_bracelets
    for dimension in range(TASTES):
        mall.tastes[row, dimension] = mall.arriving_tastes[index, dimension]
    for slot in range(LIKED_MAX):
        mall.liked[row, slot] = mall.arriving_liked[index, slot]
    forget_mind(mind)
    mind.seen_us = party.arrive_us
    begin_with_points(mall, row)
    mind.reach = party.reach
    mind.bears = party.bears
    if mall.params[0].has_policies == 1:
        forget_promos(mall, row)
        bring_coupons(mall, row, index)
    mind.order = party.order
    if mall.params[0].has_online == 1:
        begin_seeking(mall, row)


@kernel
def _forget_the_last_party(mall: Mall, row: int) -> None:
    shopper = mall.shoppers[row]
    shopper.zone = -1
    shopper.leg = -1
    shopper.unit = -1
    shopper.resume = -1
    shopper.ride = -1
    shopper.station = -1
    shopper.line_next = -1
    shopper.line_prev = -1
    shopper.goal = -1
    shopper.choices = 0
    shopper.visits = 0
    shopper.services = 0
    shopper.rides_taken = 0
    shopper.has_eaten = 0
    shopper.leaving = 0
    shopper.promised = 0
    shopper.reason = 0
    shopper.is_misled = 0
    mall.visited[row, :] = -1
    _forget_its_errand(mall, row)


@kernel
def _forget_its_errand(mall: Mall, row: int) -> None:
    errand = mall.errands[row]
    errand.ticket_station = -1
    errand.ticket_next = -1
    errand.ticket_prev = -1
    errand.ticket_state = 0
    errand.meal_after_us = 0
    errand.ticket_order_us = 0
    errand.tickets_drawn = 0
    errand.meals_put_off = 0
    errand.left_us = 0
    errand.rank = 0
    errand.due_us = 0.0
    errand.lane = -1
    errand.table = -1
    errand.has_ordered = 0
    errand.booking = -1
    errand.booked_unit = -1
    errand.show = -1
    errand.seat = -1
    errand.seats = 0
    errand.seats_fen = 0
    errand.film = 0
    errand.is_refunded = 0
    errand.payments = 0
    errand.paying_by = -1
    errand.pay_us = 0
    errand.has_adopted = 0
    errand.spent_fen = 0
    errand.bay = -1
    errand.aisle = -1
    errand.floor = -1
    errand.sought_bay = -1
    errand.best_bay = -1
    errand.aisles_driven = 0
    errand.drive_to = 0
    errand.at_back = 0
    errand.is_let_in = 0
    errand.has_paid = 0
    errand.entered_us = 0
    errand.validated_us = 0
    errand.paid_us = 0
    errand.fee_paid_fen = 0
    errand.find_us = 0
    errand.ready_us = 0
    errand.pay_place = 0
    errand.has_shown_receipts = 0
    errand.bags = 0
    errand.bags_held = 0
    errand.desks_seen = 0
    errand.bags_mislaid = 0
    errand.hand_ins = 0
    errand.has_asked_for_bags = 0
    errand.bags_ready_us = 0
    errand.wash_ready_us = 0
    errand.unladen_mps = mall.shoppers[row].speed_mps
    errand.bags_felt = 0.0
    errand.is_begun = 0
    errand.is_handed_back = 0


@kernel
def arrive_outside(mall: Mall, row: int, now_us: int) -> int:
    """A party has come: by car to the gate, on foot to the door; a car without anybody stands there since last night."""
    if mall.shoppers[row].people == 0:
        return stand_overnight(mall, row, now_us)
    if mall.shoppers[row].parking < 0:
        return reach_entrance(mall, row, now_us)
    return reach_gate(mall, row, now_us)


@kernel
def reach_entrance(mall: Mall, row: int, now_us: int) -> int:
    """Before an entrance: take a slot in the doorway, walk round to another door when it is shut, turn away when all are."""
    shopper = mall.shoppers[row]
    if mall.entrances[shopper.entrance].is_open == 0 and shopper.parking < 0:
        other = nearest_open_entrance(mall, shopper.entrance)
        if other >= 0:
            distance_m = np.hypot(
                mall.entrances[other].x_m - mall.entrances[shopper.entrance].x_m,
                mall.entrances[other].y_m - mall.entrances[shopper.entrance].y_m,
            )
            shopper.entrance = other
            shopper.place = mall.params[0].units + other
            shopper.node = mall.entrances[other].node
            shopper.doing = Doing.WALKING_FROM_CAR
            walk_us = np.int64(1e6 * distance_m / shopper.speed_mps)
            schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + walk_us, NORMAL)
            return Then.WAIT
    if mall.params[0].is_open == 0 or mall.entrances[shopper.entrance].is_open == 0:
        note(mall, row, now_us, EventKind.TURNED_AWAY, shopper.entrance, 0)
        write_outcome(mall, row, now_us, False)
        return back_to_car(mall, row, now_us)
    slot_us = door_slot(mall.entrances, shopper.entrance, shopper.people, now_us)
    if slot_us > now_us:
        shopper.doing = Doing.ENTERING_MALL
        schedule(mall.shoppers, mall.heap, mall.meta, row, slot_us, NORMAL)
        return Then.WAIT
    return enter_mall(mall, row, now_us)


@kernel
def nearest_open_entrance(mall: Mall, entrance: int) -> int:
    """Return the open street door nearest to a shut one as the crow flies, or -1."""
    best = -1
    best_m = np.inf
    here = mall.entrances[entrance]
    for other in range(mall.entrances.size):
        there = mall.entrances[other]
        distance_m = np.hypot(there.x_m - here.x_m, there.y_m - here.y_m)
        if there.is_open == 1 and there.share > 0.0 and distance_m < best_m:
            best_m = distance_m
            best = other
    return best


@kernel
def enter_mall(mall: Mall, row: int, now_us: int) -> int:
    """Through the door."""
    shopper = mall.shoppers[row]
    note(mall, row, now_us, EventKind.ARRIVED, shopper.entrance, 1 if shopper.parking >= 0 else 0)
    if mall.minds[row].children > 0:
        note(mall, row, now_us, EventKind.FAMILY_CAME, shopper.entrance, mall.minds[row].children)
    if mall.minds[row].account >= 0:
        note(mall, row, now_us, EventKind.MEMBER_CAME, shopper.entrance, mall.minds[row].resident)
    mall.counts[Counted.VISITS] += 1
    mall.counts[Counted.PEOPLE] += shopper.people
    mall.meta[Meta.INSIDE_PEOPLE] += shopper.people
    look_at_catalogue(mall, row, now_us)
    pull_triggers(mall, row, Hook.ARRIVED, shopper.entrance, now_us)
    return come_out(mall, row, now_us)


@kernel
def reach_exit(mall: Mall, row: int, now_us: int) -> int:
    """Inside, before an exit: take a slot in the doorway; look for another when it has been shut."""
    shopper = mall.shoppers[row]
    entrance = shopper.goal - mall.params[0].units
    if mall.entrances[entrance].is_open == 0 and shopper.parking < 0 and shopper.walk_through < 0:
        shopper.place = shopper.goal
        return Then.DECIDE
    slot_us = door_slot(mall.entrances, entrance, shopper.people, now_us)
    shopper.doing = Doing.LEAVING_MALL
    if slot_us > now_us:
        schedule(mall.shoppers, mall.heap, mall.meta, row, slot_us, NORMAL)
        return Then.WAIT
    return leave_mall(mall, row, now_us)


@kernel
def leave_mall(mall: Mall, row: int, now_us: int) -> int:
    """Out of the door; those with a car walk to it."""
    shopper = mall.shoppers[row]
    leave_zone(mall, row, now_us)
    if mall.errands[row].ticket_station >= 0:
        void_ticket(mall, row, now_us)
    entrance = shopper.goal - mall.params[0].units
    grow(mall, row, now_us)
    let_lapse(mall, row, now_us)
    if mall.params[0].has_online == 1:
        end_online(mall, row, now_us)
    write_outcome(mall, row, now_us, True)
    if mall.minds[row].children > 0:
        note(mall, row, now_us, EventKind.FAMILY_LEFT, entrance, mall.errands[row].spent_fen)
    note(mall, row, now_us, EventKind.LEFT, entrance, np.int64(1000.0 * shopper.walked_m))
    mall.meta[Meta.INSIDE_PEOPLE] -= shopper.people
    return back_to_car(mall, row, now_us)
