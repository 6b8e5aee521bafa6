"""Keeps the residents of a catchment as Parquet, and reads them again for another run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.reporting.files import appearing_whole, sha256_of

KEY = "catchment.residents_from"
SCHEMA_VERSION = b"1"
AGAIN = "name a residents.parquet that a run with recording.residents=true kept"
Columns = dict[str, np.ndarray]


def keep_residents(path: Path, columns: Mapping[str, np.ndarray], visits_per_day: float) -> None:
    """Write one row per resident; a column of several dimensions becomes name_0, name_1 ...; `visits_per_day` is what the rates add up to."""
    flat = {name: values for column, table in columns.items() for name, values in _flattened(column, table)}
    facts = {
        "galleria_schema": "residents",
        "galleria_schema_version": SCHEMA_VERSION.decode(),
        "visits_per_day": repr(visits_per_day),
    }
    with appearing_whole(Path(path)) as temporary:
        pq.write_table(pa.table(flat).replace_schema_metadata(facts), temporary, compression="zstd", compression_level=1)


def read_residents(path: Path, wanted: Mapping[str, np.ndarray], most: Mapping[str, int]) -> tuple[Columns, float]:
    """Return the columns of a table that a run kept, and the visits a day that its rates were made for.

    `wanted` has an empty array of each column's type and width, `most` the largest code of columns of codes. Raises ConfigError
    with all that is wrong with the file.
    """
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as trouble:
        reason = str(trouble).splitlines()[0] if path.is_file() else "no such file"
        raise ConfigError.of(f"{KEY}={path}", [Problem(KEY, reason, "must be a file of residents", AGAIN)]) from trouble
    facts = table.schema.metadata or {}
    problems = [*_stranger(facts), *_wrong_columns(table, wanted)]
    if not problems:
        columns = {name: _gathered(table, name, empty) for name, empty in wanted.items()}
        problems = [*_wrong_values(columns, most), *_broken_households(columns)]
    if problems:
        raise ConfigError.of(f"{KEY}={path}", problems)
    return columns, float(facts[b"visits_per_day"])


def digests_of_inputs(config: RunConfig) -> dict[str, str]:
    """Return the SHA-256 of the files that a run reads, under their own names: residents who were kept, forecasts that stores stock by."""
    stocking = config.goods.stocking
    named = [config.catchment.residents_from, stocking.forecast_file if stocking.forecast == "file" else ""]
    paths = [Path(name).expanduser() for name in named if name]
    return {path.name: _digest(path, path.stat().st_mtime_ns) for path in paths}


@lru_cache(maxsize=4)
def _digest(path: Path, changed_ns: int) -> str:
    return sha256_of(path)  # once for all days of a run


def _flattened(name: str, values: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    if values.ndim == 1:
        yield name, values
    else:
        yield from ((f"{name}_{index}", np.ascontiguousarray(values[:, index])) for index in range(values.shape[1]))


def _gathered(table: pa.Table, name: str, empty: np.ndarray) -> np.ndarray:
    parts = [np.asarray(table[column].to_numpy(zero_copy_only=False)) for column, _ in _flattened(name, empty)]
    return parts[0] if empty.ndim == 1 else np.stack(parts, axis=1)


def _stranger(facts: Mapping[Any, Any]) -> Iterator[Problem]:
    if facts.get(b"galleria_schema") != b"residents" or facts.get(b"galleria_schema_version") != SCHEMA_VERSION:
        yield Problem("metadata", "", f"must say that this is a table of residents, version {SCHEMA_VERSION.decode()}", AGAIN)
        return
    try:
        visits = float(facts[b"visits_per_day"])
        is_number = 0 <= visits < float("inf")
    except (KeyError, ValueError):
        is_number = False
    if not is_number:
        yield Problem("metadata", "", "must say for how many visits_per_day its rates were made", AGAIN)


def _wrong_columns(table: pa.Table, wanted: Mapping[str, np.ndarray]) -> Iterator[Problem]:
    kinds = {name: column.dtype for whole, empty in wanted.items() for name, column in _flattened(whole, empty)}
    for name, kind in kinds.items():
        if name not in table.column_names:
            yield Problem(name, "no such column", f"a column of type {kind} is wanted", AGAIN)
        elif table.schema.field(name).type != pa.from_numpy_dtype(kind):
            yield Problem(name, str(table.schema.field(name).type), f"must be of type {kind}", AGAIN)
        elif table[name].null_count:
            yield Problem(name, f"{table[name].null_count} rows without a value", "every resident must have one", AGAIN)
    if table.num_rows == 0:
        yield Problem("rows", "0", "there must be a resident", AGAIN)


def _wrong_values(columns: Columns, most: Mapping[str, int]) -> Iterator[Problem]:
    for name, values in columns.items():
        if name in most:
            wrong, rule = (values < 0) | (values > most[name]), f"must lie from 0 to {most[name]}"
        elif values.dtype.kind == "f":
            signed = name == "taste"
            wrong = ~np.isfinite(values) | ((values < 0) & (not signed))
            rule = "must be finite" if signed else "must be finite, and not negative"
        else:
            continue
        if wrong.any():
            row = int(np.argwhere(wrong)[0][0])
            yield Problem(f"{name}, row {row}", str(values[row]), rule, AGAIN)


def _broken_households(columns: Columns) -> Iterator[Problem]:
    """Yield the first household whose people do not stand together, each with the row of its head and the number of its people."""
    household, rows = columns["household"], np.arange(columns["household"].size)
    heads = np.concatenate([[True], household[1:] != household[:-1]])
    first = np.flatnonzero(heads)
    of_row = np.cumsum(heads) - 1
    size = np.diff(np.concatenate([first, [rows.size]]))
    for name, wrong in (
        ("household", np.concatenate([[False], household[1:] < household[:-1]])),
        ("first", columns["first"] != first[of_row]),
        ("size", columns["size"] != size[of_row]),
    ):
        if wrong.any():
            row = int(np.argmax(wrong))
            rule = "households must stand side by side in ascending order, each row with its head's row and its size"
            yield Problem(f"{name}, row {row}", str(columns[name][row]), rule, AGAIN)
    key = np.sort(columns["key"])
    if (key[1:] == key[:-1]).any():
        yield Problem("key", str(key[1:][key[1:] == key[:-1]][0]), "no two residents may share a key", AGAIN)
