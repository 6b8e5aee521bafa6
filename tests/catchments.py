"""Catchments for laws about who comes."""

from __future__ import annotations

import numpy as np

from agents.population import Residents


def with_one_more_household(residents: Residents, like: int = 0) -> Residents:
    """Return the catchment with a household at its end, of people like those of an earlier one but who come nearly every day."""
    rows = np.flatnonzero(residents.household == residents.household[like])
    more = residents._replace(**{name: getattr(residents, name)[rows] for name in residents._fields})
    more = more._replace(
        key=residents.key.max() + 1 + np.arange(rows.size), household=np.full(rows.size, residents.household[-1] + 1),
        first=np.full(rows.size, residents.key.size), visits_per_day=np.where(more.visits_per_day > 0, 0.95, 0.0).astype(np.float32),
    )  # fmt: skip
    return Residents(*(np.concatenate(pair) for pair in zip(residents, more, strict=True)))
