"""Arrays kept in the user's cache folder: written whole or not at all, checked when read, the oldest dropped."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np

KEPT_OF_EACH_KIND = 8
SUM_BYTES = 32


def cache_folder() -> Path:
    """Return $XDG_CACHE_HOME or ~/.cache, then galleria/radio."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "galleria" / "radio"


def keep(folder: Path, kind: str, key: str, arrays: dict[str, np.ndarray]) -> None:
    """Keep arrays under a kind and a key: an .npz with its SHA-256 behind it. A folder that cannot be written costs time, nothing else."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]  # its stub takes the names for options
    content = buffer.getvalue()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / f"{kind}-{key}.npz", content + hashlib.sha256(content).digest())
        newest_first = sorted(folder.glob(f"{kind}-*.npz"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for old in newest_first[KEPT_OF_EACH_KIND:]:
            old.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    """Write by temporary file, fsync and rename, so that a reader sees all or nothing."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as temporary:
        try:
            temporary.write(content)
            temporary.flush()
            os.fsync(temporary.fileno())
            os.replace(temporary.name, path)
        except OSError:
            os.unlink(temporary.name)
            raise


def fetch(folder: Path, kind: str, key: str) -> dict[str, np.ndarray] | None:
    """Return the arrays kept under a kind and a key, or None where there are none or they are damaged."""
    try:
        raw = (folder / f"{kind}-{key}.npz").read_bytes()
        content, digest = raw[:-SUM_BYTES], raw[-SUM_BYTES:]
        if hashlib.sha256(content).digest() != digest:
            return None
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
