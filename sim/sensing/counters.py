"""Door counters, which miss some people and count some twice, and tills, which are exact."""

from __future__ import annotations

import numpy as np

from sim.config_sensing import SensingConfig
from sim.events import EventKind, EventLog
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.sensing.observations import ObservedRows, observed, together


class Counters:
    """Turns truth events into observations; its state is the sums since the last reading."""

    def __init__(self, compiled: CompiledPlan, config: SensingConfig, seed: int) -> None:
        self._config = config
        self._keys = {kind: stream_key(seed, f"door counter {kind.name}") for kind in (EventKind.ARRIVED, EventKind.LEFT)}
        self._entrances = np.array([f"door:{name}" for name in compiled.entrance_ids], dtype=str)
        self._tills = np.array([f"till:{name}" for name in compiled.unit_ids], dtype=str)
        self._in = np.zeros(self._entrances.size, np.int64)
        self._out = np.zeros(self._entrances.size, np.int64)
        self._sales: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def take(self, log: EventLog, first: int, end: int) -> None:
        """Sense the events of rows [first, end)."""
        kind = log.kind[first:end]
        for sums, wanted in ((self._in, EventKind.ARRIVED), (self._out, EventKind.LEFT)):
            rows = first + np.flatnonzero(kind == wanted)
            np.add.at(sums, log.place[rows], self._counted(wanted, log.visit[rows], log.people[rows]))
        sold = first + np.flatnonzero(kind == EventKind.PURCHASED)
        if sold.size:
            self._sales.append((log.time_us[sold].copy(), log.place[sold].copy(), log.value[sold].copy()))

    def _counted(self, kind: EventKind, visit: np.ndarray, people: np.ndarray) -> np.ndarray:
        """Return how many people the counter makes of each party: each person is missed, counted, or counted twice."""
        total = np.zeros(visit.size, np.int64)
        for person in range(int(people.max()) if people.size else 0):
            draw = uniforms(self._keys[kind], visit, person)
            seen = (draw >= self._config.door_miss_share).astype(np.int64)
            seen += draw >= 1 - self._config.door_double_share
            total += np.where(person < people, seen, 0)
        return total

    def read(self, now_us: int) -> ObservedRows:
        """Return what was sensed since the last reading, and start anew."""
        parts = [
            *(observed(time_us, self._tills[till], "sale", 0, fen) for time_us, till, fen in self._sales),
            observed(now_us, self._entrances, "people_in", 0, self._in),
            observed(now_us, self._entrances, "people_out", 0, self._out),
        ]
        self._in[:] = 0
        self._out[:] = 0
        self._sales = []
        return together(parts)
