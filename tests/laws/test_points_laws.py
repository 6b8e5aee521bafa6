"""Points: what members hold is what the issuer owes; credit is what they spent; merging lots loses nothing."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import LedgerError
from sim.ledger.points import FEN_PER_CENTIPOINT, Points

pytestmark = pytest.mark.plain
MEMBERS = 7
FIRST = datetime.date(2026, 1, 20)
visits = st.lists(st.tuples(st.integers(0, MEMBERS - 1), st.integers(0, 10**9)), max_size=12)


def earned_over(days) -> Points:
    points = Points(MEMBERS)
    for number, day in enumerate(days):
        member, spent_fen = np.array(day, np.int64).reshape(-1, 2).T
        points.earn(FIRST + datetime.timedelta(days=9 * number), member, spent_fen)
    return points


@given(st.lists(visits, max_size=9))
def test_members_hold_what_the_issuer_owes_after_every_day(days):
    for count in range(len(days) + 1):
        points = earned_over(days[:count])

        assert points.issuer_centi + points.held_centi == 0


@given(st.lists(visits, max_size=9))
def test_credit_is_a_hundredth_of_what_each_visit_spent(days):
    points = earned_over(days)

    wanted = np.zeros(MEMBERS, np.int64)
    for member, spent_fen in (visit for day in days for visit in day):
        wanted[member] += spent_fen // FEN_PER_CENTIPOINT
    assert points.balances_centi.tolist() == wanted.tolist()


@given(st.lists(visits, max_size=9))
def test_merging_lots_by_member_and_month_loses_nothing(days):
    points = earned_over(days)
    columns = points.columns()

    lots = list(zip(columns["member"].tolist(), columns["month"].tolist(), strict=True))
    assert len(set(lots)) == len(lots)
    held = np.zeros(MEMBERS, np.int64)
    np.add.at(held, columns["member"], columns["held_centi"])
    assert held.tolist() == points.balances_centi.tolist()


@pytest.mark.parametrize(("member", "spent_fen"), [(MEMBERS, 100), (-1, 100), (0, -1)])
def test_a_posting_that_is_refused_changes_nothing(member, spent_fen):
    points = earned_over([[(0, 50_000)]])

    with pytest.raises(LedgerError):
        points.earn(FIRST, np.array([1, member]), np.array([700, spent_fen]))

    assert points.balances_centi.tolist() == [500, 0, 0, 0, 0, 0, 0]
    assert points.issuer_centi == -500


def test_a_point_is_earned_for_a_hundred_yuan():
    points = earned_over([[(3, 100 * 100)]])

    assert points.balances_centi[3] == 100
