"""What a day leaves in people's memory: how visits ended, what was thought, bought and told."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

import numpy as np

from sim.alliance import STATEMENT
from sim.crowd.goods.records import ITEM
from sim.crowd.promos.received import LETTERS
from sim.decisions import Verdict
from sim.events import EventKind, EventLog

RATING = np.dtype([("number", "i8"), ("unit", "i4"), ("stars", "f8")])
BOUGHT = np.dtype([("number", "i8"), ("unit", "i4")])
RATED_PER_STAR = 1000


@dataclass(frozen=True)
class Lived:
    """What a day leaves in people's memory."""

    date: datetime.date
    outcomes: np.ndarray  # sim.crowd.mind.OUTCOME of every visit that ended, in order of its end
    ratings: np.ndarray  # RATING: what parties thought of stores
    # ITEM of every item as the day has left them (sim/crowd/goods/stocking.py::Shelves.learn)
    items: np.ndarray = field(default_factory=lambda: np.zeros(0, ITEM))
    decided: tuple[Verdict, ...] = ()  # what was decided, of which some is for tomorrow
    bought: np.ndarray = field(default_factory=lambda: np.zeros(0, BOUGHT))  # BOUGHT, where there is referral
    letters: np.ndarray = field(default_factory=lambda: np.zeros(0, LETTERS))  # what the app has sent to whom
    # STATEMENT of each unit where the alliance is played
    statements: np.ndarray = field(default_factory=lambda: np.zeros(0, STATEMENT))


def ratings_in(events: EventLog) -> np.ndarray:
    """Return the RATING of each party that rated a store."""
    rated = np.flatnonzero(events.kind[: events.count[0]] == EventKind.RATED)
    found = np.zeros(rated.size, RATING)
    for name, column in (("number", events.visit), ("unit", events.place), ("stars", events.value)):
        found[name] = column[rated]
    found["stars"] /= RATED_PER_STAR
    return found


def bought_in(events: EventLog) -> np.ndarray:
    """Return the BOUGHT of each purchase."""
    rows = np.flatnonzero(events.kind[: events.count[0]] == EventKind.PURCHASED)
    found = np.zeros(rows.size, BOUGHT)
    found["number"], found["unit"] = events.visit[rows], events.place[rows]
    return found
