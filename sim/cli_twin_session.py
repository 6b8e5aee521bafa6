"""A twin's day at the terminal: its inbox, its page, its files, and what it says on the way."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shlex
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from sim.cli_output import note, say
from sim.cli_run import UNFINISHED
from sim.cli_twin_said import quarter_json, quarter_line, say_summary
from sim.cli_twin_words import Asked, wall_us
from sim.config import RunConfig
from sim.errors import GalleriaError, Problem
from sim.experiments.workers import cores
from sim.feeds.records import Record, rules_of
from sim.floorplan.cache import compiled_for
from sim.opening import mall_hours_min
from sim.reporting.files import sha256_of
from sim.reporting.manifest import galleria_version, write_config
from sim.reporting.twin_files import write_end, write_said
from sim.twin.book import Book
from sim.twin.ensemble import Twin
from sim.twin.following import QUARTER_US, InStep, follow
from sim.twin.inbox import Inbox
from sim.twin.sources import Pair, Past, catch_up, listen, play
from sim.units import US_PER_MIN, clock_text

if TYPE_CHECKING:
    from sim.twin_page.board import Board


class Session:
    """What one command keeps together; `live` runs it."""

    def __init__(self, options: argparse.Namespace, asked: Asked, config: RunConfig, folder: Path) -> None:
        self.options, self.asked, self.config, self.folder = options, asked, config, folder
        opens_min, closes_min = mall_hours_min(config)
        self.book = Book(
            {
                "version": galleria_version(), "scenario": config.name, "question": config.question, "mall": config.floorplan,
                "date": config.date, "opens_us": opens_min * US_PER_MIN, "closes_us": closes_min * US_PER_MIN,
                "members": asked.members, "tries": list(asked.tries), "feed": asked.feed, "is_corrected": not options.free,
            }
        )  # fmt: skip
        self.copied: TextIO | None = None

    def live(self, pairs: Iterable[Pair] | None, past: Sequence[tuple[int, Record]] | None = None) -> int:
        """Keep a twin in step until the feed or the day ends, or somebody stops it. Returns the exit code.

        `pairs` are those of a file, `past` those of earlier today that come before live ones.
        """
        workers = min(cores(), self.asked.members)
        twin = Twin(
            self.config,
            members=self.asked.members,
            tries=self.asked.tries,
            is_assimilating=not self.options.free,
            workers=workers,
        )
        try:
            with self._inbox(past or ()) as inbox, self._page(inbox) as board:
                self._follow(twin, inbox, board, pairs, past)
                self._refuse_useless(inbox)
                if board is not None:
                    _wait_at_page()
        finally:
            twin.close()
        return 0

    def _follow(
        self,
        twin: InStep,
        inbox: Inbox,
        board: Board | None,
        pairs: Iterable[Pair] | None,
        past: Sequence[tuple[int, Record]] | None,
    ) -> None:
        last_us = self.asked.until_us or twin.closes_us
        self._keep(inbox, board)
        if pairs is not None:
            play(pairs, inbox, self.options.pace)
        elif self.asked.feed == "-":
            listen(sys.stdin, inbox, self.config.date, self._past(past))
        elif earlier := self._past(past):
            catch_up(earlier, inbox)
        try:
            for moment in follow(twin, inbox, last_us):
                self.book.add(moment)
                self._keep(inbox, board)
                print(quarter_json(moment) if self.options.json else quarter_line(moment), flush=True)
            is_whole = self.book.latest is not None and self.book.latest.now_us + QUARTER_US > last_us
            whole = f"it was to go on until {clock_text(last_us)[:5]}" if self.asked.until_us else "the day is over"
            self.book.ended = whole if is_whole else "the feed has ended"
        except KeyboardInterrupt:
            self.book.ended = "stopped"
            note(f"What there is, is kept: {self.folder / 'twin.html'}")
            raise
        finally:
            self.book.ended = self.book.ended or "an error"
            inbox.end()
            self._finish(inbox, board)
        self._say(inbox)

    def _say(self, inbox: Inbox) -> None:
        report = inbox.report()
        if self.options.json:
            facts = {"kind": "done", "folder": str(self.folder), "scores": self.book.scores(), "set_aside": report}
            print(json.dumps(facts, separators=(",", ":")), flush=True)
            return
        say_summary(self.book, report)
        say(f"Page:      {self.folder / 'twin.html'}")
        say(f"Forecasts: {self.folder / 'forecasts.parquet'}")

    def _refuse_useless(self, inbox: Inbox) -> None:
        """Raise GalleriaError where records came and not one could be used."""
        report = inbox.report()
        if report["used"] or not report["refused"]:
            return
        last = report["last"][-1]
        found = f"{report['words']}; the last one, {last['why']}: {last['detail']}: {last['record']}"
        rule = f"must hold records of the mall {self.config.floorplan} on {self.config.date}"
        way_out = "name the scenario whose floor plan and date the feed has (date=YYYY-MM-DD)"
        raise GalleriaError.of(self.asked.feed, [Problem("feed", found, rule, way_out)])

    def _past(self, pairs: Sequence[tuple[int, Record]] | None) -> Past | None:
        if pairs is None or self.asked.past is None:
            return None
        return Past(
            self.asked.past, pairs, lambda used: note(f"{used:,} records of earlier today are in; now it takes live ones.")
        )

    @contextmanager
    def _inbox(self, past: Sequence[tuple[int, Record]]) -> Iterator[Inbox]:
        """Give the inbox; the past and what live records it used are kept as a feed of their own, in the order and at the times of their coming."""
        rules = rules_of(compiled_for(self.config))
        if self.asked.file is not None:
            yield Inbox(rules, wait_us=self.asked.wait_us)
            return
        wall = wall_us if self.options.clock == "wall" else None
        has_past = self.asked.past is not None
        # Line by line, so that whatever ends the process loses no record that was taken.
        with open(self.folder / "feed.jsonl", "w", encoding="utf-8", buffering=1) as self.copied:
            for came_us, record in past:  # all of it at once: stopped while it catches up, the twin can go on from here as well
                self._copy(came_us, record)
            self._keep_safe()
            yield Inbox(rules, wait_us=self.asked.wait_us, wall=wall, copy=self._copy, has_past=has_past)

    def _copy(self, came_us: int, record: Record) -> None:
        assert self.copied is not None
        facts = {"came_us": came_us, "date": self.config.date, **record._asdict()}
        self.copied.write(json.dumps(facts, separators=(",", ":")) + "\n")

    def _keep_safe(self) -> None:
        """See to it that what was copied outlasts a power cut."""
        if self.copied is not None:
            self.copied.flush()
            os.fsync(self.copied.fileno())

    @contextmanager
    def _page(self, inbox: Inbox) -> Iterator[Board | None]:
        """Serve page and feed where asked; gives the board that the page shows."""
        is_feed = self.asked.feed == "http"
        if not (self.options.page or is_feed):
            yield None
            return
        # They need the extra `studio`, which nobody else here does.
        from sim.twin_page.app import Desk
        from sim.twin_page.board import Board
        from sim.twin_page.server import served

        board = Board()
        with served(Desk(board, inbox if is_feed else None, self.config.date), self.options.port) as (address, token):
            if is_feed:
                head = f'-H "Authorization: Bearer {token}" -H "Content-Type: application/x-ndjson"'
                note(f"Send records: curl {head} --data-binary @records.jsonl {address}/feed")
            note(f"The twin's page: {address}/#{token}")
            note("Keep the token to yourself. Ctrl-C ends it.")
            yield board

    def _keep(self, inbox: Inbox, board: Board | None) -> None:
        """Write all tables anew, and show the page as it is now."""
        self._keep_safe()
        status = self.book.status(inbox.report())
        alarms = [alarm._asdict() for alarm in self.book.alarms]
        write_said(self.folder, status, self.book.forecasts(), alarms, self.book.tried, inbox.aside())
        if board is not None:
            board.put(self.book, status)

    def _finish(self, inbox: Inbox, board: Board | None) -> None:
        """Write the page and the manifest, however it ended; the folder is whole then."""
        self._keep(inbox, board)
        if self.copied is not None:
            self.copied.close()
        report = inbox.report()
        words = [self.options.scenario, *self.options.words, *(["--free"] if self.options.free else [])]
        facts = {
            "command": shlex.join(["galleria", "twin", *words]),
            "feed": self.asked.feed,
            "feed_sha256": sha256_of(self.asked.file or self.folder / "feed.jsonl"),
            "members": self.asked.members,
            "tries": list(self.asked.tries),
            "ended": self.book.ended,
            "quarters": self.book.quarters,
            "records_used": report["used"],
            "records_set_aside": report["refused"],
        }
        write_config(self.folder, self.config)
        (self.folder / UNFINISHED).unlink(missing_ok=True)
        alarms = [alarm._asdict() for alarm in self.book.alarms]
        write_end(self.folder, self.config, self.book.status(report), self.book.courses(), alarms, facts)


def _wait_at_page() -> None:
    """Let the page stand until Ctrl-C once the twin has ended; that is no interruption."""
    note("The twin has ended; its page stays until Ctrl-C.")
    with contextlib.suppress(KeyboardInterrupt):
        while not threading.Event().wait(60):
            pass
