"""Columns of numbers as few bytes, in one block that a page can carry as text; the same columns give the same bytes."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

GZIP = 16 + zlib.MAX_WBITS
LEVEL = 6
WHOLE, SIGNED = "varint", "zigzag"  # other kinds are NumPy's names of little-endian types
BYTES_MOST = 5


class Block:
    """Columns and words in the making; `text` gives them as base64 of gzip."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._columns: list[dict[str, Any]] = []
        self._parts: list[bytes] = []

    def whole(self, name: str, values: np.ndarray) -> None:
        """Add numbers from 0 to 2^32 - 1, small ones in fewer bytes."""
        self._add(name, WHOLE, len(values), varint(np.asarray(values, np.int64)))

    def signed(self, name: str, values: np.ndarray) -> None:
        """Add numbers around 0, small ones in fewer bytes."""
        values = np.asarray(values, np.int64)
        self._add(name, SIGNED, len(values), varint((values << 1) ^ (values >> 63)))

    def plain(self, name: str, values: np.ndarray) -> None:
        """Add an array as it is: of uint8, uint16, uint32, int32 or float64."""
        little = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<"))
        self._add(name, values.dtype.name, len(values), little.tobytes())

    def text(self, words: Mapping[str, Any]) -> str:
        """Return all of it, with words for what is no column, as one line of base64."""
        head = json.dumps({"columns": self._columns, "words": words}, ensure_ascii=False, allow_nan=False).encode()
        head += b" " * (-len(head) % 8)
        # No time and no name in the head of the gzip: bytes must not depend on the moment.
        squeeze = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP, 9)
        raw = [np.array([len(head)], "<u8").tobytes(), head, *self._parts]
        return base64.b64encode(b"".join([*map(squeeze.compress, raw), squeeze.flush()])).decode()

    def _add(self, name: str, kind: str, count: int, content: bytes) -> None:
        self._columns.append({"name": name, "kind": kind, "count": count, "bytes": len(content)})
        self._parts += [content, b"\0" * (-len(content) % 8)]


def varint(values: np.ndarray) -> bytes:
    """Return numbers in groups of seven bits, the lowest first, with the eighth bit where more follow."""
    assert values.size == 0 or (values.min() >= 0 and values.max() < 1 << 35)
    sizes = np.ones(values.size, np.int64)
    for more in range(1, BYTES_MOST):
        sizes += values >> (7 * more) > 0
    starts = np.cumsum(sizes) - sizes
    found = np.zeros(int(sizes.sum()) if values.size else 0, np.uint8)
    for nth in range(BYTES_MOST):
        has = np.flatnonzero(sizes > nth)
        found[starts[has] + nth] = (values[has] >> (7 * nth)) & 127 | np.where(sizes[has] > nth + 1, 128, 0)
    return found.tobytes()


def unpack(text: str) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return the columns and the words of a block: what the page does, for whoever reads it in Python."""
    raw = zlib.decompress(base64.b64decode(text), GZIP)
    length = int(np.frombuffer(raw, "<u8", 1)[0])
    head = json.loads(raw[8 : 8 + length])
    at, columns = 8 + length, {}
    for column in head["columns"]:
        content = raw[at : at + column["bytes"]]
        at += column["bytes"] + -column["bytes"] % 8
        columns[column["name"]] = _read(content, column["kind"])
    return columns, head["words"]


def _read(content: bytes, kind: str) -> np.ndarray:
    if kind not in (WHOLE, SIGNED):
        return np.frombuffer(content, np.dtype(kind).newbyteorder("<"))
    parts = np.frombuffer(content, np.uint8).astype(np.int64)
    ends = np.flatnonzero(parts < 128)
    starts = np.concatenate([[0], ends[:-1] + 1]) if ends.size else ends
    nth = np.arange(parts.size) - np.repeat(starts, ends - starts + 1)
    values = np.add.reduceat((parts & 127) << (7 * nth), starts) if ends.size else ends
    return (values >> 1) ^ -(values & 1) if kind == SIGNED else values
