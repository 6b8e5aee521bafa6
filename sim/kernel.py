"""The one decorator for compiled functions, with a disk cache that cannot serve stale code."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def _cache_folder() -> Path:
    """Name the cache after all that a compiled function depends on.

    Numba looks only at a kernel's own file, not at the files of the functions it calls, and ignores NUMBA_BOUNDSCHECK; so
    the folder's name carries a digest of every source, the versions, the processor and that switch.
    """
    digest = hashlib.sha256()
    for package in ("sim", "agents"):
        root = Path(__file__).resolve().parent.parent / package
        for source in sorted(root.rglob("*.py")):
            if "crowd" in source.parts or "ledger" in source.parts or source.parent.name in ("sim", "sensing"):
                digest.update(source.name.encode())
                digest.update(source.read_bytes())
    digest.update(sys.version.encode())
    digest.update(platform.processor().encode() + platform.machine().encode())
    digest.update(os.environ.get("NUMBA_BOUNDSCHECK", "0").encode())
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "galleria" / "kernels" / digest.hexdigest()[:16]


CACHE_FOLDER = _cache_folder()
CACHE_WAS_COLD = not CACHE_FOLDER.exists()
os.environ.setdefault("NUMBA_CACHE_DIR", str(CACHE_FOLDER))

import numba  # noqa: E402  (the cache folder must be named before Numba is imported)

JIT_DISABLED = bool(numba.config.DISABLE_JIT)


def kernel(function: F) -> F:
    """Compile a function; results must not depend on the processor, hence no fastmath."""
    return numba.njit(cache=True)(function)  # type: ignore[no-any-return]


def inlined(function: F) -> F:
    """Compile a small function that its callers absorb."""
    return numba.njit(cache=True, inline="never")(function)  # type: ignore[no-any-return]
