"""What the app has sent to visits of a day, and which of them have turned it off: for the memory of those whose visits they were."""

from __future__ import annotations

import numpy as np

from sim.crowd.promos.wallet import FATE_SLOTS
from sim.events import EventKind, EventLog
from sim.promos import Channel, Fate

LETTERS = np.dtype([("number", "i8"), ("received", "i4"), ("has_turned_off", "i1")])


def letters_in(events: EventLog) -> np.ndarray:
    """Return LETTERS of each message of the app that came through, and of each party that has turned it off."""
    kind, used = events.kind, int(events.count[0])
    rows = np.flatnonzero((kind[:used] == EventKind.MESSAGE_READ) | (kind[:used] == EventKind.PUSH_TURNED_OFF))
    rows = rows[events.place[rows] == Channel.PUSH]
    found = np.zeros(rows.size, LETTERS)
    found["number"], found["has_turned_off"] = events.visit[rows], kind[rows] == EventKind.PUSH_TURNED_OFF
    found["received"] = (kind[rows] == EventKind.MESSAGE_READ) & (events.value[rows] % FATE_SLOTS != Fate.UNREACHED)
    return found


def by_visit(letters: np.ndarray) -> np.ndarray:
    """Return LETTERS added up by visit, in order of their numbers."""
    numbers, index = np.unique(letters["number"], return_inverse=True)
    found = np.zeros(numbers.size, LETTERS)
    found["number"] = numbers
    found["received"] = np.bincount(index, letters["received"], numbers.size)
    found["has_turned_off"] = np.bincount(index, letters["has_turned_off"], numbers.size) > 0
    return found
