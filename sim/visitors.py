"""Who arrives: the batch of parties that the population hands to the crowd."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

NEEDS_MAX = 6  # needs a party can bring


class Visitors(NamedTuple):
    """Parties in order of (arrive_us, number); one row each."""

    number: np.ndarray  # int64 the visit's number, an address: independent of who else comes
    arrive_us: np.ndarray  # int64 at the entrance's door, or at the car park's gate
    entrance: np.ndarray  # int32 entrance, also for those by car (their car park's)
    parking: np.ndarray  # int32 car park, -1 on foot
    people: np.ndarray  # int32 1 to 6
    free_speed_mps: np.ndarray  # float64 on the level
    stay_s: np.ndarray  # float64 intended length of the visit
    spend_scale: np.ndarray  # float64 multiplies every basket; mean 1, heavy-tailed
    needs: np.ndarray  # int8 (rows, NEEDS_MAX) categories to visit, in order, -1 when none
    step_free: np.ndarray  # int8 1 when only lifts will do (pram, wheelchair)
    goal_entrance: np.ndarray  # int32 -1, or the entrance at which a party that only walks through leaves


def empty_visitors(rows: int) -> Visitors:
    """Return `rows` parties on foot, alone, at entrance 0 at midnight, with no needs."""
    return Visitors(
        number=np.zeros(rows, np.int64),
        arrive_us=np.zeros(rows, np.int64),
        entrance=np.zeros(rows, np.int32),
        parking=np.full(rows, -1, np.int32),
        people=np.ones(rows, np.int32),
        free_speed_mps=np.full(rows, 1.34),
        stay_s=np.zeros(rows),
        spend_scale=np.ones(rows),
        needs=np.full((rows, NEEDS_MAX), -1, np.int8),
        step_free=np.zeros(rows, np.int8),
        goal_entrance=np.full(rows, -1, np.int32),
    )
