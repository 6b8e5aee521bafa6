"""Today as it goes, for many places of small counts: ensembles of what a trade has more than usual, and each of its places beside.

Counts vary about usual count x exp(trade's deviation + own); the trade's is moved by the sum over its places, a place's own by its own count, by
the serial form of the ensemble Kalman filter (sim/forecasting/filter.py). How fast deviations come and go is chosen for each trade by what was
said an hour ahead; how far counts scatter about their means is measured, for a full restaurant's bills scatter less than a law of chance has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from scipy.special import ndtri

from sim.forecasting.filter import serial_analysis
from sim.forecasting.usual_days import deviance

MEMBERS = 24
AHEAD = 4  # bins by which courses are judged together: an hour of quarters
FORGETS = 0.998  # of past deviance and scatter a bin, so that some five days count
SCATTER = (0.2, 10.0)  # least and most variance / mean
SCATTER_COUNTS = 100.0  # counts that the scatter of chance, 1, is worth before any is measured


@dataclass(frozen=True)
class Course:
    """How a deviation moves from bin to bin."""

    walk_sd: float  # log units that come on in a bin
    lasting: float  # share that is left after a bin
    start_part: float  # of the sds of whole days, with which a day begins


COURSES = (
    *(Course(*row) for row in product((0.01, 0.04, 0.12), (0.8, 0.94, 1.0), (1.0,))),
    *(Course(*row) for row in product((0.003,), (0.94, 1.0), (0.1, 0.4))),  # of places that days hardly move: full ones
)
KEPT = ("deviance", "off", "expected", "shared", "own", "said", "spread", "hour")


class FollowedCounts:
    """Deviations of a day, for each of the COURSES (C), by MEMBERS (N), for P places of T trades."""

    def __init__(self, trade: np.ndarray, trades: int, bins: int) -> None:
        """Follow nothing yet; `trade` (P) says which of the trades each place is in."""
        self._trade, self._trades = trade, trades
        quantiles = ndtri((np.arange(MEMBERS) + 0.5) / MEMBERS)
        self._quantiles = quantiles / quantiles.std()
        self._lasting = np.array([each.lasting for each in COURSES])
        self._walk = np.array([each.walk_sd for each in COURSES])
        self._deviance = np.zeros((len(COURSES), trades))
        self._off = np.full((2, trades), SCATTER_COUNTS)  # squared errors beyond the members', and counts expected
        self.begin(np.zeros((trade.size, bins)), np.zeros(trades), np.zeros(trades))

    def begin(self, expected: np.ndarray, level_sd: np.ndarray, own_sd: np.ndarray) -> None:
        """Begin a day that is expected to have counts (P, B), and deviates by trade and by place with these log-sds (T)."""
        self._expected = expected
        self.taken = 0  # bins
        courses = len(COURSES)
        part = np.array([each.start_part for each in COURSES])[:, None]
        self._shared = self._start(part * level_sd)
        self._own = self._start(part * own_sd[self._trade])
        places = self._trade.size
        # Of each hour by the bin it ends with, as said before it began: mean by course, and variance that the best knew of.
        self._said, self._spread = (
            np.full((expected.shape[1] + AHEAD, courses, places), np.nan),
            np.zeros((expected.shape[1] + AHEAD, places)),
        )
        self._hour = np.zeros((AHEAD, places))  # the last counts

    @property
    def usual(self) -> np.ndarray:
        """Return the counts (P, B) that the day was expected to have when it began."""
        return self._expected

    @property
    def scatter(self) -> np.ndarray:
        """Return for each trade (T) the variance of counts about their means, in parts of the mean, beyond what the members differ by."""
        return np.asarray(np.clip(self._off[0] / self._off[1], *SCATTER))

    def take(self, counts: np.ndarray) -> None:
        """Move all ensembles by the counts (P) of the next bin."""
        usual = self._expected[:, self.taken]
        self._judge(counts)
        self.taken += 1
        if not usual.any():
            return
        scatter = self.scatter
        self._shared = _moved(self._shared, self._lasting, self._walk)
        self._own = _moved(self._own, self._lasting, self._walk)
        factors = np.exp(self._own)  # (C, N, P)
        likely = usual * factors.mean(axis=1)
        predicted = np.exp(self._shared) * self._by_trade(likely)[:, None]  # (C, N, T)
        self._shared = self._analysed(self._shared, predicted, self._by_trade(counts.astype(float)), scatter)
        level = np.exp(self._shared).mean(axis=1)[:, None, self._trade]
        self._own = self._analysed(self._own, usual * level * factors, counts.astype(float), scatter[self._trade])
        self._say()

    def mean_and_variance(self, parts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance of the counts of each place (P) in the parts (B, 0 ... 1) of the day's bins, by the best course."""
        means, spreads = self._moments(np.asarray(parts, float))
        best, places = self._deviance.argmin(axis=0)[self._trade], np.arange(self._trade.size)
        mean = means[best, places]
        return mean, self.scatter[self._trade] * mean + spreads[best, places] ** 2

    def state(self) -> dict[str, Any]:
        """Return what it must be given back to go on."""
        return {name: getattr(self, f"_{name}").copy() for name in KEPT} | {"taken": self.taken}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` has returned."""
        for name in KEPT:
            setattr(self, f"_{name}", np.array(state[name]))
        self.taken = int(state["taken"])

    def _start(self, sd: np.ndarray) -> np.ndarray:
        """Return members (C, N, ...) whose factors have the mean 1, for sds (C, ...)."""
        return np.asarray(self._quantiles[None, :, None] * sd[:, None] - sd[:, None] ** 2 / 2)

    def _analysed(self, unknowns: np.ndarray, predicted: np.ndarray, counts: np.ndarray, scatter: np.ndarray) -> np.ndarray:
        """Return members (C, N, ...) after counts (...) of which they had predicted (C, N, ...)."""
        error = np.maximum(scatter * predicted.mean(axis=1), 1e-9)
        return np.swapaxes(serial_analysis(np.swapaxes(unknowns, 0, 1), np.swapaxes(predicted, 0, 1), counts, error), 0, 1)

    def _moments(self, parts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and standard deviation by the members alone, by course (C, P), of counts in parts (B) of bins: a window's deviations go together.

        Members are taken as normal: their factors' means are exp(mean + variance / 2). What may yet walk is in the variance.
        """
        (shared, shared_sq), (own, own_sq) = _mean_and_variance(self._shared), _mean_and_variance(self._own)
        means, variances = shared[:, self._trade] + own, shared_sq[:, self._trade] + own_sq
        mean, spread = np.zeros(means.shape), np.zeros(means.shape)
        for index in np.flatnonzero(parts).tolist():
            ahead = max(index - self.taken + 1, 0)
            lasts = (self._lasting**ahead)[:, None]
            expected = self._expected[:, index] * parts[index] * np.exp(lasts * means + lasts**2 * variances / 2)
            mean += expected
            spread += expected * np.sqrt(np.expm1(lasts**2 * variances + 2 * ahead * (self._walk**2)[:, None]))
        return mean, spread

    def _say(self) -> None:
        """Write down what each course says of the hour that begins."""
        parts = np.zeros(self._expected.shape[1])
        parts[self.taken : self.taken + AHEAD] = 1.0
        ends = self.taken + AHEAD - 1
        if ends < parts.size:
            self._said[ends], spreads = self._moments(parts)
            self._spread[ends] = spreads[self._deviance.argmin(axis=0)[self._trade], np.arange(self._trade.size)]

    def _judge(self, counts: np.ndarray) -> None:
        """Hold the hour that ends with these counts against what was said before it: each course's deviance, and how far the best was off."""
        self._hour = np.concatenate([self._hour[1:], counts[None, :].astype(float)])
        said = self._said[self.taken]
        if np.isnan(said[0, 0]):
            return
        hour = self._hour.sum(axis=0)
        expected = said[self._deviance.argmin(axis=0)[self._trade], np.arange(self._trade.size)]
        self._deviance = FORGETS * self._deviance + self._by_trade(deviance(hour, said))
        self._off = FORGETS * self._off + self._by_trade(
            np.stack([(hour - expected) ** 2 - self._spread[self.taken] ** 2, expected])
        )

    def _by_trade(self, values: np.ndarray) -> np.ndarray:
        """Return sums over the places of each trade: (..., P) to (..., T)."""
        flat = values.reshape(-1, self._trade.size)
        return np.stack([np.bincount(self._trade, row, self._trades) for row in flat]).reshape(*values.shape[:-1], self._trades)


def _mean_and_variance(members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return members.mean(axis=1), members.var(axis=1)


def _moved(members: np.ndarray, lasting: np.ndarray, walk_sd: np.ndarray) -> np.ndarray:
    """Return members (C, N, ...) a bin later: the walk widens each ensemble by its variance without a draw."""
    mean = members.mean(axis=1, keepdims=True)
    away = (members - mean) * lasting[:, None, None]
    variance = (away**2).mean(axis=1, keepdims=True)
    wider = np.sqrt((variance + (walk_sd**2)[:, None, None]) / np.maximum(variance, 1e-12))
    return np.asarray(mean * lasting[:, None, None] + away * wider)
