"""What the report says of members, by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.events import EventKind
from sim.reporting.topics.members import KPI_NAMES, Sums, lift_of, lifts_of, values, words

pytestmark = pytest.mark.plain
CINEMA_AND_CAFE = SimpleNamespace(tenant_categories=["cinema", "cafe", "cafe"])


def told(paid, unseen=(), others=()):
    """Return the sums of purchases (visit, unit, fen) by members who showed it, by those who did not, and by others."""
    rows = [*paid, *unseen, *others]
    kinds = [EventKind.MEMBER_PAID] * len(paid) + [EventKind.MEMBER_UNSEEN] * len(unseen) + [EventKind.PURCHASED] * len(others)
    events = [(visit, unit, fen, kind) for (visit, unit, fen), kind in zip(rows, kinds, strict=True)]
    events += [(visit, unit, fen, EventKind.PURCHASED) for visit, unit, fen in (*paid, *unseen)]
    visit, unit, fen, kind = (np.array(column, np.int64) for column in zip(*events, strict=True))
    sums = Sums(CINEMA_AND_CAFE, None)
    half = len(events) // 2
    for part in (slice(0, half), slice(half, None)):
        columns = SimpleNamespace(visit=visit[part], place=unit[part], value=fen[part], kind=kind[part])
        sums.take(columns, {each: np.flatnonzero(columns.kind == each) for each in EventKind})
    return sums


def books(discount_fen=0):
    return SimpleNamespace(tallies=SimpleNamespace(counts=np.full(20, discount_fen)))


def test_shares_are_of_all_sales_whoever_bought():
    found = values(told([(1, 0, 300)], [(2, 1, 200)], [(3, 2, 500)]), books(7))

    assert found["member_sales_fen"] == 500
    assert found["member_sales_share"] == pytest.approx(0.5)
    assert found["identified_sales_share"] == pytest.approx(0.3)
    assert found["member_discount_fen"] == 7


def test_a_day_without_members_knows_nothing_of_them():
    found = values(told([], [], [(3, 2, 500)]), books())

    assert found == dict.fromkeys(KPI_NAMES)
    assert words(found, {}) == []


def test_two_purchases_in_one_trade_are_one_visit_in_it():
    sums = told([(1, 1, 5), (1, 2, 5), (1, 0, 5), (2, 1, 5)])

    assert sums.buyers == 2
    assert np.diag(sums.together()).sum() == 3
    assert sums.together().sum() == 3 + 2


def test_trades_that_have_nothing_to_do_with_each_other_have_a_lift_of_one():
    together = np.array([[20, 5], [5, 10]])

    assert lift_of(together, 40) == pytest.approx(1.0)
    assert lift_of(2 * together, 40) == pytest.approx(0.5)
    assert lift_of(np.array([[20, 0], [0, 0]]), 20) is None


def test_a_lift_that_rests_on_few_visits_is_not_told():
    found = lifts_of({"together": [[20, 9], [9, 10]], "visits": 60})

    assert np.isnan(found).all()  # 3.3 by chance
    assert lifts_of({"together": [[20, 9], [9, 10]], "visits": 40})[0, 1] == pytest.approx(1.8)
