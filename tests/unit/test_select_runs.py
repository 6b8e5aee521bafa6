"""Selections on stand-ins for malls: the best is found, runs are kept, and bad questions are refused together."""

from __future__ import annotations

import dataclasses
import json

import pytest

from sim.config import PopulationConfig, RunConfig
from sim.errors import ConfigError, EngineError
from sim.experiments.engines import Runner
from sim.experiments.select import RESULT, select
from sim.experiments.selection import Delta, Question, is_more_better
from sim.experiments.study_folder import can_go_on

pytestmark = pytest.mark.plain
FAKE = '''
from pathlib import Path
from types import SimpleNamespace

def run(config, folder):
    """Stand in for a mall: sales are what visitors bring, a day's luck that all arms share, and a little luck of the arm's own."""
    with open(Path(config.question) / "runs", "a") as note:
        note.write(config.name + "\\n")
    if config.expects == "fails":
        raise MemoryError("no room")
    visits = config.population.visits_per_day
    day, own = config.seed % 997, (config.seed // 997 + int(visits) * 7919) % 101
    known = config.expects != "does not know"
    return SimpleNamespace(kpis={"sales_fen": int(visits * 100 + 50 * day + 3 * own) if known else None, "queue_wait_s_mean": visits})
'''


@pytest.fixture
def runner(tmp_path, monkeypatch):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "fake_arms.py").write_text(FAKE)
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    return Runner("fake_arms:run", workers=1)


def arms_of(tmp_path, visits, *, goes_wrong=""):
    found = []
    for index, number in enumerate(visits):
        wrong = goes_wrong if index == 1 else ""
        config = RunConfig(
            name=f"arm {index}", question=str(tmp_path), expects=wrong, population=PopulationConfig(visits_per_day=number)
        )
        found.append((f"arm {index}", config))
    return found


def runs_made(tmp_path):
    return len((tmp_path / "runs").read_text().splitlines())


KN = Question("sales_fen", True, delta=Delta(400.0), budget=400, first=6)
OCBA = dataclasses.replace(KN, method="ocba_crn", budget=60)


def test_the_arm_that_is_better_by_more_than_delta_is_selected(tmp_path, runner):
    arms = arms_of(tmp_path, [1000, 1010, 1001, 1004])

    for question in (KN, OCBA):
        found = select(arms, tmp_path / question.method, question, runner)

        assert found["selected"] == found["leader"] == found["arms"][0]["arm"] == "arm 1"
        assert all(entry["ci_high"] < 0 for entry in found["arms"][1:])
        assert "'arm 1'" in found["statement"]


def test_fewer_is_better_where_the_catalogue_or_the_user_says_so(tmp_path, runner):
    arms = arms_of(tmp_path, [1000, 1010, 1001, 990])

    found = select(arms, tmp_path / "out", dataclasses.replace(KN, maximise=False), runner)

    assert (found["selected"], found["better"]) == ("arm 3", "lower")
    assert (is_more_better("sales_fen"), is_more_better("till_wait_s_mean")) == (True, False)
    assert not is_more_better("sales_fen", False)


def test_the_answer_is_the_same_with_any_number_of_workers_and_after_a_stop(tmp_path, runner):
    arms = arms_of(tmp_path, [1000, 1006, 1004])
    for question in (dataclasses.replace(KN, delta=Delta(60.0)), dataclasses.replace(OCBA, budget=40)):
        whole = tmp_path / f"{question.method} whole"
        select(arms, whole, question, runner)

        def stop(done, total):
            if done == 24:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            select(arms, tmp_path / question.method, question, dataclasses.replace(runner, workers=3), stop)
        assert can_go_on(tmp_path / question.method, RESULT)
        assert not (tmp_path / question.method / "manifest.json").exists()
        select(arms, tmp_path / question.method, question, dataclasses.replace(runner, workers=3))

        assert (tmp_path / question.method / RESULT).read_bytes() == (whole / RESULT).read_bytes()


def test_a_second_call_makes_nothing_and_a_larger_budget_only_what_is_missing(tmp_path, runner):
    arms = arms_of(tmp_path, [1000, 1001, 1002])
    first = select(arms, tmp_path / "out", OCBA, runner)
    before = (tmp_path / "out" / RESULT).read_bytes()
    select(arms, tmp_path / "out", OCBA, runner)

    assert (runs_made(tmp_path), first["runs"]) == (60, 60)
    assert (tmp_path / "out" / RESULT).read_bytes() == before

    select(arms, tmp_path / "out", dataclasses.replace(OCBA, budget=70), runner)
    assert 70 <= runs_made(tmp_path) <= 80


def test_a_budget_that_ends_first_leaves_nothing_selected_and_says_so(tmp_path, runner):
    question = dataclasses.replace(KN, delta=Delta(1.0), budget=24)

    found = select(arms_of(tmp_path, [1000, 1001, 1002]), tmp_path / "out", question, runner)

    assert found["selected"] is None
    assert found["runs"] <= 24
    assert found["statement"].startswith("Not decided")


def test_all_that_is_wrong_with_a_question_is_said_at_once(tmp_path, runner):
    question = Question("sales_fen", True, method="best", delta=Delta(0.0), confidence=0.3, budget=3, first=2)

    with pytest.raises(ConfigError) as caught:
        select(arms_of(tmp_path, [1, 2]), tmp_path / "out", question, runner)

    assert [problem.place for problem in caught.value.problems] == ["method", "delta", "confidence", "first", "budget"]
    assert not (tmp_path / "out").exists()


def test_a_kpi_of_no_direction_must_be_given_one():
    with pytest.raises(ConfigError, match="maximise=true or maximise=false"):
        is_more_better("push_sent")


@pytest.mark.parametrize(
    ("wrong", "said"), [("does not know", "every run must know its value"), ("fails", "the run failed twice")]
)
def test_runs_that_fail_or_do_not_know_the_kpi_are_named(tmp_path, runner, wrong, said):
    with pytest.raises(EngineError, match=said) as caught:
        select(arms_of(tmp_path, [1000, 1001], goes_wrong=wrong), tmp_path / "out", KN, runner)

    assert "'arm 1'" in str(caught.value)


def test_the_manifest_vouches_for_every_file(tmp_path, runner):
    select(arms_of(tmp_path, [1000, 1010]), tmp_path / "out", KN, runner)

    files = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert files == {*json.loads((tmp_path / "out" / "manifest.json").read_text())["files"], "manifest.json"}
