"""A real nine-floor mall with everything odd about it comes out sound. Skipped where its data are not at hand."""

from __future__ import annotations

import csv
import gzip
import time
from collections import Counter
from pathlib import Path

import pytest
import shapely

from sim.floorplan.check import problems_of, warnings_of
from sim.floorplan.importing import import_plan
from sim.floorplan.plan import FloorPlan
from sim.floorplan.read import read_plan
from tests.plan_samples import SHARED

SOURCE = SHARED / "joy_city" / "geojson"
WAYPOINTS = SHARED / "joy_city" / "wifi" / "joy_city_waypoints.csv.gz"

pytestmark = pytest.mark.skipif(not SOURCE.is_dir(), reason=f"the Joy City floor plans are not at {SOURCE}")


@pytest.fixture(scope="module")
def joy(tmp_path_factory) -> tuple[FloorPlan, Path]:
    folder = tmp_path_factory.mktemp("joy")
    return import_plan(SOURCE, folder), folder


def repairs(plan: FloorPlan, *words: str) -> list[str]:
    return [repair.what for repair in plan.repairs if all(word in repair.what for word in words)]


def test_the_imported_plan_has_no_problem(joy):
    started = time.process_time()

    assert problems_of(joy[0]) == []
    assert time.process_time() - started < 4.0  # 1,565 units; 0.4 s on an ordinary machine


def test_what_was_written_is_what_was_read(joy):
    plan, folder = joy

    assert read_plan(folder) == plan


def test_the_basement_registers_by_five_lifts_without_being_told(joy):
    (what,) = repairs(joy[0], "level shifted by")

    assert what.startswith("level shifted by (26.3")
    assert "-90.1" in what or "-90.2" in what
    assert "5 lifts coincide at 0.07" in what


def test_at_least_250_tenants_can_be_entered(joy):
    plan = joy[0]
    doors = {unit.id: unit.doors for unit in plan.units}

    assert len(plan.tenants) >= 250
    assert all(doors[tenant.unit] for tenant in plan.tenants)


def test_the_two_shops_without_frontage_are_listed_and_none_is_lost_silently(joy):
    assert len(repairs(joy[0], "has no frontage on the walkable floor")) == 2
    assert len(joy[0].tenants) + 2 == 257


def test_rooms_given_to_two_tenants_are_split_and_listed(joy):
    assert len(repairs(joy[0], "room drawn for two tenants split")) == 8


def test_five_lifts_serve_all_nine_floors_within_a_metre(joy):
    lifts = [connector for connector in joy[0].connectors if connector.kind == "lift"]

    assert len(lifts) == 5
    assert all(len(lift.stops) == 9 for lift in lifts)


def test_escalators_have_one_direction_and_most_come_in_pairs(joy):
    ordinal = {level.id: level.ordinal for level in joy[0].levels}
    escalators = [connector for connector in joy[0].connectors if connector.kind == "escalator"]
    upward = Counter(ordinal[one.stops[1].level] > ordinal[one.stops[0].level] for one in escalators)

    assert all(len(one.stops) == 2 for one in escalators)
    assert upward[True] >= upward[False] >= 0.8 * upward[True]
    assert len(repairs(joy[0], "express escalator to F8", "passing F6, F7")) == 1


def test_entrances_and_a_car_park_with_inferred_numbers_are_there(joy):
    kinds = Counter(entrance.kind for entrance in joy[0].entrances)

    assert kinds == {"street": 11, "car_park": 3}
    assert sum(area.bays for area in joy[0].parking) > 100
    assert len(repairs(joy[0], "car park inferred")) == 3


def test_duplicates_are_listed_one_by_one(joy):
    assert len(repairs(joy[0], "duplicate of")) > 1000
    assert len({unit.id for unit in joy[0].units}) == len(joy[0].units)


def test_the_narrow_passage_of_f4_is_listed_for_a_person_to_confirm(joy):
    widths = [float(one.value.split()[0]) for one in warnings_of(joy[0]) if "on level F4 at (114.1, 99.8)" in one.place]

    assert widths == pytest.approx([0.94], abs=0.03)


@pytest.mark.skipif(not WAYPOINTS.is_file(), reason=f"the survey is not at {WAYPOINTS}")
def test_surveyors_walked_on_the_walkable_floor(joy):
    """Waypoints of B1 are in its own frame, which lies (-64.2, -161.9) m from the ground floor's (README of the data)."""
    floors = {level.id: level.walkable for level in joy[0].levels}
    inside: Counter[str] = Counter()
    walked: Counter[str] = Counter()
    with gzip.open(WAYPOINTS, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            dx_m, dy_m = (-64.2, -161.9) if row["floor"] == "B1" else (0.0, 0.0)
            walked[row["floor"]] += 1
            inside[row["floor"]] += shapely.contains_xy(
                floors[row["floor"]], float(row["x_m"]) + dx_m, float(row["y_m"]) + dy_m
            )

    assert all(inside[floor] >= 0.97 * walked[floor] for floor in walked)
    assert inside.total() >= 0.99 * walked.total()


def test_the_licence_that_came_with_it_is_kept(joy):
    assert "XYZ10" in (joy[1] / "SOURCE.md").read_text(encoding="utf-8")


def test_importing_twice_gives_the_same_bytes(joy, tmp_path):
    import_plan(SOURCE, tmp_path)

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in joy[1].iterdir()
    }
