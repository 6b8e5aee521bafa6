"""connectors.csv supplies what a drawing lacks; its faults are named by line."""

from __future__ import annotations

import pytest

from sim.errors import FloorPlanError
from sim.floorplan.check import problems_of
from sim.floorplan.read import read_plan
from sim.floorplan.write_galleria import write_plan
from tests.plan_samples import sound_plan


def read_with(folder, text):
    plan = sound_plan()
    plan.connectors = []
    write_plan(plan, folder)
    (folder / "connectors.csv").write_text(text)
    return read_plan(folder)


def test_a_lift_escalators_and_stairs_are_supplied(tmp_path):
    plan = read_with(tmp_path, "level,x_m,y_m,kind,serves,id,direction\nF1,5,17,lift,F1;F2,,\nF1,15,14,escalator,F1;F2,down,down\n"
                               "F1,30,12,stairs,,twisted,\nF2,34,12,stairs,,twisted,\n")  # fmt: skip

    assert problems_of(plan) == []
    stops = {one.id: [(stop.level, stop.x_m, stop.y_m) for stop in one.stops] for one in plan.connectors}
    assert stops == {
        "sidecar-2": [("F1", 5, 17), ("F2", 5, 17)],
        "down": [("F2", 15, 14), ("F1", 15, 14)],
        "twisted": [("F1", 30, 12), ("F2", 34, 12)],
    }
    assert sum("supplied by connectors.csv" in repair.what for repair in plan.repairs) == 3


def test_a_stop_off_the_floor_is_moved_onto_it_and_listed(tmp_path):
    plan = read_with(tmp_path, "level,x_m,y_m,kind,serves\nF1,5,20,lift,F1;F2\n")

    assert problems_of(plan) == []
    assert any("lift stop moved 2.30 m" in repair.what for repair in plan.repairs)


def test_all_faults_of_the_file_come_together(tmp_path):
    with pytest.raises(FloorPlanError) as raised:
        read_with(tmp_path, "level,x_m,y_m,kind,serves\nF1,5,17,rocket,F1;F2\nF1,nan,17,lift,F1;F2\nF1,5,17,lift,F1;F9\n"
                            "F1,5,17,lift,F1\nF1,500,17,lift,F1;F2\n")  # fmt: skip

    text = str(raised.value)
    for word in (
        "line 2",
        "kind is one of",
        "line 3",
        "line 4",
        "F9",
        "line 5",
        "two levels",
        "line 6",
        "on the walkable floor",
    ):
        assert word in text


def test_a_missing_column_is_named(tmp_path):
    with pytest.raises(FloorPlanError, match="column 'serves'"):
        read_with(tmp_path, "level,x_m,y_m,kind\nF1,5,17,lift\n")
