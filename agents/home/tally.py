"""What happened at home, in numbers: of the last day, and of the run so far."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from sim.home import HOME_BANDS


@dataclass
class HomeCounts:
    """Counts; bands are of sim.home.HOME_BAND_EDGES_KM, leaflets left out."""

    sent: int = 0
    opened: int = 0
    claimed: int = 0
    redeemed: int = 0
    redeemed_same_day: int = 0
    expired: int = 0
    drawn: int = 0  # visits that would not have been made on that day
    leaflets: int = 0
    leaflets_read: int = 0
    leaflet_coupons: int = 0
    leaflets_redeemed: int = 0
    invited: int = 0
    subscribed: int = 0
    new_followers: int = 0
    unfollowed: int = 0
    blocked: int = 0
    cost_fen: int = 0  # of messages and leaflets
    coupons_fen: int = 0  # what used coupons took off
    claimed_in: np.ndarray = field(default_factory=lambda: np.zeros(HOME_BANDS, np.int64))
    redeemed_in: np.ndarray = field(default_factory=lambda: np.zeros(HOME_BANDS, np.int64))


class HomeTally(HomeCounts):
    """The counts of a day; sums of the days before are kept beside."""

    def __init__(self) -> None:
        super().__init__()
        self._before = HomeCounts()

    def begin(self) -> None:
        """Begin a day: what is counted so far goes to the sums."""
        fresh = HomeCounts()
        for item in fields(HomeCounts):
            setattr(self._before, item.name, getattr(self._before, item.name) + getattr(self, item.name))
            setattr(self, item.name, getattr(fresh, item.name))

    def take_claims(self, coupons: np.ndarray) -> None:
        """Count coupons that were taken."""
        mine = coupons[coupons["is_leaflet"] == 0]
        self.claimed += mine.size
        self.leaflet_coupons += coupons.size - mine.size
        self.claimed_in += np.bincount(mine["band"], minlength=HOME_BANDS)

    def take_used(self, coupons: np.ndarray, day: int) -> None:
        """Count coupons that were used."""
        mine = coupons[coupons["is_leaflet"] == 0]
        self.redeemed += mine.size
        self.leaflets_redeemed += coupons.size - mine.size
        self.redeemed_same_day += int((mine["day"] == day).sum())
        self.redeemed_in += np.bincount(mine["band"], minlength=HOME_BANDS)

    def facts(self) -> dict[str, Any]:
        """Return the day's counts, and under `total` those of the run so far, as whole numbers and lists of them."""
        today = {item.name: _plain(getattr(self, item.name)) for item in fields(HomeCounts)}
        total = {item.name: _plain(getattr(self, item.name) + getattr(self._before, item.name)) for item in fields(HomeCounts)}
        return {"today": today, "total": total}


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else int(value)
