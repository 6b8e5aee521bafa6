"""Keeps a twin in step with an inbox, a quarter of an hour at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from sim.feeds.records import Record
from sim.twin.inbox import Inbox
from sim.twin.moment import Moment
from sim.units import US_PER_MIN

QUARTER_US = 15 * US_PER_MIN


class InStep(Protocol):
    """What is asked of a twin here; `sim.twin.ensemble.Twin` is one."""

    opens_us: int
    closes_us: int

    def step(self, until_us: int, records: Sequence[Record]) -> Moment:
        """Go on to a multiple of fifteen minutes with what was measured until then."""


def follow(twin: InStep, inbox: Inbox, until_us: int) -> Iterator[Moment]:
    """Yield the twin at the end of each quarter of an hour, as soon as the feed has passed it, until `until_us` or the feed's end."""
    at_us = (twin.opens_us // QUARTER_US + 1) * QUARTER_US
    while at_us <= until_us:
        records = inbox.quarter(at_us)
        if records is None:
            return
        yield twin.step(at_us, records)
        at_us += QUARTER_US
