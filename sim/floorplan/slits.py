"""Passages of the walkable floor that are narrower than a person should have to confirm."""

from __future__ import annotations

import shapely
from shapely.geometry.base import BaseGeometry

from sim.errors import Problem
from sim.floorplan.check_shapes import place_of
from sim.floorplan.plan import FloorPlan
from sim.floorplan.repair import made_valid, walkable_of

SLIT_M = 1.2
RESIDUE_M2_MIN = 0.05
NEAR_M = 2.0  # how far around a slit one looks when measuring it


def slits_of(plan: FloorPlan) -> list[Problem]:
    """Return one warning per passage narrower than 1.2 m that joins wider floor on both its ends."""
    found = []
    for level in plan.levels:
        floor = made_valid(walkable_of(level, plan.units))[0]
        for slit, width_m in _slits(floor):
            found.append(Problem(place_of("walkable floor", level.id, level.id, slit), f"{width_m:.2f} m wide",
                                 f"a passage is at least {SLIT_M} m wide", "confirm that people pass here, or close or widen it"))  # fmt: skip
    return found


def _slits(floor: BaseGeometry) -> list[tuple[BaseGeometry, float]]:
    if floor.is_empty:
        return []
    wide = shapely.buffer(shapely.buffer(floor, -SLIT_M / 2, quad_segs=2), SLIT_M / 2, quad_segs=4)
    rest = [part for part in shapely.get_parts(shapely.difference(floor, wide)) if part.area > RESIDUE_M2_MIN]
    found = []
    shapely.prepare(wide)
    for part in sorted(rest, key=lambda part: part.bounds):
        # A corner touches wide floor on one side only; a passage on two.
        mouths = shapely.get_parts(shapely.intersection(shapely.buffer(part, 0.03, quad_segs=1), wide))
        if len(mouths) >= 2:
            ends = sorted(mouths, key=lambda mouth: (-mouth.area, mouth.bounds))[:2]
            found.append((part, _width_m(floor, part, ends)))
    return [(part, width_m) for part, width_m in found if width_m < SLIT_M]


def _width_m(floor: BaseGeometry, part: BaseGeometry, ends: list[BaseGeometry]) -> float:
    """Return the diameter of the widest disc that can be pushed from one end of a passage to the other, to 2 cm."""
    near = shapely.intersection(floor, shapely.buffer(part, NEAR_M, quad_segs=2))
    low_m, high_m = 0.0, SLIT_M + 0.2
    while high_m - low_m > 0.02:
        middle_m = (low_m + high_m) / 2
        centres = shapely.get_parts(shapely.buffer(near, -middle_m / 2))
        reach_m = middle_m / 2 + 0.1  # a disc in the mouth has its centre this near to it
        passes = any(all(shapely.distance(one, end) <= reach_m for end in ends) for one in centres)
        low_m, high_m = (middle_m, high_m) if passes else (low_m, middle_m)
    return (low_m + high_m) / 2
