"""Worker processes: what outlives whom, what a second kind of runs finds imported, and twins whose process dies."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.config import RunConfig
from sim.errors import GalleriaError
from sim.experiments.engines import Runner, engine_for
from sim.experiments.twins import TwinRunner, lives_of

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.plain
FAKE = """
import os, signal, sys
from pathlib import Path
from types import SimpleNamespace

def live(config, folder):
    note = Path(config.question) / str(config.seed)
    times = len(note.read_text()) if note.exists() else 0
    note.write_text("x" * (times + 1))
    if times < {"once": 1, "always": 9}.get(config.expects, 0):
        os.kill(os.getpid(), signal.SIGKILL)
    return config.seed * 10

def run(config, folder):
    return SimpleNamespace(kpis={"heavy": "heavy_library" in sys.modules and sys.modules["heavy_library"].OWNER != os.getpid()})
"""
PROGRAM = """
import sys, time
from sim.config import RunConfig
from sim.experiments.engines import Runner, engine_for

if __name__ == "__main__":
    with engine_for(Runner("time:sleep", workers=2)) as engine:
        for _ in engine.answers({("a", number): RunConfig() for number in range(int(sys.argv[1]))}):
            print("ended", flush=True)
        print("idle", flush=True)
        time.sleep(60)
"""


@pytest.fixture
def code(tmp_path, monkeypatch):
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "fake_twins.py").write_text(FAKE)
    (folder / "program.py").write_text(PROGRAM)
    monkeypatch.syspath_prepend(str(folder))
    return folder


def twins(tmp_path, goes_wrong):
    notes = tmp_path / "notes"
    notes.mkdir()
    return [RunConfig(question=str(notes), seed=seed, expects=goes_wrong if seed == 2 else "") for seed in (1, 2, 3)]


@pytest.mark.usefixtures("code")
def test_a_twin_whose_process_dies_is_lived_once_more(tmp_path):
    found = {}

    lives_of(TwinRunner("fake_twins:live", workers=2), twins(tmp_path, "once"), found.__setitem__)

    assert found == {0: 10, 1: 20, 2: 30}
    assert {path.name: len(path.read_text()) for path in (tmp_path / "notes").iterdir()} == {"1": 1, "2": 2, "3": 1}


@pytest.mark.usefixtures("code")
def test_a_twin_that_dies_twice_is_said_to_and_leaves_no_process(tmp_path):
    with pytest.raises(GalleriaError, match="died twice"):
        lives_of(TwinRunner("fake_twins:live", workers=2), twins(tmp_path, "always"), lambda _index, _lives: None)

    assert (tmp_path / "notes" / "2").read_text() == "xx"
    assert multiprocessing.active_children() == []


def in_session(leader):
    """Return the living processes of a session: the program, its server, its tracker and its workers."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session = path.read_text().rsplit(")", 1)[1].split()[:4]
        except OSError:
            continue
        if int(session) == leader and state not in ("Z", "X"):
            found.append(int(path.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
@pytest.mark.parametrize("moment", ["while the server starts", "while workers start", "while workers idle"])
def test_neither_workers_nor_server_nor_tracker_outlive_a_killed_parent(code, moment):
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{code}"}
    command = [sys.executable, str(code / "program.py"), "4"]
    program = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, cwd=ROOT, start_new_session=True, text=True)
    processes = {"while the server starts": 2, "while workers start": 4}.get(moment, 5)
    deadline_s = time.monotonic() + 60
    while len(in_session(program.pid)) < processes and time.monotonic() < deadline_s:
        time.sleep(0.005)
    if moment == "while workers idle":
        while "idle" not in program.stdout.readline():
            pass
    assert len(in_session(program.pid)) >= processes

    program.kill()
    program.communicate(timeout=10)  # also waits until nobody holds the pipe any more

    deadline_s = time.monotonic() + 10
    while in_session(program.pid) and time.monotonic() < deadline_s:
        time.sleep(0.02)
    assert in_session(program.pid) == []


def test_a_second_kind_of_runs_finds_its_libraries_imported_by_the_server(code, tmp_path, monkeypatch):
    (code / "heavy_library.py").write_text("import os\nOWNER = os.getpid()\n")
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{code}")
    jobs = {("a", 1): RunConfig()}
    with engine_for(Runner("fake_twins:run", workers=1)) as engine:
        first = dict(engine.answers(jobs))

    with engine_for(Runner("fake_twins:run", ("heavy_library",), workers=1)) as engine:
        second = dict(engine.answers(jobs))

    assert first["a", 1][0]["heavy"] is False
    assert second["a", 1][0]["heavy"] is True
