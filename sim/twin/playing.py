"""A twin from Python: plays a feed's file to its end and gives the book of all that was said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sim.config import RunConfig
from sim.feeds.records import rules_of
from sim.floorplan.cache import compiled_for
from sim.twin.book import Book
from sim.twin.ensemble import MEMBERS, Twin
from sim.twin.following import follow
from sim.twin.inbox import Inbox
from sim.twin.moment import Moment
from sim.twin.sources import checked_file, play


def played(
    config: RunConfig,
    feed: Path | str,
    *,
    members: int = MEMBERS,
    tries: Sequence[str] = (),
    until_us: int | None = None,
    wait_us: int = 0,
    is_assimilating: bool = True,
    workers: int = 2,
    told: Callable[[Moment], None] | None = None,
) -> Book:
    """Return the book of a day that a file holds; `told` gets each quarter of an hour as it ends.

    `until_us` (microseconds since midnight; None: closing) ends the day, `wait_us` is how long one waits for late records. Without
    `is_assimilating` the malls are not corrected. Raises GalleriaError for a file that is no feed and for what cannot be a twin.
    """
    pairs = checked_file(Path(feed), config.date)
    inbox = Inbox(rules_of(compiled_for(config)), wait_us=wait_us)
    twin = Twin(config, members=members, tries=tries, is_assimilating=is_assimilating, workers=workers)
    facts = {"scenario": config.name, "date": config.date, "opens_us": twin.opens_us, "closes_us": twin.closes_us}
    book = Book({**facts, "members": members, "tries": list(tries), "feed": str(feed)})
    try:
        play(pairs, inbox)
        for moment in follow(twin, inbox, until_us or twin.closes_us):
            book.add(moment)
            if told is not None:
                told(moment)
    finally:
        inbox.end()
        twin.close()
    book.set_aside = inbox.report()
    return book
