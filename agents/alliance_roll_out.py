"""From a merchant's decision to a till that works: people won over, money put by, a line, somebody who installs it (rows H16, J2, J5)."""

from __future__ import annotations

import numpy as np

from agents.alliance_accounts import Accounts
from sim.alliance import Change, Stage
from sim.config import RunConfig
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms


class RollOut:
    """How far each merchant's till is, and who pays for it."""

    def __init__(self, config: RunConfig, compiled: CompiledPlan, accounts: Accounts) -> None:
        rules = config.alliance
        self.accounts, self.books, self.today, self.days_each = accounts, accounts.books, accounts.today, rules.days_each
        self._barriers = rules.barriers
        self._seed, self._key = config.seed, compiled.arrays.unit_key

    def begin(self, unit: int, shares_customers: bool) -> None:
        """A merchant has decided to join: the first three barriers, in days, one after another."""
        book, barriers = self.books[unit], self._barriers
        near = self.accounts.near[unit]
        seen = int((self.today["stage"][near[near >= 0]] == Stage.IN).sum())
        concept = barriers.concept_days * self._exponential("concept", unit) / (1 + seen)
        saved_fen = barriers.saves_share * float(book["margin"]) * float(book["usual_fen"])
        own_fen = self.accounts.entry_fen
        money = own_fen / saved_fen if saved_fen > 0 else (0.0 if own_fen == 0 else np.inf)
        logistics = barriers.logistics_days * self._exponential("logistics", unit)
        self.books["attempts"][unit] += 1
        self.books["left_days"][unit] = concept + money + logistics
        self.books["shares"][unit] = int(shares_customers)
        self.today["stage"][unit] = Stage.PREPARING

    def _exponential(self, purpose: str, unit: int) -> float:
        """Return a standard exponential draw of a merchant's, of this attempt to join."""
        key = stream_key(self._seed, f"alliance {purpose}")
        return -float(np.log(uniforms(key, self._key[unit : unit + 1], int(self.books["attempts"][unit]))[0]))

    def pass_day(self) -> None:
        """A day passes: who is ready queues, free teams take the first in line, tills that are done go on."""
        stage, left = self.today["stage"], self.books["left_days"]
        for name in ("till_fen", "help_fen", "partner_fen", "reward_fen"):
            self.today[name] = 0
        busy = (stage == Stage.PREPARING) | (stage == Stage.INSTALLING)
        left[busy] -= self.days_each
        done = np.flatnonzero((stage == Stage.INSTALLING) & (left <= 0))
        stage[done] = Stage.IN
        self.today["change"][done] = Change.JOINED
        ready = np.flatnonzero((stage == Stage.PREPARING) & (left <= 0))
        self.books["since"][ready] = self.accounts.day + left[ready]
        stage[ready] = Stage.QUEUING
        self._send_teams()

    def _send_teams(self) -> None:
        """Let free teams begin with the first in line; a simulated day that stands for several lets a team do several tills at once."""
        stage, books = self.today["stage"], self.books
        at_once = max(1, int(self.days_each / self._barriers.install_days))
        free = self.accounts.teams * at_once - int((stage == Stage.INSTALLING).sum())
        queue = np.flatnonzero(stage == Stage.QUEUING)
        queue = queue[np.lexsort((queue, books["since"][queue]))][: max(free, 0)]
        stage[queue] = Stage.INSTALLING
        books["left_days"][queue] = self._barriers.install_days
        self.today["till_fen"][queue] = self.accounts.till_fen
        self.today["help_fen"][queue] = round(self.accounts.till_fen * self.accounts.till_share)
        self.today["partner_fen"][queue] = round(self.accounts.till_fen * self.accounts.partner_share)

    def pay(self) -> None:
        """Add what a till costs a day, and the help with yesterday's fees, to what is paid this morning."""
        is_in = self.today["stage"] == Stage.IN
        self.today["till_fen"] += np.where(is_in, self.accounts.day_fen, 0)
        self.today["help_fen"] += np.where(is_in, round(self.accounts.day_fen * self.accounts.month_share), 0)
        self.today["help_fen"] += np.floor(self.accounts.fee_share * self.accounts.fees_yesterday_fen).astype(np.int64)
