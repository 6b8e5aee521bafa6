"""What a replay carries: columns that come back, keypoints within the tolerance, bytes that repeat, a command that says what is wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from sim import api, cli
from sim.config_files import compose
from sim.errors import ConfigError, GalleriaError
from sim.floorplan.cache import load_compiled
from sim.paths import find_floorplan
from sim.reporting.replay.make import make
from sim.reporting.replay.pack import Block, unpack
from tests.replay_reader import Page, disagreements, drawn_truth

pytestmark = pytest.mark.compiled


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "day"
    api.run(compose("corner_day", ["recording=replay", "recording.report=false"]), folder)
    return folder


def test_columns_come_back_as_they_were():
    rng = np.random.default_rng(3)
    whole = (rng.random(5000) ** 9 * 2**32).astype(np.int64)
    signed = rng.integers(-(2**31), 2**31, 5000) >> rng.integers(0, 31, 5000)
    block = Block()
    block.whole("whole", whole)
    block.signed("signed", signed)
    block.plain("plain", rng.random(7))
    block.whole("none", np.zeros(0, np.int64))

    columns, words = unpack(block.text({"name": "</script>"}))

    assert np.array_equal(columns["whole"], whole)
    assert np.array_equal(columns["signed"], signed)
    assert columns["plain"].size == 7
    assert columns["none"].size == 0
    assert words == {"name": "</script>"}


def test_every_visit_is_shown_within_the_tolerance_of_where_it_was(run):
    truth = drawn_truth(run, "corner_mall", 1000)
    page = Page(run / "replay.html", "corner_mall")

    shown = [page.where(int(number), int(time_us)) for number, time_us in zip(truth.number, truth.time_us, strict=True)]

    assert None not in shown
    x_m, y_m, level = np.array(shown, float).T
    assert disagreements(truth, x_m, y_m, level).size == 0


def test_nobody_is_shown_before_coming_or_after_leaving(run):
    page = Page(run / "replay.html", "corner_mall")

    for number in page.number[:40].tolist():
        row = int(np.flatnonzero(page.number == number)[0])
        first, last = int(page.tick[page.first[row]]), int(page.tick[page.first[row + 1] - 1])
        assert page.where(number, first * 100_000 - 1) is None
        assert page.where(number, first * 100_000) is not None
        assert page.where(number, last * 100_000) is None


def test_the_same_run_gives_the_same_page(run, tmp_path):
    make([run], [load_compiled(find_floorplan("corner_mall"))], tmp_path / "again.html")

    assert (tmp_path / "again.html").read_bytes() == (run / "replay.html").read_bytes()


def test_the_manifest_names_the_page(run):
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))

    assert {"replay.html", "replay_visits.parquet", "replay_fixes.parquet"} <= set(manifest["files"])


def test_noting_for_a_replay_changes_nothing_that_happens(run, tmp_path):
    plain = api.run(compose("corner_day", ["recording.report=false"]), tmp_path / "plain")
    noted = json.loads((run / "manifest.json").read_text(encoding="utf-8"))

    assert plain.manifest["events_content_sha256"] == noted["events_content_sha256"]


def test_a_run_without_trajectories_is_refused_with_the_way_out(run, tmp_path, capsys):
    for name in ("manifest.json", "config.yaml", "run.json", "events.parquet"):
        shutil.copy(run / name, tmp_path / name)

    assert cli.main(["replay", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "segments.parquet" in told
    assert "recording=replay" in told


def test_the_command_writes_one_file_and_says_how_large_it_is(run, tmp_path, capsys):
    assert cli.main(["replay", str(run), str(run), "--out", str(tmp_path / "two.html"), "--json"]) == 0

    facts = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in facts["runs"]] == ["corner_day", "corner_day"]
    assert facts["size_mb"] == round((tmp_path / "two.html").stat().st_size / 1e6, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["two.html"]


@pytest.mark.parametrize(
    ("words", "place"), [(["recording.replay=true"], "events"), (["recording=replay", "days=2"], "replay")]
)
def test_a_replay_of_what_cannot_be_replayed_is_refused(words, place):
    with pytest.raises((ConfigError, GalleriaError), match=place):
        compose("corner_day", words)
