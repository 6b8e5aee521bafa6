"""How right the attribution of stays to stores is: reported stays held against the times that parties truly spent in stores."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.events import EventKind, EventLog
from sim.sensing.insight.stays import StayRows
from sim.units import US_PER_S

OVERLAP = 0.5  # of the time that two stays must share to be one


class Attribution:
    """Collects true and reported stays of a run, and pairs them at its end."""

    def __init__(self, stay_s_min: float) -> None:
        """Begin with nothing; a shorter true stay need not be found."""
        self._shortest_us = int(stay_s_min * US_PER_S)
        nothing = np.zeros(0, np.int64)
        self._true = [(nothing, nothing, nothing, nothing)]  # visit, unit, from_us, to_us
        self._reported = [(nothing, nothing, nothing, nothing)]
        self._associated = [(nothing, nothing)]  # visit, at_us

    def associate(self, visits: np.ndarray, at_us: np.ndarray | int) -> None:
        """Note that a phone of these visits is on the mall's Wi-Fi from then on."""
        self._associated.append((visits.astype(np.int64), np.broadcast_to(np.asarray(at_us, np.int64), visits.shape).copy()))

    def take_events(self, log: EventLog, first: int, end: int) -> None:
        """Collect the true stays that end in rows [first, end)."""
        left = first + np.flatnonzero(log.kind[first:end] == EventKind.STORE_LEFT)
        if left.size:
            to_us = log.time_us[left].copy()
            self._true.append((log.visit[left].copy(), log.place[left].astype(np.int64), to_us - log.value[left], to_us))

    def take_stays(self, stays: StayRows, visits: np.ndarray) -> None:
        """Collect what the platform reported; `visits` are whose stays they were (see `Stays.take`)."""
        inside = stays.unit >= 0
        self._reported.append((visits[inside], stays.unit[inside].astype(np.int64), stays.from_us[inside], stays.to_us[inside]))

    def summary(self) -> dict[str, float | None]:
        """Return the KPIs of attribution by name."""
        found = self._paired()
        return {
            "store_attribution_share": _mean(found["is_found"]),
            "store_attribution_precision_share": _mean(found["is_right"]),
        }

    def curves(self) -> dict[str, Any]:
        """Return how many stays there were, were reported and were found, and by how much reported ones are too long."""
        found = self._paired()
        surplus_us = found["surplus_us"]
        return {
            "stays_true": int(found["is_found"].size),
            "stays_found": int(found["is_found"].sum()),
            "stays_reported": int(found["is_right"].size),
            "stays_reported_right": int(found["is_right"].sum()),
            "dwell_bias_s_mean": int(surplus_us.sum()) / surplus_us.size / US_PER_S if surplus_us.size else None,
        }

    def _paired(self) -> dict[str, np.ndarray]:
        """Return of each true stay whether it was found, of each reported one whether it is right; and what found ones are too long by."""
        true = np.stack([np.concatenate(column) for column in zip(*self._true, strict=True)])
        told = np.stack([np.concatenate(column) for column in zip(*self._reported, strict=True)])
        one, other = _same_party_and_store(true, told)
        shared_us = np.minimum(true[3][one], told[3][other]) - np.maximum(true[2][one], told[2][other])
        true_us, told_us = true[3] - true[2], told[3] - told[2]
        meets = shared_us >= OVERLAP * np.maximum(true_us[one], 1)
        is_found = np.zeros(true_us.size, bool)
        is_found[one[meets]] = True
        # A reported stay is right where its phone was, most of the time it tells of, whether or not it tells of the whole stay.
        right_us = np.zeros(told_us.size, np.int64)
        np.add.at(right_us, other, np.maximum(shared_us, 0))
        wanted = (true_us >= self._shortest_us) & (true[2] >= self._associated_us(true[0]))
        return {
            "is_found": is_found[wanted],
            "is_right": right_us >= OVERLAP * told_us,
            "surplus_us": (told_us[other] - true_us[one])[meets & wanted[one]],
        }

    def _associated_us(self, visits: np.ndarray) -> np.ndarray:
        """Return since when each visit has had a phone on the mall's Wi-Fi; far in the future where it never had."""
        visit, at_us = (np.concatenate(column) for column in zip(*self._associated, strict=True))
        order = np.lexsort((at_us, visit))
        known, first = np.unique(visit[order], return_index=True)
        at = np.minimum(np.searchsorted(known, visits), max(known.size - 1, 0))
        never = np.iinfo(np.int64).max
        return np.where(known[at] == visits, at_us[order][first][at], never) if known.size else np.full(visits.size, never)


def _same_party_and_store(true: np.ndarray, told: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return every pair (true stay, reported stay) of one visit and store, as indices."""
    visit = np.unique(np.concatenate([true[0], told[0]]), return_inverse=True)[1]
    units = int(max(true[1].max(initial=0), told[1].max(initial=0))) + 1
    mine, theirs = visit[: true.shape[1]] * units + true[1], visit[true.shape[1] :] * units + told[1]
    order = np.argsort(theirs, kind="stable")
    low, high = np.searchsorted(theirs[order], mine, "left"), np.searchsorted(theirs[order], mine, "right")
    one = np.repeat(np.arange(mine.size), high - low)
    step = np.arange(one.size) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
    return one, order[low[one] + step]


def _mean(flags: np.ndarray) -> float | None:
    return int(flags.sum()) / flags.size if flags.size else None
