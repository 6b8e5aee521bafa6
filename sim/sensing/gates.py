"""Car parks: plate readers and tickets at the gates, and a sensor in every bay."""

from __future__ import annotations

import numpy as np

from sim.config_sensing import GatesConfig
from sim.events import EventKind, EventLog
from sim.plan_arrays import CompiledPlan
from sim.random_streams import draw_words, stream_key, uniforms
from sim.sensing.observations import ObservedRows, observed, together
from sim.units import US_PER_S
from sim.visitors import Phones, Visitors


class Gates:
    """Turns what happens at car parks into observations; its state is the cars that are about, and what was read since the last review.

    Kinds: plate_in when a car comes to the gate, plate_out when it has left, and then a ticket, which knows both times (subject: the
    plate as read, 0 where it was not; value of a ticket: seconds from gate to gate); bays_taken at each reading (value: bays that
    their sensors call taken).
    """

    def __init__(self, compiled: CompiledPlan, config: GatesConfig, seed: int) -> None:
        """Start with empty car parks."""
        self._config = config
        self._gates = np.array([f"gate:{name}" for name in compiled.parking_ids], dtype=str)
        self._bay_sensors = np.array([f"bays:{name}" for name in compiled.parking_ids], dtype=str)
        self._bays = compiled.arrays.parking_bays.astype(np.int64)
        self._park_keys = compiled.arrays.parking_key
        self._taken = np.zeros(self._bays.size, np.int64)
        self._keys = {
            kind: stream_key(seed, f"plate reader {kind.name}") for kind in (EventKind.GATE_REACHED, EventKind.UNPARKED)
        }
        self._misread_key = stream_key(seed, "misread plate")
        self._bay_key = stream_key(seed, "bay sensors")
        self._visit = np.zeros(0, np.int64)  # of the cars about, sorted
        self._plate = np.zeros(0, np.int64)
        self._came_us = np.zeros(0, np.int64)
        self._read: list[ObservedRows] = []

    def admit(self, visitors: Visitors, phones: Phones) -> None:
        """Note the plates of the parties of a batch that come by car: the driver is the party's first adult."""
        plates = np.zeros(visitors.number.size, np.int64)
        driver = np.flatnonzero(phones.ordinal == 0)
        plates[phones.party[driver]] = phones.plate[driver]
        by_car = np.flatnonzero(visitors.parking >= 0)
        visit = np.concatenate([self._visit, visitors.number[by_car]])
        order = np.argsort(visit)
        self._visit = visit[order]
        self._plate = np.concatenate([self._plate, plates[by_car]])[order]
        self._came_us = np.concatenate([self._came_us, visitors.arrive_us[by_car]])[order]

    def take(self, log: EventLog, first: int, end: int) -> None:
        """Sense the events of rows [first, end), which are of cars that were admitted."""
        kind = log.kind[first:end]
        came, parked, turned, left = (first + np.flatnonzero(kind == each) for each in _KINDS)
        if came.size:
            plates = self._plates(EventKind.GATE_REACHED, log.visit[came])
            self._read.append(observed(log.time_us[came], self._gates[log.place[came]], "plate_in", plates))
        if left.size:
            plates = self._plates(EventKind.UNPARKED, log.visit[left])
            stayed_s = (log.time_us[left] - self._came_us[np.searchsorted(self._visit, log.visit[left])]) // US_PER_S
            for what, value in (("plate_out", 0), ("ticket", stayed_s)):
                self._read.append(observed(log.time_us[left], self._gates[log.place[left]], what, plates, value))
        np.add.at(self._taken, log.place[parked], 1)
        np.add.at(self._taken, log.place[left], -1)
        gone = np.concatenate([left, turned])
        if gone.size:
            stays = ~np.isin(self._visit, log.visit[gone])
            self._visit, self._plate, self._came_us = self._visit[stays], self._plate[stays], self._came_us[stays]

    def _plates(self, kind: EventKind, visit: np.ndarray) -> np.ndarray:
        """Return the plates as the reader reads them: the right ones, 0 for some, and for some another that nobody need have."""
        plate = self._plate[np.searchsorted(self._visit, visit)]
        draw = uniforms(self._keys[kind], visit, 0)
        misread = (draw_words(self._misread_key, visit, int(kind)) >> np.uint64(1)).astype(np.int64)
        plate = np.where((draw >= 1 - self._config.plate_misread_share) & (plate != 0), misread, plate)
        return np.where(draw < self._config.plate_miss_share, 0, plate)

    def read(self, now_us: int) -> ObservedRows:
        """Return what was sensed since the last reading, and the bays as their sensors report them now."""
        found = together([*self._read, observed(now_us, self._bay_sensors, "bays_taken", 0, self._bays_reported(now_us))])
        self._read = []
        return found

    def _bays_reported(self, now_us: int) -> np.ndarray:
        """Return how many bays of each car park their sensors call taken: each errs by itself, anew at every reading."""
        reported = self._taken.copy()
        for park, bays in enumerate(self._bays):
            errs = uniforms(self._bay_key, self._park_keys[park] + np.arange(bays), now_us) < self._config.bay_wrong_share
            reported[park] += int(errs[self._taken[park] :].sum()) - int(errs[: self._taken[park]].sum())
        return reported


_KINDS = (EventKind.GATE_REACHED, EventKind.PARKED, EventKind.PARKING_BALKED, EventKind.UNPARKED)
