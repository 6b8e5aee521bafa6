"""Arrays in a file that NumPy reads without running anything: a .npz of .npy files, whose bytes depend on the arrays alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.reporting.files import appearing_whole

LEVEL = 1  # of zip's compression: most of what is saved are buffers with little in them


def write_arrays(path: Path, arrays: Sequence[np.ndarray]) -> None:
    """Write arrays under their numbers; raises ValueError for arrays of objects."""
    with appearing_whole(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as file:
        for number, array in enumerate(arrays):
            with file.open(f"{number}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, np.asarray(array), allow_pickle=False)


class ReadArrays:
    """The arrays of such a file, each read when it is asked for."""

    def __init__(self, path: Path) -> None:
        self._file = zipfile.ZipFile(io.BytesIO(path.read_bytes()))

    def __getitem__(self, number: int) -> np.ndarray:
        """Return an array; raises ValueError or KeyError where the file holds none under that number."""
        with self._file.open(f"{number}.npy") as entry:
            found: np.ndarray = np.lib.format.read_array(entry, allow_pickle=False)
            return found


def type_record(dtype: np.dtype[Any]) -> Any:
    """Return a type of records as JSON holds it: fields with their places, which .npy files alone would not keep aligned; None for others."""
    if dtype.fields is None:
        return None
    fields = [(name, dtype.fields[name]) for name in dtype.names or ()]
    return {
        "names": [name for name, _ in fields], "formats": [_format(field[0]) for _, field in fields],
        "offsets": [int(field[1]) for _, field in fields], "itemsize": dtype.itemsize, "align": dtype.isalignedstruct,
    }  # fmt: skip


def type_of(record: Mapping[str, Any]) -> np.dtype[Any]:
    """Return the type that `type_record` has described."""
    parts: Any = {name: record[name] for name in ("names", "offsets", "itemsize")}
    parts["formats"] = [(each["of"], tuple(each["shape"])) if isinstance(each, dict) else each for each in record["formats"]]
    return np.dtype(parts, align=bool(record["align"]))


def _format(dtype: np.dtype[Any]) -> Any:
    if dtype.subdtype is None:
        return dtype.str
    of, shape = dtype.subdtype
    return {"of": of.str, "shape": list(shape)}
