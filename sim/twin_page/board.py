"""What the server shows of the twin: set by the thread that lives it, read by the one that serves."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from sim.reporting.files import json_text
from sim.reporting.twin_page import masthead, sections, spoken
from sim.twin.book import Book


class Board:
    """The latest status and the parts of the page, each with a number that grows when they change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version = 0
        self._status = "{}\n"
        self._parts = "{}\n"

    def put(self, book: Book, status: Mapping[str, Any]) -> None:
        """Show what a book holds now, whose status was taken just before."""
        alarms = [alarm._asdict() for alarm in book.alarms]
        parts: dict[str, Any] = {
            "spoken": spoken(status),
            "is_over": bool(status["ended"]),
            "masthead": masthead(status),
            "sections": sections(status, book.courses(), alarms),
        }
        with self._lock:
            self._version += 1
            self._status = json_text(dict(status), indent=None)
            self._parts = json_text({"version": self._version, **parts}, indent=None)

    def status(self) -> str:
        """Return the status as JSON."""
        with self._lock:
            return self._status

    def parts(self, known: int) -> str | None:
        """Return the parts of the page as JSON; None where whoever asks knows this version."""
        with self._lock:
            return None if known == self._version else self._parts
