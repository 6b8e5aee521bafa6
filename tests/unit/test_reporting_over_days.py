"""Several days together: ratios are those of one long day, stocks are those of the last evening."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from reporting_day import made_up_day, made_up_plan, made_up_tallies, station_names

from sim.config import RunConfig
from sim.crowd.tallies import Tallies
from sim.events import EventLog
from sim.reporting.day_bases import bases
from sim.reporting.day_sums import DaySums
from sim.reporting.event_schema import Columns
from sim.reporting.kpi_catalogue import BY_NAME, KPIS
from sim.reporting.kpis import Books, compute
from sim.reporting.over_days import LAST, SUM, WEIGHT_OF, how, together
from sim.reporting.page_tables import kpis as kpi_table
from sim.reporting.stations import stations_of

pytestmark = pytest.mark.plain
PLAN = made_up_plan(levels=2, units_per_level=6)
STATIONS = stations_of(station_names(PLAN), PLAN)


def config_of() -> RunConfig:
    config = RunConfig()
    config.targets.merchant_a, config.targets.merchant_b = "u001", "u003"
    return config


def books_of(logs: list[EventLog], tallies: Tallies) -> Books:
    sums = DaySums(PLAN, STATIONS)
    for log in logs:
        sums.take(Columns(*(getattr(log, name) for name in Columns._fields)))
    return Books(config_of(), PLAN, sums, tallies, np.full(len(STATIONS.names), 10**12))


def shifted(log: EventLog) -> EventLog:
    """Return the same day with numbers of visits that no other day has."""
    return log._replace(visit=log.visit + 10**9)


def test_a_weighted_mean_of_days_is_the_ratio_of_one_day_with_all_their_events():
    quiet, full = made_up_day(PLAN, visits=60, seed=3), shifted(made_up_day(PLAN, visits=900, seed=4))
    one, other = made_up_tallies(PLAN, seed=5), made_up_tallies(PLAN, seed=6)
    both = Tallies(*(np.add(first, second) for first, second in zip(one, other)))
    days = [books_of([quiet], one), books_of([full], other)]
    rows, of_all = [compute(each) for each in days], compute(books_of([quiet, full], both))
    known = [name for name in WEIGHT_OF if of_all[name] is not None and name != "seat_occupancy_share"]

    assert len(known) >= 20
    for name in known:
        found = together(BY_NAME[name], [row[name] for row in rows], [bases(each) for each in days])
        assert found == pytest.approx(of_all[name]), name


def test_days_without_a_purchase_do_not_move_the_basket():
    basket = BY_NAME["basket_fen_mean"]

    assert together(basket, [None, 500.0, 100.0], [{"purchases": 0}, {"purchases": 3}, {"purchases": 1}]) == 400.0
    assert together(basket, [None], [{"purchases": 0}]) is None


def test_what_stands_in_the_evening_is_that_of_the_last_evening():
    for name in ("leftover_fen", "cars_overnight", "members_total", "points_outstanding"):
        assert how(BY_NAME[name]) == LAST, name
        assert together(BY_NAME[name], [5, 7, 6], [{}] * 3) == 6


def test_sales_per_m2_add_up_as_the_sales_do():
    assert how(BY_NAME["sales_fen_per_m2"]) == how(BY_NAME["sales_fen"]) == SUM


def test_every_weight_is_known_of_a_day_and_every_weighted_kpi_is_in_the_catalogue():
    known = bases(books_of([], made_up_tallies(PLAN)))

    assert set(WEIGHT_OF) <= {kpi.name for kpi in KPIS}
    assert set(WEIGHT_OF.values()) == set(known)


def test_the_report_of_several_days_says_how_each_kpi_was_put_together():
    values = {"basket_fen_mean": 400.0}

    assert "mean weighted by purchases" in kpi_table(values, days=14)
    assert "weighted" not in kpi_table(values)
