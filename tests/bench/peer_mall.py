"""What both peers share: a Mesa model of the mall, whose shoppers are Mesa agents that live as SimPy processes.

Written as one would write it by hand with SimPy 4 and Mesa 3: tills, tables and gates are `simpy.Resource`, draws are Python's
`random`, everything looked up in a loop is a plain list or an attribute of a class with slots.
"""

from __future__ import annotations

import gc
from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from math import exp, gamma, inf, log, sqrt
from typing import Any

import mesa
import simpy

from sim.categories import CATEGORIES, FOOD
from sim.crowd.station_plans import mean_till_s, till_count
from sim.crowd.tables import LAST_ENTRY_MIN
from sim.crowd.venues.dining_plans import dining_of, table_count
from sim.plan_arrays import RideKind
from sim.schema.parking import MANOEUVRE_S
from sim.units import minutes_from_hours
from tests.bench.day import REFERENCE_MPS, Day, ride_times_s

OUT_OF_SIGHT_S = 10.0  # scales; ways worse than the best by more are not weighed
VISITED_KEPT = 8


@dataclass(slots=True, eq=False)
class Leg:
    """A straight walk between two nodes of a level."""

    to: int  # node, counted within its level
    length_m: float
    frontages: list[Store] = field(default_factory=list)  # shops one passes
    pieces: list[Any] = field(default_factory=list)  # the zones it leads through, for peers that look at them


@dataclass(slots=True, eq=False)
class Target:
    """Somewhere to walk to on its own level."""

    level: int
    route: list[Leg | None]  # by node of the level; None on arrival
    walk_m: list[float]  # by node of the level


@dataclass(slots=True, eq=False)
class Entrance(Target):
    """A door of the mall."""

    place: int
    number: int
    node: int
    is_exit: bool
    door: Any = None


@dataclass(slots=True, eq=False)
class Ride(Target):
    """An escalator, stairs or a lift, from one level to another; its target is where it is boarded."""

    number: int
    kind: int
    to_level: int
    to_node: int
    length_m: float
    reference_s: float  # time on it at the pace at which ways are judged
    stairs_factor: float  # of one's pace, on stairs
    wait_s: float  # mean wait where nobody queues: half a lift's cycle
    steps: Any = None  # what limits boarding, for peers that look at it

    def takes_s(self, speed_mps: float) -> float:
        """Return the time on the ride."""
        return self.length_m / (speed_mps * self.stairs_factor) if self.kind == RideKind.STAIRS else self.reference_s


@dataclass(slots=True, eq=False)
class Pool:
    """Stores among which one chooses."""

    stores: list[Store]
    cumulative: list[float]


@dataclass(slots=True, eq=False)
class CarPark:
    """Gates, bays and a door to the mall."""

    number: int
    bays: int
    walk_m: float
    entrance: Entrance
    gate_in: simpy.Resource
    gate_out: simpy.Resource
    cars: int = 0


class Store(mesa.Agent):
    """A tenant with tills, or with tables."""

    def __init__(self, model: MallModel, number: int, target: Target) -> None:
        super().__init__(model)
        plan, config = model.day.compiled.arrays, model.day.config
        name = CATEGORIES[plan.unit_category[number]]
        category, services = config.categories[name], config.services
        tenant = model.day.compiled.tenants[number] if model.day.compiled.tenants else {}
        area_m2 = float(plan.unit_area_m2[number])
        self.number = self.place = number
        self.level, self.route, self.walk_m = target.level, target.route, target.walk_m
        self.trade = int(plan.unit_category[number])
        self.appeal = category.appeal * (area_m2 / 100.0) ** config.choice.area_exponent
        self.log_appeal = log(self.appeal) if self.appeal > 0 else -inf
        self.opens_s, closes_s = _hours_s(model.day, tenant)
        self.last_entry_s = closes_s - 60 * (services.last_orders_min if category.tables else LAST_ENTRY_MIN)
        self.closes_s = closes_s
        # the line for a table stands at the door, however full the floor inside
        self.room_people = inf if category.tables else max(int(area_m2 / services.store_m2_per_person), 6)
        self.people = 0
        self.has_tables, self.per_head = category.tables, category.per_head
        self.conversion_share = category.conversion_share
        self.dwell_mu, self.dwell_sigma = _lognormal_of(60 * category.dwell_min_mean, category.dwell_cv)
        self.basket_mu = log(max(category.basket_yuan_mean, 1e-9)) - category.basket_sigma**2 / 2
        self.basket_sigma = category.basket_sigma
        if category.tables:
            servers = table_count(area_m2, dining_of(config.food, name))
            self.service_s, service_cv = 60 * category.dwell_min_mean, category.dwell_cv
            patience_s, self.patience_shape = services.table_patience_s_mean, services.table_patience_shape
        else:
            servers = till_count(area_m2, tenant.get("staff"), config.operations.staffing.m2_per_till)
            self.service_s, service_cv = mean_till_s(config, name), services.service_cv
            patience_s, self.patience_shape = services.till_patience_s_mean, services.till_patience_shape
        self.patience_scale_s = patience_s / gamma(1 + 1 / self.patience_shape)
        self.service_mu, self.service_sigma = _lognormal_of(self.service_s, service_cv)
        self.tills = simpy.Resource(model.env, servers)
        self.door: Any = None

    def expected_wait_s(self) -> float:
        """Return the wait that somebody who sees the line expects."""
        tills = self.tills
        waiting, servers = len(tills.queue), tills.capacity
        if not waiting and tills.count < servers:
            return 0.0
        return (waiting + 1) * self.service_s / servers


class MallModel(mesa.Model):
    """The mall: SimPy keeps its time, Mesa its people."""

    shopper_type: type[Shopper]

    def __init__(self, day: Day, seed: int = 1) -> None:
        super().__init__(seed=seed)
        self.day = day
        self.env = simpy.Environment(initial_time=day.opens_s)
        self.events: list[tuple[float, str, int, int, int, float]] = []  # time, kind, visit, people, place, value
        self._build()
        choice = day.config.choice
        self.meals_s = [
            tuple(60.0 * minutes_from_hours(getattr(choice, f"{meal}_{end}")) for end in ("starts", "ends"))
            for meal in ("lunch", "dinner")
        ]
        self.env.process(self._arrivals())

    def run(self) -> None:
        """Let the day happen; the mall itself, which stays as it is, is no matter for the garbage collector."""
        gc.collect()
        gc.freeze()
        self.env.run()

    def _build(self) -> None:
        day, plan = self.day, self.day.compiled.arrays
        first_node = plan.level_node_start
        self.legs = [Leg(int(to - first_node[plan.node_level[to]]), float(m)) for to, m in zip(plan.leg_to, plan.leg_m)]
        units = plan.unit_key.size
        self.stores = [
            Store(self, unit, self._target(int(plan.unit_level[unit]), int(plan.unit_target[unit]))) for unit in range(units)
        ]
        for leg, start, end in zip(self.legs, plan.leg_frontage_start[:-1], plan.leg_frontage_start[1:]):
            leg.frontages = [self.stores[unit] for unit in plan.frontage_unit[start:end]]
        self.entrances = []
        for number, (node, level, target) in enumerate(zip(plan.entrance_node, plan.entrance_level, plan.entrance_target)):
            there = self._target(int(level), int(target))
            is_exit = bool(plan.entrance_share[number] > 0)
            self.entrances.append(
                Entrance(there.level, there.route, there.walk_m, units + number, number, int(node - first_node[level]), is_exit)
            )
        self.exits = [entrance for entrance in self.entrances if entrance.is_exit]
        self.ride_times_s = ride_times_s(plan, day.config, REFERENCE_MPS)
        rides = [self._ride(number) for number in range(plan.ride_connector.size)]
        levels = first_node.size - 1
        of_level = [[ride for ride in rides if ride.level == level] for level in range(levels)]
        self.rides = [
            of_level,
            [[ride for ride in found if ride.kind == RideKind.LIFT] for found in of_level],
        ]  # [step free][level]
        self.rides_towards = [
            [[_towards(found, level, to, plan.ride_connector) for to in range(levels)] for level, found in enumerate(rides_of)]
            for rides_of in self.rides
        ]  # [step free][level][level of the goal]
        trades = [[store for store in self.stores if store.trade == trade] for trade in range(len(CATEGORIES))]
        self.pools = [_pool(stores) for stores in trades]
        self.food = _pool([store for store in self.stores if CATEGORIES[store.trade] in FOOD])
        self.all_stores = _pool(self.stores)
        self.stores_of = [[store for store in self.stores if store.level == level] for level in range(levels)]
        self.car_parks = [
            CarPark(
                number, int(bays), float(walk_m), self.entrances[entrance],
                simpy.Resource(self.env, int(gates)), simpy.Resource(self.env, int(gates)),
            )
            for number, (bays, gates, walk_m, entrance) in enumerate(
                zip(plan.parking_bays, plan.parking_gates, plan.parking_walk_m, plan.parking_entrance)
            )
        ]  # fmt: skip
        self.gate_mu, self.gate_sigma = _lognormal_of(day.config.parking.gate_s_mean, 0.3)

    def _target(self, level: int, target: int) -> Target:
        plan = self.day.compiled.arrays
        nodes = int(plan.level_node_start[level + 1] - plan.level_node_start[level])
        start = int(plan.level_table_start[level] + (target - plan.level_target_start[level]) * nodes)
        route = [self.legs[leg] if leg >= 0 else None for leg in plan.next_leg[start : start + nodes]]
        return Target(level, route, plan.walk_m[start : start + nodes].tolist())

    def _ride(self, number: int) -> Ride:
        plan, movement = self.day.compiled.arrays, self.day.config.movement
        connector, level, to_level = (
            int(column[number]) for column in (plan.ride_connector, plan.ride_from_level, plan.ride_to_level)
        )
        kind = int(plan.connector_kind[connector])
        there = self._target(level, int(plan.ride_target[number]))
        wait_s = float(plan.connector_cycle_s[connector]) / 2  # 0 where it is no lift
        length_m, time_s = float(plan.ride_length_m[number]), float(self.ride_times_s[number])
        factor = movement.stairs_up_factor if to_level > level else movement.stairs_down_factor
        to_node = int(plan.ride_to_node[number] - plan.level_node_start[to_level])
        return Ride(there.level, there.route, there.walk_m, number, kind, to_level, to_node, length_m, time_s, factor, wait_s)

    def _arrivals(self) -> Any:
        """Bring the day's parties, each at its instant."""
        env, parties = self.env, self.day.parties
        columns = [
            parties.number,
            parties.arrive_us / 1e6,
            parties.entrance,
            parties.parking,
            parties.people,
            parties.free_speed_mps,
        ]
        columns += [parties.stay_s, parties.spend_scale, parties.step_free, parties.goal_entrance, parties.navigates]
        columns += [parties.needs]
        for party in zip(*(column.tolist() for column in columns)):
            yield env.timeout(max(0.0, party[1] - env.now))
            env.process(self.shopper_type(self, *party).visit())


class Shopper(mesa.Agent):
    """A party and its visit. Peers differ in how it walks, rides, and passes doors: the four methods at the end."""

    def __init__(
        self, model: MallModel, visit_number: int, arrive_s: float, entrance: int, parking: int, people: int, speed_mps: float,
        stay_s: float, spend_scale: float, step_free: int, walk_through: int, navigates: int, needs: list[int],
    ) -> None:  # fmt: skip
        super().__init__(model)
        self.env: simpy.Environment = model.env
        self.visit_number = visit_number
        self.stay_until_s = arrive_s + stay_s
        self.car_park = model.car_parks[parking] if parking >= 0 else None
        self.people, self.speed_mps, self.spend_scale, self.step_free = people, speed_mps, spend_scale, step_free
        self.walk_through = model.entrances[walk_through] if walk_through >= 0 else None
        self.needs = [need for need in reversed(needs) if need >= 0]
        self.entrance = model.entrances[entrance]
        self.goal: Store | Entrance = self.entrance
        self.node, self.level = self.entrance.node, self.entrance.level
        self.visited: deque[Store] = deque(maxlen=VISITED_KEPT)
        self.considered: dict[int, list[Store]] = {}
        self.times_s = model.day.hop_s[step_free][self.entrance.place]  # from where one stands to every place
        self.resume: Store | None = None
        self.navigates, self.is_misled = navigates, False
        self.reason = "need"
        self.has_eaten = self.is_leaving = False
        self.walked_m = 0.0

    def log(self, kind: str, place: int, value: float = 0.0) -> None:
        """Write down what happened."""
        self.model.events.append((self.env.now, kind, self.visit_number, self.people, place, value))

    # the visit

    def visit(self) -> Any:
        """Arrive, go from store to store, leave."""
        if self.car_park is None or (yield from self.park()):
            if self.env.now >= self.model.day.closes_s:
                self.log("turned_away", self.entrance.number)
            else:
                yield from self.stroll()
            if self.car_park is not None:
                yield from self.drive_home()
        self.remove()

    def stroll(self) -> Any:
        """The time between the door in and the door out."""
        if delay_s := self.door_delay_s(self.entrance):
            yield self.env.timeout(delay_s)
        self.log("arrived", self.entrance.number, self.car_park is not None)
        yield from self.come_out()
        while True:
            interrupted, self.is_misled = self.resume, False
            self.goal = self.next_goal()
            if not self.is_leaving and self.goal is not interrupted:
                yield from self.look_for_way()
            if not (yield from self.reach_goal()):
                if self.is_leaving:
                    self.log("stranded", self.goal.place)
                    break
                self.visited.append(self.goal)
                continue
            if delay_s := self.door_delay_s(self.goal):
                yield self.env.timeout(delay_s)
            if self.is_leaving:
                break
            yield from self.shop(self.goal)
        self.leave_floor()
        self.log("left", self.goal.number, self.walked_m)

    def park(self) -> Any:
        """Through the gate to a bay and on to the door; return False when one drives away."""
        model, env, park = self.model, self.env, self.car_park
        parking = model.day.config.parking
        self.log("gate_reached", park.number, len(park.gate_in.queue))
        if len(park.gate_in.queue) >= parking.balk_queue:
            self.log("parking_balked", park.number, park.cars)
            return False
        yield from self.pass_gate(park.gate_in, park)
        if park.cars >= park.bays:
            self.log("parking_balked", park.number, park.cars)
            return False
        occupied_share = park.cars / park.bays
        park.cars += 1
        passed = min(int(log(1.0 - self.random.random()) / log(occupied_share)), park.bays) if 0 < occupied_share < 1 else 0
        # a bay is let by two sides of a lane: 1.25 m of it
        search_s = (60.0 + 1.25 * passed) / parking.drive_mps + MANOEUVRE_S[parking.manoeuvre][0]
        yield env.timeout(search_s)
        self.log("parked", park.number, search_s)
        yield env.timeout(park.walk_m / self.speed_mps)
        return True

    def drive_home(self) -> Any:
        """Back to the car and out of the gate."""
        park = self.car_park
        yield self.env.timeout(park.walk_m / self.speed_mps)
        reached_s = self.env.now
        yield from self.pass_gate(park.gate_out, park)
        park.cars -= 1
        self.log("unparked", park.number, self.env.now - reached_s)

    def pass_gate(self, gate: simpy.Resource, park: CarPark) -> Any:
        """Wait one's turn at a gate and pass it."""
        self.log("queue_joined", park.number, len(gate.queue))
        joined_s = self.env.now
        with gate.request() as turn:
            if not turn.triggered:
                yield turn
            self.log("service_started", park.number, self.env.now - joined_s)
            service_s = self.random.lognormvariate(self.model.gate_mu, self.model.gate_sigma)
            yield self.env.timeout(service_s)
            self.log("service_ended", park.number, service_s)

    # where to go

    def next_goal(self) -> Store | Entrance:
        """Choose an interrupted errand, a meal, the next need, something to look at, or the way out."""
        model, now = self.model, self.env.now
        if self.walk_through is not None:
            self.is_leaving = True
            return self.walk_through
        if now < model.day.closes_s and now < self.stay_until_s:
            store = self.next_store()
            if store is not None:
                return store
        self.is_leaving = True
        return self.car_park.entrance if self.car_park is not None else self.choose_exit()

    def next_store(self) -> Store | None:
        """Return the store to go to next, or None when the party wants nothing more."""
        model, now, choice = self.model, self.env.now, self.model.day.config.choice
        resumed, self.resume = self.resume, None
        if resumed is not None and self.suits(resumed, now):
            self.reason = "need"
            return resumed
        if not self.has_eaten and any(starts_s <= now < ends_s for starts_s, ends_s in model.meals_s):
            self.has_eaten = True
            if self.random.random() < choice.meal_share:
                store = self.choose_store(model.food)
                if store is not None:
                    self.reason = "meal"
                    return store
        while self.needs:
            store = self.choose_store(model.pools[self.needs.pop()])
            if store is not None:
                self.reason = "need"
                return store
        if self.random.random() < choice.browse_share:
            self.reason = "browse"
            return self.choose_store(model.all_stores)
        return None

    def suits(self, store: Store, now: float) -> bool:
        """Return whether a store is open long enough and new to the party."""
        return store.opens_s <= now <= store.last_entry_s and store not in self.visited

    def choose_store(self, pool: Pool) -> Store | None:
        """Return a store by multinomial logit over the party's consideration set."""
        choice, now, level = self.model.day.config.choice, self.env.now, self.level
        size = choice.consideration_size
        is_small = len(pool.stores) <= size
        if is_small:
            considered = pool.stores
        elif (considered := self.considered.get(id(pool))) is None:
            considered = list(dict.fromkeys(self.random.choices(pool.stores, cum_weights=pool.cumulative, k=size)))
            self.considered[id(pool)] = considered
        times_s, walk_s_scale, wait_s_scale, visited = self.times_s, choice.walk_s_scale, choice.wait_s_scale, self.visited
        stores, weights = [], []
        for store in considered:
            if store.opens_s <= now <= store.last_entry_s and store not in visited:
                utility = -times_s[store.number] / walk_s_scale
                if is_small:
                    utility += store.log_appeal
                if store.level == level:
                    utility -= store.expected_wait_s() / wait_s_scale
                stores.append(store)
                weights.append(exp(utility))
        return self.pick(stores, weights)

    def pick(self, options: list[Any], weights: list[float]) -> Any:
        """Return one of the options in proportion to its weight, or None when none has any."""
        cumulative = list(accumulate(weights))
        if not cumulative or cumulative[-1] <= 0.0:
            return None
        return options[bisect_left(cumulative, self.random.random() * cumulative[-1])]

    def choose_ride(self, goal: Store | Entrance) -> Ride | None:
        """Return the ride to take to a goal on another level: logit on walk, visible wait, ride and the way from there.

        Only rides that end nearer to the goal, and on the way to its level where there are such.
        """
        model, node, place, now = self.model, self.node, goal.place, self.env.now
        togo_s, here_s = model.day.togo_s[self.step_free], self.times_s[place]
        rides = [
            ride for ride in model.rides_towards[self.step_free][self.level][goal.level] if togo_s[ride.number][place] < here_s
        ]
        if not rides:
            rides = [ride for ride in model.rides[self.step_free][self.level] if togo_s[ride.number][place] < here_s]
        times_s = [
            ride.walk_m[node] / REFERENCE_MPS + ride.reference_s + togo_s[ride.number][place] + self.wait_s(ride, now)
            for ride in rides
        ]
        return self.pick(rides, self.race(times_s))

    def choose_exit(self) -> Entrance:
        """Return the door to leave by: logit on the time to each."""
        times_s = self.times_s
        return self.pick(self.model.exits, self.race([times_s[door.place] for door in self.model.exits]))

    def race(self, times_s: list[float]) -> list[float]:
        """Return the weights of ways that take so long."""
        scale_s, best_s = self.model.day.config.choice.route_s_scale, min(times_s, default=inf)
        most_s = best_s + OUT_OF_SIGHT_S * scale_s
        return [exp((best_s - time_s) / scale_s) if time_s < most_s else 0.0 for time_s in times_s]

    # the way there

    def look_for_way(self) -> Any:
        """Stop to look for the way, or take another store of the level for one's goal, or neither."""
        choice, random, goal = self.model.day.config.choice, self.random, self.goal
        factor = choice.navigation_factor if self.navigates else 1.0
        if random.random() < factor * choice.wrong_turn_share:
            others = [
                store for store in self.model.stores_of[goal.level] if store is not goal and self.times_s[store.place] < inf
            ]
            if others:
                self.goal, self.resume, self.is_misled = random.choice(others), goal, True
        if random.random() < factor * choice.orientation_share:
            yield self.env.timeout(random.expovariate(1.0 / choice.orientation_s_mean))

    def reach_goal(self) -> Any:
        """Go to one's goal, by way of the store taken for it where there is one; return False when no way leads there."""
        is_there = yield from self.go()
        if is_there and self.is_misled and self.reason != "impulse":
            self.log("misled", self.resume.number, self.goal.number)
            self.times_s = self.model.day.hop_s[self.step_free][self.goal.place]
            self.goal, self.resume, self.is_misled = self.resume, None, False
            is_there = yield from self.go()
        return is_there

    def go(self) -> Any:
        """Walk and ride until one stands before one's goal, which may change on the way; return False when no way leads there."""
        while True:
            goal = self.goal
            if goal.level == self.level:
                yield from self.walk(goal.route)
                if self.goal is goal:
                    return True
            else:
                ride = self.choose_ride(goal)
                if ride is None:
                    return False
                yield from self.walk(ride.route)
                if self.goal is goal:
                    yield from self.take(ride)

    def is_caught_by(self, frontages: list[Store]) -> bool:
        """Pass frontages; return True when one of them catches the eye, which becomes the goal; one at a time."""
        if self.is_leaving or self.reason == "impulse":
            return False
        share, draw, goal = self.model.day.config.choice.impulse_share, self.random.random, self.goal
        for store in frontages:
            if draw() < share and store is not goal and self.suits(store, self.env.now):
                if self.resume is None:
                    self.resume = goal
                self.goal, self.reason = store, "impulse"
                return True
        return False

    # in the store

    def shop(self, store: Store) -> Any:
        """Go in, look or eat, pay, come out."""
        env, now = self.env, self.env.now
        self.times_s = self.model.day.hop_s[self.step_free][store.place]
        self.visited.append(store)
        if now >= store.closes_s or store.people + self.people > store.room_people:
            self.log("store_refused", store.number, now < store.closes_s)
            return
        self.leave_floor()
        store.people += self.people
        self.log("store_entered", store.number, self.reason == "impulse")
        if store.has_tables:
            yield from self.be_served(store)
        else:
            asked_out_s = store.closes_s + self.random.random() * self.model.day.config.services.closing_grace_s
            dwell_s = min(self.random.lognormvariate(store.dwell_mu, store.dwell_sigma), max(0.0, asked_out_s - now))
            yield env.timeout(dwell_s)
            if self.random.random() < store.conversion_share:
                yield from self.be_served(store)
        store.people -= self.people
        self.log("store_left", store.number, env.now - now)
        yield from self.come_out()

    def be_served(self, store: Store) -> Any:
        """Join the line of the tills or tables, if one's patience lasts be served, and pay."""
        env, tills, random = self.env, store.tills, self.random
        if len(tills.queue) >= self.model.day.config.services.balk_queue:
            self.log("balked", store.number, len(tills.queue))
            return
        self.log("queue_joined", store.number, len(tills.queue))
        joined_s = env.now
        with tills.request() as turn:
            if not turn.triggered:
                yield turn | env.timeout(random.weibullvariate(store.patience_scale_s, store.patience_shape))
                if not turn.triggered:
                    self.log("reneged", store.number, env.now - joined_s)
                    return
            self.log("service_started", store.number, env.now - joined_s)
            service_s = random.lognormvariate(store.service_mu, store.service_sigma)
            yield env.timeout(service_s)
        self.log("service_ended", store.number, service_s)
        heads = self.people if store.per_head else 1
        amount_fen = 100 * heads * self.spend_scale * random.lognormvariate(store.basket_mu, store.basket_sigma)
        self.log("purchased", store.number, max(1, int(amount_fen)))

    # in which peers differ

    def walk(self, route: list[Leg | None]) -> Any:
        """Walk along a route of one's level to its end, or until something catches one's eye."""
        raise NotImplementedError

    def take(self, ride: Ride) -> Any:
        """Board a ride and step off; a ride without room leaves one standing."""
        raise NotImplementedError

    def step_off(self, ride: Ride) -> None:
        """Stand at the end of a ride."""
        self.node, self.level = ride.to_node, ride.to_level
        self.times_s = self.model.day.togo_s[self.step_free][ride.number]

    def wait_s(self, ride: Ride, now: float) -> float:
        """Return the wait one sees before a ride."""
        return ride.wait_s

    def door_delay_s(self, place: Store | Entrance) -> float:
        """Return the wait before a door."""
        return 0.0

    def come_out(self) -> Any:
        """Step out of a door on to the floor."""
        yield from ()

    def leave_floor(self) -> None:
        """Leave the floor through a door."""


def _towards(rides: list[Ride], level: int, to: int, lift_of: Sequence[int]) -> list[Ride]:
    """Return the rides that leave fewer levels to go; of a lift only the stop nearest to the wanted level."""
    found = [ride for ride in rides if abs(ride.to_level - to) < abs(level - to)]
    nearest: dict[int, int] = {}
    for ride in found:
        lift = int(lift_of[ride.number])
        nearest[lift] = min(nearest.get(lift, 99), abs(ride.to_level - to))
    return [ride for ride in found if abs(ride.to_level - to) == nearest[int(lift_of[ride.number])]]


def _pool(stores: list[Store]) -> Pool:
    return Pool(stores, list(accumulate(store.appeal for store in stores)))


def _lognormal_of(mean: float, cv: float) -> tuple[float, float]:
    variance = log(1 + cv**2)
    return log(mean) - variance / 2, sqrt(variance)


def _hours_s(day: Day, tenant: dict[str, Any]) -> tuple[float, float]:
    opens_s, closes_s = (60.0 * minutes_from_hours(tenant[name]) if tenant.get(name) else None for name in ("opens", "closes"))
    first_s = day.opens_s if opens_s is None else max(opens_s, day.opens_s)
    return first_s, max(first_s, day.closes_s if closes_s is None else min(closes_s, day.closes_s))
