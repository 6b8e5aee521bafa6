"""Laws of the compiled plan: what the engine relies on, for any plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from sim.floorplan.compile import compile_plan
from sim.floorplan.path_check import check_paths
from sim.floorplan.plan import Connector, Entrance, FloorPlan, Level, Stop, Tenant, Unit
from sim.plan_arrays import CompiledPlan

CELL_M = 6.0
# Times come from these; they must not change when a plan is drawn elsewhere.
TIMES = ("leg_m", "piece_m", "piece_left_m", "piece_right_m", "border_width_m", "zone_area_m2", "ride_length_m", "walk_m")


@st.composite
def plans(draw: st.DrawFn) -> FloorPlan:
    """Rooms of several sizes on a grid of cells, some let; two levels joined by an escalator and a lift."""
    columns, rows = draw(st.integers(3, 6)), draw(st.integers(3, 5))
    width_m, height_m = columns * CELL_M, rows * CELL_M
    units, tenants = [], []
    for level in ("G", "U"):
        for column in range(columns):
            for row in range(rows):
                size = draw(st.sampled_from((0.0, 0.0, 0.0, 2.5, 4.7, 6.0)))
                # The corners where people come in and change level stay free.
                if size == 0.0 or (column in (0, columns - 1) and row in (0, rows - 1)):
                    continue
                name = f"{level}-{column}-{row}"
                x_m, y_m = column * CELL_M, row * CELL_M
                units.append(Unit(name, level, name, box(x_m, y_m, x_m + size, y_m + size)))
                if draw(st.booleans()):
                    tenants.append(Tenant(f"Tenant {name}", "fashion", name))
    lift = Connector("lift", "lift", (Stop("G", width_m - 1.0, 1.0), Stop("U", width_m - 1.0, 1.0)))
    up = Connector("up", "escalator", (Stop("G", 1.0, height_m - 1.0), Stop("U", 4.0, height_m - 1.0)))
    return FloorPlan(
        "drawn",
        [Level("G", "Ground", 0, 0.0, box(0, 0, width_m, height_m)), Level("U", "Upper", 1, 5.0, box(0, 0, width_m, height_m))],
        units,
        tenants,
        [lift, up],
        [Entrance("south", "G", 1.0, 0.0), Entrance("north", "G", width_m - 1.0, height_m, 3.0)],
    )


def moved_plan(drawn: FloorPlan, x_m: float, y_m: float) -> FloorPlan:
    """Return the same plan drawn elsewhere."""

    def shape(found: shapely.Geometry | None) -> shapely.Geometry | None:
        return None if found is None else shapely.transform(found, lambda points: points + np.array([x_m, y_m]))

    def place(found: Any) -> Any:
        return replace(found, x_m=found.x_m + x_m, y_m=found.y_m + y_m)

    return replace(
        drawn,
        levels=[replace(level, outline=shape(level.outline), walkable=shape(level.walkable)) for level in drawn.levels],
        units=[
            replace(unit, polygon=shape(unit.polygon), doors=tuple(place(door) for door in unit.doors)) for unit in drawn.units
        ],
        connectors=[replace(way, stops=tuple(place(stop) for stop in way.stops)) for way in drawn.connectors],
        entrances=[place(entrance) for entrance in drawn.entrances],
    )


def polygon_of(pieces: tuple[tuple[np.ndarray, ...], ...]) -> shapely.Geometry:
    """Return the floor of the rings of its pieces."""
    return shapely.union_all([Polygon(rings[0], rings[1:]) for rings in pieces])


def leg_of_piece(plan: CompiledPlan) -> np.ndarray:
    return np.repeat(np.arange(len(plan.arrays.leg_m)), np.diff(plan.arrays.leg_piece_start))


@settings(max_examples=10, deadline=None)
@given(plans())
def test_pieces_of_a_leg_add_up_to_it_and_join_over_borders(drawn: FloorPlan) -> None:
    plan = compile_plan(drawn)
    arrays, leg = plan.arrays, leg_of_piece(plan)
    first, last = arrays.leg_piece_start[:-1], arrays.leg_piece_start[1:] - 1

    assert np.allclose(np.bincount(leg, weights=arrays.piece_m, minlength=len(arrays.leg_m)), arrays.leg_m, atol=1e-9)
    assert (arrays.piece_m > 0).all()
    assert (arrays.piece_zone[first] == arrays.node_zone[arrays.leg_from]).all()
    assert (arrays.piece_zone[last] == arrays.node_zone[arrays.leg_to]).all()
    assert (arrays.piece_border[last] == -1).all()
    inner = np.setdiff1d(np.arange(len(leg)), last)
    pair = np.sort(np.stack([arrays.piece_zone[inner], arrays.piece_zone[inner + 1]], axis=1), axis=1)
    border = arrays.piece_border[inner]
    assert (border >= 0).all()
    assert (pair[:, 0] == arrays.border_zone_a[border]).all()
    assert (pair[:, 1] == arrays.border_zone_b[border]).all()


@settings(max_examples=10, deadline=None)
@given(plans())
def test_no_leg_and_no_place_beside_it_leaves_the_floor(drawn: FloorPlan) -> None:
    plan = compile_plan(drawn)
    arrays = plan.arrays
    spots = np.stack([arrays.node_x_m, arrays.node_y_m], axis=1)
    leg = leg_of_piece(plan)
    gone_m = np.cumsum(arrays.piece_m) - arrays.piece_m
    gone_m -= gone_m[arrays.leg_piece_start[:-1]][leg]
    step = (spots[arrays.leg_to] - spots[arrays.leg_from])[leg] / arrays.leg_m[leg, None]
    start = spots[arrays.leg_from][leg] + step * gone_m[:, None]
    stop = start + step * arrays.piece_m[:, None]
    left = np.stack([-step[:, 1], step[:, 0]], axis=1)
    for level, pieces in enumerate(plan.walkable_rings):
        floor = polygon_of(pieces).buffer(0.003, join_style="mitre")  # 2 mm for walls at the very end of a leg
        shapely.prepare(floor)
        mine = arrays.node_level[arrays.leg_from][leg] == level
        for side, width_m in ((left, arrays.piece_left_m), (-left, arrays.piece_right_m)):
            aside = side * (width_m[:, None] + 0.001)
            corners = np.stack([start, stop, stop + aside, start + aside, start], axis=1)[mine]
            assert shapely.covers(floor, shapely.polygons(corners)).all()


@settings(max_examples=10, deadline=None)
@given(plans())
def test_following_the_next_leg_walks_the_promised_distance(drawn: FloorPlan) -> None:
    arrays = compile_plan(drawn).arrays
    for level in range(len(arrays.level_node_start) - 1):
        first, nodes = arrays.level_node_start[level], int(np.diff(arrays.level_node_start)[level])
        for target in range(int(np.diff(arrays.level_target_start)[level])):
            entries = arrays.level_table_start[level] + target * nodes + np.arange(nodes)
            leg, left_m = arrays.next_leg[entries], arrays.walk_m[entries]
            walking = leg >= 0
            assert np.isinf(left_m[leg == -2]).all()
            assert (left_m[leg == -1] == 0).all()
            assert (arrays.leg_from[leg[walking]] - first == np.flatnonzero(walking)).all()
            onward_m = left_m[arrays.leg_to[leg[walking]] - first]
            assert np.allclose(left_m[walking], arrays.leg_m[leg[walking]] + onward_m, atol=1e-9)


@settings(max_examples=10, deadline=None)
@given(plans())
def test_paths_are_short_and_zones_cover_the_floor_once(drawn: FloorPlan) -> None:
    plan = compile_plan(drawn)
    measured = {record["case"]: record["measured"] for record in check_paths(drawn, plan, 200)}

    assert measured["floor not covered by zones"] <= 1e-6
    assert measured["floor covered twice by zones"] <= 1e-6
    assert measured["legs that leave the floor"] == 0
    assert measured["path shorter than the shortest"] <= 0.1
    assert measured["path over the shortest, p95"] <= 12.0  # rooms six metres apart: every walk is a corner or two
    for level, pieces in enumerate(plan.walkable_rings):
        covered_m2 = plan.arrays.zone_area_m2[plan.arrays.zone_level == level].sum()
        assert abs(covered_m2 / polygon_of(pieces).area - 1.0) < 1e-6


@settings(max_examples=6, deadline=None)
@given(plans(), st.randoms(use_true_random=False))
def test_the_order_of_features_changes_nothing(drawn: FloorPlan, shuffler: object) -> None:
    mixed = replace(
        drawn, **{part: list(getattr(drawn, part)) for part in ("levels", "units", "tenants", "connectors", "entrances")}
    )
    for part in ("levels", "units", "tenants", "connectors", "entrances"):
        shuffler.shuffle(getattr(mixed, part))  # type: ignore[attr-defined]
    one, other = compile_plan(drawn), compile_plan(mixed)

    assert one.digest == other.digest
    assert one.unit_ids == other.unit_ids
    for name, array in one.arrays._asdict().items():
        assert array.tobytes() == getattr(other.arrays, name).tobytes(), name


@settings(max_examples=6, deadline=None)
@given(plans(), st.integers(-5000, 5000), st.integers(-5000, 5000))
def test_a_plan_drawn_some_whole_metres_away_has_the_same_times(drawn: FloorPlan, x_m: int, y_m: int) -> None:
    moved = moved_plan(drawn, x_m, y_m)
    here, there = compile_plan(drawn).arrays, compile_plan(moved).arrays

    for name in TIMES:
        assert getattr(here, name).tobytes() == getattr(there, name).tobytes(), name
    assert (there.node_x_m - here.node_x_m == x_m).all()
    assert (there.node_y_m - here.node_y_m == y_m).all()


@settings(max_examples=10, deadline=None)
@given(plans())
def test_the_fronts_passed_one_way_are_those_passed_the_other_way_reversed(drawn: FloorPlan) -> None:
    arrays = compile_plan(drawn).arrays
    passed = {
        (int(one), int(other)): arrays.frontage_unit[low:high].tolist()
        for one, other, low, high in zip(
            arrays.leg_from, arrays.leg_to, arrays.leg_frontage_start[:-1], arrays.leg_frontage_start[1:], strict=True
        )
    }
    for (one, other), units in passed.items():
        assert len(set(units)) == len(units)
        assert passed[other, one] == units[::-1]
        assert all(arrays.unit_level[unit] == arrays.node_level[one] for unit in units)
