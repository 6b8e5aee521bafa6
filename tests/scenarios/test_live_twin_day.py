"""The real malls behind `galleria twin`: an hour of a small day, whole and damaged, and stopped by Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.cli import main
from sim.reporting.recorder import read_columns

pytestmark = [pytest.mark.compiled, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
DAMAGE = "dropped=0.05,duplicated=0.02,absurd=0.01,late=0.1,late_min=10"


@pytest.fixture(scope="module")
def feeds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twin")
    assert main(["run", "corner_day", "seed=7", "recording.report=false", "--out", str(folder / "truth")]) == 0
    for name, damage in (("day", ""), ("bad", DAMAGE)):
        words = ["observe", str(folder / "truth"), "--as-feed", "--damage", damage, "--out", str(folder / f"{name}.jsonl")]
        assert main(words) == 0
    return folder


@pytest.fixture(scope="module")
def twins(feeds):
    for name in ("day", "bad"):
        words = ["twin", "corner_day", f"feed={feeds / name}.jsonl", "members=4", "tries=[meal_push]", "until=11:00"]
        assert main([*words, "--out", str(feeds / f"twin_{name}")]) == 0
    return feeds


@pytest.mark.parametrize("name", ["day", "bad"])
def test_the_real_twin_foretells_every_quarter_of_an_hour_and_tries_policies_each_hour(twins, name):
    forecasts = read_columns(twins / f"twin_{name}" / "forecasts.parquet")
    status = json.loads((twins / f"twin_{name}" / "status.json").read_text("utf-8"))

    assert status["quarters"] == len(set(forecasts["made_us"].tolist())) == 4
    assert set(forecasts["ahead_min"].tolist()) == {15, 60, 180}
    assert (forecasts["low"] <= forecasts["high"]).all()
    assert {row["policy"] for row in status["tried"]} == {"meal_push"}


def test_what_was_damaged_is_told_and_what_was_not_is_used(twins):
    whole, damaged = (
        json.loads((twins / f"twin_{name}" / "status.json").read_text("utf-8"))["set_aside"] for name in ("day", "bad")
    )

    assert whole["refused"] == 0
    assert {"absurd value", "duplicate", "missing"} <= set(damaged["reasons"])
    assert 0.85 * whole["used"] < damaged["used"] < whole["used"]


def test_ctrl_c_in_the_middle_of_the_malls_lives_keeps_what_was_said_and_leaves_no_process(feeds):
    out = feeds / "stopped"
    words = ["twin", "corner_day", f"feed={feeds / 'day.jsonl'}", "members=4", "--out", str(out)]
    child = subprocess.Popen(
        [sys.executable, "-m", "sim", *words], cwd=feeds, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(0.5)
    os.killpg(child.pid, signal.SIGINT)  # as a terminal does: to the command and to its workers
    _, said = child.communicate(timeout=120)

    assert child.returncode == 130
    assert "Traceback" not in said
    assert json.loads((out / "manifest.json").read_text("utf-8"))["ended"] == "stopped"
    with pytest.raises(ProcessLookupError):
        os.killpg(child.pid, 0)
