"""Sweeps with a stand-in for the mall: whoever is killed when, and however many work, the tables have the same bytes."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.errors import ConfigError, EngineError
from sim.experiments.engines import Runner, engine_for
from sim.experiments.sweep import holds_sweep, sweep, words_of
from sim.experiments.sweep_plan import plan_of

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.plain
FAKE = '''
import os, signal, time
from pathlib import Path
from types import SimpleNamespace

def run(config, folder):
    """Stand in for a mall; `question` is a folder for notes, and `expects` what goes wrong."""
    notes = Path(config.question)
    note = notes / f"{config.population.visits_per_day:g}-{config.seed}"
    is_first = not note.exists()
    with open(note, "a") as file:
        file.write(f"{os.getpid()}\\n")
    if config.expects == "killed once" and is_first:
        os.kill(os.getpid(), signal.SIGKILL)
    if config.expects == "fails" and config.seed == 3:
        raise MemoryError("no room")
    time.sleep(0.25 if config.expects == "slow" else config.seed % 7 / 100)
    with open(note, "a") as file:
        file.write("done\\n")
    visits = config.population.visits_per_day
    (folder / "tenants.csv").write_text(f"unit,level,sales_fen\\nbakery,L1,{config.seed * 100}\\n")
    return SimpleNamespace(kpis={"sales_fen": int(config.seed % 1000 * visits), "footfall_visits": int(visits) + config.seed % 100,
                                 "till_wait_s_mean": None if config.seed % 2 else 1.5, "own": 1})
'''


@pytest.fixture
def runner(tmp_path, monkeypatch):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "fake_mall.py").write_text(FAKE)
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    return Runner("fake_mall:run", workers=2)


def words_for(tmp_path, *, goes_wrong="", seeds=5):
    notes = tmp_path / "notes"
    notes.mkdir(exist_ok=True)
    return [f"question='{notes}'", f"expects='{goes_wrong}'", "population.visits_per_day=100,130", f"seed=range(1,{seeds + 1})"]


def bytes_of(folder):
    """Return all that a sweep leaves but its manifest, which says how long it took."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: content for name, content in files.items() if name != "manifest.json"}


def begun(tmp_path):
    return {path.name: path.read_text().splitlines() for path in sorted((tmp_path / "notes").iterdir())}


def rows_of(folder):
    duckdb = pytest.importorskip("duckdb", reason="the package duckdb is not installed")
    return duckdb.connect().execute(f"SELECT * FROM '{folder / 'runs.parquet'}' ORDER BY run").fetchall()


def test_one_two_and_eight_workers_leave_the_same_bytes(tmp_path, runner):
    plan = plan_of("corner_day", words_for(tmp_path))

    found = {}
    for workers in (1, 2, 8):
        sweep(plan, tmp_path / str(workers), dataclasses.replace(runner, workers=workers))
        found[workers] = bytes_of(tmp_path / str(workers))

    assert found[1] == found[2] == found[8]
    assert {"runs.parquet", "parts.parquet", "sweep.json"} < set(found[1])


def test_the_table_has_typed_columns_a_row_for_each_run_and_answers_duckdb(tmp_path, runner):
    duckdb = pytest.importorskip("duckdb", reason="the package duckdb is not installed")
    sweep(plan_of("corner_day", [*words_for(tmp_path), "days=1", "policies=[]"]), tmp_path / "out", runner)

    ask = duckdb.connect().execute
    kinds = dict(ask(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '{tmp_path}/out/runs.parquet')").fetchall())
    table = f"'{tmp_path}/out/runs.parquet'"
    means = ask(
        f'SELECT "population.visits_per_day", avg(sales_fen), count(till_wait_s_mean) FROM {table} GROUP BY 1 ORDER BY 1'
    )
    assert means.fetchall() == [(100.0, 300.0, 2), (130.0, 390.0, 2)]
    assert list(kinds)[:3] == ["run", "scenario", "seed"]
    assert {name: kinds[name] for name in ("seed", "days", "population.visits_per_day", "policies", "sales_fen", "till_wait_s_mean", "failure")} == {
        "seed": "BIGINT", "days": "BIGINT", "population.visits_per_day": "DOUBLE", "policies": "VARCHAR", "sales_fen": "BIGINT",
        "till_wait_s_mean": "DOUBLE", "failure": "VARCHAR",
    }  # fmt: skip
    parts = ask(
        f"SELECT run, name, value FROM '{tmp_path}/out/parts.parquet' WHERE kind = 'sales of tenants, fen' ORDER BY run"
    ).fetchall()
    assert parts[:2] == [(1, "bakery", 100.0), (2, "bakery", 200.0)]
    kept = ask(f"SELECT count(*) FROM read_json('{tmp_path}/out/runs/*/*.json')").fetchone()
    assert kept == (10,)


def test_a_killed_worker_costs_only_its_run(tmp_path, runner):
    sweep(plan_of("corner_day", words_for(tmp_path, goes_wrong="killed once")), tmp_path / "out", runner)

    assert {tuple(line == "done" for line in lines) for lines in begun(tmp_path).values()} == {(False, False, True)}
    assert (tmp_path / "out" / "manifest.json").exists()


def test_runs_that_fail_twice_are_rows_with_their_reason_and_are_tried_again_next_time(tmp_path, runner):
    words = words_for(tmp_path, goes_wrong="fails", seeds=4)

    with pytest.raises(EngineError, match="MemoryError: no room") as caught:
        sweep(plan_of("corner_day", words), tmp_path / "out", runner)

    assert len(caught.value.problems) == 2
    assert not (tmp_path / "out" / "manifest.json").exists()
    failed = [row[2] for row in rows_of(tmp_path / "out") if "MemoryError: no room" in row]
    assert failed == [3, 3]
    (tmp_path / "code" / "fake_mall.py").write_text(FAKE.replace("config.seed == 3", "False"))
    sweep(plan_of("corner_day", words), tmp_path / "out", runner)
    assert len(begun(tmp_path)["100-3"]) == 2 + 2  # begun twice in vain, then begun and done
    assert len(begun(tmp_path)["100-1"]) == 2  # begun and done, once
    assert (tmp_path / "out" / "manifest.json").exists()


def test_a_wider_sweep_in_the_same_folder_makes_only_the_new_runs(tmp_path, runner):
    sweep(plan_of("corner_day", words_for(tmp_path, seeds=2)), tmp_path / "out", runner)

    found = sweep(plan_of("corner_day", words_for(tmp_path, seeds=4)), tmp_path / "out", runner)

    assert found["runs"] == len(rows_of(tmp_path / "out")) == 8
    assert all(len(lines) == 2 for lines in begun(tmp_path).values())


def test_the_manifest_vouches_for_every_file_and_the_folder_knows_its_words(tmp_path, runner):
    words = words_for(tmp_path, seeds=2)
    sweep(plan_of("corner_day", words), tmp_path / "out", runner)

    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert set(bytes_of(tmp_path / "out")) == set(manifest["files"])
    assert holds_sweep(tmp_path / "out")
    assert words_of(tmp_path / "out") == ("corner_day", words)
    with pytest.raises(ConfigError, match="no such file"):
        words_of(tmp_path)


def test_an_engine_that_there_is_not_is_refused():
    with pytest.raises(ConfigError, match="must be one of local, ray"):
        engine_for(Runner("fake_mall:run", engine="slurm"))


PROGRAM = """
import sys
from pathlib import Path
from sim.experiments.engines import Runner
from sim.experiments.sweep import sweep
from sim.experiments.sweep_plan import plan_of

if __name__ == "__main__":
    out, *words = sys.argv[1:]
    sweep(plan_of("corner_day", words), Path(out), Runner("fake_mall:run", workers=2))
"""


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in ("Z", "X")
    except OSError:
        return False


def working_in(tmp_path):
    """Return the processes of runs that are begun and not done, and how many are done."""
    lines = list(begun(tmp_path).values())
    return [int(each[-1]) for each in lines if each and each[-1] != "done"], sum("done" in each for each in lines)


def wait_for(what, limit_s=60.0):
    deadline_s = time.monotonic() + limit_s
    while not what() and time.monotonic() < deadline_s:
        time.sleep(0.02)
    assert what()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
def test_forty_runs_killed_twice_and_resumed_are_those_made_in_one_go(tmp_path, runner):
    words = words_for(tmp_path, goes_wrong="slow", seeds=20)
    (tmp_path / "code" / "program.py").write_text(PROGRAM)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path / 'code'}"}
    command = [sys.executable, str(tmp_path / "code" / "program.py"), str(tmp_path / "killed"), *words]
    program = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: working_in(tmp_path)[0] and working_in(tmp_path)[1] >= 4)
        os.kill(working_in(tmp_path)[0][0], signal.SIGKILL)  # one worker
        wait_for(lambda: working_in(tmp_path)[0] and working_in(tmp_path)[1] >= 10)
    finally:
        program.kill()  # and the parent, by SIGKILL
        program.wait()
    at_work = working_in(tmp_path)[0]
    wait_for(lambda: not any(is_alive(pid) for pid in at_work), 5)
    kept = {path.read_bytes() for path in (tmp_path / "killed" / "runs").rglob("0*.json")}
    made_before = {name: len(lines) for name, lines in begun(tmp_path).items() if lines[-1] == "done"}
    assert 8 <= len(kept) < 40
    assert not (tmp_path / "killed" / "manifest.json").exists()

    scenarios, told = words_of(tmp_path / "killed")
    sweep(plan_of(scenarios, told), tmp_path / "killed", dataclasses.replace(runner, workers=8))

    repeated = [name for name, number in made_before.items() if len(begun(tmp_path)[name]) > number]
    assert len(repeated) <= 2  # at most what each worker had just ended when the parent died; what was kept is never made again
    assert kept <= {path.read_bytes() for path in (tmp_path / "killed" / "runs").rglob("0*.json")}
    sweep(plan_of("corner_day", words), tmp_path / "whole", dataclasses.replace(runner, workers=8))
    assert bytes_of(tmp_path / "killed") == bytes_of(tmp_path / "whole")
