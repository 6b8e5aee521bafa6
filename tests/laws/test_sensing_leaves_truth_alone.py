"""Sensors look on: whatever the mall senses, and however badly, changes nothing of what happens."""

from __future__ import annotations

import numpy as np
import pytest

from sim import api
from sim.config_files import compose
from sim.reporting.recorder import read_columns

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
EVENING = ["recording.report=false", "operations.hours.opens=18:00"]  # as many visits in four hours
SENSED = (
    "observations.parquet",
    "fixes.parquet",
    "members.parquet",
    "identity_links.parquet",
    "profiles.parquet",
    "kpis.json",
)
TRUTH = ("events.parquet", "transfers.parquet", "tenants.csv")


def test_no_way_of_sensing_changes_a_byte_of_the_true_day(tmp_path):
    runs = {}
    for number, (name, words) in enumerate(WAYS.items()):
        config = compose("corner_day", [*words, *EVENING])
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
        config = compose("corner_day", [*words, *EVENING, "recording.fixes=true"])
        found.append(api.run(config, tmp_path / str(number)).manifest["files"])

    assert [found[0][name] for name in SENSED] == [found[1][name] for name in SENSED]
    assert [found[0][name] for name in SENSED] == [found[2][name] for name in SENSED]


@pytest.mark.slow
def test_a_day_on_which_phones_take_over_each_others_rows_is_sensed_alike_however_early_they_are_admitted(tmp_path):
    """With batches of a minute, rows are taken over some minutes after they were left; with long ones much later."""
    found = []
    for batch_min in (1, 30):
        words = ["population.visits_per_day=2000", f"engine.arrivals_batch_min={batch_min}"]
        config = compose("corner_day", [*words, "recording.report=false", "recording.fixes=true"])
        found.append(api.run(config, tmp_path / str(batch_min)).manifest["files"])

    assert [found[0][name] for name in SENSED] == [found[1][name] for name in SENSED]


def test_the_next_day_begins_with_what_the_day_before_left(tmp_path):
    first = api.run(compose("corner_day", ["recording.report=false"]), tmp_path / "first")
    known = f"sensing.identity.continue_from={tmp_path / 'first'}"
    anew, goes_on = (
        api.run(compose("corner_day", ["recording.report=false", "date=2026-11-22", *words]), tmp_path / name)
        for name, words in (("anew", []), ("goes on", [known]))
    )

    tables = ("members.parquet", "identity_links.parquet", "profiles.parquet")
    assert goes_on.manifest["continued_from"] == {name: first.manifest["files"][name] for name in tables}
    assert "continued_from" not in anew.manifest
    assert anew.manifest["events_content_sha256"] == goes_on.manifest["events_content_sha256"]
    assert goes_on.kpis["members_active"] > anew.kpis["members_active"]
    assert goes_on.kpis["members_active"] <= anew.kpis["members_active"] + first.kpis["members_active"]
    assert goes_on.kpis["members_new"] <= anew.kpis["members_new"]


def test_nobodys_profile_is_kept_under_an_id_that_has_become_another_profiles(tmp_path):
    folder = api.run(
        compose("corner_day", ["recording.report=false", "population.visits_per_day=2000"]), tmp_path / "run"
    ).folder
    profiles, links = (read_columns(folder / f"{name}.parquet") for name in ("profiles", "identity_links"))
    observed = read_columns(folder / "observations.parquet")

    assert profiles["profile"].size > 20
    assert np.unique(profiles["profile"]).size == profiles["profile"].size
    assert not np.isin(profiles["profile"], links["id_b"]).any()
    told_of = observed["subject"][observed["kind"] == "member_in_store"]
    assert told_of.size > 20
    assert np.isin(told_of, np.concatenate([links["id_a"], links["id_b"]])).all()
