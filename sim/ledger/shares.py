"""Shares of an amount: whole numbers in proportion to weights that add up to it (largest remainders, ties by position)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from sim.kernel import kernel


def split_fen(total: int, weights: Sequence[int] | np.ndarray) -> list[int]:
    """Return whole shares of `total` in proportion to whole weights, none below zero; they add up to it exactly.

    What rounding down leaves goes, one each, to the largest remainders; of equal ones to the first. Without any weight all shares
    are 0, so whoever splits something must know of a weight. Exact whatever the size: Python's own whole numbers.
    """
    whole = [int(weight) for weight in weights]
    assert total >= 0
    assert all(weight >= 0 for weight in whole)
    sum_of_weights = sum(whole)
    if sum_of_weights == 0:
        return [0] * len(whole)
    shares, remainders = _rounded_down(int(total), whole, sum_of_weights)
    left = int(total) - sum(shares)
    for index in sorted(range(len(whole)), key=lambda index: -remainders[index])[:left]:
        shares[index] += 1
    return shares


def _rounded_down(total: int, weights: Iterable[int], sum_of_weights: int) -> tuple[list[int], list[int]]:
    pairs = [divmod(total * weight, sum_of_weights) for weight in weights]
    return [share for share, _ in pairs], [remainder for _, remainder in pairs]


@kernel
def split_into(total: int, weights: np.ndarray, shares: np.ndarray) -> None:
    """The same in a kernel, into `shares`; `total` times the sum of the weights must stay below 2**62."""
    sum_of_weights = np.int64(0)
    for index in range(weights.size):
        sum_of_weights += weights[index]
    left = total
    for index in range(weights.size):
        shares[index] = total * weights[index] // sum_of_weights if sum_of_weights > 0 else 0
        left -= shares[index]
    if sum_of_weights == 0:
        return
    for _ in range(left):
        best, most = -1, np.int64(-1)
        for index in range(weights.size):
            remainder = total * weights[index] - shares[index] * sum_of_weights
            if remainder > most:
                best, most = index, remainder
        shares[best] += 1
