"""Whom the platform knows to be inside now: by number, with the last fix and the ways to reach each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.promos import Reach
from sim.visitors import App, Phones


class Present(NamedTuple):
    """One row for each known person of whom something was heard on this visit, in order of number."""

    person: np.ndarray  # int64 number, as in `People`
    is_member: np.ndarray  # bool
    reach: np.ndarray  # int16 sim.promos.Reach: the ways in which the platform can reach it
    level: np.ndarray  # int32 of the last fix, -1 where it has none
    x_m: np.ndarray  # float64, NaN where it has none
    y_m: np.ndarray  # float64
    radius_m: np.ndarray  # float64 within which the platform believes it to be with probability one half
    unit: np.ndarray  # int32 store in which the fix lies, -1 for none


def nobody_present() -> Present:
    """Return no rows."""
    whole, real = np.zeros(0, np.int64), np.zeros(0)
    return Present(
        whole, whole.astype(bool), whole.astype(np.int16), whole.astype(np.int32), real, real, real, whole.astype(np.int32)
    )


def reach_of(phones: Phones, parties: int) -> np.ndarray:
    """Return the ways (promos.Reach, int16) that lead to each party of a batch by any of its phones; the log-in page is not among them."""
    reach = (
        Reach.PUSH * (phones.app == App.PUSH)
        + Reach.APP * ((phones.app == App.PUSH) | (phones.app == App.ACTIVE))
        + Reach.CHAT * (phones.has_card == 1)
        + Reach.LINKED * (phones.pays_linked == 1)
    ).astype(np.int16)
    found = np.zeros(parties, np.int16)
    np.bitwise_or.at(found, phones.party, reach)
    return found
