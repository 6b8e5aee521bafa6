"""Watching a day live changes nothing of it, and one may leave at any moment."""

from __future__ import annotations

import threading

import pytest

from sim import api
from sim.config_files import compose
from sim.live.day import STATES, LiveDay
from sim.live.drawing import floor_svg, levels_shown, people_svg, view_box

pytestmark = pytest.mark.compiled
SMALL = ["population.visits_per_day=60", "recording.report=false", "seed=3"]


def test_a_watched_day_is_the_day_that_nobody_watches_bit_for_bit(tmp_path):
    config = compose("corner_day", SMALL)
    alone = api.run(config, tmp_path / "alone")
    day = LiveDay(config, tmp_path / "watched", every_s=1800)

    while day.running:
        day.step()

    assert day.mistake is None
    assert day.kpis == alone.kpis
    assert (tmp_path / "watched" / "events.parquet").read_bytes() == (tmp_path / "alone" / "events.parquet").read_bytes()
    assert day.frame is not None
    assert day.frame.so_far["visits"] == alone.kpis["footfall_visits"]
    assert round(100 * day.frame.so_far["takings_yuan"]) == alone.kpis["sales_fen"]


def test_every_step_is_one_look_and_its_time_goes_up_by_the_cadence(tmp_path):
    day = LiveDay(compose("corner_day", SMALL), tmp_path, every_s=600)

    times = []
    for _ in range(5):
        day.step()
        times.append(day.frame.time_s)
    day.close()

    assert day.looks == 5
    assert {later - earlier for earlier, later in zip(times, times[1:], strict=False)} == {600.0}


def test_leaving_early_ends_the_thread_and_later_steps_do_nothing(tmp_path):
    day = LiveDay(compose("corner_day", SMALL), tmp_path, every_s=600)
    day.step()

    day.close()
    day.step()

    assert not day.running
    assert day.looks == 1
    assert [thread.name for thread in threading.enumerate() if thread.name == "live day"] == []


def test_everybody_who_stands_on_a_level_is_a_dot_on_its_floor(tmp_path):
    day = LiveDay(compose("corner_day", ["population.visits_per_day=400", "recording.report=false"]), tmp_path, every_s=3600)
    for _ in range(4):
        day.step()
    frame, plan = day.frame, day.compiled
    day.close()

    shown = [people_svg(plan, level, frame) for level in levels_shown(plan)]

    assert sum(svg.count("h0") for svg in shown) == frame.x_m.size > 3
    assert all(f'class="dots g{group}"' in svg for svg in shown for group in range(len(STATES)))
    for level in levels_shown(plan):
        left, top, width, height = view_box(plan, level)
        here = frame.level == level
        assert ((frame.x_m[here] >= left) & (frame.x_m[here] <= left + width)).all()
        assert ((-frame.y_m[here] >= top) & (-frame.y_m[here] <= top + height)).all()
        assert floor_svg(plan, level).startswith('<svg xmlns="http://www.w3.org/2000/svg"')


def test_a_model_of_ones_own_looks_too_and_its_collected_numbers_are_kept(tmp_path):
    class Collector:
        def __init__(self):
            self.model_vars = {"here": []}

    class Model:
        def __init__(self):
            self.datacollector, self.shoppers = Collector(), None

        def step(self):
            self.datacollector.model_vars["here"].append(len(self.shoppers))

    model = Model()
    day = LiveDay(compose("corner_day", SMALL), tmp_path, every_s=3600, watch=model)
    for _ in range(3):
        day.step()
    day.close()

    assert [each["here"] for each in day.history.own] == model.datacollector.model_vars["here"][:3]
    assert len(day.history.own) == 3


def test_a_mistake_of_the_day_is_told_and_ends_it(tmp_path):
    def trip(_shoppers):
        raise ValueError("a look that fails")

    day = LiveDay(compose("corner_day", SMALL), tmp_path, watch=trip)
    day.step()

    assert not day.running
    assert "a look that fails" in day.mistake
