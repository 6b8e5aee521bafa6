"""The parts of the array form: levels stacked into one numbering, then stores, entrances, rides, targets and car parks."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sim.categories import CATEGORY_INDEX
from sim.floorplan.compile_places import Places, outer_ring, rides_of
from sim.floorplan.levels import LevelGraph
from sim.floorplan.plan import Entrance, FloorPlan
from sim.floorplan.routing import routes
from sim.floorplan.walkable import snap
from sim.plan_arrays import RideKind
from sim.random_streams import stable_key

Arrays = dict[str, np.ndarray]
# Rise per metre of slope: escalators climb at 30 degrees at most (EN 115-1), comfortable stairs at about 32 degrees.
STEEPEST = {"escalator": math.sin(math.radians(30.0)), "stairs": math.sin(math.radians(32.0))}
KINDS = {"escalator": RideKind.ESCALATOR, "lift": RideKind.LIFT, "stairs": RideKind.STAIRS}


def starts(counts: Sequence[int] | np.ndarray, dtype: type = np.int32) -> np.ndarray:
    """Return where each group starts in a list of all groups, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(np.asarray(counts, dtype=np.int64))]).astype(dtype)


def _stack(parts: Sequence[np.ndarray], dtype: type) -> np.ndarray:
    return np.concatenate([np.asarray(part) for part in parts]).astype(dtype) if len(parts) else np.zeros(0, dtype)


def walking_layer(graphs: list[LevelGraph], units_of_level: list[list[int]], origin: tuple[float, float]) -> Arrays:
    """Stack nodes, legs, pieces and frontages; `units_of_level` numbers the stores that a level's `seen` lists by position."""
    node_start = starts([len(graph.nodes_m) for graph in graphs])
    zone_start = starts([len(graph.zones.area_m2) for graph in graphs])
    border_start = starts([len(graph.zones.border_m) for graph in graphs])
    nodes_m = np.concatenate([graph.nodes_m for graph in graphs])
    legs = [graph.legs + first for graph, first in zip(graphs, node_start, strict=False)]
    leg_from = _stack([pair[:, 0] for pair in legs], np.int32)
    borders = [np.where(g.pieces.border >= 0, g.pieces.border + b, -1) for g, b in zip(graphs, border_start, strict=False)]
    seen = [[units[place] for place in row] for g, units in zip(graphs, units_of_level, strict=True) for row in g.seen]
    return {
        "level_node_start": node_start,
        "node_x_m": nodes_m[:, 0] + origin[0],
        "node_y_m": nodes_m[:, 1] + origin[1],
        "node_level": np.repeat(np.arange(len(graphs)), np.diff(node_start)).astype(np.int32),
        "node_zone": _stack([g.node_zone + z for g, z in zip(graphs, zone_start, strict=False)], np.int32),
        "node_leg_start": np.searchsorted(leg_from, np.arange(len(nodes_m) + 1)).astype(np.int32),
        "leg_from": leg_from,
        "leg_to": _stack([pair[:, 1] for pair in legs], np.int32),
        "leg_m": _stack([graph.leg_m for graph in graphs], np.float64),
        "leg_piece_start": starts(_stack([np.diff(graph.pieces.start) for graph in graphs], np.int64)),
        "piece_zone": _stack([g.pieces.zone + z for g, z in zip(graphs, zone_start, strict=False)], np.int32),
        "piece_m": _stack([graph.pieces.length_m for graph in graphs], np.float64),
        "piece_border": _stack(borders, np.int32),
        "piece_left_m": _stack([graph.left_m for graph in graphs], np.float64),
        "piece_right_m": _stack([graph.right_m for graph in graphs], np.float64),
        "leg_frontage_start": starts([len(row) for row in seen]),
        "frontage_unit": np.array([unit for row in seen for unit in row], dtype=np.int32),
    }


def crowding_layer(graphs: list[LevelGraph], origin: tuple[float, float]) -> Arrays:
    """Stack zones and borders."""
    zone_start = starts([len(graph.zones.area_m2) for graph in graphs])
    inside_m = np.concatenate([graph.zones.inside_m for graph in graphs])
    pairs = np.concatenate([g.zones.border_pair + z for g, z in zip(graphs, zone_start, strict=False)])
    return {
        "zone_level": np.repeat(np.arange(len(graphs)), np.diff(zone_start)).astype(np.int32),
        "zone_area_m2": _stack([graph.zones.area_m2 for graph in graphs], np.float64),
        "zone_x_m": snap(inside_m[:, 0]) + origin[0],
        "zone_y_m": snap(inside_m[:, 1]) + origin[1],
        "border_zone_a": pairs[:, 0].astype(np.int32),
        "border_zone_b": pairs[:, 1].astype(np.int32),
        "border_width_m": _stack([graph.zones.border_m for graph in graphs], np.float64),
    }


def store_arrays(places: Places, graphs: list[LevelGraph], level_of: dict[str, int], node_start: np.ndarray) -> Arrays:
    """Return units, their doors and rings."""
    x0, y0 = places.origin_m
    inside = np.array([store.shape.representative_point().coords[0] for store in places.stores]).reshape(-1, 2)
    rings = [outer_ring(store.shape) for store in places.stores]
    ring_m = np.concatenate(rings) if rings else np.zeros((0, 2))
    levels = [level_of[store.unit.level] for store in places.stores]
    doors = [
        (graphs[level].node_at(spot) + node_start[level], width_m)
        for level, store in zip(levels, places.stores, strict=True)
        for spot, width_m in store.doors
    ]
    return {
        "unit_level": np.array(levels, dtype=np.int32),
        "unit_key": np.array([stable_key(store.tenant.key or store.unit.id) for store in places.stores], dtype=np.int64),
        "unit_area_m2": np.array([store.tenant.floor_area_m2 or store.shape.area for store in places.stores], dtype=np.float64),
        "unit_category": np.array([CATEGORY_INDEX[store.tenant.category] for store in places.stores], dtype=np.int32),
        "unit_x_m": snap(inside[:, 0]) + x0,
        "unit_y_m": snap(inside[:, 1]) + y0,
        "unit_door_start": starts([len(store.doors) for store in places.stores]),
        "door_node": np.array([node for node, _ in doors], dtype=np.int32),
        "door_width_m": np.array([width_m for _, width_m in doors], dtype=np.float64),
        "unit_ring_start": starts([len(ring) for ring in rings]),
        "ring_x_m": ring_m[:, 0] + x0,
        "ring_y_m": ring_m[:, 1] + y0,
    }


def shares_of(entrances: list[Entrance]) -> np.ndarray:
    """Return the share of arrivals on foot of each entrance: as given, the rest by width; none at doors to car parks."""
    on_foot = np.array([entrance.kind in ("street", "transit") for entrance in entrances])
    given = np.array([entrance.share is not None for entrance in entrances])
    share = np.array([entrance.share or 0.0 for entrance in entrances])
    share[[entrance.kind == "car_park" for entrance in entrances]] = 0.0
    width_m = np.array([entrance.width_m for entrance in entrances])
    open_to = on_foot & ~given
    rest = max(0.0, 1.0 - float(share.sum()))
    if open_to.any():
        share[open_to] = rest * width_m[open_to] / width_m[open_to].sum()
    if share.sum() <= 0.0:  # only spots or car parks: everybody comes through them alike
        share = width_m.copy()
    return np.asarray(share / share.sum())


def entrance_arrays(places: Places, graphs: list[LevelGraph], node_start: np.ndarray) -> Arrays:
    """Return the entrances."""
    entrances = [entrance for entrance, _, _ in places.entrances]
    nodes = [graphs[level].node_at(spot) + node_start[level] for _, level, spot in places.entrances]
    return {
        "entrance_node": np.array(nodes, dtype=np.int32),
        "entrance_level": np.array([level for _, level, _ in places.entrances], dtype=np.int32),
        "entrance_width_m": np.array([entrance.width_m for entrance in entrances], dtype=np.float64),
        "entrance_key": np.array([stable_key(entrance.id) for entrance in entrances], dtype=np.int64),
        "entrance_share": shares_of(entrances),
    }


def _ride_m(kind: str, run_m: float, rise_m: float) -> float:
    """Return the length along the slope (the height in a lift); stops drawn too near for the climb get the steepest slope."""
    if kind == "lift":
        return rise_m
    return max(math.hypot(run_m, rise_m), rise_m / STEEPEST[kind])


def ride_arrays(places: Places, graphs: list[LevelGraph], node_start: np.ndarray) -> Arrays:
    """Return connectors and their rides."""
    rows = []
    for number, connector in enumerate(places.connectors):
        stops = places.stops[connector.id]
        for one, other in rides_of(connector):
            (low, start), (high, stop) = stops[one], stops[other]
            rise_m = abs(places.levels[high].height_m - places.levels[low].height_m)
            length_m = _ride_m(connector.kind, math.hypot(*(stop - start)), rise_m)
            nodes = (graphs[low].node_at(start) + node_start[low], graphs[high].node_at(stop) + node_start[high])
            rows.append((low, number, high, *nodes, length_m))
    rows.sort()
    columns = list(zip(*rows, strict=True)) if rows else [()] * 6
    connectors = places.connectors
    lift = np.array([connector.kind == "lift" for connector in connectors], dtype=bool)
    ride_level = np.array(columns[0], dtype=np.int32)
    return {
        "connector_kind": np.array([KINDS[connector.kind] for connector in connectors], dtype=np.int32),
        "connector_key": np.array([stable_key(connector.id) for connector in connectors], dtype=np.int64),
        "connector_capacity_people": np.where(lift, [c.capacity_people for c in connectors], 0).astype(np.int32),
        "connector_cycle_s": np.where(lift, [c.cycle_s for c in connectors], 0.0).astype(np.float64),
        "connector_width_m": np.array([connector.width_m for connector in connectors], dtype=np.float64),
        "ride_connector": np.array(columns[1], dtype=np.int32),
        "ride_from_node": np.array(columns[3], dtype=np.int32),
        "ride_to_node": np.array(columns[4], dtype=np.int32),
        "ride_from_level": ride_level,
        "ride_to_level": np.array(columns[2], dtype=np.int32),
        "ride_length_m": np.array(columns[5], dtype=np.float64),
        "level_ride_start": np.searchsorted(ride_level, np.arange(len(graphs) + 1)).astype(np.int32),
    }


def target_arrays(arrays: Arrays, graphs: list[LevelGraph]) -> Arrays:
    """Return the targets of each level and the ways to them."""
    node_start = arrays["level_node_start"]
    unit_target = np.zeros(len(arrays["unit_level"]), dtype=np.int32)
    ride_target = np.zeros(len(arrays["ride_from_level"]), dtype=np.int32)
    entrance_target = np.zeros(len(arrays["entrance_level"]), dtype=np.int32)
    counts: list[int] = []
    tables: list[tuple[np.ndarray, np.ndarray]] = []
    leg_start = starts([len(graph.legs) for graph in graphs])
    for level, graph in enumerate(graphs):
        first_node, total = node_start[level], sum(counts)
        units = np.flatnonzero(arrays["unit_level"] == level)
        rides = np.flatnonzero(arrays["ride_from_level"] == level)
        entrances = np.flatnonzero(arrays["entrance_level"] == level)
        door_start = arrays["unit_door_start"]
        goals = [arrays["door_node"][door_start[unit] : door_start[unit + 1]] - first_node for unit in units]
        goals += [arrays["ride_from_node"][[ride]] - first_node for ride in rides]
        goals += [arrays["entrance_node"][[entrance]] - first_node for entrance in entrances]
        unit_target[units] = total + np.arange(len(units))
        ride_target[rides] = total + len(units) + np.arange(len(rides))
        entrance_target[entrances] = total + len(units) + len(rides) + np.arange(len(entrances))
        counts.append(len(goals))
        next_leg, walk_m = routes(graph.legs, graph.leg_m, len(graph.nodes_m), goals)
        tables.append((np.where(next_leg >= 0, next_leg + leg_start[level], next_leg).ravel(), walk_m.ravel()))
    return {
        "level_target_start": starts(counts),
        "unit_target": unit_target,
        "ride_target": ride_target,
        "entrance_target": entrance_target,
        "level_table_start": starts([len(next_leg) for next_leg, _ in tables], np.int64),
        "next_leg": _stack([next_leg for next_leg, _ in tables], np.int32),
        "walk_m": _stack([walk_m for _, walk_m in tables], np.float64),
    }


def parking_arrays(plan: FloorPlan, entrance_ids: tuple[str, ...]) -> tuple[tuple[str, ...], Arrays]:
    """Return the ids of the car parks, and their arrays."""
    order = {level.id: level.ordinal for level in plan.levels}
    areas = sorted(plan.parking, key=lambda area: (order.get(area.level, 0), area.id))
    return tuple(area.id for area in areas), {
        "parking_key": np.array([stable_key(area.id) for area in areas], dtype=np.int64),
        "parking_bays": np.array([area.bays for area in areas], dtype=np.int32),
        "parking_gates": np.array([area.gates for area in areas], dtype=np.int32),
        "parking_entrance": np.array([entrance_ids.index(area.entrance) for area in areas], dtype=np.int32),
        "parking_walk_m": np.array([area.walk_m for area in areas], dtype=np.float64),
    }
