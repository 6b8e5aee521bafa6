"""What a run notes for its replay beside the log: what every party brought, and the fixes of a sample of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.random_streams import draw_words, stream_key
from sim.visitors import Visitors

VISITS, FIXES = "replay_visits.parquet", "replay_fixes.parquet"
FOLLOWED = 500  # visits that a replay tells everything of
SPARE = 4  # times as many are noted, since not everybody carries a phone that can be located
_KEPT = ("number", "people", "children", "purpose", "is_member", "points_centi", "parking", "uses_app", "needs")


def followed_words(numbers: np.ndarray) -> np.ndarray:
    """Return an addressed draw of each visit, the same for every seed: those with the lowest are followed."""
    return draw_words(stream_key(0, "followed in a replay"), numbers, 0)


class Notes:
    """The notes of one day, taken as it goes."""

    def __init__(self, visits_expected: float) -> None:
        """Begin; the number of visits expected says how likely each is to be followed."""
        share = min(SPARE * FOLLOWED / max(visits_expected, 1.0), 1.0)
        self._most = np.uint64(min(share * 2.0**64, 2.0**64 - 2**12))
        self._visits: list[dict[str, np.ndarray]] = []
        self._fixes: list[dict[str, np.ndarray]] = []

    def admit(self, visitors: Visitors) -> None:
        """Note what the next parties bring."""
        self._visits.append({name: np.array(getattr(visitors, name)) for name in _KEPT})

    def locate(self, now_us: int, fixes: Any) -> None:
        """Note where some parties were believed to be: sim.sensing.located.PartyFixes, or None where nobody is located."""
        if fixes is None:
            return
        chosen = np.flatnonzero(followed_words(fixes.visit) <= self._most)
        columns = {"time_us": np.full(chosen.size, now_us, np.int64)}
        self._fixes.append({**columns, **{name: np.array(getattr(fixes, name)[chosen]) for name in fixes._fields}})

    def tables(self) -> dict[str, dict[str, np.ndarray]]:
        """Return the tables to keep, by the names of their files; those without a row are left out."""
        found = {}
        for name, parts in ((VISITS, self._visits), (FIXES, self._fixes)):
            if parts and sum(len(next(iter(part.values()))) for part in parts):
                found[name] = {column: np.concatenate([part[column] for part in parts]) for column in parts[0]}
        if VISITS in found:
            needs = found[VISITS].pop("needs")
            found[VISITS] |= {f"need_{nth}": needs[:, nth] for nth in range(needs.shape[1])}
        return found
