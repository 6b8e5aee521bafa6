"""`galleria compare DIR1 DIR2` and `why=`, on hand-made runs and with a mall that is stood in for."""

from __future__ import annotations

import dataclasses
import json

import pytest

from sim import cli
from sim.config import RunConfig
from sim.errors import ConfigError, EngineError, GalleriaError
from sim.events import EventKind as K
from sim.experiments.compare import compare
from sim.experiments.engines import Runner
from sim.experiments.finished_pair import compare_finished
from sim.reporting.files import write_json
from sim.reporting.manifest import write_manifest
from tests.event_tables import log, write_log

pytestmark = pytest.mark.plain
FAKE = '''
from types import SimpleNamespace
from sim.events import EventKind as K
from sim.reporting.files import write_json
from sim.reporting.manifest import config_sha256, write_manifest
from tests.event_tables import log, write_log

def run(config, folder):
    """Stand in for a mall: everybody pays visits_per_day fen; `question` is a file for notes of runs with events, `expects` what goes wrong."""
    fen = int(config.population.visits_per_day)
    kpis = {"sales_fen": 3 * fen, "purchases": 3}
    if config.recording.events == "visits":
        with open(config.question, "a") as note:
            note.write(f"{config.seed}\\n")
        if config.expects == "fails":
            raise MemoryError("no room")
        write_log(folder / "events.parquet", log(*((visit, K.PURCHASED, visit, "A1", fen) for visit in (1, 2, 3))))
        write_json(folder / "kpis.json", kpis)
        write_manifest(folder, {"seed": config.seed})
    return SimpleNamespace(kpis=kpis)
'''


def finished(folder, fen=(500, 300), *, seed=1, date="2026-11-21", mall="corner", schema=1, events=True):
    """Write a run in which visits 1, 2, ... pay so much at one store."""
    if events:
        write_log(folder / "events.parquet", log(*((at, K.PURCHASED, at, "A1", value) for at, value in enumerate(fen, 1))))
    folder.mkdir(exist_ok=True)
    write_json(folder / "kpis.json", {"sales_fen": sum(fen), "purchases": len(fen), "table_wait_s_mean": None})
    write_json(folder / "run.json", {"schema": 1, "name": "day", "mall": mall})
    write_manifest(folder, {"schema": schema, "seed": seed, "date": date, "floorplan_sha256": mall, "git_commit": None})
    return folder


@pytest.fixture
def runner(tmp_path, monkeypatch):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "fake_mall_with_events.py").write_text(FAKE)
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    return Runner("fake_mall_with_events:run", ("sim.reporting.event_schema", "sim.reporting.manifest"), workers=2)


def arm(name, tmp_path, visits, **more):
    config = RunConfig(name=name, question=str(tmp_path / f"notes of {name}"), **more)
    return name, dataclasses.replace(config, population=dataclasses.replace(config.population, visits_per_day=visits))


def days_lived(tmp_path, name):
    return len((tmp_path / f"notes of {name}").read_text().splitlines())


def test_two_runs_of_one_seed_are_put_side_by_side_and_told_why(tmp_path, capsys):
    first, second = finished(tmp_path / "first"), finished(tmp_path / "second", (500, 250))

    assert cli.main(["compare", str(first), str(second), "--out", str(tmp_path / "out")]) == 0

    printed = capsys.readouterr().out
    assert "Tenants' sales (sales_fen): 8.00 yuan in first, 7.50 yuan in second: -0.50 yuan." in printed
    assert "it paid 3.00 yuan at A1; in second, it paid 2.50 yuan at A1" in printed
    assert "One run each" in printed
    kept = json.loads((tmp_path / "out" / "comparison.json").read_text())
    assert kept["why"][0]["groups"][0]["contribution"] == -50
    assert "-0.50 yuan" in (tmp_path / "out" / "why.txt").read_text()
    assert set(json.loads((tmp_path / "out" / "manifest.json").read_text())["files"]) == {"comparison.json", "why.txt"}


def test_the_same_comparison_is_printed_for_machines_and_of_another_kpi(tmp_path, capsys):
    first, second = finished(tmp_path / "first"), finished(tmp_path / "second", (500, 300, 200))

    assert cli.main(["compare", str(first), str(second), "why=purchases", "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    rows = {row["name"]: row for row in found["kpis"]}
    assert rows["sales_fen"]["difference_mean"] == 200
    assert rows["table_wait_s_mean"]["difference_mean"] is None
    assert (found["why"][0]["kpi"], found["why"][0]["groups"][0]["contribution"]) == ("purchases", 1)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"seed": 2}, "different seeds (1 and 2)"),
        ({"date": "2026-11-22"}, "different dates"),
        ({"events": False}, "The second run has kept no events"),
    ],
)
def test_runs_whose_events_cannot_be_matched_are_compared_and_it_is_said(tmp_path, capsys, other, words):
    first, second = finished(tmp_path / "first"), finished(tmp_path / "second", **other)

    assert cli.main(["compare", str(first), str(second), "--out", str(tmp_path / "out")]) == 0

    assert words in capsys.readouterr().out
    assert words in (tmp_path / "out" / "why.txt").read_text()


def test_runs_that_cannot_be_compared_are_refused_with_one_message(tmp_path):
    first = finished(tmp_path / "first")
    (tmp_path / "empty").mkdir()
    write_json(tmp_path / "empty" / "x.json", {})
    write_manifest(tmp_path / "empty", {"schema": 1, "kind": "comparison"})
    cases = (
        (finished(tmp_path / "mall", mall="harbour"), "both runs must be of one mall (found corner and harbour)"),
        (finished(tmp_path / "old", schema=0), "must be of schema 1 (found schema 0)"),
        (tmp_path / "empty", "must be the folder of a finished run (found comparison)"),
        (tmp_path, "manifest.json"),
    )
    for folder, words in cases:
        with pytest.raises(GalleriaError) as caught:
            compare_finished(first, folder)
        assert words in str(caught.value)


def test_an_unknown_kpi_and_more_than_two_folders_are_refused(tmp_path, capsys):
    first = str(finished(tmp_path / "first"))

    assert cli.main(["compare", first, first, "why=sale_fen"]) == 2
    assert "did you mean 'sales_fen'?" in capsys.readouterr().err
    assert cli.main(["compare", first, first, first]) == 2
    assert "takes two folders" in capsys.readouterr().err
    assert cli.main(["compare", first, first, "replications=3"]) == 2
    assert "replications=3" in capsys.readouterr().err


def test_a_comparison_lives_one_day_of_each_arm_with_events_and_tells_why(tmp_path, runner):
    arms = [arm("a", tmp_path, 100.0), arm("b", tmp_path, 130.0), arm("c", tmp_path, 100.0)]

    found = compare(arms, tmp_path / "out", 2, runner, why="sales_fen")

    assert [(each["baseline"], each["arm"], each["difference"]) for each in found["why"]] == [("a", "b", 90), ("a", "c", 0)]
    assert found["why"][0]["seed"] == found["seeds"][0]
    assert found["why"][0]["groups"][0]["contribution"] == 90
    assert json.loads((tmp_path / "out" / "comparison.json").read_text())["why"] == json.loads(json.dumps(found["why"]))
    assert (tmp_path / "out" / found["why"][0]["folder"] / "events.parquet").is_file()


def test_days_that_were_lived_are_not_lived_again(tmp_path, runner):
    arms = [arm("a", tmp_path, 100.0), arm("b", tmp_path, 130.0)]
    compare(arms, tmp_path / "out", 2, runner, why="sales_fen")
    before = (tmp_path / "out" / "comparison.json").read_bytes()

    compare(arms, tmp_path / "out", 2, dataclasses.replace(runner, workers=1), why="sales_fen")

    assert [days_lived(tmp_path, name) for name in "ab"] == [1, 1]
    assert (tmp_path / "out" / "comparison.json").read_bytes() == before
    changed = [arms[0], arm("b", tmp_path, 140.0)]
    compare(changed, tmp_path / "out", 2, runner, why="sales_fen")
    assert [days_lived(tmp_path, name) for name in "ab"] == [1, 2]


def test_a_day_that_cannot_be_lived_is_named_and_the_others_are_kept(tmp_path, runner):
    arms = [arm("a", tmp_path, 100.0), arm("b", tmp_path, 130.0, expects="fails")]

    for _ in range(2):
        with pytest.raises(EngineError, match="no room") as caught:
            compare(arms, tmp_path / "out", 2, runner, why="sales_fen")
        assert "b-" in str(caught.value)
    assert (days_lived(tmp_path, "a"), days_lived(tmp_path, "b")) == (1, 2)
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_what_cannot_be_told_is_refused_before_any_run(tmp_path, runner):
    arms = [arm("a", tmp_path, 100.0), arm("b", tmp_path, 100.0, days=3, seed=9)]

    with pytest.raises(ConfigError) as caught:
        compare(arms, tmp_path / "out", 2, runner, why="salesfen")

    message = str(caught.value)
    assert "did you mean 'sales_fen'?" in message
    assert "arm 'b': days" in message
    assert "arm 'b': seed" in message
    assert not (tmp_path / "out").exists()
