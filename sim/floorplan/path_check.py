"""Compiled paths against the true shortest ones, zones against the floor, legs against the walls."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from sim.floorplan.plan import FloorPlan
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms

TOLERANCE_M = 1e-3  # half the grid of the compiler, and a little for sums
WALL_M = 0.01  # true paths keep this from the walls
GAP_M = 0.2  # nobody gets through less
LONGER_P95_MAX = 0.05
LONGER_FAR = 0.08
FAR_SHARE_MAX = 0.01

Record = dict[str, object]


def drawn_floor(plan: FloorPlan, level_id: str) -> BaseGeometry:
    """Return a level's floor straight from the drawing, without the compiler's snapping and cleaning."""
    (level,) = (level for level in plan.levels if level.id == level_id)
    if level.walkable is not None and not level.walkable.is_empty:
        return shapely.make_valid(level.walkable)
    units = [shapely.make_valid(unit.polygon) for unit in plan.units if unit.level == level_id]
    return shapely.difference(shapely.make_valid(level.outline), shapely.union_all(units))


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    parts = shapely.get_parts(shapely.get_parts([shape]))
    return [part for part in parts if part.geom_type == "Polygon"]


def _reflex_corners(shape: BaseGeometry) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the corners that stick into the floor, with the points before and after them."""
    found = []
    for polygon in _polygons(shape):
        for ring in shapely.get_rings(shapely.orient_polygons(polygon)):
            here = shapely.get_coordinates(ring)[:-1]
            before, after = np.roll(here, 1, axis=0), np.roll(here, -1, axis=0)
            turn = (here - before)[:, 0] * (after - here)[:, 1] - (here - before)[:, 1] * (after - here)[:, 0]
            found.append(np.stack([here, before, after], axis=1)[turn < 0])
    corners = np.concatenate(found)
    return corners[:, 0], corners[:, 1], corners[:, 2]


def _touches_only(step: np.ndarray, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return whether lines through corners have both walls on one side: others cannot be bits of shortest paths."""
    left = step[:, 0] * before[:, 1] - step[:, 1] * before[:, 0]
    right = step[:, 0] * after[:, 1] - step[:, 1] * after[:, 0]
    slack = 1e-6 * np.hypot(*step.T)
    return np.asarray(((left >= -slack) & (right >= -slack)) | ((left <= slack) & (right <= slack)))


def true_distances(floor: BaseGeometry, sources_m: np.ndarray, goals_m: np.ndarray) -> np.ndarray:
    """Return shortest walking distances (sources, goals) in a polygon: its whole visibility graph, every true corner.

    Shortest paths among polygons bend at reflex corners only (Lozano-Perez and Wesley 1979). Gaps under `GAP_M`
    are closed first: they are misfits of the drawing, or walls that meet at a point.
    """
    inner = floor.buffer(-GAP_M / 2, join_style="mitre").buffer(GAP_M / 2 - WALL_M, join_style="mitre")
    wide = inner.buffer(WALL_M / 100, join_style="mitre")  # lines along its edge are inside
    shapely.prepare(wide)
    corner, before, after = _reflex_corners(inner)
    ends = np.unique(np.concatenate([sources_m, goals_m]), axis=0)
    spots = np.concatenate([ends, corner])
    fill = np.zeros_like(ends)
    back = np.concatenate([fill, before - corner])
    ahead = np.concatenate([fill, after - corner])
    one, other = np.triu_indices(len(spots), 1)
    step = spots[other] - spots[one]
    taut = _touches_only(step, back[one], ahead[one]) & _touches_only(step, back[other], ahead[other])
    one, other = one[taut], other[taut]
    lines = shapely.linestrings(np.stack([spots[one], spots[other]], axis=1))
    seen = shapely.covers(wide, lines)
    one, other = one[seen], other[seen]
    length_m = np.maximum(np.hypot(*(spots[other] - spots[one]).T), 1e-9)
    graph = csr_array((length_m, (one, other)), shape=(len(spots), len(spots)))
    number = {tuple(spot): place for place, spot in enumerate(ends)}
    starts = np.array([number[tuple(spot)] for spot in sources_m])
    stops = np.array([number[tuple(spot)] for spot in goals_m])
    found, row = np.unique(starts, return_inverse=True)
    return np.asarray(dijkstra(graph, directed=False, indices=found)[row][:, stops])


def _sampled(candidates: int, wanted: int, level: int) -> np.ndarray:
    """Return up to `wanted` distinct places among candidates, by addressed draws."""
    if candidates <= wanted:
        return np.arange(candidates)
    draws = uniforms(stream_key(level, "path_check"), np.arange(candidates), 0)
    return np.sort(np.argsort(draws, kind="stable")[:wanted])


def _longer_shares(plan: FloorPlan, compiled: CompiledPlan, pairs: int) -> Iterator[np.ndarray]:
    """Yield for each level the shares by which compiled paths between sampled doors exceed the shortest.

    Infinite where only one of the two knows a way.
    """
    arrays = compiled.arrays
    per_level = np.bincount(arrays.unit_level, minlength=len(compiled.level_ids)).astype(np.int64) ** 2
    for level, level_id in enumerate(compiled.level_ids):
        units = np.flatnonzero(arrays.unit_level == level)
        if len(units) < 2:
            continue
        one, other = (side.ravel() for side in np.meshgrid(units, units, indexing="ij"))
        one, other = one[one != other], other[one != other]
        wanted = max(int(np.ceil(pairs * per_level[level] / per_level.sum())), min(20, len(one)))
        chosen = _sampled(len(one), wanted, level)
        one, other = one[chosen], other[chosen]
        first, nodes = arrays.level_node_start[level], np.diff(arrays.level_node_start)[level]
        start = arrays.door_node[arrays.unit_door_start[one]]
        row = arrays.unit_target[other] - arrays.level_target_start[level]
        measured_m = arrays.walk_m[arrays.level_table_start[level] + row * nodes + start - first]
        spots = np.stack([arrays.node_x_m, arrays.node_y_m], axis=1)
        doors = np.arange(arrays.unit_door_start[units[0]], arrays.unit_door_start[units[-1] + 1])
        goals = arrays.door_node[doors]
        true_m = true_distances(drawn_floor(plan, level_id), spots[np.unique(start)], spots[goals])
        rows = np.searchsorted(np.unique(start), start)
        low = arrays.unit_door_start[other] - doors[0]
        high = arrays.unit_door_start[other + 1] - doors[0]
        reference_m = np.array([true_m[r, a:b].min() for r, a, b in zip(rows, low, high, strict=True)])
        apart = (reference_m > 0.1) & (np.isfinite(reference_m) | np.isfinite(measured_m))
        one_way = np.isfinite(reference_m) != np.isfinite(measured_m)
        with np.errstate(invalid="ignore"):
            yield np.where(one_way, np.inf, measured_m / reference_m - 1.0)[apart]


def zone_errors(compiled: CompiledPlan) -> tuple[float, float]:
    """Return the largest share of a level's floor that zones miss or cover beyond it, and that they cover twice."""
    missed, twice = 0.0, 0.0
    zone = 0
    for level, pieces in enumerate(compiled.walkable_rings):
        floor = shapely.union_all([_shape(rings) for rings in pieces]) if pieces else Polygon()
        count = int((compiled.arrays.zone_level == level).sum())
        shapes = [_shape(rings) for rings in compiled.zone_rings[zone : zone + count]]
        zone += count
        if not shapes:
            continue
        union = shapely.union_all(shapes)
        missed = max(missed, shapely.symmetric_difference(union, floor).area / floor.area)
        twice = max(twice, (sum(shape.area for shape in shapes) - union.area) / floor.area)
    return missed, twice


def _shape(rings: tuple[np.ndarray, ...]) -> BaseGeometry:
    """Return the polygon(s) of rings: outer rings turn left, holes right."""
    outer = [ring for ring in rings if shapely.is_ccw(shapely.linearrings(ring))]
    holes = [Polygon(ring) for ring in rings if not shapely.is_ccw(shapely.linearrings(ring))]
    return shapely.union_all([Polygon(ring) for ring in outer]).difference(shapely.union_all(holes))


def legs_outside(plan: FloorPlan, compiled: CompiledPlan) -> int:
    """Return how many legs leave the drawn floor by more than `TOLERANCE_M`."""
    arrays = compiled.arrays
    spots = np.stack([arrays.node_x_m, arrays.node_y_m], axis=1)
    outside = 0
    for level, level_id in enumerate(compiled.level_ids):
        mine = arrays.node_level[arrays.leg_from] == level
        if mine.any():
            floor = drawn_floor(plan, level_id).buffer(TOLERANCE_M, join_style="mitre")
            shapely.prepare(floor)
            ends = np.stack([spots[arrays.leg_from[mine]], spots[arrays.leg_to[mine]]], axis=1)
            outside += int((~shapely.covers(floor, shapely.linestrings(ends))).sum())
    return outside


def _record(case: str, unit: str, limit: float, measured: float, pairs: int) -> Record:
    verdict = "pass" if measured <= limit else "fail"
    return {"case": case, "unit": unit, "reference": limit, "measured": measured, "verdict": verdict, "pairs": pairs}


def check_paths(plan: FloorPlan, compiled: CompiledPlan, pairs: int = 2000) -> list[Record]:
    """Return one record per claim; `reference` is the limit that `measured` must not exceed."""
    shares = list(_longer_shares(plan, compiled, pairs))
    longer = np.concatenate([*shares, np.zeros(0)])
    longer = longer if longer.size else np.zeros(1)  # a plan with nothing to walk between breaks no rule
    count = sum(len(share) for share in shares)
    lost = np.isinf(longer)
    known = np.where(lost, 0.0, longer)
    missed, twice = zone_errors(compiled)
    return [
        _record("door pairs with a way in one of the two only", "pairs", 0, int(lost.sum()), count),
        _record("path over the shortest, p95", "%", 100 * LONGER_P95_MAX, 100 * float(np.quantile(known, 0.95)), count),
        _record("door pairs over 8 % too long", "%", 100 * FAR_SHARE_MAX, 100 * float((longer > LONGER_FAR).mean()), count),
        _record("path shorter than the shortest", "%", 0.1, 100 * max(0.0, -float(known.min())), count),
        _record("floor not covered by zones", "share", 1e-6, missed, count),
        _record("floor covered twice by zones", "share", 1e-6, twice, count),
        _record("legs that leave the floor", "legs", 0, legs_outside(plan, compiled), count),
    ]
