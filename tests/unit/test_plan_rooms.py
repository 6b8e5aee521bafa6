"""The room raster and the access points of a compiled plan, and what is said of an access point that hangs nowhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from shapely.geometry import Polygon, box

from sim.floorplan import cache
from sim.floorplan.check import problems_of
from sim.floorplan.compile import compile_plan
from sim.floorplan.plan import AccessPoint, Unit
from sim.plan_arrays import HALL, OUTSIDE, SOLID, VOID
from tests.plan_samples import sound_plan

pytestmark = pytest.mark.plain


def room_at(compiled, x_m, y_m, level=0):
    rooms = compiled.rooms
    return rooms.room[level, int((y_m - rooms.origin_y_m) / rooms.cell_m), int((x_m - rooms.origin_x_m) / rooms.cell_m)]


@pytest.fixture(scope="module")
def compiled():
    plan = sound_plan()
    plan.units.append(Unit("air", "F2", "Void", box(10, 20, 20, 26), "structure"))
    plan.units.append(Unit("core", "F2", "Lifts", box(30, 20, 36, 26), "structure"))
    return compile_plan(plan)


def test_a_cell_knows_its_store_the_hall_the_structure_and_the_air(compiled):
    assert compiled.unit_ids[room_at(compiled, 5, 5)] == "F1-0"
    assert compiled.unit_ids[room_at(compiled, 25, 5, 1)] == "F2-1"
    assert room_at(compiled, 20, 14) == HALL
    assert room_at(compiled, 5, 20) == SOLID  # a toilet
    assert room_at(compiled, 15, 23, 1) == VOID
    assert room_at(compiled, 33, 23, 1) == SOLID
    assert room_at(compiled, 25, 25) == VOID  # neither floor nor room, inside the outline


def test_vacant_units_are_solid_and_what_lies_beyond_the_outline_is_outside():
    plan = sound_plan()
    plan.tenants = [tenant for tenant in plan.tenants if tenant.unit != "F1-0"]
    plan.levels[0] = replace(plan.levels[0], outline=Polygon([(0, 0), (40, 0), (40, 28), (10, 28), (10, 18), (0, 18)]))
    plan.units = [unit for unit in plan.units if unit.id != "F1-wc"]

    compiled = compile_plan(plan)

    assert room_at(compiled, 5, 5) == SOLID
    assert room_at(compiled, 5, 25) == OUTSIDE


def test_a_level_without_an_outline_is_the_building_around_its_floor_and_rooms():
    plan = sound_plan()
    plan.levels = [replace(level, outline=None) for level in plan.levels]

    compiled = compile_plan(plan)

    assert room_at(compiled, 20, 14) == HALL
    assert room_at(compiled, 25, 25) == OUTSIDE


def test_every_cell_points_at_the_nearest_place_to_stand(compiled):
    rooms = compiled.rooms
    room, standing = rooms.room[1].ravel(), rooms.standing[1].ravel()
    rows, columns = np.divmod(np.arange(room.size), rooms.room.shape[2])
    stand = np.flatnonzero(room >= HALL)
    stand_rows, stand_columns = np.divmod(stand, rooms.room.shape[2])
    nearest = np.array([((stand_rows - r) ** 2 + (stand_columns - c) ** 2).min() for r, c in zip(rows, columns, strict=True)])
    chosen_rows, chosen_columns = np.divmod(standing, rooms.room.shape[2])

    assert (room[standing] >= HALL).all()
    assert (standing[stand] == stand).all()
    assert ((chosen_rows - rows) ** 2 + (chosen_columns - columns) ** 2 == nearest).all()


def test_access_points_stand_in_an_order_and_under_keys_that_their_names_do_not_decide():
    points = [AccessPoint(f"p{index}", "F2" if index % 2 else "F1", 3.0 + 5 * index, 12.0, band_ghz=5.0) for index in range(6)]
    points += [replace(points[3], id="twin"), replace(points[3], id="stronger", power_dbm=20.0)]
    plan, renamed = sound_plan(), sound_plan()
    plan.access_points = points
    renamed.access_points = [replace(point, id=f"q{9 - index}") for index, point in enumerate(points)][::-1]

    first, second = compile_plan(plan), compile_plan(renamed)

    assert all(one.tobytes() == other.tobytes() for one, other in zip(first.access_points, second.access_points, strict=True))
    assert np.unique(first.access_points.key).size == len(points)
    assert list(first.access_points.level) == sorted(first.access_points.level)
    assert sorted(first.access_point_ids) == sorted(point.id for point in points)
    assert first.access_points.z_m.tolist() == [3.0] * 3 + [8.0] * 5


def test_moving_the_whole_plan_by_metres_moves_rooms_and_access_points_and_keeps_keys():
    from shapely.affinity import translate

    plan, moved = sound_plan(), sound_plan()
    moved.levels = [
        replace(one, outline=translate(one.outline, 7, -3), walkable=translate(one.walkable, 7, -3)) for one in moved.levels
    ]
    moved.units = [
        replace(
            unit,
            polygon=translate(unit.polygon, 7, -3),
            doors=tuple(replace(door, x_m=door.x_m + 7, y_m=door.y_m - 3) for door in unit.doors),
        )
        for unit in moved.units
    ]
    for name in ("entrances", "access_points"):
        setattr(moved, name, [replace(one, x_m=one.x_m + 7, y_m=one.y_m - 3) for one in getattr(moved, name)])
    moved.connectors = [
        replace(one, stops=tuple(replace(stop, x_m=stop.x_m + 7, y_m=stop.y_m - 3) for stop in one.stops))
        for one in moved.connectors
    ]

    here, there = compile_plan(plan), compile_plan(moved)

    assert (there.rooms.origin_x_m - here.rooms.origin_x_m, there.rooms.origin_y_m - here.rooms.origin_y_m) == (7.0, -3.0)
    assert there.rooms.room.tobytes() == here.rooms.room.tobytes()
    assert there.access_points.key.tobytes() == here.access_points.key.tobytes()
    assert there.access_points.x_m[0] - here.access_points.x_m[0] == 7.0


def test_rooms_access_points_and_heights_come_back_from_the_cache(compiled, tmp_path):
    cache.store(tmp_path, "key", compiled)

    kept = cache.fetch(tmp_path, "key")

    assert kept.rooms.cell_m == compiled.rooms.cell_m
    assert kept.rooms.room.tobytes() == compiled.rooms.room.tobytes()
    assert kept.rooms.standing.dtype == np.int32
    assert kept.access_points.key.tobytes() == compiled.access_points.key.tobytes()
    assert kept.access_point_ids == compiled.access_point_ids
    assert kept.level_heights_m == (0.0, 5.0)


def test_a_plan_without_access_points_compiles():
    plan = sound_plan()
    plan.access_points = []

    compiled = compile_plan(plan)

    assert compiled.access_points.key.size == 0
    assert compiled.access_point_ids == ()


def message_of(**changes):
    plan = sound_plan()
    plan.access_points = [replace(plan.access_points[0], **changes)]
    return "\n".join(str(problem) for problem in problems_of(plan))


def test_an_access_point_outside_the_building_is_named_with_level_place_and_way_out():
    text = message_of(x_m=60.0)

    assert "access point 'ap' on level F1 at (60.0, 14.0)" in text
    assert "hangs inside the building" in text
    assert "move it inside the outline" in text
    assert text.count("\n") == 0


def test_an_access_point_on_the_outer_wall_is_inside_and_one_on_another_levels_wing_is_not():
    assert message_of(x_m=40.5) == ""
    plan = sound_plan()
    plan.levels[1] = replace(plan.levels[1], outline=box(0, 0, 80, 28))
    plan.access_points = [AccessPoint("wing", "F1", 60, 14)]
    assert "hangs inside the building" in "\n".join(map(str, problems_of(plan)))


@pytest.mark.parametrize("height_m", [-1.0, 300.0, float("nan")])
def test_an_access_point_below_its_floor_or_in_the_clouds_is_refused(height_m):
    text = message_of(height_m=height_m)

    assert "height_m" in text
    assert "between 0 and 30 m" in text
