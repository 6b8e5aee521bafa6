"""Numbers and times as a planner reads them, and text that is safe inside a page."""

from __future__ import annotations

import html
from datetime import date

from sim.reporting.kpi_catalogue import BY_NAME
from sim.reporting.names import UNSEEN
from sim.units import US_PER_MIN

UNKNOWN = "–"
Value = int | float | None


def esc(text: object) -> str:
    """Return text in which no character means anything to a page, or turns round what stands after it."""
    return html.escape(str(text).translate(UNSEEN), quote=True)


def across(table: str, label: str) -> str:
    """Return a table that scrolls sideways by itself, by keyboard too, where the page is narrower."""
    return f'<div class="across" tabindex="0" role="region" aria-label="{esc(label)}">{table}</div>'


def whole(value: Value) -> str:
    """Return a rounded number with thousands separators."""
    return UNKNOWN if value is None else f"{value:,.0f}"


def yuan(fen: Value) -> str:
    """Return an amount of fen in yuan, with as many digits as one reads."""
    if fen is None:
        return UNKNOWN
    amount = fen / 100
    if abs(amount) >= 1e6:
        return f"¥{amount / 1e6:,.2f}\u00a0million"
    return f"¥{amount:,.0f}" if abs(amount) >= 1000 else f"¥{amount:,.2f}"


def percent(share: Value) -> str:
    """Return a share in percent; what happened, however seldom, does not read as nothing."""
    if share is not None and 0 < share < 0.0005:
        return "under 0.1\u00a0%"
    return UNKNOWN if share is None else f"{100 * share:.1f}\u00a0%"


def duration(seconds: Value) -> str:
    """Return seconds, or minutes and seconds from two minutes on; "under 1 s" for less, if it is not nothing."""
    if seconds is None:
        return UNKNOWN
    if 0 < seconds < 0.5:
        return "under 1\u00a0s"
    if seconds < 120:
        return f"{seconds:.0f}\u00a0s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}\u00a0min\u00a0{rest:02d}\u00a0s"


def number(value: Value, digits: int) -> str:
    """Return a number with a fixed count of decimals."""
    return UNKNOWN if value is None else f"{value:,.{digits}f}"


def kpi_text(name: str, value: Value) -> str:
    """Return the value of a KPI with its unit."""
    if value is None:
        return UNKNOWN
    unit = BY_NAME[name].unit
    if unit == "fen":
        return yuan(value)
    if unit == "share":
        return percent(value)
    if unit == "s":
        return duration(value)
    if unit in ("min", "m"):
        return f"{number(value, 1 if unit == 'm' and value < 20 else 0)}\u00a0{unit}"
    if unit == "per m2":
        return f"{value:.2f} per m²"
    return f"{value:.4f}" if unit == "index" else number(value, 2) if unit == "ratio" else whole(value)


def clock(time_us: int) -> str:
    """Return HH:MM of a time since midnight."""
    minutes = time_us // US_PER_MIN
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def long_date(iso: str) -> str:
    """Return "Saturday, 21 November 2026" whatever the machine's language; the text itself when it is no date."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"
