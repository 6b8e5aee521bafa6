"""What members hold in points and what that does between visits: the pull of the purse, habits, reminders, lost accounts."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtri

from agents.population import Residents
from sim.config import RunConfig
from sim.random_streams import stream_key, uniforms
from sim.visitors import NOBODY, UNLIMITED_FEN

CENTIPOINTS = 100  # in a point; a point is worth a yuan, a centi-point a fen
DAYS_PER_YEAR = 365.25
NEVER = -(2**15)  # has not burned
SAVED = ("habit", "last_burn")


class Holdings:
    """By resident: the habit of earning, when it burned last, and what it held before the run; the mental cost of burning is drawn when asked."""

    def __init__(self, config: RunConfig, residents: Residents) -> None:
        self._loyalty, self._membership = config.loyalty, config.membership
        self._is_on, self._seed, self._key = config.points.is_on, config.seed, residents.key
        loyalty, members = self._loyalty, np.flatnonzero(residents.is_member > 0)
        joins = self._draw("pushed to join", residents.key) < loyalty.joins_at_start_share
        self.pushed = np.flatnonzero(joins & (residents.is_member == 0) & (residents.visits_per_day > 0))
        per_day = self._earning_per_day(residents, members)
        earned = self._earned_before(residents, members)
        # It piles up, is burned and piles up again; of hundreds of occasions the cheapest is two deviations below the member's cost.
        least = self.cost_fen(members) / CENTIPOINTS * np.exp(-2 * loyalty.burning.occasion_sigma)
        left = np.mod(earned, np.maximum(least, 1.0))
        self.habit = np.zeros(residents.key.size, np.float16)  # share of purchases that earned, as the member feels it
        self.habit[members] = -np.expm1(-earned / loyalty.habit_scale_points)
        self.last_burn = np.full(residents.key.size, NEVER, np.int16)  # day of the run, negative before it
        ago = np.minimum(left / np.maximum(per_day, 1e-9), -(NEVER + 1))
        self.last_burn[members] = np.where(earned > left, -ago, NEVER).astype(np.int16)
        self.from_before_centi = np.zeros(residents.key.size, np.int64)
        self.from_before_centi[members] = np.floor(left).astype(np.int64) * CENTIPOINTS
        self._known = self._pressure(self.from_before_centi, residents.is_member, 0)  # what the rates of residents know
        if not self._is_on:  # without a programme there is nothing to hold, and nothing to know
            self.from_before_centi[:] = 0
            self._known[:] = 0
        self.days = 0  # lived
        self._counts = [0, 0, 0]  # centi-points earned, and redeemed, in the run; held at the end of each day, added up

    def _draw(self, purpose: str, key: np.ndarray) -> np.ndarray:
        return uniforms(stream_key(self._seed, purpose), key, 0)

    def cost_fen(self, rows: np.ndarray) -> np.ndarray:
        """Return the worth of points from which each would rather burn than keep them (int64)."""
        burning = self._loyalty.burning
        normal = ndtri(self._draw("cost of burning", self._key[rows]))
        cost_fen = CENTIPOINTS * burning.cost_yuan * np.exp(burning.cost_sigma * normal)
        found: np.ndarray = np.clip(cost_fen, 1, UNLIMITED_FEN).astype(np.int64)
        return found

    def gone(self, rows: np.ndarray) -> np.ndarray:
        """Return who of some residents has died by now, or lost the account for good (bool): lives are exponential."""
        per_day = -np.log1p(-min(self._loyalty.gone_share_per_year, 1 - 1e-9)) / DAYS_PER_YEAR
        found: np.ndarray = -np.log(self._draw("account lost", self._key[rows])) < per_day * self.days
        return found

    def _earning_per_day(self, residents: Residents, rows: np.ndarray) -> np.ndarray:
        """Return the points that each earns in a day: who holds more shows it more often, so the middle between none and all."""
        shown = (1 + self._loyalty.shows_share) / 2 * self._loyalty.points_per_visit
        found: np.ndarray = shown * residents.visits_per_day[rows].astype(np.float64) * residents.spend_scale[rows]
        return found

    def _earned_before(self, residents: Residents, rows: np.ndarray) -> np.ndarray:
        """Return the points that members of old have earned since they joined: a Poisson number of visits, as a normal deviate."""
        days = DAYS_PER_YEAR * self._loyalty.programme_years * self._draw("joined", residents.key[rows])
        visits = residents.visits_per_day[rows].astype(np.float64) * days
        spread = np.sqrt(visits) * ndtri(self._draw("earned before", residents.key[rows]))
        luck = np.maximum(visits + spread, 0.0) / np.maximum(visits, 1e-9)
        found: np.ndarray = self._earning_per_day(residents, rows) * days * luck
        return found

    def _pressure(self, points_centi: np.ndarray, is_member: np.ndarray, day: int) -> np.ndarray:
        """Return how much each member's points press it to come, in [0, 1]: the strongest of three reasons, so that none counts twice.

        How much it holds; how near it is to what it would burn; that it has just burned some. Nothing presses those who are no members.
        """
        found = np.zeros(points_centi.size, np.float32)
        loyalty = self._loyalty
        rows = np.flatnonzero((is_member > 0) & ((points_centi > 0) | (self.last_burn > NEVER)))
        held = np.maximum(points_centi[rows], 0)
        purse = -np.expm1(-held / (CENTIPOINTS * self._membership.points_scale))
        goal = loyalty.goal_weight * np.square(np.minimum(1.0, held / self.cost_fen(rows)))
        since = np.where(self.last_burn[rows] > NEVER, day - self.last_burn[rows].astype(np.float64), np.inf)
        after = np.exp(-np.maximum(since, 0.0) / loyalty.momentum_days)
        found[rows] = np.maximum(np.maximum(purse, goal), after)
        return found

    def effect(self, points_centi: np.ndarray, is_member: np.ndarray, day: int) -> tuple[np.ndarray, np.ndarray]:
        """Return rows, and the log of the factor by which points, and a price cut for members, move their visits on a day of the run.

        What they held from before the run is in the rates at which residents come: nobody is moved on the first day, and with
        points off nobody ever is by them.
        """
        now = self._pressure(points_centi, is_member, day) if self._is_on else np.zeros(points_centi.size)
        found = self._membership.points_effect * (now - self._known)
        found += self._loyalty.discount_visits_effect * self._loyalty.member_discount_share * (is_member > 0)
        rows = np.flatnonzero(found)
        return rows, found[rows]

    def brought(
        self, number: np.ndarray, resident: np.ndarray, is_member: np.ndarray, points_centi: np.ndarray
    ) -> dict[str, np.ndarray]:
        """Return the columns of `Visitors` about the points of whose visit each is; of a stranger: none."""
        row = np.where(resident == NOBODY, 0, resident)
        is_own = (resident != NOBODY) & (is_member == 1)
        held = np.where(is_own, points_centi[row], 0)
        loyalty = self._loyalty
        more = -np.expm1(-np.maximum(held, 0) / (CENTIPOINTS * loyalty.shows_scale_points))
        shows = self._draw("shows card", number) < loyalty.shows_share + (1 - loyalty.shows_share) * more
        return {
            "points_centi": np.where(is_own, self.from_before_centi[row], 0),
            "shows_card": shows.astype(np.int8),
            "habit": np.where(is_own, self.habit[row], 0.0).astype(np.float64),
            "burn_cost_fen": np.where(is_own, self.cost_fen(row), UNLIMITED_FEN),
        }

    def learn_habits(self, outcomes: np.ndarray) -> None:
        """Let a day's purchases, shown to be a member's or not, move the habit of whoever bought."""
        self.days += 1
        mine = outcomes[(outcomes["resident"] >= 0) & (outcomes["is_member"] == 1) & (outcomes["purchases"] > 0)]
        rows, index = np.unique(mine["resident"], return_inverse=True)
        bought = np.bincount(index, mine["purchases"], minlength=rows.size)
        earned = np.bincount(index, mine["recognised"], minlength=rows.size) * self._is_on
        habit = self.habit[rows].astype(np.float64)
        self.habit[rows] = habit + self._loyalty.habit_weight * (earned / np.maximum(bought, 1) - habit)

    def take(
        self, points_centi: np.ndarray, balances_centi: np.ndarray, is_open: np.ndarray, issued_centi: int, redeemed_centi: int
    ) -> None:
        """Know what is held at the end of a day; `points_centi` is changed. A balance that fell was burned, by whoever holds fewer."""
        burned = is_open & (balances_centi < points_centi)
        self.last_burn[burned] = min(max(self.days - 1, 0), -NEVER - 1)
        points_centi[is_open] = balances_centi[is_open]
        earned_centi = issued_centi - int(self.from_before_centi[is_open].sum())
        self._counts = [earned_centi, redeemed_centi, self._counts[2] + int(points_centi.sum())]

    def reminded(
        self, points_centi: np.ndarray, is_member: np.ndarray, last_visit_day: np.ndarray, start: int, day: int
    ) -> np.ndarray:
        """Return whom the programme tells today what they hold: members who have been away and hold something, every so many days."""
        loyalty = self._loyalty
        absent_days, least_centi = loyalty.reminder_absent_days, CENTIPOINTS * loyalty.reminder_points
        if loyalty.reminder_days == 0 or not self._is_on:
            return np.zeros(0, np.int64)
        away = day - np.where(last_visit_day < 0, start, last_visit_day) - absent_days
        holds = (is_member > 0) & (points_centi >= least_centi)
        return np.flatnonzero(holds & (away >= 0) & (away % loyalty.reminder_days == 0))

    def lose(self, is_member: np.ndarray) -> None:
        """Let members die or lose their accounts for good; `is_member` is changed. What they hold stays out for ever (row H3)."""
        members = np.flatnonzero(is_member)
        is_member[members[self.gone(members)]] = 0

    def summary(self, points_centi: np.ndarray, is_member: np.ndarray, seen: np.ndarray) -> dict[str, Any]:
        """Return what members hold in numbers; the rate of burning is that of the run so far."""
        members = int(is_member.sum())
        earned, redeemed, held_days = self._counts
        lost = np.flatnonzero((points_centi > 0) & (is_member == 0))
        return {
            "members_active_share": float((seen & (is_member > 0)).sum() / members) if members else None,
            "points_burned_per_year_share": redeemed * DAYS_PER_YEAR / held_days if held_days > 0 else None,
            "points_cost_fen": redeemed + round(self._loyalty.redeemed_later_share * (earned - redeemed)),
            "points_held_all": int(points_centi.sum()) / CENTIPOINTS,
            "points_of_the_gone": int(points_centi[lost].sum()) / CENTIPOINTS,
            "habit_mean_members": float(self.habit[is_member > 0].mean()) if members else None,
        }

    def saved(self) -> dict[str, np.ndarray]:
        """Return all that has been learnt, by name."""
        return {
            **{f"holdings_{name}": getattr(self, name) for name in SAVED},
            "holdings_counts": np.array([self.days, *self._counts], np.int64),
        }

    def restore(self, columns: dict[str, np.ndarray]) -> None:
        """Take back what `saved` has returned."""
        for name in SAVED:
            getattr(self, name)[...] = columns[f"holdings_{name}"]
        self.days, *self._counts = (int(count) for count in columns["holdings_counts"])
