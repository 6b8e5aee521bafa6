"""tenants.csv: who rents which unit, and on what terms, as a planner keeps it in a spreadsheet."""

from __future__ import annotations

import csv
import difflib
import io
import math
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sim.categories import CATEGORIES
from sim.errors import Problem
from sim.floorplan.geojson import Faults, read_bytes, shown
from sim.floorplan.plan import Tenant
from sim.units import fen_from_yuan

FILE_NAME = "tenants.csv"
COLUMNS = (
    "name", "category", "unit", "floor_area_m2", "sales_yuan_per_year", "rent_yuan_per_year", "turnover_rent_share", "opens",
    "closes", "staff",
)  # fmt: skip
REQUIRED = ("name", "category", "unit")
# A spreadsheet runs a cell that begins like this as a formula; a leading apostrophe makes it text there, and is taken off here.
_RISKY = re.compile(r"^'*[=+\-@\t\r]")
_QUOTED = re.compile(r"^'+[=+\-@\t\r]")


def tenants_template() -> str:
    """Return an example tenants.csv for a person to fill in."""
    rows = [
        ("Corner Books", "books", "unit-1", "120", "3600000", "432000", "0.08", "10:00", "22:00", "3"),
        ("Noodle Bar", "fast_food", "unit-2", "85.5", "5100000.50", "", "0.12", "09:30", "23:00", "4"),
        ("Grand Fashion", "fashion", "unit-3", "", "", "", "", "", "", ""),
    ]
    return csv_text([COLUMNS, *rows])


def text_of(tenants: list[Tenant]) -> str:
    """Return the tenants as the text of a tenants.csv."""
    rows = [
        (
            _safe(tenant.name),
            _safe(tenant.category),
            _safe(tenant.unit),
            _cell(tenant.floor_area_m2),
            _yuan(tenant.sales_fen_per_year),
            _yuan(tenant.rent_fen_per_year),
            _cell(tenant.turnover_rent_share),
            _safe(tenant.opens or ""),
            _safe(tenant.closes or ""),
            _cell(tenant.staff),
        )
        for tenant in tenants
    ]
    return csv_text([COLUMNS, *rows])


def read_tenants(path: Path, faults: Faults) -> list[Tenant]:
    """Return the tenants of a file; cells that cannot be read are noted and left empty."""
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        faults.refuse(path.name, path.name, "", "the file must be UTF-8 text", "save it as 'CSV UTF-8'")
        return []
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        faults.refuse(path.name, path.name, str(error), "the file must be a CSV table", "save it as 'CSV UTF-8'")
        return []
    header = [name.strip() for name in rows[0]] if rows else []
    for name in REQUIRED:
        if name not in header:
            faults.refuse(
                path.name, f"{path.name} column '{name}'", "", "the column is needed", f"add it: {', '.join(COLUMNS)}"
            )
    for name in header:
        if name not in COLUMNS:
            way_out = f"remove it or use one of {', '.join(COLUMNS)}"
            faults.refuse(path.name, f"{path.name} column", shown(name), "the column is unknown", way_out)
    if not set(REQUIRED) <= set(header) <= set(COLUMNS):
        return []
    found = []
    for line, row in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in row):
            found.append(_tenant(dict(zip(header, row, strict=False)), f"{path.name} line {line}", faults))
    return found


def _tenant(cells: dict[str, str], place: str, faults: Faults) -> Tenant:
    def read(column: str, convert: Callable[[str], Any], rule: str) -> Any:
        text = cells.get(column, "").strip()
        if not text:
            return None
        try:
            return convert(text)
        except ValueError:
            faults.problems.append(Problem(f"{place} {column}", shown(text), rule, "write a plain number or leave it empty"))
            return None

    return Tenant(
        name=_plain(cells.get("name", "")),
        category=_plain(cells.get("category", "").strip()),
        unit=_plain(cells.get("unit", "").strip()),
        floor_area_m2=read("floor_area_m2", _number, "an area is a number of m2"),
        sales_fen_per_year=read("sales_yuan_per_year", fen_from_yuan, "sales are yuan with at most two decimals"),
        rent_fen_per_year=read("rent_yuan_per_year", fen_from_yuan, "rent is yuan with at most two decimals"),
        turnover_rent_share=read("turnover_rent_share", _number, "a share is a number from 0 to 1"),
        opens=_hour(cells.get("opens", "")),
        closes=_hour(cells.get("closes", "")),
        staff=read("staff", int, "staff is a whole number"),
    )


def unknown_category_way_out(category: str) -> str:
    """Return the advice for a category that is none: the nearest one, or the list."""
    near = difflib.get_close_matches(category.lower(), CATEGORIES, n=1, cutoff=0.5)
    return f"write '{near[0]}'" if near else f"use one of {', '.join(CATEGORIES)}"


def _hour(text: str) -> str | None:
    """Return an hour as written; minutes after midnight, which tools make of 10:00, become HH:MM. `check` judges the rest."""
    text = _plain(text.strip())
    if text.isdigit() and int(text) <= 24 * 60:
        return f"{int(text) // 60:02d}:{int(text) % 60:02d}"
    return text or None


def _number(text: str) -> float:
    found = float(text)
    if not math.isfinite(found):
        raise ValueError(text)
    return found


def _safe(text: str) -> str:
    return f"'{text}" if _RISKY.match(text) else text


def _plain(text: str) -> str:
    return text[1:] if _QUOTED.match(text) else text


def _cell(value: object) -> str:
    return "" if value is None else repr(value)


def _yuan(fen: int | None) -> str:
    if fen is None:
        return ""
    sign, rest = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{rest // 100}.{rest % 100:02d}" if rest % 100 else f"{sign}{rest // 100}"


def csv_text(rows: Iterable[tuple[str, ...]]) -> str:
    """Return rows as CSV with one line feed a row; a cell with a carriage return is quoted, which the csv module forgets."""
    out = io.StringIO(newline="")
    plain = csv.writer(out, lineterminator="\n")
    quoted = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for row in rows:
        (quoted if any("\r" in cell for cell in row) else plain).writerow(row)
    return out.getvalue()
