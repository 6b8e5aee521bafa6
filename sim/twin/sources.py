"""Where records come from: a file played in order of arrival, or lines as they come; each fills an inbox from a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from sim.errors import GalleriaError, Problem
from sim.feeds.intake import SetAside
from sim.feeds.reading import COLUMNS_RULE, lines, read_feed
from sim.feeds.records import Record
from sim.twin.inbox import Inbox, OverError
from sim.units import US_PER_S

LOOKED_AT = 1000  # first records of a file; where none of them is a record, it is no feed
BATCH = 500  # records of a file handed in at once, where no pace is kept

Pair = tuple[int, Record | SetAside]


class Past(NamedTuple):
    """What was measured earlier today, and who wants to know when it has been played."""

    path: Path
    pairs: Sequence[tuple[int, Record]]
    played: Callable[[int], None]  # told how many of them were used


def checked_file(path: Path, first_date: str) -> Iterator[Pair]:
    """Return the pairs (arrival, record) of a feed's file; raises GalleriaError where it is no feed at all, with what is wrong."""
    return _checked(path, first_date, "feed")


def past_of(path: Path, first_date: str) -> list[tuple[int, Record]]:
    """Return the pairs (arrival, record) of a file of earlier today, less its bad lines; none where nothing had come yet.

    Raises GalleriaError where it is no feed.
    """
    if path.is_file() and not path.stat().st_size:
        return []
    return [(came_us, record) for came_us, record in _checked(path, first_date, "past") if isinstance(record, Record)]


def _checked(path: Path, first_date: str, key: str) -> Iterator[Pair]:
    pairs = read_feed(path, first_date, key)
    first = list(islice(pairs, LOOKED_AT))
    if not any(isinstance(record, Record) for _, record in first):
        found = next((f"{one.detail}: {one.text}" for _, one in first if isinstance(one, SetAside)), "an empty file")
        raise GalleriaError.of(path, [Problem(key, found, COLUMNS_RULE, "mend the file; docs/reference/feeds.md shows one")])
    return chain(first, pairs)


def play(pairs: Iterable[Pair], inbox: Inbox, pace: float | None = None) -> None:
    """Fill an inbox with what a file holds, as fast as it is taken, or `pace` times as fast as it once came; returns at once."""
    _in_background(_paced(pairs, pace, inbox) if pace else _batches(pairs), inbox)


def listen(texts: Iterable[str], inbox: Inbox, first_date: str, past: Past | None = None) -> None:
    """Fill an inbox with lines of JSON as they come, each at once, after the past where there is one; returns at once."""
    live = ([pair] for pair in lines(texts, first_date))
    _in_background(live if past is None else chain(_played(past, inbox), live), inbox)


def catch_up(past: Past, inbox: Inbox) -> None:
    """Fill an inbox with the past and let it go live; returns at once."""
    _in_background(_played(past, inbox), inbox, is_all=False)


def _played(past: Past, inbox: Inbox) -> Iterator[list[Pair]]:
    yield from _batches(past.pairs)
    used = inbox.go_live()
    if past.pairs and not used:
        rule = "must hold records of the scenario's mall and date"
        raise GalleriaError.of(
            past.path, [Problem("past", inbox.report()["words"], rule, "name the feed.jsonl of this morning's twin")]
        )
    past.played(used)


def _in_background(batches: Iterable[list[Pair]], inbox: Inbox, *, is_all: bool = True) -> None:
    def bring() -> None:
        try:
            for batch in batches:
                inbox.hand_in(batch)
        except OverError:
            return
        except Exception as trouble:
            inbox.end(trouble)
            return
        if is_all:
            inbox.end()

    threading.Thread(target=bring, name="feed", daemon=True).start()


def _batches(pairs: Iterable[Pair]) -> Iterator[list[Pair]]:
    found = iter(pairs)
    while batch := list(islice(found, BATCH)):
        yield batch


def _paced(
    pairs: Iterable[Pair], pace: float, inbox: Inbox, clock: Callable[[], float] = time.monotonic
) -> Iterator[list[Pair]]:
    """Yield record by record, each when its time has come; what came at a time that nobody knows follows at once."""
    began_s, first_us = clock(), None
    for came_us, record in pairs:
        if came_us >= 0:
            first_us = came_us if first_us is None else first_us
            due_s = began_s + min((came_us - first_us) / US_PER_S, 86_400) / pace
            while (left_s := due_s - clock()) > 0 and not inbox.is_over:
                time.sleep(min(left_s, 0.2))
        yield [(came_us, record)]
