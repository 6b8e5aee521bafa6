"""What is kept of what policies decide, send and sell, and what is wrong with a list of stores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.decisions_of_policies import Send
from sim.promos import Channel

POSITIONS_MAX = 16  # of a list
SEGMENTS_MAX = 62


@dataclass(frozen=True)
class Applied:
    """What came of one decision."""

    what: str
    refused: str = ""
    people: int = 0
    has_switched: bool = False


@dataclass
class Sent:
    """One decision to send, as it is kept: who was chosen with what probability and why, who was reached, under which numbers."""

    time_us: int
    policy: str
    offer: str
    channel: Channel
    unit: str
    because: str
    first: int  # number of the first message; the others follow in the order of people
    people: np.ndarray
    visits: np.ndarray  # the truth: -1 where nobody was reached
    propensity: np.ndarray
    features: dict[str, np.ndarray]
    held: np.ndarray  # bool: chance has decided not to send it to them
    whose: np.ndarray  # the truth: the visit of each person who is inside, also of whom nothing was sent; -1 for others
    units: np.ndarray | None = None  # of each person the store that a list showed it
    position: int = 0  # in that list


@dataclass(frozen=True)
class Receipt:
    """What whoever sends something is told of it: under which numbers it went out, so that what is opened can be put down to it."""

    policy: str
    offer: str
    unit: str
    because: str
    first: int  # number of the first message; the others follow in the order of people
    people: np.ndarray


@dataclass(frozen=True)
class TagsSold:
    """What a store was told of people, and for how much."""

    time_us: int
    unit: int
    people: np.ndarray
    tags: np.ndarray
    fen: int


def wrong_with_list(send: Send, units: int) -> str:
    """Return why a list of stores cannot be sent, or nothing."""
    if not 0 <= send.position < POSITIONS_MAX:
        return f"a list has places 0 to {POSITIONS_MAX - 1}, not {send.position}"
    if send.units is None:
        return ""
    shown = np.asarray(send.units)
    if shown.shape != np.shape(send.people):
        return f"{shown.size} stores for {np.size(send.people)} people"
    return "" if not shown.size or 0 <= shown.min() <= shown.max() < units else "a store that the plan does not have"
