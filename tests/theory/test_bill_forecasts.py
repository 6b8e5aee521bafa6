"""Forecasts of bills on days of a known law: the ensemble errs less than the seasonal-naive forecaster, and no less than who knows the law."""

from __future__ import annotations

import pytest

from sim.verification.families import run_family

pytestmark = pytest.mark.plain


@pytest.mark.parametrize("numbers", [{"seed": 7}, {"bills_per_day": 30.0}, {"days": 21, "surprise": 2.0}])
def test_the_ensemble_errs_less_than_the_last_day_of_the_kind_and_no_less_than_who_knows_the_law(numbers):
    """A day is won by whoever errs less; were both as good, 13 of 14 days (18 of 21) would be won in less than one sample of 1,000. How often
    it fails though nothing is wrong: for none of the 12 seeds 100 ... 111 with each of the three laws, so that less than 8 % at 95 % confidence."""
    found = run_family("forecasters", numbers)

    assert [record for record in found if record["verdict"] == "fail"] == []
    assert [record["verdict"] for record in found if record["unit"] == "days"] == ["pass"]
