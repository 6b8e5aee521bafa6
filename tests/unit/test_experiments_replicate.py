"""Replications on worker processes: killed, failed, damaged, stopped and resumed."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.config import PopulationConfig, RunConfig
from sim.errors import ConfigError, EngineError
from sim.experiments import workers
from sim.experiments.compare import compare
from sim.experiments.engines import Runner
from sim.experiments.kept_runs import can_continue
from sim.experiments.replicate import replicate

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.plain
FAKE = '''
import os, signal, time
from pathlib import Path
from types import SimpleNamespace

def run(config, folder):
    """Stand in for a mall; `question` is a folder for notes, and `expects` what goes wrong."""
    notes, seed = Path(config.question), config.seed
    first = not (notes / str(seed)).exists()
    with open(notes / str(seed), "a") as note:
        note.write(f"{config.name} {os.getpid()}\\n")
    (folder / "left.txt").write_text("x")
    if config.expects == "killed once" and first or config.expects == "killed always":
        os.kill(os.getpid(), signal.SIGKILL)
    if config.expects == "fails":
        raise MemoryError("no room")
    if config.expects == "hangs":
        time.sleep(60)
    time.sleep(seed % 7 / 100)
    visits = config.population.visits_per_day
    return SimpleNamespace(kpis={"footfall_visits": int(visits + seed % 100), "sales_fen": seed % 1000 * visits, "till_wait_s_mean": None})
'''


@pytest.fixture
def runner(tmp_path, monkeypatch):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "fake_mall.py").write_text(FAKE)
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    return Runner("fake_mall:run", workers=2)


def arm(name, tmp_path, *, visits=100.0, goes_wrong=""):
    notes = tmp_path / f"notes of {name}"
    notes.mkdir(exist_ok=True)
    population = PopulationConfig(visits_per_day=visits)
    return name, RunConfig(name=name, question=str(notes), expects=goes_wrong, population=population)


def runs_made(tmp_path, name):
    return sum(len(path.read_text().splitlines()) for path in (tmp_path / f"notes of {name}").iterdir())


def comparison_bytes(folder):
    return (folder / "comparison.json").read_bytes()


def test_results_are_the_same_with_any_number_of_workers(tmp_path, runner):
    arms = [arm("a", tmp_path), arm("b", tmp_path, visits=130)]

    for number in (1, 2, 3):
        compare(arms, tmp_path / str(number), 6, dataclasses.replace(runner, workers=number))

    assert comparison_bytes(tmp_path / "1") == comparison_bytes(tmp_path / "2") == comparison_bytes(tmp_path / "3")


def test_replications_in_two_parts_are_those_made_at_once_in_any_order(tmp_path, runner):
    arms = [arm("a", tmp_path), arm("b", tmp_path, visits=130)]

    whole = replicate(arms, range(1, 7), tmp_path / "whole", runner)
    parts = [replicate(arms, numbers, tmp_path / "parts", runner) for numbers in ([6, 5, 4], range(1, 4))]

    assert parts[0].kpis | parts[1].kpis == whole.kpis


def test_a_killed_worker_is_replaced_and_only_its_run_made_again(tmp_path, runner):
    arms = [arm("a", tmp_path), arm("b", tmp_path, goes_wrong="killed once")]

    compare(arms, tmp_path / "out", 4, runner)

    assert (runs_made(tmp_path, "a"), runs_made(tmp_path, "b")) == (4, 8)


def test_a_run_that_dies_twice_is_named_with_its_reason_when_all_others_are_kept(tmp_path, runner):
    arms = [arm("a", tmp_path), arm("b", tmp_path, goes_wrong="killed always"), arm("c", tmp_path, goes_wrong="fails")]

    with pytest.raises(EngineError) as caught:
        compare(arms, tmp_path / "out", 2, runner)

    assert caught.value.exit_code == 1
    assert [problem.place for problem in caught.value.problems] == [
        "arm 'b', replication 1", "arm 'c', replication 1", "arm 'b', replication 2", "arm 'c', replication 2",
    ]  # fmt: skip
    assert "killed by SIGKILL" in caught.value.problems[0].value
    assert caught.value.problems[1].value == "MemoryError: no room"
    assert not (tmp_path / "out" / "manifest.json").exists()
    assert len(list((tmp_path / "out" / "runs").glob("a-*/0*.json"))) == 2
    assert can_continue(tmp_path / "out")


def test_a_second_call_makes_only_what_is_missing_or_damaged(tmp_path, runner):
    arms = [arm("a", tmp_path), arm("b", tmp_path, visits=130)]
    compare(arms, tmp_path / "out", 4, runner)
    before = comparison_bytes(tmp_path / "out")
    missing, cut, changed = sorted((tmp_path / "out" / "runs").glob("a-*/0*.json"))[:3]
    missing.unlink()
    cut.write_bytes(cut.read_bytes()[:-20])
    changed.write_text(changed.read_text().replace('"sales_fen": ', '"sales_fen": 1'))

    compare(arms, tmp_path / "out", 4, runner)

    assert (runs_made(tmp_path, "a"), runs_made(tmp_path, "b")) == (7, 4)
    assert comparison_bytes(tmp_path / "out") == before


def test_runs_of_another_configuration_or_floor_plan_are_not_trusted(tmp_path, runner):
    arms = [arm("a", tmp_path), arm("b", tmp_path)]
    compare(arms, tmp_path / "out", 2, runner)

    compare([arms[0], arm("b", tmp_path, visits=130)], tmp_path / "out", 2, runner)
    assert (runs_made(tmp_path, "a"), runs_made(tmp_path, "b")) == (2, 4)

    compare(
        [arms[0], arm("b", tmp_path, visits=130)], tmp_path / "out", 2, dataclasses.replace(runner, plan_digests={"x": "y"})
    )
    assert (runs_made(tmp_path, "a"), runs_made(tmp_path, "b")) == (4, 6)


def test_the_manifest_vouches_for_every_file_and_nothing_is_left_lying_about(tmp_path, runner):
    compare([arm("a", tmp_path), arm("b", tmp_path)], tmp_path / "out", 2, runner)

    files = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert files == {*manifest["files"], "manifest.json"}
    assert can_continue(tmp_path / "out")
    assert not can_continue(tmp_path)
    assert multiprocessing.active_children() == []


def test_a_process_gives_way_to_another_after_some_runs(tmp_path, runner, monkeypatch):
    monkeypatch.setattr(workers, "RUNS_PER_PROCESS", 3)

    compare([arm("a", tmp_path), arm("b", tmp_path)], tmp_path / "out", 4, dataclasses.replace(runner, workers=1))

    notes = [*(tmp_path / "notes of a").iterdir(), *(tmp_path / "notes of b").iterdir()]
    processes = [path.read_text().split()[1] for path in notes]
    assert sorted(processes.count(process) for process in set(processes)) == [2, 3, 3]


def test_progress_counts_up_to_all_runs(tmp_path, runner):
    seen = []

    compare(
        [arm("a", tmp_path), arm("b", tmp_path)], tmp_path / "out", 2, runner, lambda done, total: seen.append((done, total))
    )

    assert seen == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]


def test_arms_of_one_name_and_a_single_replication_are_refused_together(tmp_path, runner):
    with pytest.raises(ConfigError) as caught:
        compare([arm("a", tmp_path), arm("a", tmp_path)], tmp_path / "out", 1, runner)

    assert [problem.place for problem in caught.value.problems] == ["arms", "replications"]


def test_the_names_of_arms_cannot_lead_out_of_the_folder(tmp_path, runner):
    arms = [arm("a", tmp_path), ("../../b=\0/../x", arm("b", tmp_path)[1])]

    compare(arms, tmp_path / "out" / "deep", 2, runner)

    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["deep"]


STOPPED = """
import signal
import sys
from pathlib import Path
from sim.config import RunConfig
from sim.experiments.engines import Runner
from sim.experiments.replicate import replicate

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what it puts in the background with SIGINT ignored
    notes = Path(sys.argv[1])
    arms = [(name, RunConfig(name=name, question=str(notes), expects=wrong)) for name, wrong in (("a", ""), ("b", "hangs"))]
    replicate(arms, [1, 2, 3], notes.parent / "out", Runner("fake_mall:run", workers=2))
"""


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in ("Z", "X")
    except OSError:
        return False


def stop_while_it_runs(tmp_path, how):
    """Start a program whose second arm hangs, end it with `how` when both workers hang; return it, its workers and the wait."""
    notes = tmp_path / "notes"
    notes.mkdir()
    (tmp_path / "code" / "stopped.py").write_text(STOPPED)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path / 'code'}"}
    program = subprocess.Popen(
        [sys.executable, str(tmp_path / "code" / "stopped.py"), str(notes)], env=environment, cwd=tmp_path,
        stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    deadline_s = time.monotonic() + 60
    hanging: list[int] = []
    while len(hanging) < 2 and program.poll() is None and time.monotonic() < deadline_s:
        time.sleep(0.1)
        lines = [line.split() for path in notes.iterdir() for line in path.read_text().splitlines()]
        hanging = [int(words[1]) for words in lines if len(words) == 2 and words[0] == "b"]
    assert len(hanging) == 2
    started_s = time.monotonic()
    how(program)
    _, said = program.communicate(timeout=10)
    return program, hanging, time.monotonic() - started_s, said.decode()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
@pytest.mark.usefixtures("runner")
@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_stops_at_once_reaps_the_workers_and_keeps_what_is_finished(tmp_path, presses):
    def press(program):
        for _ in range(presses):
            os.killpg(program.pid, signal.SIGINT)  # a terminal sends it to the whole group
            time.sleep(0.05)

    program, hanging, waited_s, said = stop_while_it_runs(tmp_path, press)

    assert waited_s < 5
    assert program.returncode == -signal.SIGINT
    assert not any(is_alive(pid) for pid in hanging)
    assert "Traceback" in said  # of the program itself, which catches nothing
    assert "ForkServer" not in said
    kept = list((tmp_path / "out" / "runs").glob("*/0*.json"))
    assert kept
    assert all(json.loads(path.read_text())["sha256"] for path in kept)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
@pytest.mark.usefixtures("runner")
def test_workers_end_when_their_parent_is_killed(tmp_path):
    _, hanging, _, _ = stop_while_it_runs(tmp_path, lambda program: program.kill())

    deadline_s = time.monotonic() + 5
    while any(is_alive(pid) for pid in hanging) and time.monotonic() < deadline_s:
        time.sleep(0.05)
    assert not any(is_alive(pid) for pid in hanging)
