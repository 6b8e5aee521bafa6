"""Runs of an experiment on a Ray cluster: an actor for each core, replaced when it dies; what a lost node was at is made elsewhere."""

from __future__ import annotations

import importlib
import logging
import os
import tempfile
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim import paths
from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.experiments.engines import ATTEMPTS, Engine, Key, Runner
from sim.experiments.kept_runs import basis_of
from sim.experiments.ray_cluster import Cluster
from sim.experiments.workers import Answer, run_one

LOG = logging.getLogger("galleria")
BEGINNINGS = 5  # actors that may die one after another before the first answers
TOLD_EVERY_S = 60.0  # how often it is said that no node has a free core
WAY_OUT = "install the same version of galleria and of its libraries on every node (constraints.txt), or leave the node out"


@contextmanager
def on_ray(runner: Runner) -> Iterator[Engine]:
    """Give an engine on the cluster at the runner's address, that of $RAY_ADDRESS, or one that is started on this machine."""
    with Cluster("engine", runner.workers or 0, runner.address, list(runner.plan_digests)) as cluster:
        engine = _OnRay(cluster, runner)
        try:
            yield engine
        finally:
            engine.close()


@dataclass(frozen=True)
class Host:
    """Where an actor lives, and whether its runs would be those of this process."""

    node: str
    name: str
    process: int
    basis: str


class _OnRay:
    """Actors that make runs, one at a time each; between calls they stay."""

    def __init__(self, cluster: Cluster, runner: Runner) -> None:
        self._cluster, self._runner = cluster, runner
        self._basis = basis_of({})
        self._stillborn = 0  # actors one after another that died before they could answer
        self._idle: list[tuple[Any, Host]] = []
        self._greeted: dict[Any, Any] = {}  # reference to the greeting of an actor that is starting -> the actor
        for _ in range(cluster.number):
            self._start_actor()

    def hosts(self) -> list[Host]:
        """Return where the idle actors live."""
        return [host for _, host in self._idle]

    def answers(self, jobs: Mapping[Key, RunConfig]) -> Iterator[tuple[Key, Answer]]:
        """Yield each run with its answer as it ends; a run that failed once is tried again, one whose node was lost as often as that happens."""
        ray = self._cluster.ray
        waiting = deque(jobs)
        tried: Counter[Key] = Counter()
        busy: dict[Any, tuple[Any, Host, Key]] = {}
        while waiting or busy:
            while waiting and self._idle:
                (actor, host), key = self._idle.pop(), waiting.popleft()
                busy[actor.run.remote(self._runner.name, jobs[key])] = actor, host, key
            done, _ = ray.wait([*busy, *self._greeted], num_returns=1, timeout=TOLD_EVERY_S)
            if not done and not busy:
                LOG.info(
                    "no node of the Ray cluster has a free core; waiting for one (Ctrl-C stops, and what is finished is kept)"
                )
            for reference in done:
                if reference in self._greeted:
                    self._welcome(reference)
                    continue
                actor, host, key = busy.pop(reference)
                answer, is_lost = self._answer(reference, actor, host)
                tried[key] += not is_lost
                if answer[0] is None and tried[key] < ATTEMPTS:
                    waiting.append(key)
                else:
                    yield key, answer

    def close(self) -> None:
        """End the actors."""
        for actor in [*(actor for actor, _ in self._idle), *self._greeted.values()]:
            self._cluster.ray.kill(actor)

    def _start_actor(self) -> None:
        actor = self._cluster.actor(_Worker)
        self._greeted[actor.greet.remote(self._runner.preload, dict(self._runner.plan_digests))] = actor

    def _welcome(self, reference: Any) -> None:
        """Let an actor work once it has answered, where its runs would be the same as here."""
        actor = self._greeted.pop(reference)
        try:
            host, problems = self._cluster.ray.get(reference)
        except self._cluster.ray.exceptions.RayActorError as trouble:
            self._stillborn += 1
            if self._stillborn <= BEGINNINGS:  # its node may have been lost just then
                self._start_actor()
                return
            reason = str(trouble).strip().splitlines()[-1]
            raise ConfigError.of("the Ray cluster", [Problem("a node", reason, "must be able to begin", WAY_OUT)]) from None
        except self._cluster.ray.exceptions.RayError as trouble:
            reason = str(trouble).strip().splitlines()[-1]
            raise ConfigError.of("the Ray cluster", [Problem("a node", reason, "must be able to begin", WAY_OUT)]) from None
        if host.basis != self._basis:
            problems = [
                Problem(f"node {host.name}", "other code or libraries", "must be the same everywhere", WAY_OUT),
                *problems,
            ]
        if problems:
            raise ConfigError.of("the Ray cluster", problems)
        self._stillborn = 0
        self._idle.append((actor, host))

    def _answer(self, reference: Any, actor: Any, host: Host) -> tuple[Answer, bool]:
        """Return the answer, and whether it is missing because a node was lost, which is no fault of the run."""
        ray = self._cluster.ray
        try:
            found: Answer = ray.get(reference)
        except ray.exceptions.RayActorError as trouble:
            self._start_actor()
            return (None, f"its actor died: {str(trouble).splitlines()[0]}"), host.node not in self._cluster.living_nodes()
        except ray.exceptions.RayError as trouble:
            found = None, f"{type(trouble).__name__}: {str(trouble).strip().splitlines()[-1]}"
        self._idle.append((actor, host))
        return found, False


class _Worker:
    """An actor: it makes one run after another, in a process of its own."""

    def greet(self, preload: Sequence[str], plan_digests: Mapping[str, str]) -> tuple[Host, list[Problem]]:
        """Say where this is, and which floor plans are missing or others here."""
        import ray

        for module in preload:
            importlib.import_module(module)
        context = ray.get_runtime_context()
        host = Host(context.get_node_id(), os.uname().nodename, os.getpid(), basis_of({}))
        return host, [problem for name, digest in plan_digests.items() for problem in _plan_problems(host.name, name, digest)]

    def run(self, runner: str, config: RunConfig) -> Answer:
        """Make a run."""
        with tempfile.TemporaryDirectory(prefix="galleria-") as scratch:
            return run_one(runner, config, Path(scratch))


def _plan_problems(node: str, name: str, digest: str) -> Iterator[Problem]:
    from sim.floorplan.cache import load_compiled

    way_out = "put the plan on a path that all nodes share, and name it by that"
    try:
        found = load_compiled(paths.find_floorplan(name)).digest
    except ConfigError:
        yield Problem(f"node {node}", f"no floor plan {name!r}", "must find the plan of every run", way_out)
        return
    if found != digest:
        yield Problem(f"node {node}", f"another floor plan {name!r}", "must have the same drawing", way_out)
