"""What the category words of other formats mean here: a kind of shape, or the trade of a tenant."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from sim.categories import CATEGORIES
from sim.floorplan.drawn import EDGE_KINDS, FLOOR_KINDS, ROOM_KINDS, SHAFT_KINDS

KINDS = ROOM_KINDS + SHAFT_KINDS + EDGE_KINDS + FLOOR_KINDS


@cache
def table() -> dict[tuple[str, str], str]:
    """Return (scheme, code) -> meaning; the schemes are described in data/NOTICE.md."""
    text = files("sim.floorplan").joinpath("data/foreign_categories.csv").read_text(encoding="utf-8")
    rows = {(row["scheme"], row["code"]): row["meaning"] for row in csv.DictReader(text.splitlines())}
    assert all(meaning in KINDS or meaning in CATEGORIES for meaning in rows.values())
    return rows


def meaning_of(scheme: str, codes: Iterable[str]) -> str | None:
    """Return what the first known of the codes means (most special code first), None when all are unknown."""
    for code in codes:
        found = table().get((scheme, code))
        if found:
            return found
    return None


def is_trade(meaning: str | None) -> bool:
    """Tell whether a meaning is a tenant's category."""
    return meaning in CATEGORIES
