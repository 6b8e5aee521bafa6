"""What a run says of what went on in shoppers: satisfaction, plans that came true or did not, waiting and effort as they felt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.crowd.satisfaction import LIST_UNIT
from sim.crowd.tallies import HOURS
from sim.events import Change, EventKind, Reason
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import add_counts, add_values, hour_of
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value
from sim.units import US_PER_S
from sim.visitors import Purpose

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

CLASSES = 20  # of satisfaction
THOUSAND = 1000
_NOBODY = "no visit ended"

_KPIS = (
    Kpi("satisfaction_mean", "index", "higher", "people", "Satisfaction", "Mean satisfaction of visits, 0 to 1: from needs found and missed, waits as they felt, crowds, effort and prices (minds.satisfaction); parties that were turned away count.", null_where=_NOBODY),
    Kpi("dissatisfied_share", "share", "lower", "people", "Dissatisfied", "Visits with a satisfaction below 0.5 / visits.", null_where=_NOBODY),
    Kpi("plan_done_share", "share", "higher", "people", "Needs met", "Needs for which something was bought / needs on the lists of visits that ended.", null_where="nobody had a list"),
    Kpi("needs_unmet", "count", "lower", "people", "Needs that the mall did not meet", "Needs without a store that would do, or left unmet in one for want of stock or patience; films that were wanted and not seen.", null_where=_NOBODY),
    Kpi("plans_changed", "count", "neither", "people", "Plans made anew", "Times that a party found a store it needed closed or full and looked for another of the trade.", null_where=_NOBODY),
    Kpi("vetoes", "count", "neither", "people", "Vetoes", "Choices at which, or on the walk after which, one of a party would not go into a store; several stores at one choice count once.", null_where=_NOBODY),
    Kpi("unaffordable_purchases", "count", "lower", "people", "Beyond the means", "Purchases that a party's money for the visit did not allow.", null_where=_NOBODY),
    Kpi("meals_given_up", "count", "lower", "people", "Meals given up", "Meals that hungry parties gave up: no restaurant would do, or those that they tried had no table for them.", null_where=_NOBODY),
    Kpi("rests", "count", "neither", "people", "Rests and snacks", "Times that a party went to a cafe to sit down or for a snack between meals.", null_where=_NOBODY),
    Kpi("felt_wait_s_mean", "s", "lower", "people", "Waiting as it felt", "Mean over visits of all their waits inside and at the car park's entry, those that nobody was told the length of made longer.", null_where=_NOBODY),
    Kpi("effort_m_mean", "m", "lower", "people", "Effort at the end", "Mean over visits of the effort not rested off at their end, as metres walked: walking and standing in line, less rest.", null_where=_NOBODY),
)  # fmt: skip
KPI_NAMES = tuple(kpi.name for kpi in _KPIS)


class Sums:
    """Takes batches of events in order of time."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        self.judged, self.thousandths = (np.zeros(len(Purpose), np.int64) for _ in range(2))
        self.of_class = np.zeros(CLASSES, np.int64)
        self.dissatisfied, self.felt_us, self.needs, self.found, self.rests = 0, 0, 0, 0, 0
        self.changes = np.zeros(len(Change), np.int64)
        self.hour_visits, self.hour_thousandths, self.hour_effort_m = (np.zeros(HOURS, np.int64) for _ in range(3))

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        judged, tired = of_kind[EventKind.VISIT_JUDGED], of_kind[EventKind.EFFORT_FELT]
        thousandths, hour = rows.value[judged], hour_of(rows.time_us[judged])
        add_counts(self.judged, rows.place[judged])
        add_values(self.thousandths, rows.place[judged], thousandths)
        add_counts(self.of_class, np.minimum(thousandths * CLASSES // THOUSAND, CLASSES - 1))
        self.dissatisfied += int(np.count_nonzero(2 * thousandths < THOUSAND))
        add_counts(self.hour_visits, hour)
        add_values(self.hour_thousandths, hour, thousandths)
        add_values(self.hour_effort_m, hour_of(rows.time_us[tired]), rows.value[tired])
        self.felt_us += int(rows.value[of_kind[EventKind.WAIT_FELT]].sum())
        lists = rows.value[of_kind[EventKind.LIST_CLOSED]]
        self.needs += int((lists // LIST_UNIT).sum())
        self.found += int((lists % LIST_UNIT).sum())
        add_counts(self.changes, rows.value[of_kind[EventKind.PLAN_CHANGED]])
        self.rests += int(np.count_nonzero(rows.value[of_kind[EventKind.STORE_ENTERED]] == Reason.REST))


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    visits = int(sums.judged.sum())
    if visits == 0:
        return dict.fromkeys(KPI_NAMES)
    changes = [int(count) for count in sums.changes]
    return {
        "satisfaction_mean": int(sums.thousandths.sum()) / visits / THOUSAND,
        "dissatisfied_share": sums.dissatisfied / visits,
        "plan_done_share": sums.found / sums.needs if sums.needs else None,
        "needs_unmet": changes[Change.NONE_THERE] + changes[Change.UNMET],
        "plans_changed": changes[Change.REPLANNED],
        "vetoes": changes[Change.VETOED],
        "unaffordable_purchases": changes[Change.UNAFFORDABLE],
        "meals_given_up": changes[Change.MEAL_GIVEN_UP],
        "rests": sums.rests,
        "felt_wait_s_mean": sums.felt_us / visits / US_PER_S,
        "effort_m_mean": int(sums.hour_effort_m.sum()) / visits,
    }


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures and words need: visits by class of satisfaction, by purpose, and by the hour in which they ended."""
    if not sums.judged.any():
        return {}
    by_purpose = {
        purpose.name.lower().replace("_", " "): [int(sums.judged[purpose]), int(sums.thousandths[purpose])]
        for purpose in Purpose
    }
    return {
        "visits_by_satisfaction": sums.of_class,
        "by_purpose": by_purpose,
        "hour_visits": sums.hour_visits,
        "hour_thousandths": sums.hour_thousandths,
        "hour_effort_m": sums.hour_effort_m,
    }


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    found = [
        f"Visits were worth {kpis['satisfaction_mean']:.2f} to those who made them, on a scale from 0 to 1; "
        f"{100 * (kpis['dissatisfied_share'] or 0):.0f} % were worth less than 0.5."
    ]
    many = {name: (visits, total / visits / THOUSAND) for name, (visits, total) in curves["by_purpose"].items() if visits}
    everybody = sum(visits for visits, _ in many.values())
    parts = [f"{name} {100 * visits / everybody:.0f} % ({mean:.2f})" for name, (visits, mean) in many.items()]
    found.append(f"What visits were for, and what they were worth: {', '.join(parts)}.")
    if kpis["plan_done_share"] is not None:
        found.append(
            f"Of the needs that parties brought, {100 * kpis['plan_done_share']:.0f} % led to a purchase. The mall did not meet "
            f"{kpis['needs_unmet']:,}; {kpis['plans_changed']:,} times a store was closed or full and another of its trade was looked for; "
            f"{kpis['vetoes']:,} times one of a party would not go into a store, {kpis['unaffordable_purchases']:,} purchases were beyond its means."
        )
    found.append(
        f"All waiting of a visit felt like {kpis['felt_wait_s_mean']:,.0f} s. At the end parties were as tired as after "
        f"{kpis['effort_m_mean']:,.0f} m; {kpis['rests']:,} times they sat down in a cafe on the way. {kpis['meals_given_up']:,} gave up their meal."
    )
    return found


TOPIC = Topic("minds", "What visits were like", _KPIS, Sums, values, curves, words)
