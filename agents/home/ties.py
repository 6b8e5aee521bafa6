"""What ties people to the mall from afar, and how they cut it: its card in a chat app, its account, what they have asked to hear."""

from __future__ import annotations

from typing import Any

import numpy as np

from agents.membership import Memory
from agents.memory.messages import Messages
from agents.population import Residents
from sim.config import RunConfig
from sim.home import HomeWay
from sim.random_streams import stream_key, uniforms

DAYS = 7.0
SAVED = ("has_card", "follows", "left", "subscribed", "by_chat", "by_account")


class Ties:
    """Arrays by resident. Whoever gets more than it bears in a week blocks the card, or unfollows, as others turn pushes off."""

    def __init__(self, config: RunConfig, residents: Residents) -> None:
        rows = residents.key.size
        self._config, self._key = config, residents.key
        self._bears = Messages(config, residents)
        self.has_card = (uniforms(stream_key(config.seed, "habit card"), residents.key, 0) < config.digital.card_share).astype(
            np.int8
        )
        self.follows = np.zeros(rows, np.int8)
        self.left = np.zeros(rows, np.int8)  # once followed: comes not back
        self.subscribed = np.full(rows, -1, np.int16)
        self.by_chat = np.zeros(rows, np.float16)  # messages a week
        self.by_account = np.zeros(rows, np.float16)

    def bother(self, memory: Memory, rows: np.ndarray, way: HomeWay, asked: bool) -> None:
        """Count a message that somebody has got and not asked for."""
        if asked:
            return
        if way == HomeWay.PUSH:
            memory.received[rows] += 1
        else:
            (self.by_chat if way == HomeWay.CHAT else self.by_account)[rows] += 1

    def follow(self, rows: np.ndarray, day: int) -> int:
        """Show people the code; return how many have begun to follow."""
        rows = rows[(self.follows[rows] == 0) & (self.left[rows] == 0)]
        draws = uniforms(stream_key(self._config.seed, "follows"), self._key[rows], day)
        new = rows[draws < self._config.home.follow_share]
        self.follows[new] = 1
        return int(new.size)

    def pass_day(self, day: int) -> tuple[int, int]:
        """Let those who get more than they bear react, and the week's rates fade; return how many have unfollowed, and blocked the card."""
        return self._react(self.by_account, self.follows, day, "unfollows"), self._react(
            self.by_chat, self.has_card, day, "blocks"
        )

    def _react(self, per_week: np.ndarray, tie: np.ndarray, day: int, purpose: str) -> int:
        rows = np.flatnonzero((per_week > 0) & (tie > 0))
        off_per_week, _ = self._bears.thresholds(rows)
        weeks = -np.log(uniforms(stream_key(self._config.seed, purpose), self._key[rows], day))
        acts = (per_week[rows] > off_per_week) & (weeks < 1 / (DAYS * self._config.membership.reminders.reacts_weeks))
        gone = rows[acts]
        tie[gone] = 0
        self.left[gone] = 1
        per_week *= np.float16(1 - 1 / DAYS)
        return int(gone.size)

    def state(self) -> dict[str, Any]:
        """Return all that lives on."""
        return {name: getattr(self, name).copy() for name in SAVED}

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what `state` has returned."""
        for name in SAVED:
            getattr(self, name)[...] = state[name]
