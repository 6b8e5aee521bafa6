"""A run keeps its residents, and another that lives with them has the same day."""

from __future__ import annotations

import json

import pytest

from sim import api
from sim.config_files import compose
from sim.reporting.files import sha256_of

pytestmark = pytest.mark.compiled


def test_a_day_with_the_residents_of_an_earlier_run_is_the_same_day(tmp_path):
    words = ["recording.report=false", "recording.residents=true"]
    kept = tmp_path / "first" / "residents.parquet"

    first = api.run(compose("corner_day", words), tmp_path / "first")
    again = api.run(compose("corner_day", [*words, f"catchment.residents_from={kept}"]), tmp_path / "again")

    assert first.manifest["files"]["residents.parquet"] == sha256_of(kept)
    assert again.manifest["continued_from"] == {"residents.parquet": sha256_of(kept)}
    assert again.manifest["events_content_sha256"] == first.manifest["events_content_sha256"]
    assert again.manifest["files"]["residents.parquet"] == sha256_of(kept)


def test_a_run_keeps_no_residents_unless_asked(tmp_path):
    api.run(compose("corner_day", ["recording.report=false", "recording.events=none"]), tmp_path)

    assert not (tmp_path / "residents.parquet").exists()
    assert "continued_from" not in json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
