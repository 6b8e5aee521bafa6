"""What is told of shoppers' minds: indicators as one counts them by hand, words, and pictures."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.events import Change, EventKind, Reason
from sim.reporting.event_schema import Columns
from sim.reporting.figures import Span
from sim.reporting.topics import minds, minds_pictures
from sim.units import US_PER_HOUR
from sim.visitors import Purpose

pytestmark = pytest.mark.plain
ROWS = [  # hour, kind, place, value
    (11, EventKind.STORE_ENTERED, 0, Reason.REST),
    (11, EventKind.PLAN_CHANGED, 3, Change.VETOED),
    (11, EventKind.PLAN_CHANGED, 3, Change.UNMET),
    (11, EventKind.PLAN_CHANGED, 3, Change.NONE_THERE),
    (12, EventKind.VISIT_JUDGED, Purpose.SHOPPING, 800),
    (12, EventKind.WAIT_FELT, Purpose.SHOPPING, 90_000_000),
    (12, EventKind.EFFORT_FELT, Purpose.SHOPPING, 500),
    (12, EventKind.LIST_CLOSED, Purpose.SHOPPING, 302),
    (13, EventKind.PLAN_CHANGED, 11, Change.MEAL_GIVEN_UP),
    (13, EventKind.VISIT_JUDGED, Purpose.MEAL, 300),
    (13, EventKind.WAIT_FELT, Purpose.MEAL, 30_000_000),
    (13, EventKind.EFFORT_FELT, Purpose.MEAL, 100),
]


def told(rows):
    sums = minds.Sums(SimpleNamespace(), SimpleNamespace())
    for part in (rows[:5], rows[5:]):
        hour, kind, place, value = (np.array([row[column] for row in part], np.int64) for column in range(4))
        batch = Columns(time_us=hour * US_PER_HOUR, kind=kind, visit=hour, people=np.ones_like(hour), place=place, value=value)
        sums.take(batch, {each: np.flatnonzero(kind == each) for each in EventKind})
    return minds.values(sums, SimpleNamespace()), minds.curves(sums, SimpleNamespace())


def test_indicators_are_what_one_counts_by_hand():
    kpis, _ = told(ROWS)
    assert kpis == {
        "satisfaction_mean": 0.55,
        "dissatisfied_share": 0.5,
        "plan_done_share": 2 / 3,
        "needs_unmet": 2,
        "plans_changed": 0,
        "vetoes": 1,
        "unaffordable_purchases": 0,
        "meals_given_up": 1,
        "rests": 1,
        "felt_wait_s_mean": 60.0,
        "effort_m_mean": 300.0,
    }


def test_words_say_what_visits_were_for_and_nothing_where_nobody_came():
    kpis, curves = told(ROWS)
    text = " ".join(minds.words(kpis, curves))
    assert "shopping 50 % (0.80), meal 50 % (0.30)" in text
    assert "67 % led to a purchase" in text

    nothing, no_curves = told([])
    assert set(nothing.values()) == {None}
    assert minds.words(nothing, no_curves) == []


def test_pictures_name_what_they_show():
    _, curves = told(ROWS * 10)
    span = Span(10 * 60, 22 * 60, 10 * 60, 22 * 60)
    pictures = minds_pictures.pictures(curves, SimpleNamespace(), span)
    assert [picture.file for picture, _ in pictures] == ["figures/satisfaction.svg", "figures/minds_by_hour.svg"]
    assert all(svg.lstrip().startswith("<") for _, svg in pictures)
    assert "between 0.30 and 0.35" in pictures[0][0].alt  # as many as at 0.80, which comes later
    assert "from 0.30 to 0.80" in pictures[1][0].alt
