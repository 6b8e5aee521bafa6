"""What parties are used to: looking at live information, a way to pay, a way to look for a bay; and who is in the top tier."""

from __future__ import annotations

import numpy as np

from sim.config import RunConfig
from sim.random_streams import stream_key, uniforms
from sim.visitors import Visitors


def with_habits(config: RunConfig, visitors: Visitors) -> Visitors:
    """Return the parties with their habits, each drawn by the visit's own number."""
    uses_app = uniforms(stream_key(config.seed, "uses the app"), visitors.number, 0) < config.queues.app_share
    return visitors._replace(uses_app=uses_app.astype(np.int8))
