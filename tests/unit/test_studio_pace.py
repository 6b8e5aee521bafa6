"""The page's expected time of a comparison follows what finished comparisons took on this machine."""

from __future__ import annotations

import json

import pytest

from sim.config_files import compose
from sim.studio import pace

pytestmark = pytest.mark.plain


@pytest.fixture(autouse=True)
def compiled(monkeypatch):
    monkeypatch.setattr(pace, "is_done", lambda: True)


def finished(outputs, number, times_guess, visits=20_000):
    """Write what a comparison of five days leaves that took so many times the guess."""
    folder = outputs / "2026-11-21" / f"{number:02d}"
    folder.mkdir(parents=True)
    wall_s = times_guess * pace.guess_s(visits, 1, 10)
    (folder / "manifest.json").write_text(json.dumps({"wall_s": wall_s, "replications": 5, "arms": {"a": "", "b": ""}}))
    (folder / "comparison.json").write_text(json.dumps({"kpis": [{"name": "footfall_visits", "baseline_mean": visits}]}))
    return folder


def test_before_any_comparison_the_time_is_called_a_guess_that_grows_with_visits(tmp_path):
    small, large = (
        pace.expected(compose("everyday", [f"population.visits_per_day={visits}"]), tmp_path) for visits in (1_000, 90_000)
    )

    assert small["measured"] == large["measured"] == 0
    assert small["begin_s"] == large["begin_s"]
    assert large["pair_s"] > 5 * small["pair_s"]


def test_a_machine_on_which_comparisons_took_three_times_the_guess_is_expected_to_take_that_again(tmp_path):
    config = compose("corner_day")
    guess = pace.expected(config, tmp_path)
    for number, ratio in enumerate((0.5, 3.0, 3.0, 3.0, 1.0, 9.0)):  # of the last five the middle one
        finished(tmp_path, number, ratio)

    found = pace.expected(config, tmp_path)

    assert found["measured"] == 5
    assert found["begin_s"] == pytest.approx(3 * guess["begin_s"])
    assert found["pair_s"] == pytest.approx(3 * guess["pair_s"])


def test_what_is_damaged_or_slept_through_the_night_is_no_measure(tmp_path):
    finished(tmp_path, 1, 500.0)
    (finished(tmp_path, 2, 2.0) / "manifest.json").write_text("{")
    (finished(tmp_path, 3, 2.0) / "comparison.json").write_text('{"kpis": []}')

    assert pace.expected(compose("corner_day"), tmp_path)["measured"] == 0


def test_a_first_start_is_told_with_its_compiling(tmp_path, monkeypatch):
    config = compose("corner_day")
    warm = pace.expected(config, tmp_path)
    monkeypatch.setattr(pace, "is_done", lambda: False)

    assert pace.expected(config, tmp_path)["begin_s"] == warm["begin_s"] + pace.COMPILE_S
