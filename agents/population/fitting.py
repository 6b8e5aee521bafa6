"""Iterative proportional fitting: a joint table that has the marginals one knows and keeps the associations of its seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.errors import ConfigError, Problem

ROUNDS_MAX = 500
TOLERANCE = 1e-9


def fitted(
    seed: np.ndarray,
    marginals: Sequence[np.ndarray],
    weights: Sequence[np.ndarray | None],
) -> np.ndarray:
    """Return the table with the seed's odds ratios whose sums along each axis are `marginals`, each of which adds up to 1.

    Where `weights` gives an axis a table, the marginal is of the weighted sums: how households travel is known of their visits,
    not of themselves. Deming and Stephan 1940; a cell that is 0 stays so. Raises ConfigError where no such table exists.
    """
    table = seed / seed.sum()
    for _ in range(ROUNDS_MAX):
        missed = 0.0
        for axis, (marginal, weight) in enumerate(zip(marginals, weights)):
            others = tuple(other for other in range(table.ndim) if other != axis)
            sums = (table if weight is None else table * weight).sum(axis=others)
            wanted = marginal * sums.sum()
            factor = np.divide(wanted, sums, out=np.zeros_like(sums), where=sums > 0)
            missed = max(missed, float(np.abs(sums - wanted).max() / sums.sum()))
            table *= factor.reshape([-1 if other == axis else 1 for other in range(table.ndim)])
        if missed < TOLERANCE:
            return table / table.sum()
    rule = f"the shares given contradict one another: no table of households has them all (off by {missed:.2g})"
    raise ConfigError.of("the catchment", [Problem("catchment", "", rule, "bring them nearer to a preset's")])
