"""Walking: speed by the density of the zone, flow by the width of the border, room in the zone ahead (spill-back)."""

from __future__ import annotations

import numpy as np

from sim.crowd.agenda import NORMAL, forget, schedule
from sim.crowd.state import Doing, Mall, Meta, Then
from sim.crowd.tallies import Counted
from sim.crowd.writing import note_segment
from sim.events import SegmentKind
from sim.kernel import inlined, kernel

LOS_D_PER_M2 = 1 / 1.39  # Fruin 1971: level of service D begins at 1.39 m2 per person
LEAST_FLOW = 0.05  # times free speed, people per m and s: a full zone still takes somebody in, or nothing would ever move
FREE_PER_M2 = 0.2  # below this density the law is within 1e-4 of free speed


@inlined
def speed_factor(density_per_m2: float, gamma_per_m2: float, jam_per_m2: float) -> float:
    """Return speed over free speed (Weidmann 1993, in Kladek's form): 1 - exp(-gamma (1/k - 1/k_jam)), 0 from the jam density on."""
    if density_per_m2 <= FREE_PER_M2:
        return 1.0
    if density_per_m2 >= jam_per_m2:
        return 0.0
    return 1.0 - np.exp(-gamma_per_m2 * (1.0 / density_per_m2 - 1.0 / jam_per_m2))


@inlined
def pace_factor(density_per_m2: float, params: np.record) -> float:
    """Return the pace in a zone over free speed: the walking law, and beyond its largest flow a pace that keeps that flow.

    A walker in a jam is held by the border ahead (see `take_slot`), not by the jam behind it: so a jam lets go at capacity, as in the
    cell transmission model (Daganzo 1994), and as walkers in a corridor do (specific flow 0.94-1.02 from 2 to 3.5 per m2, Juelich).
    """
    if density_per_m2 > params.critical_per_m2:
        return params.critical_factor * params.critical_per_m2 / density_per_m2
    return speed_factor(density_per_m2, params.gamma_per_m2, params.jam_per_m2)


@inlined
def crowded_headway_us(headway_us: int, density_per_m2: float, params: np.record) -> int:
    """Return a border's headway before a zone of this density: what a zone beyond the largest flow takes in falls with the law."""
    if density_per_m2 <= params.critical_per_m2:
        return headway_us
    takes = density_per_m2 * speed_factor(density_per_m2, params.gamma_per_m2, params.jam_per_m2)
    return np.int64(headway_us * params.critical_per_m2 * params.critical_factor / max(takes, LEAST_FLOW))


@inlined
def note_zone_time(zones: np.ndarray, zone: int, now_us: int) -> None:
    """Add the person-time since the zone's last change."""
    here = zones[zone]
    spent = (now_us - here.since_us) * here.people
    here.since_us = now_us
    here.person_us += spent
    if here.people > here.area_m2 * LOS_D_PER_M2:
        here.crowded_us += spent


@inlined
def enter_zone(mall: Mall, row: int, zone: int, now_us: int) -> None:
    """Put a party into a zone and set its pace by the density it finds there, itself included."""
    note_zone_time(mall.zones, zone, now_us)
    here = mall.zones[zone]
    shopper = mall.shoppers[row]
    here.people += shopper.people
    here.entries += shopper.people
    here.people_max = max(here.people_max, here.people)
    shopper.zone = zone
    params = mall.params[0]
    shopper.pace_mps = shopper.speed_mps
    if params.congestion == 1:
        factor = pace_factor(here.people / here.area_m2, params)
        shopper.pace_mps = max(shopper.speed_mps * factor, min(params.creep_mps, shopper.speed_mps))


@inlined
def leave_zone(mall: Mall, row: int, now_us: int) -> None:
    """Take a party out of its zone and call in those who wait for room there."""
    shopper = mall.shoppers[row]
    zone = shopper.zone
    note_zone_time(mall.zones, zone, now_us)
    here = mall.zones[zone]
    here.people -= shopper.people
    shopper.zone = -1
    while here.line_head >= 0:
        first = here.line_head
        waiting = mall.shoppers[first]
        if here.people + here.promised + waiting.people > here.room_people:
            return
        unlink(mall.zones, mall.shoppers, zone, first)
        waiting.promised = 1
        here.promised += waiting.people
        take_slot(mall, first, now_us)


@kernel
def unlink(places: np.ndarray, shoppers: np.ndarray, place: int, row: int) -> None:
    """Take a party out of the line of a zone or a station."""
    here = places[place]
    shopper = shoppers[row]
    if shopper.line_prev >= 0:
        shoppers[shopper.line_prev].line_next = shopper.line_next
    else:
        here.line_head = shopper.line_next
    if shopper.line_next >= 0:
        shoppers[shopper.line_next].line_prev = shopper.line_prev
    else:
        here.line_tail = shopper.line_prev
    shopper.line_next = -1
    shopper.line_prev = -1


@kernel
def append(places: np.ndarray, shoppers: np.ndarray, place: int, row: int) -> None:
    """Put a party at the end of the line of a zone or a station."""
    here = places[place]
    shopper = shoppers[row]
    shopper.line_next = -1
    shopper.line_prev = here.line_tail
    if here.line_tail >= 0:
        shoppers[here.line_tail].line_next = row
    else:
        here.line_head = row
    here.line_tail = row


@inlined
def take_slot(mall: Mall, row: int, now_us: int) -> bool:
    """Book the border ahead; return True when the party may cross at once, else schedule its crossing."""
    shopper = mall.shoppers[row]
    slot_us = now_us
    if shopper.leg >= 0:
        border = mall.borders[mall.pieces[shopper.piece].border]
        slot_us = max(now_us, border.free_us)
        ahead = mall.zones[mall.pieces[shopper.piece + 1].zone]
        headway_us = crowded_headway_us(border.headway_us, ahead.people / ahead.area_m2, mall.params[0])
        border.free_us = slot_us + headway_us * shopper.people
    if slot_us <= now_us and shopper.doing == Doing.WALKING:
        return True
    shopper.doing = Doing.CROSSING
    schedule(mall.shoppers, mall.heap, mall.meta, row, slot_us, NORMAL)
    return False


@inlined
def zone_ahead(mall: Mall, row: int) -> int:
    """Return the zone a party wants to enter: behind the border ahead, or at its node when it comes out of a door."""
    shopper = mall.shoppers[row]
    if shopper.leg >= 0:
        return mall.pieces[shopper.piece + 1].zone
    return mall.nodes[shopper.node].zone


@inlined
def wait_for_room(mall: Mall, row: int, zone: int, now_us: int) -> bool:
    """Return True when the zone takes the party; else put it in line before the zone, with the end of its patience."""
    here = mall.zones[zone]
    shopper = mall.shoppers[row]
    if here.line_head < 0 and here.people + here.promised + shopper.people <= here.room_people:
        return True
    append(mall.zones, mall.shoppers, zone, row)
    shopper.doing = Doing.BLOCKED
    schedule(mall.shoppers, mall.heap, mall.meta, row, now_us + mall.params[0].gridlock_us, NORMAL)
    return False


@inlined
def end_stride(mall: Mall, row: int, now_us: int) -> int:
    """At the end of a stride: the target, or the border to the next zone."""
    shopper = mall.shoppers[row]
    shopper.since_us = now_us
    if shopper.leg < 0:
        return Then.WALK_ON
    if mall.params[0].congestion == 1:
        if not wait_for_room(mall, row, zone_ahead(mall, row), now_us):
            return Then.WAIT
        if not take_slot(mall, row, now_us):
            return Then.WAIT
    return step_in(mall, row, now_us)


@kernel
def end_crossing(mall: Mall, row: int, now_us: int) -> int:
    """The slot at the border has come: step in, unless the zone has filled up meanwhile."""
    shopper = mall.shoppers[row]
    zone = zone_ahead(mall, row)
    if shopper.promised == 1:
        shopper.promised = 0
        mall.zones[zone].promised -= shopper.people
    elif not wait_for_room(mall, row, zone, now_us):
        return Then.WAIT
    note_standing(mall, row, now_us)
    return step_in(mall, row, now_us)


@kernel
def break_gridlock(mall: Mall, row: int, now_us: int) -> int:
    """Patience before a full zone is over: squeeze in, and count it."""
    unlink(mall.zones, mall.shoppers, zone_ahead(mall, row), row)
    mall.counts[Counted.GRIDLOCK_BREAKS] += 1
    note_standing(mall, row, now_us)
    return step_in(mall, row, now_us)


@inlined
def note_standing(mall: Mall, row: int, now_us: int) -> None:
    """Write down the wait at the end of a piece (place: piece) or at a node (place: -1 - node)."""
    shopper = mall.shoppers[row]
    if shopper.leg >= 0:
        length_m = mall.pieces[shopper.piece].m
        note_segment(mall, row, SegmentKind.STANDING, shopper.piece, shopper.since_us, now_us, length_m, length_m)
    else:
        note_segment(mall, row, SegmentKind.STANDING, -1 - shopper.node, shopper.since_us, now_us, 0.0, 0.0)
    shopper.since_us = now_us


@inlined
def step_in(mall: Mall, row: int, now_us: int) -> int:
    """Enter the zone ahead: walk on in it, or stand at the node one has come out to and decide."""
    shopper = mall.shoppers[row]
    zone = zone_ahead(mall, row)
    if shopper.leg < 0:
        enter_zone(mall, row, zone, now_us)
        return Then.DECIDE
    leave_zone(mall, row, now_us)
    enter_zone(mall, row, zone, now_us)
    mall.counts[Counted.ZONE_CROSSINGS] += 1
    shopper.piece += 1
    return Then.STRIDE


@kernel
def come_out(mall: Mall, row: int, now_us: int) -> int:
    """Come out of a store or in from the street, on to the floor at one's node, when there is room."""
    shopper = mall.shoppers[row]
    shopper.leg = -1
    shopper.since_us = now_us
    if mall.params[0].congestion == 1 and not wait_for_room(mall, row, mall.nodes[shopper.node].zone, now_us):
        return Then.WAIT
    return step_in(mall, row, now_us)


@kernel
def free_row(mall: Mall, row: int) -> int:
    """Give a row back; its number is never used again."""
    forget(mall.shoppers, mall.meta, row)
    mall.shoppers[row].doing = Doing.NOTHING
    mall.free_rows[mall.meta[Meta.FREE_ROWS]] = row
    mall.meta[Meta.FREE_ROWS] += 1
    return Then.GONE


@kernel
def door_slot(places: np.ndarray, place: int, people: int, now_us: int) -> int:
    """Book a doorway (a record with free_us and headway_us) and return the instant at which the party passes it."""
    here = places[place]
    slot_us = max(now_us, here.free_us)
    here.free_us = slot_us + here.headway_us * people
    return slot_us
