"""How a quantity of the live twin reads: its name, its place, its values."""

from __future__ import annotations

from typing import Any

from sim.reporting.wording import UNKNOWN, duration, esc, number, percent, whole, yuan

NAMES = {
    "arrivals": "People coming in, in a quarter of an hour",
    "departures": "People going out, in a quarter of an hour",
    "people": "People inside",
    "waiting": "Parties waiting at restaurants",
    "wait_s": "Wait that a party coming now expects",
    "covers": "Tables that paid, in a quarter of an hour",
    "bays_taken": "Car park bays taken",
    "bills": "Bills of all tills, in a quarter of an hour",
    "sales_fen": "Sales in a quarter of an hour",
}
SHORT = {
    "arrivals": "coming in",
    "departures": "going out",
    "covers": "tables that paid",
    "bills": "bills",
    "sales_fen": "sales",
    "waiting": "parties waiting",
    "wait_s": "expected wait",
}


def name_of(what: str) -> str:
    """Return what a quantity is called; its own word where none was given."""
    bare = what.removesuffix("_fen").removesuffix("_share").removesuffix("_s").replace("_", " ")
    return NAMES.get(what, bare[:1].upper() + bare[1:])


def short_name_of(what: str) -> str:
    """Return a name that fits beside an axis or in a line."""
    return SHORT.get(what, name_of(what).lower())


def place_of(where: str) -> str:
    """Return the place, safe in a page."""
    return esc(where) or "whole mall"


def axis_of(what: str) -> tuple[str, float]:
    """Return the label of an axis and the factor from the quantity's unit to the axis's."""
    if what.endswith("_fen"):
        return f"{short_name_of(what)}, yuan", 0.01
    if what.endswith("_s"):
        return f"{short_name_of(what)}, min", 1 / 60
    if what.endswith("_share"):
        return f"{short_name_of(what)}, %", 100.0
    return short_name_of(what), 1.0


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


def score_of(what: str, value: float) -> str:
    """Return an error or a mean in the quantity's unit, with two digits behind the point where it is small."""
    return value_of(what, value) if what.endswith(("_fen", "_s", "_share")) or value >= 20 else number(value, 2)


def ahead_of(minutes: int) -> str:
    """Return how far ahead, in words."""
    return f"{minutes} min" if minutes % 60 or minutes == 60 else f"{minutes // 60} h"
