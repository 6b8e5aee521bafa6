"""What a run says of desks and bags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.crowd.venues.desk_records import Desk
from sim.crowd.venues.desks_built import desk_units, staff_cost_fen
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import BINS, Level, add_counts, add_values, bin_of
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value
from sim.units import US_PER_MIN, US_PER_S

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

_NO_PARCEL = "there is no parcel desk (desks.parcel.at)"
_NO_DESK = "there is no such desk (desks.<kind>.at)"
_KPIS = (
    Kpi("bags_handed_in", "count", "neither", "desks", "Bags handed in", "Bags that parties gave to stores for the parcel desk.", null_where=_NO_PARCEL),
    Kpi("bags_collected", "count", "neither", "desks", "Bags picked up", "Bags that parties picked up at the parcel desk.", null_where=_NO_PARCEL),
    Kpi("bags_delivered", "count", "neither", "desks", "Bags sent home", "Bags sent home: as agreed, or because the desk was closed, the wait too long, or they were mislaid.", null_where=_NO_PARCEL),
    Kpi("bags_mishandled", "count", "lower", "desks", "Bags mislaid", "Bags that were not found at the parcel desk and came home later.", null_where=_NO_PARCEL),
    Kpi("bags_held_max", "count", "neither", "desks", "Most bags held at once", "Largest number of bags handed in and neither picked up nor sent home.", null_where=_NO_PARCEL),
    Kpi("bag_labour_min", "min", "lower", "desks", "Work for bags", "Porters' minutes of walking and handling + minutes of service at the parcel desk.", null_where=_NO_PARCEL),
    Kpi("bag_pick_up_s_mean", "s", "lower", "desks", "Time to pick bags up", "Mean time at the parcel desk, waits for porters and in line included, over parties that left it with their bags.", null_where=_NO_PARCEL),
    Kpi("desk_wait_s_mean", "s", "lower", "desks", "Wait at the mall's desks", "Mean wait in line over parties that were served at one of the mall's desks or in its lounge; lines at a cinema's box office are the cinema's.", null_where=_NO_DESK),
    Kpi("lounge_visits", "visits", "higher", "desks", "Lounge", "Parties that rested in the lounge.", null_where=_NO_DESK),
    Kpi("car_wash_visits", "visits", "higher", "desks", "Cars washed", "Parties that had their car washed.", null_where=_NO_DESK),
    Kpi("playground_visits", "visits", "higher", "desks", "Playground", "Parties that left children in the playground.", null_where=_NO_DESK),
    Kpi("playground_refused_visits", "visits", "lower", "desks", "Turned back at the playground", "Parties whose children found no place.", null_where=_NO_DESK),
    Kpi("information_visits", "visits", "neither", "desks", "Questions", "Parties that asked at the information desk.", null_where=_NO_DESK),
    Kpi("desks_income_fen", "fen", "higher", "desks", "What desks take", "Fees that parties paid at desks, to the mall.", null_where=_NO_DESK),
    Kpi("desks_cost_fen", "fen", "lower", "desks", "What desks cost", "Staff of desks and porters for their hours, deliveries, and what the mall pays per use.", null_where=_NO_DESK),
)  # fmt: skip
_USES = {
    "lounge_visits": "{:,} parties rested in the lounge.",
    "car_wash_visits": "{:,} parties had their car washed.",
    "information_visits": "{:,} parties asked the way.",
}
_BAG_MOVES = {EventKind.BAGS_HANDED_IN: 1, EventKind.BAGS_COLLECTED: -1, EventKind.BAGS_DELIVERED: -1}
_TOTALS = (
    EventKind.BAGS_HANDED_IN, EventKind.BAGS_COLLECTED, EventKind.BAGS_DELIVERED, EventKind.BAGS_MISLAID, EventKind.PORTER_SENT,
)  # fmt: skip


class Sums:
    """Takes batches of events in order of time."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        units = len(compiled.unit_ids)
        self.total = dict.fromkeys(_TOTALS, 0)
        self.held = Level()
        self.paid_fen, self.cost_fen = 0, 0
        self.used_us, self.used, self.refused = (np.zeros(units, np.int64) for _ in range(3))
        self.kind_of = np.array([_kind_of(name) for name in stations.names], np.int64)
        self.served, self.wait_us = np.zeros(len(Desk), np.int64), np.zeros(len(Desk), np.int64)
        self.line_change = np.zeros((len(Desk), BINS), np.int64)

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        for kind in _TOTALS:
            self.total[kind] += int(rows.value[of_kind[kind]].sum())
        moved = np.flatnonzero(np.isin(rows.kind, list(_BAG_MOVES)))
        signs = np.where(rows.kind[moved] == EventKind.BAGS_HANDED_IN, 1, -1)
        self.held.take(rows.time_us[moved], signs * rows.value[moved])
        paid = rows.value[of_kind[EventKind.DESK_PAID]]
        self.paid_fen += int(paid[paid > 0].sum())
        self.cost_fen -= int(paid[paid < 0].sum())
        used = of_kind[EventKind.DESK_USED]
        add_counts(self.used, rows.place[used])
        add_values(self.used_us, rows.place[used], rows.value[used])
        add_counts(self.refused, rows.place[of_kind[EventKind.DESK_REFUSED]])
        self._take_lines(rows, of_kind)

    def _take_lines(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        if not (self.kind_of >= 0).any():
            return
        for kind, end in ((EventKind.SERVICE_STARTED, True), (EventKind.RENEGED, False)):
            at = of_kind[kind]
            desk = self.kind_of[rows.place[at]]
            at, desk = at[desk >= 0], desk[desk >= 0]
            wait_us, time_us = rows.value[at], rows.time_us[at]
            if end:
                add_counts(self.served, desk)
                add_values(self.wait_us, desk, wait_us)
            np.add.at(self.line_change, (desk, bin_of(time_us - wait_us)), 1)
            np.add.at(self.line_change, (desk, bin_of(time_us)), -1)


def _kind_of(station: str) -> int:
    prefix, _, kind = station.partition(":")
    return int(Desk[kind.upper()]) if prefix == "desk" else -1


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    units = desk_units(books.compiled, books.config)
    found: dict[str, Value] = {kpi.name: None for kpi in _KPIS}
    if Desk.PARCEL in units:
        found |= _parcel_values(sums, books, units[Desk.PARCEL])
    for kind in (Desk.LOUNGE, Desk.CAR_WASH, Desk.PLAYGROUND, Desk.INFORMATION):
        if kind in units:
            found[f"{kind.name.lower()}_visits"] = int(sums.served[kind])
    if Desk.PLAYGROUND in units:
        found["playground_refused_visits"] = int(sums.refused[units[Desk.PLAYGROUND]])
    if units:
        served = int(sums.served.sum())
        found["desk_wait_s_mean"] = int(sums.wait_us.sum()) / served / US_PER_S if served else None
        found["desks_income_fen"] = sums.paid_fen
        found["desks_cost_fen"] = sums.cost_fen + sum(staff_cost_fen(kind, books.config) for kind in units)
    return found


def _parcel_values(sums: Sums, books: Books, unit: int) -> dict[str, Value]:
    desk_us = int(books.tallies.station_busy_us[sums.kind_of == Desk.PARCEL].sum())
    used = int(sums.used[unit])
    return {
        "bags_handed_in": sums.total[EventKind.BAGS_HANDED_IN],
        "bags_collected": sums.total[EventKind.BAGS_COLLECTED],
        "bags_delivered": sums.total[EventKind.BAGS_DELIVERED],
        "bags_mishandled": sums.total[EventKind.BAGS_MISLAID],
        "bags_held_max": sums.held.max,
        "bag_labour_min": (sums.total[EventKind.PORTER_SENT] + desk_us) / US_PER_MIN,
        "bag_pick_up_s_mean": int(sums.used_us[unit]) / used / US_PER_S if used else None,
    }


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures and words need: who stood in line at which desk, and how many bags were held, every five minutes."""
    units = desk_units(books.compiled, books.config)
    if not units:
        return {}
    return {
        "waiting": {kind.name.lower(): np.cumsum(sums.line_change[kind]) for kind in sorted(units)},
        "bags_held": sums.held.at_bin_ends() if Desk.PARCEL in units else None,
        "at": {kind.name.lower(): books.compiled.unit_ids[unit] for kind, unit in sorted(units.items())},
    }


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    found = [f"Desks: {', '.join(f'{_said(kind)} in {unit}' for kind, unit in curves['at'].items())}."]
    if kpis["bags_handed_in"]:
        found.append(
            f"Parties handed in {kpis['bags_handed_in']:,} bags; {kpis['bags_collected']:,} were picked up on the way out, "
            f"{kpis['bags_delivered']:,} sent home, {kpis['bags_mishandled']:,} of them because they were mislaid. "
            f"At most {kpis['bags_held_max']:,} were held at once. It took {kpis['bag_labour_min']:,.0f} minutes of work."
        )
        if kpis["bag_pick_up_s_mean"] is not None:
            found.append(
                f"Picking bags up took a party {kpis['bag_pick_up_s_mean']:,.0f} s on average, from coming to the desk to leaving it."
            )
    if kpis["playground_visits"] is not None:
        refused = f"{kpis['playground_refused_visits']:,} found no place"
        found.append(f"{kpis['playground_visits']:,} parties left children in the playground; {refused}.")
    for name, text in _USES.items():
        if kpis[name] is not None:
            found.append(text.format(kpis[name]))
    if kpis["desk_wait_s_mean"] is not None:
        found.append(f"Whoever was served at a desk had stood in line for {kpis['desk_wait_s_mean']:,.0f} s on average.")
    income_fen, cost_fen = kpis["desks_income_fen"] or 0, kpis["desks_cost_fen"] or 0
    found.append(f"Desks took ¥{income_fen / 100:,.0f} in fees and cost ¥{cost_fen / 100:,.0f}, staff included.")
    return found


def _said(kind: str) -> str:
    return {"parcel": "parcel desk", "lounge": "VIP lounge", "information": "information desk"}.get(
        kind, kind.replace("_", " ")
    )


TOPIC = Topic("desks", "Desks and bags", _KPIS, Sums, values, curves, words)
