"""The day that engine and peers live through: one configuration, one compiled plan, the same parties for everybody."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from sim import config_files, paths
from sim.api import population_of
from sim.config import RunConfig
from sim.floorplan.cache import load_compiled
from sim.plan_arrays import CompiledPlan, PlanArrays, RideKind
from sim.units import minutes_from_hours
from sim.visitors import Visitors

REFERENCE_MPS = 1.2  # pace at which people judge ways they have not walked yet; the engine's, see sim/crowd/routing.py
# A plain day: its number of visits is the number asked for, whatever the weekday; nobody is located, as in the peers' day.
PLAIN = ["population.weekday_factors=[1,1,1,1,1,1,1]", "population.day_total_cv=0", "sensing.positioning.method=off"]
POSITIONS = "sensing.positioning.method=surrogate"  # the default, where it is to be measured
# SimPy's Resource has a fixed number of servers: where engine and peers are compared, tills are staffed alike all day, by both.
# And what the scripts do not have is left out for all three: car parks' bays, tables and kitchens, films, ways to pay, bags, meals put off.
COMPARED = [
    "operations.staffing.quiet_share=1", "population.car_share=0", "categories.restaurant.tables=false", "categories.fast_food.tables=false",
    "categories.cinema.need_share=0", "services.payment_s_mean=15", "desks.bags.slow_share_per_bag=0", "desks.bags.tire_min_per_bag=0",
    "queues.shifting.flexible_share=0",
]  # fmt: skip


def configured(visits: float, *overrides: str) -> RunConfig:
    """Return the scenario `everyday` with this many visits, on the plan that GALLERIA_BENCH_FLOORPLAN names if it is set."""
    plan = os.environ.get("GALLERIA_BENCH_FLOORPLAN")
    chosen = [f"floorplan={plan}"] if plan else []
    return config_files.compose("everyday", [f"population.visits_per_day={visits:.0f}", *PLAIN, *chosen, *overrides])


def compiled_plan(config: RunConfig) -> CompiledPlan:
    """Return the plan of a configuration, compiled."""
    return load_compiled(paths.find_floorplan(config.floorplan))


@dataclass(frozen=True)
class Day:
    """What a peer is given; none of it is in its measured time."""

    config: RunConfig
    compiled: CompiledPlan
    opens_s: float
    closes_s: float
    parties: Visitors
    hop_s: list[list[list[float]]]  # [step free][from place][to place], without waits; places: units, then entrances
    togo_s: list[list[list[float]]]  # [step free][ride][place] from the end of a ride


def day_of(config: RunConfig, compiled: CompiledPlan) -> Day:
    """Return the day: its parties, and the times between its places, from the plan's routing tables."""
    opens, closes = (minutes_from_hours(getattr(config.operations.hours, name)) for name in ("opens", "closes"))
    parties = population_of(config, compiled).arrivals(opens, closes)
    times = [_times_s(compiled.arrays, config, step_free) for step_free in (False, True)]
    hop_s, togo_s = ([found[index].tolist() for found in times] for index in (0, 1))
    return Day(config, compiled, 60.0 * opens, 60.0 * closes, parties, hop_s, togo_s)


def ride_times_s(plan: PlanArrays, config: RunConfig, speed_mps: float) -> np.ndarray:
    """Return the time on each ride, without the wait for it."""
    movement = config.movement
    kind, cycle_s = plan.connector_kind[plan.ride_connector], plan.connector_cycle_s[plan.ride_connector]
    goes_up = plan.ride_to_level > plan.ride_from_level
    stairs_mps = speed_mps * np.where(goes_up, movement.stairs_up_factor, movement.stairs_down_factor)
    lift_s = np.zeros(kind.size)
    for ride in np.flatnonzero(kind == RideKind.LIFT):
        stops = levels_served(plan, plan.ride_connector[ride])
        passed = abs(stops.index(plan.ride_to_level[ride]) - stops.index(plan.ride_from_level[ride]))
        lift_s[ride] = cycle_s[ride] / 2 * passed / (len(stops) - 1)
    return np.select(
        [kind == RideKind.LIFT, kind == RideKind.STAIRS],
        [lift_s, plan.ride_length_m / stairs_mps],
        plan.ride_length_m / movement.escalator_mps,
    )


def levels_served(plan: PlanArrays, connector: int) -> list[int]:
    """Return the levels at which a connector can be boarded or left, from the bottom."""
    mine = plan.ride_connector == connector
    found: list[int] = np.union1d(plan.ride_from_level[mine], plan.ride_to_level[mine]).tolist()
    return found


def _times_s(plan: PlanArrays, config: RunConfig, step_free: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the shortest times from places to places, and from the ends of rides to places."""
    place_node = np.concatenate([plan.door_node[plan.unit_door_start[:-1]], plan.entrance_node])
    place_target = np.concatenate([plan.unit_target, plan.entrance_target])
    place_level = np.concatenate([plan.unit_level, plan.entrance_level])
    board_s = ride_times_s(plan, config, REFERENCE_MPS)
    if step_free:
        board_s = np.where(plan.connector_kind[plan.ride_connector] == RideKind.LIFT, board_s, np.inf)
    walk_s = _walks_s(plan, plan.ride_to_node, place_level, place_target)
    change_s = _walks_s(plan, plan.ride_to_node, plan.ride_from_level, plan.ride_target) + board_s
    togo_s = walk_s
    while True:  # one more change of ride at every round
        better_s = np.where(np.isfinite(walk_s), walk_s, np.minimum(togo_s, _over(change_s, togo_s)))
        if np.array_equal(better_s, togo_s):
            break
        togo_s = better_s
    direct_s = _walks_s(plan, place_node, place_level, place_target)
    to_ride_s = _walks_s(plan, place_node, plan.ride_from_level, plan.ride_target) + board_s
    return np.where(np.isfinite(direct_s), direct_s, _over(to_ride_s, togo_s)), togo_s


def _over(first_s: np.ndarray, then_s: np.ndarray) -> np.ndarray:
    """Return the least sums over what lies between: a matrix product of (min, +)."""
    return np.array([(row[:, None] + then_s).min(axis=0) for row in first_s])


def _walks_s(plan: PlanArrays, nodes: np.ndarray, levels: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the walking time from each node to each target; inf to other levels."""
    level = plan.node_level[nodes]
    row = targets - plan.level_target_start[levels]
    index = (plan.level_table_start[levels] + row * np.diff(plan.level_node_start)[levels])[None, :] + (
        nodes - plan.level_node_start[level]
    )[:, None]
    is_same = level[:, None] == levels[None, :]
    return np.where(is_same, plan.walk_m[np.where(is_same, index, 0)] / REFERENCE_MPS, np.inf)
