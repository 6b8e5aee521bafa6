"""Wherever somebody is at an instant, it is a place that one can be at: on the floor, in the unit, never in two places."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from sim.crowd.engine import Taken
from sim.crowd.positions import places_of, sample_positions
from sim.events import SegmentKind, SegmentLog
from sim.floorplan.compile import compile_plan
from tests.engine_days import CLOSES_US, END_US, corner_mall, day_config, live, opened, parties
from tests.plan_samples import sound_plan

EVERY_US = 2_000_000
SLACK_M = 1e-3
PLANS = {"corner": corner_mall, "two floors": lambda: compile_plan(sound_plan())}


@pytest.fixture(scope="module", params=PLANS)
def recorded(request):
    compiled, config = PLANS[request.param](), day_config(300.0)
    config.recording.events = "edges"
    parts: list[SegmentLog] = []

    def keep(taken: Taken) -> None:
        parts.append(SegmentLog(*(np.array(column) for column in taken.segments)))

    crowd = opened(compiled, config, [])
    crowd._on_flush = keep
    crowd.admit(parties(config, compiled))
    crowd.advance_to(CLOSES_US)
    crowd.controls.mall_is_open[0] = 0
    crowd.switched(CLOSES_US)
    crowd.advance_to(END_US)
    crowd.finish(END_US)
    columns = [np.concatenate([part[index] for part in parts]) for index in range(len(SegmentLog._fields) - 1)]
    return compiled, SegmentLog(*columns, np.array([columns[0].size]))


def floors_of(rings_per_level) -> list[object]:
    """Return each level's floor, a little wider: outer rings turn left, holes right."""
    floors = []
    for pieces in rings_per_level:
        shapes = [shapely.Polygon(rings[0], rings[1:]) for rings in pieces]
        floors.append(shapely.union_all(shapes).buffer(SLACK_M))
    return floors


def test_every_sampled_position_is_on_the_floor_of_its_level(recorded):
    compiled, segments = recorded
    x_m, y_m, level, row = sample_positions(places_of(compiled.arrays), segments, EVERY_US)
    on_floor = np.isin(segments.kind[row], (SegmentKind.WALKING, SegmentKind.STANDING))

    assert on_floor.sum() > 10_000
    assert np.isfinite(x_m).all()
    assert np.isfinite(y_m).all()
    for number, floor in enumerate(floors_of(compiled.walkable_rings)):
        here = on_floor & (level == number)
        shapely.prepare(floor)
        outside = ~shapely.contains_xy(floor, x_m[here], y_m[here])
        assert outside.sum() == 0


def test_whoever_is_in_a_store_is_inside_its_walls(recorded):
    compiled, segments = recorded
    x_m, y_m, _, row = sample_positions(places_of(compiled.arrays), segments, 10 * EVERY_US)
    inside = segments.kind[row] == SegmentKind.INSIDE_UNIT

    assert inside.sum() > 1_000
    for unit, rings in enumerate(compiled.unit_rings):
        here = inside & (segments.place[row] == unit)
        room = shapely.Polygon(rings[0], rings[1:]).buffer(SLACK_M)
        assert shapely.contains_xy(room, x_m[here], y_m[here]).all()


def test_nobody_is_in_two_places_at_once(recorded):
    _, segments = recorded
    order = np.lexsort((segments.start_us, segments.visit))
    visit, start_us, end_us = segments.visit[order], segments.start_us[order], segments.end_us[order]
    same = visit[1:] == visit[:-1]

    assert (segments.end_us > segments.start_us).all()
    assert (start_us[1:][same] >= end_us[:-1][same]).all()


def test_recording_more_changes_nothing_that_happens():
    compiled = corner_mall()
    digests = set()
    for detail in ("visits", "edges"):
        config = day_config(200.0)
        config.recording.events = detail
        digests.add(live(compiled, config, [parties(config, compiled)]).digest)

    assert len(digests) == 1
