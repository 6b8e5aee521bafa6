"""What a run says of looking for a bay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.crowd.cars.build import layouts_of
from sim.crowd.cars.layout import reserved_bays
from sim.crowd.tallies import HOURS
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import Level, add_counts, add_values
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value
from sim.schema.parking import REPORTED_MIN, release_min
from sim.units import US_PER_MIN, US_PER_S, minutes_from_hours

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

SPAN_US = REPORTED_MIN * US_PER_MIN
SPANS = HOURS * 60 // REPORTED_MIN
FULLNESS_CLASSES = 10  # of the share of a car park's bays that are taken
DISTANCE_CLASSES = 20  # of a car park's bays by their walk

KPIS = (
    Kpi("parking_walk_s_mean", "s", "lower", "parking", "Walk from the bay", "Mean time from the bay to the mall's door, over cars that found a bay on the day."),
    Kpi("parking_gave_up_share", "share", "lower", "parking", "Gave up looking", "Cars that drove out again after a search without a bay / those and the cars that parked."),
    Kpi("vip_walk_s_mean", "s", "lower", "parking", "VIPs' walk from the bay", "Mean time from the bay to the mall's door of parties with a member of the top tier."),
    Kpi("reserved_idle_share", "share", "lower", "parking", "Reserved bays idle", "Time that reserved bays stood empty / their time, from opening until they are opened to all, or until closing."),
    Kpi("ramp_blocks", "count", "lower", "parking", "Ramps full", "Times that an entry gate had to stop because the ramp behind it was full."),
)  # fmt: skip


class Sums:
    """Takes batches of events in order of time; what is kept grows with the bays."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        plan = compiled.arrays
        self.park_bays = plan.parking_bays.astype(np.int64)
        self.park_of_bay = np.repeat(np.arange(self.park_bays.size), self.park_bays)
        own_level = plan.parking_entrance.size == self.park_bays.size
        self.level_of_park = (
            plan.entrance_level[plan.parking_entrance] if own_level else np.zeros(self.park_bays.size, np.int64)
        )
        bays = self.park_of_bay.size
        self.uses = np.zeros(bays, np.int64)
        self.levels = {int(level): Level() for level in np.unique(self.level_of_park)}
        self.standing = np.zeros(self.park_bays.size, np.int64)
        self.totals = {name: 0 for name in ("taken", "walk_us", "vips", "vip_walk_us", "parked", "gave_up", "ramp_blocks")}
        self.full_cars = np.zeros(FULLNESS_CLASSES, np.int64)
        self.full_search_us = np.zeros(FULLNESS_CLASSES, np.int64)
        self.span_change = np.zeros(bays * SPANS, np.int64)  # cars taken less cars left, by bay and half hour
        self.span_time_us = np.zeros(bays * SPANS, np.int64)  # the sum of their times

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        taken, vips, gave_up = of_kind[EventKind.BAY_TAKEN], of_kind[EventKind.VIP_PARKED], of_kind[EventKind.PARKING_GAVE_UP]
        parked, totals = of_kind[EventKind.PARKED], self.totals
        came = taken[rows.people[taken] > 0]  # cars of the night before, which are put there with nobody in them, apart
        totals["parked"] += parked.size
        totals["gave_up"] += gave_up.size
        totals["ramp_blocks"] += of_kind[EventKind.RAMP_BLOCKED].size
        totals["taken"] += came.size
        totals["walk_us"] += int(rows.value[came].sum())
        totals["vips"] += vips.size
        totals["vip_walk_us"] += int(rows.value[vips].sum())
        add_counts(self.uses, rows.place[came])
        moved = np.flatnonzero((rows.kind == EventKind.BAY_TAKEN) | (rows.kind == EventKind.BAY_LEFT))
        if moved.size:
            self._take_moves(rows, moved, parked)

    def _take_moves(self, rows: Columns, moved: np.ndarray, parked: np.ndarray) -> None:
        bay, time_us = rows.place[moved].astype(np.int64), rows.time_us[moved]
        change = np.where(rows.kind[moved] == EventKind.BAY_TAKEN, 1, -1)
        slot = bay * SPANS + np.clip(time_us // SPAN_US, 0, SPANS - 1)
        add_values(self.span_change, slot, change)
        add_values(self.span_time_us, slot, change * time_us)
        park = self.park_of_bay[bay]
        for level, cars in self.levels.items():
            here = self.level_of_park[park] == level
            cars.take(time_us[here], change[here])
        for number, bays in enumerate(self.park_bays.tolist()):
            here = park == number
            running = self.standing[number] + np.concatenate([[0], np.cumsum(change[here])])
            own = parked[rows.place[parked] == number]
            found_full = running[np.searchsorted(moved[here], own)] / max(bays, 1)
            classes = np.clip((found_full * FULLNESS_CLASSES).astype(np.int64), 0, FULLNESS_CLASSES - 1)
            add_counts(self.full_cars, classes)
            add_values(self.full_search_us, classes, rows.value[own])
            self.standing[number] = running[-1]

    def taken_us(self, bays: np.ndarray, until_us: int) -> int:
        """Return how long these bays were taken until an instant on a half hour."""
        spans = until_us // SPAN_US
        change = self.span_change.reshape(-1, SPANS)[bays, :spans]
        return int(change.sum()) * until_us - int(self.span_time_us.reshape(-1, SPANS)[bays, :spans].sum())


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    totals = sums.totals
    return {
        "parking_walk_s_mean": _seconds(totals["walk_us"], totals["taken"]),
        "parking_gave_up_share": _share(totals["gave_up"], totals["gave_up"] + totals["parked"]),
        "vip_walk_s_mean": _seconds(totals["vip_walk_us"], totals["vips"]),
        "reserved_idle_share": _idle_share(sums, books),
        "ramp_blocks": totals["ramp_blocks"],
    }


def _share(part: int, of: int) -> float | None:
    return part / of if of else None


def _seconds(sum_us: int, count: int) -> float | None:
    return sum_us / count / US_PER_S if count else None


def _idle_share(sums: Sums, books: Books) -> float | None:
    parking, hours = books.config.parking, books.config.operations.hours
    if parking.reserved_share == 0 or not sums.totals["taken"]:
        return None
    layouts = layouts_of(books.compiled, parking)
    reserved = np.flatnonzero(np.concatenate([reserved_bays(layout, parking.reserved_share) for layout in layouts]))
    opens_us = minutes_from_hours(hours.opens) * US_PER_MIN // SPAN_US * SPAN_US
    released_min = release_min(parking)
    end_min = minutes_from_hours(hours.closes) if released_min is None else released_min
    end_us = end_min * US_PER_MIN // SPAN_US * SPAN_US
    if end_us <= opens_us or reserved.size == 0:
        return None
    taken_us = sums.taken_us(reserved, end_us) - sums.taken_us(reserved, opens_us)
    return 1 - taken_us / (reserved.size * (end_us - opens_us))


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures need."""
    if not sums.totals["taken"]:
        return {}
    compiled = books.compiled
    level_bays = {level: int(sums.park_bays[sums.level_of_park == level].sum()) for level in sums.levels}
    uses, start = {}, 0
    for park, layout in zip(compiled.parking_ids, layouts_of(compiled, books.config.parking), strict=True):
        nearest_first = start + np.argsort(layout.bay_walk_m, kind="stable")
        start += nearest_first.size
        classes = np.array_split(sums.uses[nearest_first], min(DISTANCE_CLASSES, max(nearest_first.size, 1)))
        uses[park] = [float(part.mean()) if part.size else 0.0 for part in classes]
    return {
        "levels": {
            compiled.level_ids[level]: {"bays": level_bays[level], "cars": cars.at_bin_ends()} for level, cars in sums.levels.items()
        },
        "uses_by_distance": uses,
        "search_cars": sums.full_cars,
        "search_s_mean": [
            _seconds(time_us, cars) for time_us, cars in zip(sums.full_search_us.tolist(), sums.full_cars.tolist(), strict=True)
        ],
    }  # fmt: skip


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    from sim.reporting.wording import duration, percent, whole  # which needs the catalogue, which needs the topics

    if not curves:
        return []
    found = [
        f"From the gate to a bay took {duration(kpis['parking_search_s_mean'])} on average, and the walk from there to the door "
        f"{duration(kpis['parking_walk_s_mean'])}.{_emptiest(curves)}"
    ]
    if kpis["ramp_blocks"]:
        found.append(f"Entry gates had to stop {whole(kpis['ramp_blocks'])} times because the ramp behind them was full.")
    if kpis["reserved_idle_share"] is not None:
        found.append(
            f"Bays reserved for VIPs stood empty for {percent(kpis['reserved_idle_share'])} of their time; VIPs walked "
            f"{duration(kpis['vip_walk_s_mean'])} from their bays."
        )
    return found


def _emptiest(curves: dict[str, Any]) -> str:
    """Return how long it took while the car park was emptiest: ramps, aisles and manoeuvre, with hardly any looking."""
    from sim.reporting.wording import duration

    known = [(filled, mean_s) for filled, mean_s in enumerate(curves["search_s_mean"]) if mean_s is not None]
    if len(known) < 2:
        return ""
    filled, mean_s = known[0]
    until = 100 * (filled + 1) // FULLNESS_CLASSES
    return (
        f" While less than {until} % of the bays were taken it took {duration(mean_s)} from the gate to a bay: ramps, aisles and the manoeuvre. "
        "What comes on top of that is the search."
    )


TOPIC = Topic("cars", "Looking for a bay", KPIS, Sums, values, curves, words)
