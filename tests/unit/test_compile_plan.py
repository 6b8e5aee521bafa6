"""A small plan on two levels compiled: what is where in the arrays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from shapely.geometry import box

from sim.errors import FloorPlanError
from sim.floorplan.compile import compile_plan
from sim.floorplan.plan import Connector, Door, Entrance, FloorPlan, Level, ParkingArea, Stop, Tenant, Unit
from sim.plan_arrays import RideKind


def two_levels() -> FloorPlan:
    """Two shops and a vacant unit below, one shop and one out of reach above; an escalator up and a lift."""
    return FloorPlan(
        "two levels",
        [Level("U", "Upper", 1, 5.0, box(0, 0, 40, 20)), Level("G", "Ground", 0, 0.0, box(0, 0, 40, 20))],
        [
            Unit("a", "G", "a", box(0, 0, 10, 8), doors=(Door(5, 8, 2.0),)),
            Unit("b", "G", "b", box(20, 0, 40, 8), doors=(Door(22, 8, 1.0), Door(38, 8, 1.5))),
            Unit("empty", "G", "", box(0, 14, 6, 20), "vacant"),
            Unit("c", "U", "c", box(0, 0, 10, 8)),
            Unit("walled in", "U", "walled in", box(30, 10, 36, 16), doors=(Door(33, 13, 1.0),)),
        ],
        [
            Tenant("A", "fashion", "a", staff=2),
            Tenant("B", "cafe", "b"),
            Tenant("C", "kids", "c"),
            Tenant("D", "kids", "walled in"),
        ],
        [
            Connector("up", "escalator", (Stop("G", 15, 11), Stop("U", 24, 11))),
            Connector("lift", "lift", (Stop("G", 39, 15), Stop("U", 39, 15)), capacity_people=21),
        ],
        [Entrance("east", "G", 40, 11, 6.0), Entrance("garage", "G", 20, 20, 2.0, "car_park"), Entrance("west", "G", 0, 11)],
        [ParkingArea("P", "G", 100, "garage")],
    )


def distance_m(plan: FloorPlan, start: int, target: int, level: int) -> float:
    arrays = compile_plan(plan).arrays
    first, nodes = arrays.level_node_start[level], np.diff(arrays.level_node_start)[level]
    row = target - arrays.level_target_start[level]
    return float(arrays.walk_m[arrays.level_table_start[level] + row * nodes + start - first])


def test_levels_units_and_entrances_are_sorted_by_level_and_id() -> None:
    plan = compile_plan(two_levels())

    assert plan.level_ids == ("G", "U")
    assert plan.unit_ids == ("a", "b", "c")
    assert plan.entrance_ids == ("east", "garage", "west")
    assert plan.arrays.unit_level.tolist() == [0, 0, 1]
    assert plan.tenants[0]["staff"] == 2


def test_a_shop_that_no_entrance_reaches_is_left_out_and_named() -> None:
    plan = compile_plan(two_levels())

    assert plan.unreachable_units == ("walled in",)
    assert len(plan.structure_rings[0]) == 1  # the vacant unit
    assert len(plan.structure_rings[1]) == 1  # the shop walled in
    assert [len(names) for names in plan.structure_names] == [len(rooms) for rooms in plan.structure_rings]


def test_shops_above_are_out_of_reach_where_the_escalator_runs_down_only() -> None:
    drawn = two_levels()
    drawn.connectors = [Connector("down", "escalator", (Stop("U", 24, 11), Stop("G", 15, 11)))]

    assert compile_plan(drawn).unreachable_units == ("c", "walled in")


def test_an_escalator_goes_one_way_and_a_lift_both() -> None:
    arrays = compile_plan(two_levels()).arrays

    assert list(zip(arrays.ride_from_level, arrays.ride_to_level, arrays.ride_connector, strict=True)) == [
        (0, 1, 0),
        (0, 1, 1),
        (1, 0, 0),
    ]
    assert arrays.connector_kind.tolist() == [RideKind.LIFT, RideKind.ESCALATOR]
    assert arrays.connector_capacity_people.tolist() == [21, 0]
    assert arrays.ride_length_m == pytest.approx([5.0, np.hypot(9, 5), 5.0])
    assert arrays.level_ride_start.tolist() == [0, 2, 3]


def test_an_escalator_drawn_too_short_for_its_climb_is_as_long_as_thirty_degrees_need() -> None:
    drawn = two_levels()
    drawn.connectors = [Connector("up", "escalator", (Stop("G", 15, 11), Stop("U", 16, 11)))]

    assert compile_plan(drawn).arrays.ride_length_m == pytest.approx([10.0])


def test_arrivals_on_foot_share_street_doors_by_width_and_none_come_from_the_garage() -> None:
    assert compile_plan(two_levels()).arrays.entrance_share == pytest.approx([0.75, 0.0, 0.25])


def test_a_share_that_is_given_leaves_the_rest_to_the_others() -> None:
    drawn = two_levels()
    drawn.entrances[0] = replace(drawn.entrances[0], share=0.4)

    assert compile_plan(drawn).arrays.entrance_share == pytest.approx([0.4, 0.0, 0.6])


def test_targets_are_units_then_rides_then_entrances() -> None:
    arrays = compile_plan(two_levels()).arrays

    assert arrays.unit_target.tolist() == [0, 1, 7]
    assert arrays.ride_target.tolist() == [2, 3, 8]
    assert arrays.entrance_target.tolist() == [4, 5, 6]
    assert arrays.level_target_start.tolist() == [0, 7, 9]


def test_one_walks_to_the_nearer_of_two_doors() -> None:
    arrays = compile_plan(two_levels()).arrays
    east, west = arrays.entrance_node[0], arrays.entrance_node[2]

    # Half a metre off each wall: from (39.5, 11) to (38, 8.5), and from (0.5, 11) to (22, 8.5).
    assert distance_m(two_levels(), east, 1, 0) == pytest.approx(np.hypot(1.5, 2.5), abs=0.01)
    assert distance_m(two_levels(), west, 1, 0) == pytest.approx(np.hypot(21.5, 2.5), abs=0.01)


def test_a_unit_without_a_door_gets_one_in_the_middle_of_its_front() -> None:
    arrays = compile_plan(two_levels()).arrays
    node = arrays.door_node[arrays.unit_door_start[2]]

    assert 0.5 <= arrays.node_x_m[node] <= 10.5
    assert arrays.node_level[node] == 1


def test_a_passage_past_a_shop_shows_its_front() -> None:
    arrays = compile_plan(two_levels()).arrays
    west, east = arrays.entrance_node[2], arrays.entrance_node[0]
    leg = next(leg for leg in range(len(arrays.leg_m)) if (arrays.leg_from[leg], arrays.leg_to[leg]) == (west, east))

    assert arrays.frontage_unit[arrays.leg_frontage_start[leg] : arrays.leg_frontage_start[leg + 1]].tolist() == [0, 1]


def test_rings_are_closed_and_turn_left() -> None:
    arrays = compile_plan(two_levels()).arrays
    for start, stop in zip(arrays.unit_ring_start[:-1], arrays.unit_ring_start[1:], strict=True):
        x_m, y_m = arrays.ring_x_m[start:stop], arrays.ring_y_m[start:stop]
        assert (x_m[0], y_m[0]) == (x_m[-1], y_m[-1])
        assert (x_m[:-1] * y_m[1:] - x_m[1:] * y_m[:-1]).sum() > 0


def test_a_parking_level_without_floor_is_a_level_without_nodes() -> None:
    drawn = two_levels()
    drawn.levels.append(Level("P1", "Parking", -1, -4.0))
    plan = compile_plan(drawn)

    assert plan.level_ids == ("P1", "G", "U")
    assert plan.arrays.level_node_start[:2].tolist() == [0, 0]


def test_every_fault_is_named_at_once() -> None:
    drawn = two_levels()
    drawn.tenants[0] = replace(drawn.tenants[0], category="fashon")
    drawn.connectors[0] = replace(drawn.connectors[0], stops=(Stop("G", 15, 11), Stop("V", 24, 11)))
    drawn.entrances.append(Entrance("east", "G", 40, 12))
    with pytest.raises(FloorPlanError) as caught:
        compile_plan(drawn)

    assert len(caught.value.problems) == 3
    assert "did you mean 'fashion'?" in str(caught.value)


def test_a_plan_without_entrance_or_floor_cannot_be_compiled() -> None:
    with pytest.raises(FloorPlanError, match="at least one entrance"):
        compile_plan(replace(two_levels(), entrances=[], parking=[]))
    bare = replace(two_levels(), levels=[Level("G", "Ground", 0, 0.0), Level("U", "Upper", 1, 5.0)])
    with pytest.raises(FloorPlanError, match="floor to walk on"):
        compile_plan(bare)


def test_an_entrance_far_off_the_floor_is_refused_with_its_place() -> None:
    drawn = two_levels()
    drawn.entrances.append(Entrance("moon", "G", 400, 12))
    with pytest.raises(FloorPlanError, match=r"entrance 'moon' on level 'G'.*\(400.00, 12.00\) m"):
        compile_plan(drawn)
