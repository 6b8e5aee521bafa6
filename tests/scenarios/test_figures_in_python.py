"""Every figure of a report is there in Python: by name, the same bytes each time, saved as SVG with its text and as PNG."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim import load, run
from sim.errors import GalleriaError
from sim.reporting.files import write_json
from sim.reporting.manifest import read_finished, write_manifest

ROOT = Path(__file__).resolve().parents[2]
GALLERY = ROOT / "docs" / "reference" / "figures.md"
PICTURES = ROOT / "docs" / "images" / "figures"
BYTES_MOST = 60_000


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    return run("corner_day", "population.visits_per_day=80", "seed=2", out=tmp_path_factory.mktemp("figures") / "day")


@pytest.mark.slow
@pytest.mark.compiled
def test_every_picture_of_the_report_is_a_figure_by_its_name_and_is_drawn_alike(day, tmp_path):
    files = {path.stem: path for path in (day.folder / "figures").glob("*.svg")}

    names = set(day.figures())
    again = day.figure("inside").save(tmp_path / "inside.svg").read_text(encoding="utf-8")
    kept = files["inside"].read_text(encoding="utf-8")

    assert names == {"hours", *files}
    assert all(day.figures().values()), "each says what it shows"
    assert re.findall(r"<text[^>]*>([^<]*)</text>", again) == re.findall(r"<text[^>]*>([^<]*)</text>", kept)
    assert re.findall(r' d="([^"]*)"', again)[1:] == re.findall(r' d="([^"]*)"', kept)[1:], "the ground apart"


@pytest.mark.compiled
def test_a_figure_is_saved_whole_and_the_same_each_time(day, tmp_path):
    for ending in ("svg", "png"):
        first = day.figure("till_waits").save(tmp_path / f"a.{ending}").read_bytes()
        second = load(day.folder).figure("till_waits").save(tmp_path / f"b.{ending}").read_bytes()

        assert first == second
    assert ">wait, min<" in (tmp_path / "a.svg").read_text(encoding="utf-8"), "text stays text"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "a.svg", "b.png", "b.svg"]


@pytest.mark.compiled
def test_every_figure_of_a_day_can_be_drawn(day):
    sizes = {name: day.figure(name).get_size_inches().tolist() for name in day.figures()}

    assert all(width > 2 and height > 0.5 for width, height in sizes.values()), sizes


@pytest.mark.compiled
def test_a_name_or_an_ending_that_there_is_not_is_one_message(day, tmp_path):
    with pytest.raises(GalleriaError, match="one of hours, inside"):
        day.figure("pie")
    with pytest.raises(GalleriaError, match=r"saved as \.svg or \.png"):
        day.figure("inside").save(tmp_path / "inside.docx")


@pytest.mark.compiled
def test_figures_of_a_mall_that_has_changed_since_are_refused(day, tmp_path):
    for name in ("curves.json", "run.json"):
        write_json(tmp_path / name, read_finished(day.folder, name))
    (tmp_path / "config.yaml").write_bytes((day.folder / "config.yaml").read_bytes())
    write_manifest(tmp_path, {**day.manifest, "floorplan_sha256": "another"})

    with pytest.raises(GalleriaError, match="has changed since this run"):
        load_run(tmp_path).figures()


def load_run(folder):
    from sim.reporting.results import RunResult

    return RunResult(folder, {}, {})


@pytest.mark.plain
def test_the_gallery_shows_each_of_its_pictures_and_none_is_large():
    shown = re.findall(r"\]\(\.\./images/figures/([\w.]+)\)", GALLERY.read_text(encoding="utf-8"))
    there = {path.name: path.stat().st_size for path in PICTURES.iterdir()}

    assert sorted(shown) == sorted(there)
    assert {name: size for name, size in there.items() if size > BYTES_MOST} == {}
