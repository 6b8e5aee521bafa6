"""The tables of a sweep as Parquet: one row for each run, and one for each tenant or segment of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.reporting.files import appearing_whole

SCHEMA_VERSION = "1"


def write_runs(path: Path, columns: Mapping[str, Sequence[Any]], texts: Sequence[str]) -> None:
    """Write one row per run; a column is of whole numbers, numbers, truths or text by all that it holds, `texts` always; None is null."""
    kinds = {name: pa.string() if name in texts else _type_of(values) for name, values in columns.items()}
    arrays = {name: pa.array([_cell(value, kinds[name]) for value in values], kinds[name]) for name, values in columns.items()}
    _write(path, pa.table(arrays), "sweep_runs")


def write_parts(path: Path, rows: Sequence[tuple[int, str, str, float | None]]) -> None:
    """Write rows of (run, kind, name, value): what each tenant sold, what each segment spent, and so on."""
    kinds = {"run": pa.int64(), "kind": pa.string(), "name": pa.string(), "value": pa.float64()}
    columns = list(zip(*rows, strict=True)) or [()] * len(kinds)
    _write(
        path,
        pa.table({name: pa.array(list(column), kind) for (name, kind), column in zip(kinds.items(), columns)}),
        "sweep_parts",
    )


def _type_of(values: Sequence[Any]) -> pa.DataType:
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int} and kinds and all(value is None or abs(value) < 2**63 for value in values):
        return pa.int64()
    if kinds == {bool}:
        return pa.bool_()
    return pa.float64() if kinds <= {int, float} else pa.string()


def _cell(value: Any, kind: pa.DataType) -> Any:
    if value is None:
        return None
    return str(value) if pa.types.is_string(kind) else float(value) if pa.types.is_floating(kind) else value


def _write(path: Path, table: pa.Table, schema: str) -> None:
    facts = {"galleria_schema": schema, "galleria_schema_version": SCHEMA_VERSION}
    with appearing_whole(path) as temporary:
        pq.write_table(table.replace_schema_metadata(facts), temporary, compression="zstd")


def read_runs(path: Path, names: Sequence[str]) -> dict[str, list[Any]]:
    """Return those of the named columns that the table of runs has, in the order of runs."""
    known = [name for name in names if name in pq.read_schema(path).names]
    return {name: column.to_pylist() for name, column in zip(known, pq.read_table(path, columns=known).columns)}
