"""What a run says of parties that split and meet again, of families, and of children in the playground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import Level
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value
from sim.units import US_PER_MIN, US_PER_S

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

_NO_FAMILY = "no family came"
_NO_PART = "no party split"
_KPIS = (
    Kpi("family_visits_share", "share", "neither", "visits", "Families", "Parties with children / parties that came in."),
    Kpi("family_dwell_min_mean", "min", "higher", "visits", "Stay of a family", "Mean time from coming in to going out, over parties with children.", null_where=_NO_FAMILY),
    Kpi("family_spend_fen_mean", "fen", "higher", "visits", "Spend of a family", "Mean of what parties with children spent in stores, for tables and for films, all their people together.", null_where=_NO_FAMILY),
    Kpi("parts_away", "count", "neither", "visits", "Parts that left their party", "Times that some of a party went their own way or stayed in the playground."),
    Kpi("parts_away_people_max", "people", "neither", "visits", "Most people away from their party", "Largest number of people who were away from the rest of their party at once."),
    Kpi("rejoin_wait_s_mean", "s", "lower", "visits", "Wait for one's own people", "Mean wait at the place where a party had agreed to meet, those who came last (0 s) included.", null_where=_NO_PART),
    Kpi("rejoin_late_share", "share", "lower", "visits", "Meetings that were late", "Waits for one's own people that went on until the others had to be called / waits.", null_where=_NO_PART),
    Kpi("child_alerts", "count", "lower", "visits", "Children late or not fetched", "Times that a child did not come to the place agreed in time, or had not been fetched from the playground when the visit was to be over."),
    Kpi("plans_abandoned", "count", "lower", "visits", "Plans given up", "Needs that parties dropped: their people could not agree, or it was time to meet the others."),
)  # fmt: skip


class Sums:
    """Takes batches of events in order of time."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        self.count = np.zeros(128, np.int64)
        self.away = Level()
        self.came_us, self.left_us, self.spent_fen, self.waited_us, self.given_up = 0, 0, 0, 0, 0

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        for kind in _COUNTED:
            self.count[kind] += of_kind[kind].size
        moved = np.flatnonzero((rows.kind == EventKind.SPLIT) | (rows.kind == EventKind.REJOINED))
        sign = np.where(rows.kind[moved] == EventKind.SPLIT, 1, -1)
        self.away.take(rows.time_us[moved], sign * rows.people[moved].astype(np.int64))
        came, left = of_kind[EventKind.FAMILY_CAME], of_kind[EventKind.FAMILY_LEFT]
        self.came_us += int(rows.time_us[came].sum())
        self.left_us += int(rows.time_us[left].sum())
        self.spent_fen += int(rows.value[left].sum())
        self.waited_us += int(rows.value[of_kind[EventKind.MEETING_KEPT]].sum())
        self.given_up += int(rows.value[of_kind[EventKind.PLAN_ABANDONED]].sum())


_COUNTED = (
    EventKind.ARRIVED, EventKind.SPLIT, EventKind.REJOINED, EventKind.MEETING_AWAITED, EventKind.MEETING_KEPT, EventKind.MEETING_LATE,
    EventKind.CHILD_ALERT, EventKind.FAMILY_CAME, EventKind.FAMILY_LEFT,
)  # fmt: skip


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs; the stay of families is known once all that came have left."""
    count = {kind: int(sums.count[kind]) for kind in _COUNTED}
    families, awaited, kept = count[EventKind.FAMILY_LEFT], count[EventKind.MEETING_AWAITED], count[EventKind.MEETING_KEPT]
    all_left = families == count[EventKind.FAMILY_CAME] > 0
    return {
        "family_visits_share": count[EventKind.FAMILY_CAME] / count[EventKind.ARRIVED] if count[EventKind.ARRIVED] else None,
        "family_dwell_min_mean": (sums.left_us - sums.came_us) / families / US_PER_MIN if all_left else None,
        "family_spend_fen_mean": sums.spent_fen / families if families else None,
        "parts_away": count[EventKind.SPLIT],
        "parts_away_people_max": sums.away.max,
        "rejoin_wait_s_mean": sums.waited_us / kept / US_PER_S if kept else None,
        "rejoin_late_share": count[EventKind.MEETING_LATE] / awaited if awaited else None,
        "child_alerts": count[EventKind.CHILD_ALERT],
        "plans_abandoned": sums.given_up,
    }


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return how many people were away from their party, every five minutes."""
    return {"away": sums.away.at_bin_ends()} if sums.count[EventKind.SPLIT] else {}


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    found = [
        f"In {kpis['parts_away']:,} cases some of a party went their own way for a while, or stayed in the playground; at most "
        f"{kpis['parts_away_people_max']:,} people were away from their party at once. Footfall counts whole parties; what the parts "
        "bought and the stores they entered are in the figures of stores and sales."
    ]
    if kpis["rejoin_wait_s_mean"] is not None:
        late = (
            f", and in {100 * kpis['rejoin_late_share']:.0f} % of waits somebody had to be called"
            if kpis["rejoin_late_share"] is not None
            else ""
        )
        found.append(f"Meeting again took {kpis['rejoin_wait_s_mean'] / 60:.1f} minutes of waiting on average{late}.")
    if kpis["family_dwell_min_mean"] is not None and kpis["family_spend_fen_mean"] is not None:
        found.append(
            f"Parties with children, {100 * (kpis['family_visits_share'] or 0):.0f} % of all, stayed {kpis['family_dwell_min_mean']:.0f} minutes "
            f"and spent ¥{kpis['family_spend_fen_mean'] / 100:,.0f} on average."
        )
    if kpis["child_alerts"]:
        found.append(f"{kpis['child_alerts']:,} times a child was late, or was not fetched in time.")
    if kpis["plans_abandoned"]:
        found.append(f"{kpis['plans_abandoned']:,} plans were given up, for want of agreement or because it was time to meet.")
    return found


TOPIC = Topic("parties", "Parties that part and meet", _KPIS, Sums, values, curves, words)
