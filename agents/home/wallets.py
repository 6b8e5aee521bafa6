"""The coupons that residents keep at home: a table with a row each, until it is used or its time is over."""

from __future__ import annotations

import numpy as np

from sim.visitors import COUPONS_MAX

COUPON = np.dtype(
    [
        ("resident", "i8"), ("offer", "i4"), ("unit", "i4"), ("day", "i4"), ("until_day", "i4"), ("reserved_fen", "i8"), ("message", "i8"),
        ("pull", "f8"), ("remembers", "f8"), ("band", "i1"), ("is_leaflet", "i1"),
    ]
)  # fmt: skip
# offer: its number in the run; unit: the store it is for, -1 where any takes it; day: ordinal on which it was taken; until_day: first on
# which it is no good; pull, remembers: on that day, before they fade


class Wallets:
    """All coupons that anybody holds, in order of (resident, offer); nobody holds two of one offer."""

    def __init__(self) -> None:
        self.held = np.zeros(0, COUPON)

    def add(self, coupons: np.ndarray) -> None:
        """Put coupons in; whoever holds as many as it can keeps those it has."""
        self.held = np.concatenate([self.held, coupons])
        self._sort()

    def room(self, residents: np.ndarray, offer: int) -> np.ndarray:
        """Return who of some residents could take one of an offer (bool)."""
        first, last = (np.searchsorted(self.held["resident"], residents, side) for side in ("left", "right"))
        has = np.isin(residents, self.held["resident"][self.held["offer"] == offer])
        return (last - first < COUPONS_MAX) & ~has

    def expire(self, day: int) -> np.ndarray:
        """Take out those that are no good any more on a day, and return them."""
        is_over = self.held["until_day"] <= day
        gone, self.held = self.held[is_over], self.held[~is_over]
        return gone

    def use(self, residents: np.ndarray, offers: np.ndarray) -> np.ndarray:
        """Take out one coupon for each pair of resident and offer that has one, and return those."""
        factor = int(max(self.held["offer"].max(initial=0), offers.max(initial=0))) + 1
        wanted = np.unique(residents * factor + offers)
        is_used = np.isin(self.held["resident"] * factor + self.held["offer"], wanted)
        used, self.held = self.held[is_used], self.held[~is_used]
        return used

    def of(self, residents: np.ndarray) -> np.ndarray:
        """Return the places of the coupons of each, (n, COUPONS_MAX), -1 where there is no more."""
        first, last = (np.searchsorted(self.held["resident"], residents, side) for side in ("left", "right"))
        at = first[:, None] + np.arange(COUPONS_MAX)
        found: np.ndarray = np.where(at < last[:, None], at, -1)
        return found

    def _sort(self) -> None:
        self.held = self.held[np.lexsort((self.held["offer"], self.held["resident"]))]
