"""The same malls on a Ray cluster: one actor for each core, never one for each mall."""

from __future__ import annotations

import importlib
import os
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any

from sim.experiments.ray_cluster import Cluster
from sim.network.pool import ATTEMPTS, Job, Reply, perform


class OnRay:
    """Actors of a Ray cluster; a mall that may be held goes to the same one each time."""

    def __init__(self, workers: int, preload: Sequence[str], address: str) -> None:
        self._cluster = Cluster("network.engine", workers, address)
        self._ray = self._cluster.ray
        self._preload = tuple(preload)
        self.actors: list[Any] = []

    def __enter__(self) -> OnRay:
        """Join the cluster, or start one on this machine."""
        self._cluster.__enter__()
        self.actors = [self._actor() for _ in range(self._cluster.number)]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the actors, and the cluster if this run has started it."""
        for actor in self.actors:
            self._ray.kill(actor)
        self._cluster.__exit__(kind, error, trace)

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
        return self._cluster.actor(_Worker, self._preload)


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
