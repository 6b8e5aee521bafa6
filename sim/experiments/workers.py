"""Worker processes that run one mall at a time, die alone, and stop at once when told."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import connection, forkserver
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sim.config import RunConfig
from sim.experiments.parts import parts_in
from sim.reporting.files import plain

RUNS_PER_PROCESS = 50  # then another takes over: a run leaves up to 15 MB behind (Mesa 3.3 keeps every model it made)
_PRELOADED: list[
    str
] = []  # by the server of this process; it serves all kinds of runs, and whoever comes first must not decide for all
Answer = tuple[dict[str, Any] | None, str]  # KPIs, with those of its `parts` (losers.py); or None and the reason


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processes(preload: Sequence[str]) -> BaseContext:
    """Return where workers come from: a server that has imported `preload` and forks; a fresh interpreter where there is none."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    missing = [module for module in (__name__, *preload) if module not in _PRELOADED]
    if (
        missing and not multiprocessing.active_children()
    ):  # else it must stay, and workers import what is missing, each for itself
        forkserver._forkserver._stop()  # type: ignore[attr-defined]
        _PRELOADED.extend(missing)
        context.set_forkserver_preload(list(_PRELOADED))
    _start_server_deaf_to_interrupts()
    return context


def _start_server_deaf_to_interrupts() -> None:
    """Start the server so that Ctrl-C, which a terminal sends to everybody, reaches only the process that decides."""
    if threading.current_thread() is not threading.main_thread():  # only that thread may set handlers
        forkserver.ensure_running()
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # an ignored signal stays ignored in the programs one starts
    try:
        forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, before)


class Worker:
    """A pool of one process: when it dies, exactly one run is to blame, and no other is lost."""

    def __init__(self, context: BaseContext) -> None:
        self._context = context
        self._pool: ProcessPoolExecutor | None = None
        self._process: BaseProcess | None = None
        self._runs = 0

    def start(self, runner: str, config: RunConfig, scratch: Path) -> Future[Answer]:
        """Run one mall; a process is made when the first is needed, and when the last one died or has run enough."""
        return self.submit(run_one, runner, config, scratch)

    def submit(self, function: Callable[..., Any], *arguments: Any, may_renew: bool = True) -> Future[Any]:
        """Call a function there; the process stays the same where it `may_renew` not."""
        if may_renew and self._runs >= RUNS_PER_PROCESS:
            self.close()
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, mp_context=self._context, initializer=_begin)
            self._runs = 0
        self._runs += 1
        before = set(multiprocessing.active_children())
        future = self._pool.submit(function, *arguments)
        self._process = next(iter(set(multiprocessing.active_children()) - before), self._process)
        return future

    def bury(self) -> str:
        """Forget a process that died, so that the next run gets another; return how it ended."""
        if self._pool is not None:
            self._pool.shutdown()
        code = self._process.exitcode if self._process is not None else None
        self._pool = self._process = None
        if code is not None and code < 0:
            return f"its process was killed by {signal.Signals(-code).name}"
        return f"its process ended with exit code {code}"

    def kill(self) -> None:
        """End the process whatever it does."""
        if self._process is not None and self._process.is_alive():
            self._process.kill()

    def close(self) -> None:
        """Wait for the process to end, and reap it."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
        if self._process is not None:
            self._process.join()
            self._process = None


@contextmanager
def crew(number: int, preload: Sequence[str]) -> Iterator[tuple[list[Worker], Path]]:
    """Give idle workers and a folder for what their runs write; on an error or Ctrl-C kill them rather than wait for them."""
    if number == 0:
        yield [], Path(os.devnull)
        return
    context = processes(preload)
    workers = [Worker(context) for _ in range(number)]
    with tempfile.TemporaryDirectory(prefix="galleria-") as scratch:
        try:
            yield list(workers), Path(scratch)
        except BaseException:
            for worker in workers:
                worker.kill()
            raise
        finally:
            for worker in workers:
                worker.close()


def run_one(runner: str, config: RunConfig, scratch: Path) -> Answer:
    """Run one mall in this process; `runner` is "module:function", called as function(config, folder)."""
    module, _, name = runner.partition(":")
    try:
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            result = getattr(importlib.import_module(module), name)(config, Path(folder))
            return {**plain(result.kpis), "parts": parts_in(Path(folder))}, ""
    except BaseException as trouble:  # whatever it is, the other runs go on
        return None, f"{type(trouble).__name__}: {trouble}".strip()


def _begin() -> None:
    """Leave Ctrl-C to the parent, and end when the parent has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])  # readable once the parent is dead, however it died
        os._exit(1)
