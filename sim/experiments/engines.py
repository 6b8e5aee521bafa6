"""Where the runs of an experiment are made: an engine takes jobs and gives their answers as they end; its workers stay between calls."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.experiments.workers import Answer, Worker, cores, crew

ENGINES = ("local", "ray")
ATTEMPTS = 2  # a run that failed so often is given up
Key = tuple[str, int]  # arm and replication


@dataclass(frozen=True)
class Runner:
    """How one mall is run. This package does not know; it is told by name, since a name can be sent to another process."""

    name: str  # "module:function", called as function(config, folder); returns an object with `kpis`
    preload: tuple[str, ...] = ()  # modules that all runs need, imported once
    plan_digests: Mapping[str, str] = field(default_factory=dict)  # floor plan as the configuration names it -> its digest
    workers: int | None = None  # processes; default: as many as there are cores
    engine: str = "local"  # one of ENGINES
    address: str = ""  # of a Ray cluster; empty: the one of $RAY_ADDRESS, else one that is started on this machine


class Engine(Protocol):
    """Makes runs."""

    def answers(self, jobs: Mapping[Key, RunConfig]) -> Iterator[tuple[Key, Answer]]:
        """Yield each run with its answer as it ends, in whatever order; a run that failed once is tried again."""


def engine_for(runner: Runner) -> AbstractContextManager[Engine]:
    """Return the engine that a runner asks for, to be entered before its first job; raises ConfigError for one that there is not."""
    if runner.engine == "ray":
        from sim.experiments.ray_engine import on_ray  # imports this module

        return on_ray(runner)
    if runner.engine != "local":
        problem = Problem(
            "engine", repr(runner.engine), f"must be one of {', '.join(ENGINES)}", "local: processes of this machine"
        )
        raise ConfigError.of("the engine", [problem])
    return _on_this_machine(runner)


@contextmanager
def _on_this_machine(runner: Runner) -> Iterator[Engine]:
    with crew(runner.workers or cores(), runner.preload) as (workers, scratch):
        yield _Local(workers, scratch, runner.name)


class _Local:
    """Worker processes of this machine; one that is killed costs only the run it was at."""

    def __init__(self, workers: Sequence[Worker], scratch: Path, runner: str) -> None:
        self._idle, self._scratch, self._runner = list(workers), scratch, runner

    def answers(self, jobs: Mapping[Key, RunConfig]) -> Iterator[tuple[Key, Answer]]:
        """Yield each run with its answer as it ends; a run that failed once is tried again."""
        waiting = deque(jobs)
        tried: Counter[Key] = Counter()
        busy: dict[Future[Answer], tuple[Worker, Key]] = {}
        while waiting or busy:
            while waiting and self._idle:
                key, worker = waiting.popleft(), self._idle.pop()
                busy[worker.start(self._runner, jobs[key], self._scratch)] = (worker, key)
            for future in wait(busy, return_when=FIRST_COMPLETED).done:
                worker, key = busy.pop(future)
                self._idle.append(worker)
                answer = _answer(future, worker)
                tried[key] += 1
                if answer[0] is None and tried[key] < ATTEMPTS:
                    waiting.append(key)
                else:
                    yield key, answer


def _answer(future: Future[Answer], worker: Worker) -> Answer:
    try:
        return future.result()
    except BrokenProcessPool:
        return None, worker.bury()
