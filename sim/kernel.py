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

numba.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]  # in case somebody imported Numba first
JIT_DISABLED = bool(numba.config.DISABLE_JIT)
# No reference counts (`_nrt`): kernels allocate nothing, and counting the arrays of the state tuple at every call took nine tenths of
# the time. No fastmath: results must not depend on the processor.
OPTIONS = {"cache": True, "error_model": "numpy", "no_cfunc_wrapper": True, "_nrt": False}

# Compiled types by annotation. A kernel whose annotations are all here is compiled for exactly these types, and its callers convert
# their arguments; left alone, Numba compiles it anew for every mix of int32, int64 and literals (199 compilations where 70 do).
_TYPES: dict[str, Any] = {
    "int": numba.types.int64,
    "float": numba.types.float64,
    "bool": numba.types.boolean,
    "np.uint64": numba.types.uint64,
}


def declare_type(annotation: str, example: Any) -> None:
    """Let kernels take a tuple of arrays such as `example` under this annotation."""
    _TYPES[annotation] = numba.typeof(example)


def entry(function: F) -> F:
    """Compile a function that Python calls with a declared tuple; the functions it calls need no way in from Python."""
    return numba.njit(**OPTIONS)(function)  # type: ignore[no-any-return]


def inlined(function: F) -> F:
    """Compile a small function into each of its callers: handing the state tuple on costs more than it does."""
    return _declared(function, forceinline=True)


def kernel(function: F) -> F:
    """Compile a function when it is first called, once."""
    return _declared(function)


def _declared(function: F, **more: Any) -> F:
    annotations = [text for name, text in function.__annotations__.items() if name != "return"]
    if JIT_DISABLED or not all(text in _TYPES for text in annotations):
        return numba.njit(**OPTIONS, **more)(function)  # type: ignore[no-any-return]
    takes_tuple = any(isinstance(_TYPES[text], numba.types.BaseTuple) for text in annotations)
    compiled = numba.njit(**OPTIONS, **more, no_cpython_wrapper=takes_tuple)(function)
    declared = tuple(_TYPES[text] for text in annotations)
    choose_template = compiled.get_call_template

    def template_of_declared(args: Any, kws: Any) -> Any:
        """Answer a calling kernel: compile for the declared types only, and let the call convert to them."""
        if compiled._can_compile:
            compiled.compile(declared)
            compiled.disable_compile()
        return choose_template(args, kws)

    compiled.get_call_template = template_of_declared
    return compiled  # type: ignore[no-any-return]
