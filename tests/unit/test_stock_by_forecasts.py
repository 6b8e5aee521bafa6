"""Stocking by forecasts per merchant: shelves follow the file or what was learnt, other stores stay as they were, and bad files are named."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from sim.config import RunConfig, problems_of
from sim.crowd.goods.catalogue import wanted_share
from sim.crowd.goods.records import ITEM
from sim.crowd.goods.stocking import Shelves
from sim.crowd.state import records
from sim.errors import ConfigError
from sim.floorplan.cache import load_compiled
from sim.forecasting.merchants import merchants_for, place_numbers, read_forecasts, write_forecasts
from sim.paths import find_floorplan
from sim.plan_arrays import CompiledPlan

pytestmark = pytest.mark.plain
MONDAY = datetime.date(2026, 11, 23)


@pytest.fixture(scope="module")
def mall() -> CompiledPlan:
    return load_compiled(find_floorplan("quarter_mall"))


def config_of(forecast: str, path="") -> RunConfig:
    config = RunConfig(date=MONDAY.isoformat())
    config.goods.stocking.forecast, config.goods.stocking.forecast_file = forecast, str(path)
    return config


def shelves_of(config, mall):
    return Shelves(config, mall, merchants_for(config, mall))


def pieces_of(shelves, mall, unit, date):
    items = np.repeat(
        np.arange(shelves._catalogue.units.size), shelves._catalogue.sizes * shelves._catalogue.price_log.shape[1]
    )
    return int(shelves.morning(date).pieces[shelves._catalogue.units[items] == mall.unit_ids.index(unit)].sum())


def test_a_store_stocks_by_the_bills_that_the_file_foretells_and_others_by_their_own(mall, tmp_path):
    unit, other = "L1-02", "L1-05"
    config = config_of("file", tmp_path / "told.csv")
    usual = shelves_of(config_of("articles"), mall)
    tuesday = MONDAY + datetime.timedelta(days=1)
    write_forecasts(tmp_path / "told.csv", [(MONDAY, unit, 400.0), (tuesday, unit, 40.0)])
    shelves = shelves_of(config, mall)
    many, few = pieces_of(shelves, mall, unit, MONDAY), pieces_of(shelves, mall, unit, tuesday)
    trade = mall.tenant_categories[mall.unit_ids.index(unit)]
    wishes = 400.0 * wanted_share(config, trade) / config.categories[trade].conversion_share

    assert many > 3 * few
    assert 0.9 * wishes < many < 2.5 * wishes  # what is wanted, and what is kept against chance
    for date in (MONDAY, tuesday):
        assert pieces_of(shelves, mall, other, date) == pieces_of(usual, mall, other, date)
    after = MONDAY + datetime.timedelta(days=2)
    assert pieces_of(shelves, mall, unit, after) == pieces_of(usual, mall, unit, after)  # the file does not tell


def test_what_was_learnt_of_merchants_fills_their_shelves_the_next_week(mall):
    shelves = shelves_of(config_of("merchants"), mall)
    usual = shelves_of(config_of("articles"), mall)
    first = shelves.morning(MONDAY).pieces
    assert first.tolist() == usual.morning(MONDAY).pieces.tolist()  # nothing is known yet
    for number in range(7):
        items = records(shelves.demand.size, ITEM)
        items["sold"] = 20
        for each in (shelves, usual):
            each.learn(items, MONDAY + datetime.timedelta(days=number))
    next_monday = MONDAY + datetime.timedelta(days=7)
    total = shelves._forecast(next_monday).sum()
    weekdays_mean = 20.0 * shelves.demand.size

    assert total == pytest.approx(weekdays_mean, rel=0.1)
    assert abs(usual._forecast(next_monday).sum() - weekdays_mean) > abs(total - weekdays_mean)


def test_what_is_written_is_read_again_by_id_or_by_name(mall, tmp_path):
    path = tmp_path / "told.csv"
    name = mall.tenant_names[3]
    write_forecasts(path, [(MONDAY, mall.unit_ids[1], 12.5), (MONDAY, name, 3.0)])

    assert read_forecasts(path, place_numbers(mall)) == {MONDAY: {1: 12.5, 3: 3.0}}


def test_all_that_is_wrong_with_a_file_is_said_in_one_message(mall, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text(
        "date,place,expected\n23.11.2026,L1-02,5\n2026-11-23,nobody,5\n2026-11-23,L1-02,many\n2026-11-23,L1-05,1\n2026-11-23,L1-05,2\n"
    )
    with pytest.raises(ConfigError) as told:
        merchants_for(config_of("file", path), mall)
    assert [problem.place for problem in told.value.problems] == ["line 2", "line 3", "line 4", "line 6"]
    path.write_text("day,shop\n")
    with pytest.raises(ConfigError, match="rows"):
        merchants_for(config_of("file", path), mall)
    path.write_text("day,shop\n1,2\n")
    with pytest.raises(ConfigError, match="column expected"):
        merchants_for(config_of("file", path), mall)
    write_forecasts(path, [(MONDAY - datetime.timedelta(days=1), "L1-02", 5.0)])
    with pytest.raises(ConfigError, match="must foretell some day of the run"):
        merchants_for(config_of("file", path), mall)
    with pytest.raises(ConfigError, match="No such file"):
        merchants_for(config_of("file", tmp_path / "none.csv"), mall)


def test_a_forecast_from_a_file_needs_a_file():
    assert [problem.place for problem in problems_of(config_of("file"))] == ["goods.stocking.forecast"]
    assert list(problems_of(config_of("merchants"))) == []
