"""What parties are used to: looking at live information, a way to pay, a way to look for a bay; and who is in the top tier."""

from __future__ import annotations

import numpy as np

from sim.config import RunConfig
from sim.visitors import Visitors


def with_habits(config: RunConfig, visitors: Visitors) -> Visitors:
    """Return the parties with their habits, each drawn by the visit's own number."""
    return visitors._replace(uses_app=np.zeros(visitors.number.size, np.int8))
