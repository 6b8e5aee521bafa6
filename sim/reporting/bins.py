"""Hours and five-minute bins of a day, and exact sums of whole numbers over them."""

from __future__ import annotations

import numpy as np

from sim.crowd.tallies import HOURS
from sim.units import US_PER_HOUR, US_PER_MIN

BIN_MIN = 5
BIN_US = BIN_MIN * US_PER_MIN
BINS = HOURS * 60 // BIN_MIN


def hour_of(time_us: np.ndarray) -> np.ndarray:
    """Return the hour after midnight; the last one takes all that comes later."""
    return np.asarray(np.clip(time_us // US_PER_HOUR, 0, HOURS - 1))


def bin_of(time_us: np.ndarray) -> np.ndarray:
    """Return the five-minute bin after midnight; the last one takes all that comes later."""
    return np.asarray(np.clip(time_us // BIN_US, 0, BINS - 1))


def add_counts(sums: np.ndarray, index: np.ndarray) -> None:
    """Count each index once."""
    sums += np.bincount(index, minlength=sums.size)


def add_values(sums: np.ndarray, index: np.ndarray, value: np.ndarray) -> None:
    """Add each value at its index, exactly."""
    if value.size == 0:
        return
    largest = max(abs(int(value.max())), abs(int(value.min())))
    if largest * value.size < 2**53:  # every partial sum is a whole number that a double holds: ten times as fast
        sums += np.bincount(index, weights=value, minlength=sums.size).astype(np.int64)
    else:
        np.add.at(sums, index, value)


class Level:
    """How many are somewhere: exact running number, its maximum, and what each five-minute bin adds to it."""

    def __init__(self) -> None:
        self.now = 0
        self.max = 0
        self.bin_change = np.zeros(BINS, np.int64)

    def take(self, time_us: np.ndarray, change: np.ndarray) -> None:
        """Take changes in the order in which they happened."""
        if change.size:
            running = np.cumsum(change, dtype=np.int64)
            self.max = max(self.max, self.now + int(running.max()))
            self.now += int(running[-1])
            add_values(self.bin_change, bin_of(time_us), change)

    def at_bin_ends(self) -> np.ndarray:
        """Return the number at the end of each bin (the last: at the end of the run)."""
        return np.cumsum(self.bin_change)
