"""Floor plan in, plain arrays out: the one step between drawings and the engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from sim.errors import FloorPlanError
from sim.floorplan.compile_arrays import (
    crowding_layer,
    entrance_arrays,
    parking_arrays,
    ride_arrays,
    store_arrays,
    target_arrays,
    walking_layer,
)
from sim.floorplan.compile_places import Places, place_all, rings_of
from sim.floorplan.compile_problems import problems_of
from sim.floorplan.levels import LevelGraph, compile_level
from sim.floorplan.plan import FloorPlan, Tenant
from sim.floorplan.rooms import access_points_of, room_raster
from sim.floorplan.walkable import moved, snapped
from sim.plan_arrays import CompiledPlan, PlanArrays

COMPILER_VERSION = 3  # count up when the same plan compiles to other arrays


def _canonical(value: Any) -> Any:
    """Return a value as JSON can write it, features sorted, shapes by the binary form of their normal order."""
    if isinstance(value, BaseGeometry):
        return shapely.to_wkb(shapely.normalize(value), hex=True, byte_order=1)
    if isinstance(value, dict):
        return {str(key): _canonical(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_canonical(inner) for inner in value]
    if isinstance(value, np.generic):
        return value.item()
    return value


def digest_of(plan: FloorPlan) -> str:
    """Return the SHA-256 of the plan's canonical form (order of features aside) and of the compiler's version."""
    form: dict[str, Any] = {"compiler": COMPILER_VERSION, "name": plan.name}
    for part in ("levels", "units", "tenants", "connectors", "entrances", "parking", "access_points"):
        rows = [
            {f.name: _canonical(_plain(getattr(row, f.name))) for f in fields(row) if not _is_as_drawn(f.name, row)}
            for row in getattr(plan, part)
        ]
        form[part] = sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))
    return hashlib.sha256(json.dumps(form, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _is_as_drawn(name: str, row: Any) -> bool:
    """Tell whether a field is one that only changes of layout fill, and is empty."""
    return name in ("key", "weekdays") and getattr(row, name) is None


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [asdict(inner) if hasattr(inner, "__dataclass_fields__") else inner for inner in value]
    return value


def compile_plan(plan: FloorPlan) -> CompiledPlan:
    """Compile a plan; raises FloorPlanError with all problems when it cannot be walked."""
    source = plan.source or plan.name
    problems = list(problems_of(plan))
    if problems:
        raise FloorPlanError.of(source, problems)
    places = place_all(plan)
    if places.problems:
        raise FloorPlanError.of(source, places.problems)
    used = _used_levels(places)
    graphs = [_graph_of(places, level) for level in range(len(places.levels))] if used else []
    return _assembled(plan, places, graphs)


def _used_levels(places: Places) -> list[int]:
    return [level for level, floor in enumerate(places.floors) if floor.pieces]


def _stores_on(places: Places, level: int) -> list[int]:
    identifier = places.levels[level].id
    return [number for number, store in enumerate(places.stores) if store.unit.level == identifier]


def _graph_of(places: Places, level: int) -> LevelGraph:
    """Compile one level from what stands on it."""
    stores = [places.stores[number] for number in _stores_on(places, level)]
    spots = [spot for store in stores for spot, _ in store.doors]
    spots += [spot for _, on, spot in places.entrances if on == level]
    spots += [spot for stops in places.stops.values() for on, spot in stops if on == level]
    anchors_m = np.unique(np.array(spots).reshape(-1, 2), axis=0)
    doors_m = [np.array([spot for spot, _ in store.doors]) for store in stores]
    fronts = [
        store.front if store.front is not None else shapely.multipoints(doors)
        for store, doors in zip(stores, doors_m, strict=True)
    ]
    return compile_level(places.floors[level], anchors_m, fronts, list(doors_m))


def _rings_moved(shape: BaseGeometry, origin: tuple[float, float]) -> tuple[np.ndarray, ...]:
    return tuple(ring + origin for ring in rings_of(shape))


def _rest_of(tenant: Tenant) -> dict[str, object]:
    return {key: value for key, value in asdict(tenant).items() if key not in ("name", "category", "unit")}


def _assembled(plan: FloorPlan, places: Places, graphs: list[LevelGraph]) -> CompiledPlan:
    level_of = {level.id: number for number, level in enumerate(places.levels)}
    arrays = walking_layer(graphs, [_stores_on(places, level) for level in range(len(graphs))], places.origin_m)
    node_start = arrays["level_node_start"]
    arrays |= crowding_layer(graphs, places.origin_m)
    arrays |= store_arrays(places, graphs, level_of, node_start)
    arrays |= entrance_arrays(places, graphs, node_start)
    arrays |= ride_arrays(places, graphs, node_start)
    arrays |= target_arrays(arrays, graphs)
    entrance_ids = tuple(entrance.id for entrance, _, _ in places.entrances)
    parking_ids, parking = parking_arrays(plan, entrance_ids)
    arrays |= parking
    access_point_ids, access_points = access_points_of(plan, places)
    origin = places.origin_m
    car_parks = {area.id: area.polygon for area in plan.parking}

    def rings(shapes: Iterable[BaseGeometry]) -> tuple[tuple[np.ndarray, ...], ...]:
        return tuple(_rings_moved(shape, origin) for shape in shapes)

    def rings_as_drawn(shape: BaseGeometry | None) -> tuple[np.ndarray, ...]:
        return () if shape is None else _rings_moved(snapped(moved(shape, -origin[0], -origin[1])), origin)

    return CompiledPlan(
        name=plan.name,
        digest=digest_of(plan),
        arrays=PlanArrays(**arrays),
        level_ids=tuple(level.id for level in places.levels),
        level_names=tuple(level.name for level in places.levels),
        level_ordinals=tuple(level.ordinal for level in places.levels),
        unit_ids=tuple(store.unit.id for store in places.stores),
        tenant_names=tuple(store.tenant.name for store in places.stores),
        tenant_categories=tuple(store.tenant.category for store in places.stores),
        entrance_ids=entrance_ids,
        connector_ids=tuple(connector.id for connector in places.connectors),
        parking_ids=parking_ids,
        walkable_rings=tuple(rings(floor.pieces) for floor in places.floors),
        unit_rings=rings(store.shape for store in places.stores),
        structure_rings=tuple(rings(shape for _, shape in rooms) for rooms in places.structures),
        zone_rings=rings(shape for graph in graphs for shape in graph.zones.shapes),
        unreachable_units=tuple(sorted(places.unreachable)),
        tenants=tuple(_rest_of(store.tenant) for store in places.stores),
        structure_names=tuple(tuple(name for name, _ in rooms) for rooms in places.structures),
        outline_rings=tuple(rings_as_drawn(level.outline) for level in places.levels),
        parking_rings=tuple(rings_as_drawn(car_parks[park]) for park in parking_ids),
        level_heights_m=tuple(level.height_m for level in places.levels),
        rooms=room_raster(places),
        access_points=access_points,
        access_point_ids=access_point_ids,
    )
