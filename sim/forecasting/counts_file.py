"""Reads histories of counts from CSV: one column for each place by date and hour, or one row for each reading of a place."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.errors import GalleriaError, Problem

DAYS_MOST = 36_600
WAY_OUT = "see docs/how-to/forecast-your-counts.md"


@dataclass(frozen=True)
class History:
    """The counts of one place, every day from the first to the last; bins of a day that were not read are NaN."""

    place: str
    first: datetime.date
    counts: np.ndarray  # (D, B) float64
    first_bin: int  # of the day, in bins from midnight
    bin_min: int
    most: float = math.inf  # capacity, where there is one

    @property
    def weekdays(self) -> np.ndarray:
        """The weekday of each day, Monday 0."""
        return (self.first.weekday() + np.arange(self.counts.shape[0])) % 7


@dataclass(frozen=True)
class Columns:
    """Which columns of a file in long form say what; with `value` empty, the file is wide: date, hour, and a column for each place."""

    time: str = ""
    place: str = ""
    value: str = ""
    most: str = ""


def read_histories(path: Path, columns: Columns, bin_min: int, from_hour: int, until_hour: int) -> list[History]:
    """Return the history of each place of a .csv or .csv.gz, in order of name, within [from_hour, until_hour) of each day.

    Several readings of a bin are averaged. Raises GalleriaError for a file that cannot be read, columns that are not there, and all
    rows with a bad date or number together (the first ten of them).
    """
    rows = _rows(path)
    names = list(rows[0]) if rows else []
    needed = [name for name in (columns.time, columns.place, columns.value, columns.most) if name] or ["date", "hour"]
    missing = [name for name in needed if name not in names]
    if missing or not rows:
        found = f"columns: {', '.join(names)}" if names else "no rows"
        raise GalleriaError.of(
            path, [Problem(f"column {name}", found, "must be there", WAY_OUT) for name in missing or ["date"]]
        )
    problems: list[Problem] = []
    readings: dict[str, dict[tuple[datetime.date, int], list[float]]] = defaultdict(lambda: defaultdict(list))
    most: dict[str, float] = {}
    for line, row in enumerate(rows, start=2):
        try:
            for place, when, value in _readings(row, columns):
                if not math.isnan(value):
                    readings[place][when.date(), (when.hour * 60 + when.minute) // bin_min].append(value)
            if columns.most:
                most[row[columns.place]] = max(most.get(row[columns.place], 0.0), float(row[columns.most]))
        except (ValueError, OverflowError, TypeError) as trouble:
            problems.append(
                Problem(
                    f"line {line}", str(trouble)[:80], "must have a date, a time and a number", "mend the line or delete it"
                )
            )
    if problems:
        raise GalleriaError.of(path, problems[:10])
    bins = range(from_hour * 60 // bin_min, until_hour * 60 // bin_min)
    return [_history(place, found, bins, bin_min, most.get(place, math.inf)) for place, found in sorted(readings.items())]


def _readings(row: Mapping[str, str], columns: Columns) -> Iterable[tuple[str, datetime.datetime, float]]:
    if columns.value:
        when = datetime.datetime.fromisoformat(row[columns.time])
        return [(row[columns.place] if columns.place else columns.value, when, _number(row[columns.value]))]
    midnight = datetime.datetime.combine(datetime.date.fromisoformat(row["date"]), datetime.time())
    when = midnight.replace(hour=int(row["hour"]))
    return [(name, when, _number(value)) for name, value in row.items() if name not in ("date", "hour")]


def _number(text: str | None) -> float:
    if text is None or text.strip() == "":
        return math.nan
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text} is not a count")
    return value


def _history(
    place: str, found: Mapping[tuple[datetime.date, int], list[float]], bins: range, bin_min: int, most: float
) -> History:
    first, last = min(found)[0], max(found)[0]
    days = min((last - first).days + 1, DAYS_MOST)
    counts = np.full((days, len(bins)), np.nan)
    for (date, index), values in found.items():
        day = (date - first).days
        if index in bins and day < days:
            counts[day, index - bins.start] = math.fsum(values) / len(values)
    return History(place, first, counts, bins.start, bin_min, most)


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise GalleriaError.of(path, [Problem("file", "", "must be a .csv or .csv.gz", "name one")])
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as trouble:
        raise GalleriaError.of(
            path, [Problem("file", str(trouble)[:80], "must be CSV in UTF-8", "save it as such")]
        ) from trouble
