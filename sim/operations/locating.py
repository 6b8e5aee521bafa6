"""The cadence on which the position platform asks where each phone is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Locating:
    """Calls `locate(now_us)` every `every_us`; before the reviews of the same instant, which may want the places."""

    locate: Callable[[int], None]
    every_us: int
    until_us: int
    next_us: int | None
    rank: int = 40

    def act(self, now_us: int) -> None:
        """Ask once."""
        self.locate(now_us)
        following_us = now_us + self.every_us
        self.next_us = following_us if following_us < self.until_us else None
