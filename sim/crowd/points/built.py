"""From plan and parameters to the terms on which each tenant gives and takes points."""

from __future__ import annotations

import numpy as np

from sim.config import RunConfig
from sim.crowd.points.records import TERMS
from sim.crowd.state import records
from sim.plan_arrays import CompiledPlan

FEN_PER_YUAN = 100


def terms_of(compiled: CompiledPlan, config: RunConfig) -> np.ndarray:
    """Return the TERMS of each unit."""
    terms = records(len(compiled.unit_ids), TERMS)
    terms["takes_part"] = config.points.is_on
    return terms


def describe_points(params: np.recarray, config: RunConfig) -> None:  # type: ignore[type-arg]
    """Fill in the parameters of points."""
    params["fen_per_point"] = round(config.points.yuan_per_point * FEN_PER_YUAN)
