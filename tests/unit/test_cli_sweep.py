"""The command `sweep`: what it says before and after, and one message for each mistake."""

from __future__ import annotations

import importlib.util
import io
import json
import shlex

import pytest

from sim import api, cli, cli_sweep
from sim.experiments.engines import Runner
from sim.experiments.sweep_plan import plan_of
from sim.progress import Progress

FAKE = """
from types import SimpleNamespace

def run(config, folder):
    return SimpleNamespace(kpis={"footfall_visits": config.seed, "sales_fen": config.seed * 100})
"""
WORDS = "corner_day population.visits_per_day=60,100 seed=range(1,4)"
pytestmark = pytest.mark.plain


@pytest.fixture
def sweep(tmp_path, monkeypatch, capsys):
    """Return a function that types a command in an empty folder, with a stand-in for the mall, and returns exit code and words."""
    (tmp_path / "fake_mall.py").write_text(FAKE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(api, "runner_for", lambda configs, workers=None: Runner("fake_mall:run", workers=workers))
    monkeypatch.setattr(cli_sweep, "announce_compiling", lambda: None)

    def typed(words):
        code = cli.main(["sweep", *shlex.split(words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return typed


def test_it_says_how_many_runs_there_are_and_prints_their_means_with_a_query_that_works(sweep, tmp_path):
    duckdb = pytest.importorskip("duckdb", reason="the package duckdb is not installed")

    code, out, err = sweep(f"{WORDS} workers=1 --out found")

    assert code == 0
    assert "6 runs (2 population.visits_per_day x 3 seed), about" in err
    assert out.splitlines()[1].split() == ["60", "3", "2", "200"]
    query = next(line.strip() for line in out.splitlines() if "SELECT" in line)
    assert duckdb.connect().execute(query).fetchall() == [(60.0, 3, 200.0, 100.0), (100.0, 3, 200.0, 100.0)]


def test_resume_needs_no_words_makes_nothing_again_and_refuses_those_of_another_sweep(sweep, tmp_path):
    sweep(f"{WORDS} workers=1 --out found")
    (tmp_path / "fake_mall.py").unlink()  # so that no run could be made

    assert sweep("--resume workers=1 --out found")[0] == 0
    assert sweep(f"{WORDS} --resume --out found")[0] == 0
    code, _, err = sweep("corner_day seed=1,2 --resume --out found")
    assert code == 2
    assert "holds another sweep (corner_day population.visits_per_day=60,100 seed=range(1,4))" in err


def test_a_dry_run_lists_the_runs_and_makes_none(sweep, tmp_path):
    code, out, _ = sweep(f"{WORDS} --dry-run")
    listed = json.loads(sweep(f"{WORDS} --dry-run --json")[1])

    assert code == 0
    assert "nothing was run" in out
    assert listed["runs"][3] == {"run": 4, "scenario": "corner_day", "overrides": ["population.visits_per_day=100", "seed=1"]}
    assert not (tmp_path / "outputs").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "a scenario is wanted first"),
        ("seed=1,2", "a scenario is wanted first"),
        ("corner_dy seed=1,2", "did you mean 'corner_day'?"),
        ("corner_day sed=1,2", "did you mean 'seed'?"),
        ("corner_day seed=", "has no value"),
        ("corner_day seed=range(1,1)", "at least one value"),
        ("corner_day seed=1,1", "a value is given once"),
        ("corner_day seed=range(1,100) --max-runs 10", "at most 10 values"),
        ("corner_day --max-runs 0", "--max-runs must be at least 1"),
        ("corner_day engine=slurm", "engine must be local or ray (found 'slurm')"),
        ("corner_day workers=none", "workers must be a whole number from 1 to 4096 (found 'none')"),
        ("corner_day address=head:6379", "add engine=ray"),
        ("--resume", "in --out DIR"),
        ("--resume --out nowhere", "a folder of a sweep has one"),
    ],
)
def test_a_mistake_gets_one_message_and_exit_code_two(sweep, words, said):
    code, out, err = sweep(words)

    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_ray_that_is_not_installed_gets_one_message_before_anything_is_written(sweep, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name, found=importlib.util.find_spec: None if name == "ray" else found(name)
    )

    code, _, err = sweep(f"{WORDS} engine=ray --out found")

    assert code == 2
    assert "pip install 'galleria[ray]'" in err
    assert not (tmp_path / "found").exists()


def test_ctrl_c_says_how_to_go_on(sweep, monkeypatch):
    def stopped(*_words, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "sweep_of", stopped)

    code, _, err = sweep(f"{WORDS} --out found")

    assert code == 130
    assert "galleria sweep --resume --out found goes on" in err


def test_a_folder_of_something_else_is_not_written_into(sweep, tmp_path):
    (tmp_path / "found").mkdir()
    (tmp_path / "found" / "letter.txt").write_text("dear")

    assert sweep(f"{WORDS} --out found")[0] == 2
    assert [path.name for path in (tmp_path / "found").iterdir()] == ["letter.txt"]


def test_the_time_left_goes_by_what_this_command_has_made(monkeypatch):
    now_s = 100.0
    monkeypatch.setattr("sim.progress.time.monotonic", lambda: now_s)
    stream = io.StringIO()
    progress = Progress("sweep", stream, wanted=True)

    progress.count(50, 100)  # kept by an earlier command
    now_s += 60.0
    progress.count(60, 100)

    assert "4:00 left" in stream.getvalue()


def test_expected_time_falls_with_workers_and_rises_with_runs():
    few, many = plan_of("corner_day", ["seed=range(1,5)"]), plan_of("corner_day", ["seed=range(1,401)"])

    assert cli_sweep._expected_s(few, 1)[0] < cli_sweep._expected_s(many, 8)[0] < cli_sweep._expected_s(many, 1)[0]
