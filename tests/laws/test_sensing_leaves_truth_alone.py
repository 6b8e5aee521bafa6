"""Sensors look on: whatever the mall senses, and however badly, changes nothing of what happens."""

from __future__ import annotations

import pytest

from sim import api
from sim.config_files import compose

pytestmark = pytest.mark.compiled

WAYS = {
    "off": ["sensing.positioning.method=off"],
    "law": ["sensing.positioning.method=law", "sensing.positioning.law_error_m_mean=20"],
    "surrogate": [],
    "full, multilateration": ["sensing.positioning.method=full", "sensing.positioning.estimator=multilateration"],
    "full, nearest, every ten seconds, smoothed": [
        "sensing.positioning.method=full",
        "sensing.positioning.estimator=nearest",
        "sensing.positioning.smoother=kalman",
        "sensing.positioning.every_s=10",
        "sensing.phones.random_address_share=0",
    ],
    "no portal, an old map, half of the access points": [
        "sensing.identity.portal=false",
        "sensing.survey.age_months=24",
        "sensing.identity.access_points_share=0.5",
    ],
}  # fmt: skip
TRUTH = ("events.parquet", "transfers.parquet", "tenants.csv")


def test_no_way_of_sensing_changes_a_byte_of_the_true_day(tmp_path):
    runs = {}
    for number, (name, words) in enumerate(WAYS.items()):
        config = compose("corner_day", [*words, "recording.report=false"])
        runs[name] = api.run(config, tmp_path / str(number))
    digests = {name: run.manifest["events_content_sha256"] for name, run in runs.items()}
    files = {name: [run.manifest["files"][file] for file in TRUTH] for name, run in runs.items()}
    errors = {name: run.kpis["position_error_m_mean"] for name, run in runs.items()}

    assert len(set(digests.values())) == 1, digests
    assert len({tuple(found) for found in files.values()}) == 1
    assert errors.pop("off") is None
    assert len(set(errors.values())) == len(errors)  # they did sense, each in its own way


def test_the_same_day_is_sensed_alike_twice_however_full_the_buffer_and_wherever_batches_end(tmp_path):
    found = []
    for number, words in enumerate(([], ["engine.log_rows=1000"], ["engine.arrivals_batch_min=7"])):
        config = compose("corner_day", [*words, "recording.report=false", "recording.fixes=true"])
        found.append(api.run(config, tmp_path / str(number)).manifest["files"])
    sensed = (
        "observations.parquet",
        "fixes.parquet",
        "members.parquet",
        "identity_links.parquet",
        "profiles.parquet",
        "kpis.json",
    )

    assert [found[0][name] for name in sensed] == [found[1][name] for name in sensed]
    assert [found[0][name] for name in sensed] == [found[2][name] for name in sensed]


def test_the_next_day_begins_with_what_the_day_before_left(tmp_path):
    first = api.run(compose("corner_day", ["recording.report=false"]), tmp_path / "first")
    known = f"sensing.identity.continue_from={tmp_path / 'first'}"
    anew, goes_on = (
        api.run(compose("corner_day", ["recording.report=false", "date=2026-11-22", *words]), tmp_path / name)
        for name, words in (("anew", []), ("goes on", [known]))
    )

    assert anew.manifest["events_content_sha256"] == goes_on.manifest["events_content_sha256"]
    assert goes_on.kpis["members_active"] > anew.kpis["members_active"]
    assert goes_on.kpis["members_active"] <= anew.kpis["members_active"] + first.kpis["members_active"]
    assert goes_on.kpis["members_new"] <= anew.kpis["members_new"]
