"""Runs every arm in every replication on worker processes; what is finished stays finished."""

from __future__ import annotations

import dataclasses
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

from sim.config import RecordingConfig, RunConfig
from sim.experiments.kept_runs import KeptRuns, Kpis, basis_of
from sim.experiments.losers import Parts
from sim.experiments.workers import Answer, Worker, cores, crew
from sim.random_streams import stream_key

ATTEMPTS = 2  # a run that failed so often is given up
Arm = tuple[str, RunConfig]
Count = Callable[[int, int], None]


@dataclass(frozen=True)
class Runner:
    """How one mall is run. This package does not know; it is told by name, since a name can be sent to another process."""

    name: str  # "module:function", called as function(config, folder); returns an object with `kpis`
    preload: tuple[str, ...] = ()  # modules that all runs need, imported once
    plan_digests: Mapping[str, str] = field(default_factory=dict)  # floor plan as the configuration names it -> its digest
    workers: int | None = None  # processes; default: as many as there are cores


@dataclass(frozen=True)
class Failure:
    """A run that could not be made."""

    arm: str
    replication: int
    reason: str


@dataclass(frozen=True)
class Replicated:
    """All runs by (arm, replication), and those that failed."""

    kpis: dict[tuple[str, int], Kpis]
    failures: tuple[Failure, ...]
    parts: dict[tuple[str, int], Parts] = field(default_factory=dict)  # of tenants and segments


def replicate(
    arms: Sequence[Arm], replications: Sequence[int], folder: Path, runner: Runner, count: Count | None = None
) -> Replicated:
    """Run all (arm, replication) pairs that `folder` does not hold yet; `count(done, total)` is told of each.

    Runs that fail twice are in `failures`; the others are made nevertheless. Results depend neither on the number of
    workers nor on the order in which they finish.
    """
    kept = KeptRuns(Path(folder), basis_of(runner.plan_digests))
    configs = {(arm, number): replication_config(config, number) for number in replications for arm, config in arms}
    found = {key: kpis for key, config in configs.items() if (kpis := kept.read(*key, config)) is not None}
    for arm, config in arms:
        kept.keep_config(arm, config)
    tell = count or _tell_nobody
    tell(len(found), len(configs))
    failures: list[Failure] = []
    jobs = {key: config for key, config in configs.items() if key not in found}
    for key, (kpis, reason) in _answers(jobs, runner):
        if kpis is None:
            failures.append(Failure(*key, reason))
        else:
            kept.keep(*key, configs[key], kpis)
            found[key] = kpis
        tell(len(found) + len(failures), len(configs))
    failures.sort(key=lambda failure: list(configs).index((failure.arm, failure.replication)))
    parts = {key: found[key].pop("parts", {}) for key in configs if key in found}
    return Replicated({key: found[key] for key in parts}, tuple(failures), parts)


def replication_config(config: RunConfig, replication: int) -> RunConfig:
    """Return the configuration of one replication: the same seed for it in every arm, and nothing recorded but KPIs."""
    seed = int(stream_key(config.seed, f"replication {replication}")) >> 2  # seeds have at most 62 bits
    return dataclasses.replace(config, seed=seed, recording=RecordingConfig(events="none", report=False))


def _answers(jobs: Mapping[tuple[str, int], RunConfig], runner: Runner) -> Iterator[tuple[tuple[str, int], Answer]]:
    """Yield each run with its answer as it ends; a run that failed once is tried again."""
    waiting = deque(jobs)
    tried: Counter[tuple[str, int]] = Counter()
    busy: dict[Future[Answer], tuple[Worker, tuple[str, int]]] = {}
    with crew(min(runner.workers or cores(), len(jobs)), runner.preload) as (idle, scratch):
        while waiting or busy:
            while waiting and idle:
                key, worker = waiting.popleft(), idle.pop()
                busy[worker.start(runner.name, jobs[key], scratch)] = (worker, key)
            for future in wait(busy, return_when=FIRST_COMPLETED).done:
                worker, key = busy.pop(future)
                idle.append(worker)
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


def _tell_nobody(_done: int, _total: int) -> None:
    """Count in silence."""
