"""Points that end: at midnight those whose time is over leave their members."""

from __future__ import annotations

from dataclasses import dataclass

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.ledger.doors import expire_lots
from sim.ledger.records import Count
from sim.units import US_PER_DAY


@dataclass
class Expiry:
    """Lets points expire at the midnight that ends the day, before whoever is still there can spend them."""

    crowd: Crowd
    next_us: int | None = US_PER_DAY
    rank: int = 25

    def act(self, now_us: int) -> None:
        """Post one transfer for each member with points whose time is over."""
        account = 0
        while account < self.crowd.ledger.book.book_counts[Count.ACCOUNTS]:
            self.crowd.make_room_in_books()
            account = expire_lots(self.crowd.ledger.book, now_us, account)
        self.next_us = None


def expiry_of(crowd: Crowd, config: RunConfig) -> list[Expiry]:
    """Return the operation; none where points are permanent."""
    return [Expiry(crowd)] if config.points.is_on and config.points.expiry != "never" else []
