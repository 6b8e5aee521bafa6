"""Which stores the hottest and the coldest floor of each level lie by, so that a map can be told in words."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.plan_arrays import CompiledPlan
from sim.reporting.names import short_name

NAMED = 2  # hot and cold places of a level
AREA_M2_MIN = 15.0  # of a zone that is named: a landing of two square metres is no place
FAR_M = 40.0  # a store further off says nothing of where a zone is


def relative_time(compiled: CompiledPlan, person_s: np.ndarray) -> np.ndarray:
    """Return the time that people spent on each zone per m2, relative to the mall's mean; zeros where nobody was."""
    area_m2 = np.maximum(compiled.arrays.zone_area_m2, 1e-9)
    mean = person_s.sum() / area_m2.sum() if area_m2.size else 0.0
    found: np.ndarray = person_s / area_m2 / mean if mean > 0 else np.zeros(area_m2.size)
    return found


def hot_places(compiled: CompiledPlan, person_s: np.ndarray) -> list[dict[str, Any]]:
    """Return for each level, the top one first, its hottest and coldest zones by the store they lie by: {level, hot, cold}."""
    arrays, relative = compiled.arrays, relative_time(compiled, person_s)
    found = []
    for level in reversed(range(len(compiled.level_ids))):
        zones = np.flatnonzero((arrays.zone_level == level) & (arrays.zone_area_m2 >= AREA_M2_MIN))
        near = {zone: _store_by(compiled, level, zone) for zone in zones.tolist()}
        by_heat = [zone for zone in zones[np.argsort(-relative[zones], kind="stable")].tolist() if near[zone]]
        if not by_heat:
            continue
        hot = _named(by_heat, near, relative, ())
        cold = _named(by_heat[::-1], near, relative, [each["store"] for each in hot])
        found.append({"level": compiled.level_names[level], "hot": hot, "cold": cold})
    return found


def _named(zones: list[int], near: dict[int, str], relative: np.ndarray, taken: Any) -> list[dict[str, Any]]:
    stores = dict.fromkeys(near[zone] for zone in zones if near[zone] not in taken)
    first = {store: next(zone for zone in zones if near[zone] == store) for store in list(stores)[:NAMED]}
    return [{"store": store, "times_mean": round(float(relative[zone]), 3)} for store, zone in first.items()]


def _store_by(compiled: CompiledPlan, level: int, zone: int) -> str:
    """Return the tenant whose walls are nearest to the middle of a zone, empty where none is near."""
    spot = np.array([compiled.arrays.zone_x_m[zone], compiled.arrays.zone_y_m[zone]])
    best, name = FAR_M, ""
    for unit in np.flatnonzero(compiled.arrays.unit_level == level).tolist():
        ring = compiled.unit_rings[unit][0]
        start, along = ring[:-1], np.diff(ring, axis=0)
        share = np.clip(((spot - start) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12), 0.0, 1.0)
        distance = float(np.hypot(*(start + share[:, None] * along - spot).T).min())
        if distance < best - 1e-6:
            best, name = distance, short_name(compiled.tenant_names[unit])
    return name
