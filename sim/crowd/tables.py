"""From plan and parameters to records: what the engine reads, built once per run."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt
from typing import Any

import numpy as np

from sim.categories import CATEGORIES, FOOD
from sim.config import CategoryConfig, RunConfig
from sim.crowd import state
from sim.crowd.cars.build import CarParks, car_parks_of, describe_parking
from sim.crowd.cars.exits_built import describe_exits, machine_numbers, machine_stations
from sim.crowd.checkout.build import describe_checkout, describe_trades, methods_of, self_checkout_stations
from sim.crowd.goods.catalogue import describe_goods
from sim.crowd.minds_built import describe_minds
from sim.crowd.movement import FREE_PER_M2
from sim.crowd.points.built import describe_points
from sim.crowd.points.gateway_built import describe_clearing
from sim.crowd.points.loyalty_built import describe_loyalty
from sim.crowd.points.offers_built import describe_offers
from sim.crowd.points.referring_built import describe_referral
from sim.crowd.promos.built import describe_promos
from sim.crowd.ratings import describe_ratings
from sim.crowd.signs import put_signs
from sim.crowd.splitting import describe_parties
from sim.crowd.state import LIFT_STOPS, LIFT_TRIPS, records
from sim.crowd.station_plans import UNLIMITED, StationPlan, gate_stations, lane_records, station_records, unit_stations
from sim.crowd.tickets import describe_tickets
from sim.crowd.venues.build import Venues, describe_venues, venue_stations, venues_of
from sim.crowd.venues.desks_built import desk_stations
from sim.errors import EngineError
from sim.plan_arrays import CompiledPlan, PlanArrays, RideKind
from sim.random_streams import mix
from sim.units import US_PER_MIN, US_PER_S, minutes_from_hours

LAST_ENTRY_MIN = 5.0  # nobody sets off for a shop that closes within five minutes
MIN_BORDER_M = 0.4  # nobody passes a gap narrower than a body; the drawing is taken to mean a body's width


@dataclass(frozen=True)
class Tables:
    """Records of everything that stands still, in the order of the plan."""

    nodes: Any
    legs: Any
    frontages: Any
    pieces: Any
    borders: Any
    zones: Any
    levels: Any
    units: Any
    entrances: Any
    rides: Any
    connectors: Any
    stations: Any
    station_names: list[str]
    lanes: Any
    cars: CarParks
    places: Venues
    methods: Any
    categories: Any
    pool: Any
    params: Any
    lift_load: np.ndarray
    doors: np.ndarray  # a node of every place


def build_tables(compiled: CompiledPlan, config: RunConfig) -> Tables:
    """Return the records of a mall before opening: everything closed, nobody inside."""
    plan = compiled.arrays
    categories, pool = _categories(plan, config)
    rides, connectors, lift_load = _rides(plan, config)
    plans = station_plans(compiled, config)
    index = {each.name: station for station, each in enumerate(plans)}
    cars = car_parks_of(compiled, config, index)
    cars.car_parks["pay_machine"] = machine_numbers(compiled, index)
    tables = Tables(
        nodes=_nodes(plan), legs=_legs(plan), frontages=_frontages(plan), pieces=_pieces(plan), borders=_borders(plan, config), zones=_zones(plan, config),
        levels=_levels(plan), units=_units(plan, config), entrances=_entrances(plan, config), rides=rides, connectors=connectors,
        lanes=lane_records(plans),
        stations=station_records(plans), station_names=list(index), cars=cars,
        places=venues_of(compiled, config, index), methods=methods_of(config), categories=categories, pool=pool,
        params=_params(plan, config), lift_load=lift_load, doors=_doors(plan),
    )  # fmt: skip
    put_signs(tables, compiled, config)
    return tables


def _fill(rows: int, dtype: np.dtype, **columns: Any) -> Any:  # type: ignore[type-arg]
    table = records(rows, dtype)
    for name, values in columns.items():
        table[name] = values
    return table


def _nodes(plan: PlanArrays) -> Any:
    local = np.arange(plan.node_level.size) - plan.level_node_start[plan.node_level]
    return _fill(plan.node_level.size, state.NODE, level=plan.node_level, zone=plan.node_zone, local=local)


def _legs(plan: PlanArrays) -> Any:
    return _fill(
        plan.leg_m.size, state.LEG, m=plan.leg_m, to=plan.leg_to,
        piece_start=plan.leg_piece_start[:-1], piece_end=plan.leg_piece_start[1:],
        frontage_start=plan.leg_frontage_start[:-1], frontage_end=plan.leg_frontage_start[1:],
    )  # fmt: skip


def _frontages(plan: PlanArrays) -> Any:
    return _fill(plan.frontage_unit.size, state.FRONTAGE, unit=plan.frontage_unit, key=plan.unit_key[plan.frontage_unit])


def _pieces(plan: PlanArrays) -> Any:
    return _fill(plan.piece_m.size, state.PIECE, m=plan.piece_m, zone=plan.piece_zone, border=plan.piece_border)


def _borders(plan: PlanArrays, config: RunConfig) -> Any:
    widths_m = np.maximum(plan.border_width_m, MIN_BORDER_M)
    headways = np.int64(1e6 / (widths_m * config.movement.border_flow_per_m_s))
    return _fill(widths_m.size, state.BORDER, headway_us=headways)


def _zones(plan: PlanArrays, config: RunConfig) -> Any:
    room = np.maximum(plan.zone_area_m2 * config.movement.spill_back_per_m2, 8).astype(np.int32)
    return _fill(room.size, state.ZONE, area_m2=plan.zone_area_m2, room_people=room, line_head=-1, line_tail=-1)


def _levels(plan: PlanArrays) -> Any:
    levels = plan.level_node_start.size - 1
    first, end = np.full(levels, plan.unit_level.size), np.zeros(levels, np.int64)
    np.minimum.at(first, plan.unit_level, np.arange(plan.unit_level.size))
    np.maximum.at(end, plan.unit_level, np.arange(plan.unit_level.size) + 1)
    return _fill(
        plan.level_node_start.size - 1, state.LEVEL, table_start=plan.level_table_start[:-1],
        targets=np.diff(plan.level_target_start), target_start=plan.level_target_start[:-1],
        ride_start=plan.level_ride_start[:-1], ride_end=plan.level_ride_start[1:],
        unit_start=np.minimum(first, end), unit_end=end,
    )  # fmt: skip


def _units(plan: PlanArrays, config: RunConfig) -> Any:
    widths_m = np.maximum(np.add.reduceat(np.append(plan.door_width_m, 0.0), plan.unit_door_start[:-1]), 0.8)
    room = np.maximum(plan.unit_area_m2 / config.services.store_m2_per_person, 6).astype(np.int32)
    # The line for a table stands at the door; it is balked at by its length, not by the floor inside.
    has_tables = np.array([config.categories[CATEGORIES[trade]].tables for trade in plan.unit_category], bool)
    room = np.where(has_tables, UNLIMITED, room)
    return _fill(
        plan.unit_key.size, state.UNIT, key=plan.unit_key, level=plan.unit_level, target=plan.unit_target,
        category=plan.unit_category, room_people=room,
        headway_us=np.int64(1e6 / (widths_m * config.movement.border_flow_per_m_s)),
    )  # fmt: skip


def _entrances(plan: PlanArrays, config: RunConfig) -> Any:
    widths_m = np.maximum(plan.entrance_width_m, MIN_BORDER_M)
    return _fill(
        plan.entrance_key.size, state.ENTRANCE, key=plan.entrance_key, share=plan.entrance_share, node=plan.entrance_node,
        level=plan.entrance_level, target=plan.entrance_target, x_m=plan.node_x_m[plan.entrance_node],
        y_m=plan.node_y_m[plan.entrance_node],
        headway_us=np.int64(1e6 / (widths_m * config.movement.border_flow_per_m_s)),
    )  # fmt: skip


def _rides(plan: PlanArrays, config: RunConfig) -> tuple[Any, Any, np.ndarray]:
    movement = config.movement
    count = plan.ride_connector.size
    kind = plan.connector_kind[plan.ride_connector]
    is_up = plan.ride_to_level > plan.ride_from_level
    stairs_flow = np.where(is_up, movement.stairs_up_flow_per_m_s, movement.stairs_down_flow_per_m_s)
    width_m = np.maximum(plan.connector_width_m[plan.ride_connector], MIN_BORDER_M)
    per_s = np.where(kind == RideKind.ESCALATOR, movement.escalator_people_per_h / 3600 * width_m, stairs_flow * width_m)
    lifts = np.flatnonzero(plan.connector_kind == RideKind.LIFT)
    lift_of = np.full(plan.connector_kind.size, -1)
    lift_of[lifts] = np.arange(lifts.size)
    stops = [np.unique(np.concatenate([plan.ride_from_level[plan.ride_connector == c], plan.ride_to_level[plan.ride_connector == c]]))
             for c in range(plan.connector_kind.size)]  # fmt: skip
    if any(len(served) >= LIFT_STOPS for served in stops):
        raise EngineError(f"a lift serves more than {LIFT_STOPS - 1} levels; split it into two connectors")
    from_stop = [
        int(np.searchsorted(stops[c], level)) for c, level in zip(plan.ride_connector, plan.ride_from_level, strict=True)
    ]
    to_stop = [int(np.searchsorted(stops[c], level)) for c, level in zip(plan.ride_connector, plan.ride_to_level, strict=True)]
    sweep_s = plan.connector_cycle_s[plan.ride_connector] / 2
    steps = np.maximum([len(stops[c]) - 1 for c in plan.ride_connector], 1)
    lift_s = sweep_s * np.abs(np.subtract(to_stop, from_stop)) / steps
    connector_key = plan.connector_key[plan.ride_connector].astype(np.uint64)
    with np.errstate(over="ignore"):
        keys = [int(mix(np.uint64(key) + np.uint64(stop))) >> 1 for key, stop in zip(connector_key, to_stop, strict=True)]
    rides = _fill(
        count, state.RIDE, connector=plan.ride_connector, to_node=plan.ride_to_node,
        to_level=plan.ride_to_level, target=plan.ride_target, kind=kind, length_m=plan.ride_length_m,
        headway_us=np.int64(1e6 / per_s), ride_s=np.where(kind == RideKind.LIFT, lift_s, plan.ride_length_m / movement.escalator_mps),
        speed_factor=np.where(is_up, movement.stairs_up_factor, movement.stairs_down_factor),
        lift=lift_of[plan.ride_connector], from_stop=from_stop, to_stop=to_stop, key=keys,
    )  # fmt: skip
    connectors = _fill(
        plan.connector_kind.size, state.CONNECTOR, cycle_us=np.int64(plan.connector_cycle_s * US_PER_S),
        phase_us=_lift_phases_us(plan, stops),
        capacity_people=plan.connector_capacity_people, stops=[len(served) for served in stops], is_open=1,
    )  # fmt: skip
    return rides, connectors, np.zeros((max(lifts.size, 1), 2, LIFT_TRIPS, LIFT_STOPS), np.int32)


def ways_between(plan: PlanArrays) -> tuple[np.ndarray, np.ndarray]:
    """Return the rides that lead from each level towards each other, and where those of (from level, to level) begin.

    A ride leads towards a level when fewer levels are left after it. A lift counts once: nobody weighs each floor on the way as an
    alternative of its own, so only its stop nearest to the wanted level is listed.
    """
    levels = plan.level_node_start.size - 1
    ways: list[int] = []
    starts = [0]
    for here in range(levels):
        rides = np.arange(plan.level_ride_start[here], plan.level_ride_start[here + 1])
        for there in range(levels):
            left = np.abs(plan.ride_to_level[rides] - there)
            nearest = {
                connector: left[plan.ride_connector[rides] == connector].min() for connector in set(plan.ride_connector[rides])
            }
            is_nearest = left == np.array([nearest[connector] for connector in plan.ride_connector[rides]])
            ways += rides[(left < abs(here - there)) & is_nearest].tolist()
            starts.append(len(ways))
    return np.array(ways, np.int32), np.array(starts, np.int32)


def _lift_phases_us(plan: PlanArrays, stops: list[np.ndarray]) -> np.ndarray:
    """Spread lifts that serve the same levels evenly over their cycle, the first at 0: a group control's least promise."""
    phases_us = np.zeros(plan.connector_kind.size, np.int64)
    groups: dict[tuple[int, ...], list[int]] = {}
    for lift in np.flatnonzero(plan.connector_kind == RideKind.LIFT):
        groups.setdefault(tuple(stops[lift].tolist()), []).append(int(lift))
    for lifts in groups.values():
        for position, connector in enumerate(lifts):
            phases_us[connector] = int(plan.connector_cycle_s[connector] * US_PER_S) * position // len(lifts)
    return phases_us


def station_plans(compiled: CompiledPlan, config: RunConfig) -> list[StationPlan]:
    """Return all stations of a mall in their order: those of units first, station u being unit u's.

    What a mall can do without comes last, so that the numbers of the others do not depend on it.
    """
    return [
        *unit_stations(compiled, config), *gate_stations(compiled, config), *venue_stations(compiled, config),
        *machine_stations(compiled, config), *self_checkout_stations(compiled, config), *desk_stations(compiled, config),
    ]  # fmt: skip


def _categories(plan: PlanArrays, config: RunConfig) -> tuple[Any, Any]:
    """Return the trades, then a row for all food and one for all stores, with the pools of units they choose from."""
    trades = records(len(CATEGORIES) + 2, state.CATEGORY)
    appeal = (
        np.array([config.categories[CATEGORIES[c]].appeal for c in plan.unit_category])
        if plan.unit_category.size
        else np.zeros(0)
    )
    appeal = appeal * (plan.unit_area_m2 / 100.0) ** config.choice.area_exponent
    food = [CATEGORIES.index(name) for name in FOOD]
    members = [np.flatnonzero(plan.unit_category == c) for c in range(len(CATEGORIES))]
    members += [np.flatnonzero(np.isin(plan.unit_category, food)), np.arange(plan.unit_category.size)]
    pool = records(sum(units.size for units in members), state.POOL)
    start = 0
    for index, units in enumerate(members):
        end = start + units.size
        pool["unit"][start:end] = units
        pool["cumulative"][start:end] = np.cumsum(appeal[units])
        with np.errstate(divide="ignore"):
            pool["log_appeal"][start:end] = np.log(appeal[units])
        pool["guide"][start:end] = _guide(pool["cumulative"][start:end])
        trades[index].pool_start, trades[index].pool_end = start, end
        start = end
    for index, name in enumerate(CATEGORIES):
        _describe_trade(trades[index], config.categories[name])
        margin_min = config.services.last_orders_min if config.categories[name].tables else LAST_ENTRY_MIN
        trades[index].last_entry_us = int(margin_min * US_PER_MIN)
    describe_trades(trades, config.categories)
    return trades, pool


def _guide(cumulative: np.ndarray) -> np.ndarray:
    """Return for each of as many equal shares of the total the first index that it can fall on, see `pick_by_weight`."""
    if cumulative.size == 0 or cumulative[-1] <= 0:
        return np.zeros(cumulative.size, np.int32)
    shares = np.arange(cumulative.size) / cumulative.size * cumulative[-1]
    return np.minimum(np.searchsorted(cumulative, shares * (1 - 1e-12), side="right"), cumulative.size - 1).astype(np.int32)


def _describe_trade(trade: Any, category: CategoryConfig) -> None:
    dwell_variance = log(1 + category.dwell_cv**2)
    trade.dwell_mu = log(60 * category.dwell_min_mean) - dwell_variance / 2
    trade.dwell_sigma = sqrt(dwell_variance)
    trade.conversion_share = category.conversion_share
    trade.basket_mu = log(max(category.basket_yuan_mean, 1e-9)) - category.basket_sigma**2 / 2
    trade.basket_sigma = category.basket_sigma
    trade.basket_fen = 100.0 * category.basket_yuan_mean
    trade.has_tables = int(category.tables)
    trade.per_head = int(category.per_head)


def _params(plan: PlanArrays, config: RunConfig) -> Any:
    choice, movement = config.choice, config.movement
    params = records(1, state.PARAMS)
    one = params[0]
    one.gamma_per_m2, one.jam_per_m2, one.creep_mps = (
        movement.weidmann_gamma_per_m2,
        movement.jam_density_per_m2,
        movement.creep_mps,
    )
    one.walk_s_scale, one.wait_s_scale, one.route_s_scale = choice.walk_s_scale, choice.wait_s_scale, choice.route_s_scale
    one.impulse_share, one.browse_share = choice.impulse_share, choice.browse_share
    one.wrong_turn_share, one.navigation_factor = choice.wrong_turn_share, choice.navigation_factor
    one.orientation_share, one.orientation_s_mean = choice.orientation_share, choice.orientation_s_mean
    one.critical_per_m2, one.critical_factor = critical_point(movement.weidmann_gamma_per_m2, movement.jam_density_per_m2)
    one.gridlock_us = int(movement.gridlock_patience_s * US_PER_S)
    one.closing_grace_us = int(config.services.closing_grace_s * US_PER_S)
    for meal in ("lunch", "dinner"):
        for end in ("starts", "ends"):
            one[f"{meal}_{end}_us"] = minutes_from_hours(getattr(choice, f"{meal}_{end}")) * US_PER_MIN
    one.consideration_size = choice.consideration_size
    one.congestion = int(movement.congestion)
    one.units, one.entrances = plan.unit_key.size, plan.entrance_key.size
    one.food_pool = len(CATEGORIES)
    for describe in (describe_venues, describe_checkout, describe_parking, describe_tickets):
        describe(one, config)
    describe_exits(one, config)
    describe_minds(one, config)
    describe_parties(one, config)
    describe_goods(one, config)
    describe_ratings(one, config)
    describe_points(one, config)
    describe_referral(one, config)
    describe_clearing(one, config)
    describe_loyalty(one, config)
    describe_offers(one, config)
    describe_promos(one, config)
    return params


def by_node(plan: PlanArrays, table: np.ndarray) -> np.ndarray:
    """Return a routing table, per level (targets, nodes), as (nodes, targets): one node's ways to all rides then lie side by side."""
    turned = np.empty_like(table)
    for level in range(plan.level_node_start.size - 1):
        start, end = plan.level_table_start[level : level + 2]
        nodes = int(plan.level_node_start[level + 1] - plan.level_node_start[level])
        turned[start:end] = table[start:end].reshape(-1, nodes).T.ravel() if nodes else table[start:end]
    return turned


def critical_point(gamma_per_m2: float, jam_per_m2: float) -> tuple[float, float]:
    """Return the density at which the walking law's flow is largest, and its speed factor there (1.75 /m2 and 0.52 by default)."""
    density = np.linspace(FREE_PER_M2, jam_per_m2, 100_001)
    factor = 1.0 - np.exp(-gamma_per_m2 * (1.0 / density - 1.0 / jam_per_m2))
    best = int(np.argmax(density * factor))
    return float(density[best]), float(factor[best])


def _doors(plan: PlanArrays) -> np.ndarray:
    first_doors = plan.door_node[plan.unit_door_start[:-1]] if plan.unit_key.size else np.zeros(0, np.int32)
    return np.concatenate([first_doors, plan.entrance_node]).astype(np.int32)
