"""The same mall with k times the room: how a day of a million visits fits where 60,000 do."""

from __future__ import annotations

import dataclasses

import numpy as np

from sim.plan_arrays import CompiledPlan


def widened_plan(compiled: CompiledPlan, times: float) -> CompiledPlan:
    """Return the plan with the same ways and distances but `times` the width, area, bays, gates, lift places and tills.

    With as many times the visits, every party then meets the densities and lines of the plain mall: what grows is the crowd, and
    nothing else about a visit.
    """
    plan = compiled.arrays
    wide = {
        name: getattr(plan, name) * times
        for name in ("zone_area_m2", "border_width_m", "unit_area_m2", "door_width_m", "entrance_width_m", "connector_width_m")
    }
    counts = {
        name: np.maximum(1, np.rint(getattr(plan, name) * times)).astype(np.int32) * (getattr(plan, name) > 0)
        for name in ("connector_capacity_people", "parking_bays", "parking_gates")
    }
    tenants = tuple({**tenant, "staff": _staff(tenant.get("staff"), times)} for tenant in compiled.tenants)
    return dataclasses.replace(compiled, arrays=plan._replace(**wide, **counts), tenants=tenants)


def _staff(staff: object, times: float) -> object:
    return max(1, round(staff * times)) if isinstance(staff, int | float) and staff > 0 else staff
