"""Somebody who looks at the mall on a cadence and changes nothing: a model, a collector of data, a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.crowd.engine import Crowd


@dataclass(frozen=True)
class Watch:
    """Who looks, and how often."""

    look: Callable[[Crowd, int], None]  # (crowd, now_us): must leave everything as it is
    every_us: int


@dataclass
class Watching:
    """Lets somebody look every `watch.every_us`, after all that the mall does at that instant."""

    crowd: Crowd
    watch: Watch
    until_us: int
    next_us: int | None
    rank: int = 990

    def act(self, now_us: int) -> None:
        """Look once."""
        self.watch.look(self.crowd, now_us)
        following_us = now_us + self.watch.every_us
        self.next_us = following_us if following_us <= self.until_us else None
