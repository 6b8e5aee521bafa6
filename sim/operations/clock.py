"""The only clock: a SimPy environment in whole microseconds, and the round of operation and crowd."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Protocol

import simpy
from simpy.events import EventPriority

from sim.units import US_PER_S

SHOWN_EVERY_US = 300 * US_PER_S  # a progress bar is told at most this often


class Operation(Protocol):
    """Something the mall does by the clock. Its state is plain fields, so that it can be saved and made again.

    `rank` is its own: at one instant, operations act in order of rank, whatever the order in which they were made.
    """

    rank: int
    next_us: int | None  # when it acts next; None when it is over

    def act(self, now_us: int) -> None:
        """Throw switches, and set `next_us`."""


class AdvancesTo(Protocol):
    """What the clock asks of the crowd."""

    def advance_to(self, until_us: int) -> bool: ...


class Clock:
    """Lets operations act at their instants and the crowd live in between; an operation at t comes before any shopper at t."""

    def __init__(self) -> None:
        self._env = simpy.Environment(initial_time=0)
        self.operations: list[Operation] = []

    @property
    def env(self) -> simpy.Environment:
        """The SimPy environment, for services of one's own; its time is whole microseconds."""
        return self._env

    def at(self, time_us: int, do: Callable[[], None]) -> None:
        """Do something at an instant, before the operations of that instant."""
        instant = self._instant(time_us, 1)
        assert instant.callbacks is not None
        instant.callbacks.append(lambda _: do())

    def add(self, operation: Operation) -> None:
        """Let an operation act from its `next_us` on."""
        self.operations.append(operation)
        self._env.process(self._live(operation))

    @property
    def now_us(self) -> int:
        """The instant of the last operation, or that at which it was last begun."""
        return int(self._env.now)

    def begin_at(self, now_us: int) -> None:
        """Go on from an instant with the same operations, each from its `next_us` on."""
        self._env = simpy.Environment(initial_time=now_us)
        for operation in self.operations:
            self._env.process(self._live(operation))

    def _live(self, operation: Operation) -> Generator[simpy.Event, Any, None]:
        while operation.next_us is not None:
            yield self._instant(operation.next_us, operation.rank)
            operation.act(int(self._env.now))

    def _instant(self, time_us: int, rank: int) -> simpy.Event:
        """Return an event at `time_us` whose SimPy priority is the operation's rank, so that ties have one order."""
        instant = simpy.Event(self._env)
        instant._ok, instant._value = True, None
        self._env.schedule(instant, priority=EventPriority(rank), delay=time_us - self._env.now)
        return instant

    def run(
        self,
        crowd: AdvancesTo,
        until_us: int,
        show: Callable[[int], None] | None = None,
        pause: Callable[[], bool] | None = None,
    ) -> bool:
        """Advance crowd and operations to `until_us`, in exact order of events, or until `pause` says so after one of them.

        Returns whether the end is reached; where it is not, the next call goes on as if nothing had been.
        """
        shown_us = 0
        while True:
            is_there = crowd.advance_to(int(min(self._env.peek(), until_us)))
            if not is_there:
                continue  # a service of one's own takes a party at an earlier instant, which is in the environment now
            if self._env.peek() >= until_us:
                return True
            self._env.step()
            if pause and pause():
                return False
            if show and self._env.now - shown_us >= SHOWN_EVERY_US:
                shown_us = int(self._env.now)
                show(shown_us)
