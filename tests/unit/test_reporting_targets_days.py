"""The comparison of many days with what is known: sums by hand, and a spread that is found again."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from scipy.special import ndtri

from sim.calendar import day_of
from sim.config import RunConfig
from sim.random_streams import stream_key, uniforms
from sim.reporting.topics.targets_days import DayTotals, Residuals
from sim.reporting.topics.targets_table import NOTHING, OUTSIDE, TOO_FEW, WITHIN

pytestmark = pytest.mark.plain
MONDAY = datetime.date(2026, 1, 5)


def test_running_sums_give_the_variance_about_the_fit():
    totals, factors = np.array([10, 25, 29, 44]), np.array([1.0, 2.0, 3.0, 4.0])
    found = Residuals(1)
    for total, factor in zip(totals, factors):
        found.take(np.array([total]), factor)

    fit = (totals * factors).sum() / (factors**2).sum()
    assert found.mean[0] == 27.0
    assert found.variance[0] == pytest.approx(((totals - fit * factors) ** 2).sum() / 3)


def test_totals_that_the_calendar_foresees_exactly_have_no_spread():
    found = Residuals(2)
    for factor in (1.0, 2.0, 0.5):
        found.take(np.array([int(100 * factor), int(40 * factor)]), factor)

    assert np.allclose(found.variance, 0.0, atol=1e-9)


def lived(days: int, cv: float, shop_ratio: float) -> list[dict[str, str]]:
    """Return the table of days whose mall totals vary by `cv`, and a shop's by `shop_ratio` times its mean, about the calendar."""
    config, found = RunConfig(), DayTotals(RunConfig(), 2)
    mall, shop = (ndtri(uniforms(stream_key(1, "test"), np.arange(days), count)) for count in (0, 1))
    for day in range(days):
        date = MONDAY + datetime.timedelta(days=day)
        factor = day_of(config, date).factor
        customers = 100 * factor + np.sqrt(shop_ratio * 100) * shop[day]
        found.take(date, round(30_000 * factor * (1 + cv * mall[day])), np.array([round(max(customers, 0)), 3]))
    return found.rows()


def test_a_year_with_known_spread_lies_within():
    """The sd of 364 normal values has a standard error of 4 % of itself; the ranges end 18 % and more away."""
    assert [row["verdict"] for row in lived(364, 0.18, 6.7)] == [WITHIN] * 4


def test_plain_chance_is_far_too_smooth_and_the_table_says_so():
    rows = lived(364, 0.01, 1.0)

    assert [row["verdict"] for row in rows[2:]] == [OUTSIDE, OUTSIDE]
    assert rows[0]["simulated"] == "1.44"


def test_a_fortnight_is_too_few_and_a_mall_without_such_shops_says_nothing():
    assert {row["verdict"] for row in lived(14, 0.18, 6.7)} == {TOO_FEW}
    found = DayTotals(RunConfig(), 1)
    for day in range(28):
        found.take(MONDAY + datetime.timedelta(days=day), 1000, np.array([3]))
    assert found.rows()[3]["verdict"] == NOTHING
