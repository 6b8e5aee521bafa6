"""Car parks: plate readers and tickets at the gates, and a sensor in every bay."""

from __future__ import annotations

import numpy as np

from sim.config_sensing import GatesConfig
from sim.events import EventKind, EventLog
from sim.plan_arrays import CompiledPlan
from sim.random_streams import draw_words, stream_key, uniforms
from sim.sensing.observations import ObservedRows, observed, together
from sim.sensing.ticket_book import ERROR_KINDS, TicketBook, TicketError
from sim.units import US_PER_HOUR, US_PER_S
from sim.visitors import Phones, Visitors


class Gates:
    """Turns what happens at car parks into observations; its state is the cars that are about, and what was read since the last review.

    Kinds: plate_in when a car comes to the gate, plate_out when it has left, and then a ticket, which knows both times (subject: the
    plate as read, 0 where it was not; value of a ticket: seconds from gate to gate); bays_taken at each reading (value: bays that
    their sensors call taken: the very sensors that signs and app read, see sim/crowd/cars/guidance.py::show_bays); and what the books of tickets and receipts could not make sense of (sim/sensing/ticket_book.py), with the
    plate as read.
    """

    def __init__(self, compiled: CompiledPlan, config: GatesConfig, seed: int) -> None:
        """Start with empty car parks."""
        self._config = config
        self._gates = np.array([f"gate:{name}" for name in compiled.parking_ids], dtype=str)
        self._bay_sensors = np.array([f"bays:{name}" for name in compiled.parking_ids], dtype=str)
        bays, keys = compiled.arrays.parking_bays.astype(np.int64), compiled.arrays.parking_key
        self._park = np.repeat(np.arange(bays.size), bays)  # of each bay
        first = np.cumsum(bays) - bays
        self._sensors = keys[self._park] + np.arange(self._park.size) - first[self._park]
        self._is_taken = np.zeros(self._park.size, bool)
        self._keys = {
            kind: stream_key(seed, f"plate reader {kind.name}") for kind in (EventKind.GATE_REACHED, EventKind.UNPARKED)
        }
        self._misread_key = stream_key(seed, "misread plate")
        self._bay_key = stream_key(seed, "bay sensors")
        self._overnight_key = stream_key(seed, "plate of a car overnight")
        self.book = TicketBook()
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
        came, turned, left, stood, changed = (first + np.flatnonzero(np.isin(kind, each)) for each in _KINDS)
        self._stand(log, stood)
        if came.size:
            plates = self._plates(EventKind.GATE_REACHED, log.visit[came])
            self._read.append(observed(log.time_us[came], self._gates[log.place[came]], "plate_in", plates))
        if left.size:
            plates = self._plates(EventKind.UNPARKED, log.visit[left])
            stayed_s = (log.time_us[left] - self._came_us[np.searchsorted(self._visit, log.visit[left])]) // US_PER_S
            for what, value in (("plate_out", 0), ("ticket", stayed_s)):
                self._read.append(observed(log.time_us[left], self._gates[log.place[left]], what, plates, value))
        self._keep_book(log, first + np.flatnonzero(np.isin(kind, _OF_BOOK)))
        # In order: of several changes of one bay the last is kept.
        self._is_taken[log.place[changed]] = log.kind[changed] == EventKind.BAY_TAKEN
        gone = np.concatenate([left, turned])
        if gone.size:
            stays = ~np.isin(self._visit, log.visit[gone])
            self._visit, self._plate, self._came_us = self._visit[stays], self._plate[stays], self._came_us[stays]

    def _stand(self, log: EventLog, stood: np.ndarray) -> None:
        """Take over the cars of last night, whose tickets are of yesterday."""
        if stood.size:
            plates = (draw_words(self._overnight_key, log.visit[stood], 0) >> np.uint64(1)).astype(np.int64)
            visit = np.concatenate([self._visit, log.visit[stood]])
            order = np.argsort(visit)
            self._visit, self._plate = visit[order], np.concatenate([self._plate, plates])[order]
            self._came_us = np.concatenate([self._came_us, log.time_us[stood] - log.value[stood]])[order]

    def _keep_book(self, log: EventLog, rows: np.ndarray) -> None:
        """Enter into the books, in order, who comes and goes, and what is validated; observe what they cannot make sense of."""
        if not rows.size:
            return
        read_in, read_out = (
            self._plates(kind, log.visit[rows]).tolist() for kind in (EventKind.GATE_REACHED, EventKind.UNPARKED)
        )
        for row, kind, visit, plate_in, plate_out in zip(
            rows.tolist(), log.kind[rows].tolist(), log.visit[rows].tolist(), read_in, read_out
        ):
            error: TicketError | None
            if kind == EventKind.UNPARKED:
                error = self.book.leave(plate_out)
            elif kind in (EventKind.PARKED, EventKind.STOOD_OVERNIGHT):
                error = self.book.enter(plate_in)
            elif kind == EventKind.TICKET_LOST:
                error = self.book.lose()
            else:
                error = self.book.validate(visit)
            if error is not None:
                plate = plate_out if kind == EventKind.UNPARKED else plate_in
                self._read.append(observed(log.time_us[row], self._gates[log.place[row]], ERROR_KINDS[error], plate))

    def summary(self) -> dict[str, int]:
        """Return the KPIs of the books."""
        return {"parking_ticket_errors": sum(self.book.errors)}

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
        """Return how many bays of each car park their sensors call taken: a sensor that errs says the opposite, for an hour."""
        errs = uniforms(self._bay_key, self._sensors, now_us // US_PER_HOUR) < self._config.bay_wrong_share
        return np.bincount(self._park, weights=self._is_taken ^ errs, minlength=self._bay_sensors.size).astype(np.int64)


_KINDS = (
    (EventKind.GATE_REACHED,), (EventKind.PARKING_BALKED,), (EventKind.UNPARKED,), (EventKind.STOOD_OVERNIGHT,),
    (EventKind.BAY_TAKEN, EventKind.BAY_LEFT),
)  # fmt: skip
_OF_BOOK = (
    EventKind.PARKED, EventKind.STOOD_OVERNIGHT, EventKind.UNPARKED, EventKind.PARKING_VALIDATED, EventKind.RECEIPT_REFUSED,
    EventKind.TICKET_LOST,
)  # fmt: skip
