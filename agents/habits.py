"""What parties are used to: looking at live information, a way to pay, a way to look for a bay; and who is in the top tier."""

from __future__ import annotations

import numpy as np

from sim.config import RunConfig
from sim.random_streams import stream_key, uniforms
from sim.visitors import PayMethod, Visitors


def with_habits(config: RunConfig, visitors: Visitors) -> Visitors:
    """Return the parties with their habits, each drawn by the visit's own number."""
    uses_app = uniforms(stream_key(config.seed, "uses the app"), visitors.number, 0) < config.queues.app_share
    return visitors._replace(pays_by=_ways_to_pay(config, visitors.number), uses_app=uses_app.astype(np.int8))


def _ways_to_pay(config: RunConfig, number: np.ndarray) -> np.ndarray:
    """Return the way each party is used to, by the shares of the mix in the order of PayMethod: from cash to the phone.

    That order lets a mix with less cash change the minds of as few as may be.
    """
    shares = np.array([getattr(config.checkout.mix, method.name.lower()) for method in PayMethod], float)
    cumulated = np.cumsum(shares)
    draw = uniforms(stream_key(config.seed, "pays-by"), number, 0) * cumulated[-1]
    return np.minimum(np.searchsorted(cumulated, draw, side="right"), len(PayMethod) - 1).astype(np.int8)
