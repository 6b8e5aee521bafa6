"""Who has brought each resident to the programme: a merchant that recruited or labelled it, or a member whose tale it had heard."""

from __future__ import annotations

import numpy as np

from agents.population import Residents
from sim.config import RunConfig
from sim.crowd.points.referral_records import Brought
from sim.crowd.points.referring_built import life_us_of, nobody_referred
from sim.lived import Lived
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.units import US_PER_DAY

NONE = -1


class Referrers:
    """A REFERRAL of each resident, which the crowd reads and merchants label in; of nobody where there is no referral."""

    def __init__(self, config: RunConfig, residents: Residents, compiled: CompiledPlan) -> None:
        referral = config.referral
        self._seed, self._key = config.seed, residents.key
        self._is_last, self._friends = referral.rule == "last_touch", referral.friends
        self._recruit_share = referral.recruit_share
        self.table = nobody_referred(residents.key.size if referral.is_on else 0)
        self._told_by = np.full(self.table.size, NONE, np.int32)  # of first visits: whose tale they followed
        self._bought_at = np.full(self.table.size, NONE, np.int32)  # today: the store that would have recruited it
        if referral.is_on:
            self._begin(residents, compiled, life_us_of(config), referral.of_old_share)

    def _begin(self, residents: Residents, compiled: CompiledPlan, life_us: int, share: float) -> None:
        """Let merchants have brought some of the members of old, large stores more of them, at any time that still counts."""
        members = np.flatnonzero(residents.is_member > 0)
        rows = members[self._draw("brought of old", members, 0) < share]
        area = np.cumsum(compiled.arrays.unit_area_m2)
        if rows.size == 0 or area.size == 0:
            return
        where = self._draw("brought of old", rows, 1) * area[-1]
        unit = np.minimum(np.searchsorted(area, where, side="right"), area.size - 1)
        ago_us = (self._draw("brought of old", rows, 2) * life_us).astype(np.int64)
        self._bring(rows, unit, np.full(rows.size, NONE), Brought.JOINED, -ago_us)

    @property
    def is_on(self) -> bool:
        """Whether there is referral at all."""
        return bool(self.table.size)

    def begin_day(self, account_of: np.ndarray) -> None:
        """Let friends be paid into the accounts (by resident, NONE) that they have by now."""
        told = np.flatnonzero(self.table["teller"] != NONE)
        teller = self.table["teller"][told]
        known = teller < account_of.size
        self.table["friend"][told[known]] = account_of[teller[known]]

    def learn(self, lived: Lived, first: np.ndarray, tellers: np.ndarray) -> None:
        """Remember who came for the first time by whose tale, and where who has bought today."""
        if not self.is_on:
            return
        self.come_first(first, tellers)
        outcomes = lived.outcomes[lived.outcomes["resident"] >= 0]
        outcomes = outcomes[np.argsort(outcomes["number"], kind="stable")]
        bought = lived.bought if outcomes.size else lived.bought[:0]
        place = np.minimum(np.searchsorted(outcomes["number"], bought["number"]), outcomes.size - 1)
        known = outcomes["number"][place] == bought["number"]
        self.see_purchases(outcomes["resident"][place[known]], bought["unit"][known])

    def come_first(self, rows: np.ndarray, tellers: np.ndarray) -> None:
        """Residents have come for the first time; a teller of NONE stands for nobody."""
        if self.is_on and self._friends:
            self._told_by[rows] = tellers

    def see_purchases(self, residents: np.ndarray, units: np.ndarray) -> None:
        """Draw one of the day's purchases of each resident, each as likely: that store would have recruited it."""
        if not self.is_on:
            return
        self._bought_at[:] = NONE
        order = np.argsort(residents, kind="stable")
        residents, units = residents[order], units[order]
        rows, first, count = np.unique(residents, return_index=True, return_counts=True)
        drawn = (self._draw("recruited where", rows, 0) * count).astype(np.int64)
        self._bought_at[rows] = units[first + drawn]

    def join(self, rows: np.ndarray, days_before: int, is_member: np.ndarray, units: np.ndarray | None = None) -> None:
        """Residents have become members on the run's `days_before`-th day after its first: whose are they?

        A tale came before the till: it is the first touch, and the till the last. Who told counts only if a member itself.
        `units` says at which merchant each has joined where that is known; else one at which it bought today has drawn it.
        """
        if not self.is_on or rows.size == 0:
            return
        unit = units
        if unit is None:
            unit = np.where(self._draw("recruited", rows, 0) < self._recruit_share, self._bought_at[rows], NONE)
        teller = self._told_by[rows]
        teller = np.where((teller != NONE) & (is_member[teller] > 0), teller, NONE)
        if self._is_last:
            teller = np.where(unit != NONE, NONE, teller)
        else:
            unit = np.where(teller != NONE, NONE, unit)
        since_us = np.full(rows.size, (days_before + 1) * US_PER_DAY)
        for how, mine in ((Brought.JOINED, unit != NONE), (Brought.FRIEND, teller != NONE)):
            self._bring(rows[mine], unit[mine], teller[mine], how, since_us[mine])

    def forget_units(self, is_new: np.ndarray) -> None:
        """Other businesses have moved into some units: nobody was brought by them."""
        gone = (self.table["unit"] != NONE) & is_new[self.table["unit"]]
        self.table["how"][gone] = Brought.NOT
        self.table["unit"][gone] = NONE

    def _bring(self, rows: np.ndarray, unit: np.ndarray, teller: np.ndarray, how: Brought, since_us: np.ndarray) -> None:
        table = self.table
        table["since_us"][rows], table["returned_fen"][rows] = since_us, 0
        table["unit"][rows], table["teller"][rows], table["friend"][rows], table["how"][rows] = unit, teller, NONE, how

    def _draw(self, purpose: str, rows: np.ndarray, count: int) -> np.ndarray:
        return uniforms(stream_key(self._seed, purpose), self._key[rows], count)
