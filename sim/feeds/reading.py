"""Reads feeds: Parquet and CSV files of history, and lines of JSON as they come; what is no record becomes one set aside."""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import GalleriaError, Problem
from sim.feeds.intake import SetAside, Why
from sim.feeds.records import Record
from sim.units import US_PER_DAY, US_PER_S

NEEDED = ("sensor", "kind", "value")
TIMES = ("time_us", "time")
OPTIONAL = ("subject", "date", "came_us")
LINE_LONGEST = 4_096  # characters; a longer line is not a record
COLUMNS_RULE = "a feed has the columns sensor, kind, value, one of time_us and time, and may have subject, date, came_us"


def read_feed(path: Path, first_date: str, key: str = "feed") -> Iterator[tuple[int, Record | SetAside]]:
    """Yield (when it came, record) of a .parquet, .csv or .jsonl file; a record without `came_us` came when it was made.

    `first_date` is the day from whose midnight times are counted; rows with a `date` are moved there. Raises GalleriaError for a
    file that is missing, of another kind or with wrong columns, which was named by `key`; a bad row is only set aside.
    """
    suffix = path.suffix.lower()
    if not path.is_file():
        raise _trouble(path, key, "", "must be a file", "name a feed: .parquet, .csv or .jsonl")
    if suffix == ".parquet":
        return _of_rows(_parquet_rows(path), first_date)
    if suffix == ".csv":
        return _of_rows(_csv_rows(path), first_date)
    if suffix in (".jsonl", ".ndjson"):
        return ((came_us, record) for came_us, record in lines(_text_lines(path), first_date))
    raise _trouble(path, key, suffix, "must be .parquet, .csv or .jsonl", "give the file the ending that fits what is in it")


def lines(texts: Iterable[str], first_date: str) -> Iterator[tuple[int, Record | SetAside]]:
    """Yield (when it came, record) of each line of JSON; whatever is wrong with a line, it only sets the line aside."""
    for text in texts:
        if not text.strip():
            continue
        if len(text) > LINE_LONGEST:
            yield -1, SetAside(text[:80], Why.MALFORMED, f"longer than {LINE_LONGEST} characters")
            continue
        try:
            row = json.loads(text, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as trouble:
            yield -1, SetAside(text.strip()[:200], Why.MALFORMED, f"not JSON: {trouble}"[:200])
            continue
        yield record_of(row, first_date)


def record_of(row: Any, first_date: str) -> tuple[int, Record | SetAside]:
    """Return (when it came, record) of one row, as a mapping from column to value."""
    try:
        if not isinstance(row, Mapping):
            raise ValueError("a record is an object with names")
        unknown = sorted(set(map(str, row)) - {*NEEDED, *TIMES, *OPTIONAL})
        if unknown:
            raise ValueError(f"unknown column {unknown[0]!r}")
        time_us = _time_us(row, first_date)
        sensor, kind = row["sensor"], row["kind"]
        if not (isinstance(sensor, str) and isinstance(kind, str) and sensor and kind):
            raise ValueError("sensor and kind are text")
        record = Record(time_us, sensor, kind, _whole(row.get("subject") or 0, "subject"), _whole(row["value"], "value"))
        came = row.get("came_us")
        return (time_us if came in (None, "") else _whole(came, "came_us")), record
    except (KeyError, ValueError, OverflowError) as trouble:
        reason = f"no {trouble.args[0]}" if isinstance(trouble, KeyError) else str(trouble)
        return -1, SetAside(str(dict(row) if isinstance(row, Mapping) else row)[:200], Why.MALFORMED, reason)


def _time_us(row: Mapping[str, Any], first_date: str) -> int:
    """Return microseconds since the midnight of `first_date`."""
    since_us = _whole(row["time_us"], "time_us") if row.get("time_us") not in (None, "") else _clock_us(row["time"])
    date = row.get("date")
    if date in (None, ""):
        return since_us
    days = (datetime.date.fromisoformat(str(date)) - datetime.date.fromisoformat(first_date)).days
    return since_us + days * US_PER_DAY


def _clock_us(value: Any) -> int:
    clock = datetime.time.fromisoformat(str(value))
    if clock.tzinfo is not None:
        raise ValueError("time is the mall's own clock, without a zone")
    return (clock.hour * 3600 + clock.minute * 60 + clock.second) * US_PER_S + clock.microsecond


def _whole(value: Any, name: str) -> int:
    rule = f"{name} is a whole number below 2^63"
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(rule)
    try:
        number = int(value)
    except (ValueError, OverflowError):
        raise ValueError(rule) from None
    if (not isinstance(value, str) and number != value) or abs(number) >= 2**63:
        raise ValueError(rule)
    return number


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _of_rows(rows: Iterable[Mapping[str, Any]], first_date: str) -> Iterator[tuple[int, Record | SetAside]]:
    return (record_of(row, first_date) for row in rows)


def _text_lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace") as file:
        yield from file


def _csv_rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.DictReader(file)
        _check_columns(path, reader.fieldnames or ())
    return _csv_body(path)


def _csv_body(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            yield {name if name is not None else "more cells than columns": value for name, value in row.items()}


def _parquet_rows(path: Path) -> Iterator[dict[str, Any]]:
    from sim.reporting.recorder import read_columns  # the Parquet library has its home there

    columns = read_columns(path)
    _check_columns(path, columns)
    return _rows_of(columns)


def _rows_of(columns: Mapping[str, np.ndarray]) -> Iterator[dict[str, Any]]:
    names = list(columns)
    values = [columns[name].tolist() for name in names]
    for row in zip(*values, strict=True):
        yield dict(zip(names, row, strict=True))


def _check_columns(path: Path, columns: Iterable[str]) -> None:
    """Raise GalleriaError with everything that is wrong with the columns of a file."""
    found = list(columns)
    problems = [
        Problem(f"column {name}", "", COLUMNS_RULE, f"add it, or rename one of: {', '.join(found)}")
        for name in NEEDED
        if name not in found
    ]
    if not any(name in found for name in TIMES):
        problems.append(
            Problem("column time_us", "", COLUMNS_RULE, "add time_us (microseconds since midnight) or time (HH:MM:SS)")
        )
    problems += [
        Problem(f"column {name}", name, COLUMNS_RULE, "leave it out")
        for name in found
        if name not in (*NEEDED, *TIMES, *OPTIONAL)
    ]
    if problems:
        raise GalleriaError.of(path, problems)


def _trouble(path: Path, key: str, value: str, rule: str, way_out: str) -> GalleriaError:
    return GalleriaError.of(path, [Problem(key, value, rule, way_out)])
