"""Forecasters live on in what is saved: days in a row that were stopped and gone on with are the days that were not, whoever foretells."""

from __future__ import annotations

import pytest

from sim import api, resuming
from sim.config_files import compose
from sim.days import DaysInARow
from sim.saved.names import checkpoint_of

pytestmark = pytest.mark.compiled
WORDS = (
    "population.visits_per_day=150", "recording.report=false", "sensing=none", "days=5", "policies=[forecast_coupons]",
    "policy.forecaster=ensemble", "goods.stocking.forecast=merchants",
)  # fmt: skip


def files_of(result) -> dict[str, str]:
    return {name: sha256 for name, sha256 in result.manifest["files"].items() if name != "run.json"}


@pytest.mark.slow
def test_days_with_forecasters_that_learn_go_on_as_if_they_had_not_stopped(tmp_path, monkeypatch):
    config = compose("corner_day", WORDS)
    whole = api.run(config, tmp_path / "whole")
    one_day = DaysInARow.one_day

    def stopped(self, number, *others):
        if number == 3:
            raise KeyboardInterrupt
        return one_day(self, number, *others)

    monkeypatch.setattr(DaysInARow, "one_day", stopped)
    with pytest.raises(KeyboardInterrupt):
        api.run(config, tmp_path / "stopped", checkpoint_s=0.0)
    monkeypatch.setattr(DaysInARow, "one_day", one_day)
    assert checkpoint_of(tmp_path / "stopped") is not None

    result = resuming.resume_days(tmp_path / "stopped")

    assert result.kpis == whole.kpis
    assert files_of(result) == files_of(whole)
    other = api.run(compose("corner_day", [*WORDS, "goods.stocking.forecast=articles"]), tmp_path / "other")
    assert files_of(other)["visits.parquet"] != files_of(whole)["visits.parquet"]  # or the test would not see what was learnt
