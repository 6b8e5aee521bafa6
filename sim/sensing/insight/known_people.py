"""What deciders may ask of the people that the platform knows: a view of the profiles that nobody can write through."""

from __future__ import annotations

import numpy as np

from sim.sensing.identity.identity import Identity
from sim.sensing.insight.profiles import Profiles


class KnownPeople:
    """The profiles as of the last reading, by number; a number means the same for as long as the run lasts."""

    def __init__(self, profiles: Profiles, identity: Identity) -> None:
        """Look at both; neither is changed."""
        self._profiles, self._identity = profiles, identity

    @property
    def numbers(self) -> np.ndarray:
        """Everybody known and agreed to be followed, in ascending order (int64)."""
        return self._profiles.numbers

    def number_of(self, subjects: np.ndarray) -> np.ndarray:
        """Return the number (int64) behind each subject of an observed row or a fix, -1 where nobody is known behind it."""
        return self._identity.profile_of(subjects)

    def affinity(self, numbers: np.ndarray, now_us: int) -> np.ndarray:
        """Return the expected share of each class of stores in what each person wants, (n, classes)."""
        return self._profiles.affinity(numbers, now_us)

    def store_affinity(self, numbers: np.ndarray, now_us: int) -> np.ndarray:
        """Return the same for each store, (n, stores), in the order of the plan's units."""
        return self._profiles.store_affinity(numbers, now_us)

    def counts_of(self, numbers: np.ndarray) -> dict[str, np.ndarray]:
        """Return what was counted of each person: visits, stays, purchases, spent_fen, inside_us, stayed_us, first_seen_us, last_seen_us."""
        return self._profiles.whole_of(numbers)

    def is_held_out(self, numbers: np.ndarray) -> np.ndarray:
        """Return whom no policy may address, so that effects can be measured (sensing.identity.holdout_share)."""
        return self._identity.is_held_out(self._identity.id_of(numbers))

    def address_of(self, numbers: np.ndarray) -> np.ndarray:
        """Return an address (int64) of each person for draws: its own, whoever else is known, and the same on every day of a run."""
        return self._identity.id_of(numbers)
