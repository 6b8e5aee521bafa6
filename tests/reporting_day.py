"""A made-up mall and a made-up day for the tests of reporting: quick to build, of any size, with events that belong together."""

from __future__ import annotations

import numpy as np

from sim.crowd.tallies import Counted, Tallies, empty_tallies
from sim.events import EventKind, EventLog
from sim.plan_arrays import CompiledPlan, PlanArrays
from sim.units import US_PER_HOUR, US_PER_S
from sim.visitors import PayMethod

TRADES = ("fashion", "beauty", "restaurant", "cafe", "sport", "supermarket", "fast_food", "kids")
HOSTILE_NAME = "</script><img src=x onerror=alert(1)>"


def _box(x: float, y: float, width: float, height: float) -> np.ndarray:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height], [x, y]], float)


def made_up_plan(
    levels: int = 2, units_per_level: int = 6, zones_per_level: int = 8, names: dict[int, str] | None = None
) -> CompiledPlan:
    """Return a plan of two rows of stores along one hall per level, two entrances and one car park."""
    units, zones = levels * units_per_level, levels * zones_per_level
    half = (units_per_level + 1) // 2
    unit_rings, unit_x, unit_y = [], np.zeros(units), np.zeros(units)
    for unit in range(units):
        column, row = unit % units_per_level % half, unit % units_per_level // half
        box = _box(column * 10.0, 26.0 if row else 0.0, 9.8, 14.0)
        unit_rings.append((box,))
        unit_x[unit], unit_y[unit] = box[:4].mean(axis=0)
    length = half * 10.0
    zone_boxes = [
        _box(length * (z % zones_per_level) / zones_per_level, 14.0, length / zones_per_level, 12.0) for z in range(zones)
    ]
    fields = {name: np.zeros(0, np.int32) for name in PlanArrays._fields}
    fields |= {
        "level_node_start": np.arange(levels + 1, dtype=np.int32),
        "node_level": np.arange(levels, dtype=np.int32),
        "node_x_m": np.full(levels, 5.0),
        "node_y_m": np.full(levels, 20.0),
        "zone_level": np.repeat(np.arange(levels, dtype=np.int32), zones_per_level),
        "zone_area_m2": np.full(zones, length * 12.0 / zones_per_level),
        "zone_x_m": np.array([box[:4, 0].mean() for box in zone_boxes]),
        "zone_y_m": np.full(zones, 20.0),
        "unit_level": np.repeat(np.arange(levels, dtype=np.int32), units_per_level),
        "unit_key": np.arange(units, dtype=np.int64),
        "unit_area_m2": np.full(units, 9.8 * 14.0),
        "unit_category": np.zeros(units, np.int32),
        "unit_x_m": unit_x,
        "unit_y_m": unit_y,
        "entrance_node": np.zeros(2, np.int32),
        "entrance_level": np.zeros(2, np.int32),
        "ride_connector": np.zeros(levels - 1, np.int32),
        "ride_from_level": np.arange(levels - 1, dtype=np.int32),
        "ride_to_level": np.arange(1, levels, dtype=np.int32),
        "connector_kind": np.zeros(1, np.int32),
        "parking_bays": np.array([400], np.int32),
        "parking_key": np.array([4711], np.int64),
    }
    return CompiledPlan(
        name="made_up_mall",
        digest="0" * 64,
        arrays=PlanArrays(**fields),
        level_ids=tuple(f"L{level + 1}" for level in range(levels)),
        level_names=tuple(f"Level {level + 1}" for level in range(levels)),
        level_ordinals=tuple(range(levels)),
        unit_ids=tuple(f"u{unit:03d}" for unit in range(units)),
        tenant_names=tuple((names or {}).get(unit, f"Tenant {unit}") for unit in range(units)),
        tenant_categories=tuple(TRADES[unit % len(TRADES)] for unit in range(units)),
        entrance_ids=("north", "garage_door"),
        connector_ids=("escalator_1",),
        parking_ids=("P1",),
        walkable_rings=tuple(((_box(0.0, 14.0, length, 12.0),),) for _ in range(levels)),
        unit_rings=tuple(unit_rings),
        structure_rings=tuple(() for _ in range(levels)),
        zone_rings=tuple((box,) for box in zone_boxes),
        tenants=tuple({} for _ in range(units)),
    )


def station_names(plan: CompiledPlan) -> list[str]:
    """Return one station per unit, named as the engine names them."""
    return [
        f"{'tables' if trade in ('restaurant', 'fast_food') else 'till'}:{unit}"
        for unit, trade in zip(plan.unit_ids, plan.tenant_categories, strict=True)
    ]


def log_of(rows: list[tuple[int, int, int, int, int, int]]) -> EventLog:
    """Return a log of (time_us, kind, visit, people, place, value), sorted by time, equal times in the given order."""
    ordered = sorted(rows, key=lambda row: row[0])
    columns = list(zip(*ordered, strict=True)) if ordered else [()] * 6
    types = (np.int64, np.int16, np.int64, np.int8, np.int32, np.int64)
    return EventLog(
        *(np.array(column, kind) for column, kind in zip(columns, types, strict=True)), np.array([len(ordered)], np.int64)
    )


def made_up_day(plan: CompiledPlan, visits: int = 200, stores_per_visit: int = 3, seed: int = 1) -> EventLog:
    """Return a day on which each visit parks or walks in, enters stores, queues, buys or gives up, and leaves."""
    draw = np.random.Generator(np.random.PCG64(seed))
    units = len(plan.unit_ids)
    blocks: list[tuple[np.ndarray, int, np.ndarray, np.ndarray, np.ndarray]] = []
    number = draw.permutation(visits).astype(np.int64) * 7919 + 13
    people = draw.integers(1, 5, visits).astype(np.int8)
    came_us = ((10 + 11 * draw.beta(2.0, 2.0, visits)) * US_PER_HOUR).astype(np.int64)
    by_car = draw.random(visits) < 0.2
    every = np.arange(visits)

    def add(who: np.ndarray, kind: int, time_us: np.ndarray, place: np.ndarray | int, value: np.ndarray | int) -> None:
        blocks.append((who, kind, time_us, np.broadcast_to(place, who.shape), np.broadcast_to(value, who.shape)))

    cars = every[by_car]
    search_us = draw.integers(30, 200, cars.size) * US_PER_S
    add(cars, EventKind.GATE_REACHED, came_us[cars] - search_us - 60 * US_PER_S, 0, 0)
    gave_up = draw.random(cars.size) < 0.1
    add(cars[gave_up], EventKind.PARKING_BALKED, came_us[cars[gave_up]] - 30 * US_PER_S, 0, 40)
    stays = np.ones(visits, bool)
    stays[cars[gave_up]] = False
    add(cars[~gave_up], EventKind.PARKED, came_us[cars[~gave_up]] - 60 * US_PER_S, 0, search_us[~gave_up])
    who = every[stays]
    add(who, EventKind.ARRIVED, came_us[who], by_car[who].astype(np.int64), by_car[who].astype(np.int64))
    now_us = came_us[who].copy()
    for _ in range(stores_per_visit):
        now_us += draw.integers(60, 400, who.size) * US_PER_S
        unit = (units * draw.random(who.size) ** 1.6).astype(np.int64)
        add(who, EventKind.STORE_ENTERED, now_us.copy(), unit, draw.integers(0, 4, who.size))
        entered_us = now_us.copy()
        now_us += draw.integers(120, 1500, who.size) * US_PER_S
        buys = draw.random(who.size) < 0.5
        wait_us = np.where(draw.random(who.size) < 0.6, 0, draw.integers(1, 600 * US_PER_S, who.size))
        reneges = buys & (wait_us > 400 * US_PER_S)
        add(who[buys], EventKind.QUEUE_JOINED, now_us[buys], unit[buys], 2)
        now_us = np.where(buys, now_us + wait_us, now_us)
        add(who[reneges], EventKind.RENEGED, now_us[reneges], unit[reneges], wait_us[reneges])
        pays = buys & ~reneges
        add(who[pays], EventKind.SERVICE_STARTED, now_us[pays], unit[pays], wait_us[pays])
        now_us = np.where(pays, now_us + 45 * US_PER_S, now_us)
        add(who[pays], EventKind.SERVICE_ENDED, now_us[pays], unit[pays], 45 * US_PER_S)
        add(who[pays], EventKind.PURCHASED, now_us[pays], unit[pays], draw.integers(500, 90_000, int(pays.sum())))
        add(who[pays], EventKind.PAID_BY, now_us[pays], who[pays] % len(PayMethod), 15 * US_PER_S)
        add(who, EventKind.STORE_LEFT, now_us.copy(), unit, now_us - entered_us)
    now_us += 200 * US_PER_S
    add(who, EventKind.LEFT, now_us.copy(), by_car[who].astype(np.int64), draw.integers(100_000, 900_000, who.size))
    drove = by_car[who]
    payer = who[drove][::2]
    add(payer, EventKind.PARKING_PAID, now_us[drove][::2] + 90 * US_PER_S, 0, 500)
    add(payer, EventKind.PARKING_PAID_AT, now_us[drove][::2] + 90 * US_PER_S, 0, 1)
    add(who[drove], EventKind.UNPARKED, now_us[drove] + 180 * US_PER_S, 0, draw.integers(8, 90, int(drove.sum())) * US_PER_S)
    return _merged(blocks, number, people)


def _merged(
    blocks: list[tuple[np.ndarray, int, np.ndarray, np.ndarray, np.ndarray]], number: np.ndarray, people: np.ndarray
) -> EventLog:
    who = np.concatenate([block[0] for block in blocks])
    kind = np.concatenate([np.full(block[0].size, int(block[1]), np.int8) for block in blocks])
    time_us = np.concatenate([block[2] for block in blocks])
    place = np.concatenate([block[3] for block in blocks]).astype(np.int32)
    value = np.concatenate([block[4] for block in blocks]).astype(np.int64)
    order = np.argsort(time_us, kind="stable")
    count = np.array([order.size], np.int64)
    return EventLog(time_us[order], kind[order], number[who][order], people[who][order], place[order], value[order], count)


def part_of(log: EventLog, start: int, end: int) -> EventLog:
    """Return rows start to end as a log of their own."""
    return EventLog(*(getattr(log, name)[start:end] for name in EventLog._fields[:-1]), np.array([end - start], np.int64))


def made_up_tallies(plan: CompiledPlan, seed: int = 2) -> Tallies:
    """Return tallies in which a few zones are hot and a few are cold."""
    draw = np.random.Generator(np.random.PCG64(seed))
    zones, units = len(plan.zone_rings), len(plan.unit_ids)
    tallies = empty_tallies(zones, units, units)
    heat = draw.pareto(1.5, zones) + 0.02
    hours = np.zeros(tallies.zone_person_us.shape[0])
    hours[10:22] = np.sin(np.linspace(0.3, 2.8, 12))
    tallies.zone_person_us[:] = (np.outer(hours, heat) * 3000 * US_PER_S).astype(np.int64)
    tallies.zone_entries[:] = (heat * 1000).astype(np.int64)
    tallies.zone_people_max[:] = np.minimum(heat * 8, plan.arrays.zone_area_m2 * 2).astype(np.int64) + 1
    tallies.zone_crowded_us[:] = tallies.zone_person_us.sum(axis=0) // 40
    tallies.unit_passed[:] = draw.integers(300, 900, units)
    tallies.counts[Counted.VISITS] = 200
    return tallies
