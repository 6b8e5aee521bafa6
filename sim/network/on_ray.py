"""The same malls on a Ray cluster: one actor for each core, never one for each mall, since an actor costs 100 MB."""

from __future__ import annotations

import importlib
import os
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any

from sim.errors import ConfigError, Problem
from sim.network.pool import ATTEMPTS, Job, Reply, perform


class OnRay:
    """Actors of a Ray cluster; a mall that may be held goes to the same one each time."""

    def __init__(self, workers: int, preload: Sequence[str], address: str) -> None:
        self._ray = _ray()
        self._wanted, self._preload, self._address = workers, tuple(preload), address
        self.actors: list[Any] = []
        self._began = False

    def __enter__(self) -> OnRay:
        """Join the cluster, or start one on this machine."""
        ray = self._ray
        if not ray.is_initialized():
            # Workers find these packages where this process does, and cache kernels in the same folder.
            passed = {
                name: os.environ[name] for name in ("PYTHONPATH", "XDG_CACHE_HOME", "NUMBA_DISABLE_JIT") if name in os.environ
            }
            ray.init(
                address=self._address or None,
                include_dashboard=None if self._address else False,
                runtime_env={"env_vars": passed},
                log_to_driver=False,
                configure_logging=False,
                **({} if self._address else {"num_cpus": self._wanted or None}),
            )
            self._began = True
        number = self._wanted or max(1, int(ray.cluster_resources().get("CPU", 1)))
        self.actors = [self._actor() for _ in range(number)]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the actors, and the cluster if this run has started it."""
        for actor in self.actors:
            self._ray.kill(actor)
        if self._began:
            self._ray.shutdown()

    def replies(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Reply]]:
        """Yield each job with its reply as it ends; an actor that dies is replaced and its job done again."""
        ray, number = self._ray, len(self.actors)
        anywhere = deque(job for job in jobs if not job.is_held)
        own = [deque(job for job in jobs if job.is_held and job.number % number == index) for index in range(number)]
        tried: Counter[int] = Counter()
        busy: dict[Any, tuple[int, Job]] = {}
        idle = set(range(number))
        while anywhere or any(own) or busy:
            for index in sorted(idle):
                if own[index] or anywhere:
                    job = own[index].popleft() if own[index] else anywhere.popleft()
                    busy[self.actors[index].perform.remote(job.function, job.arguments)] = index, job
                    idle.discard(index)
            done, _ = ray.wait(list(busy), num_returns=1)
            index, job = busy.pop(done[0])
            idle.add(index)
            reply = self._reply(done[0], index)
            tried[job.number] += 1
            if reply[0] is None and tried[job.number] < ATTEMPTS:
                (own[index] if job.is_held else anywhere).append(job)
            else:
                yield job, reply

    def _reply(self, reference: Any, index: int) -> Reply:
        try:
            found: Reply = self._ray.get(reference)
            return found
        except self._ray.exceptions.RayActorError as trouble:
            self.actors[index] = self._actor()
            return None, f"its actor died: {trouble}".splitlines()[0]

    def _actor(self) -> Any:
        return self._ray.remote(num_cpus=1, max_restarts=0)(_Worker).remote(self._preload)


class _Worker:
    """An actor: it does one job after another, in a process of its own."""

    def __init__(self, preload: Sequence[str]) -> None:
        for module in preload:
            importlib.import_module(module)

    def perform(self, function: Any, arguments: tuple[Any, ...]) -> Reply:
        """Do a job."""
        return perform(function, arguments)

    def process(self) -> int:
        """Return the number of the process, for whoever wants to see it die."""
        return os.getpid()


def _ray() -> Any:
    try:
        return importlib.import_module("ray")
    except ImportError:
        problem = Problem(
            "network.engine", "ray", "the package ray is not installed", "`pip install ray`, or network.engine=processes"
        )
        raise ConfigError.of("the configuration", [problem]) from None
