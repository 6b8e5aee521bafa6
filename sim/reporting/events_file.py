"""Reads the events of a finished run as plain arrays."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import GalleriaError, Problem
from sim.events import EVENTS_SCHEMA_VERSION, EventKind
from sim.reporting.event_schema import EVENTS_SCHEMA
from sim.reporting.files import csv_text

EVENTS = "events.parquet"
AGAIN = "run it again with this version and recording.events=visits (runs of several days keep no events)"


class Events(NamedTuple):
    """The events of a run in the order of its log."""

    time_us: np.ndarray  # int64
    kind: np.ndarray  # int16 EventKind
    visit: np.ndarray  # int64, -1 for nobody
    people: np.ndarray  # int8
    place: np.ndarray  # int32
    place_word: np.ndarray  # int32 index into `words`, -1 where a place has no name
    value: np.ndarray  # int64
    words: tuple[str, ...]
    tenants: dict[str, str]  # unit -> the name of its tenant, where tenants.csv lies beside the table


def events_path(run: Path) -> Path:
    """Return the table of events of a run's folder, or the table itself where that is named."""
    return run / EVENTS if run.is_dir() else run


def read_events(run: Path) -> Events:
    """Read the events of a run's folder, or of a table; raises GalleriaError where there is none or it has another schema."""
    path = events_path(Path(run))
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as trouble:
        reason = str(trouble).splitlines()[0] if path.is_file() else "no such file"
        raise GalleriaError.of(path, [Problem("events", reason, "must be the events of a run", AGAIN)]) from trouble
    facts = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    found = f"{facts.get('galleria_schema')} version {facts.get('galleria_schema_version')}"
    if found != f"events version {EVENTS_SCHEMA_VERSION}" or not table.schema.equals(EVENTS_SCHEMA):
        rule = f"must be a table of events, version {EVENTS_SCHEMA_VERSION}"
        raise GalleriaError.of(path, [Problem("schema", found, rule, AGAIN)])
    kinds, kind_names = _coded(table["kind"])
    unknown = sorted(set(kind_names) - {kind.name for kind in EventKind})
    if unknown:
        raise GalleriaError.of(path, [Problem("kind", ", ".join(unknown), "must be kinds that this version knows", AGAIN)])
    codes = np.array([*(EventKind[name] for name in kind_names), 0], np.int16)
    place_word, words = _coded(table["place_id"])
    plain = {name: table[name].to_numpy() for name in ("time_us", "visit", "people", "place", "value")}
    return Events(
        plain["time_us"], codes[kinds], plain["visit"], plain["people"], plain["place"], place_word, plain["value"], words,
        _tenants(path.parent),
    )  # fmt: skip


def _coded(column: pa.ChunkedArray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the indices of a column of words, -1 for none, and the words."""
    whole = column.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):  # of no rows
        return np.zeros(0, np.int32), ()
    indices = whole.indices.fill_null(-1).to_numpy().astype(np.int32)
    return indices, tuple(whole.dictionary.to_pylist())


def _tenants(folder: Path) -> dict[str, str]:
    path = folder / "tenants.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {csv_text(row["unit"]): csv_text(row["tenant"]) for row in csv.DictReader(file)}
