"""What a run tells while it goes on: where people are, as they are counted, and no more than a reader can take."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest

from sim import api, live_lines
from sim.config_files import compose

pytestmark = pytest.mark.compiled
QUICK = ("recording.report=false", "population.visits_per_day=120")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The lines of a small day at every look, and its result."""
    stream = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live_lines, "EVERY_S", 0.0)
        lines = live_lines.LiveLines(stream)
        result = api.run(compose("corner_day", QUICK), tmp_path_factory.mktemp("run"), progress=lines, watch=lines.look)
        lines.done(result.folder, result.kpis)
    return [json.loads(line) for line in stream.getvalue().splitlines()], result


def test_a_line_is_progress_or_a_frame_and_the_last_says_where_all_is(told):
    lines, result = told

    assert {line["kind"] for line in lines} == {"progress", "frame", "done"}
    assert lines[-1]["kind"] == "done"
    assert lines[-1]["kpis"]["footfall_visits"] == result.kpis["footfall_visits"]
    assert (lines[-1]["report"], lines[-1]["comparison"]) == (None, None)
    shares = [line["share"] for line in lines if line["kind"] == "progress"]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_frames_show_who_is_there(told):
    frames = [line for line in told[0] if line["kind"] == "frame"]
    compiled_levels, units = {"L1", "L2"}, {"L1-bakery", "L1-outfitters", "L2-screen"}

    assert [frame["time_us"] for frame in frames] == [36_000_000_000 + 300_000_000 * look for look in range(len(frames))]
    assert max(frame["inside"] for frame in frames) > 5
    for frame in frames:
        assert set(frame["levels"]) <= compiled_levels
        assert set(frame["units"]) | set(frame["queues"]) <= units
        assert sum(frame["units"].values()) <= frame["inside"]
        assert sum(map(len, frame["levels"].values())) <= frame["inside"]
        assert 0 <= frame["cars"]["yard"] <= 24
    assert any(frame["units"] for frame in frames)


def test_a_level_shows_at_most_so_many_and_the_same_ones_from_look_to_look(monkeypatch, tmp_path):
    monkeypatch.setattr(live_lines, "POINTS_MAX", 3)
    sizes = []
    api.run(compose("corner_day", QUICK), tmp_path, watch=lambda view: sizes.append(max(map(len, live_lines.frame_of(view)["levels"].values()), default=0)))  # fmt: skip

    assert max(sizes) == 3


def test_a_reader_is_told_at_most_four_times_a_second(tmp_path):
    stream = io.StringIO()
    lines = live_lines.LiveLines(stream)

    for step in range(10_000):
        lines(step, 0, step / 20_000)

    assert len(stream.getvalue().splitlines()) <= 3


def test_a_reader_that_goes_away_stops_no_run(tmp_path):
    words = [sys.executable, "-m", "sim", "run", "corner_day", *QUICK, "--live", "--out", str(tmp_path / "run")]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    child.stdout.close()

    assert child.wait(timeout=120) == 0, child.stderr.read()
    assert (tmp_path / "run" / "manifest.json").is_file()
