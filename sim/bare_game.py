"""The alliance without a mall: very many merchants of equal sales, members by a law of habit; its resting points, reckoned and played."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from sim.alliance import DAYS_PER_MONTH, Offer, offer, wants_in, wants_out

GRID = 2001
ROUNDS_MOST = 10_000


@dataclass(frozen=True)
class BareGame:
    """Merchants differ in their margin only, and know what the alliance does to sales; a threshold model after Granovetter and Schelling.

    A member's habit is the share of its purchases that earn: the share of merchants that are in, times that of visits on which it shows
    who it is. It chooses among stores by a logit in which one that gives points gains `reward`, and one that gives none loses
    `habit_utility` x habit; what members buy in all does not change.
    """

    subsidy: float = 0.0  # share of fees and of the change-over that somebody else pays
    member_share: float = 0.5  # of sales, without an alliance
    shows_share: float = 0.6
    reward: float = 0.009
    habit_utility: float = 0.10
    margin: float = 0.45  # median
    margin_sigma: float = 0.25
    fee_per_yuan: float = 0.012  # of members' purchases: 1.2 yuan for a point, a point for 100 yuan
    sales_fen: float = 500_000.0  # a day
    till_month_fen: float = 20_000.0
    till_fen: float = 800_000.0
    payback_days: float = 730.0

    def sales(self, share_in: Any) -> tuple[Any, Any]:
        """Return what a merchant sells a day when it is in, and when it is out, where so many are in."""
        pull = np.exp(self.reward + self.habit_utility * self.shows_share * share_in)
        mean = share_in * pull + 1 - share_in
        others = 1 - self.member_share
        return self.sales_fen * (others + self.member_share * pull / mean), self.sales_fen * (others + self.member_share / mean)

    def offers(self, share_in: Any, is_in: Any, margin: Any) -> Offer:
        """Return what being in is worth to merchants of these margins, by the rule of the game that is played in a mall."""
        in_fen, out_fen = self.sales(share_in)
        known = np.log(in_fen / out_fen)
        members = (in_fen - (1 - self.member_share) * self.sales_fen) / in_fen
        fee_share = self.fee_per_yuan * self.shows_share * members * (1 - self.subsidy)
        sales = np.where(is_in, in_fen, out_fen)
        return offer(sales, known, is_in, margin, fee_share, self._running_fen)

    @property
    def _running_fen(self) -> float:
        return self.till_month_fen / DAYS_PER_MONTH

    @property
    def _entry_fen(self) -> float:
        return self.till_fen * (1 - self.subsidy)

    def joining(self, share_in: Any) -> Any:
        """Return the share of all merchants whose margin is high enough to join where so many are in."""
        found = self.offers(share_in, np.False_, np.float64(1.0))
        return self._above((found.cost + self._entry_fen / self.payback_days) / np.maximum(found.gain, 1e-12))

    def staying(self, share_in: Any) -> Any:
        """Return the share whose margin is high enough to stay."""
        found = self.offers(share_in, np.True_, np.float64(1.0))
        return self._above(found.cost / np.maximum(found.gain, 1e-12))

    def _above(self, margin: Any) -> Any:
        return ndtr(-np.log(np.maximum(margin, 1e-300) / self.margin) / self.margin_sigma)

    def rest_from_none(self) -> float:
        """Return where it comes to rest that begins with nobody: the smallest share at which no more want to join than are in."""
        return _first_root(lambda share: self.joining(share) - share, np.linspace(0, 1, GRID))

    def rest_from_all(self) -> float:
        """Return where it comes to rest that begins with everybody: the largest share at which as many want to stay as are in."""
        return _first_root(lambda share: share - self.staying(share), np.linspace(1, 0, GRID))

    def played(self, merchants: int, starts_in: bool, draws: np.ndarray) -> float:
        """Return the share in which so many merchants, of margins drawn, come to rest when each decides in turn, round after round."""
        margin = self.margin * np.exp(self.margin_sigma * ndtri(draws))
        is_in = np.full(merchants, starts_in)
        for _ in range(ROUNDS_MOST):
            found = self.offers(float(is_in.mean()), is_in, margin)
            joins = ~is_in & wants_in(found, np.full(merchants, self._entry_fen), self.payback_days)
            leaves = is_in & wants_out(found)
            if not joins.any() and not leaves.any():
                break
            is_in = (is_in | joins) & ~leaves
        return float(is_in.mean())


def _first_root(gap: Callable[[Any], Any], grid: np.ndarray) -> float:
    """Return where a gap is no longer positive for the first time along a grid, its end where it always is."""
    over = np.flatnonzero(gap(grid) <= 0)
    if over.size == 0 or over[0] == 0:
        return float(grid[-1] if over.size == 0 else grid[0])
    return float(brentq(gap, grid[over[0] - 1], grid[over[0]]))


def tipping_subsidy(of: Callable[[float], float], at_least: float = 0.5) -> float:
    """Return the smallest subsidy, to a ten-thousandth, from which a game comes to rest with at least such a share; 1 where none does."""
    low, high = 0.0, 1.0
    if of(low) >= at_least:
        return low
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (low, middle) if of(middle) >= at_least else (middle, high)
    return high
