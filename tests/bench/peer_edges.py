"""Peer A: SimPy + Mesa at the engine's fidelity: zone by zone, pace by density, lines at borders, doors, escalators and lifts."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import ceil, exp
from typing import Any

import simpy

from sim.crowd.tables import MIN_BORDER_M
from sim.plan_arrays import RideKind
from tests.bench.day import Day, levels_served
from tests.bench.peer_mall import Entrance, Leg, MallModel, Ride, Shopper, Store

FREE_PER_M2 = 0.2  # below this density people walk at their own pace


@dataclass(slots=True, eq=False)
class Zone:
    """A patch of floor: how dense it is says how fast one walks."""

    area_m2: float
    room_people: int
    people: int = 0
    waiting: deque[tuple[simpy.Event, int]] = field(default_factory=deque)  # parties before the full zone

    def has_room_for(self, people: int) -> bool:
        """Return whether the zone takes a party that comes last."""
        return not self.waiting and self.people + people <= self.room_people

    def call_in(self) -> None:
        """Let in those who wait, as many as there is room for; their places are taken at once."""
        while self.waiting:
            event, people = self.waiting[0]
            if event.triggered:  # gave up meanwhile
                self.waiting.popleft()
                continue
            if self.people + people > self.room_people:
                return
            self.waiting.popleft()
            self.people += people
            event.succeed(True)


@dataclass(slots=True, eq=False)
class Slot:
    """A doorway, border or step: people pass it one after another."""

    headway_s: float
    free_s: float = 0.0

    def book(self, people: int, now: float) -> float:
        """Return the wait until the party's turn, and take it."""
        turn_s = max(now, self.free_s)
        self.free_s = turn_s + self.headway_s * people
        return turn_s - now


@dataclass(slots=True, eq=False)
class Piece:
    """The part of a leg that lies in one zone."""

    length_m: float
    zone: Zone
    border: Slot | None  # into this zone, from the piece before


class Lift:
    """One ride of a car that sweeps up in half its cycle and down in the other half, with so many places on every stretch.

    `loads` holds the people on each stretch of each departure, upwards and downwards; the car's rides share it.
    """

    trips_ahead = 64

    def __init__(
        self, cycle_s: float, capacity_people: int, stops: int, start: int, end: int, loads: dict[int, list[int]]
    ) -> None:
        passed = start if end > start else stops - 1 - start
        self.cycle_s, self.capacity_people, self.loads = cycle_s, capacity_people, loads
        self.offset_s = (end < start) * cycle_s / 2 + passed * cycle_s / 2 / (stops - 1)
        self.no_load = [0] * (stops - 1)
        self.first, self.last = min(start, end), max(start, end)

    def find(self, people: int, now: float) -> tuple[float, int]:
        """Return the wait for the first departure with room and its number; -1 when there is none for long."""
        trip = max(0, ceil((now - self.offset_s) / self.cycle_s))
        loads, first, last, most = self.loads, self.first, self.last, self.capacity_people - people
        for later in range(trip, trip + self.trips_ahead):
            if later not in loads or max(loads[later][first:last]) <= most:
                return later * self.cycle_s + self.offset_s - now, later
        return self.trips_ahead * self.cycle_s, -1

    def book(self, people: int, trip: int) -> None:
        """Take places on a departure."""
        load = self.loads.setdefault(trip, self.no_load.copy())
        for stretch in range(self.first, self.last):
            load[stretch] += people


class EdgeShopper(Shopper):
    """A party in a crowd."""

    def __init__(self, *party: Any) -> None:
        super().__init__(*party)
        self.zone: Zone | None = None
        self.pace_mps = self.speed_mps

    def enter_zone(self, zone: Zone, is_counted: bool = False) -> None:
        """Step into a zone and take the pace its density allows (Weidmann 1993)."""
        if not is_counted:
            zone.people += self.people
        self.zone = zone
        density = zone.people / zone.area_m2
        pace = speed = self.speed_mps
        if density > FREE_PER_M2:
            movement = self.model.day.config.movement
            factor = 1 - exp(-movement.weidmann_gamma_per_m2 * (1 / density - 1 / movement.jam_density_per_m2))
            pace = max(speed * factor, min(movement.creep_mps, speed))
        self.pace_mps = pace

    def leave_floor(self) -> None:
        """Leave one's zone and make room for those who wait."""
        zone = self.zone
        self.zone = None
        zone.people -= self.people
        if zone.waiting:
            zone.call_in()

    def wait_for_room(self, zone: Zone) -> Any:
        """Wait before a full zone; return True when called in, False when patience is over and one squeezes in."""
        called = self.env.event()
        zone.waiting.append((called, self.people))
        yield called | self.env.timeout(self.model.day.config.movement.gridlock_patience_s)
        if called.triggered:
            return True
        called.succeed(False)
        return False

    def come_out(self) -> Any:
        """Step on to the floor when there is room."""
        zone = self.model.zone_of_node[self.level][self.node]
        is_counted = False
        if not zone.has_room_for(self.people):
            is_counted = yield from self.wait_for_room(zone)
        self.enter_zone(zone, is_counted)

    def walk(self, route: list[Leg | None]) -> Any:
        """Walk zone by zone, one timeout from border to border."""
        env, people = self.env, self.people
        timeout = env.timeout
        stride_m = 0.0  # to walk within the present zone; a node inside it need not be stopped at
        while (leg := route[self.node]) is not None:
            if self.is_caught_by(leg.frontages):
                break
            for piece in leg.pieces:
                border = piece.border
                if border is not None:
                    yield timeout(stride_m / self.pace_mps)
                    stride_m = 0.0
                    zone, is_counted = piece.zone, False
                    if not zone.has_room_for(people):
                        is_counted = yield from self.wait_for_room(zone)
                    if wait_s := border.book(people, env.now):
                        yield timeout(wait_s)
                    self.leave_floor()
                    self.enter_zone(zone, is_counted)
                stride_m += piece.length_m
            self.node = leg.to
            self.walked_m += leg.length_m
        if stride_m:
            yield timeout(stride_m / self.pace_mps)

    def take(self, ride: Ride) -> Any:
        """Wait for a step or a place, ride, and step off, full or not."""
        env, now = self.env, self.env.now
        if ride.kind == RideKind.LIFT:
            wait_s, trip = ride.steps.find(self.people, now)
            if trip < 0:
                yield env.timeout(ride.steps.cycle_s)
                return
            ride.steps.book(self.people, trip)
        else:
            wait_s = ride.steps.book(self.people, now)
        if wait_s:
            yield env.timeout(wait_s)
        self.log("boarded", ride.number, wait_s)
        self.leave_floor()
        yield env.timeout(ride.takes_s(self.speed_mps))
        self.step_off(ride)
        self.enter_zone(self.model.zone_of_node[self.level][self.node])

    def wait_s(self, ride: Ride, now: float) -> float:
        """Return the wait one sees before a ride."""
        if ride.kind == RideKind.LIFT:
            return ride.steps.find(self.people, now)[0]
        return max(0.0, ride.steps.free_s - now)

    def door_delay_s(self, place: Store | Entrance) -> float:
        """Take one's turn in a doorway."""
        return place.door.book(self.people, self.env.now)


class EdgeMall(MallModel):
    """The mall of such parties."""

    shopper_type = EdgeShopper

    def __init__(self, day: Day, seed: int = 1) -> None:
        super().__init__(day, seed)
        plan, movement = day.compiled.arrays, day.config.movement
        flow = movement.border_flow_per_m_s
        zones = [Zone(float(area), max(int(area * movement.spill_back_per_m2), 8)) for area in plan.zone_area_m2]
        borders = [Slot(1 / (max(float(width), MIN_BORDER_M) * flow)) for width in plan.border_width_m]
        for leg, start, end in zip(self.legs, plan.leg_piece_start[:-1], plan.leg_piece_start[1:]):
            into = [None, *(borders[border] for border in plan.piece_border[start : end - 1])]
            columns = zip(plan.piece_m[start:end].tolist(), plan.piece_zone[start:end], into)
            leg.pieces = [Piece(length_m, zones[zone], border) for length_m, zone, border in columns]
        starts = plan.level_node_start
        self.zone_of_node = [
            [zones[zone] for zone in plan.node_zone[first:last]] for first, last in zip(starts[:-1], starts[1:])
        ]
        for store, start, end in zip(self.stores, plan.unit_door_start[:-1], plan.unit_door_start[1:]):
            store.door = Slot(1 / (max(float(plan.door_width_m[start:end].sum()), 0.8) * flow))
        for entrance, width in zip(self.entrances, plan.entrance_width_m):
            entrance.door = Slot(1 / (max(float(width), MIN_BORDER_M) * flow))
        self._equip_rides()

    def _equip_rides(self) -> None:
        plan, movement = self.day.compiled.arrays, self.day.config.movement
        loads: dict[tuple[int, bool], dict[int, list[int]]] = {}  # of each car, upwards and downwards
        for ride in (ride for found in self.rides[0] for ride in found):
            connector = int(plan.ride_connector[ride.number])
            width_m = max(float(plan.connector_width_m[connector]), MIN_BORDER_M)
            if ride.kind == RideKind.LIFT:
                levels = levels_served(plan, connector)
                cycle_s, capacity = float(plan.connector_cycle_s[connector]), int(plan.connector_capacity_people[connector])
                of_car = loads.setdefault((connector, ride.to_level > ride.level), {})
                ride.steps = Lift(cycle_s, capacity, len(levels), levels.index(ride.level), levels.index(ride.to_level), of_car)
            elif ride.kind == RideKind.ESCALATOR:
                ride.steps = Slot(3600 / (movement.escalator_people_per_h * width_m))
            else:
                goes_up = ride.to_level > ride.level
                ride.steps = Slot(
                    1 / (width_m * (movement.stairs_up_flow_per_m_s if goes_up else movement.stairs_down_flow_per_m_s))
                )
