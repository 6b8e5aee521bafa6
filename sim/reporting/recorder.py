"""Takes what the engine logs: writes it down, digests it, and adds it to the sums that KPIs are made of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import GalleriaError, Problem
from sim.events import EventLog, SegmentLog
from sim.ledger.accounts import account_names
from sim.plan_arrays import CompiledPlan
from sim.reporting.day_sums import DaySums
from sim.reporting.event_schema import (
    EVENTS_SCHEMA,
    FIXES_SCHEMA,
    OBSERVATIONS_SCHEMA,
    SEGMENTS_SCHEMA,
    TRANSFERS_SCHEMA,
    Columns,
    PlaceNames,
    events_table,
    fixes_table,
    observations_table,
    place_names,
    segments_table,
    transfers_table,
)
from sim.reporting.files import appearing_whole, settle
from sim.reporting.stations import Stations, stations_of

GROUP_ROWS = 1 << 18  # rows per Parquet row group, whatever the size of the engine's buffer and the number of its flushes
LEVELS = ("none", "visits", "edges")


FED = "digested.parquet"  # in a snapshot: the columns of events as the digest takes them
FED_SCHEMA = pa.schema(
    [
        ("time_us", pa.int64()),
        ("kind", pa.int16()),
        ("visit", pa.int64()),
        ("people", pa.int8()),
        ("place", pa.int32()),
        ("value", pa.int64()),
    ]
)


class ContentDigest:
    """SHA-256 over columns of numbers, independent of the file format and of how the rows came in batches."""

    def __init__(self, names: Sequence[str]) -> None:
        self._columns = {name: hashlib.sha256() for name in names}
        self.rows = 0

    def take(self, columns: dict[str, np.ndarray]) -> None:
        """Take rows, given as little-endian arrays of the same types each time."""
        self.rows += len(next(iter(columns.values())))
        for name, digest in self._columns.items():
            digest.update(np.ascontiguousarray(columns[name]).data)

    def hexdigest(self) -> str:
        """Return the digest of the names, the number of rows and the digests of the columns."""
        whole = hashlib.sha256(f"{self.rows}".encode())
        for name, digest in self._columns.items():
            whole.update(name.encode() + digest.digest())
        return whole.hexdigest()


class GroupedFile:
    """A Parquet file in the making, with row groups of `GROUP_ROWS`; it takes its name when closed."""

    def __init__(self, path: Path, schema: pa.Schema, group_rows: int = GROUP_ROWS) -> None:
        self.path = path
        self._group_rows = group_rows
        self._part = path.with_name(f".{path.name}.part")
        self._pending: list[pa.Table] = []
        self._pending_rows = 0
        self._schema = schema
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = self._opened()

    def _opened(self) -> pq.ParquetWriter:
        schema = self._schema
        repeating = [field.name for field in schema if pa.types.is_dictionary(field.type) or field.name in _REPEATING]
        return pq.ParquetWriter(
            self._part,
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=repeating,
            column_encoding={name: _ENCODING[name] for name in schema.names if name in _ENCODING},
            write_statistics=["time_us", "start_us", "kind"],
        )

    def append(self, table: pa.Table) -> None:
        """Add rows; whole row groups are written, the rest waits."""
        self._pending.append(table)
        self._pending_rows += table.num_rows
        if self._pending_rows < self._group_rows:
            return
        rows = pa.concat_tables(self._pending).combine_chunks()  # pages must not show where the batches met
        whole = rows.num_rows // self._group_rows * self._group_rows
        self._writer.write_table(rows.slice(0, whole), row_group_size=self._group_rows)
        self._pending, self._pending_rows = [rows.slice(whole)], rows.num_rows - whole

    def keep(self, path: Path) -> None:
        """Write what there is so far as two files, row groups that are whole at `path` and the rest beside it, and go on."""
        self._writer.close()
        settle(self._part, path)
        rest = pa.concat_tables([self._schema.empty_table(), *self._pending]).combine_chunks()
        with appearing_whole(_rest_of(path)) as temporary:
            pq.write_table(rest, temporary, compression="zstd")
        self._writer = self._opened()
        self._copy(path)

    def take_back(self, path: Path) -> None:
        """Begin with what an earlier file had kept."""
        self._copy(path)
        rest = pq.read_table(_rest_of(path))
        if rest.num_rows:
            self.append(rest)

    def _copy(self, path: Path) -> None:
        with pq.ParquetFile(path) as kept:
            for group in range(kept.num_row_groups):
                self._writer.write_table(kept.read_row_group(group).combine_chunks(), row_group_size=self._group_rows)

    def drop(self) -> None:
        """Leave no file."""
        self._writer.close()
        self._part.unlink(missing_ok=True)

    def close(self) -> None:
        """Write the rest and give the file its name."""
        if self._pending_rows:
            self._writer.write_table(pa.concat_tables(self._pending).combine_chunks(), row_group_size=GROUP_ROWS)
        self._writer.close()
        settle(self._part, self.path)


def _rest_of(path: Path) -> Path:
    return path.with_name(f"{path.stem}.rest{path.suffix}")


# Columns with few distinct values are kept by reference; times grow, so that their differences are small numbers.
_REPEATING = ("people", "place")
_ENCODING = {"time_us": "DELTA_BINARY_PACKED", "start_us": "DELTA_BINARY_PACKED"}


class Recorder:
    """The books of one run. `take` may be called as often as one likes: neither files nor sums depend on it.

    `accounts` are the names of the ledger's accounts, to which others are added as they are opened.
    """

    def __init__(
        self,
        folder: Path,
        compiled: CompiledPlan,
        station_names: Sequence[str],
        level: str = "visits",
        *,
        more_places: Mapping[str, Sequence[str]] | None = None,
        station_unit: np.ndarray | None = None,
        station_is_table: np.ndarray | None = None,
        accounts: Sequence[str] | None = None,
    ) -> None:
        assert level in LEVELS, level
        self.folder = Path(folder)
        (self.folder / "manifest.json").unlink(missing_ok=True)  # a folder without one is an unfinished run
        self.level = level
        self.stations: Stations = stations_of(station_names, compiled, station_unit, station_is_table)
        self.sums = DaySums(compiled, self.stations)
        self._names = place_names(compiled, station_names, more_places or {})
        self._accounts = account_names(compiled.unit_ids) if accounts is None else accounts
        self._events = ContentDigest(Columns._fields)
        self._files: dict[str, GroupedFile] = {}
        self._fed: GroupedFile | None = None  # what the digest of events was fed, in a run that is to be saved

    def take(self, log: EventLog) -> None:
        """Take the rows in use; the log may be reused afterwards."""
        used = int(log.count[0])
        if used == 0:
            return
        # A copy: the engine fills its buffer again while the last rows still wait for their row group.
        rows = Columns(*(np.array(getattr(log, name)[:used]) for name in Columns._fields))
        self._events.take(rows._asdict())
        if self._fed is not None:
            self._fed.append(pa.table(rows._asdict(), FED_SCHEMA))
        self.sums.take(rows)
        if self.level != "none":
            self._file("events.parquet", EVENTS_SCHEMA).append(events_table(rows, self._names))

    def take_segments(self, log: SegmentLog) -> None:
        """Take trajectory segments; kept at level `edges` only."""
        used = int(log.count[0])
        if used and self.level == "edges":
            rows = {name: np.array(getattr(log, name)[:used]) for name in SEGMENTS_SCHEMA.names}
            self._file("segments.parquet", SEGMENTS_SCHEMA).append(segments_table(rows))

    def take_observations(self, rows: dict[str, np.ndarray]) -> None:
        """Take observations: arrays `time_us`, `sensor` (text), `kind` (text), `value`; not kept at level `none`."""
        if len(rows["time_us"]) and self.level != "none":
            self._file("observations.parquet", OBSERVATIONS_SCHEMA).append(observations_table(rows))

    def take_fixes(self, rows: dict[str, np.ndarray]) -> None:
        """Take fixes: the columns of sensing.observations.FixRows."""
        if len(rows["time_us"]):
            self._file("fixes.parquet", FIXES_SCHEMA).append(fixes_table(rows))

    def keep_table(self, name: str, columns: dict[str, np.ndarray]) -> None:
        """Keep a whole table under a name of its own: columns of equal length, numbers or text."""
        table = pa.table({column: pa.array(values) for column, values in columns.items()})
        file = self._file(name, table.schema)
        file.append(table)

    def take_transfers(self, rows: np.ndarray) -> None:
        """Take ledger.accounts.TRANSFER records, in the order in which they were posted; not kept at level `none`."""
        if rows.size and self.level != "none":
            self._file("transfers.parquet", TRANSFERS_SCHEMA).append(transfers_table(np.array(rows), self._accounts))

    @property
    def names(self) -> PlaceNames:
        """The names of the places of all kinds of events."""
        return self._names

    @property
    def events_content_sha256(self) -> str:
        """The digest of all events so far, at every level of recording."""
        return self._events.hexdigest()

    @property
    def events_rows(self) -> int:
        """How many events there were."""
        return self._events.rows

    def expect_saving(self) -> None:
        """Keep what the digest of events is fed from here on: a digest cannot be written down half-way, so that it is fed again."""
        if self._fed is None:
            self._fed = GroupedFile(self.folder / ".fed.parquet", FED_SCHEMA)

    @property
    def open_tables(self) -> list[str]:
        """The names of the files in the making."""
        return list(self._files)

    def keep(self, folder: Path) -> None:
        """Write what there is of them so far to a folder, with what the digest was fed, and go on."""
        assert self._fed is not None, "a run that is to be saved says so before its first event"
        self._fed.keep(folder / FED)
        for name, file in self._files.items():
            file.keep(folder / name)

    def take_back(self, folder: Path, names: Sequence[str]) -> None:
        """Begin with what an earlier recorder had kept: its tables by name, and the events of its digest."""
        self.expect_saving()
        assert self._fed is not None
        for part in (folder / FED, _rest_of(folder / FED)):
            with pq.ParquetFile(part) as kept:
                for batch in kept.iter_batches():
                    self._events.take({name: batch[name].to_numpy() for name in Columns._fields})
        self._fed.take_back(folder / FED)
        for name in names:
            self._file(name, pq.read_schema(folder / name)).take_back(folder / name)

    def close(self) -> None:
        """Finish the files; a level that keeps events has its file even when there were none."""
        if self.level != "none":
            self._file("events.parquet", EVENTS_SCHEMA)
        for file in self._files.values():
            file.close()
        self._files = {}
        if self._fed is not None:
            self._fed.drop()
            self._fed = None

    def _file(self, name: str, schema: pa.Schema) -> GroupedFile:
        if name not in self._files:
            self._files[name] = GroupedFile(self.folder / name, schema)
        return self._files[name]


def read_columns(path: Path) -> dict[str, np.ndarray]:
    """Return the columns of a table that a run kept (see `Recorder.keep_table`); raises GalleriaError where there is none."""
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as trouble:
        problem = Problem(
            str(path), "", f"must be a table that a finished run kept: {trouble}", "name the folder of such a run"
        )
        raise GalleriaError.of(path.parent, [problem]) from trouble
    return {name: np.asarray(table[name].to_numpy(zero_copy_only=False)) for name in table.column_names}


def write_columns(path: Path, columns: Mapping[str, np.ndarray]) -> None:
    """Write columns of equal length as a Parquet table, under its name only when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    pq.write_table(pa.table({name: pa.array(values) for name, values in columns.items()}), part, compression="zstd")
    settle(part, path)
