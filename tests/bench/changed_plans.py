"""The benchmark's mall with one thing changed: more room, nothing to see in passing, or floors that are not cut into zones."""

from __future__ import annotations

import dataclasses

import numpy as np

from sim.plan_arrays import CompiledPlan


def widened(compiled: CompiledPlan, times: float) -> CompiledPlan:
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
        name: np.where(getattr(plan, name) > 0, np.maximum(1, np.rint(getattr(plan, name) * times)), 0).astype(np.int32)
        for name in ("connector_capacity_people", "parking_bays", "parking_gates")
    }
    tenants = tuple({**tenant, "staff": _staff(tenant.get("staff"), times)} for tenant in compiled.tenants)
    return dataclasses.replace(compiled, arrays=plan._replace(**wide, **counts), tenants=tenants)


def without_frontages(compiled: CompiledPlan) -> CompiledPlan:
    """Return the plan in which one sees no shop in passing."""
    plan = compiled.arrays
    bare = plan._replace(leg_frontage_start=np.zeros_like(plan.leg_frontage_start), frontage_unit=plan.frontage_unit[:0])
    return dataclasses.replace(compiled, arrays=bare)


def with_whole_legs(compiled: CompiledPlan) -> CompiledPlan:
    """Return the plan in which each leg lies in the zone it begins in (for runs without congestion only)."""
    plan = compiled.arrays
    first = plan.leg_piece_start[:-1]
    whole = {name: getattr(plan, name)[first] for name in ("piece_zone", "piece_left_m", "piece_right_m")}
    starts = np.arange(plan.leg_m.size + 1, dtype=plan.leg_piece_start.dtype)
    legs = plan._replace(
        leg_piece_start=starts, piece_m=plan.leg_m, piece_border=np.full(plan.leg_m.size, -1, np.int32), **whole
    )
    return dataclasses.replace(compiled, arrays=legs)


def _staff(staff: object, times: float) -> object:
    return max(1, round(staff * times)) if isinstance(staff, int | float) and staff > 0 else staff
