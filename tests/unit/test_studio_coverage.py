"""The live map of Wi-Fi says what the drawn one does, and moving one access point costs only that one."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import ConfigError
from sim.floorplan.cache import load_compiled
from sim.paths import find_floorplan
from sim.sensing.radio.coverage import coverage_of
from sim.studio import coverage as live
from sim.studio import plans
from sim.studio.catalogue import untouched

pytestmark = pytest.mark.compiled


def points_of(plan):
    return [{name: each[name] for name in ("level", "x_m", "y_m")} for each in plans.plan_of(plan)["access_points"]]


def asked(plan, level, points):
    return live.coverage({"floorplan": plan, "level": level, "access_points": points})


def test_strengths_are_those_of_the_radio_that_runs_have():
    compiled = load_compiled(find_floorplan("corner_mall"))
    found = asked("corner_mall", "L1", None)

    strongest = coverage_of(compiled, untouched().sensing, 1).best_dbm[compiled.level_ids.index("L1")]
    values = np.array(found["values"], float).reshape(found["rows"], found["columns"])
    cell = round(found["step_m"] / compiled.rooms.cell_m)
    drawn = strongest[cell // 2 :: cell, cell // 2 :: cell][: values.shape[0], : values.shape[1]]
    both = np.isfinite(values[: drawn.shape[0], : drawn.shape[1]]) & np.isfinite(drawn)
    assert both.sum() > 20
    assert np.allclose(values[: drawn.shape[0], : drawn.shape[1]][both], drawn[both], atol=0.051)


def test_the_error_is_near_that_of_the_drawn_map():
    """Mean errors by some thousand phones each; the live one puts all phones on the right level and surveys without noise."""
    compiled = load_compiled(find_floorplan("quarter_mall"))
    full = coverage_of(compiled, untouched().sensing, 1)
    here = (full.phones.level == compiled.level_ids.index("L1")) & np.isfinite(full.located.error_m)

    found = asked("quarter_mall", "L1", None)

    assert found["error_m_mean"] == pytest.approx(float(full.located.error_m[here].mean()), rel=0.3)


def test_a_moved_access_point_is_the_only_one_worked_out_anew(monkeypatch):
    points, worked = points_of("quarter_mall"), []
    before = asked("quarter_mall", "L1", points)
    work_out = live.LevelMap._work_out
    monkeypatch.setattr(live.LevelMap, "_work_out", lambda self, new: worked.append(new.key.size) or work_out(self, new))

    first = next(point for point in points if point["level"] == "L1")
    first["x_m"] += 4.0
    after = asked("quarter_mall", "L1", points)
    first["x_m"] -= 4.0
    again = asked("quarter_mall", "L1", points)

    assert worked == [1]
    assert not np.array_equal(before["values"], after["values"], equal_nan=True)
    assert np.array_equal(before["values"], again["values"], equal_nan=True)
    assert np.array_equal(before["error_m"], again["error_m"], equal_nan=True)


def test_more_access_points_cover_more_and_none_cover_nothing():
    points = points_of("quarter_mall")
    few, all_of_them = asked("quarter_mall", "L1", points[::12]), asked("quarter_mall", "L1", points)
    none = asked("quarter_mall", "L1", [])

    assert few["share_covered"] < all_of_them["share_covered"]
    assert few["error_m_mean"] > all_of_them["error_m_mean"]
    assert (none["share_covered"], none["error_m_mean"]) == (0.0, None)
    assert np.isnan(none["values"]).all()


@pytest.mark.parametrize(
    "body",
    [
        {"floorplan": "nope", "level": "L1"}, {"floorplan": "corner_mall", "level": "L9"}, {},
        {"floorplan": "corner_mall", "level": "L1", "access_points": "all"},
        {"floorplan": "corner_mall", "level": "L1", "access_points": [{"level": "L9", "x_m": 0, "y_m": 0}]},
        {"floorplan": "corner_mall", "level": "L1", "access_points": [{"level": "L1", "x_m": float("nan"), "y_m": 0}]},
        {"floorplan": "corner_mall", "level": "L1", "access_points": [{"level": "L1", "x_m": 1e9, "y_m": 0}]},
    ],
)  # fmt: skip
def test_what_cannot_be_mapped_is_refused(body):
    with pytest.raises(ConfigError) as caught:
        live.coverage(body)

    assert caught.value.problems[0].way_out
