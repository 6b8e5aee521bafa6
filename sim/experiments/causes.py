"""What differed first for each visit between two days of the same seed: its cause, and whether there was more or less of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.events import KINDS, EventKind
from sim.experiments.divergence import NOBODY, Nature, Pairs, firsts_of_visits
from sim.experiments.event_words import WORDS, Cause
from sim.reporting.events_file import Events

K = EventKind
FULL = 1  # the value of STORE_REFUSED where a store is full rather than closed
DEPTH_MAX = 8  # of parts of parts of a party
# On the second day alone, these mean more of their cause; on the first day alone, less.
MORE = (
    K.BALKED, K.RENEGED, K.REJECTED, K.PREEMPTED, K.WAIT_SHOWN, K.DETERRED, K.TICKET_TAKEN, K.STORE_REFUSED, K.TURNED_AWAY, K.STRANDED,
    K.REROUTED, K.DESK_REFUSED, K.SALE_LOST, K.STOCKED_OUT, K.SHOW_SOLD_OUT, K.ARTICLE_OUT, K.ITEM_MISSED, K.STORE_ENTERED, K.PURCHASED,
    K.ARTICLE_WANTED, K.BOARDED, K.MESSAGE_READ, K.MESSAGE_SENT, K.TRIGGERED, K.COUPON_CLAIMED, K.COUPON_USED, K.PLACE_SHOWN,
    K.OFFER_TAKEN, K.OFFER_REDEEMED, K.HAPPENING_JOINED, K.PARKING_GAVE_UP, K.PARKING_BALKED, K.RAMP_BLOCKED, K.EXIT_BLOCKED,
)  # fmt: skip
BY_VALUE = (Cause.SERVICE, Cause.QUEUE, Cause.STAY, Cause.PARKING, Cause.MONEY)  # a larger value is more of it
BY_TIME = (Cause.CROWDING, Cause.SERVICE, Cause.QUEUE, Cause.COMPANY, Cause.PARKING, Cause.STAY)  # later is more of it


class Firsts(NamedTuple):
    """The first slot of each visit that differs, in order of the visit's number."""

    visit: np.ndarray  # int64, parts counted as the party that they split from; NOBODY for what happens to no visit
    slot: np.ndarray  # int64
    cause: np.ndarray  # int64 Cause
    more: np.ndarray  # int64 1 more of it on the second day, -1 less, 0 neither
    is_late: np.ndarray  # bool: all that differs for the visit is when things happened


class Parties:
    """Which party a visit's number belongs to: a part that goes its own way counts as the party that it split from."""

    def __init__(self, left: Events, right: Events) -> None:
        splits = [(events, np.flatnonzero(events.kind == K.SPLIT)) for events in (left, right)]
        parts = np.concatenate([events.value[rows] for events, rows in splits])
        whole = np.concatenate([events.visit[rows] for events, rows in splits])
        self._parts, first = np.unique(parts, return_index=True)
        self._whole = whole[first]

    def of(self, visit: np.ndarray) -> np.ndarray:
        """Return the party's number of each visit."""
        found = visit
        for _ in range(DEPTH_MAX if self._parts.size else 0):
            at = np.minimum(np.searchsorted(self._parts, found), self._parts.size - 1)
            found = np.where(self._parts[at] == found, self._whole[at], found)
        return found


def firsts_of(left: Events, right: Events, pairs: Pairs, parties: Parties) -> Firsts:
    """Return what differed first for each visit."""
    visit = parties.of(pairs.visit)
    slot = firsts_of_visits(pairs, visit)
    found, differing = visit[slot], np.flatnonzero(pairs.nature)
    other = np.bincount(np.searchsorted(found, visit[differing]), pairs.nature[differing] != Nature.TIME, minlength=found.size)
    there = [np.isin(found, parties.of(events.visit)) for events in (left, right)]
    cause, more = _causes(left, right, pairs, slot)
    for side, sign in ((0, 1), (1, -1)):
        alone = ~there[side] & (found != NOBODY)
        cause[alone], more[alone] = Cause.PRESENCE, sign
    return Firsts(found, slot, cause, more, other == 0)


def _causes(left: Events, right: Events, pairs: Pairs, slot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the cause that each slot tells of, and the direction."""
    table, is_more = np.zeros(KINDS, np.int64), np.zeros(KINDS, bool)
    for each, (_, told) in WORDS.items():
        table[each] = told
    is_more[list(MORE)] = True
    kind, nature = pairs.kind[slot], pairs.nature[slot]
    cause = table[kind]
    is_time, is_value = nature == Nature.TIME, nature == Nature.VALUE
    cause[is_time & np.isin(cause, (Cause.CHOICE, Cause.WAY, Cause.FELT))] = Cause.CROWDING  # the same steps at another time
    cause[is_time & (kind == K.PURCHASED)] = Cause.SERVICE
    cause[is_value & (kind == K.BOARDED)] = Cause.QUEUE
    cause[is_value & (kind == K.PURCHASED)] = Cause.MONEY
    cause[is_value & (kind == K.ARRIVED)] = Cause.PRESENCE
    cause[(kind == K.STORE_REFUSED) & (_values(left, right, pairs, slot) == FULL)] = Cause.QUEUE
    both = nature <= Nature.PLACE
    later, larger = (
        _sign_of_change(getattr(left, name), getattr(right, name), pairs, slot, both) for name in ("time_us", "value")
    )
    more = np.where(is_value & np.isin(cause, BY_VALUE), larger, 0)
    more = np.where(is_value & (kind == K.VISIT_JUDGED), larger, more)
    more = np.where(is_time & np.isin(cause, BY_TIME), later, more)
    more = np.where(is_more[kind] & (nature == Nature.ONLY_RIGHT), 1, more)
    return cause, np.where(is_more[kind] & (nature == Nature.ONLY_LEFT), -1, more)


def _values(left: Events, right: Events, pairs: Pairs, slot: np.ndarray) -> np.ndarray:
    """Return the value of each slot's event: on the second day, else on the first."""
    rows = pairs.left[slot], pairs.right[slot]
    found = np.zeros(slot.size, np.int64)
    for events, row in zip((left, right), rows, strict=True):
        found[row >= 0] = events.value[row[row >= 0]]
    return found


def _sign_of_change(left: np.ndarray, right: np.ndarray, pairs: Pairs, slot: np.ndarray, both: np.ndarray) -> np.ndarray:
    found = np.zeros(slot.size, np.int64)
    found[both] = np.sign(right[pairs.right[slot[both]]] - left[pairs.left[slot[both]]])
    return found
