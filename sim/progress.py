"""The progress of a long command on one line of the terminal: simulated clock, people inside, time left."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from sim.units import US_PER_DAY, US_PER_HOUR, clock_text

_REDRAW_S = 0.2
_BAR_SIGNS = 24
NIGHT_US = 2 * US_PER_HOUR  # until when a day's last customers are on their way


class Progress:
    """Draws nothing where the stream is no terminal; call it as `progress(time_us, people_inside, share_done)`."""

    def __init__(self, label: str, stream: TextIO | None = None, *, wanted: bool | None = None, days: int = 1) -> None:
        self.stream = stream or sys.stderr
        self.label = label
        self.days = days
        self.wanted = self.stream.isatty() if wanted is None else wanted
        self.started_s = time.monotonic()
        self.share_kept: float | None = None  # done before this command began, so that it tells nothing of the pace
        self.drawn_s = -1e9
        self.width = 0

    def __call__(self, time_us: int, people_inside: int, share_done: float) -> None:
        """Show where the simulated day has got to; `share_done` is 0 to 1."""
        self._draw(f"{instant_text(time_us, self.days)}  {people_inside:>7,} inside", share_done)

    def count(self, done: int, total: int, noun: str = "runs") -> None:
        """Show how many of many pieces of work are done; those of the first call were done before."""
        if self.share_kept is None:
            self.share_kept, self.started_s = done / max(total, 1), time.monotonic()
        self._draw(f"{done} of {total} {noun}", done / max(total, 1))

    def close(self) -> None:
        """Clear the line."""
        if self.wanted and self.width:
            self.stream.write("\r" + " " * self.width + "\r")
            self.stream.flush()
            self.width = 0

    def _draw(self, what: str, share_done: float) -> None:
        now_s = time.monotonic()
        if not self.wanted or (now_s - self.drawn_s < _REDRAW_S and share_done < 1):
            return
        self.drawn_s = now_s
        share = min(max(share_done, 0.0), 1.0)
        filled = round(share * _BAR_SIGNS)
        line = f"{self.label} [{'#' * filled}{'.' * (_BAR_SIGNS - filled)}] {share:4.0%}  {what}{self._left(now_s, share)}"
        self.stream.write("\r" + line.ljust(self.width))
        self.stream.flush()
        self.width = len(line)

    def _left(self, now_s: float, share: float) -> str:
        kept = self.share_kept or 0.0
        if share <= kept + 0.01 * (1 - kept) or share >= 1:
            return ""
        left_s = (now_s - self.started_s) * (1 - share) / (share - kept)
        minutes, seconds = divmod(int(left_s), 60)
        clock = f"{minutes}:{seconds:02d}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
        return f"  {clock} left"


def instant_text(time_us: int, days: int = 1) -> str:
    """Return an instant as "14:35", or among several days as "day 3 of 7, 14:35"; a day goes on until two in the morning."""
    if days == 1:
        return clock_text(time_us)[:5]
    day = max(time_us - NIGHT_US, 0) // US_PER_DAY
    return f"day {day + 1} of {days}, {clock_text(time_us - day * US_PER_DAY)[:5]}"
