"""The members in processes of their own, of which so many live at a time as there are workers; forecasts are forks of them.

A fork (the operating system's, not a policy's) is a copy of a whole mall at the cost of the pages that it changes: it lives on for
hours, says what it saw and is gone, while the member stands where it stood. Messages are a line of JSON and numbers, nothing else.
"""

from __future__ import annotations

import copy
import gc
import json
import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.errors import EngineError, GalleriaError, Problem
from sim.opening import mall_hours_min
from sim.plan_arrays import CompiledPlan
from sim.twin.dials import Unknowns
from sim.twin.gauge import QUARTER_US, Gauge
from sim.twin.member import Member, Sight
from sim.units import US_PER_MIN

TOLD = 3  # numbers of a sight beside its two rows
QUIET_VISITS = 200.0  # of the mall with which kernels are loaded


def refuse_without_fork() -> None:
    """Raise GalleriaError on systems that cannot copy a running process."""
    if not hasattr(os, "fork"):
        rule = "the live twin copies running malls by fork(), which this system does not have"
        raise GalleriaError.of("twin", [Problem("system", sys.platform, rule, "run it on Linux or macOS")])


class Crew:
    """The members of an ensemble; whatever is asked of all is answered in the order of their numbers."""

    def __init__(
        self,
        config: RunConfig,
        compiled: CompiledPlan,
        gauge: Gauge,
        unknowns: Unknowns,
        members: int,
        tries: Sequence[str],
        workers: int,
    ) -> None:
        """Start the processes; a member assembles its mall when it is first asked to live."""
        refuse_without_fork()
        _load_kernels(config, compiled, gauge, unknowns)
        self._gauge, self._unknowns, self._workers, self._tries = gauge, unknowns, max(1, workers), tuple(tries)
        context = multiprocessing.get_context("fork")
        self._ends: list[Connection] = []
        self._processes: list[BaseProcess] = []
        for number in range(members):
            mine, theirs = context.Pipe()
            arguments = (theirs, [*self._ends, mine], (config, compiled, gauge, unknowns, number, tries))
            process = context.Process(target=_serve, args=arguments, daemon=True, name=f"galleria-twin-{number}")
            process.start()
            theirs.close()
            self._ends.append(mine)
            self._processes.append(process)

    def live(self, until_us: int) -> list[Sight]:
        """Let all live to an instant; return what each says of it."""
        rows, unknowns = self._gauge.size, self._unknowns.size
        found = []
        for numbers in self._ask([(_message("live", until_us=until_us),)] * len(self._ends)):
            row, own, told = np.split(numbers, [rows, rows + unknowns])
            found.append(Sight(row, own, *told.tolist()))
        return found

    def take(self, unknowns: np.ndarray, owed: np.ndarray) -> None:
        """Hand each member its unknowns (N, K) and the people owed to it (N, 2)."""
        for end, own, people in zip(self._ends, unknowns, owed, strict=True):
            end.send_bytes(_message("take", np.concatenate([own, people])))

    def ahead(self, until_us: Sequence[int], policies: Sequence[str] = ()) -> list[np.ndarray]:
        """Return what copies of each member live to see, of which the members themselves learn nothing.

        Member n lives to `until_us[n]`: an array (1 + policies, quarters of an hour, M), plain first, then with each policy from now on.
        """
        asked = [(_message("ahead", until_us=int(each), policies=list(policies)),) for each in until_us]
        return [numbers.reshape(1 + len(policies), -1, self._gauge.size) for numbers in self._ask(asked)]

    def close(self) -> None:
        """End all processes."""
        for end in self._ends:
            end.close()
        for process in self._processes:
            process.join(timeout=5)
            if process.is_alive():
                process.kill()
                process.join()

    def _ask(self, asked: Sequence[tuple[bytes]]) -> list[np.ndarray]:
        """Send each member its message, so many at a time as there are workers; return the numbers that each answers."""
        found: dict[int, np.ndarray] = {}
        waiting = list(range(len(asked)))[::-1]
        busy: dict[Any, int] = {}
        while waiting or busy:
            while waiting and len(busy) < self._workers:
                number = waiting.pop()
                try:
                    self._ends[number].send_bytes(asked[number][0])
                except OSError as gone:
                    raise EngineError(f"member {number} of the twin has ended") from gone
                busy[self._ends[number]] = number
            for end in wait(list(busy)):
                number = busy.pop(end)
                found[number] = self._answer(number)
        return [found[number] for number in range(len(asked))]

    def _answer(self, number: int) -> np.ndarray:
        try:
            what, _, numbers = _read(self._ends[number].recv_bytes())
        except (EOFError, OSError) as gone:
            raise EngineError(f"member {number} of the twin has ended") from gone
        if what != "told":
            raise EngineError(f"member {number} of the twin: {what}")
        return numbers


_loaded: set[int] = set()  # processes in which kernels have been loaded


def _load_kernels(config: RunConfig, compiled: CompiledPlan, gauge: Gauge, unknowns: Unknowns) -> None:
    """Load compiled kernels, and the modules that a mall needs, before there are two dozen processes that would each do so."""
    if os.getpid() in _loaded:
        return
    quiet = copy.deepcopy(config)
    quiet.population.visits_per_day = min(config.population.visits_per_day, QUIET_VISITS)
    member = Member(quiet, compiled, gauge, unknowns, 0)
    member.live((mall_hours_min(config)[0] * US_PER_MIN // QUARTER_US + 2) * QUARTER_US)
    member.close()
    _loaded.add(os.getpid())


def _message(what: str, numbers: np.ndarray | None = None, **more: Any) -> bytes:
    head = json.dumps({"what": what, **more}).encode() + b"\n"
    return head if numbers is None else head + np.ascontiguousarray(numbers, np.float64).tobytes()


def _read(message: bytes) -> tuple[str, dict[str, Any], np.ndarray]:
    head, _, numbers = message.partition(b"\n")
    more = json.loads(head)
    return more.pop("what"), more, np.frombuffer(numbers, np.float64)


def _serve(end: Connection, others: Sequence[Connection], made_of: tuple[Any, ...]) -> None:
    """Be a member until the other end of the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends Ctrl-C to all; the command alone says what it means
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in others:  # of the parent, copied with it: while they are open here, nobody is seen to have gone
        other.close()
    member: Member | None = None
    while True:
        try:
            what, more, numbers = _read(end.recv_bytes())
        except (EOFError, OSError):
            os._exit(0)
        try:
            if member is None:
                member = Member(*made_of)
                gc.collect()
                gc.freeze()  # a fork then copies fewer pages
            told = _done(member, what, more, numbers)
            answer = None if told is None else _message("told", told)
        except Exception:
            answer = _message(traceback.format_exc(limit=-4))
        try:
            if answer is not None:
                end.send_bytes(answer)
        except OSError:  # whoever asked has gone, as after Ctrl-C
            os._exit(0)


def _done(member: Member, what: str, more: dict[str, Any], numbers: np.ndarray) -> np.ndarray | None:
    if what == "live":
        sight = member.live(int(more["until_us"]))
        return np.concatenate([sight.row, sight.unknowns, [sight.people, sight.cars, sight.nudged]])
    if what == "take":
        member.take(numbers[:-2].copy(), numbers[-2:])
        return None
    arms: list[str] = ["", *more["policies"]]
    return np.concatenate([_lived_apart(member, int(more["until_us"]), arm) for arm in arms])


def _lived_apart(member: Member, until_us: int, policy: str) -> np.ndarray:
    """Return the rows that a copy of the member sees until an instant, each quarter of an hour; `policy` is switched on in it."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            gc.disable()
            os.close(reads)
            if policy:
                member.switch_on(policy)
            rows = [member.live(at_us).row for at_us in range(member.now_us + QUARTER_US, until_us + 1, QUARTER_US)]
            with os.fdopen(writes, "wb") as file:
                file.write(np.concatenate(rows).tobytes() if rows else b"")
            status = 0
        except BaseException:  # whatever it is, the copy must not go on as the member
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writes)
    with os.fdopen(reads, "rb") as file:
        told = file.read()
    _, status = os.waitpid(child, 0)
    if status != 0:
        raise EngineError(f"a forecast of member {member.number} broke off")
    return np.frombuffer(told, np.float64)
