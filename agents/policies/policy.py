"""What a policy is, and what it is given: observations, profiles, and tools; never the truth."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np

from sim.calendar import Day
from sim.decisions_of_policies import Offer, PolicyDecision
from sim.random_streams import stable_key, stream_key, uniforms
from sim.sensing.observations import Observations, People
from sim.sensing.present import Present
from sim.timetable import Show


@dataclass(frozen=True)
class PublicMap:
    """What anybody can read of the mall: stores in the plan's order, where they are, when they are open."""

    unit_ids: tuple[str, ...]
    names: tuple[str, ...]
    trades: tuple[str, ...]  # of each unit, as in sim.categories
    level: np.ndarray  # int32 (U)
    x_m: np.ndarray  # float64 (U) of the door
    y_m: np.ndarray
    area_m2: np.ndarray
    entrance_ids: tuple[str, ...]
    usual_price_fen: np.ndarray  # float64 (U) mean basket of the trade
    seats: np.ndarray  # int64 (U) servers with everybody on duty: tills, or tables

    def units_of(self, *trades: str) -> np.ndarray:
        """Return the units of some trades."""
        return np.array([unit for unit, trade in enumerate(self.trades) if trade in trades], np.int64)


@dataclass
class Tools:
    """What a policy may use beside what it observes."""

    now_us: int
    opens_us: int
    closes_us: int
    public: PublicMap
    day: Day
    timetable: tuple[Show, ...]
    present: Present  # whom the platform knows to be inside
    used: dict[str, tuple[int, int, int]]  # of each offer by name: claims, uses, fen that it has cost
    seed: int
    forecaster: Any = None  # sim.forecasting.bills.Forecaster
    receipts: tuple[
        Any, ...
    ] = ()  # sim.operations.policy_records.Receipt of what was sent at the last review, by whatever policy
    offers: dict[str, Offer] = field(default_factory=dict)  # that any policy has made today, by name

    def uniforms(self, purpose: str, entities: np.ndarray, count: int = 0) -> np.ndarray:
        """Return a draw in (0, 1) for each entity: a function of (seed, purpose, entity, count), whatever else is drawn."""
        return uniforms(stream_key(self.seed, f"policy {purpose}"), np.asarray(entities, np.int64), count)

    @property
    def review(self) -> int:
        """A number of this review that no other review of the day has."""
        return self.now_us // 1_000_000


class Policy(Protocol):
    """A policy. `name` is that of the catalogue, or of one's own; all that it keeps is in `memory`, which is carried from day to day."""

    name: ClassVar[str]

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Return what to do, given what was observed since the last review."""
        ...

    def begin_day(self, tools: Tools) -> None:
        """Forget what was of yesterday only."""
        ...

    def state(self) -> dict[str, Any]:
        """Return what it must be given back to go on."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` has returned."""
        ...


@dataclass
class Keeps:
    """A policy whose state is the dictionary `memory` of plain values and arrays; the others derive from it."""

    settings: Any  # its section of sim.schema.policies, or a plain dictionary for one of one's own
    memory: dict[str, Any] = field(default_factory=dict)

    def begin_day(self, tools: Tools) -> None:
        """Keep everything."""

    def state(self) -> dict[str, Any]:
        """Return the memory."""
        return copy.deepcopy(self.memory)

    def restore(self, state: dict[str, Any]) -> None:
        """Take a memory over."""
        self.memory = dict(state)


def reachable(tools: Tools, profiles: People, way: int) -> np.ndarray:
    """Return the people inside whom a way (sim.promos.Reach) reaches and who are not held out from all policies."""
    present = tools.present
    people = present.person[(present.reach & way) > 0]
    return people[~profiles.is_held_out(people)] if people.size else people


def name_of(*parts: Any) -> str:
    """Return the name of an offer or trigger from what makes it the only one."""
    return ":".join(str(part) for part in parts)


def address_of(text: str) -> int:
    """Return a draw address of a text."""
    return stable_key(text) >> 8
