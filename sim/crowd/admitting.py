"""From a batch of visitors to the records from which the crowd's rows are filled."""

from __future__ import annotations

import numpy as np

from sim.crowd.mind import ARRIVING_MIND
from sim.crowd.state import ARRIVAL, records
from sim.visitors import Visitors

_FOUND_OUT = ("list_length", "account")  # here, or by whoever keeps the accounts
_COPIED = (
    "number", "arrive_us", "free_speed_mps", "stay_s", "spend_scale", "entrance", "parking", "people", "goal_entrance", "step_free",
    "navigates", "uses_app", "pays_by", "is_vip", "parks_by", *(name for name, _ in ARRIVING_MIND if name not in _FOUND_OUT),
)  # fmt: skip


def arrivals_of(visitors: Visitors, trackers: np.ndarray | None) -> np.recarray:  # type: ignore[type-arg]
    """Return an ARRIVAL for each party, without its account; `trackers` (int32) say who is followed, -1 for whom none follows."""
    rows = visitors.number.size
    arrivals = records(rows, ARRIVAL)
    for name in _COPIED:
        arrivals[name] = getattr(visitors, name)
    arrivals["tracker"] = -1 if trackers is None else trackers
    packed = np.zeros(rows, np.int64)
    for slot in range(visitors.needs.shape[1] - 1, -1, -1):
        packed = packed << 8 | (visitors.needs[:, slot].astype(np.int64) + 1)
    arrivals["needs"] = packed
    arrivals["list_length"] = np.count_nonzero(visitors.needs >= 0, axis=1)
    return arrivals
