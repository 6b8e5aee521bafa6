"""Reads small tables that people hand in as CSV, and says what is wrong with them in one message."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from sim.errors import GalleriaError, Problem

SHOWN_MAX = 10
ROWS_MAX = 5_000_000


def rows_of(path: Path, way_out: str) -> list[dict[str, str]]:
    """Return the rows of a CSV in UTF-8 by column, cells stripped; raises GalleriaError where it cannot be read, or has no rows or too many."""
    try:
        reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
        rows = [{str(name).strip(): str(cell or "").strip() for name, cell in row.items() if name} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as trouble:
        reason = getattr(trouble, "strerror", None) or str(trouble)
        raise GalleriaError.of(path, [Problem("file", str(reason)[:80], "must be a CSV in UTF-8", way_out)]) from trouble
    if not 0 < len(rows) <= ROWS_MAX:
        raise GalleriaError.of(path, [Problem("rows", str(len(rows)), f"must be from 1 to {ROWS_MAX:,}", way_out)])
    return rows


def need_columns(path: Path, rows: Sequence[dict[str, str]], names: Iterable[str], way_out: str) -> None:
    """Raise GalleriaError with all columns that are missing."""
    missing = [name for name in names if name not in rows[0]]
    if missing:
        there = ", ".join(rows[0])
        raise GalleriaError.of(path, [Problem(f"column {name}", there, "must be there", way_out) for name in missing])


def number_in(text: str, low: float, high: float) -> float:
    """Return a number; NaN where it is none, or outside [low, high]."""
    try:
        found = float(text)
    except ValueError:
        return math.nan
    return found if low <= found <= high else math.nan


def refuse(path: Path, problems: Sequence[Problem], way_out: str) -> None:
    """Raise GalleriaError with the first ten of the rows that are wrong, and how many more there are; nothing where none are."""
    if not problems:
        return
    more = len(problems) - SHOWN_MAX
    rest = [Problem("and", f"{more} more", "rows like these", way_out)] if more > 0 else []
    raise GalleriaError.of(path, [*problems[:SHOWN_MAX], *rest])
