"""Laws of every generated mall, whatever its parameters."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import unary_union
from shapely.geometry import Point

from sim.floorplan.check import problems_of
from sim.floorplan.generate import generate_plan
from sim.floorplan.generate_parameters import GenerateParameters
from sim.floorplan.generate_units import divide_block
from sim.random_streams import stream_key


@st.composite
def mall_parameters(draw: st.DrawFn) -> GenerateParameters:
    floors = draw(st.integers(1, 4))
    parking_levels = draw(st.integers(0, 2))
    return GenerateParameters(
        name="law_mall",
        seed=draw(st.integers(0, 1000)),
        floors=floors,
        tenants=floors * draw(st.integers(10, 60)),
        parking_levels=parking_levels,
        parking_bays=300 if parking_levels else 0,
        atrium=draw(st.booleans()),
        anchors=draw(st.booleans()),
        cinema=draw(st.booleans()),
        food_court=draw(st.booleans()),
        entrances=draw(st.integers(1, 4)),
        stairs=draw(st.integers(0, 2)),
        bend_deg=float(draw(st.integers(-40, 40))),
    )


LOBBY_AT_THE_EDGE = GenerateParameters(  # access points within 3 m of its lobby hung outside the level
    name="law_mall", seed=0, floors=2, tenants=66, parking_levels=1, parking_bays=300, atrium=False, anchors=False, cinema=False,
    food_court=False, entrances=1, stairs=0, bend_deg=-9.0,
)  # fmt: skip


@settings(max_examples=8, deadline=None)
@given(mall_parameters())
@example(LOBBY_AT_THE_EDGE)
def test_a_generated_mall_is_sound_and_has_exactly_the_tenants_asked_for(parameters: GenerateParameters) -> None:
    plan = generate_plan(parameters)

    assert problems_of(plan) == []
    assert len(plan.tenants) == parameters.tenants
    assert len({tenant.name for tenant in plan.tenants}) == parameters.tenants
    assert {tenant.unit for tenant in plan.tenants} == {unit.id for unit in plan.units if unit.kind == "store"}


@settings(max_examples=8, deadline=None)
@given(mall_parameters())
def test_rooms_do_not_overlap_and_everything_people_touch_lies_on_the_floor(parameters: GenerateParameters) -> None:
    plan = generate_plan(parameters)

    floor = {level.id: level.walkable for level in plan.levels}
    for level in plan.levels:
        rooms = [unit.polygon for unit in plan.units if unit.level == level.id]
        assert sum(room.area for room in rooms) == pytest.approx(unary_union(rooms).area, abs=1.0)
    for unit in plan.units:
        assert all(floor[unit.level].distance(Point(door.x_m, door.y_m)) < 0.01 for door in unit.doors)
        assert bool(unit.doors) == (unit.kind == "store")
    for connector in plan.connectors:
        assert all(floor[stop.level].contains(Point(stop.x_m, stop.y_m)) for stop in connector.stops)
    for entrance in plan.entrances:
        assert floor[entrance.level].contains(Point(entrance.x_m, entrance.y_m))
    assert sum(entrance.share or 0.0 for entrance in plan.entrances) == pytest.approx(1.0, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(24.0, 600.0), min_size=1, max_size=9), st.floats(24.0, 60.0), st.floats(14.0, 36.0), st.integers(0, 99)
)
def test_a_divided_block_gives_every_shop_its_share_of_the_floor(
    areas: list[float], width_m: float, depth_m: float, block: int
) -> None:
    division = divide_block(areas, width_m, depth_m, stream_key(1, "law"), block)

    assert sorted(cell.index for cell in division.cells) == list(range(len(areas)))
    scale = width_m * depth_m / sum(areas)
    for cell in division.cells:
        ring = [*cell.ring, cell.ring[0]]
        drawn = abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring[:-1], ring[1:], strict=True))) / 2
        cut_corners = 2 * 4.5  # an angled front at each end of the block
        assert areas[cell.index] * scale - cut_corners - 1e-6 <= drawn <= areas[cell.index] * scale + 1e-6
        assert all(math.dist(*front) > 0.0 for front in cell.fronts)
