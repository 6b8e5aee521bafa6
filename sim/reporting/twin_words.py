"""How a quantity of the live twin reads: its name, its place, its values."""

from __future__ import annotations

from typing import Any

from sim.reporting.wording import UNKNOWN, duration, esc, number, percent, whole, yuan

NAMES = {
    "people": "People inside",
    "visitors": "Visitors",
    "waiting": "Parties waiting",
    "covers": "Covers served in a quarter of an hour",
    "bays_taken": "Car park bays taken",
    "sales_fen": "Sales in a quarter of an hour",
    "people_in": "People coming in, in a quarter of an hour",
    "people_out": "People going out, in a quarter of an hour",
    "plate_in": "Cars coming in, in a quarter of an hour",
    "plate_out": "Cars going out, in a quarter of an hour",
}
DAY_MIN = 24 * 60


def name_of(what: str) -> str:
    """Return what a quantity is called; its own word where none was given."""
    bare = what.removesuffix("_fen").removesuffix("_share").removesuffix("_s").replace("_", " ")
    return NAMES.get(what, bare[:1].upper() + bare[1:])


def place_of(where: str) -> str:
    """Return the place, safe in a page."""
    return esc(where) or "whole mall"


def axis_of(what: str) -> tuple[str, float]:
    """Return the label of an axis and the factor from the quantity's unit to the axis's."""
    if what.endswith("_fen"):
        return f"{name_of(what).lower()}, yuan", 0.01
    if what.endswith("_s"):
        return f"{name_of(what).lower()}, min", 1 / 60
    if what.endswith("_share"):
        return f"{name_of(what).lower()}, %", 100.0
    return name_of(what).lower(), 1.0


def value_of(what: str, value: float | None, *, signed: bool = False) -> str:
    """Return a value with its unit; with `signed` a plus stands before what is more."""
    if value is None:
        return UNKNOWN
    sign = "+" if signed and value > 0 else ""
    if what.endswith("_fen"):
        return sign + (yuan(value) if value >= 0 else f"-{yuan(-value)}")
    if what.endswith("_s"):
        return sign + (duration(value) if value >= 0 else f"-{duration(-value)}")
    if what.endswith("_share"):
        return sign + (percent(value) if value >= 0 else f"-{percent(-value)}")
    return sign + (whole(value) if abs(value) >= 20 or value == round(value) else number(value, 1))


def interval_of(what: str, row: dict[str, Any], *, signed: bool = False) -> str:
    """Return "low to high"."""
    return f"{value_of(what, row['low'], signed=signed)} to {value_of(what, row['high'], signed=signed)}"


def ahead_of(minutes: int) -> str:
    """Return how far ahead, in words."""
    return f"{minutes} min" if minutes % 60 or minutes == 60 else f"{minutes // 60} h"
