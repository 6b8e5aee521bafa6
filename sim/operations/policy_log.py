"""Whom the platform knew to be inside on a day, when it first did, who of them no policy may address, and what they were heard to pay."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from sim.sensing.observations import Observations
from sim.sensing.present import Present


class PersonDay:
    """One row for each person whom a review of the policies found inside; what a hold-out is judged by."""

    RECORD: ClassVar[np.dtype] = np.dtype(
        [
            ("person", "i8"),
            ("day", "i4"),
            ("first_us", "i8"),
            ("visit", "i8"),
            ("paid_fen", "i8"),
            ("is_held_out", "i1"),
            ("is_member", "i1"),
        ]
    )
    # visit: the truth, of the first visit of the day; paid_fen: what tills heard of the person by an account that is linked to it

    def __init__(self) -> None:
        self._rows = np.zeros(0, self.RECORD)

    def see(self, now_us: int, observations: Observations, present: Present, visits: np.ndarray) -> None:
        """Note who is there for the first time, and what was heard of everybody."""
        people = observations.people
        assert people is not None
        is_new = ~np.isin(present.person, self._rows["person"])
        if is_new.any():
            rows = np.zeros(int(is_new.sum()), self.RECORD)
            rows["person"], rows["first_us"], rows["visit"] = present.person[is_new], now_us, visits[is_new]
            rows["is_held_out"], rows["is_member"] = people.is_held_out(rows["person"]), present.is_member[is_new]
            both = np.concatenate([self._rows, rows])
            self._rows = both[np.argsort(both["person"], kind="stable")]
        paid = observations.kind == "paid"
        if paid.any() and self._rows.size:
            person = people.number_of(observations.rows.subject[paid])
            at = np.minimum(np.searchsorted(self._rows["person"], person), self._rows.size - 1)
            known = self._rows["person"][at] == person
            np.add.at(self._rows["paid_fen"], at[known], observations.value[paid][known])

    def rows(self) -> np.ndarray:
        """Return them in order of number."""
        return self._rows.copy()
