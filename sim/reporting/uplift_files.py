"""The files of a measured policy: the log as bandit feedback, an uplift data set, and the truth apart, each with a written schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.reporting.files import appearing_whole

UPLIFT_SCHEMA_VERSION = 1
BANDIT, UPLIFT, TRUTH = "bandit.parquet", "uplift.parquet", "truth.parquet"
FEATURE = "feature:"  # stands before the name of each feature in bandit.parquet and uplift.parquet


def write_uplift_files(
    folder: Path,
    bandit: Mapping[str, np.ndarray],
    uplift: Mapping[str, np.ndarray],
    truth: Mapping[str, np.ndarray],
    features: Mapping[str, np.ndarray],
    index: np.ndarray,
    names: Mapping[str, Sequence[str]],
) -> list[str]:
    """Write the three files into a folder and return their names.

    `features` are of all rows of `bandit`, `index` says which of these are those of `uplift`; `names` spells out columns of numbers
    (-1: null).
    """
    both = {FEATURE + name: values for name, values in features.items()}
    tables = {
        BANDIT: {**bandit, **both},
        UPLIFT: {**uplift, **{name: values[index] for name, values in both.items()}},
        TRUTH: dict(truth),
    }
    for file, columns in tables.items():
        arrays = {name: _column(values, names.get(name)) for name, values in columns.items()}
        table = pa.table(arrays).replace_schema_metadata(
            {"galleria_schema": file.removesuffix(".parquet"), "galleria_schema_version": str(UPLIFT_SCHEMA_VERSION)}
        )
        with appearing_whole(folder / file) as temporary:
            pq.write_table(table, temporary, compression="zstd")
    return list(tables)


def _column(values: np.ndarray, names: Sequence[str] | None) -> pa.Array:
    if names is None:
        return pa.array(values, from_pandas=values.dtype.kind == "f")  # NaN: not known
    words = np.array([*names, ""], object)[values]
    return pa.array(words, pa.string(), mask=np.asarray(values) < 0)
