"""A report holds a run against its baseline only where the baseline's days are as large."""

from __future__ import annotations

import pytest

from sim.config_files import compose
from sim.reporting.baseline_of import baseline_record
from sim.reporting.page_baseline import against_baseline

pytestmark = pytest.mark.plain
KPIS = {"footfall_visits": 200}


def test_days_of_another_size_are_not_shown_and_the_page_says_how_to_get_some_that_fit():
    command = "galleria run meal_push population.visits_per_day=4000 recording=replay"
    config = compose("meal_push", ["population.visits_per_day=4000", "recording=replay"])
    found = baseline_record(config, KPIS, command)
    page = against_baseline({"name": "meal_push", "baseline": found}, KPIS, list(KPIS))

    assert found["kpis"] == {}
    assert [each["key"] for each in found["differs"]] == ["population.visits_per_day"]
    assert "<table" not in page
    assert "galleria check meal_push population.visits_per_day=4000 --update" in page


def test_days_of_the_same_size_are_shown():
    found = baseline_record(compose("corner_day"), KPIS, "galleria run corner_day")
    page = against_baseline({"name": "corner_day", "baseline": found}, KPIS, list(KPIS))

    assert found["fitting"] == ""
    assert "<table" in page
