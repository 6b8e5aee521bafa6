"""The alliance from day to day: what its tenants have decided, what each knows of its own books, and how tills roll out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import ndtri

from agents.alliance_accounts import BOOK, Accounts
from agents.alliance_roll_out import RollOut
from sim.alliance import NO_RETURN, PART, STATEMENT, Change, Stage, share_in
from sim.categories import CATEGORIES
from sim.config import RunConfig
from sim.decisions import Decision, JoinAlliance, LeaveAlliance
from sim.errors import ConfigError
from sim.lived import Lived
from sim.paths import unknown_name
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.schema.alliance import words_of
from sim.sensing.observations import Observations
from sim.units import US_PER_MIN

Decide = Callable[[int, Observations], list[tuple[str, Decision]]]
FEN_PER_YUAN = 100
LIST_PURPOSE = "customer list"
NOBODY = -1
UNITS_LISTED = "the plan's tenants.csv"


class Alliance:
    """Each tenant's part in the alliance, by unit. All of it is arrays, the same size whatever the days."""

    def __init__(self, config: RunConfig, compiled: CompiledPlan, closes_min: int) -> None:
        self._rules, self._seed, self._key = config.alliance, config.seed, compiled.arrays.unit_key
        self._closes_us = closes_min * US_PER_MIN
        self._index = {unit: index for index, unit in enumerate(compiled.unit_ids)}
        self._opens_day = self._rules.others_from_day
        self.founders = founders_of(self._rules.founders, compiled)
        units = len(compiled.unit_ids)
        self.today = np.zeros(units, PART)
        self.today["return_permille"] = NO_RETURN
        self.books = np.zeros(units, BOOK)
        self.anchor = _anchor_of(config, compiled, self.founders)
        self.today["is_anchor"][self.anchor] = 1
        self.accounts = Accounts(config, compiled, self.books, self.today)
        self.roll_out = RollOut(config, compiled, self.accounts)
        self._till, self._lists = self._rules.till, self._rules.lists
        self._model: Any = None
        self._unit_ids = compiled.unit_ids
        self._days = 0  # simulated and over
        self._joined, self._left = 0, 0
        self._half_day: float | None = None  # when half of the tenants were in for the first time
        self._anchor_left_day = -1.0
        self._began()

    def _began(self) -> None:
        """Draw who they are, and let founders, or all, be in."""
        rules, books = self._rules, self.books
        books["margin"] = self.accounts.margin_mean * np.exp(rules.margin_sigma * ndtri(self._draw("margin")))
        np.minimum(books["margin"], 0.95, out=books["margin"])
        books["belief"] = rules.expected_gain + rules.expected_gain_sd * ndtri(self._draw("expected gain"))
        books["precision"] = rules.doubt**-2
        starts = self.founders if rules.starts_with == "founders" else np.ones(self.today.size, bool)
        self.today["stage"][starts] = Stage.IN
        books["was_in"] = starts
        self._begin_day()

    def _draw(self, purpose: str, count: int = 0) -> np.ndarray:
        return uniforms(stream_key(self._seed, f"alliance {purpose}"), self._key, count)

    @property
    def day(self) -> float:
        """Days of the alliance's life that are over: simulated ones times what each stands for."""
        return self._days * self._rules.days_each

    def beside(self, decide: Decide) -> Decide:
        """Return a decider who also asks the merchants, once the mall has closed."""

        def both(now_us: int, observations: Observations) -> list[tuple[str, Decision]]:
            found = decide(now_us, observations)
            return found + (self.review() if now_us >= self._closes_us else [])

        return both

    def review(self) -> list[tuple[str, Decision]]:
        """Return what the merchants decide this evening, by their statements up to yesterday's."""
        found: list[tuple[str, Decision]] = []
        if self._is_anchors_last_day():
            unit_id = self._unit_ids[self.anchor]
            found.append((f"merchant:{unit_id}", LeaveAlliance(unit_id, "the anchor leaves on a day of the configuration")))
        every = self._rules.review_days
        if self._days == 0 or int(self.day / every) == int((self.day - self._rules.days_each) / every):
            return found
        if not self.accounts.close_period():
            return found
        is_shaken = self._anchor_left_day >= 0 and self.day - self._anchor_left_day < self._rules.anchor_days
        return found + self._merchants().review(int(self.day / every), is_shaken, self.day >= self._opens_day)

    def _merchants(self) -> Any:
        """Return the Mesa model of the merchants, made at their first review."""
        if self._model is None:
            from agents.alliance_merchant import MerchantsModel

            self._model = MerchantsModel(self._rules, self._unit_ids, self._key, self._seed, self.accounts, self.anchor)
        return self._model

    def _is_anchors_last_day(self) -> bool:
        leaves_day = self._rules.anchor_leaves_day
        is_in = self.today["stage"][self.anchor] == Stage.IN
        return bool(0 < leaves_day <= self.day + self._rules.days_each and is_in)

    def learn(self, lived: Lived) -> None:
        """Take in a day: everybody's statement, what was decided, and a day's progress of the roll-out."""
        self.accounts.take(lived.statements if lived.statements.size else np.zeros(self.today.size, STATEMENT))
        self.today["change"] = Change.NONE
        for decision in [verdict.decision for verdict in lived.decided if not verdict.refused_because]:
            if isinstance(decision, JoinAlliance):
                self.roll_out.begin(self._index[decision.unit_id], decision.shares_customers)
            elif isinstance(decision, LeaveAlliance):
                self._leave(self._index[decision.unit_id])
        self._days += 1
        self.roll_out.pass_day()
        self._begin_day()

    def _leave(self, unit: int) -> None:
        was_in = self.today["stage"][unit] == Stage.IN
        self.today["stage"][unit] = Stage.OUT
        self.today["return_permille"][unit] = NO_RETURN
        if was_in:
            self.today["change"][unit] = Change.LEFT
        if unit == self.anchor and was_in:
            self._anchor_left_day = self.day
            self.books["is_barred"][unit] = int(self._rules.anchor_leaves_day > 0)

    def _begin_day(self) -> None:
        """Work out who takes part today, and what it pays and is paid this morning."""
        today = self.today
        is_in = today["stage"] == Stage.IN
        fails = self._draw("till fails", self._days) < self._till.failure_share
        today["takes_part"] = is_in & ~fails
        self.accounts.day = self.day
        self.roll_out.pay()
        self._joined += int((today["change"] == Change.JOINED).sum())
        self._left += int((today["change"] == Change.LEFT).sum())
        if self._half_day is None and share_in(today) >= 0.5:
            self._half_day = self.day

    def newcomers(self, residents: np.ndarray, is_member: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return rows of residents whom tenants that are in since today bring along, and whose each is; let tenants be rewarded for their own.

        A list is drawn by its tenant's address; of several that bring the same resident, the first by order of units is paid.
        """
        brought_by = np.full(residents.size, NOBODY)
        share, reward_fen = self._lists.list_share, round(self._lists.reward_yuan * FEN_PER_YUAN)
        for unit in np.flatnonzero((self.today["change"] == Change.JOINED) & (self.books["shares"] == 1)).tolist():
            key = stream_key(self._seed, f"{LIST_PURPOSE} {self._unit_ids[unit]}")
            mine = (uniforms(key, residents, 0) < share) & (is_member == 0) & (brought_by == NOBODY)
            brought_by[mine] = unit
            self.books["brought"][unit] += int(mine.sum())
            self.today["reward_fen"][unit] = reward_fen * int(mine.sum())
        rows = np.flatnonzero(brought_by != NOBODY)
        return rows, brought_by[rows]

    def summary(self) -> dict[str, int | float | None]:
        """Return how the alliance stands after the days so far."""
        returns = self.today["return_permille"][
            (self.today["stage"] == Stage.IN) & (self.today["return_permille"] != NO_RETURN)
        ]
        return {
            "alliance_share": share_in(self.today),
            "alliance_joined_total": self._joined,
            "alliance_left_total": self._left,
            "alliance_preparing": int(((self.today["stage"] > Stage.OUT) & (self.today["stage"] < Stage.IN)).sum()),
            "alliance_half_day": self._half_day,
            "alliance_return_p10": float(np.quantile(returns, 0.1)) / 1000 if returns.size else None,
            "alliance_belief_mean": float(self.books["belief"].mean()) if self.books.size else None,
            "alliance_members_brought": int(self.books["brought"].sum()),
        }

    def state(self) -> dict[str, Any]:
        """Return what it must be given back to go on as if nothing had happened."""
        numbers = (self._days, self._joined, self._left, self._half_day, self._anchor_left_day)
        return {
            "today": self.today.copy(),
            "books": self.books.copy(),
            "numbers": numbers,
            "fees": self.accounts.fees_yesterday_fen.copy(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` has returned."""
        self.today[:], self.books[:] = state["today"], state["books"]
        self._days, self._joined, self._left, self._half_day, self._anchor_left_day = state["numbers"]
        self.accounts.fees_yesterday_fen[:] = state["fees"]
        self.accounts.day = self.day

    def close(self) -> None:
        """Let Mesa forget the merchants."""
        if self._model is not None:
            self._model.close()


def founders_of(founders: str, compiled: CompiledPlan) -> np.ndarray:
    """Return whether each unit is a founder's; raises ConfigError for a word that is neither a trade nor a unit."""
    words = words_of(founders)
    known = [*CATEGORIES, *compiled.unit_ids]
    problems = [
        unknown_name("alliance.founders", word, known, "trade or unit", UNITS_LISTED) for word in words if word not in known
    ]
    if problems:
        raise ConfigError.of("configuration", problems)
    named = [unit in words or trade in words for unit, trade in zip(compiled.unit_ids, compiled.tenant_categories, strict=True)]
    return np.array(named, bool)


def _anchor_of(config: RunConfig, compiled: CompiledPlan, founders: np.ndarray) -> int:
    """Return the unit of the anchor: the one that is named, else the largest founder, else the largest of all."""
    named = config.alliance.anchor
    if named and named not in compiled.unit_ids:
        problem = unknown_name("alliance.anchor", named, compiled.unit_ids, "unit", UNITS_LISTED)
        raise ConfigError.of("configuration", [problem])
    if named:
        return compiled.unit_ids.index(named)
    area_m2 = compiled.arrays.unit_area_m2
    return int(np.argmax(np.where(founders, area_m2, area_m2 / 1e9) if founders.any() else area_m2))
