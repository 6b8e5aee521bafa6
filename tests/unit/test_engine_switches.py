"""Switches thrown while many wait: everybody is served, and nothing is written beyond a buffer."""

from __future__ import annotations

import numpy as np

from sim.crowd.engine import Taken
from sim.events import EventKind
from sim.units import US_PER_MIN
from tests.engine_days import COLUMNS, END_US, corner_mall, day_config, opened, parties

NOON_US = 720 * US_PER_MIN


def served_at_noon(log_rows: int) -> tuple[dict[str, np.ndarray], int]:
    """Return the events of a morning in which no till is staffed before noon, and how many stood in line then."""
    config = day_config(20_000.0)
    config.engine.log_rows = log_rows
    config.movement.congestion = False
    config.services.balk_queue = 10_000
    config.services.till_patience_s_mean = 36_000.0
    config.services.store_m2_per_person = 0.2
    taken: list[Taken] = []
    crowd = opened(corner_mall(), config, taken)
    tills = slice(0, crowd.mall.units.size)
    crowd.controls.servers_open[tills] = 0
    crowd.admit(parties(config, corner_mall(), 600, 720))
    crowd.advance_to(NOON_US)
    waiting = int(crowd.mall.stations["waiting"][tills].sum())
    crowd.controls.servers_open[tills] = 10_000
    crowd.switched(NOON_US)
    crowd.finish(NOON_US)
    return {name: np.concatenate([getattr(part.events, name) for part in taken]) for name in COLUMNS}, waiting


def test_tills_that_open_before_long_lines_serve_everybody_whatever_room_is_left_in_the_log():
    small, waiting = served_at_noon(1_000)
    large, _ = served_at_noon(1_000_000)
    started_at_noon = (small["kind"] == EventKind.SERVICE_STARTED) & (small["time_us"] == NOON_US)

    assert waiting > 500
    assert np.count_nonzero(started_at_noon) == waiting
    assert all(np.array_equal(small[name], large[name]) for name in COLUMNS)


def test_who_gives_up_at_one_till_has_a_patience_of_its_own_at_the_next():
    config = day_config(400.0)
    taken: list[Taken] = []
    crowd = opened(corner_mall(), config, taken)
    crowd.controls.servers_open[: crowd.mall.units.size] = 0
    crowd.admit(parties(config, corner_mall()))
    crowd.advance_to(END_US)
    crowd.finish(END_US)
    gave_up = taken[-1].events.kind == EventKind.RENEGED
    visit, waited_us = taken[-1].events.visit[gave_up], taken[-1].events.value[gave_up]

    assert np.unique(visit).size < visit.size
    assert np.unique(waited_us).size == waited_us.size
