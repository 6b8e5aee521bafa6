"""What a day of a feed comes to: some forty numbers that malls have of every day, from counters, tills, gates and lines.

One function for real days and simulated ones, so that what is compared is the same thing. A number that the day's sensors cannot tell is
None: a mall without bay sensors is calibrated from the rest.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.calendar import day_of
from sim.config import RunConfig
from sim.feeds.records import CADENCE_US
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_HOUR, US_PER_MIN, minutes_from_hours

AT_HOURS = (12, 15, 18, 20)  # when people inside are looked at: before and between the meals, at dinner, towards the end
P90 = 90
Value = float | None


@dataclass(frozen=True)
class DayColumns:
    """Records of one day, columns of equal length in any order; times since its midnight."""

    time_us: np.ndarray  # int64
    sensor: np.ndarray  # text
    kind: np.ndarray  # text
    value: np.ndarray  # int64

    def of(self, sort: str, kind: str) -> DayColumns:
        """Return the records of one sort of sensor ("door", "till") and kind."""
        rows = (self.kind == kind) & np.char.startswith(self.sensor, f"{sort}:")
        return DayColumns(self.time_us[rows], self.sensor[rows], self.kind[rows], self.value[rows])


def summaries_of(day: DayColumns, config: RunConfig, compiled: CompiledPlan, date: datetime.date) -> dict[str, Value]:
    """Return the numbers of a day by name, in the units that `in_words` tells; None where its sensors cannot tell.

    People are divided by what the calendar foresees of the date (weekday, season, holiday), so that days of a month are alike.
    """
    came, left = day.of("door", "people_in"), day.of("door", "people_out")
    people = float(came.value.sum())
    if people <= 0:
        return {}
    calendar = day_of(config, date)
    found: dict[str, Value] = {"people_in": people / max(calendar.factor, 1e-9)}
    for door in _sensors(came)[1:]:
        found[f"door_share {door}"] = float(came.value[came.sensor == f"door:{door}"].sum()) / people
    found |= _inside(day, came, left, people)
    found |= _cars(day, people)
    found |= _bills(day, config, compiled, people, float((came.time_us * came.value).sum()) / people)
    return found | _lines(day, config, compiled)


def in_words(name: str) -> str:
    """Return what a summary is, with its unit."""
    first, _, rest = name.partition(" ")
    told = {
        "people_in": "people counted in, a day of average calendar",
        "door_share": f"share of them through door {rest}",
        "stay_min": "mean stay, min (people inside over people in: Little's law)",
        "inside_at": f"people inside at {rest}, over their mean of the day",
        "level_share": f"share of people inside who are on level {rest}",
        "cars": "cars through the gates, for 100 people in",
        "car_stay_min": "mean stay of cars, min (bays taken over cars in)",
        "bills": f"bills of {rest}, for 100 people in",
        "bill_yuan": f"mean bill of {rest}, yuan",
        "bill_spread": "spread of bills within a trade (sd of their logarithms)",
        "bill_after_min": "mean time of bills less mean time of entry, min",
        "meal_share": "share of bills of food places at meals",
        "waiting_mean": f"parties waiting at {rest}, mean of the day",
        "waiting_p90": f"parties waiting at {rest}, 90th percentile of the day",
    }
    return told[first]


def _sensors(rows: DayColumns) -> list[str]:
    return sorted({name.partition(":")[2] for name in np.unique(rows.sensor).tolist()})


def _inside(day: DayColumns, came: DayColumns, left: DayColumns, people: float) -> dict[str, Value]:
    """Return the mean stay, people inside over the day, and where they are; by counts of levels, or else of doors."""
    counted = day.of("level", "people")
    found: dict[str, Value] = {}
    if counted.time_us.size:
        ticks, at = np.unique(counted.time_us, return_inverse=True)
        inside = np.bincount(at, weights=counted.value, minlength=ticks.size)
        levels = _sensors(counted)
        for level in levels[1:]:
            on_it = float(counted.value[counted.sensor == f"level:{level}"].sum())
            found[f"level_share {level}"] = on_it / max(float(counted.value.sum()), 1.0)
    elif left.time_us.size:
        ticks = np.unique(np.concatenate([came.time_us, left.time_us]))
        change = np.zeros(ticks.size)
        np.add.at(change, np.searchsorted(ticks, came.time_us), came.value)
        np.add.at(change, np.searchsorted(ticks, left.time_us), -left.value)
        inside = np.maximum(np.cumsum(change), 0.0)
    else:
        return found
    area_min = float(inside.sum()) * _cadence_us(ticks) / US_PER_MIN
    found["stay_min"] = area_min / people
    is_open = inside > 0
    mean = float(inside[is_open].mean()) if is_open.any() else 0.0
    for hour in AT_HOURS:
        near = np.abs(ticks - hour * US_PER_HOUR) <= US_PER_HOUR // 4
        found[f"inside_at {hour}:00"] = float(inside[near].mean()) / mean if near.any() and mean > 0 else None
    return found


def _cars(day: DayColumns, people: float) -> dict[str, Value]:
    gates, bays = day.of("gate", "plate_in"), day.of("bays", "bays_taken")
    found: dict[str, Value] = {}
    if gates.time_us.size:
        found["cars"] = 100.0 * gates.time_us.size / people
        if bays.time_us.size:
            ticks = np.unique(bays.time_us)
            found["car_stay_min"] = float(bays.value.sum()) * _cadence_us(ticks) / US_PER_MIN / gates.time_us.size
    return found


def _bills(day: DayColumns, config: RunConfig, compiled: CompiledPlan, people: float, entry_us: float) -> dict[str, Value]:
    """Return bills and their mean by trade, their spread, and when they are paid."""
    sales = day.of("till", "sale")
    if not sales.time_us.size:
        return {}
    trade_of = {f"till:{unit}": trade for unit, trade in zip(compiled.unit_ids, compiled.tenant_categories, strict=True)}
    trades = np.array([trade_of.get(name, "") for name in sales.sensor.tolist()])
    found: dict[str, Value] = {}
    logs = np.log(np.maximum(sales.value, 1))
    squares, freedom = 0.0, 0
    for trade in sorted(set(compiled.tenant_categories)):
        rows = trades == trade
        number = int(rows.sum())
        found[f"bills {trade}"] = 100.0 * number / people
        found[f"bill_yuan {trade}"] = float(sales.value[rows].mean()) / 100 if number else None
        if number > 1:
            squares, freedom = squares + float(((logs[rows] - logs[rows].mean()) ** 2).sum()), freedom + number - 1
    found["bill_spread"] = float(np.sqrt(squares / freedom)) if freedom else None
    found["bill_after_min"] = (float(sales.time_us.mean()) - entry_us) / US_PER_MIN
    food = np.isin(trades, [trade for trade in set(compiled.tenant_categories) if config.categories[trade].tables])
    if food.any():
        choice, minute = config.choice, sales.time_us[food] / US_PER_MIN
        at_meals = _within(minute, choice.lunch_starts, choice.lunch_ends) | _within(
            minute, choice.dinner_starts, choice.dinner_ends
        )
        found["meal_share"] = float(at_meals.mean())
    return found


def _within(minute: np.ndarray, starts: str, ends: str) -> np.ndarray:
    is_within: np.ndarray = (minute >= minutes_from_hours(starts)) & (minute < minutes_from_hours(ends))
    return is_within


def _lines(day: DayColumns, config: RunConfig, compiled: CompiledPlan) -> dict[str, Value]:
    """Return parties waiting for tables and at tills, over all lines together; a line that says nothing is empty."""
    waiting = day.of("line", "waiting")
    if not waiting.time_us.size:
        return {}
    with_tables = {
        f"line:{unit}"
        for unit, trade in zip(compiled.unit_ids, compiled.tenant_categories, strict=True)
        if config.categories[trade].tables
    }
    ticks, at = np.unique(waiting.time_us, return_inverse=True)
    is_table = np.isin(waiting.sensor, sorted(with_tables))
    found: dict[str, Value] = {}
    for name, rows in (("tables", is_table), ("tills", ~is_table)):
        if name == "tables" and not with_tables:
            continue
        parties = np.bincount(at[rows], weights=waiting.value[rows], minlength=ticks.size)
        found[f"waiting_mean {name}"] = float(parties.mean())
        found[f"waiting_p90 {name}"] = float(np.percentile(parties, P90))
    return found


def _cadence_us(ticks: np.ndarray) -> float:
    """Return how far apart readings are; the usual distance where there is but one."""
    return float(np.median(np.diff(ticks))) if ticks.size > 1 else float(CADENCE_US)


def names_of(days: Sequence[dict[str, Value]]) -> list[str]:
    """Return the summaries that any of some days has, in the order in which they were met."""
    return list({name: None for day in days for name in day})
