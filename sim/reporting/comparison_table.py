"""comparison.parquet: what each run of a comparison says of each KPI, one row each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.reporting.files import appearing_whole
from sim.reporting.kpi_catalogue import BY_NAME

COMPARISON_TABLE, COMPARISON_TABLE_VERSION = "comparison.parquet", 1
SCHEMA = pa.schema(
    [("arm", pa.string()), ("replication", pa.int32()), ("seed", pa.int64()), ("kpi", pa.string()), ("unit", pa.string()),
     ("value", pa.float64())],
    {"galleria_schema": "comparison", "galleria_schema_version": str(COMPARISON_TABLE_VERSION)},
)  # fmt: skip


def write_comparison_table(
    folder: Path, seeds: Mapping[tuple[str, int], int], kpis: Mapping[tuple[str, int], Mapping[str, Any]]
) -> None:
    """Write a row for each (arm, replication), in the order of `seeds`, and KPI; a KPI that the run does not know is null."""
    rows = [
        (arm, number, seed, name, BY_NAME[name].unit if name in BY_NAME else None, _value(value))
        for (arm, number), seed in seeds.items()
        for name, value in kpis[arm, number].items()
    ]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in SCHEMA]
    table = pa.table([pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)
    with appearing_whole(folder / COMPARISON_TABLE) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def _value(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
