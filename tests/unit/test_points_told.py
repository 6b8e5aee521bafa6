"""What the report says of points and of who is known, by hand."""

from __future__ import annotations

import pytest

from sim.reporting.page_sensing import _identity
from sim.reporting.topics.points import _held

pytestmark = pytest.mark.plain


def told(is_limited=False, owed_centi=2_900, redemption_fen=90, treasury_fen=1_851_500) -> str:
    held = {"holders": 7, "members": 9, "outstanding_centi": 41_449_100, "owed_centi": owed_centi, "treasury_fen": treasury_fen}
    return _held({"held": held, "prices_fen": [120, redemption_fen], "is_treasury_limited": is_limited})


def test_points_held_less_points_owed_are_those_that_are_out_and_cost_what_merchants_are_paid():
    assert "7 of 9 members' accounts hold 414,520 points, less 29 that members owe" in told()
    assert "414,491 are out" in told()
    assert f"it would cost ¥{414_491 * 0.9:,.0f}; the treasury has ¥18,515." in told()
    assert "less" not in told(owed_centi=0)


def test_a_treasury_that_holds_less_than_the_points_cost_is_explained_where_the_operator_stands_in():
    explained = "the operator stands in"

    assert explained in told()
    assert explained not in told(is_limited=True)
    assert explained not in told(treasury_fen=10**9)


def test_sales_known_by_ways_to_pay_stand_beside_those_shown_at_tills():
    kpis = {"wifi_connect_share": 0.3, "portal_member_share": 0.1, "sales_known_share": 0.049, "identified_sales_share": 0.147}

    told = _identity(kpis).replace("\u00a0", " ")
    assert "4.9 % of sales could be put down to members who agree to be followed" in told
    assert "beside the 14.7 % of sales at which a membership was shown at the till." in told
    assert "beside" not in _identity(kpis | {"identified_sales_share": None})
