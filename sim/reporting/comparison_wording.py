"""How a comparison says its numbers: signed differences with units, intervals, and the name of a KPI, an arm or a part."""

from __future__ import annotations

from collections.abc import Mapping

from sim.reporting.kpi_catalogue import BY_NAME
from sim.reporting.wording import UNKNOWN, duration, number, whole, yuan

Value = float | int | None
MINUS, THIN = "\u2212", "\u00a0"
POINTS = f"percentage{THIN}points"
SETTING_MOST = 160  # letters


def label_of(name: str) -> str:
    """Return what a KPI is called in words; the name itself of one that a plug-in brought."""
    return BY_NAME[name].label if name in BY_NAME else name


def amount(unit: str, value: Value) -> str:
    """Return a mean with its unit; unlike a KPI of one day it may have fractions."""
    if value is None:
        return UNKNOWN
    sign = MINUS if value < 0 else ""
    return sign + _size(unit, abs(value))


def change(unit: str, value: Value) -> str:
    """Return a difference with its sign and unit; of shares in percentage points."""
    if value is None:
        return UNKNOWN
    size = f"{_digits(100 * abs(value))}{THIN}{POINTS}" if unit == "share" else _size(unit, abs(value))
    return f"{_sign(value)}{size}"


def between(unit: str, low: Value, high: Value) -> str:
    """Return an interval of differences; a dash where there is none."""
    return UNKNOWN if low is None or high is None else f"{change(unit, low)} to {change(unit, high)}"


def share(value: Value) -> str:
    """Return a difference as a share of the baseline, with its sign."""
    if value is None or value == 0:
        return UNKNOWN if value is None else f"0{THIN}%"
    size = 100 * abs(value)
    return f"{_sign(value)}{size:,.{2 if size < 10 else 1 if size < 100 else 0}f}{THIN}%"


def share_between(low: Value, high: Value) -> str:
    """Return an interval of such shares."""
    return UNKNOWN if low is None or high is None else f"{share(low)} to {share(high)}"


def chance(p_value: Value) -> str:
    """Return a p-value as one reads it."""
    return (
        UNKNOWN
        if p_value is None
        else "under 0.001"
        if p_value < 0.001
        else f"{p_value:.3f}"
        if p_value < 0.1
        else f"{p_value:.2f}"
    )


def times(factor: Value) -> str:
    """Return how many times fewer or more."""
    return UNKNOWN if factor is None else f"{number(factor, 1)}" if factor < 10 else whole(factor)


def _sign(value: float) -> str:
    return "+" if value > 0 else MINUS if value < 0 else ""


def _size(unit: str, value: float) -> str:
    if unit.startswith("fen"):
        return yuan(value) + unit.removeprefix("fen")
    if unit == "share":
        return f"{_digits(100 * value)}{THIN}%"
    if unit == "s":
        return duration(value) if value == 0 or value >= 120 else f"{_digits(value)}{THIN}s"
    if unit in ("min", "m"):
        return f"{_digits(value)}{THIN}{unit}"
    if unit == "per m2":
        return f"{_digits(value)} per m²"
    return _digits(value)


def _digits(value: float) -> str:
    """Return a number of zero or more with the digits that matter, thousands apart."""
    if value == 0:
        return "0"
    if value >= 100 or float(value).is_integer():
        return f"{value:,.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.095 else f"{value:.2g}"


def part_name(name: str, tenants: Mapping[str, str]) -> str:
    """Return what a part is called: a tenant with its unit, a segment without the signs of a program."""
    return f"{tenants[name]} ({name})" if name in tenants else name.replace("_", " ").replace("purpose:", "purpose: ")


def setting(value: object) -> str:
    """Return the value of a setting as one reads it, cut where it is long."""
    if isinstance(value, float):
        text = f"{value:,.10g}"
    elif isinstance(value, list):
        text = "; ".join(map(setting, value)) or "none"
    elif isinstance(value, dict):
        text = ", ".join(f"{key} {setting(inner)}" for key, inner in value.items())
    else:
        text = "none" if value is None or value == "" else "yes" if value is True else "no" if value is False else str(value)
    return text if len(text) <= SETTING_MOST else f"{text[: SETTING_MOST - 1]}…"
