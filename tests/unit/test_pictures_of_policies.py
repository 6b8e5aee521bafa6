"""Pictures of offers and events: none of nothing, and every count readable."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from reporting_day import made_up_plan

from sim.reporting.bins import BINS
from sim.reporting.figures import Span
from sim.reporting.topics import happenings_pictures, promos_pictures

pytestmark = pytest.mark.plain
SPAN = Span(600, 1320, 600, 1320)


def test_a_day_on_which_nobody_was_at_an_event_has_no_picture_of_events():
    plan = made_up_plan()

    assert happenings_pictures.pictures({"there": [0] * BINS}, plan, SPAN) == []
    assert len(happenings_pictures.pictures({"there": [0, 5] + [0] * (BINS - 2)}, plan, SPAN)) == 1


def test_every_count_of_the_funnel_is_written_beside_its_bar():
    curves = {
        "steps": ["sent", "reached", "opened", "taken", "used"],
        "policies": ["a", "quiet", "b"],
        "funnel": [[4321, 777, 55, 3, 0], [0] * 5, [9, 8, 7, 6, 5]],
    }

    ((picture, svg),) = promos_pictures.pictures(curves, made_up_plan(), SPAN)

    assert all(f">{count}</text>" in svg for count in ("4,321", "777", "55", "3", "0", "9", "8", "7", "6", "5"))
    assert "quiet" not in svg
    assert "a: 4,321 sent" in picture.alt
