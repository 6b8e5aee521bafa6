"""The books of several days: a row a day, transfers and visits streamed to files, sums of hours and tenants; memory does not grow with days."""

from __future__ import annotations

import csv
import ctypes
import datetime
import gc
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.config import RunConfig
from sim.crowd.mind import OUTCOME
from sim.crowd.tallies import HOURS
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import BIN_MIN, BINS
from sim.reporting.curves import rows_of_tenants
from sim.reporting.day_bases import bases
from sim.reporting.event_schema import TRANSFERS_SCHEMA, transfers_table
from sim.reporting.files import appearing_whole, csv_cell, write_atomically
from sim.reporting.kpi_catalogue import BY_NAME, KPIS
from sim.reporting.kpis import Books, Value, compute
from sim.reporting.over_days import together
from sim.reporting.points_books import add_days
from sim.reporting.programme_days import programme_days
from sim.reporting.recorder import GroupedFile, Recorder
from sim.reporting.rents import rents_fen
from sim.reporting.report import FinishedRun
from sim.reporting.segments import Sums, over_days
from sim.reporting.stations import Stations
from sim.reporting.topics.targets_days import DayTotals
from sim.units import US_PER_DAY, US_PER_S

EPOCH = datetime.date(1970, 1, 1).toordinal()
TRANSFERS, VISITS = "transfers.parquet", "visits.parquet"
STREAM_ROWS = 1 << 16  # of a row group: what waits for one is all that streaming keeps
VISITS_SCHEMA = pa.schema(
    [("date", pa.date32()), *((name, pa.from_numpy_dtype(OUTCOME[name])) for name in OUTCOME.names or ())],
    metadata={"galleria_schema": "visits", "galleria_schema_version": "1"},
)
CURVES = ("arrivals_people", "departures_people", "store_entries", "purchases", "sales_fen")
Row = dict[str, Any]


class DayRecorder(Recorder):
    """The recorder of one day among several, whose transfers go to a file of all days instead of one of its own."""

    transfers: Sequence[np.ndarray] = ()

    def take_transfers(self, rows: np.ndarray) -> None:
        """Keep TRANSFER records until the day is over."""
        self.transfers = [*self.transfers, np.array(rows)]


def give_back() -> None:
    """Give the memory of a day that is over back to the system: else what its tables left behind would add up, a few MB a day."""
    gc.collect()  # a day's parts know each other, so that nothing else lets go of them
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # the GNU C library's; others give back by themselves
    if trim is not None:
        trim(0)


class DaysBooks:
    """Takes one finished day after another; what an unfinished day had done is in none of its files."""

    def __init__(self, folder: Path, config: RunConfig, compiled: CompiledPlan, accounts: Sequence[str]) -> None:
        self.folder, self.config, self.compiled = Path(folder), config, compiled
        pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own keeps what it once had
        (self.folder / "manifest.json").unlink(missing_ok=True)  # a folder without one is an unfinished run
        self.rows: list[Row] = []
        self._bases: list[dict[str, int]] = []  # in step with rows
        self._segments: list[Sums] = []
        self.digest = hashlib.sha256()
        self.engine_s, self.events, self.decisions = 0.0, 0, 0
        self.balances_fen: dict[str, int] = {}
        self.points: dict[str, Any] = {}  # of all days together (points_books.py)
        self.programme: dict[str, Any] = {}  # curves of the topics of programme_days.py, of all days together
        self.days_of = np.zeros(2, np.int64)  # ordinary ones, and weekends with holidays
        self.curves = {name: np.zeros((2, HOURS), np.int64) for name in CURVES}
        self.inside = np.zeros((2, BINS), np.int64)
        self.zone_person_us = np.zeros(compiled.arrays.zone_area_m2.size, np.int64)
        self._units: dict[str, np.ndarray] = {}
        self._lines: dict[str, np.ndarray] = {}
        self._stations: Stations | None = None
        self._passed, self._rents_fen = (
            np.zeros(shape, np.int64) for shape in (len(compiled.unit_ids), (2, len(compiled.unit_ids)))
        )
        self._accounts = accounts  # to which those of new members are added
        self._transfers = GroupedFile(self.folder / TRANSFERS, TRANSFERS_SCHEMA, STREAM_ROWS)
        self._visits = GroupedFile(self.folder / VISITS, VISITS_SCHEMA, STREAM_ROWS)
        self.totals = DayTotals(config, len(compiled.unit_ids))
        self._since: dict[str, list[pa.Table]] | None = None  # rows of the streams since they were last kept

    def expect_saving(self) -> None:
        """Remember from here on what `keep` will write."""
        self._since = {TRANSFERS: [], VISITS: []}

    def keep(self, folder: Path) -> None:
        """Write the rows of the streams since the last call to a folder of their own."""
        assert self._since is not None, "books that are to be saved are told so before their first day"
        for name, schema in ((TRANSFERS, TRANSFERS_SCHEMA), (VISITS, VISITS_SCHEMA)):
            with appearing_whole(folder / name) as temporary:
                rows = pa.concat_tables([schema.empty_table(), *self._since[name]])
                pq.write_table(rows, temporary, compression="zstd")
            self._since[name] = []

    def take_back(self, folders: Sequence[Path]) -> None:
        """Begin with the rows that `keep` has written to some folders, in order, and with the days that `rows` tells of."""
        for name, stream in ((TRANSFERS, self._transfers), (VISITS, self._visits)):
            for folder in folders:
                stream.append(pq.read_table(folder / name))
        self.digest = hashlib.sha256("".join(row["events_content_sha256"] for row in self.rows).encode())

    def _append(self, name: str, table: pa.Table) -> None:
        (self._transfers if name == TRANSFERS else self._visits).append(table)
        if self._since is not None:
            self._since[name].append(table)

    def take(self, run: FinishedRun, outcomes: np.ndarray, is_weekend: bool, facts: Row, points: dict[str, Value]) -> None:
        """Take a finished day: its visits, its transfers, its KPIs of points, and what `facts` say of it beside its KPIs."""
        recorder = run.recorder
        recorder.close()
        known = {name: value for name, value in {**run.sensed, **points}.items() if name in BY_NAME}
        books = Books(
            run.config, run.compiled, recorder.sums, run.tallies, run.station_offered_us, known, run.points, run.policies
        )
        day, sha256 = len(self.rows), recorder.events_content_sha256
        self.digest.update(sha256.encode())
        self.rows.append({**facts, **compute(books), "events_content_sha256": sha256})
        self._bases.append(bases(books))
        date = datetime.date.fromisoformat(run.config.date)
        self.totals.take(date, int(self.rows[-1]["footfall_visits"] or 0), recorder.sums.unit["purchases"])
        self.engine_s += run.engine_s
        self.events += recorder.events_rows
        self.decisions += len(run.decisions)
        self.balances_fen = run.balances_fen
        self.points = add_days(self.points, run.points)
        self.programme = programme_days(self.programme, books)
        self._add_curves(books, int(is_weekend))
        self._add_tenants(books)
        self._segments.append(run.segments)
        self._stream(getattr(recorder, "transfers", ()), outcomes, day, date)

    def segments(self) -> Sums:
        """Return how kinds of visitors fared over all days."""
        return over_days(self._segments)

    def take_transfers(self, rows: np.ndarray) -> None:
        """Keep TRANSFER records that were posted between two days, or after the last."""
        self._append(TRANSFERS, transfers_table(np.array(rows), self._accounts))

    def kpis(self) -> dict[str, Value]:
        """Return every KPI over the days so far."""
        return {kpi.name: together(kpi, [row[kpi.name] for row in self.rows], self._bases) for kpi in KPIS}

    def bases(self) -> dict[str, int]:
        """Return what the ratios of all days so far are ratios to."""
        return {name: sum(day[name] for day in self._bases) for name in (self._bases[0] if self._bases else {})}

    def tenants(self) -> list[Row]:
        """Return a row per tenant, of all days together."""
        if self._stations is None:
            return []
        return rows_of_tenants(
            self.compiled, self._units, self._lines, self._stations, self._passed, self._rents_fen, self.points
        )

    def mean_day(self) -> dict[str, Any]:
        """Return the mean day, of the week and of the weekend, by hour and every five minutes; and what each zone has seen."""
        days = np.maximum(self.days_of, 1)
        kinds = ("weekday", "weekend")
        return {
            "schema": 1,
            "days": dict(zip(kinds, self.days_of.tolist(), strict=True)),
            "hours": list(range(HOURS)),
            "minutes": [BIN_MIN * (bin_ + 1) for bin_ in range(BINS)],
            **{
                kind: {
                    **{name: values[index] / days[index] for name, values in self.curves.items()},
                    "people_inside": self.inside[index] / days[index],
                }
                for index, kind in enumerate(kinds)
            },
            "zones": {"person_s": self.zone_person_us // US_PER_S},
        }

    def close(self) -> None:
        """Finish the files, so that the days taken so far can be read."""
        self._transfers.close()
        self._visits.close()
        if self.rows:
            keep_table(self.folder / "days.parquet", {name: [row[name] for row in self.rows] for name in self.rows[0]})
            write_atomically(self.folder / "days.csv", rows_csv(self.rows))

    def _add_curves(self, books: Books, kind: int) -> None:
        sums = books.sums
        self.days_of[kind] += 1
        for name, values in (
            ("arrivals_people", sums.hour_people[EventKind.ARRIVED]), ("departures_people", sums.hour_people[EventKind.LEFT]),
            ("store_entries", sums.hour_visits[EventKind.STORE_ENTERED]), ("purchases", sums.hour_visits[EventKind.PURCHASED]),
            ("sales_fen", sums.hour_sales_fen),
        ):  # fmt: skip
            self.curves[name][kind] += values
        self.inside[kind] += sums.inside.at_bin_ends()
        self.zone_person_us += books.tallies.zone_person_us.sum(axis=0)

    def _add_tenants(self, books: Books) -> None:
        self._stations = books.sums.stations
        for kept, sums in ((self._units, books.sums.unit), (self._lines, books.sums.station)):
            for name, values in sums.items():
                kept[name] = kept[name] + values if name in kept else values.copy()
        self._passed += books.tallies.unit_passed
        self._rents_fen += np.stack(rents_fen(books.compiled, books.sums.unit["sales_fen"]))

    def _stream(self, transfers: Sequence[np.ndarray], outcomes: np.ndarray, day: int, date: datetime.date) -> None:
        from_us = day * US_PER_DAY
        if transfers:
            rows = np.concatenate(list(transfers))
            self._append(TRANSFERS, transfers_table(rows, self._accounts))
        columns = [pa.array(np.full(outcomes.size, date.toordinal() - EPOCH, np.int32)).cast(pa.date32())]
        for name in OUTCOME.names or ():
            column = np.ascontiguousarray(outcomes[name])
            columns.append(pa.array(column + from_us if name in ("arrived_us", "left_us") else column))
        self._append(VISITS, pa.Table.from_arrays(columns, schema=VISITS_SCHEMA))


def keep_table(path: Path, columns: dict[str, Any]) -> None:
    """Write a small table whole; a column of which nothing is known is one of numbers."""
    names = [name for name, values in columns.items() if isinstance(values, list) and all(value is None for value in values)]
    table = pa.table({name: pa.array(values, pa.float64()) if name in names else values for name, values in columns.items()})
    file = GroupedFile(path, table.schema)
    file.append(table)
    file.close()


def rows_csv(rows: Sequence[Row]) -> str:
    """Return rows of equal keys as CSV; unknown is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow(
            ["" if value is None else csv_cell(value) if isinstance(value, str) else value for value in row.values()]
        )
    return text.getvalue()
