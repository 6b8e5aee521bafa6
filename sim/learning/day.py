"""A day of a mall that stops at every review of policies and goes on when it is told what to do."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sim import api
from sim.config import RunConfig
from sim.decisions_of_policies import PolicyDecision
from sim.operations.policies import Seen
from sim.operations_of_day import END_US
from sim.reporting.kpis import compute
from sim.reporting.report import books_of
from sim.sensing.observations import in_a_row
from sim.sensing.present import nobody_present
from sim.world import World

Decided = Sequence[tuple[str, PolicyDecision]]


class DayInSteps:
    """One day; no thread stands behind it, and two of them may take turns in one process."""

    def __init__(self, config: RunConfig) -> None:
        """Assemble the mall; nothing has happened yet."""
        self._open = ExitStack()
        self._folder = Path(tempfile.mkdtemp(prefix="galleria-day-"))
        self._open.callback(shutil.rmtree, self._folder, ignore_errors=True)
        self._asked: Seen | None = None
        self._answer: Decided | None = None
        self._started_s = time.perf_counter()
        try:
            self.compiled, town, close = api.home_of(config)
            self._open.callback(close)
            people = town.people_on(config)
            self._others: Callable[[Seen], Decided | None] | None = people.policies
            self._of_others: Decided | None = None
            self.world = World(config, self.compiled, dataclasses.replace(people, policies=self._review), self._folder)
            self._open.callback(self.world.close)
        except BaseException:
            self._open.close()
            raise
        self.hours_us = (self.world.hours.opens_us, self.world.hours.closes_us)
        self.world.open_books()
        self.kpis: dict[str, Any] = {}  # true, once the day is over

    def _review(self, seen: Seen) -> Decided | None:
        """Let the scenario's own policies decide, and wait for whoever steps through the day."""
        if self._asked is None:
            self._of_others = self._others(seen) if self._others is not None else []
        if self._answer is None:
            self._asked = seen
            return None
        decided = [*(self._of_others or ()), *self._answer]
        self._asked = self._answer = None
        return decided

    def go_on(self, decided: Decided | None = None) -> tuple[Seen, bool]:
        """Apply what was decided at the review at which the day stands, and live on to the next; return what is seen, and whether the day is over.

        The first call takes no decision. What is seen at the end is what was reported since the last review.
        """
        assert (decided is None) == (self._asked is None)
        self._answer = decided
        if not self.world.clock.run(self.world.crowd, END_US, pause=self._is_asked):
            assert self._asked is not None
            return self._asked, False
        finished = self.world.end(0.0, self._started_s)
        self.world.recorder.close()
        self.kpis = compute(books_of(finished))
        used = self.world.policies[0].switches.used()
        return Seen(END_US, in_a_row(self.world.unseen), nobody_present(), used), True

    def _is_asked(self) -> bool:
        return self._asked is not None

    def close(self) -> None:
        """Leave nothing behind: no file, no model."""
        self._open.close()
