"""Events of two days of the same seed, matched by visit, kind and how-manieth of it, and the first of them that differ."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.events import KINDS, EventKind
from sim.experiments.event_words import CAUSE_WORDS, WORDS, event_words, instant_words
from sim.reporting.events_file import Events, read_events

NOBODY = -1  # the visit of what happens to no visit


class Nature(IntEnum):
    """How a pair of matched events differs."""

    SAME = 0
    TIME = 1  # the same at another instant
    VALUE = 2  # another value, or other people
    PLACE = 3
    ONLY_LEFT = 4
    ONLY_RIGHT = 5


class Pairs(NamedTuple):
    """Two logs side by side: every event of either has one slot. Columns of the same length."""

    left: np.ndarray  # int64 row in the left log, -1 where it has no such event
    right: np.ndarray  # int64 row in the right log
    visit: np.ndarray  # int64 the visit's number
    kind: np.ndarray  # int16
    nature: np.ndarray  # int8 Nature
    time_us: np.ndarray  # int64 the earlier of the two
    step: np.ndarray  # int64 how-manieth event of its visit, on the side of `time_us`


@dataclass(frozen=True)
class Difference:
    """The earliest event that differs between two logs."""

    time_us: int
    visit: int  # -1 where it happened to no visit
    kind: EventKind
    left: str  # what happened there, in words; empty where nothing of the kind did
    right: str
    left_us: int | None  # when, None where it did not
    right_us: int | None

    def as_words(self, left: str = "the first", right: str = "the second") -> str:
        """Return one sentence: when, who, and what happened in either; `left` and `right` are names of the two."""
        who = "of no visit" if self.visit == NOBODY else f"visit {self.visit}"
        sides = ((left, self.left, self.left_us), (right, self.right, self.right_us))
        told = [f"in {name}, {_side(words, time_us, self.time_us)}" for name, words, time_us in sides]
        return f"{instant_words(self.time_us)}, {who}: {'; '.join(told)}"


def _side(words: str, time_us: int | None, first_us: int) -> str:
    if time_us is None:
        return "nothing of the kind"
    return words if time_us == first_us else f"{words} at {instant_words(time_us)}"


def first_difference(left: Path, right: Path) -> Difference | None:
    """Return the earliest event that differs between two run folders or tables of events; None where there is none.

    Events are matched by visit, kind and ordinal. Raises GalleriaError for a folder without events, or of another schema.
    """
    first, second = read_events(left), read_events(right)
    return first_of(first, second, pair_events(first, second))


def first_of(left: Events, right: Events, pairs: Pairs) -> Difference | None:
    """Return the earliest slot that differs, in words; of several at one instant the one that comes first in the logs."""
    differing = np.flatnonzero(pairs.nature)
    if not differing.size:
        return None
    earliest = differing[pairs.time_us[differing] == pairs.time_us[differing].min()]
    rows = np.stack([pairs.left[earliest], pairs.right[earliest]])
    return difference_at(left, right, pairs, int(earliest[_smallest(rows, left, right, pairs.time_us[earliest])]))


def _smallest(rows: np.ndarray, left: Events, right: Events, time_us: np.ndarray) -> int:
    """Return which of some slots of one instant comes first in a log, by its place in it at that instant."""
    ranks = np.full(rows.shape, np.iinfo(np.int64).max)
    for side, events in enumerate((left, right)):
        here = rows[side] >= 0
        here[here] = events.time_us[rows[side][here]] == time_us[here]
        ranks[side][here] = rows[side][here]
    return int(np.argmin(ranks.min(axis=0)))


def difference_at(left: Events, right: Events, pairs: Pairs, slot: int) -> Difference:
    """Return a slot in words."""
    rows = int(pairs.left[slot]), int(pairs.right[slot])
    first, second = (
        (event_words(events, row), int(events.time_us[row])) if row >= 0 else ("", None)
        for events, row in zip((left, right), rows, strict=True)
    )
    kind = EventKind(int(pairs.kind[slot]))
    return Difference(int(pairs.time_us[slot]), int(pairs.visit[slot]), kind, first[0], second[0], first[1], second[1])


def pair_events(left: Events, right: Events) -> Pairs:
    """Match two logs by (visit, kind, ordinal of that kind in that visit); n log n, without a loop over events."""
    visits, at = np.unique(np.concatenate([left.visit, right.visit]), return_inverse=True)
    sides = at[: left.visit.size], at[left.visit.size :]
    keys = [index * KINDS + events.kind for index, events in zip(sides, (left, right), strict=True)]
    groups, group = np.unique(np.concatenate(keys), return_inverse=True)
    of_sides = group[: left.visit.size], group[left.visit.size :]
    counts = [np.bincount(each, minlength=groups.size) for each in of_sides]
    start = np.concatenate([[0], np.cumsum(np.maximum(*counts))])
    rows = [np.full(start[-1], -1, np.int64) for _ in counts]
    for row, each in zip(rows, of_sides, strict=True):
        row[start[each] + _ordinals(each)] = np.arange(each.size)
    widths = np.maximum(*counts)
    key = np.repeat(groups, widths)
    nature = _natures(left, right, *rows)
    time_us, step = _when(left, right, sides, rows)
    return Pairs(rows[0], rows[1], visits[key // KINDS], (key % KINDS).astype(np.int16), nature, time_us, step)


def _ordinals(group: np.ndarray) -> np.ndarray:
    """Return of each row how many rows of its group come before it."""
    order = np.argsort(group, kind="stable")
    sorted_groups = group[order]
    begins = np.flatnonzero(np.concatenate([[True], sorted_groups[1:] != sorted_groups[:-1]])[: group.size])
    sizes = np.diff(np.concatenate([begins, [group.size]]))
    found = np.empty(group.size, np.int64)
    found[order] = np.arange(group.size) - np.repeat(begins, sizes)
    return found


def _natures(left: Events, right: Events, left_row: np.ndarray, right_row: np.ndarray) -> np.ndarray:
    found = np.zeros(left_row.size, np.int8)
    found[right_row < 0] = Nature.ONLY_LEFT
    found[left_row < 0] = Nature.ONLY_RIGHT
    both = np.flatnonzero((left_row >= 0) & (right_row >= 0))
    first, second = left_row[both], right_row[both]
    left_place, right_place = _places(left, right)
    nature = np.where(left.time_us[first] != right.time_us[second], Nature.TIME, Nature.SAME)
    is_other = (left.value[first] != right.value[second]) | (left.people[first] != right.people[second])
    nature = np.where(is_other, Nature.VALUE, nature)
    found[both] = np.where(left_place[first] != right_place[second], Nature.PLACE, nature)
    return found


def _places(left: Events, right: Events) -> tuple[np.ndarray, np.ndarray]:
    """Return codes of places that are equal where names are, or numbers of places without a name: two plans number units differently."""
    code = {word: index for index, word in enumerate(dict.fromkeys((*left.words, *right.words)))}
    found = []
    for events in (left, right):
        codes = np.array([*(code[word] for word in events.words), -1], np.int64)
        found.append(np.where(events.place_word >= 0, codes[events.place_word], -2 - events.place.astype(np.int64)))
    return found[0], found[1]


def _when(
    left: Events, right: Events, sides: tuple[np.ndarray, np.ndarray], rows: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the earlier time of each slot, and which event of its visit it is on that side (the smaller where both are as early)."""
    never = np.iinfo(np.int64).max
    times, steps = np.full((2, rows[0].size), never), np.full((2, rows[0].size), never)
    for side, events in enumerate((left, right)):
        here = rows[side] >= 0
        times[side][here] = events.time_us[rows[side][here]]
        steps[side][here] = _ordinals(sides[side])[rows[side][here]]
    earlier = times.min(axis=0)
    return earlier, np.where(times == earlier, steps, never).min(axis=0)


def firsts_of_visits(pairs: Pairs, visit: np.ndarray) -> np.ndarray:
    """Return, for each visit that differs, its first slot that does; `visit` says whose each slot counts as.

    Of several slots at one instant and step, that comes first whose cause is the nearest to what was changed, so that the two
    sides can be exchanged.
    """
    differing = np.flatnonzero(pairs.nature)
    nearness = np.zeros(KINDS, np.int64)
    for kind, (_, cause) in WORDS.items():
        nearness[kind] = KINDS * CAUSE_WORDS[cause][0] + kind
    keys = (nearness[pairs.kind[differing]], pairs.step[differing], pairs.time_us[differing], visit[differing])
    order = differing[np.lexsort(keys)]
    return order[np.concatenate([[True], np.diff(visit[order]) != 0])[: order.size]]
