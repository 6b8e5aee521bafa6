"""What a run says of restaurants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.crowd.venues.dining_plans import TABLE_SEATS, day_costs, dining_plans
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import BINS, add_counts, add_values, bin_of
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.rents import rents_fen
from sim.reporting.stations import TABLE, Stations
from sim.reporting.topics.topic import Topic, Value
from sim.units import US_PER_MIN, US_PER_S

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

GROUP = "food"
KPIS = (
    Kpi("food_waste_fen", "fen", "lower", GROUP, "Food thrown away", "Ingredients of prepared portions that spoil at the end of the day, and of dishes ordered ahead that nobody came to eat."),
    Kpi("restaurant_profit_fen", "fen", "higher", GROUP, "Profit of restaurants", "Sales of all restaurants less ingredients, waste, wages, fixed cost and the mall's rent, before payment fees."),
    Kpi("profit_per_cover_fen", "fen", "higher", GROUP, "Profit per guest", "The same / people who were served food."),
    Kpi("stock_out_share", "share", "lower", GROUP, "Orders for a dish that was gone", "Orders, by parties, for which not enough prepared portions were left / all orders that were tried."),
    Kpi("kitchen_wait_s_mean", "s", "lower", GROUP, "Wait for food", "Time from the order, or from sitting down where that was later, to the food, mean over parties served."),
    Kpi("turn_min_mean", "min", "neither", GROUP, "Time at table", "Time from sitting down to getting up, mean over parties."),
    Kpi("party_seated_share", "share", "higher", GROUP, "Parties that got a table", "Parties seated / parties that asked for a table (seated, gave up waiting, or found the list too long)."),
    Kpi("seats_filled_share", "share", "higher", GROUP, "Seats filled at tables taken", "People seated / seats of the tables that they were given."),
    Kpi("no_show_share", "share", "lower", GROUP, "Bookings without a guest", "Bookings to which nobody came in time / bookings."),
    Kpi("rating_mean", "index", "higher", GROUP, "Score", "Mean score that guests left, 1 to 5 stars; whoever gave up waiting may leave one too."),
)  # fmt: skip
_UNIT_SUMS = ("served", "served_people", "food_us", "ordered", "ordered_people", "used", "substituted", "stocked_out",
              "ahead", "seats", "seated_people", "ratings", "rating_milli", "booked", "kept", "sales_fen")  # fmt: skip
_STATION_SUMS = ("seated", "reneged", "balked", "ended", "turn_us")
_UNIT_COUNTS = {"served": EventKind.FOOD_SERVED, "ordered": EventKind.FOOD_ORDERED, "stocked_out": EventKind.STOCKED_OUT,
                "ahead": EventKind.ORDERED_AHEAD, "ratings": EventKind.RATED, "booked": EventKind.TABLE_BOOKED,
                "kept": EventKind.BOOKING_KEPT}  # fmt: skip
_UNIT_VALUES = {"food_us": EventKind.FOOD_SERVED, "used": EventKind.FOOD_ORDERED, "seats": EventKind.SEATED,
                "rating_milli": EventKind.RATED, "sales_fen": EventKind.PURCHASED}  # fmt: skip
_UNIT_PEOPLE = {
    "served_people": EventKind.FOOD_SERVED,
    "ordered_people": EventKind.FOOD_ORDERED,
    "seated_people": EventKind.SEATED,
}
_STATION_COUNTS = {
    "seated": EventKind.SERVICE_STARTED,
    "reneged": EventKind.RENEGED,
    "balked": EventKind.BALKED,
    "ended": EventKind.SERVICE_ENDED,
}


class Sums:
    """Takes batches of events in order of time; all integers."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        self.stations = stations
        self.unit = {name: np.zeros(len(compiled.unit_ids), np.int64) for name in _UNIT_SUMS}
        self.station = {name: np.zeros(len(stations.names), np.int64) for name in _STATION_SUMS}
        self.in_use = np.zeros(BINS, np.int64)  # change of the tables in use in each bin
        self.listed = np.zeros(BINS, np.int64)  # change of the waiting list

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        for name, kind in _UNIT_COUNTS.items():
            add_counts(self.unit[name], rows.place[of_kind[kind]])
        for name, kind in _UNIT_VALUES.items():
            add_values(self.unit[name], rows.place[of_kind[kind]], rows.value[of_kind[kind]])
        for name, kind in _UNIT_PEOPLE.items():
            add_values(self.unit[name], rows.place[of_kind[kind]], rows.people[of_kind[kind]].astype(np.int64))
        ordered = of_kind[EventKind.FOOD_ORDERED]
        add_counts(self.unit["substituted"], rows.place[ordered[rows.value[ordered] == 0]])
        for name, kind in _STATION_COUNTS.items():
            add_counts(self.station[name], rows.place[of_kind[kind]])
        ended = of_kind[EventKind.SERVICE_ENDED]
        add_values(self.station["turn_us"], rows.place[ended], rows.value[ended])
        self._take_tables(rows, of_kind)

    def _take_tables(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        for level, kind, change in (
            (self.in_use, EventKind.SERVICE_STARTED, 1), (self.in_use, EventKind.SERVICE_ENDED, -1),
            (self.listed, EventKind.QUEUE_JOINED, 1), (self.listed, EventKind.SERVICE_STARTED, -1), (self.listed, EventKind.RENEGED, -1),
        ):  # fmt: skip
            index = of_kind[kind]
            index = index[self.stations.kind[rows.place[index]] == TABLE]
            level += change * np.bincount(bin_of(rows.time_us[index]), minlength=BINS)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def day_books(sums: Sums, books: Books) -> list[dict[str, Any]]:
    """Return what each restaurant took and paid, in the order of units."""
    base, turnover = rents_fen(books.compiled, sums.unit["sales_fen"])
    found = []
    for plan in dining_plans(books.compiled, books.config):
        unit = {name: int(values[plan.unit]) for name, values in sums.unit.items()}
        substitutes = unit["ordered_people"] - unit["used"]
        costs = day_costs(plan, unit["used"], substitutes, unit["ordered_people"] - unit["served_people"])
        rent_fen = int(base[plan.unit] + turnover[plan.unit])
        found.append(
            {
                "unit": books.compiled.unit_ids[plan.unit], "tenant": books.compiled.tenant_names[plan.unit],
                "trade": books.compiled.tenant_categories[plan.unit], "seats": plan.seats, "tables": sum(plan.counts),
                "portions": plan.portions, "covers": unit["served_people"], "sales_fen": unit["sales_fen"],
                "waste_fen": costs.waste_fen, "rent_fen": rent_fen, "profit_fen": unit["sales_fen"] - sum(costs) - rent_fen,
            }
        )  # fmt: skip
    return found


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs; those of money are None in a mall where nobody asked for a table."""
    at_tables = sums.stations.kind == TABLE
    unit = {name: int(found.sum()) for name, found in sums.unit.items()}
    station = {name: int(found[at_tables].sum()) for name, found in sums.station.items()}
    lines = day_books(sums, books)
    profit_fen = sum(line["profit_fen"] for line in lines)
    tried = unit["ordered"] + unit["stocked_out"] - unit["substituted"]
    asked = station["seated"] + station["reneged"] + station["balked"]
    food_s, turn_min = _ratio(unit["food_us"], unit["served"]), _ratio(station["turn_us"], station["ended"])
    dines = at_tables[: sums.unit["ratings"].size]  # stores are rated too
    rating = _ratio(int(sums.unit["rating_milli"][dines].sum()), int(sums.unit["ratings"][dines].sum()))
    return {
        "food_waste_fen": sum(line["waste_fen"] for line in lines) if lines else None,
        "restaurant_profit_fen": profit_fen if lines else None,
        "profit_per_cover_fen": _ratio(profit_fen, unit["served_people"]),
        "stock_out_share": _ratio(unit["stocked_out"], tried),
        "kitchen_wait_s_mean": None if food_s is None else food_s / US_PER_S,
        "turn_min_mean": None if turn_min is None else turn_min / US_PER_MIN,
        "party_seated_share": _ratio(station["seated"], asked),
        "seats_filled_share": _ratio(unit["seated_people"], unit["seats"]),
        "no_show_share": _ratio(unit["booked"] - unit["kept"], unit["booked"]),
        "rating_mean": None if rating is None else rating / 1000,
    }


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return tables in use and parties on the list every five minutes, and each restaurant's day."""
    lines = day_books(sums, books)
    if not lines or not sums.unit["served"].any():
        return {}
    return {
        "tables": sum(line["tables"] for line in lines), "in_use": np.cumsum(sums.in_use), "listed": np.cumsum(sums.listed),
        "sizes": list(TABLE_SEATS), "restaurants": lines,
        "stocked_out": int(sums.unit["stocked_out"].sum()), "ahead": int(sums.unit["ahead"].sum()),
        "booked": int(sums.unit["booked"].sum()),
        "seated_people": int(sums.unit["seated_people"].sum()),
    }  # fmt: skip


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    return [*_tables(kpis, curves), *_kitchens(kpis, curves), *_money(kpis, curves)]


def _percent(share: Value) -> str:
    return "none" if share is None else f"{100 * share:.0f} %"


def _tables(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    lines = curves["restaurants"]
    covers, seats = sum(line["covers"] for line in lines), sum(line["seats"] for line in lines)
    turn = kpis["turn_min_mean"]
    text = (
        f"{covers:,} people ate at {len(lines)} {'restaurant' if len(lines) == 1 else 'restaurants'} with {seats:,} seats, "
        f"which is {covers / max(seats, 1):.1f} guests a seat; a party stayed {turn or 0:.0f} minutes. "
        f"Of the parties that asked for a table, {_percent(kpis['party_seated_share'])} got one; "
        f"of the seats at tables taken, {_percent(kpis['seats_filled_share'])} were filled."
    )
    if curves["seated_people"] > covers:
        text += f" {curves['seated_people']:,} sat down; {curves['seated_people'] - covers:,} left because their dish was gone."
    if curves["booked"]:
        text += f" {curves['booked']:,} tables were booked; for {_percent(kpis['no_show_share'])} of them nobody came."
    return [text]


def _kitchens(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    text = f"Food came after {(kpis['kitchen_wait_s_mean'] or 0) / 60:.0f} minutes on average."
    if curves["stocked_out"]:
        text += f" For {_percent(kpis['stock_out_share'])} of the orders the prepared portions were gone."
    if curves["ahead"]:
        text += f" {curves['ahead']:,} parties ordered while they waited for a table."
    if kpis["rating_mean"] is not None:
        text += f" Guests gave {kpis['rating_mean']:.1f} of 5 stars."
    return [text]


def _money(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    profit, per_cover = kpis["restaurant_profit_fen"] or 0, kpis["profit_per_cover_fen"] or 0
    kind = "made" if profit >= 0 else "lost"
    lines = curves["restaurants"]
    losing = sum(line["profit_fen"] < 0 for line in lines)
    text = (
        f"Before payment fees, after ingredients, wages, fixed cost and rent, they {kind} ¥{abs(profit) / 100:,.0f}, ¥{per_cover / 100:,.2f} a guest; "
        f"food for ¥{(kpis['food_waste_fen'] or 0) / 100:,.0f} was thrown away."
    )
    if len(lines) > 1:
        text += f" {losing} of {len(lines)} lost money."
    return [text]


TOPIC = Topic("food", "Restaurants", KPIS, Sums, values, curves, words)
