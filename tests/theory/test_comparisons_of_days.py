"""The family of comparisons on real days of three stores, once, with its picture; a second call makes no run."""

from __future__ import annotations

import pytest

from sim.errors import ConfigError
from sim.verification.families import run_family

pytestmark = [pytest.mark.compiled, pytest.mark.slow]
SMALL = {
    "days": 8,
    "pairs": 2,
    "comparisons": 40,
    "placebos": 2,
    "placebo_pairs": 2,
    "placebo_visits": 200,
    "price_pairs": 8,
    "stopped": 100,
}


def test_days_have_no_false_alarms_beyond_chance_exact_zeros_and_a_planted_effect_that_shares_its_luck(tmp_path):
    given = {**SMALL, "folder": str(tmp_path / "runs"), "figure": str(tmp_path / "intervals.svg")}

    records = {record.get("quantity", record["case"]): record for record in run_family("comparison", given)}

    assert [record["case"] for record in records.values() if record["verdict"] == "fail"] == []
    assert records["A/A under common draws: KPIs that differ at all"]["measured"] == 0
    assert records["planted_variance_share"]["measured"] < 0.1
    assert (tmp_path / "intervals.svg").read_text(encoding="utf-8").count("<path") > 40
    made = {path: path.stat().st_mtime_ns for path in (tmp_path / "runs").rglob("0*.json")}
    assert len(made) == 8 + 2 + 2 * 3 + 8

    run_family("comparison", given)

    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "runs").rglob("0*.json")} == made


def test_more_days_of_the_planted_effect_than_days_are_refused():
    with pytest.raises(ConfigError, match="price_pairs"):
        run_family("comparison", {"days": 8, "price_pairs": 9})
