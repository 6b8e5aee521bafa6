"""KPIs that add up over visits, from events; and their difference between two days shared out among groups of visits, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from sim.events import EventKind, Reason
from sim.reporting.events_file import Events
from sim.units import US_PER_MIN, US_PER_S

K = EventKind
LINES = {"till", "self", "table", "tables"}  # stations whose waits `queue_wait_s_mean` counts; prefixes of their names
CLOSE = 1e-9  # relative: runs reckon means in floats, this module in whole numbers


@dataclass(frozen=True)
class Sum:
    """A sum over the events of a kind."""

    kind: EventKind
    of: str = "count"  # or a column: value, people, time_us
    sign: int = 1
    stations: frozenset[str] = frozenset()  # only stations whose names have these prefixes; none: everywhere
    besides: int | None = None  # not those with this value


@dataclass(frozen=True)
class Additive:
    """A KPI that is a sum, or a sum by another: part / (whole x scale)."""

    part: tuple[Sum, ...]
    whole: tuple[Sum, ...] = ()
    scale: int = 1


def _count(kind: EventKind) -> Additive:
    return Additive((Sum(kind),))


def _mean(kind: EventKind, scale: int = 1) -> Additive:
    return Additive((Sum(kind, "value"),), (Sum(kind),), scale)


def _wait(*prefixes: str) -> Additive:
    stations, kinds = frozenset(prefixes), (K.SERVICE_STARTED, K.RENEGED)
    part, whole = (tuple(Sum(kind, of, stations=stations) for kind in kinds) for of in ("value", "count"))
    return Additive(part, whole, US_PER_S)


def _abandoned(*prefixes: str) -> Additive:
    stations = frozenset(prefixes)
    return Additive(
        (Sum(K.RENEGED, stations=stations),), tuple(Sum(kind, stations=stations) for kind in (K.SERVICE_STARTED, K.RENEGED))
    )


_SALES = (Sum(K.PURCHASED, "value"), Sum(K.SALE_REFUNDED, "value", -1))
ADDITIVE = {
    "footfall_visits": _count(K.ARRIVED),
    "footfall_people": Additive((Sum(K.ARRIVED, "people"),)),
    "dwell_min_mean": Additive((Sum(K.LEFT, "time_us"), Sum(K.ARRIVED, "time_us", -1)), (Sum(K.LEFT),), US_PER_MIN),
    "stores_per_visit_mean": Additive((Sum(K.STORE_ENTERED, besides=Reason.DESK),), (Sum(K.ARRIVED),)),
    "store_refused_visits": _count(K.STORE_REFUSED),
    "turned_away_visits": _count(K.TURNED_AWAY),
    "stranded_visits": _count(K.STRANDED),
    "purchases": _count(K.PURCHASED),
    "basket_fen_mean": Additive(_SALES, (Sum(K.PURCHASED),)),
    "sales_fen": Additive(_SALES),
    "walk_m_mean": _mean(K.LEFT, 1000),
    "wrong_turns_per_visit": Additive((Sum(K.MISLED),), (Sum(K.ARRIVED),)),
    "queue_wait_s_mean": _wait(*LINES),
    "till_wait_s_mean": _wait("till", "self"),
    "table_wait_s_mean": _wait("table", "tables"),
    "queue_abandon_share": _abandoned(*LINES),
    "till_abandon_share": _abandoned("till", "self"),
    "table_abandon_share": _abandoned("table", "tables"),
    "cars_parked": _count(K.PARKED),
    "parking_search_s_mean": _mean(K.PARKED, US_PER_S),
    "parking_exit_delay_s_mean": _mean(K.UNPARKED, US_PER_S),
    "parking_income_fen": Additive((Sum(K.PARKING_PAID, "value"),)),
    "sales_lost_fen": Additive((Sum(K.SALE_LOST, "value"),)),
    "satisfaction_mean": _mean(K.VISIT_JUDGED, 1000),
    "felt_wait_s_mean": _mean(K.WAIT_FELT, US_PER_S),
    "effort_m_mean": _mean(K.EFFORT_FELT),
    "member_sales_fen": Additive((Sum(K.MEMBER_PAID, "value"), Sum(K.MEMBER_UNSEEN, "value"))),
    "deterred_visits": _count(K.DETERRED),
    "tickets_taken": _count(K.TICKET_TAKEN),
    "meals_put_off": _count(K.MEAL_PUT_OFF),
}


def by_group(sums: Sequence[Sum], events: Events, group: np.ndarray, groups: int) -> np.ndarray:
    """Return the sums (int64) over the events of each group; `group` says of each row to which it belongs."""
    found = np.zeros(groups, np.int64)
    for each in sums:
        rows = np.flatnonzero(events.kind == each.kind)
        if each.besides is not None:
            rows = rows[events.value[rows] != each.besides]
        if each.stations:
            counts = np.array([*(word.partition(":")[0] in each.stations for word in events.words), False], bool)
            rows = rows[counts[events.place_word[rows]]]
        added = np.ones(rows.size, np.int64) if each.of == "count" else getattr(events, each.of)[rows].astype(np.int64)
        np.add.at(found, group[rows], each.sign * added)
    return found


def value_of(kpi: Additive, events: Events) -> Fraction | None:
    """Return the KPI of a day from its events; None where there is nothing to divide by."""
    everywhere = np.zeros(events.kind.size, np.int64)
    part = int(by_group(kpi.part, events, everywhere, 1)[0])
    if not kpi.whole:
        return Fraction(part)
    whole = int(by_group(kpi.whole, events, everywhere, 1)[0]) * kpi.scale
    return Fraction(part, whole) if whole else None


def contributions(
    kpi: Additive, left: Events, right: Events, left_group: np.ndarray, right_group: np.ndarray, groups: int
) -> list[Fraction] | None:
    """Return what each group of visits adds to right - left, exactly: they sum to the difference of the KPI; None where it is null.

    Of a mean A / B a group with changes dA and dB adds (dA x mid B - dB x mid A) / (B left x B right), where mid is half the sum of both days. This
    sums to the difference of means, is 0 for visits that do not differ, and changes only its sign when the days are exchanged.
    """
    sides = ((left, left_group), (right, right_group))
    parts = [by_group(kpi.part, events, group, groups) for events, group in sides]
    changes = (parts[1] - parts[0]).tolist()
    if not kpi.whole:
        return [Fraction(change) for change in changes]
    wholes = [by_group(kpi.whole, events, group, groups) for events, group in sides]
    (part_left, part_right), (whole_left, whole_right) = ([int(each.sum()) for each in both] for both in (parts, wholes))
    if not whole_left or not whole_right:
        return None
    below = 2 * whole_left * whole_right * kpi.scale
    return [
        Fraction(change * (whole_left + whole_right) - more * (part_left + part_right), below)
        for change, more in zip(changes, (wholes[1] - wholes[0]).tolist(), strict=True)
    ]


def agrees(value: Fraction | None, kpi: object) -> bool:
    """Say whether what events add up to is the KPI of the run."""
    if value is None or not isinstance(kpi, int | float):
        return value is None and kpi is None
    return abs(float(value) - kpi) <= CLOSE * max(1.0, abs(kpi))
