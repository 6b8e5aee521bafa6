"""From plan and parameters to car parks, their aisles and bays."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.config import RunConfig
from sim.crowd.cars.records import AISLE, BAY, CAR_PARK
from sim.crowd.state import records
from sim.plan_arrays import CompiledPlan


class CarParks(NamedTuple):
    """Where cars stand."""

    car_parks: Any  # CAR_PARK (A)
    aisles: Any  # AISLE
    bays: Any  # BAY


def car_parks_of(compiled: CompiledPlan, config: RunConfig, index: dict[str, int]) -> CarParks:
    """Return the records, all bays free; `index` gives a station's number by its name."""
    plan = compiled.arrays
    parks = records(len(compiled.parking_ids), CAR_PARK)
    parks["walk_m"], parks["bays"], parks["entrance"] = plan.parking_walk_m, plan.parking_bays, plan.parking_entrance
    for kind in ("gate_in", "gate_out"):
        parks[kind] = np.array([index[f"{kind}:{name}"] for name in compiled.parking_ids], np.int32)
    return CarParks(parks, records(0, AISLE), records(0, BAY))


def bay_names(compiled: CompiledPlan, config: RunConfig) -> list[str]:
    """Return what each bay is called in events."""
    return []


def describe_parking(params: Any, config: RunConfig) -> None:
    """Write the parameters of car parks into the one record of PARAMS."""
