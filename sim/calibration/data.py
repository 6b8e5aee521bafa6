"""What a real mall has measured, read from feeds of many days, and each day brought to its summaries."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.calibration.priors import SOURCE
from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.feeds.intake import Intake, in_batches
from sim.feeds.reading import read_feed
from sim.feeds.records import CADENCE_US, Record, rules_of
from sim.feeds.summaries import DayColumns, Value, summaries_of
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_DAY

ENDINGS = (".csv", ".jsonl", ".ndjson", ".parquet")
EPOCH = datetime.date(1970, 1, 1)
HELD_SHARE = 0.22  # of the days, the last ones, which the fit never sees
HELD_FROM_DAYS = 5  # fewer days are all needed for the fit
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
Summaries = dict[str, Value]


@dataclass(frozen=True)
class Data:
    """Days that were measured, by date."""

    days: dict[str, Summaries]  # "YYYY-MM-DD" -> summaries
    sha256: str  # of the files
    files: tuple[str, ...]  # their names
    intake: str  # what became of the records, in words

    @property
    def dates(self) -> list[str]:
        """The dates in order."""
        return sorted(self.days)

    def split(self) -> tuple[list[str], list[str]]:
        """Return the dates of the fit and those held out, which are the last."""
        dates = self.dates
        held = round(HELD_SHARE * len(dates)) if len(dates) >= HELD_FROM_DAYS else 0
        return dates[: len(dates) - held], dates[len(dates) - held :]


def read_data(path: Path, config: RunConfig, compiled: CompiledPlan) -> Data:
    """Return the days of a feed, or of all feeds in a folder; a file whose rows have no date may have it in its name.

    Records that cannot be true are set aside as by the twin. Raises ConfigError where there is nothing to read, GalleriaError for a
    file of a wrong form.
    """
    files = [path] if path.is_file() else sorted(each for each in _inside(path) if each.suffix in ENDINGS)
    if not files:
        rule = f"a feed ({', '.join(ENDINGS)}) or a folder of feeds is needed"
        raise ConfigError.of(
            SOURCE, [Problem("data", str(path), rule, "make one from a run: galleria observe RUN --as-feed --out day.parquet")]
        )
    rules, digest = rules_of(compiled), hashlib.sha256()
    days: dict[str, list[Record]] = {}
    whole = Intake(rules)
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
        intake = Intake(rules)
        named = _DATE.search(file.name)
        first = named[0] if named else config.date
        for record in _records(file, first, intake):
            date = EPOCH + datetime.timedelta(days=record.time_us // US_PER_DAY)
            days.setdefault(date.isoformat(), []).append(record)
        whole.used += intake.used
        whole.counts.update(intake.counts)
    measured = {
        date: summaries_of(_columns(records), config, compiled, datetime.date.fromisoformat(date))
        for date, records in sorted(days.items())
    }
    measured = {date: found for date, found in measured.items() if found}
    if not measured:
        problem = Problem(
            "data", str(path), "no day has people counted at doors", "check it: galleria observe RUN --check FEED"
        )
        raise ConfigError.of(SOURCE, [problem])
    return Data(measured, digest.hexdigest(), tuple(file.name for file in files), whole.in_words())


def _inside(path: Path) -> Iterable[Path]:
    return path.iterdir() if path.is_dir() else ()


def _records(file: Path, first: str, intake: Intake) -> Iterable[Record]:
    """Yield the good records of a file, with times since EPOCH; rows without a date are of the day `first`."""
    for is_dated, start in ((True, EPOCH), (False, datetime.date.fromisoformat(first))):
        head = next((each for _, each in read_feed(file, start.isoformat()) if isinstance(each, Record)), None)
        if head is None:
            return
        if is_dated and head.time_us < 365 * US_PER_DAY:
            continue  # no date: counted from the midnight of `first`
        shift_us = (start - EPOCH).days * US_PER_DAY
        for now_us, records in in_batches(read_feed(file, start.isoformat()), CADENCE_US):
            for record in intake.take(records, now_us):
                yield record._replace(time_us=record.time_us + shift_us)
        return


def _columns(records: Sequence[Record]) -> DayColumns:
    time_us, sensor, kind, _, value = zip(*records, strict=True)
    return DayColumns(np.array(time_us, np.int64) % US_PER_DAY, np.array(sensor), np.array(kind), np.array(value, np.int64))
