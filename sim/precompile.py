"""Compiles the engine's kernels on two cores, callees before callers, each kernel by one of two processes that share the disk cache.

`python -m sim.precompile` does it ahead of the first run; commands that find the cache empty do it themselves.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

PROCESSES = 2
LOOK_AGAIN_S = 0.02


def precompile() -> None:
    """Fill the cache of kernels, and note that it is full. Ctrl-C stops it at once: what is compiled by then stays.

    The work is done in processes of their own: Numba swallows a KeyboardInterrupt that comes while LLVM calls back into Python.
    """
    from sim import kernel

    if kernel.JIT_DISABLED:
        return
    with tempfile.TemporaryDirectory(prefix="galleria-kernels-") as claims:
        command = [sys.executable, "-m", "sim.precompile", claims]
        others = [subprocess.Popen(command) for _ in range(PROCESSES)]
        try:
            while any(other.poll() is None for other in others) and not any(other.returncode for other in others):
                time.sleep(LOOK_AGAIN_S)
        finally:  # where one has failed the other would wait for it; kernels are compiled as they are called, then
            for other in others:
                other.terminate()
                other.wait()
    if not any(other.returncode for other in others):
        _note_of_full_cache().touch()


def is_done() -> bool:
    """Say whether the cache is known to hold every kernel, or none is compiled here; a start that was stopped leaves a part."""
    from sim import kernel

    return kernel.JIT_DISABLED or _note_of_full_cache().exists()


def _note_of_full_cache() -> Path:
    from sim import kernel

    folder = kernel.CACHE_FOLDERS[False]
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "complete"


def _compile(claims: Path) -> None:
    """Compile what the other process has not claimed, each kernel when all that it calls is in the cache."""
    import sim.crowd.engine  # noqa: F401  (brings every kernel of the engine)
    from sim import kernel

    kernels = dict(enumerate(kernel.DECLARED))
    callees = _callees([compiled for compiled, _ in kernel.DECLARED])
    waiting = _longest_chain_first(callees)
    done: set[int] = set()
    while waiting and claims.exists():  # else nobody waits for us any more
        done |= {each for each in kernels if each not in done and (claims / f"{each}.done").exists()}
        ready = next((each for each in waiting if callees[each] <= done and _is_ours(claims / str(each))), None)
        waiting = [each for each in waiting if each != ready and not (claims / str(each)).exists()]
        if ready is not None:
            compiled, declared = kernels[ready]
            if compiled._can_compile:
                compiled.compile(declared)
                compiled.disable_compile()
            (claims / f"{ready}.done").touch()
        elif waiting:
            time.sleep(LOOK_AGAIN_S)


def _is_ours(claim: Path) -> bool:
    """Claim a kernel; False where the other process has been faster."""
    try:
        claim.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _callees(kernels: list[Any]) -> list[set[int]]:
    """Return for each kernel the places of those that it calls by itself or through functions that are no kernels of the list."""
    place = {id(kernel.py_func): index for index, kernel in enumerate(kernels)}
    found: list[set[int]] = []
    for kernel in kernels:
        calls: set[int] = set()
        seen: set[int] = set()
        todo = [kernel.py_func]
        while todo:
            for called in _named_in(todo.pop()):
                if id(called) in place:
                    calls.add(place[id(called)])
                elif id(called) not in seen:
                    seen.add(id(called))
                    todo.append(called)
        found.append(calls - {place[id(kernel.py_func)]})
    return found


def _named_in(function: Any) -> Iterator[Any]:
    """Yield the compiled functions, as Python has them, that a function names: globals, or members of modules that are globals."""
    names = function.__code__.co_names
    for name in names:
        value: Any = function.__globals__.get(name)
        values: list[Any] = [getattr(value, member, None) for member in names] if isinstance(value, ModuleType) else [value]
        yield from (each.py_func for each in values if hasattr(each, "py_func"))


def _longest_chain_first(callees: list[set[int]]) -> list[int]:
    """Return the places in the order in which to begin them: first what most others wait for, one after another."""
    callers: list[list[int]] = [[] for _ in callees]
    for index, called in enumerate(callees):
        for each in called:
            callers[each].append(index)
    above = [0] * len(callees)
    for index in reversed(_callees_first(callees)):
        above[index] = 1 + max((above[caller] for caller in callers[index]), default=0)
    return sorted(range(len(callees)), key=lambda index: (-above[index], index))


def _callees_first(callees: list[set[int]]) -> list[int]:
    order: list[int] = []
    placed: set[int] = set()
    left = list(range(len(callees)))
    while left:
        now = [index for index in left if callees[index] <= placed]
        if not now:  # a kernel that calls itself through another: no order suits, and compiling it compiles both
            raise ValueError("kernels call each other in a circle")
        order += now
        placed |= set(now)
        left = [index for index in left if index not in placed]
    return order


if __name__ == "__main__":
    if sys.argv[1:]:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal tells everybody; who waits for us decides
        _compile(Path(sys.argv[1]))
    else:
        precompile()
