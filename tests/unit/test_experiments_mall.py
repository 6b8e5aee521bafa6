"""Comparisons of real malls: a small one with few visits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim import api, config_files
from sim.errors import GalleriaError
from sim.experiments.compare import compare_runs
from sim.experiments.replicate import replication_config

ROOT = Path(__file__).resolve().parents[2]
FEW = ["population.visits_per_day=120", "recording.report=false", "sensing.positioning.every_s=300"]
pytestmark = pytest.mark.compiled


def arms():
    slow = config_files.compose("corner_day", [*FEW, "services.payment_s_mean=120"])
    return [
        ("none", config_files.compose("corner_day", FEW)),
        ("again", config_files.compose("corner_day", FEW)),
        ("slow tills", slow),
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("comparison")


@pytest.fixture(scope="module")
def found(folder):
    return api.compare(arms(), folder, 4, workers=2)


def entries(found, arm):
    return {entry["name"]: entry for entry in found["kpis"] if entry["arm"] == arm}


def test_an_arm_does_not_differ_from_itself_by_one_bit(found):
    known = [entry for entry in entries(found, "again").values() if entry["verdict"] != "unknown"]

    assert len(known) > 20
    assert {(entry["difference_mean"], entry["ci_low"], entry["ci_high"]) for entry in known} == {(0.0, 0.0, 0.0)}
    assert {entry["verdict"] for entry in known} == {"no difference seen"}


def test_slow_tills_keep_the_same_shoppers_longer(found):
    slow = entries(found, "slow tills")

    assert slow["footfall_visits"]["difference_mean"] == 0.0
    assert slow["footfall_people"]["difference_mean"] == 0.0
    assert slow["dwell_min_mean"]["ci_low"] > 0


def test_common_draws_leave_at_most_a_fifth_of_the_variance_of_independent_ones(found):
    slow = entries(found, "slow tills")

    assert slow["sales_fen"]["variance_reduction"] >= 0.8
    assert slow["dwell_min_mean"]["variance_reduction"] >= 0.8


def test_one_worker_finds_what_two_find(found, folder, tmp_path):
    api.compare(arms(), tmp_path, 4, workers=1)

    assert (tmp_path / "comparison.json").read_bytes() == (folder / "comparison.json").read_bytes()


def test_a_replication_has_the_indicators_of_the_run_with_its_seed(found, folder, tmp_path):
    config = arms()[0][1]
    kept = json.loads(next(folder.glob("runs/none-*/00001.json")).read_text())

    config.seed = replication_config(config, 1).seed

    assert {name: value for name, value in kept["kpis"].items() if name != "parts"} == api.run(config, tmp_path).kpis


def test_two_finished_runs_are_one_pair_without_an_interval(tmp_path):
    for (_, config), name in zip(arms()[1:], ("first", "second"), strict=True):
        api.run(config, tmp_path / name)

    found = compare_runs(tmp_path / "first", tmp_path / "second")

    dwell = entries(found, str(tmp_path / "second"))["dwell_min_mean"]
    assert dwell["difference_mean"] > 0
    assert (dwell["ci_low"], dwell["ci_high"], dwell["p_adjusted"], dwell["verdict"]) == (None, None, None, "unknown")
    assert found["cautions"][0] == "one run each: a difference may be chance, and one pair gives no interval"
    assert api.load(tmp_path / "first").kpis["dwell_min_mean"] == dwell["baseline_mean"]


def test_a_run_whose_indicators_were_changed_is_not_loaded(tmp_path):
    api.run(arms()[0][1], tmp_path)
    (tmp_path / "kpis.json").write_text((tmp_path / "kpis.json").read_text().replace("1", "2"))

    with pytest.raises(GalleriaError, match=r"kpis\.json: must be as the manifest says"):
        api.load(tmp_path)


def test_a_folder_without_a_manifest_is_no_finished_run(tmp_path):
    with pytest.raises(GalleriaError, match=r"manifest\.json: a finished run has one"):
        api.load(tmp_path)


@pytest.mark.slow
def test_the_command_prints_the_comparison_for_machines(tmp_path):
    words = [
        "compare",
        "corner_day",
        'arms=[none,"services.payment_s_mean=60"]',
        "replications=2",
        "population.visits_per_day=20",
    ]
    program = [sys.executable, "-m", "sim", *words, "--json", "--out", str(tmp_path)]

    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=300, env={**os.environ})

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["scenario"], found["baseline"], found["replications"]) == ("corner_day", "none", 2)
    wanted = [
        "name",
        "unit",
        "arm",
        "baseline_mean",
        "arm_mean",
        "difference_mean",
        "ci_low",
        "ci_high",
        "p_adjusted",
        "verdict",
    ]
    assert all(list(entry)[:10] == wanted for entry in found["kpis"])
    assert found == json.loads((tmp_path / "comparison.json").read_text())
