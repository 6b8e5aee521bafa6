"""Draws the residents from the law of their catchment: a household's number is its address, so that one more changes nobody else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agents.population.kinds import HOUSEHOLD_MAX, Residents, empty_residents
from agents.population.law import INCOME, KIND, MODE, SHAPE, SIZE, Law, law_of
from agents.population.people import people_of
from sim.config import RunConfig
from sim.random_streams import stream_key, uniforms

HOUSEHOLDS_AT_ONCE = 16_384  # their columns fit a processor's cache, which makes the drawing four times as fast


def residents_of(config: RunConfig, households: int | None = None) -> Residents:
    """Return the residents of the catchment, the same on every day of a seed; of its first `households` where so many are asked for.

    Rates are of the law, not of the sample: they do not depend on who else was drawn.
    """
    law = law_of(config)
    count = max(1, round(law.households)) if households is None else households
    numbers = np.arange(count, dtype=np.int64)
    cdf = np.cumsum(law.table)
    drawn = np.searchsorted(cdf / cdf[-1], uniforms(stream_key(config.seed, "household cell"), numbers, 0))
    cell = np.minimum(drawn, law.table.size - 1).astype(np.int16)
    end = np.cumsum(1 + cell.astype(np.int64) // (law.table.size // HOUSEHOLD_MAX))
    found = empty_residents(int(end[-1]) if count else 0)
    for start in range(0, count, HOUSEHOLDS_AT_ONCE):
        part = slice(start, min(start + HOUSEHOLDS_AT_ONCE, count))
        first = np.concatenate([[end[start - 1] if start else 0], end[part]])
        _fill(found, numbers[part], first, np.unravel_index(cell[part], SHAPE), config, law)
    return found


def _fill(
    found: Residents, numbers: np.ndarray, first: np.ndarray, axes: Sequence[np.ndarray], config: RunConfig, law: Law
) -> None:
    """Write the people of some households, side by side in number; `first` has the row of each one's head, and the row after all."""
    of_row = np.repeat(np.arange(numbers.size), np.diff(first))
    household = numbers[of_row]
    rows = slice(int(first[0]), int(first[-1]))
    ordinal = np.arange(rows.start, rows.stop) - first[of_row]
    columns = people_of(config, law, numbers, axes, of_row, ordinal)
    columns |= {
        "key": household * HOUSEHOLD_MAX + ordinal,
        "household": household,
        "first": first[of_row],
        "size": axes[SIZE][of_row] + 1,
        "kind": axes[KIND][of_row],
        "income": axes[INCOME][of_row],
        "mode": axes[MODE][of_row],
    }
    assert columns.keys() == set(Residents._fields)
    for name, values in columns.items():
        getattr(found, name)[rows] = values


def with_rates_of(config: RunConfig, residents: Residents, visits_per_day: float) -> Residents:
    """Return residents of an earlier run, whose rates were made for so many visits of residents a day, with those of this one."""
    wanted = visits_of_residents(config)
    if wanted == visits_per_day or visits_per_day <= 0:
        return residents
    scaled = (residents.visits_per_day * (wanted / visits_per_day)).astype(np.float32)
    return residents._replace(visits_per_day=scaled)


def visits_of_residents(config: RunConfig) -> float:
    """Return the visits of an average day that people of the catchment make."""
    return (1.0 - config.catchment.walk_in_share) * config.population.visits_per_day
