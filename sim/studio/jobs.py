"""Runs and comparisons that the page has asked for: each a child process of the command line, one after another."""

from __future__ import annotations

import asyncio
import datetime
import json
import os
import shlex
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sim
from sim.errors import GalleriaError, Problem

LINES_KEPT = 300  # of a job that goes on, for whoever begins to listen later
LINE_BYTES_MAX = 16_000_000
NOTES_KEPT = 12
STOP_S = 8.0  # a run that is told to stop has so long
JOBS_MAX = 100
JOBS_WAITING_MAX = 20
OVER = ("done", "failed", "stopped")


@dataclass
class Job:
    """One command, and what it has told so far."""

    number: int
    kind: str  # "run" or "compare"
    words: list[str]  # after `galleria`, without what only the page needs
    folder: Path
    state: str = "waiting"
    started: str = ""
    asked: bool = False  # to stop
    told: int = 0  # lines, those that are no longer kept too
    lines: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=LINES_KEPT))
    notes: deque[str] = field(default_factory=lambda: deque(maxlen=NOTES_KEPT))
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    process: asyncio.subprocess.Process | None = None

    def facts(self) -> dict[str, Any]:
        """Return what the page lists."""
        return {
            "job": str(self.number), "kind": self.kind, "state": self.state, "command": shlex.join(["galleria", *self.words]),
            "started": self.started, "folder": str(self.folder),
        }  # fmt: skip

    async def tell(self, line: dict[str, Any], state: str = "") -> None:
        """Keep a line and wake whoever listens; the last one comes with the state that it ends in."""
        async with self.changed:
            self.lines.append(line)
            self.told += 1
            self.state = state or self.state
            if self.state in OVER:  # what is over needs no memory of how it went
                frames = [earlier for earlier in self.lines if earlier["kind"] == "frame"]
                self.lines = deque([*frames[-1:], line], LINES_KEPT)
            self.changed.notify_all()

    async def listen(self) -> AsyncIterator[dict[str, Any]]:
        """Yield what was told, and what will be, until the job is over; of what is missed by slow readers nothing is repeated."""
        heard = 0
        while True:
            async with self.changed:
                while self.told == heard and self.state not in OVER:
                    await self.changed.wait()
                fresh = list(self.lines)[max(0, len(self.lines) - (self.told - heard)) :]
                heard, is_over = self.told, self.state in OVER
            for line in fresh:
                yield line
            if is_over:
                return


class Jobs:
    """All jobs of this session; one runs, the others wait for their turn."""

    def __init__(self) -> None:
        self.jobs: dict[int, Job] = {}
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing: asyncio.Task[list[Job]] | None = None

    def begin(self, kind: str, words: list[str], folder: Path) -> Job:
        """Take a job; raises GalleriaError where too many wait."""
        waiting = sum(job.state not in OVER for job in self.jobs.values())
        if waiting >= JOBS_WAITING_MAX:
            rule = f"at most {JOBS_WAITING_MAX} wait for their turn"
            raise GalleriaError.of("the page", [Problem("job", str(waiting), rule, "stop some, or wait")])
        job = Job(max(self.jobs, default=0) + 1, kind, words, folder)
        self.jobs[job.number] = job
        for number in [number for number, old in self.jobs.items() if old.state in OVER][: max(0, len(self.jobs) - JOBS_MAX)]:
            del self.jobs[number]
        task = asyncio.get_running_loop().create_task(self._live(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    def find(self, number: str) -> Job | None:
        """Return a job by its number, as an address has it; None where there is none."""
        return self.jobs.get(int(number)) if number.isdecimal() and len(number) < 10 else None

    def job(self, number: str) -> Job:
        """Return a job by its number; raises GalleriaError where there is none."""
        found = self.find(number)
        if found is None:
            raise GalleriaError.of("the page", [Problem("job", number[:20], "there is no such job", "see GET /api/jobs")])
        return found

    async def stop(self, job: Job) -> None:
        """Let a job end: as Ctrl-C would, and for good where that does not help."""
        job.asked = True
        if job.state == "waiting":
            await job.tell({"kind": "failed", "message": "Stopped before it began."}, "stopped")
        elif job.process is not None and job.process.returncode is None:
            _signal(job.process, signal.SIGINT)
            try:
                await asyncio.wait_for(asyncio.shield(job.process.wait()), STOP_S)
            except TimeoutError:
                _signal(job.process, signal.SIGKILL)

    def begin_to_close(self) -> asyncio.Task[list[Job]]:
        """Begin to stop all that is not over; a second call gives what the first began."""
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._close())
        return self._closing

    async def _close(self) -> list[Job]:
        open_ones = [job for job in self.jobs.values() if job.state not in OVER]
        for job in open_ones:
            job.asked = True
        await asyncio.gather(*(self.stop(job) for job in open_ones))
        await asyncio.gather(*self._tasks, return_exceptions=True)
        return open_ones

    def kill(self) -> None:
        """End for good what a hurried end of the server has left."""
        for job in self.jobs.values():
            if job.process is not None and job.process.returncode is None:
                _signal(job.process, signal.SIGKILL)

    async def _live(self, job: Job) -> None:
        async with self._turn:
            if job.state in OVER:
                _tidy(job.folder)
                return
            job.state, job.started = "running", datetime.datetime.now().astimezone().isoformat(timespec="seconds")
            await job.tell({"kind": "progress", "share": 0.0, "text": "starting"})
            try:
                await self._child(job)
            except OSError as trouble:
                await job.tell({"kind": "failed", "message": f"The command cannot be started: {trouble}"}, "failed")
            finally:
                _tidy(job.folder)

    async def _child(self, job: Job) -> None:
        job.process = await asyncio.create_subprocess_exec(
            *command_line(), *job.words, "--live", stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, env=environment(), limit=LINE_BYTES_MAX, start_new_session=True,
        )  # fmt: skip
        if job.asked:
            _signal(job.process, signal.SIGINT)
        last, _ = await asyncio.gather(self._read(job), self._read_notes(job))
        code = await job.process.wait()
        if last is not None and code == 0:
            await job.tell(_with_addresses(job, last), "done")
        elif job.asked:
            said = " ".join(words for words in job.notes if words != "Stopped.")
            message = said if "Stopped" in said else f"Stopped. {said}".strip()
            await job.tell({"kind": "failed", "message": message}, "stopped")
        else:
            words = "\n".join(job.notes) or f"The command ended with code {code} and said nothing."
            await job.tell({"kind": "failed", "message": words}, "failed")

    async def _read(self, job: Job) -> dict[str, Any] | None:
        """Hand on what the child tells; return its last line, which is kept until it has ended well."""
        assert job.process is not None
        assert job.process.stdout is not None
        last = None
        async for text in job.process.stdout:
            try:
                line = json.loads(text)
            except ValueError:
                job.notes.append(text.decode("utf-8", "replace").strip())
                continue
            if line.get("kind") == "done":
                last = line
            else:
                await job.tell(line)
        return last

    async def _read_notes(self, job: Job) -> None:
        assert job.process is not None
        assert job.process.stderr is not None
        async for text in job.process.stderr:
            words = text.decode("utf-8", "replace").strip()
            if words:
                job.notes.append(words)
                if job.told < 2:  # what takes long before the day begins
                    await job.tell({"kind": "progress", "share": 0.0, "text": words})


def _tidy(folder: Path) -> None:
    """Delete the files that a killed command left half written, and its folder where it wrote nothing else."""
    for part in folder.rglob(".*.part"):
        part.unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()


def command_line() -> list[str]:
    """Return how this same program is started; `-P` keeps a file of the user's folder from standing in for one of ours."""
    return [sys.executable, "-P", "-m", "sim"]


def environment() -> dict[str, str]:
    """Return what a child needs to find this same program, wherever it is started."""
    here = str(Path(sim.__file__).resolve().parent.parent)
    beside = os.environ.get("PYTHONPATH", "")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(part for part in (here, beside) if part), "PYTHONUNBUFFERED": "1"}


def _with_addresses(job: Job, line: dict[str, Any]) -> dict[str, Any]:
    """Give report and replay the addresses under which this server has them."""
    found = {name: line.get(name) for name in ("report", "replay")}
    return {**line, **{name: path and f"/results/{job.number}/{Path(path).name}" for name, path in found.items()}}


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Tell a child and the workers that it has begun; each stands in a session of its own."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
