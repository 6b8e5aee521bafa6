"""Where malls live: processes of this machine, each replaced when it dies; the same malls again give the same answers."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

from sim.experiments.workers import Worker, cores, processes

ATTEMPTS = 3  # a mall that failed so often is given up
Reply = tuple[Any, str]  # an answer, or None and the reason


@dataclass(frozen=True)
class Job:
    """A piece of work for one mall."""

    number: int
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    is_held: bool = False  # whether the mall may still live where its last job was done


class Pool(Protocol):
    """Workers that do jobs."""

    def replies(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Reply]]:
        """Yield each job with its reply as it ends; a worker that dies is replaced and its job done again."""

    def __enter__(self) -> Pool:
        """Start."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop; at once after an error."""


def perform(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Reply:
    """Do a job in this process; what goes wrong is told and not raised, since not every error can be sent."""
    try:
        return function(*arguments), ""
    except BaseException as trouble:  # whatever it is, the other malls go on
        return None, f"{type(trouble).__name__}: {trouble}".strip()


class Processes:
    """Worker processes; a mall that may be held goes to the same one each time."""

    def __init__(self, workers: int, preload: Sequence[str]) -> None:
        self._number = workers or cores()
        self._preload = preload
        self.workers: list[Worker] = []

    def __enter__(self) -> Processes:
        """Start the server that workers are forked from."""
        context = processes(self._preload)
        self.workers = [Worker(context) for _ in range(self._number)]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let the workers end; after an error or Ctrl-C kill them rather than wait for them."""
        for worker in self.workers:
            if kind is not None:
                worker.kill()
        for worker in self.workers:
            worker.close()

    def replies(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Reply]]:
        """Yield each job with its reply as it ends; a worker that dies is replaced and its job done again."""
        anywhere = deque(job for job in jobs if not job.is_held)
        own = [
            deque(job for job in jobs if job.is_held and job.number % self._number == index) for index in range(self._number)
        ]
        tried: Counter[int] = Counter()
        busy: dict[Future[Reply], tuple[int, Job]] = {}
        idle = set(range(self._number))
        while anywhere or any(own) or busy:
            for index in sorted(idle):
                if own[index] or anywhere:
                    job = own[index].popleft() if own[index] else anywhere.popleft()
                    busy[self.workers[index].submit(perform, job.function, job.arguments, may_renew=not job.is_held)] = (
                        index,
                        job,
                    )
                    idle.discard(index)
            for future in wait(busy, return_when=FIRST_COMPLETED).done:
                index, job = busy.pop(future)
                idle.add(index)
                reply = _reply(future, self.workers[index])
                tried[job.number] += 1
                if reply[0] is None and tried[job.number] < ATTEMPTS:
                    (own[index] if job.is_held else anywhere).append(job)
                else:
                    yield job, reply


def _reply(future: Future[Reply], worker: Worker) -> Reply:
    try:
        return future.result()
    except BrokenProcessPool:
        return None, worker.bury()
