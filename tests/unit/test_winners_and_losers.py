"""Who is better or worse off by an arm: tenants and kinds of visitors, by hand-made runs."""

from __future__ import annotations

import numpy as np
import pytest

from sim.crowd.mind import OUTCOME
from sim.experiments.losers import losers_of
from sim.experiments.parts import SATISFACTION, SPENDING, TENANTS, parts_in
from sim.reporting.segments import over_days, segments_csv, segments_of
from sim.visitors import Purpose

pytestmark = pytest.mark.plain


def _outcomes(rows):
    found = np.zeros(len(rows), OUTCOME)
    for index, row in enumerate(rows):
        for name, value in row.items():
            found[name][index] = value
    return found


def test_every_visit_is_once_in_each_way_of_cutting_visits_into_segments():
    outcomes = _outcomes(
        [{"purpose": n % 5, "is_member": n % 2, "children": n % 3, "came_by_car": n % 2, "spent_fen": 10**n} for n in range(7)]
    )

    found = segments_of(outcomes)

    for cut in (
        ["members", "no members"],
        ["with children", "without children"],
        ["by car", "not by car"],
        [f"purpose:{p.name.lower()}" for p in Purpose],
    ):
        assert sum(found[name]["visits"] for name in cut) == 7
        assert sum(found[name]["spent_fen"] for name in cut) == 1_111_111


def test_two_days_together_are_the_sums_of_both_and_read_back_from_their_file(tmp_path):
    day = segments_of(
        _outcomes([{"spent_fen": 300, "satisfaction": 4.0, "left_us": 60_000_000}, {"spent_fen": 100, "satisfaction": 3.0}])
    )

    (tmp_path / "segments.csv").write_text(segments_csv(over_days([day, day])), encoding="utf-8")
    parts = parts_in(tmp_path)

    assert parts[SPENDING]["no members"] == 200.0
    assert parts[SATISFACTION]["no members"] == 3.5
    assert "members" not in parts[SPENDING]
    assert parts[TENANTS] == {}


def test_a_tenant_that_always_loses_is_named_a_loser_and_luck_is_not():
    luck = [3.0, -2.0, 1.0, -3.0, 2.0, -1.0]
    parts = {}
    for number, swing in enumerate(luck, start=1):
        parts["none", number] = {TENANTS: {"a": 100.0, "b": 100.0, "c": 100.0}, SPENDING: {}, SATISFACTION: {}}
        parts["move", number] = {
            TENANTS: {"a": 60.0 + swing, "b": 100.0 + swing, "c": 150.0 + swing},
            SPENDING: {},
            SATISFACTION: {},
        }

    (found,) = losers_of(["none", "move"], parts, range(1, 7))

    assert (found["parts"], found["better"], found["worse"]) == (3, 1, 1)
    assert found["lowest"][0]["name"] == "a"
    assert found["highest"][0]["name"] == "c"


def test_arms_that_are_the_same_have_neither_winners_nor_losers():
    parts = {(arm, n): {TENANTS: {"a": 5.0 * n}, SPENDING: {}, SATISFACTION: {}} for arm in ("none", "same") for n in (1, 2)}

    (found,) = losers_of(["none", "same"], parts, [1, 2])

    assert (found["better"], found["worse"], found["down_share"]) == (0, 0, 0.0)
