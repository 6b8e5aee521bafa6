"""Files that appear whole or not at all, JSON without NaN, and digests of files."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np


@contextmanager
def appearing_whole(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path` to write to; on a clean exit it is synced and takes the name, on an error it goes."""
    temporary = path.with_name(f".{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield temporary
        settle(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def settle(temporary: Path, path: Path) -> None:
    """Bring a finished temporary file to the disk and give it its name."""
    with open(temporary, "rb+") as handle:
        os.fsync(handle.fileno())
    os.replace(temporary, path)


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write the content (text as UTF-8 with plain newlines); a reader sees the old file or the whole new one."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    with appearing_whole(path) as temporary:
        temporary.write_bytes(data)


def plain(value: Any) -> Any:
    """Return the value as JSON can hold it: NumPy numbers as Python's, NaN and infinities as None."""
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value.tolist()]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def json_text(value: Any, *, indent: int | None = 2) -> str:
    """Return JSON in the order of the given dictionaries: null, never NaN; one newline at the end."""
    return json.dumps(plain(value), indent=indent, ensure_ascii=False, allow_nan=False) + "\n"


def write_json(path: Path, value: Any, *, indent: int | None = 2) -> None:
    """Write JSON as `json_text` gives it, atomically."""
    write_atomically(path, json_text(value, indent=indent))


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def csv_cell(text: str) -> str:
    """Return text that a spreadsheet will not run as a formula; `csv_text` gives the original back."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "'") else text


def csv_text(cell: str) -> str:
    """Return the text that `csv_cell` made safe."""
    return cell[1:] if cell[:1] == "'" else cell
