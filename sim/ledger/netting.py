"""Netting of obligations, and who is paid what when somebody cannot pay: whole fen, exact fractions, rounding that is stated.

`owed[i, j]` is what participant i owes participant j, in fen. Eisenberg and Noe (Management Science 47, 2001): everybody pays what
it owes or all that it has, creditors share in proportion to their claims, and a clearing vector is a fixed point of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from sim.ledger.shares import split_fen


def net_positions(owed: np.ndarray) -> np.ndarray:
    """Return what each is owed less what it owes (int64); their sum is 0."""
    found: np.ndarray = owed.sum(axis=0) - owed.sum(axis=1)
    return found


def bilateral_of(owed: np.ndarray) -> np.ndarray:
    """Return the obligations left once each pair has set off what it owes each other; every net position stays."""
    return np.maximum(owed - owed.T, 0)


def gross_fen(owed: np.ndarray) -> int:
    """Return all that is owed."""
    return int(owed.sum())


def bilateral_fen(owed: np.ndarray) -> int:
    """Return what has to be paid pair by pair."""
    return int(bilateral_of(owed).sum())


def multilateral_fen(owed: np.ndarray) -> int:
    """Return what has to be paid when everybody pays or receives its net position."""
    return int(np.maximum(net_positions(owed), 0).sum())


def due_of(owed: np.ndarray, mode: str) -> np.ndarray:
    """Return what each has to pay (int64) after netting in pairs ("bilateral") or among all."""
    found: np.ndarray = bilateral_of(owed).sum(axis=1) if mode == "bilateral" else np.maximum(-net_positions(owed), 0)
    return found


def efficiency(owed: np.ndarray) -> Fraction | None:
    """Return the share of what is owed that need not be paid after multilateral netting; None of nothing."""
    gross = gross_fen(owed)
    return Fraction(gross - multilateral_fen(owed), gross) if gross else None


def matched(paid_in: Sequence[int], paid_out: Sequence[int]) -> np.ndarray:
    """Return payments (int64, from i to j) by which each pays in and receives so much, in the order of their numbers.

    At most one payment fewer than there are participants; both sums must be the same.
    """
    assert sum(paid_in) == sum(paid_out)
    found = np.zeros((len(paid_in), len(paid_in)), np.int64)
    left_in, left_out = list(map(int, paid_in)), list(map(int, paid_out))
    payer = receiver = 0
    while True:
        while payer < len(left_in) and left_in[payer] == 0:
            payer += 1
        while receiver < len(left_out) and left_out[receiver] == 0:
            receiver += 1
        if payer == len(left_in):
            return found
        amount = min(left_in[payer], left_out[receiver])
        found[payer, receiver] += amount
        left_in[payer] -= amount
        left_out[receiver] -= amount


def multilateral_of(owed: np.ndarray) -> np.ndarray:
    """Return obligations with the same net positions whose sum is the least: net debtors owe net creditors."""
    nets = net_positions(owed).tolist()
    return matched([max(-net, 0) for net in nets], [max(net, 0) for net in nets])


def clearing_vector(owed: np.ndarray, assets: Sequence[int | Fraction]) -> list[Fraction]:
    """Return what each pays in all, exactly, by the fictitious default algorithm: at most as many rounds as participants.

    A round takes as given who defaults, solves what these pay, and looks who else cannot pay then. The greatest clearing vector.
    """
    rows = [[int(fen) for fen in row] for row in owed]
    total = [sum(row) for row in rows]
    paid = [Fraction(fen) for fen in total]
    in_default: list[int] = []
    while True:
        have = [
            Fraction(assets[i]) + sum((paid[j] * rows[j][i] / total[j] for j in range(len(rows)) if total[j]), Fraction(0))
            for i in range(len(rows))
        ]
        more = [i for i in range(len(rows)) if i not in in_default and have[i] < total[i]]
        if not more:
            return paid
        in_default = sorted([*in_default, *more])
        paid = _paid_by(in_default, rows, total, assets)


def _paid_by(
    in_default: list[int], rows: list[list[int]], total: list[int], assets: Sequence[int | Fraction]
) -> list[Fraction]:
    """Solve p = assets + what is received for those in default, the others paying all; Gauss and Jordan in fractions."""
    size = len(in_default)
    solvent = [j for j in range(len(rows)) if j not in in_default]
    matrix = [
        [
            Fraction(int(row == column)) - Fraction(rows[in_default[column]][i], total[in_default[column]])
            for column in range(size)
        ]
        + [Fraction(assets[i]) + sum(rows[j][i] for j in solvent)]
        for row, i in enumerate(in_default)
    ]
    for column in range(size):
        # There is one: if some of them owed only each other, all they owe would come in again, and not each could fall short.
        pivot = next(row for row in range(column, size) if matrix[row][column])
        matrix[column], matrix[pivot] = matrix[pivot], matrix[column]
        matrix[column] = [value / matrix[column][column] for value in matrix[column]]
        for row in range(size):
            if row != column and matrix[row][column]:
                factor = matrix[row][column]
                matrix[row] = [value - factor * least for value, least in zip(matrix[row], matrix[column], strict=True)]
    paid = [Fraction(fen) for fen in total]
    for row, i in enumerate(in_default):
        paid[i] = max(matrix[row][-1], Fraction(0))
    return paid


def clearing_vector_by_iteration(owed: np.ndarray, assets: np.ndarray, rounds: int = 10_000) -> np.ndarray:
    """Return the same as the limit from above of p = min(owed, assets + received), in floating point."""
    total = owed.sum(axis=1).astype(float)
    shares = np.divide(owed, total[:, None], out=np.zeros(owed.shape), where=total[:, None] > 0)
    paid = total.copy()
    for _ in range(rounds):
        now = np.minimum(total, assets + shares.T @ paid)
        if np.array_equal(now, paid):
            break
        paid = now
    return paid


def paid_fen(owed: np.ndarray, assets: Sequence[int]) -> np.ndarray:
    """Return what each pays each in whole fen (int64): who can pay everything does, who cannot pays all it has in proportion.

    The greatest fixed point of the rule in which a creditor can count on its share rounded down; what that leaves of a defaulter's
    money goes by largest remainder. Nobody pays more than it has and receives; a defaulter may keep a fen from each other defaulter.
    """
    total = owed.sum(axis=1)
    paid = total.copy()
    while True:
        sure = _rounded_down(owed, paid, total)
        now = np.minimum(total, np.asarray(assets, np.int64) + sure.sum(axis=0))
        if np.array_equal(now, paid):
            break
        paid = now
    found = owed.copy()
    for debtor in np.flatnonzero(paid < total).tolist():
        found[debtor] = split_fen(int(paid[debtor]), owed[debtor])
    return found


def _rounded_down(owed: np.ndarray, paid: np.ndarray, total: np.ndarray) -> np.ndarray:
    found = owed.copy()
    for debtor in np.flatnonzero(paid < total).tolist():
        whole = int(total[debtor])
        found[debtor] = [int(paid[debtor]) * int(fen) // whole for fen in owed[debtor]]
    return found
