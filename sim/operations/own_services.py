"""Services of a researcher's own: SimPy processes that serve the parties of a unit, each from the exact instant it comes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

import simpy

from sim.crowd.engine import Crowd
from sim.crowd.queues import service_s
from sim.crowd.state import Law, Stream
from sim.errors import EngineError, Problem
from sim.operations.clock import Clock
from sim.plan_arrays import CompiledPlan

Serve = Callable[["Guest"], Generator[simpy.Event, Any, Any]]
Factory = Callable[[simpy.Environment], Serve]


@dataclass
class Guest:
    """A party in the hands of a service: what the service sees of it, and what it can do with it. Times are whole microseconds."""

    unit: str
    number: int  # of the visit
    people: int
    is_vip: bool
    basket_fen: int  # what it has chosen and would pay
    came_us: int
    _crowd: Crowd = field(repr=False)
    _clock: Clock = field(repr=False)
    _row: int = field(repr=False)
    _services: int = field(repr=False)
    _has_begun: bool = field(default=False, repr=False)
    _draws: int = field(default=0, repr=False)

    @property
    def _now_us(self) -> int:
        return int(self._clock.env.now)

    @property
    def is_here(self) -> bool:
        """Whether the service still has it: the mall takes back whom a service keeps an hour after closing time."""
        return self._crowd.is_away(self._row, self.number)

    def service_us(self, mean_s: float, cv: float = 1.0, law: str = "exponential") -> int:
        """Return a service time: the draws belong to the visit, as at compiled stations, so they are alike in every arm."""
        key = self._crowd.mall.keys[Stream.SERVICE]
        drawn_s = service_s(Law[law.upper()], mean_s, cv, key, self.number, self._services + self._draws)
        self._draws += 1
        return int(1e6 * drawn_s)

    def begin(self) -> None:
        """Say that its wait is over and service begins."""
        if self.is_here and not self._has_begun:
            self._has_begun = True
            self._crowd.begin_own(self._row, self._now_us)

    def hand_back(self, pays_fen: int | None = None) -> None:
        """Let it go on from this instant: it pays its basket, or what is said here (0: nothing), and leaves the unit.

        Without `begin` before, it leaves as one that gave up waiting, and pays nothing. Whom the mall has taken back is gone already.
        """
        if self.is_here:
            pays_fen = self.basket_fen if pays_fen is None else pays_fen
            if pays_fen < 0:
                raise EngineError(f"a service at {self.unit} hands back a party that pays {pays_fen} fen; 0 is the least")
            self._crowd.end_own(self._row, self._now_us, int(pays_fen) if self._has_begun else 0, self._draws)


class OwnServices:
    """Starts a process for every party that comes to a unit with a service of its own."""

    def __init__(self, crowd: Crowd, clock: Clock, compiled: CompiledPlan, factories: Mapping[str, Factory]) -> None:
        _check(crowd, compiled, factories)
        units = {unit_id: compiled.unit_ids.index(unit_id) for unit_id in factories}
        self._crowd, self._clock, self._names = crowd, clock, {unit: unit_id for unit_id, unit in units.items()}
        self._serve = {units[unit_id]: factories[unit_id](clock.env) for unit_id in sorted(factories)}
        self.unsaveable = [
            unit_id for unit_id in sorted(factories)
            if not all(hasattr(self._serve[units[unit_id]], name) for name in ("state", "resume"))
        ]  # fmt: skip
        crowd.hand_over_at(sorted(units.values()), self._receive)

    def _receive(self, row: int, now_us: int) -> None:
        mall = self._crowd.mall
        shopper = mall.shoppers[row]
        guest = Guest(
            self._names[int(shopper.unit)], int(shopper.number), int(shopper.people), bool(mall.errands[row].is_vip),
            int(shopper.amount_fen), now_us, self._crowd, self._clock, row, int(shopper.services),
        )  # fmt: skip
        serve = self._serve[int(shopper.unit)]
        self._clock.at(now_us, lambda: self._start(serve, guest))

    def _start(self, serve: Serve, guest: Guest) -> None:
        process = serve(guest)
        if not isinstance(process, Generator):
            raise EngineError(f"the service at {guest.unit} is not a generator function: it must yield SimPy events")
        self._clock.env.process(process)


def _check(crowd: Crowd, compiled: CompiledPlan, factories: Mapping[str, Factory]) -> None:
    tills = {name.removeprefix("till:") for name in crowd.station_names if name.startswith("till:")}
    problems = []
    for unit_id in sorted(factories):
        if unit_id not in compiled.unit_ids:
            problems.append(Problem(unit_id, "", "is not a unit of the floor plan", f"name one, such as {sorted(tills)[0]!r}"))
        elif unit_id not in tills:
            rule = "seats its guests at tables, which a service of one's own cannot replace"
            problems.append(Problem(unit_id, "", rule, "name a unit with tills"))
    if problems:
        raise EngineError.of("services", problems)
