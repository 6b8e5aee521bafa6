"""Every scenario and every option of every group composes into a run, and every scenario is a question with an expectation."""

from __future__ import annotations

import csv
import functools
import json
import re
from pathlib import Path

import pytest
import yaml

from sim import cli_arms, paths
from sim.config_files import MEASURES, compose, scenario_records

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
OPTIONS = sorted((ROOT / "conf").glob("*/*.yaml"))
pytestmark = pytest.mark.plain
composed = functools.cache(compose)  # a third of a second each, and asked for by three tests
records = functools.cache(scenario_records)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_scenario_composes_and_asks_a_question(path):
    config = composed(path.stem)

    record = next(record for record in records() if record.name == path.stem)
    assert config.name == path.stem
    assert record.question.endswith("?")
    assert record.expects
    assert record.covers


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_scenario_holds_only_differences(path):
    text = path.read_text(encoding="utf-8")

    assert text.startswith("# @package _global_\n")
    assert len(text.splitlines()) <= 40
    assert all(re.fullmatch(r"[A-J]\d+", row) for row in yaml.safe_load(text)["covers"])


@pytest.mark.parametrize("path", OPTIONS, ids=lambda path: f"{path.parent.name}={path.stem}")
def test_an_option_of_a_group_composes_and_says_what_it_is(path):
    assert path.read_text(encoding="utf-8").startswith("# ")

    is_measure = path.parent.name == MEASURES
    compose("everyday", [f"policies=[{path.stem}]" if is_measure else f"{path.parent.name}={path.stem}"])


@pytest.mark.slow
@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_arms_that_a_scenario_names_compose_and_differ(path):
    arms = composed(path.stem).arms

    assert len(arms) != 1
    configs = [repr(cli_arms.config_of(path.stem, arm, [])) for arm in arms]
    assert len(set(configs)) == len(arms)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_an_outage_stops_something_that_the_plan_has(path):
    config = composed(path.stem)
    folder = paths.find_floorplan(config.floorplan)
    ids: set[str] = set()
    for name in ("connectors", "entrances", "access_points", "levels"):
        for file in (folder / f"{name}.geojson", folder / f"{name}.csv"):
            if file.suffix == ".geojson" and file.is_file():
                features = json.loads(file.read_text(encoding="utf-8"))["features"]
                ids |= {str(feature.get("id") or feature["properties"].get("id")) for feature in features}
            elif file.is_file():
                ids |= {row.get("id", "") for row in csv.DictReader(file.open(encoding="utf-8"))}

    assets = {outage.asset.removeprefix("wifi:") for outage in config.operations.outages} - {"wifi"}
    assert assets <= ids
