"""The response law by its numbers: what a cut gains in a store, and that it can be turned."""

from __future__ import annotations

import pytest

from sim.config_files import compose
from sim.verification.response import deal_cases

pytestmark = pytest.mark.plain


def test_a_fifth_off_gains_two_points_and_two_fifths_five():
    assert [case["verdict"] for case in deal_cases(compose("everyday"))] == ["pass", "pass"]


def test_a_planner_can_turn_what_a_cut_gains_off():
    config = compose("everyday", ["promos.deal_weight=0"])
    assert [case["measured"] for case in deal_cases(config)] == [0.0, 0.0]
    assert [case["verdict"] for case in deal_cases(config)] == ["fail", "fail"]
