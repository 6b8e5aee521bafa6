"""What one message does to those whom it reaches at home: whether each looks, what it takes, what stays with it."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from agents.population import Residents
from sim.config import RunConfig
from sim.home import HomeWay
from sim.random_streams import stream_key, uniforms

TASTE_SD = 2.0  # of the product of two standard normal vectors of four dimensions
OPENS, TAKES, PREFERS, SUBSCRIBES = 0, 1, 2, 3


class HomeFate(IntEnum):
    """What became of a message home."""

    UNREACHED = 0
    UNOPENED = 1
    OPENED = 2
    TAKEN = 3  # and what it offered


class About(NamedTuple):
    """What a message is about, to each whom it reaches."""

    unit: np.ndarray  # int64: of those it names the one that suits best, -1 where it names none
    relevance: np.ndarray  # float64 of it, in standard deviations of taste


class Reading:
    """The law of reading: addressed by the person and the message, so that what else is sent changes nothing."""

    def __init__(self, config: RunConfig, residents: Residents, brands: np.ndarray) -> None:
        self._config, self._residents, self.brands = config, residents, brands
        self._key = stream_key(config.seed, "message home")
        self._open_logit = {
            HomeWay.PUSH: _logit(config.promos.push_open_share), HomeWay.CHAT: _logit(config.promos.chat_open_share),
            HomeWay.FOLLOWS: _logit(config.promos.chat_open_share), HomeWay.POST: _logit(config.promos.leaflet_open_share),
        }  # fmt: skip

    def draw(self, rows: np.ndarray, address: int, what: int) -> np.ndarray:
        """Return a draw of each person for one thing about one message."""
        return uniforms(self._key, self._residents.key[rows], address + what)

    def about(self, rows: np.ndarray, units: np.ndarray) -> About:
        """Return which of some units suits each person best, and how well; one unit's mean over people is 0."""
        if not units.size:
            return About(np.full(rows.size, -1, np.int64), np.zeros(rows.size))
        suits = self._residents.taste[rows] @ self.brands[units].T / TASTE_SD
        best = suits.argmax(axis=1)
        return About(units[best].astype(np.int64), suits[np.arange(rows.size), best].astype(np.float64))

    def prefers_pull(self, rows: np.ndarray) -> np.ndarray:
        """Return who would rather ask than be told (bool): a trait."""
        draws = uniforms(stream_key(self._config.seed, "rather asks"), self._residents.key[rows], PREFERS)
        return draws < self._config.home.prefers_pull_share

    def opened(self, rows: np.ndarray, address: int, way: HomeWay, relevance: np.ndarray, asked: bool) -> np.ndarray:
        """Return who looks (bool): what suits one, or was asked for, more; who would rather ask, what was not asked for less."""
        wish = relevance + (1.0 if asked else 0.0) - (0.0 if asked or way == HomeWay.POST else 1.0) * self.prefers_pull(rows)
        return _yes(self._open_logit[way] + self._config.promos.relevance_weight * wish, self.draw(rows, address, OPENS))

    def takes(self, rows: np.ndarray, address: int, relevance: np.ndarray, depth: float) -> np.ndarray:
        """Return who takes an offer once it has looked (bool); nobody one that is worth nothing."""
        if depth <= 0:
            return np.zeros(rows.size, bool)
        promos, home = self._config.promos, self._config.home
        wish = promos.relevance_weight * relevance + home.depth_weight * (depth - home.usual_off_share)
        return _yes(_logit(promos.claim_share) + wish, self.draw(rows, address, TAKES))

    def subscribes(self, rows: np.ndarray, address: int) -> np.ndarray:
        """Return who subscribes once it has looked at the question (bool)."""
        home = self._config.home
        share = np.where(self.prefers_pull(rows), home.subscribes_share, home.told_subscribes_share)
        return self.draw(rows, address, SUBSCRIBES) < share


def _logit(share: float) -> float:
    return float(-np.inf if share <= 0 else np.inf if share >= 1 else np.log(share / (1 - share)))


def _yes(logit: np.ndarray, draw: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        found: np.ndarray = draw * (1.0 + np.exp(-logit)) < 1.0
    return found
