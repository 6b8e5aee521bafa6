"""Screens many changes at once: pairs of days in which one half of them is made and then the other half, by the rows of a Hadamard matrix."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.linalg import hadamard

from sim.config import RunConfig
from sim.experiments.optimise.changes import Change, changed
from sim.experiments.optimise.trials import Trials
from sim.experiments.paired import mean

SPARE_SHARE = 8  # one column in so many carries no change, so that the spread of an effect can be told


@dataclass(frozen=True)
class Effect:
    """What a change was seen to do to a day, better where it is positive, whatever else was changed that day."""

    change: Change
    effect: float
    error: float  # one standard error


def width_of(pairs: int) -> int:
    """Return how many changes a screening of so many pairs of days can tell apart."""
    return pairs - max(1, pairs // SPARE_SHARE)


def screen(
    trials: Trials, stage: str, config: RunConfig, base: Sequence[Change], changes: Sequence[Change], pairs: int, first: int
) -> list[Effect]:
    """Return the effect of each change, all of them from the same 2 x `pairs` runs; replications are `first`, `first` + 1, ...

    Pair p makes on one day the changes whose entry in row p is +1, and on the same day again, with the same draws, the others
    (a saturated two-level design and its mirror image: Plackett and Burman 1946; Box and Wilson 1951). Every effect is then the mean of
    all pairs with signs, free of the day and of interactions of two changes; columns without a change give its standard error.
    `pairs` must be a power of two above the number of changes.
    """
    signs = hadamard(pairs, dtype=int).tolist()
    columns = [*range(1, len(changes) + 1)]
    wanted = []
    for row in range(pairs):
        for side, name in ((1, "on"), (-1, "off")):
            made = [change for column, change in zip(columns, changes, strict=True) if signs[row][column] == side]
            wanted.append(((f"{stage}: row {row:03d} {name}", changed(config, [*base, *made])), first + row))
    values, _ = trials.ask(f"{stage}: screening", wanted)
    ordered = [trials.sign * values[arm, number] for (arm, _), number in wanted]
    differences = [on - off for on, off in zip(ordered[::2], ordered[1::2], strict=True)]

    def contrast(column: int) -> float:
        return mean([signs[row][column] * differences[row] for row in range(pairs)])

    spare = [contrast(column) for column in (0, *range(len(changes) + 1, pairs))]
    error = math.sqrt(mean([each * each for each in spare]))
    return [Effect(change, contrast(column), error) for column, change in zip(columns, changes, strict=True)]
