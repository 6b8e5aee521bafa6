"""`galleria run` and `galleria compare` around an engine that is stood in for: folders, words, JSON, stopping."""

from __future__ import annotations

import json
import sys
import types
from dataclasses import dataclass
from pathlib import Path

import pytest

import sim
from sim import cli, cli_run

pytestmark = pytest.mark.plain


@dataclass
class Result:
    """What a run hands back."""

    folder: Path
    kpis: dict
    manifest: dict
    report: Path | None


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder of one's own with a plan, and an engine that writes two files in no time."""
    (tmp_path / "floorplans" / "desk").mkdir(parents=True)
    (tmp_path / "floorplans" / "desk" / "levels.geojson").write_text("{}")
    monkeypatch.chdir(tmp_path)
    api = types.ModuleType("sim.api")

    def run(config, out, *, progress=None, command=""):
        progress(52_200_000_000, 8412, 0.5)
        if config.seed == 130:
            (out / "events.parquet").write_text("half")
            raise KeyboardInterrupt
        kpis = {"footfall_visits": 41873, "queue_wait_s_p95": None, "sales_fen": 123_456_789}
        (out / "kpis.json").write_text(json.dumps(kpis))
        (out / "manifest.json").write_text(json.dumps({"files": {"kpis.json": "0"}, "seed": config.seed}))
        return Result(out, kpis, {"seed": config.seed, "command": command}, None)

    def compare(configs, out, replications, progress, **more):
        for done in range(replications):
            progress(done + 1, replications)
        entry = {
            "name": "sales_fen", "unit": "fen", "arm": configs[1][0], "baseline_mean": 2.0, "arm_mean": 1.0, "difference_mean": -1.0,
            "ci_low": -1.5, "ci_high": -0.5, "p_adjusted": 0.01, "verdict": "lower",
        }  # fmt: skip
        seeds = [config.seed for _, config in configs]
        return {
            "scenario": configs[0][1].name,
            "baseline": configs[0][0],
            "replications": replications,
            "kpis": [entry],
            "seeds": seeds,
            "benefits": [],
            "losers": [],
            "effects": [],
            "common_draws": [],
            "false_alarms": {"words": "At most one KPI in twenty by luck"},
        }

    api.run, api.compare, api.policies = run, compare, lambda: {"greet": "says hello"}
    api.policy_records = lambda: [{"name": "greet", "meaning": "says hello"}]
    api.refuse_unknown_policies = lambda configs: None
    monkeypatch.setitem(sys.modules, "sim.api", api)
    monkeypatch.setattr(sim, "api", api, raising=False)
    monkeypatch.setattr(cli_run, "announce_compiling", lambda: None)
    monkeypatch.setattr("sim.cli_compare.announce_compiling", lambda: None)
    return tmp_path


def test_a_run_prints_its_headlines_and_where_they_are(desk, capsys):
    assert cli.main(["run", "everyday", "floorplan=desk", "--out", "out/first"]) == 0

    printed = capsys.readouterr().out
    assert "41,873" in printed
    assert "1,234,568 yuan" in printed
    assert "not known" in printed
    assert "out/first/kpis.json" in printed


def test_without_a_folder_a_run_goes_to_a_dated_one(desk, capsys):
    assert cli.main(["run", "everyday", "floorplan=desk", "--json"]) == 0
    assert cli.main(["run", "everyday", "floorplan=desk", "--json"]) == 0

    assert len(list((desk / "outputs").glob("*/*/manifest.json"))) == 2


def test_json_holds_folder_kpis_and_manifest(desk, capsys):
    assert cli.main(["run", "everyday", "floorplan=desk", "seed=7", "--out", "o", "--json"]) == 0

    printed = json.loads(capsys.readouterr().out)
    assert printed["kpis"]["footfall_visits"] == 41873
    assert printed["manifest"] == {"seed": 7, "command": "galleria run everyday floorplan=desk seed=7"}
    assert printed["folder"] == "o"


def test_a_finished_run_is_replaced_only_when_asked(desk, capsys):
    words = ["run", "everyday", "floorplan=desk", "--out", "o"]
    assert cli.main(words) == 0

    assert cli.main(words) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert cli.main([*words, "--overwrite"]) == 0


def test_a_stopped_run_says_when_and_what_it_left(desk, capsys):
    assert cli.main(["run", "everyday", "floorplan=desk", "seed=130", "--out", "o"]) == 130

    said = capsys.readouterr().err
    assert "14:30 of the simulated day" in said
    assert "o has no manifest.json" in said
    assert "--out o --overwrite" in said
    assert "Traceback" not in said


def test_a_stopped_run_can_be_run_again_as_it_said(desk):
    words = ["run", "everyday", "floorplan=desk", "--out", "o"]
    assert cli.main([*words, "seed=130"]) == 130

    assert cli.main([*words, "--overwrite"]) == 0
    assert sorted(path.name for path in (desk / "o").iterdir()) == ["kpis.json", "manifest.json"]


def test_a_comparison_gives_all_arms_the_same_overrides_and_prints_each_difference(desk, capsys):
    words = [
        "compare",
        "everyday",
        "arms=[none,escalator_outage,'population.car_share=0.5']",
        "replications=3",
        "floorplan=desk",
        "seed=4",
    ]

    assert cli.main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["seeds"] == [4, 4, 4]
    assert (found["scenario"], found["baseline"], found["replications"]) == ("everyday", "none", 3)
    assert cli.main(words) == 0
    assert "-1.5 to -0.5" in capsys.readouterr().out


@pytest.mark.parametrize("arm", ["escalator_outag", "gret"])
def test_an_unknown_arm_is_named_with_the_nearest(desk, capsys, arm):
    assert cli.main(["compare", "everyday", f"arms=[none,{arm}]", "floorplan=desk"]) == 2

    assert "did you mean" in capsys.readouterr().err


def test_policies_are_listed_by_name(desk, capsys):
    assert cli.main(["list", "policies", "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == [{"name": "greet", "meaning": "says hello"}]
