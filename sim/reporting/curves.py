"""What happened hour by hour, and tenant by tenant: curves.json and tenants.csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.crowd.tallies import HOURS
from sim.events import EventKind, Reason
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import BIN_MIN, BINS
from sim.reporting.day_sums import Queue
from sim.reporting.files import csv_cell, csv_text
from sim.reporting.hot_places import hot_places
from sim.reporting.kpis import Books, nearest_rank, ratio, seconds
from sim.reporting.rents import rents_fen
from sim.reporting.stations import KIND_NAMES, Stations
from sim.reporting.topics.every import TOPICS
from sim.units import US_PER_MIN, US_PER_S

CURVES_SCHEMA_VERSION = 1
WAIT_EDGES_S = (0, 15, 30, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1800, 3600)  # of the histogram of waits above zero
TENANT_COLUMNS = (
    "unit", "tenant", "category", "level", "area_m2", "passings", "entries", "people", "capture_share", "purchases",
    "conversion_share", "sales_fen", "sales_fen_per_m2", "basket_fen_mean", "dwell_min_mean", "waits", "wait_s_mean",
    "reneged", "balked", "refused", "turnover_rent_fen",
    "points_issued", "points_redeemed", "points_fee_fen", "points_income_fen",
    "base_rent_fen", "rent_fen", "coupons_fen", "points_net_fen", "ratings", "stars_mean",
)  # fmt: skip
TEXT_COLUMNS = ("unit", "tenant", "category", "level")


def curves(books: Books) -> dict[str, Any]:
    """Return the day's curves: by hour (0 to 25, the last takes all that comes later) and at the end of every five minutes."""
    sums = books.sums
    return {
        "schema": CURVES_SCHEMA_VERSION,
        "hours": list(range(HOURS)),
        "minutes": [BIN_MIN * (bin_ + 1) for bin_ in range(BINS)],
        "arrivals_visits": sums.hour_visits[EventKind.ARRIVED],
        "arrivals_people": sums.hour_people[EventKind.ARRIVED],
        "departures_visits": sums.hour_visits[EventKind.LEFT],
        "departures_people": sums.hour_people[EventKind.LEFT],
        "store_entries": sums.hour_visits[EventKind.STORE_ENTERED],
        "purchases": sums.hour_visits[EventKind.PURCHASED],
        "sales_fen": sums.hour_sales_fen,
        "people_inside": sums.inside.at_bin_ends(),
        "arrivals_by_entrance": dict(zip(books.compiled.entrance_ids, sums.entrance_visits.tolist(), strict=True)),
        "entries_by_reason": dict(zip((reason.name.lower() for reason in Reason), sums.reasons.tolist(), strict=True)),
        "queues": {name: _queue_curves(queue) for name, queue in zip(KIND_NAMES, sums.queues, strict=True)},
        "parking": {
            park: {"bays": bays, "cars": level.at_bin_ends()}
            for park, bays, level in zip(
                books.compiled.parking_ids, books.compiled.arrays.parking_bays.tolist(), sums.parked, strict=True
            )
        },
        "levels": dict(zip(books.compiled.level_ids, books.compiled.level_names, strict=True)),
        "zones": _zones(books),
        "places": hot_places(books.compiled, books.tallies.zone_person_us.sum(axis=0) / US_PER_S),
        **{topic.name: topic.curves(sums.topics[topic.name], books) for topic in TOPICS},
    }


def _queue_curves(queue: Queue) -> dict[str, Any]:
    waits_us, hours = queue.waits_us(), queue.joined_hours()
    by_hour = [waits_us[hours == hour] for hour in range(HOURS)]
    edges_us = np.array([*WAIT_EDGES_S, 10**9], np.int64) * US_PER_S
    return {
        "joined": [waits.size for waits in by_hour],
        "abandoned": queue.hour_abandoned,
        "wait_s_mean": [seconds(ratio(int(waits.sum()), waits.size)) for waits in by_hour],
        "wait_s_p95": [seconds(nearest_rank(waits, 0.95)) for waits in by_hour],
        "waiting": queue.length_at_bin_ends(),
        "no_wait": int(np.count_nonzero(waits_us == 0)),
        "histogram_edges_s": list(WAIT_EDGES_S),
        "histogram": np.histogram(waits_us[waits_us > 0], edges_us)[0],
    }


def _zones(books: Books) -> dict[str, Any]:
    arrays, tallies = books.compiled.arrays, books.tallies
    return {
        "level": [books.compiled.level_ids[level] for level in arrays.zone_level.tolist()],
        "x_m": np.round(arrays.zone_x_m, 2),
        "y_m": np.round(arrays.zone_y_m, 2),
        "area_m2": np.round(arrays.zone_area_m2, 2),
        "person_s": tallies.zone_person_us.sum(axis=0) // US_PER_S,
        "people_max": tallies.zone_people_max,
        "crowded_s": tallies.zone_crowded_us // US_PER_S,
    }


def tenant_rows(books: Books) -> list[dict[str, Any]]:
    """Return one row per tenant, in the order of the plan's arrays."""
    sums = books.sums
    rents = np.stack(rents_fen(books.compiled, sums.unit["sales_fen"]))
    return rows_of_tenants(
        books.compiled, sums.unit, sums.station, sums.stations, books.tallies.unit_passed, rents, books.points
    )


def rows_of_tenants(
    compiled: CompiledPlan,
    units: Mapping[str, np.ndarray],
    lines: Mapping[str, np.ndarray],
    stations: Stations,
    passed: np.ndarray,
    rents: np.ndarray,
    points: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """Return one row per tenant from sums over units and stations, of a day or of several; `rents` are (2, units) fen, base and turnover."""
    unit = {name: values.tolist() for name, values in units.items()}
    line = {name: _by_unit(compiled, stations, values).tolist() for name, values in lines.items()}
    waits = _by_unit(compiled, stations, lines["started"] + lines["reneged"]).tolist()
    passings, (base, turnover) = passed.tolist(), rents.tolist()
    of_points = _points_by_unit(points, len(compiled.unit_ids))
    rows = []
    for index, unit_id in enumerate(compiled.unit_ids):
        area_m2, entries, sales = float(compiled.arrays.unit_area_m2[index]), unit["entries"][index], unit["sales_fen"][index]
        values = (
            unit_id, compiled.tenant_names[index], compiled.tenant_categories[index],
            compiled.level_names[compiled.arrays.unit_level[index]], round(area_m2, 1), passings[index], entries, unit["people"][index],
            ratio(entries, passings[index]), unit["purchases"][index], ratio(unit["purchases"][index], entries), sales,
            ratio(sales, area_m2), ratio(sales, unit["purchases"][index]),
            ratio(unit["inside_us"][index], unit["left"][index] * US_PER_MIN), waits[index],
            seconds(ratio(line["wait_us"][index], waits[index])), line["reneged"][index], line["balked"][index],
            unit["refused"][index], turnover[index],
            *of_points[index], base[index], base[index] + turnover[index], unit["coupons_fen"][index],
            of_points[index][2] - of_points[index][3], unit["ratings"][index],
            ratio(unit["stars_milli"][index], 1000 * unit["ratings"][index]),
        )  # fmt: skip
        rows.append(dict(zip(TENANT_COLUMNS, values, strict=True)))
    return rows


def _points_by_unit(points: Mapping[str, Any], units: int) -> list[tuple[float, float, int, int]]:
    """Return each tenant's points issued and taken, less what refunds undid, what it owes for the first and is owed for the second."""
    if not points:
        return [(0.0, 0.0, 0, 0)] * units
    found = points["tenants"]
    issued, burned = (
        ((found["issued_centi"] - found["taken_back_centi"]) / 100).tolist(),
        (found["burned_centi"] / 100).tolist(),
    )
    return list(zip(issued, burned, found["fee_fen"].tolist(), found["redeemed_fen"].tolist(), strict=True))


def _by_unit(compiled: CompiledPlan, stations: Stations, station_values: np.ndarray) -> np.ndarray:
    owned = stations.unit >= 0  # a desk of the mall's is named by its kind and belongs to no unit
    sums = np.zeros(len(compiled.unit_ids), np.int64)
    np.add.at(sums, stations.unit[owned], station_values[owned])
    return sums


def tenants_csv(rows: list[dict[str, Any]]) -> str:
    """Return the rows as CSV; text that a spreadsheet would run as a formula is preceded by an apostrophe, unknown is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(TENANT_COLUMNS)
    for row in rows:
        writer.writerow([_cell(name, row[name]) for name in TENANT_COLUMNS])
    return text.getvalue()


def _cell(name: str, value: Any) -> str:
    if name in TEXT_COLUMNS:
        return csv_cell(str(value))
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def tenants_of_csv(text: str) -> list[dict[str, Any]]:
    """Return the rows that `tenants_csv` wrote."""
    return [
        {name: csv_text(cell) if name in TEXT_COLUMNS else _number(cell) for name, cell in row.items()}
        for row in csv.DictReader(io.StringIO(text))
    ]


def _number(cell: str) -> float | int | None:
    if not cell:
        return None
    return int(cell) if cell.lstrip("-").isdigit() else float(cell)
