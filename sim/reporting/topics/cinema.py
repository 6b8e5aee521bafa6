"""What a run says of cinemas: seats sold, taken and missed, show by show, and the crowds that come out together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import BIN_MIN, BINS, add_values, bin_of
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value
from sim.timetable import TRADE, Show, timetable_of
from sim.units import US_PER_MIN

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

EVENING_MIN = 18 * 60
_NO_CINEMA = "the mall has no cinema with shows"
_COUNTS = ("sold", "refunded", "sold_out", "parties", "people", "late", "late_us", "missed", "missed_seats", "left")
KPIS = (
    Kpi("cinema_admissions_people", "people", "higher", "cinema", "People who saw a film", "People who entered a hall; a film counts once."),
    Kpi("cinema_seat_occupancy_share", "share", "higher", "cinema", "Seats taken", "People who entered a hall / seats of all shows of the day; a seat counts once for each show."),
    Kpi("cinema_late_share", "share", "lower", "cinema", "Late for the film", "Parties that entered a hall after the start / parties that entered one."),
    Kpi("cinema_missed_share", "share", "lower", "cinema", "Missed the film", "Parties with seats that came too late or never / these and the parties that entered a hall; seats given back are in neither."),
    Kpi("cinema_box_office_fen", "fen", "higher", "cinema", "Box office", "What seats were sold for, less refunds; a part of the tenants' sales."),
)  # fmt: skip


class Sums:
    """Takes batches of events in order of time; what is kept grows with shows and seats."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        self.of_show = {name: np.zeros(0, np.int64) for name in _COUNTS}
        self.takings_fen = 0
        self.in_bins, self.out_bins = np.zeros(BINS, np.int64), np.zeros(BINS, np.int64)
        self._is_cinema = np.array([trade == TRADE for trade in compiled.tenant_categories], bool)
        self._seats: list[tuple[np.ndarray, np.ndarray, int]] = []  # (show, seat in its hall, 1 taken or 0 freed)

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        sold, refunded = of_kind[EventKind.SEAT_SOLD], of_kind[EventKind.SEAT_REFUNDED]
        entered, left, missed = (of_kind[kind] for kind in (EventKind.SHOW_ENTERED, EventKind.SHOW_LEFT, EventKind.SHOW_MISSED))
        self._add("sold", rows.place[sold], rows.value[sold])
        self._add("sold", rows.place[refunded], -rows.value[refunded])
        self._add("refunded", rows.place[refunded], rows.value[refunded])
        sold_out = of_kind[EventKind.SHOW_SOLD_OUT]
        self._add("sold_out", rows.place[sold_out], np.ones(sold_out.size, np.int64))
        self._add("people", rows.place[entered], rows.people[entered])
        self._add("parties", rows.place[entered], np.ones(entered.size, np.int64))
        late = entered[rows.value[entered] > 0]
        self._add("late", rows.place[late], np.ones(late.size, np.int64))
        self._add("late_us", rows.place[late], rows.value[late])
        self._add("missed", rows.place[missed], np.ones(missed.size, np.int64))
        self._add("missed_seats", rows.place[missed], rows.value[missed])
        self._add("left", rows.place[left], rows.people[left])
        add_values(self.in_bins, bin_of(rows.time_us[entered]), rows.people[entered])
        add_values(self.out_bins, bin_of(rows.time_us[left]), rows.people[left])
        for kind, sign in ((EventKind.PURCHASED, 1), (EventKind.SALE_REFUNDED, -1)):
            of_cinema = of_kind[kind][self._is_cinema[rows.place[of_kind[kind]]]]
            self.takings_fen += sign * int(rows.value[of_cinema].sum())
        changed = np.flatnonzero((rows.kind == EventKind.SEAT_TAKEN) | (rows.kind == EventKind.SEAT_FREED))
        for row in changed.tolist():
            taken = int(rows.kind[row] == EventKind.SEAT_TAKEN)
            self._seats.append((rows.place[row], rows.value[row], taken))

    def _add(self, name: str, shows: np.ndarray, values: np.ndarray) -> None:
        if shows.size == 0:
            return
        have, wanted = self.of_show[name], int(shows.max()) + 1
        if wanted > have.size:
            have = np.concatenate([have, np.zeros(wanted - have.size, np.int64)])
        np.add.at(have, shows, np.asarray(values, np.int64))
        self.of_show[name] = have

    def count(self, name: str, shows: int) -> np.ndarray:
        """Return a count for each of the day's shows."""
        return np.concatenate([self.of_show[name], np.zeros(shows, np.int64)])[:shows]

    def taken(self, show: int) -> set[int]:
        """Return the seats of a show that are taken at the end."""
        found: set[int] = set()
        for where, seat, is_taken in self._seats:
            if where == show:
                (found.add if is_taken else found.discard)(int(seat))
        return found


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    from sim.reporting.kpis import ratio

    shows = timetable_of(books.compiled, books.config)
    if not shows:
        return {kpi.name: None for kpi in KPIS}
    total = {name: int(found.sum()) for name, found in sums.of_show.items()}
    return {
        "cinema_admissions_people": total["people"],
        "cinema_seat_occupancy_share": ratio(total["people"], sum(show.hall.seats for show in shows)),
        "cinema_late_share": ratio(total["late"], total["parties"]),
        "cinema_missed_share": ratio(total["missed"], total["missed"] + total["parties"]),
        "cinema_box_office_fen": sums.takings_fen,
    }


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return the shows with what became of them, the seats of the fullest in the evening, and who goes in and out every five minutes."""
    shows = timetable_of(books.compiled, books.config)
    if not shows or not sums.of_show["sold"].any():
        return {}
    counts = {name: sums.count(name, len(shows)) for name in _COUNTS}
    told = [
        {
            "show": show.name, "cinema": books.compiled.tenant_names[show.hall.unit], "hall": show.hall.number,
            "starts_min": show.starts_us // US_PER_MIN, "ends_min": show.ends_us // US_PER_MIN, "seats": show.hall.seats,
            **{name: int(counts[name][index]) for name in _COUNTS},
        }
        for index, show in enumerate(shows)
    ]  # fmt: skip
    fullest = _fullest(told)
    return {
        "minutes": [BIN_MIN * (bin_ + 1) for bin_ in range(BINS)],
        "shows": told,
        "into_halls_people": sums.in_bins,
        "out_of_halls_people": sums.out_bins,
        "seat_map": _seat_map(shows[fullest], told[fullest], sums.taken(fullest)),
    }


def _fullest(told: list[dict[str, Any]]) -> int:
    """Return the show of which the largest share was sold, in the evening if there is one; the earliest of equals."""
    evening = [index for index, show in enumerate(told) if show["starts_min"] >= EVENING_MIN and show["sold"] > 0]
    return max(evening or range(len(told)), key=lambda index: (told[index]["sold"] / told[index]["seats"], -index))


def _seat_map(show: Show, told: dict[str, Any], taken: set[int]) -> dict[str, Any]:
    return {
        "show": show.name, "cinema": told["cinema"], "hall": show.hall.number, "starts_min": told["starts_min"],
        "columns": show.hall.columns, "is_taken": [int(seat in taken) for seat in range(show.hall.seats)],
    }  # fmt: skip


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    from sim.reporting.wording import percent, yuan

    if not curves:
        return []
    shows = curves["shows"]
    total = {
        name: sum(show[name] for show in shows)
        for name in ("seats", "people", "parties", "late", "late_us", "missed", "refunded", "sold_out")
    }
    fullest = max(shows, key=lambda show: show["sold"] / show["seats"])
    found = [
        f"{len(shows)} shows offered {total['seats']:,} seats. {total['people']:,} people saw a film, which is {percent(kpis['cinema_seat_occupancy_share'])} "
        f"of the seats, and paid {yuan(kpis['cinema_box_office_fen'])}. The fullest show began at {clock(fullest['starts_min'])} in hall "
        f"{fullest['hall']} of {fullest['cinema']}, with {fullest['sold']} of {fullest['seats']} seats sold."
    ]
    if total["late"] or total["missed"]:
        mean = f", {total['late_us'] / total['late'] / US_PER_MIN:.0f} min on average" if total["late"] else ""
        found.append(
            f"Of the {total['parties'] + total['missed']:,} parties with seats, {total['late']:,} came in after the start{mean}, and {total['missed']:,} "
            "missed their film."
        )
    if total["refunded"]:
        found.append(f"{total['refunded']:,} seats were given back in time and could be sold again.")
    if total["sold_out"]:
        found.append(f"{total['sold_out']:,} times a party found no show with enough seats left that it could still reach.")
    out = np.asarray(curves["out_of_halls_people"])
    if out.any():
        worst = int(np.argmax(out))
        found.append(
            f"The largest crowd came out between {clock(BIN_MIN * worst)} and {clock(BIN_MIN * (worst + 1))}: {int(out[worst]):,} people left their "
            f"halls within five minutes, to go through one cinema's doors together."
        )
    return found


def clock(minutes: int) -> str:
    """Return "HH:MM"."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


TOPIC = Topic("cinema", "Cinemas", KPIS, Sums, values, curves, words)
