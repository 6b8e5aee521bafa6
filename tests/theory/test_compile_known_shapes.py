"""Shapes whose zones, borders and distances one can work out by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import affinity
from shapely.geometry import Polygon, box

from sim.floorplan.compile import compile_plan
from sim.floorplan.path_check import check_paths, true_distances
from sim.floorplan.plan import Entrance, FloorPlan, Level
from sim.plan_arrays import CompiledPlan

ROOM_WITH_DOORWAY = shapely.union_all([box(0, 0, 8, 5), box(8, 2, 8.2, 3), box(8.2, -5, 20.2, 10)])
BOTTLENECK = shapely.union_all([box(0, 0, 10, 10), box(10, 4.5, 15, 5.5), box(15, 0, 25, 10)])
JOY_CITY = Path(__file__).resolve().parents[3] / "shared" / "data" / "joy_city" / "geojson"


def compiled(floor: Polygon, walks: list[tuple[float, float]], turn_deg: float = 0.0) -> CompiledPlan:
    """Compile one level with a spot at each point, all turned about the origin."""
    spots = [affinity.rotate(shapely.Point(point), turn_deg, origin=(0, 0)) for point in walks]
    turned = affinity.rotate(floor, turn_deg, origin=(0, 0))
    entrances = [Entrance(f"spot {number}", "G", spot.x, spot.y, 2.0, "spot") for number, spot in enumerate(spots)]
    return compile_plan(FloorPlan("shape", [Level("G", "Ground", 0, 0.0, walkable=turned)], entrances=entrances))


@pytest.mark.parametrize("turn_deg", [0.0, 17.0, 45.0, 90.0])
def test_a_doorway_is_a_border_of_its_own_width(turn_deg: float) -> None:
    plan = compiled(ROOM_WITH_DOORWAY, [(1, 1), (19, 0)], turn_deg)
    doorway = np.argmin(plan.arrays.border_width_m)
    rooms_m2 = plan.arrays.zone_area_m2[[plan.arrays.border_zone_a[doorway], plan.arrays.border_zone_b[doorway]]]

    assert plan.arrays.border_width_m[doorway] == pytest.approx(1.0, rel=0.02)
    assert min(abs(rooms_m2 - 40.0)) < 0.25  # the room, with or without the 0.2 m2 in the doorway
    assert doorway in plan.arrays.piece_border  # and the walk goes through it


@pytest.mark.parametrize("turn_deg", [0.0, 17.0])
def test_a_corridor_is_cut_across_at_its_own_width(turn_deg: float) -> None:
    plan = compiled(box(0, 0, 40, 2), [(0, 1), (40, 1)], turn_deg)

    assert plan.arrays.border_width_m == pytest.approx([2.0, 2.0], rel=0.01)
    assert ((plan.arrays.zone_area_m2 > 20) & (plan.arrays.zone_area_m2 < 30)).all()
    assert plan.arrays.leg_m == pytest.approx([40.0, 40.0], abs=0.02)
    assert plan.arrays.piece_left_m == pytest.approx(np.full(6, 0.8), abs=0.02)  # 1 m less a body's 0.2


@pytest.mark.parametrize("turn_deg", [0.0, 17.0])
def test_a_long_bottleneck_is_a_zone_between_two_borders(turn_deg: float) -> None:
    plan = compiled(BOTTLENECK, [(1, 5), (24, 5)], turn_deg)

    assert sorted(plan.arrays.zone_area_m2) == pytest.approx([5.0, 100.0, 100.0], rel=0.01)
    assert plan.arrays.border_width_m == pytest.approx([1.0, 1.0], rel=0.02)


@pytest.mark.parametrize("floor", [box(0, 0, 1, 1), box(0, 0, 3, 3), box(0, 0, 10, 10), box(0, 0, 0.5, 6)])
def test_a_small_plain_room_is_one_zone(floor: Polygon) -> None:
    plan = compiled(floor, [(0.25, 0.25)])

    assert plan.arrays.zone_area_m2 == pytest.approx([floor.area])
    assert len(plan.arrays.border_width_m) == 0


def test_a_small_room_behind_a_doorway_is_not_joined_to_the_hall() -> None:
    closet = shapely.union_all([box(0, 0, 12, 12), box(12, 5, 12.2, 5.6), box(12.2, 4, 14.2, 5.6)])
    plan = compiled(closet, [(1, 1), (13, 4.5)])

    assert min(plan.arrays.zone_area_m2) == pytest.approx(3.2, rel=0.05)
    assert min(plan.arrays.border_width_m) == pytest.approx(0.6, rel=0.02)


def test_the_true_distance_round_a_corner_is_two_sides_of_a_triangle() -> None:
    corner = shapely.difference(box(0, 0, 10, 10), box(4, 0, 10, 6))
    found = true_distances(corner, np.array([[2.0, 1.0]]), np.array([[9.0, 8.0]]))

    assert found[0, 0] == pytest.approx(math.hypot(2, 5) + math.hypot(5, 2), rel=0.002)


def test_a_walk_round_a_corner_is_longer_than_the_true_one_by_a_few_hundredths() -> None:
    corner = shapely.difference(box(0, 0, 30, 30), box(10, 0, 30, 20))
    plan = compiled(corner, [(2, 2), (28, 28)])
    shortest_m = math.hypot(8, 18) + math.hypot(18, 8)

    assert shortest_m < plan.arrays.walk_m.max() < 1.03 * shortest_m


@pytest.mark.slow
def test_paths_through_a_real_mall_are_near_the_shortest() -> None:
    if not JOY_CITY.exists():
        pytest.skip(f"needs {JOY_CITY}")
    from sim.floorplan.read import read_plan

    drawn = read_plan(JOY_CITY)
    records = check_paths(drawn, compile_plan(drawn), 3000)

    assert [record for record in records if record["verdict"] != "pass"] == []
