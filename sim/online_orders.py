"""What a day's residents order online, as the population hands it to the mall."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


class OrdersOfDay(NamedTuple):
    """The orders that are thought of outside the mall."""

    orders: np.ndarray  # sim.crowd.online.records.ORDER, by (placed_us, number)
    distance_km: np.ndarray  # of each resident's home
    reach: dict[str, Any] | None = None  # how many the accounts that are taken reach, where that matters
