"""What `galleria check` refuses before the first run, and which baselines it takes."""

from __future__ import annotations

import json

import pytest

from sim import cli, cli_check

pytestmark = pytest.mark.plain


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Give a folder of one's own with a scenario that has no baseline."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "mine.yaml").write_text("# @package _global_\nquestion: What?\nfloorplan: corner_mall\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mine"], "mine.baseline.json: 1 problem"),
        (
            ["mine"],
            "the scenario has no baseline yet (found no such file); write it anew: galleria check mine --update --reason",
        ),
        (["corner_dya"], "did you mean 'corner_day'?"),
        (["mine", "--update"], "--update: asks for a reason"),
        (["mine", "--update", "--reason", "  "], "--update: asks for a reason"),
        (["mine", "--reason", "why"], "--reason: is for --update (found why)"),
        (["all", "seed=3", "--update", "--reason", "why"], "is kept for one scenario (found seed=3)"),
        (["all", "mine"], "all: stands for all scenarios with a baseline"),
        (["mine", "replications=3"], "replications: is the baseline's"),
        (
            ["mine", "replications=1", "--update", "--reason", "why"],
            "replications: must be a whole number from 2 to 1000 (found 1)",
        ),
        (["mine", "no.such=1", "--update", "--reason", "why"], "no.such"),
    ],
)
def test_a_mistake_is_told_before_anything_is_run(folder, capsys, words, said):
    assert cli.main(["check", *words]) == 2

    assert said in capsys.readouterr().err
    assert not (folder / "outputs").exists()
    assert sorted(path.name for path in (folder / "scenarios").iterdir()) == ["mine.yaml"]


def test_all_mistakes_are_told_at_once(folder, capsys):
    assert cli.main(["check", "mine", "corner_dya", "everyday_"]) == 2

    said = capsys.readouterr().err
    assert said.count("1 problem") == 3


def test_a_damaged_baseline_is_refused_by_a_check_and_replaced_by_an_update_that_keeps_its_overrides(folder, capsys):
    kept = {"schema": 99, "overrides": ["population.visits_per_day=50"]}
    (folder / "scenarios" / "mine.baseline.json").write_text(json.dumps(kept))

    assert cli.main(["check", "mine"]) == 2
    assert "this version reads baselines of schema 1 (found 99)" in capsys.readouterr().err
    (case,) = cli_check._cases(["mine"], [], is_update=True)

    assert case.baseline is None
    assert case.overrides == ("population.visits_per_day=50",)
    assert case.config.population.visits_per_day == 50
    assert "It is replaced" in capsys.readouterr().err


def test_overrides_of_an_update_take_the_place_of_those_before(folder):
    kept = {"schema": 99, "overrides": ["population.visits_per_day=50"]}
    (folder / "scenarios" / "mine.baseline.json").write_text(json.dumps(kept))

    (case,) = cli_check._cases(["mine"], ["days=2"], is_update=True)

    assert case.overrides == ("days=2",)


def test_without_a_name_every_scenario_with_a_baseline_is_taken_and_no_other(folder):
    (folder / "scenarios" / "mine.baseline.json").write_text(json.dumps({"schema": 99, "overrides": []}))

    names = {case.name for case in cli_check._cases([], [], is_update=True)}

    assert {"mine", "corner_day"} <= names
    assert "everyday_" not in names
    assert names == {case.name for case in cli_check._cases(["all"], [], is_update=True)}
