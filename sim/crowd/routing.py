"""Ways between levels: costs over escalators, stairs and lifts for the present set of closures, and the choice among them."""

from __future__ import annotations

import numpy as np

from sim.crowd.choice import choose
from sim.crowd.rides import RIDES_MAX, expected_board_s, ride_time_s
from sim.crowd.state import SCRATCH, Mall, Stream
from sim.kernel import entry, inlined, kernel, referred
from sim.plan_arrays import RideKind
from sim.random_streams import draw_word, uniform_of

REFERENCE_MPS = 1.2  # speed at which the tables of times between places are made
OUT_OF_SIGHT = 15.0  # an alternative worse than the best by so many scales of utility, waits aside, is not weighed
ROUTES_KEPT = 16  # sets of closures whose times are kept for later days
Routes = dict[bytes, tuple[np.ndarray, np.ndarray]]  # togo_s and hop_s by closures


@inlined
def table_index(mall: Mall, node: int, target: int) -> int:
    """Return the index into `next_leg` and `walk_m` for a node and a target of the same level."""
    here = mall.nodes[node]
    level = mall.levels[here.level]
    return level.table_start + here.local * level.targets + (target - level.target_start)


@inlined
def level_of_place(mall: Mall, place: int) -> int:
    """Return the level of a unit or an entrance."""
    units = mall.params[0].units
    return mall.units[place].level if place < units else mall.entrances[place - units].level


@inlined
def target_of_place(mall: Mall, place: int) -> int:
    """Return the walking target of a unit or an entrance."""
    units = mall.params[0].units
    return mall.units[place].target if place < units else mall.entrances[place - units].target


@kernel
def may_ride(mall: Mall, ride: int, step_free: int) -> bool:
    """Return whether the ride runs and suits the party."""
    here = mall.rides[ride]
    return mall.connectors[here.connector].is_open == 1 and (step_free == 0 or here.kind == RideKind.LIFT)


def know_times(mall: Mall, doors: np.ndarray, closures: bytes, known: Routes) -> None:
    """Take the tables of times for a set of closures from earlier days, else fill them and keep a copy."""
    if closures in known:
        mall.togo_s[:], mall.hop_s[:] = known[closures]
        return
    fill_times(mall, doors)
    if len(known) < ROUTES_KEPT:
        known[closures] = mall.togo_s.copy(), mall.hop_s.copy()


@entry
def fill_times(mall: Mall, doors: np.ndarray) -> None:
    """Fill togo_s and hop_s for the connectors that run now, at REFERENCE_MPS and without waits.

    togo_s[c, g, r]: from the exit of ride r to place g; hop_s[c, f, g]: from the first door of place f to place g; class c = 1 for
    parties that use lifts only. `doors[g]` is a node of each place. Repeated relaxation over rides ends after as many rounds as the
    longest chain of rides; inf where there is no way.
    """
    mall = referred(mall)
    places = doors.size
    rides = mall.rides.size
    for kind in range(2):
        for place in range(places):
            level = level_of_place(mall, place)
            target = target_of_place(mall, place)
            for ride in range(rides):
                mall.togo_s[kind, place, ride] = np.inf
                if mall.rides[ride].to_level == level:
                    walk_m = mall.walk_m[table_index(mall, mall.rides[ride].to_node, target)]
                    mall.togo_s[kind, place, ride] = np.float32(walk_m / REFERENCE_MPS)
            changed = True
            while changed:
                changed = False
                for ride in range(rides):
                    best = mall.togo_s[kind, place, ride]
                    node = mall.rides[ride].to_node
                    if mall.rides[ride].to_level != level:
                        best = min(best, _best_over_rides_s(mall, node, place, kind))
                    if best < mall.togo_s[kind, place, ride]:
                        mall.togo_s[kind, place, ride] = best
                        changed = True
            for origin in range(places):
                node = doors[origin]
                if level_of_place(mall, origin) == level:
                    mall.hop_s[kind, origin, place] = np.float32(mall.walk_m[table_index(mall, node, target)] / REFERENCE_MPS)
                else:
                    mall.hop_s[kind, origin, place] = _best_over_rides_s(mall, node, place, kind)


@inlined
def time_over_ride_s(mall: Mall, node: int, ride: int, place: int, step_free: int) -> float:
    """Return the time from a node over one ride to a place of another level, without waits."""
    walk_s = mall.walk_m[table_index(mall, node, mall.rides[ride].target)] / REFERENCE_MPS
    return walk_s + ride_time_s(mall, ride, REFERENCE_MPS) + mall.togo_s[step_free, place, ride]


@kernel
def _best_over_rides_s(mall: Mall, node: int, place: int, step_free: int) -> np.float32:
    """Return the least time from a node to a place of another level."""
    ride = _quickest_ride(mall, node, place, step_free)
    return np.float32(time_over_ride_s(mall, node, ride, place, step_free)) if ride >= 0 else np.float32(np.inf)


@kernel
def time_to_place_s(mall: Mall, node: int, place: int, step_free: int) -> float:
    """Return the time from any node to a place at REFERENCE_MPS, without waits; inf where there is no way."""
    if mall.nodes[node].level == level_of_place(mall, place):
        return mall.walk_m[table_index(mall, node, target_of_place(mall, place))] / REFERENCE_MPS
    return _best_over_rides_s(mall, node, place, step_free)


@kernel
def choose_ride(mall: Mall, row: int, place: int, now_us: int) -> int:
    """Return the ride to take towards a place of another level, or -1: logit on walk, visible wait, ride and the way from there.

    Weighed are the rides that lead towards the place's level (`tables.ways_between`): nobody goes down in order to go up. Where there is none, and after
    RIDES_MAX rides on one errand, the quickest way is taken instead, which always ends.
    """
    shopper = mall.shoppers[row]
    if shopper.rides_taken >= RIDES_MAX:
        return _quickest_ride(mall, shopper.node, place, shopper.step_free)
    pair = mall.nodes[shopper.node].level * mall.levels.size + level_of_place(mall, place)
    count = 0
    best_s = np.inf
    for way in range(mall.way_start[pair], min(mall.way_start[pair + 1], mall.way_start[pair] + SCRATCH)):
        ride = mall.ways[way]
        if may_ride(mall, ride, shopper.step_free):
            time_s = time_over_ride_s(mall, shopper.node, ride, place, shopper.step_free)
            if time_s < np.inf:
                mall.scratch_place[count] = ride
                mall.scratch_draw[count] = time_s
                best_s = min(best_s, time_s)
                count += 1
    if count == 0:
        return _quickest_ride(mall, shopper.node, place, shopper.step_free)
    scale_s = mall.params[0].route_s_scale
    kept = 0
    for index in range(count):
        time_s = mall.scratch_draw[index]
        if time_s < best_s + OUT_OF_SIGHT * scale_s:
            ride = mall.scratch_place[index]
            mall.scratch_place[kept] = ride
            mall.scratch_utility[kept] = -(time_s + expected_board_s(mall, ride, shopper.people, now_us)) / scale_s
            kept += 1
    return _race(mall, row, kept, True)


@kernel
def _quickest_ride(mall: Mall, node: int, place: int, step_free: int) -> int:
    """Return the ride on the quickest way to a place of another level, or -1."""
    best = -1
    best_s = np.inf
    level = mall.levels[mall.nodes[node].level]
    for ride in range(level.ride_start, level.ride_end):
        if may_ride(mall, ride, step_free):
            time_s = time_over_ride_s(mall, node, ride, place, step_free)
            if time_s < best_s:
                best_s = time_s
                best = ride
    return best


@kernel
def choose_exit(mall: Mall, row: int, now_us: int) -> int:
    """Return the entrance to leave by, or -1: logit on the time to each open one and the wait at its door as it is now."""
    shopper = mall.shoppers[row]
    count = 0
    for entrance in range(mall.entrances.size):
        if mall.entrances[entrance].is_open == 1 and mall.entrances[entrance].share > 0.0 and count < mall.scratch_place.size:
            time_s = time_to_place_s(mall, shopper.node, mall.params[0].units + entrance, shopper.step_free)
            if time_s < np.inf:
                mall.scratch_place[count] = entrance
                wait_s = 1e-6 * max(0, mall.entrances[entrance].free_us - now_us)
                mall.scratch_utility[count] = -(time_s + wait_s) / mall.params[0].route_s_scale
                count += 1
    return _race(mall, row, count, False)


@kernel
def _race(mall: Mall, row: int, count: int, over_rides: bool) -> int:
    """Choose among scratch_place[:count] by scratch_utility, one draw per alternative, addressed by the alternative's own key."""
    if count == 0:
        return -1
    best = mall.scratch_utility[0]
    for index in range(1, count):
        best = max(best, mall.scratch_utility[index])
    shopper = mall.shoppers[row]
    base = draw_word(mall.keys[Stream.ROUTE], shopper.number, shopper.choices)
    for index in range(count):
        place = mall.scratch_place[index]
        key = mall.rides[place].key if over_rides else mall.entrances[place].key
        mall.scratch_utility[index] -= best
        mall.scratch_draw[index] = uniform_of(base, key + shopper.rides_taken)
    return mall.scratch_place[choose(mall.scratch_utility, mall.scratch_draw, count)]
