"""The one decorator for compiled functions, with disk caches that cannot serve stale code."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


# The modules beside the packages, in sim/ itself, whose functions and constants kernels use.
_VOCABULARY = (
    "categories.py",
    "events.py",
    "kernel.py",
    "plan_arrays.py",
    "promos.py",
    "random_streams.py",
    "references.py",
    "standing.py",
    "units.py",
    "visitors.py",
)


def _cache_folders() -> dict[bool, Path]:
    """Name the caches after all that a compiled function depends on: one of the engine's kernels, one (True) of the sensors' too.

    Numba looks only at a kernel's own file, not at the files of the functions it calls, and ignores NUMBA_BOUNDSCHECK; so
    the folder's name carries a digest of every source, the versions, the processor and that switch. Sensors call the engine's
    functions, never the other way round, so that a change in them leaves the engine's kernels as they are.
    """
    digest = hashlib.sha256()
    sensors = []
    for package in ("sim", "agents"):
        root = Path(__file__).resolve().parent.parent / package
        for source in sorted(root.rglob("*.py")):
            if "sensing" in source.parts:
                sensors.append(source)
            elif "crowd" in source.parts or "ledger" in source.parts or (source.parent == root and source.name in _VOCABULARY):
                digest.update(source.name.encode())
                digest.update(source.read_bytes())
    digest.update(sys.version.encode())
    digest.update(platform.processor().encode() + platform.machine().encode())
    digest.update(os.environ.get("NUMBA_BOUNDSCHECK", "0").encode())
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folders = {False: Path(base) / "galleria" / "kernels" / digest.hexdigest()[:16]}
    for source in sensors:
        digest.update(source.name.encode())
        digest.update(source.read_bytes())
    folders[True] = Path(base) / "galleria" / "kernels" / digest.hexdigest()[:16]
    return folders


CACHE_FOLDERS = _cache_folders()
os.environ.setdefault("NUMBA_CACHE_DIR", str(CACHE_FOLDERS[False]))
_OWN_FOLDERS = os.environ["NUMBA_CACHE_DIR"] in [
    str(folder) for folder in CACHE_FOLDERS.values()
]  # not one that the user named

import numba  # noqa: E402  (the cache folder must be named before Numba is imported)
from numba.core import caching  # noqa: E402

from sim.references import Reference, reference_of  # noqa: E402

JIT_DISABLED = bool(numba.config.DISABLE_JIT)
_HERE = Path(__file__).resolve().parent.parent


class _PlacelessLocator(caching.UserProvidedCacheLocator):  # type: ignore[misc]
    """Keeps kernels by their module, not by where its file lies: a second checkout or a wheel of the same code compiles nothing."""

    @classmethod
    def get_suitable_cache_subpath(cls, py_file: str) -> str:
        """Return the folder of a module's kernels inside the cache."""
        path = Path(py_file).resolve()
        if path.is_relative_to(_HERE):
            return "_".join(path.parent.relative_to(_HERE).parts)
        return str(super().get_suitable_cache_subpath(py_file))


caching.CacheImpl._locator_classes = [_PlacelessLocator, *caching.CacheImpl._locator_classes]
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

DECLARED: list[tuple[Any, tuple[Any, ...]]] = []  # every kernel of the modules imported so far, with its types


def declare_type(annotation: str, example: Any, *, by_reference: bool = False) -> None:
    """Let kernels take a tuple of arrays such as `example` under this annotation; a large one by its address (decision 0018)."""
    _TYPES[annotation] = Reference(numba.typeof(example)) if by_reference else numba.typeof(example)


def _compiled(function: F, **more: Any) -> Any:
    """Decorate a function, with the disk cache of the part it belongs to."""
    numba.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]
    if _OWN_FOLDERS:
        numba.config.CACHE_DIR = str(CACHE_FOLDERS[function.__module__.startswith("sim.sensing")])
    return numba.njit(**OPTIONS, **more)(function)


def entry(function: F) -> F:
    """Compile a function that Python calls with a declared tuple; the functions it calls need no way in from Python."""
    return _compiled(function)  # type: ignore[no-any-return]


def inlined(function: F) -> F:
    """Compile a small function into each of its callers: handing the state tuple on costs more than it does."""
    return _declared(function, forceinline=True)


def kernel(function: F) -> F:
    """Compile a function when it is first called, once."""
    return _declared(function)


def _declared(function: F, **more: Any) -> F:
    annotations = [text for name, text in function.__annotations__.items() if name != "return"]
    if JIT_DISABLED or not all(text in _TYPES for text in annotations):
        return _compiled(function, **more)  # type: ignore[no-any-return]
    takes_tuple = any(isinstance(_TYPES[text], numba.types.BaseTuple | Reference) for text in annotations)
    refers = any(isinstance(_TYPES[text], Reference) for text in annotations)
    compiled = _compiled(function, **more, no_cpython_wrapper=takes_tuple, noalias=refers)
    declared = tuple(_TYPES[text] for text in annotations)
    choose_template = compiled.get_call_template

    def template_of_declared(args: Any, kws: Any) -> Any:
        """Answer a calling kernel: compile for the declared types only, and let the call convert to them."""
        if compiled._can_compile:
            compiled.compile(declared)
            compiled.disable_compile()
        return choose_template(args, kws)

    compiled.get_call_template = template_of_declared
    DECLARED.append((compiled, declared))
    return compiled  # type: ignore[no-any-return]


def _itself(given: Any) -> Any:
    return given


referred: Any = _itself if JIT_DISABLED else reference_of
