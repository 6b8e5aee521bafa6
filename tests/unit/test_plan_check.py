"""Every fault of a plan is found, named with feature, level and place, and none is found in a sound plan."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import pytest
from shapely.geometry import MultiPolygon, Polygon, box

from sim.errors import FloorPlanError
from sim.floorplan.check import check_path, problems_of, require_sound, warnings_of
from sim.floorplan.plan import Connector, Door, Entrance, FloorPlan, Level, Stop, Tenant, Unit
from sim.floorplan.write_galleria import write_plan
from tests.plan_samples import sound_plan


def text_of(plan: FloorPlan) -> str:
    return "\n".join(str(problem) for problem in problems_of(plan))


def with_unit(index: int, **changes: object) -> FloorPlan:
    plan = sound_plan()
    plan.units[index] = replace(plan.units[index], **changes)
    return plan


def test_a_sound_plan_has_no_problem_and_no_warning():
    assert problems_of(sound_plan()) == []
    assert warnings_of(sound_plan()) == []


def test_overlapping_units_are_named_with_the_area_they_share():
    plan = with_unit(1, polygon=box(19, 0, 40, 10))

    assert "unit 'F1-0' on level F1 at (19.5, 5.0)" in text_of(plan)
    assert "10.00 m2 shared with unit 'F1-1'" in text_of(plan)


def test_units_that_overlap_by_less_than_a_tenth_of_a_square_metre_pass():
    assert problems_of(with_unit(1, polygon=box(19.995, 0, 40, 10))) == []


def test_a_store_without_a_door_is_named():
    assert "unit 'F1-0' on level F1 at (10.0, 5.0): a store has a door" in text_of(with_unit(0, doors=()))


def test_a_store_whose_door_opens_on_no_floor_is_named():
    assert "its doors open on no walkable floor" in text_of(with_unit(0, doors=(Door(10, 0, 2.0),)))


def test_an_island_of_floor_and_its_store_are_named():
    plan = sound_plan()
    plan.levels[1] = replace(plan.levels[1], walkable=MultiPolygon([box(0, 10, 19, 18), box(21, 10, 40, 18)]))
    plan.connectors = [plan.connectors[0]]

    assert "an island of 152.0 m2" in text_of(plan)
    assert "unit 'F2-1' on level F2" in text_of(plan)
    assert "unit 'F2-0'" not in text_of(plan)


def test_a_floor_that_one_can_reach_but_not_leave_is_an_island():
    plan = sound_plan()
    plan.connectors = [plan.connectors[1]]

    assert "level 'F2'" in text_of(plan)
    assert "there and back" in text_of(plan)


def test_a_level_without_a_connector_is_named_once_and_its_stores_are_counted():
    plan = sound_plan()
    plan.connectors = []

    assert [str(problem).split(":")[0] for problem in problems_of(plan)] == ["level 'F2' at (20.0, 14.0)"]
    assert "2 stores on it" in text_of(plan)


def test_a_bow_tie_is_reported_with_where_it_crosses_and_not_mended():
    assert "Self-intersection[10 5]" in text_of(with_unit(0, polygon=Polygon([(0, 0), (20, 10), (20, 0), (0, 10)])))


@pytest.mark.parametrize("wrong", [math.nan, math.inf, 1e308, 1e17])
def test_numbers_that_are_no_place_on_earth_are_refused(wrong):
    found = text_of(with_unit(0, polygon=Polygon([(0, 0), (wrong, 0), (0, 10)])))

    assert "unit 'F1-0' on level F1: coordinates are" in found


def test_a_door_at_nan_is_refused():
    assert "door of unit 'F1-0' on level F1: coordinates are finite" in text_of(with_unit(0, doors=(Door(math.nan, 10, 2.0),)))


def test_a_unit_without_area_is_named():
    assert "a polygon encloses an area" in text_of(with_unit(0, polygon=Polygon([(0, 0), (10, 0), (20, 0)])))


def test_longitude_and_latitude_are_recognised():
    plan = FloorPlan("wgs84", [Level("F1", "F1", 0, 0.0, box(5.73, 45.15, 5.74, 45.16))])

    assert "look like longitude and latitude" in text_of(plan)


def test_a_plan_of_half_a_metre_far_from_the_globe_is_not_taken_for_longitude_and_latitude():
    plan = FloorPlan("tiny", [Level("F1", "F1", 0, 0.0, box(500, 500, 500.5, 500.5))])

    assert "longitude" not in text_of(plan)


def test_a_missing_entrance_is_named():
    plan = sound_plan()
    plan.entrances, plan.parking = [], []

    assert "a mall has an entrance" in text_of(plan)


def test_an_entrance_off_the_floor_is_named():
    plan = sound_plan()
    plan.entrances.append(Entrance("lost", "F1", 20, 25))

    assert "entrance 'lost' on level F1 at (20.0, 25.0): an entrance stands on the walkable floor" in text_of(plan)


def test_duplicate_ids_are_named_for_each_kind():
    plan = sound_plan()
    plan.units.append(replace(plan.units[0]))
    plan.connectors.append(plan.connectors[0])

    assert "unit 'F1-0' on level F1 at (10.0, 5.0): an id belongs to one feature (found 2 times)" in text_of(plan)
    assert "connector 'lift': an id belongs to one feature" in text_of(plan)


def test_features_on_an_unknown_level_are_named():
    plan = sound_plan()
    plan.units.append(Unit("loft", "F9", "", box(50, 0, 60, 10), "structure"))

    assert "unit 'loft' on level F9 at (55.0, 5.0): the level must be in the plan (found F9); use one of F1, F2" in text_of(
        plan
    )


def test_a_misspelt_category_is_answered_with_the_nearest():
    plan = sound_plan()
    plan.tenants[0] = replace(plan.tenants[0], category="fashon")

    assert "category: the category must be known (found fashon); write 'fashion'" in text_of(plan)


def test_a_tenant_of_no_unit_and_two_tenants_of_one_unit_are_named():
    plan = sound_plan()
    plan.tenants += [Tenant("Ghost", "cafe", "nowhere"), Tenant("Second", "cafe", "F1-0")]

    assert "tenant 'Ghost' unit: the unit must be in the plan (found nowhere)" in text_of(plan)
    assert "a unit has one tenant (found 'Shop F1-0', 'Second')" in text_of(plan)


@pytest.mark.parametrize("hour", ["09:30", "9:30", "600", 600, "24:00"])
def test_hours_in_any_reading_of_yaml_pass(hour):
    plan = sound_plan()
    plan.tenants[0] = replace(plan.tenants[0], opens="00:00", closes=hour)

    assert problems_of(plan) == []


@pytest.mark.parametrize("hour", ["25:00", "ten", "10:60", "-5", "1441"])
def test_hours_that_are_none_are_named(hour):
    plan = sound_plan()
    plan.tenants[0] = replace(plan.tenants[0], opens=hour)

    assert "opens: an hour is written 09:30" in text_of(plan)


def test_negative_areas_bays_and_capacities_are_all_named_at_once():
    plan = sound_plan()
    plan.tenants[0] = replace(plan.tenants[0], floor_area_m2=-1.0, staff=-2, rent_fen_per_year=-5, turnover_rent_share=1.5)
    plan.parking[0] = replace(plan.parking[0], bays=-1, gates=0)
    plan.connectors[0] = replace(plan.connectors[0], capacity_people=0)

    for word in ("floor_area_m2", "staff", "rent_yuan_per_year", "turnover_rent_share", "bays", "gates", "a lift takes"):
        assert word in text_of(plan)


def test_an_escalator_with_three_stops_and_a_connector_of_one_level_are_named():
    plan = sound_plan()
    plan.connectors += [Connector("three", "escalator", (Stop("F1", 5, 14), Stop("F2", 5, 14), Stop("F1", 6, 14))),
                        Connector("one", "stairs", (Stop("F1", 5, 14),))]  # fmt: skip

    assert "escalator 'three'" in text_of(plan)
    assert "stairs 'one'" in text_of(plan)


def test_a_narrow_passage_is_a_warning_with_its_width_and_not_a_problem():
    plan = sound_plan()
    narrow = Polygon([(0, 10), (40, 10), (40, 18), (25, 18), (25, 10.9), (22, 10.9), (22, 18), (0, 18)])
    plan.levels[1] = replace(plan.levels[1], walkable=narrow)
    plan.connectors[1:] = []

    assert problems_of(plan) == []
    assert len(warnings_of(plan)) == 1
    assert "walkable floor 'F2' on level F2 at (23.5, 10.5)" in str(warnings_of(plan)[0])
    assert 0.86 <= float(warnings_of(plan)[0].value.split()[0]) <= 0.94


def test_a_part_of_the_mall_with_doors_of_its_own_is_a_warning():
    plan = sound_plan()
    plan.connectors = []
    plan.entrances.append(Entrance("upstairs", "F2", 0.5, 14))

    assert problems_of(plan) == []
    assert "apart from the rest" in str(warnings_of(plan)[0])


def test_an_unsound_plan_raises_all_its_problems_together():
    plan = with_unit(0, doors=())
    plan.tenants[1] = replace(plan.tenants[1], category="spaceport")

    with pytest.raises(FloorPlanError, match="2 problems") as raised:
        require_sound(plan, "here")
    assert len(raised.value.problems) == 2


def test_an_unreadable_unit_hides_no_other_fault_and_is_not_called_missing(tmp_path):
    plan = with_unit(1, doors=())
    write_plan(plan, tmp_path)
    units = (tmp_path / "units.geojson").read_text()
    (tmp_path / "units.geojson").write_text(
        units.replace('"id":"F1-0"', '"id":"F1-0","x":1').replace("[20.0,0.0]", "[NaN,0.0]", 1)
    )

    problems, _ = check_path(tmp_path)

    text = "\n".join(map(str, problems))
    assert "units.geojson 'F1-0' on level F1: coordinates must be finite numbers" in text
    assert "unit 'F1-1' on level F1 at (30.0, 5.0): a store has a door" in text
    assert "tenant 'Shop F1-0' unit" not in text


def test_three_hundred_units_are_checked_in_two_seconds():
    levels = [Level(f"F{n}", f"F{n}", n, 5.0 * n, None, box(0, 10, 600, 18)) for n in range(5)]
    units = [Unit(f"{level.id}-{n}", level.id, "", box(10 * n, 0, 10 * n + 10, 10), "store", (Door(10 * n + 5, 10, 2.0),))
             for level in levels for n in range(60)]  # fmt: skip
    tenants = [Tenant(unit.id, "fashion", unit.id) for unit in units]
    lift = Connector("lift", "lift", tuple(Stop(level.id, 5, 14) for level in levels))
    plan = FloorPlan("big", levels, units, tenants, [lift], [Entrance("door", "F0", 1, 14)])

    started = time.process_time()
    assert problems_of(plan) == []
    assert time.process_time() - started < 2.0
