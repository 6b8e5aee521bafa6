"""What is rolled out store by store and access point by access point: how far the roll-out is, and which are on by then."""

from __future__ import annotations

import datetime

import numpy as np

from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.random_streams import stream_key, uniforms


def roll_out_progress(config: RunConfig) -> float:
    """Return how far the roll-out is on the run's day, 0 to 1; raises ConfigError where its start is no day."""
    identity = config.sensing.identity
    if not identity.roll_out_starts:
        return 1.0
    try:
        start = datetime.date.fromisoformat(str(identity.roll_out_starts))
    except ValueError as reason:
        place, rule = "sensing.identity.roll_out_starts", f"must be a day of the calendar, or empty: {reason}"
        found = Problem(place, repr(identity.roll_out_starts), rule, 'write it as "2026-11-21"')
        raise ConfigError.of("configuration", [found]) from None
    days = (datetime.date.fromisoformat(config.date) - start).days
    return float(np.clip(days / identity.roll_out_days, 0.0, 1.0))


def rolled_out(config: RunConfig, what: str, keys: np.ndarray, share: float) -> np.ndarray:
    """Return which of the things with these keys are on: `share` of them once the roll-out is over, and none is turned off again.

    Which come first is a matter of the building, the same whatever the day's luck.
    """
    return uniforms(stream_key(0, f"rank in the roll-out of {what}"), keys, 0) < share * roll_out_progress(config)
