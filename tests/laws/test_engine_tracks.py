"""What a tracked party is in the middle of, asked at any instant, is what the log says of that instant once it is over."""

from __future__ import annotations

import numpy as np
import pytest

from sim.crowd.engine import Taken
from sim.crowd.positions import places_of, positions_at
from sim.events import SegmentKind, SegmentLog
from sim.units import US_PER_HOUR, US_PER_MIN
from tests.engine_days import CLOSES_US, corner_mall, day_config, opened, parties

OPENS_US = 10 * US_PER_HOUR
TICK_US = 7 * US_PER_MIN


def followed_day(log_rows: int = 1_000_000, detail: str = "visits"):
    """Return the segments logged, and those open at each tick, of a day in which every other party is tracked."""
    compiled, config = corner_mall(), day_config(300.0)
    config.engine.log_rows, config.recording.events = log_rows, detail
    logged: list[np.ndarray] = []
    crowd = opened(compiled, config, [])

    def flush(taken: Taken) -> None:
        columns = taken.segments
        rows = np.zeros(columns.start_us.size, crowd.mall.segments.dtype)
        for name in columns._fields[:-1]:
            rows[name] = getattr(columns, name)
        logged.append(rows)

    crowd._on_flush = flush
    visitors = parties(config, compiled)
    trackers = np.where(np.arange(visitors.number.size) % 2 == 0, np.arange(visitors.number.size), -1).astype(np.int32)
    crowd.admit(visitors, trackers)
    open_at = {}
    for now_us in range(OPENS_US, CLOSES_US, TICK_US):
        crowd.advance_to(now_us)
        open_at[now_us] = crowd.open_segments(now_us).copy()
    crowd.finish(CLOSES_US)
    return compiled, np.concatenate(logged), open_at, visitors.number[trackers >= 0]


@pytest.fixture(scope="module")
def day():
    return followed_day()


def test_only_tracked_parties_are_logged(day):
    _, logged, open_at, tracked = day

    assert logged.size > 1_000
    assert np.isin(logged["visit"], tracked).all()
    assert all(np.isin(found["visit"], tracked).all() for found in open_at.values())


def test_what_the_log_has_across_a_tick_was_open_at_it_in_the_same_place(day):
    compiled, logged, open_at, _ = day
    places = places_of(compiled.arrays)
    checked = 0
    for now_us, found in open_at.items():
        across = logged[(logged["start_us"] < now_us) & (logged["end_us"] > now_us) & (logged["kind"] != SegmentKind.WALKING)]
        twins = found[np.argsort(found["visit"])]
        at = np.searchsorted(twins["visit"], across["visit"])
        assert np.unique(found["visit"]).size == found.size
        assert np.isin(across["visit"], found["visit"]).all()
        assert np.array_equal(twins["tracker"][at], across["tracker"])
        for one, other in zip(where(places, twins[at], now_us), where(places, across, now_us), strict=True):
            assert np.array_equal(one, other)
        checked += across.size
    assert checked > 100


def test_nobody_walks_and_is_in_the_middle_of_something_else(day):
    _, logged, open_at, _ = day
    walks = logged[logged["kind"] == SegmentKind.WALKING]
    for now_us, found in open_at.items():
        walking = walks["visit"][(walks["start_us"] < now_us) & (walks["end_us"] > now_us)]
        assert not np.isin(found["visit"], walking).any()


def test_a_smaller_buffer_logs_the_same_segments(day):
    _, logged, _, _ = day

    often = followed_day(log_rows=1_000)[1]

    assert all(np.array_equal(often[name], logged[name]) for name in logged.dtype.names)


def where(places, rows, now_us):
    """Return x_m, y_m and level at an instant of each of some records."""
    columns = SegmentLog(**{name: rows[name] for name in SegmentLog._fields[:-1]}, count=np.array([rows.size]))
    return positions_at(places, columns, np.arange(rows.size), np.full(rows.size, now_us))
