"""Sensitivity studies: published indices, a stand-in for a mall, whole numbers and choices, and what is refused before any run."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.config import RunConfig
from sim.errors import ConfigError
from sim.experiments.engines import Runner
from sim.experiments.parameter_ranges import Range, ranges_of, refused, with_values
from sim.experiments.sensitivity import RESULT, Design, indices, sensitivity, shares_of

pytestmark = pytest.mark.plain
THREE = [Range(key, 0.5) for key in ("population.car_share", "population.vip_share", "population.step_free_share")]
FAKE = '''
from pathlib import Path
from types import SimpleNamespace

def run(config, folder):
    """Stand in for a mall: sales are 1000 + 400 cars - 30 for each place in line, whatever the day."""
    with open(Path(config.question) / "runs", "a") as note:
        note.write("run\\n")
    return SimpleNamespace(kpis={"sales_fen": 1000 + 400 * config.population.car_share - 30 * config.services.balk_queue})
'''


def ishigami(shares):
    x = -math.pi + 2 * math.pi * shares
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sobol_recovers_the_published_indices_of_ishigamis_function():
    """a = 7, b = 0.1: S1 0.3139, 0.4424, 0; ST 0.5576, 0.4424, 0.2437 (Ishigami and Homma 1990)."""
    design = Design("sales_fen", "sobol", samples=2048)
    shares = shares_of(THREE, design, 5)

    found = indices(THREE, shares, ishigami(shares), design, 5)

    assert [each["s1"] for each in found] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert [each["st"] for each in found] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)
    assert found == indices(THREE, shares_of(THREE, design, 5), ishigami(shares), design, 5)


def test_morris_gives_a_linear_functions_slopes_and_no_spread():
    design = Design("sales_fen", trajectories=4)
    shares = shares_of(THREE, design, 5)

    found = indices(THREE, shares, shares @ np.array([3.0, -2.0, 0.0]), design, 5)

    assert [each["mu"] for each in found] == pytest.approx([3.0, -2.0, 0.0], abs=1e-9)
    assert [each["mu_star"] for each in found] == pytest.approx([3.0, 2.0, 0.0], abs=1e-9)
    assert [each["sigma"] for each in found] == pytest.approx([0.0] * 3, abs=1e-9)


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_a_kpi_that_never_moves_gives_no_index_and_no_warning(method):
    design = Design("sales_fen", method, trajectories=3, samples=8)
    shares = shares_of(THREE, design, 1)

    found = indices(THREE, shares, np.full(len(shares), 7.0), design, 1)

    assert all(value in (0.0, None) for each in found for value in each.values())


def test_whole_numbers_and_choices_have_equal_parts_of_the_range():
    shares = (np.arange(600) + 0.5) / 600
    number, choice = Range("a", 3, 2, 4), Range("b", "x", choices=("x", "y"))

    assert [sum(number.value_at(share) == value for share in shares) for value in (2, 3, 4)] == [200, 200, 200]
    assert [sum(choice.value_at(share) == value for share in shares) for value in ("x", "y")] == [300, 300]
    assert (number.ends, choice.ends, number.value_at(1 / 3), number.value_at(1.0)) == ((2, 4), ("x", "y"), 3, 4)


@pytest.fixture
def runner(tmp_path, monkeypatch):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "fake_sales.py").write_text(FAKE)
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    return Runner("fake_sales:run", workers=1)


def test_a_study_finds_what_the_mall_was_made_of_and_a_second_call_makes_no_run(tmp_path, runner):
    config = RunConfig(name="fake", question=str(tmp_path))
    ranges = ranges_of(config, ["population.car_share"], {"services.balk_queue": "10..19"})
    design = Design("sales_fen", trajectories=2)

    found = sensitivity(config, ranges, tmp_path / "out", design, runner)
    before = {
        path.name: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.is_file() and path.name != "manifest.json"
    }
    sensitivity(config, ranges, tmp_path / "out", design, dataclasses.replace(runner, workers=2))

    assert [entry["name"] for entry in found["parameters"]] == ["population.car_share", "services.balk_queue"]
    assert [entry["swing"] for entry in found["parameters"]] == pytest.approx([400, 270 + 180])
    assert found["parameters"][0]["mu"] == pytest.approx(400)
    assert len((tmp_path / "runs").read_text().splitlines()) == design.runs(ranges) == found["runs"] == 11
    assert {name: (tmp_path / "out" / name).read_bytes() for name in before} == before
    assert {RESULT, "tornado.svg", "indices.svg", "sensitivity.parquet"} <= set(before)
    assert pq.read_table(tmp_path / "out" / "sensitivity.parquet").column_names == [
        "sample", "population.car_share", "services.balk_queue", "sales_fen",
    ]  # fmt: skip


def test_all_that_cannot_be_varied_is_said_at_once():
    given = {"population.vip_share": "0.5..0.2", "services.service_cv": "0..99"}

    with pytest.raises(ConfigError) as caught:
        ranges_of(RunConfig(), ["population.car_shar", "population.hour_shares_weekday", "date"], given)

    said = [str(problem) for problem in caught.value.problems]
    assert [words in line for words, line in zip(
        ["did you mean population.car_share", "a list has no range", "text has no range", "low below high", "documented range"], said, strict=True
    )] == [True] * 5  # fmt: skip


def test_a_section_means_all_in_it_that_has_a_range_and_within_narrows_it():
    ranges = {each.key: each for each in ranges_of(RunConfig(), ["services"], {"services.service_cv": "0.1..0.2"}, within=0.2)}

    assert (ranges["services.service_cv"].low, ranges["services.service_cv"].high) == (0.1, 0.2)
    assert (ranges["services.balk_queue"].low, ranges["services.balk_queue"].high) == (20, 30)
    assert "services.payment_s_mean" not in ranges  # 0 in the default configuration: nothing lies within 20 % of it
    assert not any(each.key.startswith("recording") for each in ranges_of(RunConfig(), ["all"], {}))


def test_settings_that_break_a_rule_of_the_schema_are_told_with_how_many_do():
    samples = [{"population.free_speed_mps_min": 2.9}, {"population.free_speed_mps_min": 0.5}]

    problems = list(refused(RunConfig(), samples))

    assert problems
    assert all("1 of 2 settings" in problem.rule for problem in problems)


def test_values_are_set_in_a_copy():
    config = RunConfig()

    category = next(iter(config.categories))
    changed = with_values(config, {"population.car_share": 0.9, f"categories.{category}.tables": 7})

    assert (changed.population.car_share, changed.categories[category].tables) == (0.9, 7)
    assert config == RunConfig()


def test_designs_that_cannot_be_are_refused_together(tmp_path):
    with pytest.raises(ConfigError) as caught:
        sensitivity(RunConfig(), THREE[:1], tmp_path / "out", Design("sales_fen", "guess", 1, 9, 0, 2.0), Runner("nothing:run"))

    assert [problem.place for problem in caught.value.problems] == [
        "method", "parameters", "trajectories", "samples", "replications", "confidence",
    ]  # fmt: skip
