"""Holds what a live feed has said until its quarter of an hour is over; the feed's own clock, which no single record can put wrong."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sim.errors import GalleriaError, Problem
from sim.feeds.intake import AHEAD_US, LATE_US, Intake, SetAside, Why
from sim.feeds.records import Record, Rule
from sim.units import clock_text

LEAP_US = LATE_US  # what lies further ahead would make honest records too late, so that two must say so
EARLY_MOST = 200  # records that lie so far ahead and wait for another to agree
HELD_MOST = 500_000  # records that wait for their quarter of an hour: some hours of the largest mall
LAST_SHOWN = 10
USED_THOUGH_ODD = (Why.OUT_OF_ORDER, Why.MISSING)
LOOK_S = 0.2  # between two looks at the clock while nothing comes; how long Ctrl-C may take


class Receipt(NamedTuple):
    """What became of some records that were handed in."""

    used: int
    set_aside: int
    reasons: dict[str, int]  # how many were set aside or, though used, odd
    last: list[dict[str, str]]  # the last ones set aside: why, record, detail
    waiting: int  # so far ahead of the clock that another has to agree first


class FullError(Exception):
    """More records wait than are held."""


class OverError(Exception):
    """Nothing more is taken: the day is over."""


class Inbox:
    """Between whoever brings records (any thread) and the twin, which takes a quarter of an hour at a time.

    `starts_us` is where the clock begins. It follows the arrival of records (`came_us`, else their own time), or `wall`, a function that
    returns microseconds since the mall's midnight. What `quarter` gives depends on the order of records alone, never on how fast they come.
    `copy` is told of every live record that is used, with the clock then. With `has_past` records of earlier today are played first: until
    `go_live` the clock is theirs, and whoever is not patient is told to come again.
    """

    def __init__(
        self,
        rules: Mapping[tuple[str, str], Rule],
        starts_us: int = 0,
        *,
        wait_us: int = 0,
        wall: Callable[[], int] | None = None,
        copy: Callable[[int, Record], None] | None = None,
        has_past: bool = False,
    ) -> None:
        self._intake = Intake(rules)
        self._is_past = has_past
        self._now_us, self._wait_us, self._wall, self._copy = starts_us, wait_us, wall, copy
        self._held: deque[tuple[int, Record]] = deque()  # (the clock when it was taken, record), in order of arrival
        self._early: list[tuple[int, Record]] = []
        self._wanted_us = starts_us
        self._is_over = False
        self._trouble: BaseException | None = None
        self._changed = threading.Condition(threading.RLock())

    @property
    def now_us(self) -> int:
        """The clock, microseconds since midnight."""
        if self._wall is not None and not self._is_past:
            self._now_us = max(self._now_us, self._wall())
        return self._now_us

    def go_live(self) -> int:
        """Say that the records of earlier today are in, and that those which come from now on are live; return how many were used.

        Raises GalleriaError where the clock on the wall is not as far as they.
        """
        with self._changed:
            self._give_up_early()
            if self._wall is not None and self._now_us > self._wall() + AHEAD_US:
                found = f"a record that came at {clock_text(self._now_us)[:5]}"
                rule = f"must end before now, and it is {clock_text(self._wall())[:5]}"
                raise GalleriaError.of("galleria twin", [Problem("past", found, rule, "name a feed of earlier today")])
            self._is_past = False
            self._changed.notify_all()
            return self._intake.used

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self._is_over

    def hand_in(self, pairs: Iterable[tuple[int, Record | SetAside]], *, is_patient: bool = True) -> Receipt:
        """Take pairs (arrival, record) and say what became of them.

        A patient caller is held up while the twin is busy with what came before; so what is counted at a quarter of an hour does not depend
        on how fast a file is read. For another FullError is raised where too many wait or the past is being played, and nothing is taken. Raises OverError after `end`.
        """
        with self._changed:
            if self._is_over:
                raise OverError
            if not is_patient and (self._is_past or len(self._held) > HELD_MOST):
                raise FullError
            before, used = dict(self._intake.counts), self._intake.used
            for came_us, record in pairs:
                if is_patient:
                    self._wait_for_twin()
                self._hear(came_us, record)
            self._changed.notify_all()
            more = {why: count - before.get(why, 0) for why, count in self._intake.counts.items()}
            refused = sum(count for why, count in more.items() if why not in USED_THOUGH_ODD)
            reasons = {why.value: count for why, count in more.items() if count > 0}
            return Receipt(self._intake.used - used, refused, reasons, self._last(min(refused, LAST_SHOWN)), len(self._early))

    def report(self) -> dict[str, Any]:
        """Return how many records were used, and how many set aside or odd, by reason, with the last ones set aside; as JSON can hold it."""
        with self._changed:
            counts = self._intake.counts
            refused = sum(count for why, count in counts.items() if why not in USED_THOUGH_ODD)
            reasons = {why.value: counts[why] for why in Why if counts[why]}
            words = self._intake.in_words()
            return {
                "used": self._intake.used,
                "refused": refused,
                "reasons": reasons,
                "last": self._last(LAST_SHOWN),
                "words": words,
            }

    def aside(self) -> list[dict[str, str]]:
        """Return the records set aside that are still kept, in order of arrival: why, record, detail."""
        with self._changed:
            return self._last(len(self._intake.aside))

    def _last(self, number: int) -> list[dict[str, str]]:
        kept = list(self._intake.aside)
        return [{"why": one.why.value, "record": one.text, "detail": one.detail} for one in kept[len(kept) - number :]]

    def end(self, trouble: BaseException | None = None) -> None:
        """Say that nothing more comes; `trouble` is raised where the twin waits for more."""
        with self._changed:
            if not self._is_over:
                self._give_up_early()
            self._is_over, self._trouble = True, trouble
            self._changed.notify_all()

    def quarter(self, until_us: int) -> list[Record] | None:
        """Wait until the clock has passed an instant (and the waiting time), and return what came until then and is not of later.

        None where the feed ended before.
        """
        with self._changed:
            self._wanted_us = until_us
            self._changed.notify_all()
            while not self._is_due(until_us):
                if self._trouble is not None:
                    raise self._trouble
                if self._is_over:
                    return None
                self._changed.wait(LOOK_S)
            return self._taken(until_us)

    def _wait_for_twin(self) -> None:
        while self._is_due(self._wanted_us):
            if self._is_over:
                raise OverError
            self._changed.notify_all()
            self._changed.wait(LOOK_S)

    def _is_due(self, until_us: int) -> bool:
        # What comes at the very end of a quarter of an hour belongs to it, as long as more can come.
        return self.now_us > until_us + self._wait_us or (self._is_over and self.now_us >= until_us)

    def _taken(self, until_us: int) -> list[Record]:
        found, rest = [], deque[tuple[int, Record]]()
        for heard_us, record in self._held:
            if heard_us <= until_us + self._wait_us and record.time_us <= until_us:
                found.append(record)
            else:
                rest.append((heard_us, record))
        self._held = rest
        return sorted(found)

    def _hear(self, came_us: int, record: Record | SetAside) -> None:
        if isinstance(record, SetAside) or (self._wall is not None and not self._is_past):
            self._judge(record)
        elif came_us <= self._now_us + LEAP_US:
            if came_us > self._now_us:
                self._give_up_early()
                self._now_us = came_us
            self._judge(record)
        else:
            self._hear_early(came_us, record)

    def _hear_early(self, came_us: int, record: Record) -> None:
        """Believe a leap of the clock once two records of different sensors or instants agree on it."""
        agreed = [other_us for other_us, other in self._early if abs(other_us - came_us) <= LEAP_US and other[:4] != record[:4]]
        self._early.append((came_us, record))
        if agreed:
            self._now_us = min(came_us, *agreed)
            waiting, self._early = sorted(self._early, key=lambda pair: pair[0]), []
            for pair in waiting:
                self._hear(*pair)
        elif len(self._early) > EARLY_MOST:
            self._judge(self._early.pop(0)[1])

    def _give_up_early(self) -> None:
        """Judge what nobody has confirmed by the clock as it stands: it is from the future."""
        waiting, self._early = self._early, []
        for _, record in waiting:
            self._judge(record)

    def _judge(self, record: Record | SetAside) -> None:
        now_us = self.now_us
        for good in self._intake.take([record], now_us):
            self._held.append((now_us, good))
            if self._copy is not None and not self._is_past:
                self._copy(now_us, good)
