"""The report tells a finished run on a page that is whole, offline, deaf to hostile names and the same when made again."""

from __future__ import annotations

import csv
import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))
from reporting_day import HOSTILE_NAME, log_of, made_up_day, made_up_plan, made_up_tallies, station_names

from sim.config import RunConfig
from sim.crowd.tallies import Counted, empty_tallies
from sim.decisions import SetStaff, Verdict
from sim.errors import GalleriaError
from sim.reporting import report
from sim.reporting.files import sha256_of
from sim.reporting.inline_svg import inline_svg
from sim.reporting.page_sections import _waits
from sim.reporting.recorder import Recorder
from sim.reporting.wording import duration, percent
from sim.units import US_PER_HOUR

MANIFEST_KEYS = {
    "schema", "version", "seed", "date", "config_sha256", "floorplan_sha256", "events_content_sha256", "files", "git_commit", "packages",
    "wall_s", "engine_s", "shoppers_per_s",
}  # fmt: skip
NAMES = {0: HOSTILE_NAME, 1: "=HYPERLINK(A1)", 2: "$5 & \"up\" 'n' $6", 3: "海底捞"}


def finished(folder: Path, log=None, **changes) -> Path:
    plan = made_up_plan(names=NAMES)
    recorder = Recorder(folder, plan, station_names(plan), "visits")
    recorder.take(made_up_day(plan) if log is None else log)
    config = RunConfig(question=f"Does {HOSTILE_NAME} run?", expects="No.", seed=7)
    config.services.balk_queue = 12
    tallies = made_up_tallies(plan) if log is None else empty_tallies(len(plan.zone_rings), 12, 12)
    tallies.counts[Counted.GRIDLOCK_BREAKS] = 3
    run = report.FinishedRun(
        config=config,
        compiled=plan,
        tallies=tallies,
        recorder=recorder,
        opens_us=10 * US_PER_HOUR,
        closes_us=22 * US_PER_HOUR,
        engine_s=changes.get("engine_s", 0.5),
        wall_s=1.5,
        command="galleria run everyday seed=7",
        balances_fen={"tenant:u000": 70, "mall:rent": -70},
        decisions=[Verdict(11 * US_PER_HOUR, "operator", SetStaff("u001", 2), "")],
    )
    report.finish(folder, run)
    return folder


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    return finished(tmp_path_factory.mktemp("run"))


class Outline(HTMLParser):
    """Collects the elements of a page with their attributes."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)

    def named(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module")
def outline(run_folder):
    outline = Outline()
    outline.feed((run_folder / "report.html").read_text(encoding="utf-8"))
    return outline


def test_a_hostile_name_is_text_and_nothing_else(outline):
    assert not [attrs for attrs in outline.named("img") if attrs.get("src") == "x"]
    assert not [attrs for _, attrs in outline.elements if any(name.startswith("on") for name in attrs)]
    assert len(outline.named("script")) == 1
    assert HOSTILE_NAME in outline.texts
    assert any(f"Does {HOSTILE_NAME} run?" in text for text in outline.texts)


def test_the_page_asks_for_nothing_outside_itself(outline, run_folder):
    policy = next(attrs["content"] for attrs in outline.named("meta") if attrs.get("http-equiv") == "Content-Security-Policy")

    assert policy.startswith("default-src 'none'")
    assert "script-src 'sha256-" in policy
    assert not outline.named("link")
    for _, attrs in outline.elements:
        for name in ("src", "href", "xlink:href"):
            assert (attrs.get(name) or "#").startswith(("#", "data:image/png;"))
    assert not re.search(r"@import|url\((?!#)", (run_folder / "report.html").read_text(encoding="utf-8"))


def test_the_page_can_be_read_without_seeing_it(outline):
    pictures = [attrs for attrs in outline.named("svg") if attrs.get("role") == "img"]
    ids = [attrs["id"] for _, attrs in outline.elements if "id" in attrs]

    assert len(pictures) == len(outline.named("svg")) >= 8
    assert all(len(attrs["aria-label"] or "") > 20 for attrs in pictures)
    assert len(outline.named("h1")) == 1
    assert len(outline.named("caption")) == len(outline.named("table"))
    assert all("scope" in attrs for attrs in outline.named("th"))
    assert len(ids) == len(set(ids))


def test_the_page_says_that_it_is_one_day_of_one_seed(outline):
    text = " ".join(outline.texts)

    assert "One day, one seed." in text
    assert "3 times a walker squeezed into a full zone" in text
    assert "galleria run everyday seed=7" in text
    assert "default 25" in text  # of the changed services.balk_queue


def test_made_again_the_page_is_the_same(run_folder):
    before = sha256_of(run_folder / "report.html")

    report.remake(run_folder)

    assert sha256_of(run_folder / "report.html") == before


def test_a_folder_without_manifest_is_refused_with_a_way_out(tmp_path):
    with pytest.raises(GalleriaError, match=r"manifest\.json.*run it again"):
        report.remake(tmp_path)


def test_the_manifest_names_every_file_with_its_digest(run_folder):
    manifest = json.loads((run_folder / "manifest.json").read_text())
    names = {path.relative_to(run_folder).as_posix() for path in run_folder.rglob("*") if path.is_file()} - {"manifest.json"}

    assert set(manifest) == MANIFEST_KEYS
    assert (
        set(manifest["files"]) == names >= {"config.yaml", "kpis.json", "events.parquet", "report.html", "figures/inside.svg"}
    )
    assert all(sha256_of(run_folder / name) == digest for name, digest in manifest["files"].items())
    assert manifest["seed"] == 7


def test_equal_runs_differ_in_times_only(run_folder, tmp_path):
    again = finished(tmp_path, engine_s=0.7)

    one, two = (json.loads((folder / "manifest.json").read_text())["files"] for folder in (run_folder, again))
    assert {name for name in one if one[name] != two[name]} == {"report.html"}


def test_the_config_is_written_whole(run_folder):
    config = yaml.safe_load((run_folder / "config.yaml").read_text(encoding="utf-8"))

    assert config["services"]["balk_queue"] == 12
    assert config["categories"]["cinema"]["dwell_min_mean"] == 125


def test_no_cell_of_the_tenants_table_is_a_formula(run_folder):
    with open(run_folder / "tenants.csv", encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))

    assert rows[1]["tenant"] == "'=HYPERLINK(A1)"
    assert rows[0]["tenant"] == HOSTILE_NAME
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


def test_a_day_on_which_nobody_comes_has_a_report_too(tmp_path):
    finished(tmp_path, log=log_of([]))

    assert "Nobody came into the mall" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_run_without_a_report_has_its_numbers_all_the_same(tmp_path):
    plan = made_up_plan()
    config = RunConfig()
    config.recording.report = False
    recorder = Recorder(tmp_path, plan, station_names(plan), "none")
    run = report.FinishedRun(config, plan, made_up_tallies(plan), recorder, 10 * US_PER_HOUR, 22 * US_PER_HOUR, 0.1, 0.2)

    report.finish(tmp_path, run)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "config.yaml",
        "curves.json",
        "kpis.csv",
        "kpis.json",
        "manifest.json",
        "run.json",
        "segments.csv",
        "tenants.csv",
    ]


def test_a_tampered_figure_brings_nothing_that_runs_or_loads():
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" onload="a()"><script>a()</script><foreignObject/>'
        '<use href="https://example.org/x"/><g id="a" clip-path="url(#a)"><image href="data:image/svg+xml;base64,AA"/></g></svg>'
    )

    text = inline_svg(svg, "fig", "a label", recolour=False)

    assert not re.search(r"script|onload|foreignObject|example|svg\+xml", text)
    assert 'id="fig-a"' in text
    assert "url(#fig-a)" in text


def test_what_happens_seldom_does_not_read_as_never():
    assert percent(3e-4) == "under 0.1\u00a0%"
    assert percent(0.0) == "0.0\u00a0%"
    assert duration(0.1) == "under 1\u00a0s"
    assert duration(0.0) == "0\u00a0s"


def test_waits_at_tills_and_for_tables_are_told_apart():
    waits = {"till_wait_s_mean": 10.0, "till_abandon_share": 0.01, "table_wait_s_mean": 398.0, "table_abandon_share": 0.2}

    assert _waits(waits) == [
        "10\u00a0s at tills (1.0\u00a0% gave up)",
        "6\u00a0min\u00a038\u00a0s for a table (20.0\u00a0% gave up)",
    ]
    assert _waits(waits | {"table_wait_s_mean": None}) == ["10\u00a0s at tills (1.0\u00a0% gave up)"]
