"""Tiers of membership: what residents have spent in the last twelve months, and what their tier gives them."""

from __future__ import annotations

import datetime

import numpy as np

from agents.population import Residents
from sim.config import RunConfig
from sim.visitors import NOBODY, Visitors

MONTHS = 12
DAYS_PER_MONTH = 365 / MONTHS
FEN_PER_YUAN, CENTIPOINTS, THOUSAND = 100, 100, 1000
FEN_MAX = 2**31 - 1


class Tiers:
    """What each resident has spent, by month; 52 bytes a resident. Tier 0 is none, tier k the k-th of `points.tiers`."""

    def __init__(self, config: RunConfig, residents: Residents) -> None:
        """Begin with what residents spent before the run, the same in each month: visits x points.spent_before_yuan."""
        points = config.points
        self._tiers = points.tiers
        a_month_fen = residents.visits_per_day * DAYS_PER_MONTH * points.spent_before_yuan * FEN_PER_YUAN
        a_month = np.minimum(a_month_fen, FEN_MAX).astype(np.int32)
        self._spent_fen = np.tile(a_month, (MONTHS, 1))  # by month of the calendar: the last twelve
        self._month = _month_of(datetime.date.fromisoformat(config.date))
        self._from_fen = np.array([tier.from_yuan * FEN_PER_YUAN for tier in points.tiers])
        self.tier = self._tier_now()  # int8: that whose bonus has been given, or was reached before the run
        self._earns_milli = np.array([THOUSAND, *(round(THOUSAND * tier.factor) for tier in points.tiers)], np.int32)
        self._bonus_centi = np.array([0, *(round(CENTIPOINTS * tier.bonus_points) for tier in points.tiers)], np.int64)
        self._is_vip = np.array([False, *(tier.parks_as_vip for tier in points.tiers)])

    def _tier_now(self) -> np.ndarray:
        spent_fen = self._spent_fen.sum(axis=0, dtype=np.int64)
        return np.searchsorted(self._from_fen, spent_fen, side="right").astype(np.int8)

    def described(self, visitors: Visitors) -> Visitors:
        """Return parties with what their tier gives them: factor, VIP bays where a tier has them, and the bonus for a tier just reached."""
        members = np.flatnonzero((visitors.is_member == 1) & (visitors.resident != NOBODY))
        resident = visitors.resident[members]
        now = np.searchsorted(self._from_fen, self._spent_fen[:, resident].sum(axis=0, dtype=np.int64), side="right").astype(
            np.int8
        )
        earns_milli, bonus_centi = visitors.earns_milli.copy(), visitors.bonus_centi.copy()
        earns_milli[members] = self._earns_milli[now]
        shown = np.flatnonzero(visitors.shows_card[members] == 1)  # who does not show the card is told at a later visit
        _, first = np.unique(resident[shown], return_index=True)
        up = shown[first]
        up = up[now[up] > self.tier[resident[up]]]
        steps = np.cumsum(self._bonus_centi)
        bonus_centi[members[up]] = steps[now[up]] - steps[self.tier[resident[up]]]
        self.tier[resident[up]] = now[up]
        visitors = visitors._replace(earns_milli=earns_milli, bonus_centi=bonus_centi)
        if self._is_vip.any():
            is_vip = np.zeros_like(visitors.is_vip)
            is_vip[members] = self._is_vip[now]
            visitors = visitors._replace(is_vip=is_vip)
        return visitors

    def learn(self, outcomes: np.ndarray, date: datetime.date) -> None:
        """Add what a day's visits have spent; a new month takes the place of the same month a year ago."""
        month = _month_of(date)
        for gone in range(self._month + 1, min(month, self._month + MONTHS) + 1):
            self._spent_fen[gone % MONTHS] = 0
        self._month = month
        known = outcomes[outcomes["resident"] != NOBODY]
        row = self._spent_fen[month % MONTHS].astype(np.int64)
        np.add.at(row, known["resident"], known["spent_fen"])
        self._spent_fen[month % MONTHS] = np.clip(row, 0, FEN_MAX)


def _month_of(date: datetime.date) -> int:
    return 12 * date.year + date.month - 1
