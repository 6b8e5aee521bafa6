"""What a run says of lines, displays and tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.crowd.tallies import HOURS
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import BIN_MIN, add_counts
from sim.reporting.event_schema import Columns
from sim.reporting.stations import TABLE, Stations
from sim.reporting.topics.lines_catalogue import LINES_KPIS
from sim.reporting.topics.lines_followed import Followed
from sim.reporting.topics.topic import Topic, Value
from sim.units import US_PER_MIN, US_PER_S, minutes_from_hours

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

HALF_HOUR_US = 30 * US_PER_MIN
ERROR_CLASSES_MIN = (-60, -30, -20, -15, -10, -5, -2, 2, 5, 10, 15, 20, 30, 60)  # edges between classes of shown - realised
WAIT_CLASSES_MIN = (1, 5, 10, 15, 20, 30, 45, 60)


class Sums:
    """Takes batches of events in order of time."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        self.is_table = stations.kind == TABLE
        self.meal_starts = np.zeros(2 * HOURS, np.int64)  # by half hour
        self.table_wait_us = 0
        self.meals_put_off = 0
        self.followed = Followed(self.is_table)

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        started = of_kind[EventKind.SERVICE_STARTED]
        at_table = started[self.is_table[rows.place[started]]]
        add_counts(self.meal_starts, np.clip(rows.time_us[at_table] // HALF_HOUR_US, 0, 2 * HOURS - 1))
        self.table_wait_us += int(rows.value[at_table].sum())
        self.meals_put_off += of_kind[EventKind.MEAL_PUT_OFF].size
        self.followed.take(rows, of_kind)


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    followed = sums.followed
    errors_us = followed.errors_us()
    walk_ins = int(sums.meal_starts.sum()) - followed.ticket_seated
    hours = books.config.operations.hours
    open_min = minutes_from_hours(hours.closes) - minutes_from_hours(hours.opens)
    half_hours = max(open_min / 30, 1)
    starts = int(sums.meal_starts.sum())
    judged = followed.deterred_in_vain + followed.deterred_rightly
    return {
        "shown_wait_error_s_mean": int(errors_us.sum()) / errors_us.size / US_PER_S if errors_us.size else None,
        "shown_wait_error_s_p95": _rank_s(np.abs(errors_us), 0.95),
        "deterred_visits": followed.deterred,
        "deterred_in_vain_share": followed.deterred_in_vain / judged if judged else None,
        "underpromised_visits": followed.underpromised,
        "tickets_taken": followed.taken,
        "ticket_no_show_share": followed.no_shows / followed.called if followed.called else None,
        "ticket_wait_s_mean": _mean_s(followed.ticket_wait_us, followed.ticket_seated),
        "ticket_total_s_mean": _mean_s(followed.ticket_total_us, followed.ticket_seated),
        "walk_in_table_wait_s_mean": _mean_s(sums.table_wait_us - followed.ticket_wait_us, walk_ins),
        "ticket_spend_fen": followed.ticket_spend_fen,
        "meal_peak_to_mean_ratio": int(sums.meal_starts.max()) * half_hours / starts if starts else None,
        "meals_put_off": sums.meals_put_off,
    }


def _mean_s(total_us: int, count: int) -> float | None:
    return total_us / count / US_PER_S if count else None


def _rank_s(values_us: np.ndarray, share: float) -> float | None:
    """Return the smallest value that at least `share` of the values do not exceed; None of nothing."""
    if values_us.size == 0:
        return None
    rank = max(int(np.ceil(share * values_us.size)) - 1, 0)
    return int(np.partition(values_us, rank)[rank]) / US_PER_S


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures need: nothing where no wait was shown and no ticket drawn."""
    followed = sums.followed
    if not (followed.shown or followed.taken):
        return {}
    found: dict[str, Any] = {
        "half_hours": [30 * half for half in range(2 * HOURS)],
        "meal_starts": sums.meal_starts.tolist(),
    }
    if followed.shown:
        length = books.sums.queues[TABLE].length_at_bin_ends()
        counts = np.maximum(followed.half_hour_judged, 1) * US_PER_MIN
        found |= {
            "shown": followed.shown,
            "waiting": length.tolist(),
            "minutes": [(index + 1) * BIN_MIN for index in range(length.size)],
            "judged": followed.half_hour_judged.tolist(),
            "shown_min": (followed.half_hour_shown_us / counts).tolist(),
            "realised_min": (followed.half_hour_realised_us / counts).tolist(),
            "error_edges_min": list(ERROR_CLASSES_MIN),
            "errors": _classes(followed.errors_us(), ERROR_CLASSES_MIN),
        }
    if followed.taken:
        waits, totals = followed.ticket_waits_us()
        found |= {
            "wait_edges_min": list(WAIT_CLASSES_MIN),
            "ticket_waits": _classes(waits, WAIT_CLASSES_MIN),
            "ticket_totals": _classes(totals, WAIT_CLASSES_MIN),
            "tickets_cancelled": followed.cancelled,
        }
    return found


def _classes(values_us: np.ndarray, edges_min: tuple[int, ...]) -> list[int]:
    """Return how many values lie below the first edge, between each two, and above the last."""
    index = np.searchsorted(np.array(edges_min) * US_PER_MIN, values_us, side="right")
    return [int(count) for count in np.bincount(index, minlength=len(edges_min) + 1)]


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    return [*_of_displays(kpis, curves), *_of_tickets(kpis, curves), *_of_meals(kpis)]


def _of_displays(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    if not curves.get("shown"):
        return []
    text = f"Parties read a wait at a table's line {curves['shown']:,} times."
    error_s, largest_s = kpis["shown_wait_error_s_mean"], kpis["shown_wait_error_s_p95"]
    if error_s is not None and largest_s is not None:
        way = "longer" if error_s >= 0 else "shorter"
        text += (
            f" What was shown was on average {_minutes(abs(error_s))} {way} than the wait that followed;"
            f" in one case of twenty it was wrong by more than {_minutes(largest_s)}."
        )
    text += f" {kpis['deterred_visits']:,} parties turned away because the wait shown was longer than their patience"
    in_vain = kpis["deterred_in_vain_share"]
    text += f"; {100 * in_vain:.0f} % of them would have been seated in time." if in_vain is not None else "."
    text += f" {kpis['underpromised_visits']:,} gave up after waiting longer than they had been told."
    return [text]


def _of_tickets(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    if not kpis["tickets_taken"]:
        return []
    text = f"{kpis['tickets_taken']:,} tickets for a table were drawn from afar."
    wait_s, total_s, walk_in_s = (
        kpis[name] for name in ("ticket_wait_s_mean", "ticket_total_s_mean", "walk_in_table_wait_s_mean")
    )
    if wait_s is not None and total_s is not None:
        text += (
            f" Whoever came with one was seated {_minutes(total_s)} after drawing it, of which it stood {_minutes(wait_s)} in line"
            f"{f'; parties without one stood {_minutes(walk_in_s)}' if walk_in_s is not None else ''}."
        )
    no_shows = kpis["ticket_no_show_share"]
    if no_shows is not None:
        text += f" {100 * no_shows:.0f} % of those called did not come, or too late; {curves['tickets_cancelled']:,} tickets were void before."
    spend_fen = kpis["ticket_spend_fen"]
    text += f" Between drawing and sitting down their owners spent ¥{(spend_fen or 0) / 100:,.0f} elsewhere in the mall."
    return [text]


def _of_meals(kpis: dict[str, Value]) -> list[str]:
    ratio = kpis["meal_peak_to_mean_ratio"]
    if not kpis["meals_put_off"] or ratio is None:
        return []
    return [
        f"{kpis['meals_put_off']:,} times a party put its meal off because of a wait it saw or read."
        f" In the fullest half hour {ratio:.1f} times as many meals began as in the mean one."
    ]


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} min"


TOPIC = Topic("lines", "Lines, displays and tickets", LINES_KPIS, Sums, values, curves, words)
