"""People sent across a trial floor by the engine that runs the mall, and what was seen of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.crowd.controls import Controls
from sim.crowd.engine import Crowd, Taken
from sim.crowd.tallies import Tallies
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_S
from sim.visitors import Visitors, empty_visitors

COLUMNS = (
    "kind", "time_s", "visit", "place", "value",
    "segment_start_s", "segment_end_s", "segment_kind", "segment_place", "segment_visit", "segment_m",
)  # fmt: skip
LIMIT_S = 20_000.0  # nobody needs longer; whoever is inside then hangs

Switch = tuple[float, Callable[[Controls], None]]  # (second, what to throw)


@dataclass(frozen=True)
class Seen:
    """All events and segments of a trial, in order."""

    compiled: CompiledPlan
    kind: np.ndarray
    time_s: np.ndarray
    visit: np.ndarray
    place: np.ndarray
    value: np.ndarray
    segment_start_s: np.ndarray
    segment_end_s: np.ndarray
    segment_kind: np.ndarray
    segment_place: np.ndarray
    segment_visit: np.ndarray
    segment_m: np.ndarray  # walked in it
    tallies: Tallies
    inside: int  # people still there at the end

    def times_s(self, kind: EventKind, place: str | None = None) -> np.ndarray:
        """Return the times of a kind of event, at one place (an entrance's id) or everywhere."""
        return self.time_s[self._where(kind, place)]

    def visits(self, kind: EventKind, place: str | None = None) -> np.ndarray:
        """Return who had them."""
        return self.visit[self._where(kind, place)]

    def _where(self, kind: EventKind, place: str | None) -> np.ndarray:
        here = self.kind == kind
        return here if place is None else here & (self.place == self.compiled.entrance_ids.index(place))


@dataclass(frozen=True)
class Group:
    """People of one speed who start at a spot, one every `every_s` from `at_s` on; `goal` None: they choose their exit."""

    people: int
    start: str
    goal: str | None
    at_s: float = 0.0
    every_s: float = 0.0
    speed_mps: float = 1.34


def walk(
    compiled: CompiledPlan, groups: Sequence[Group], config: RunConfig | None = None, *,
    edges: bool = False, switches: Sequence[Switch] = (), until_s: float = LIMIT_S, visitors: Visitors | None = None,
) -> Seen:  # fmt: skip
    """Let groups (or parties given as such) walk and return what was seen; all doors are open, nobody wants a store."""
    config = config or RunConfig()
    config.recording.events = "edges" if edges else "visits"
    config.engine.log_rows = 100_000
    taken: list[tuple[np.ndarray, ...]] = []
    crowd = Crowd(compiled, config, lambda full: taken.append(_copied(full)))
    crowd.controls.mall_is_open[0] = 1
    crowd.controls.entrance_is_open[:] = 1
    crowd.admit(visitors if visitors is not None else _visitors(compiled, groups))
    for second, throw in switches:
        at_us = round(second * US_PER_S)
        crowd.advance_to(at_us)
        throw(crowd.controls)
        crowd.switched(at_us)
    end_us = round(until_s * US_PER_S)
    crowd.advance_to(end_us)
    inside = crowd.people_inside
    tallies = crowd.finish(end_us)
    columns: dict[str, Any] = {
        name: np.concatenate(parts) for name, parts in zip(COLUMNS, zip(*taken, strict=True), strict=True)
    }
    return Seen(compiled=compiled, tallies=tallies, inside=inside, **columns)


def _copied(taken: Taken) -> tuple[np.ndarray, ...]:
    events, segments = taken.events, taken.segments
    return (
        events.kind.copy(), events.time_us / US_PER_S, events.visit.copy(), events.place.copy(), events.value.copy(),
        segments.start_us / US_PER_S, segments.end_us / US_PER_S, segments.kind.copy(), segments.place.copy(), segments.visit.copy(),
        np.abs(segments.to_m - segments.from_m).astype(np.float64),
    )  # fmt: skip


def _visitors(compiled: CompiledPlan, groups: Sequence[Group]) -> Visitors:
    people = np.array([group.people for group in groups])
    of = np.repeat(np.arange(people.size), people)
    index = np.arange(of.size) - np.repeat(np.cumsum(people) - people, people)
    ids = {identity: number for number, identity in enumerate(compiled.entrance_ids)}
    at_s = np.array([group.at_s for group in groups])[of] + index * np.array([group.every_s for group in groups])[of]
    goal = np.array([-1 if group.goal is None else ids[group.goal] for group in groups])
    found = empty_visitors(of.size)._replace(
        number=np.arange(of.size, dtype=np.int64), arrive_us=np.round(at_s * US_PER_S).astype(np.int64),
        entrance=np.array([ids[group.start] for group in groups])[of].astype(np.int32), goal_entrance=goal[of].astype(np.int32),
        free_speed_mps=np.array([group.speed_mps for group in groups])[of],
    )  # fmt: skip
    order = np.lexsort((found.number, found.arrive_us))
    return Visitors(*(column[order] for column in found))


def flow_per_s(times_s: np.ndarray) -> float:
    """Return the flow between the first and the last crossing: n crossings have n - 1 intervals (PedPy's method)."""
    span_s = float(times_s[-1] - times_s[0]) if times_s.size > 1 else 0.0
    return (times_s.size - 1) / span_s if span_s > 0 else float("nan")


def spread(people: int, places: Sequence[str], goal: str | None, **more: float) -> list[Group]:
    """Return groups that share people evenly over starting spots, the first ones taking the rest."""
    share, rest = divmod(people, len(places))
    return [
        Group(share + (number < rest), place, goal, **more)
        for number, place in enumerate(places)
        if share + (number < rest) > 0
    ]
