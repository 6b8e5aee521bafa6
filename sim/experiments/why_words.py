"""Says in a planner's words why a KPI moved between two days of the same seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.experiments.event_words import instant_words
from sim.reporting.kpi_catalogue import BY_NAME

_TOUCHES = {
    "direct": "reached by the change itself",
    "indirect": "reached through lines, stock, car parks or those they came with",
    "not told": "walked, chose or stayed otherwise, where events do not tell whether by the change or by a fuller or emptier mall",
    "nobody": "not of any visit",
}
ONE_PAIR = "Told of one pair of days, exactly; another day may differ otherwise, and only intervals over many days tell a difference from luck."


def lines_of(why: Mapping[str, Any]) -> list[str]:
    """Return the lines that tell one record of `explain`, without the groups' table (`rows_of`)."""
    name, baseline, arm = why["kpi"], why["baseline"], why["arm"]
    label = BY_NAME[name].label if name in BY_NAME else name
    values = (amount(why[each], why["unit"]) for each in ("baseline_value", "arm_value"))
    change = f": {amount(why['difference'], why['unit'], signed=True)}" if why["difference"] is not None else ""
    found = [f"{label} ({name}): {next(values)} in {baseline}, {next(values)} in {arm}{change}."]
    if why["first"] is None:
        return [*found, f"Every one of the {why['events']:,} events is the same on both days."]
    found += [
        f"The first event that differs: {why['first']['words']}.",
        f"{why['visits_differ']:,} of {why['visits']:,} parties have a day that differs, {why['visits_differ_in_time_only']:,} of them only in "
        "when things happened.",
    ]
    found += [f"{why['note'][:1].upper()}{why['note'][1:]}; what follows says only what happened."] if why["note"] else []
    for each in why["touches"]:
        if each["touch"] != "nobody" or each["contribution"]:
            told = [] if each["touch"] == "nobody" else [_parties(each["visits"])]
            found.append(f"- {_TOUCHES[each['touch']]}: {', '.join([*told, *_part(each, why['unit'])])}.")
    return found


def rows_of(why: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return a row for each group: what differed first, parties, only in time, most at, part of the difference, share of it."""
    return [
        (
            f"{each['words'][:1].upper()}{each['words'][1:]}",
            f"{each['visits']:,}",
            f"{each['visits_in_time_only']:,}",
            ", ".join(f"{place['place']} ({place['visits']:,})" for place in each["places"][:2]),
            "-" if each["contribution"] is None else amount(each["contribution"], why["unit"], signed=True),
            "-" if each["share"] is None else f"{each['share']:.0%}",
        )
        for each in why["groups"]
    ]


HEAD = ("what differed first", "parties", "only in time", "most at", "part of it", "share")


def table_of(why: Mapping[str, Any]) -> list[str]:
    """Return `rows_of` as lines of text in columns."""
    rows = [HEAD, *rows_of(why)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def example_of(why: Mapping[str, Any]) -> list[str]:
    """Return the lines that follow one visit from what differed first to the KPI; none where there is no such visit."""
    example = why["example"]
    if example is None:
        return []
    part = amount(example["contribution"], why["unit"], signed=True)
    found = [f"For instance visit {example['visit']}, {part}:"]
    for step in example["steps"]:
        sides = (
            f"{name}: {step[side] or 'nothing of the kind'}"
            for side, name in (("baseline", why["baseline"]), ("arm", why["arm"]))
        )
        found.append(f"  {instant_words(step['time_us'])}  {'; '.join(sides)}")
    return found


def _parties(count: int) -> str:
    return f"{count:,} {'party' if count == 1 else 'parties'}"


def _part(each: Mapping[str, Any], unit: str) -> list[str]:
    if each["contribution"] is None:
        return []
    if not each["contribution"]:
        return ["no part in the difference"]
    share = [] if each["share"] is None else [f"{each['share']:.0%} of the difference"]
    return [amount(each["contribution"], unit, signed=True), *share]


def amount(value: float | None, unit: str, *, signed: bool = False) -> str:
    """Return a value of a KPI, or a difference of one, with its unit."""
    if value is None:
        return "not known"
    sign = "+" if signed else ""
    if unit == "fen":
        return f"{value / 100:{sign},.2f} yuan"
    if unit == "share":
        return f"{100 * value:{sign}.2f} {'percentage points' if signed else '%'}"
    number = f"{value:{sign},}" if isinstance(value, int) else f"{value:{sign},.4g}"
    return f"{number} {unit}" if unit in ("min", "h", "s", "m", "m2", "per m2", "points", "days") else number
