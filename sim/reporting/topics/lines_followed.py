"""Parties followed through displays and tickets: what each was told, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.crowd.tallies import HOURS
from sim.events import EventKind
from sim.reporting.event_schema import Columns
from sim.units import US_PER_MIN

_TOLD = (EventKind.WAIT_SHOWN, EventKind.DETERRED, EventKind.TICKET_TAKEN, EventKind.TICKET_CALLED, EventKind.TICKET_VOID)
_IN_LINE = (EventKind.QUEUE_JOINED, EventKind.SERVICE_STARTED, EventKind.SERVICE_ENDED, EventKind.RENEGED)


@dataclass
class Deterred:
    """A party that turned away, and who stood before it."""

    since_us: int
    patience_us: int
    ahead: set[int]


class Followed:
    """Keeps who has been told a wait or holds a ticket; whole numbers otherwise, so that batches may be cut anywhere."""

    def __init__(self, is_table: np.ndarray) -> None:
        self._is_table = is_table
        self._told_us: dict[int, tuple[int, int, int]] = {}  # visit: wait shown, when, at which station
        self._tickets: dict[int, list[int]] = {}  # visit: station, drawn, 1 once it has come to the line, spent since
        self._standing: dict[int, set[int]] = {}  # station: visits in line
        self._deterred: dict[int, list[Deterred]] = {}  # station: those whose turn would not yet have come
        self._errors_us: list[int] = []
        self._waits_us: list[tuple[int, int]] = []  # of ticket holders: in line, in all
        self.half_hour_judged, self.half_hour_shown_us, self.half_hour_realised_us = np.zeros((3, 2 * HOURS), np.int64)
        self.shown = self.deterred = self.deterred_in_vain = self.deterred_rightly = self.underpromised = 0
        self.taken = self.called = self.no_shows = self.cancelled = 0
        self.ticket_seated = self.ticket_wait_us = self.ticket_total_us = self.ticket_spend_fen = 0

    def errors_us(self) -> np.ndarray:
        """Return wait shown - wait had, in order of sitting down."""
        return np.array(self._errors_us, np.int64)

    def ticket_waits_us(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the wait in line and the time since drawing, of each party seated with a ticket."""
        waits = np.array(self._waits_us, np.int64).reshape(-1, 2)
        return waits[:, 0], waits[:, 1]

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        told = np.concatenate([of_kind[kind] for kind in _TOLD])
        in_line = np.concatenate([of_kind[kind] for kind in _IN_LINE])
        in_line = in_line[self._is_table[rows.place[in_line]]]
        if told.size == 0 and not (self._told_us or self._tickets or self._deterred):
            self._stand(rows, in_line[rows.kind[in_line] != EventKind.SERVICE_ENDED])
            return
        wanted = np.sort(np.concatenate([told, in_line, of_kind[EventKind.PURCHASED], of_kind[EventKind.STORE_LEFT]]))
        columns = (rows.time_us, rows.kind, rows.visit, rows.place, rows.value)
        for event in zip(*(column[wanted].tolist() for column in columns), strict=True):
            self._take_one(*event)

    def _stand(self, rows: Columns, in_line: np.ndarray) -> None:
        """Note who stands in line after events of lines alone, of which only each party's last counts."""
        ordered = in_line[np.lexsort((in_line, rows.visit[in_line]))]
        is_last = np.append(rows.visit[ordered][1:] != rows.visit[ordered][:-1], True) if ordered.size else np.zeros(0, bool)
        moved = set(rows.visit[ordered[is_last]].tolist())
        for standing in self._standing.values():
            standing -= moved
        joined = ordered[is_last & (rows.kind[ordered] == EventKind.QUEUE_JOINED)]
        for place, visit in zip(rows.place[joined].tolist(), rows.visit[joined].tolist(), strict=True):
            self._standing.setdefault(place, set()).add(visit)

    def _take_one(self, time_us: int, kind: int, visit: int, place: int, value: int) -> None:
        if kind == EventKind.PURCHASED:
            if visit in self._tickets:
                self._tickets[visit][3] += value
        elif kind == EventKind.STORE_LEFT:
            self._told_us.pop(visit, None)
        elif kind == EventKind.WAIT_SHOWN:
            self.shown += 1
            self._told_us[visit] = (value, time_us, place)
        elif kind == EventKind.DETERRED:
            self.deterred += 1
            self._told_us.pop(visit, None)
            ahead = set(self._standing.get(place, ()))
            self._deterred.setdefault(place, []).append(Deterred(time_us, value, ahead))
        elif kind == EventKind.TICKET_TAKEN:
            self.taken += 1
            self._tickets[visit] = [place, time_us, 0, 0]
        elif kind == EventKind.TICKET_CALLED:
            self.called += 1
        elif kind == EventKind.TICKET_VOID:
            self._void(visit, value)
        elif kind == EventKind.QUEUE_JOINED:
            self._standing.setdefault(place, set()).add(visit)
            if visit in self._tickets and self._tickets[visit][0] == place:
                self._tickets[visit][2] = 1
        else:
            self._judge(time_us, kind, visit, place)
            if kind != EventKind.SERVICE_ENDED:
                self._standing.get(place, set()).discard(visit)
                self._end_wait(time_us, visit, place, value, kind == EventKind.SERVICE_STARTED)

    def _void(self, visit: int, since_us: int) -> None:
        self.cancelled += since_us < 0
        self.no_shows += since_us >= 0
        ticket = self._tickets.pop(visit, None)
        self.ticket_spend_fen += ticket[3] if ticket else 0

    def _judge(self, time_us: int, kind: int, visit: int, place: int) -> None:
        """Let the turn come of those deterred before whom nobody stands any more, when a table is freed or taken by somebody else."""
        waiting = []
        for one in self._deterred.get(place, ()):
            if one.ahead or kind == EventKind.RENEGED:
                one.ahead.discard(visit)
                waiting.append(one)
            elif time_us - one.since_us <= one.patience_us:
                self.deterred_in_vain += 1
            else:
                self.deterred_rightly += 1
        if waiting:
            self._deterred[place] = waiting
        else:
            self._deterred.pop(place, None)

    def _end_wait(self, time_us: int, visit: int, place: int, wait_us: int, is_seated: bool) -> None:
        told = self._told_us.pop(visit, None)
        if told is not None and told[2] != place:
            told = None
        if told is not None and is_seated:
            self._errors_us.append(told[0] - wait_us)
            half = min(told[1] // (30 * US_PER_MIN), 2 * HOURS - 1)
            self.half_hour_judged[half] += 1
            self.half_hour_shown_us[half] += told[0]
            self.half_hour_realised_us[half] += wait_us
        elif told is not None:
            self.underpromised += wait_us >= told[0]
        ticket = self._tickets.get(visit)
        if ticket is not None and ticket[2] == 1:
            del self._tickets[visit]
            self.ticket_spend_fen += ticket[3]
            if is_seated:
                self.ticket_seated += 1
                self.ticket_wait_us += wait_us
                self.ticket_total_us += time_us - ticket[1]
                self._waits_us.append((wait_us, time_us - ticket[1]))
