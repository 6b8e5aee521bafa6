"""Where each unit's brand stands in the space of tastes: near some shoppers, far from others."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from sim.config import RunConfig
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.visitors import TASTES


def brands_of(compiled: CompiledPlan, config: RunConfig) -> np.ndarray:
    """Return float32 (units, TASTES), standard normal in each dimension; addressed by the unit, so that no other unit matters."""
    key = stream_key(config.seed, "brand")
    draws = [uniforms(key, compiled.arrays.unit_key, dimension) for dimension in range(TASTES)]
    return np.ascontiguousarray(ndtri(np.stack(draws, axis=1)).astype(np.float32))
