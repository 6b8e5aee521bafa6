"""Files of a folder as Arrow tables, and those as pandas or Polars frames, for results in Python."""

from __future__ import annotations

import csv
import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from sim.errors import GalleriaError, Problem
from sim.reporting.files import csv_text

PANDAS, POLARS = "pandas", "polars"
LIBRARIES = {PANDAS: "pip install 'galleria[frames]'", POLARS: "pip install polars"}
SUFFIXES = (".parquet", ".csv")
WAY_OUT = "tables() names those that are there; `recording=visits` keeps what happened"


def files_in(folder: Path) -> tuple[str, ...]:
    """Return the names of the tables of a folder, in alphabetical order."""
    return tuple(sorted({path.stem for path in folder.iterdir() if path.suffix in SUFFIXES}))


def file_table(folder: Path, name: str) -> pa.Table:
    """Return a Parquet or CSV file of a folder by its name; raises GalleriaError for one that is not there or cannot be read."""
    for suffix in SUFFIXES:
        path = folder / f"{name}{suffix}"
        if path.is_file():
            try:
                return pq.read_table(path) if suffix == ".parquet" else _csv_table(path)
            except (pa.ArrowException, OSError) as trouble:
                problem = Problem(path.name, f"{type(trouble).__name__}: {trouble}", "must be readable", "run it again")
                raise GalleriaError.of(folder, [problem]) from None
    raise GalleriaError.of(folder, [Problem("table", repr(name), f"one of {', '.join(files_in(folder)) or 'none'}", WAY_OUT)])


def _csv_table(path: Path) -> pa.Table:
    """Return a CSV file, with the texts that were made safe for spreadsheets as they are meant."""
    table = pyarrow.csv.read_csv(path)
    with path.open(encoding="utf-8", newline="") as file:
        is_guarded = any(cell[:1] == "'" for row in csv.reader(file) for cell in row)
    if is_guarded:
        for place, field in enumerate(table.schema):
            if pa.types.is_string(field.type):
                texts = [None if text is None else csv_text(text) for text in table.column(place).to_pylist()]
                table = table.set_column(place, field, pa.array(texts, field.type))
    return table


def record_table(records: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None) -> pa.Table:
    """Return records as a table; whole numbers and fractions of one column become fractions, lists and records text."""
    names = list(columns) if columns is not None else list(dict.fromkeys(name for record in records for name in record))
    return pa.table({name: _column([record.get(name) for record in records]) for name in names})


def _column(values: list[Any]) -> pa.Array:
    if any(isinstance(value, list | tuple | dict) for value in values):
        return pa.array([None if value is None else str(value) for value in values], pa.string())
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    known = [value for value in values if value is not None]
    if known and len(numbers) == len(known):
        kind = pa.float64() if any(isinstance(value, float) for value in numbers) else pa.int64()
        return pa.array(values, kind)
    if any(type(value) is not type(known[0]) for value in known):
        return pa.array([None if value is None else str(value) for value in values], pa.string())
    return pa.array(values)


def frame_of(table: pa.Table, library: str = PANDAS) -> Any:
    """Return a table as a frame of pandas or Polars; raises GalleriaError where that is not installed."""
    if library not in LIBRARIES:
        raise GalleriaError.of(
            "frames", [Problem("library", repr(library), f"one of {', '.join(LIBRARIES)}", "pandas is the default")]
        )
    try:
        module = importlib.import_module(library)
    except ImportError:
        problem = Problem("library", library, "not installed", LIBRARIES[library])
        raise GalleriaError.of("frames", [problem]) from None
    return module.from_arrow(table) if library == POLARS else table.to_pandas()
