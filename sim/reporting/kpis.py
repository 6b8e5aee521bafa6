"""The KPIs of one run, from the sums of its events and the crowd's tallies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.crowd.tallies import Counted, Tallies
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.day_sums import DaySums
from sim.reporting.kpi_catalogue import COLD_SHARE_OF_MEAN, DENSITY_ZONE_M2_MIN, KPIS
from sim.reporting.rents import rents_fen
from sim.reporting.stations import TABLE, TILL
from sim.reporting.topics.every import TOPICS
from sim.units import US_PER_MIN, US_PER_S

Value = int | float | None


def ratio(part: int | float, whole: int | float) -> float | None:
    """Return part / whole, None when there is no whole."""
    return part / whole if whole else None


def nearest_rank(values: np.ndarray, share: float) -> int | None:
    """Return the smallest value that at least `share` of the values do not exceed; None of nothing."""
    if values.size == 0:
        return None
    rank = max(int(np.ceil(share * values.size)) - 1, 0)
    return int(np.partition(values, rank)[rank])


def seconds(microseconds: int | float | None) -> float | None:
    """Return seconds, None of None."""
    return None if microseconds is None else microseconds / US_PER_S


@dataclass(frozen=True)
class Books:
    """What KPIs, curves and tables are computed from."""

    config: RunConfig
    compiled: CompiledPlan
    sums: DaySums
    tallies: Tallies
    station_offered_us: np.ndarray | None = None  # (T) server-microseconds on duty, where the run knows them
    sensed: Mapping[str, Value] = field(default_factory=dict)  # the KPIs of sensing by name, as sim/sensing judged them
    points: Mapping[str, Any] = field(default_factory=dict)  # what the ledger says of points (points_books.py)


def compute(books: Books) -> dict[str, Value]:
    """Return every KPI of the catalogue, in its order; None where the run cannot know it."""
    found: dict[str, Value] = {**_visits(books), **_money(books), **_space(books), **_queues(books), **_parking(books)}
    for topic in TOPICS:
        found |= topic.values(books.sums.topics[topic.name], books)
    sensed = {kpi.name: books.sensed.get(kpi.name) for kpi in KPIS if kpi.null_where and kpi.name not in found}
    unlisted = (set(found) - {kpi.name for kpi in KPIS if kpi.is_known}) | (set(books.sensed) - set(sensed))
    assert not unlisted, f"KPIs that the catalogue does not know: {sorted(unlisted)}"
    found |= sensed
    return {kpi.name: found.get(kpi.name) if kpi.is_known else None for kpi in KPIS}


def _visits(books: Books) -> dict[str, Value]:
    sums = books.sums
    visits = int(sums.events[EventKind.ARRIVED])
    entries = sums.unit["entries"]
    sells = np.array([books.config.categories[trade].conversion_share > 0 for trade in books.compiled.tenant_categories], bool)
    return {
        "footfall_visits": visits,
        "footfall_people": int(sums.hour_people[EventKind.ARRIVED].sum()),
        "people_inside_max": sums.inside.max,
        "dwell_min_mean": ratio(sums.stay.sum_us, sums.stay.ended * US_PER_MIN),
        "stores_per_visit_mean": ratio(int(entries.sum()), visits),
        "capture_share": ratio(int(entries.sum()), int(books.tallies.unit_passed.sum())),
        "conversion_share": ratio(int(sums.unit["purchases"][sells].sum()), int(entries[sells].sum())),
        "store_refused_visits": int(sums.events[EventKind.STORE_REFUSED]),
        "turned_away_visits": int(sums.events[EventKind.TURNED_AWAY]),
        "stranded_visits": int(sums.events[EventKind.STRANDED]),
    }


def _money(books: Books) -> dict[str, Value]:
    sales = books.sums.unit["sales_fen"]
    purchases = int(books.sums.unit["purchases"].sum())
    base, turnover = rents_fen(books.compiled, sales)
    return {
        "purchases": purchases,
        "basket_fen_mean": ratio(int(sales.sum()), purchases),
        "sales_fen": int(sales.sum()),
        "sales_fen_per_m2": ratio(
            int(sales.sum()), float(np.cumsum(books.compiled.arrays.unit_area_m2)[-1]) if sales.size else 0.0
        ),
        "turnover_rent_fen": int(turnover.sum()),
        "mall_income_fen": int(base.sum() + turnover.sum()),
    }


def _space(books: Books) -> dict[str, Value]:
    arrays, tallies, sums = books.compiled.arrays, books.tallies, books.sums
    entries = [int(count) for count in sums.unit["entries"]]
    person_us = tallies.zone_person_us.sum(axis=0)
    wide = arrays.zone_area_m2 >= DENSITY_ZONE_M2_MIN
    density = tallies.zone_people_max[wide] / arrays.zone_area_m2[wide]
    return {
        "footfall_hhi": ratio(sum(count * count for count in entries), sum(entries) ** 2),
        "cold_area_share": cold_area_share(person_us, arrays.zone_area_m2),
        "los_d_or_worse_share": ratio(int(tallies.zone_crowded_us.sum()), int(person_us.sum())),
        "density_per_m2_max": float(density.max()) if density.size else None,
        "walk_m_mean": ratio(sums.walked_mm, int(sums.events[EventKind.LEFT]) * 1000),
        "gridlock_breaks": int(tallies.counts[Counted.GRIDLOCK_BREAKS]),
        "lift_refusals": int(tallies.counts[Counted.LIFT_REFUSALS]),
        "wrong_turns_per_visit": ratio(int(sums.events[EventKind.MISLED]), int(sums.events[EventKind.ARRIVED])),
        "orientation_s_per_visit": seconds(
            ratio(int(tallies.counts[Counted.ORIENTING_US]), int(sums.events[EventKind.ARRIVED]))
        ),
    }


def cold_area_share(person_us: np.ndarray, area_m2: np.ndarray) -> float | None:
    """Return the share of the floor in zones below `COLD_SHARE_OF_MEAN` of the mean person-time per m2; None when nobody came."""
    # Running sums have a fixed order; NumPy's own pairwise sum may not, from one processor to the next.
    total_us, total_m2 = int(person_us.sum()), float(np.cumsum(area_m2)[-1]) if area_m2.size else 0.0
    if not total_us or not total_m2:
        return None
    cold = person_us < COLD_SHARE_OF_MEAN * (total_us / total_m2) * area_m2
    return float(np.cumsum(np.where(cold, area_m2, 0.0))[-1]) / total_m2


def _queues(books: Books) -> dict[str, Value]:
    sums = books.sums
    waits = [queue.waits_us() for queue in sums.queues]
    lines = (TILL, TABLE)  # desks, box offices, gates and kitchens are told apart
    all_us = np.concatenate([waits[kind] for kind in lines])
    gave_up = [int(queue.hour_abandoned.sum()) for queue in sums.queues]
    balked = int(sums.station["balked"][np.isin(sums.stations.kind, lines)].sum())
    tables = sums.stations.kind == TABLE
    offered = 0 if books.station_offered_us is None else int(books.station_offered_us[tables].sum())
    return {
        "queue_wait_s_mean": seconds(ratio(int(all_us.sum()), all_us.size)),
        "queue_wait_s_p95": seconds(nearest_rank(all_us, 0.95)),
        "till_wait_s_mean": seconds(ratio(int(waits[TILL].sum()), waits[TILL].size)),
        "table_wait_s_mean": seconds(ratio(int(waits[TABLE].sum()), waits[TABLE].size)),
        "queue_abandon_share": ratio(sum(gave_up[kind] for kind in lines), all_us.size),
        "till_abandon_share": ratio(gave_up[TILL], waits[TILL].size),
        "table_abandon_share": ratio(gave_up[TABLE], waits[TABLE].size),
        "queue_balk_share": ratio(balked, balked + all_us.size),
        "covers": int(sums.station["people"][tables].sum()),
        "seat_occupancy_share": ratio(int(books.tallies.station_busy_us[tables].sum()), offered),
    }


def _parking(books: Books) -> dict[str, Value]:
    park = {name: int(values.sum()) for name, values in books.sums.park.items()}
    bays = books.compiled.arrays.parking_bays.tolist()
    fullest = [level.max / count for level, count in zip(books.sums.parked, bays, strict=True) if count]
    return {
        "cars_parked": park["parked"],
        "parking_search_s_mean": seconds(ratio(park["search_us"], park["parked"])),
        "parking_balk_share": ratio(park["balked"], park["balked"] + park["parked"]),
        "parking_exit_delay_s_mean": seconds(ratio(park["exit_delay_us"], park["unparked"])),
        "parking_occupancy_share_max": max(fullest, default=None),
    }
