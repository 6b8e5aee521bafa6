"""The ensemble forecaster of bills: what it says on its first day, what it learns of weekdays, how it goes on from what was kept."""

from __future__ import annotations

import dataclasses
import datetime

import numpy as np
import pytest

from agents.policy_desk import Desk
from sim.calendar import Day
from sim.config_files import compose
from sim.errors import ConfigError
from sim.floorplan.cache import load_compiled
from sim.forecasting.bills import BIN_US, BINS, SeasonalNaive
from sim.forecasting.ensemble import Ensemble
from sim.paths import find_floorplan
from sim.units import US_PER_HOUR

pytestmark = pytest.mark.plain
IDS, TRADES = ("a", "b", "c"), ("restaurant", "restaurant", "books")
MONDAY = datetime.date(2026, 11, 2)
NOON = 12 * US_PER_HOUR


def day_number(number: int) -> Day:
    date = MONDAY + datetime.timedelta(days=number)
    return Day(date, date.weekday() >= 5, 1.0, 1.0)


def flat(*per_bin: int) -> np.ndarray:
    """So many bills of each store in every bin from 10:00 to 22:00."""
    counts = np.zeros((len(per_bin), BINS), np.int64)
    counts[:, 40:88] = np.array(per_bin)[:, None]
    return counts


def show(forecaster: SeasonalNaive, counts: np.ndarray, until_us: int, from_us: int = 0) -> None:
    for at in range(from_us // BIN_US, until_us // BIN_US):
        units = np.repeat(np.arange(counts.shape[0]), counts[:, at])
        forecaster.take((at + 1) * BIN_US, units, np.full(units.size, at * BIN_US + 1))


def lived(days: list[np.ndarray]) -> Ensemble:
    found = Ensemble(IDS, TRADES)
    for number, counts in enumerate(days):
        found.begin_day(day_number(number))
        show(found, counts, 24 * US_PER_HOUR)
    found.begin_day(day_number(len(days)))
    return found


def test_on_its_first_day_it_says_what_the_seasonal_naive_one_says():
    both = (SeasonalNaive(IDS), Ensemble(IDS, TRADES))
    for each in both:
        each.begin_day(day_number(0))
        show(each, flat(4, 1, 0), NOON)
    naive, ensemble = ([each.expected(unit, NOON, NOON + US_PER_HOUR, 100.0) for unit in range(3)] for each in both)

    assert naive == ensemble
    assert naive[0] > 0
    assert both[1].interval(0, NOON, NOON + US_PER_HOUR) is None
    assert both[1].usual_by_now() is None


def test_after_days_alike_it_expects_the_same_again_at_any_hour_and_knows_how_sure_it_is():
    found = lived([flat(4, 1, 2)] * 10)

    assert [found.expected(unit, NOON, NOON + US_PER_HOUR) for unit in range(3)] == pytest.approx([16, 4, 8], rel=0.03)
    assert found.expected(0, NOON, NOON + US_PER_HOUR // 8) == pytest.approx(2, rel=0.03)
    low, high = found.interval(0, NOON, NOON + US_PER_HOUR)
    assert low < 16 < high
    assert found.interval(0, 0, US_PER_HOUR) == (0, 0)
    wide = found.interval(0, NOON, NOON + US_PER_HOUR, 0.999)
    assert wide[0] <= low
    assert high <= wide[1]


def test_a_weekday_of_its_own_is_learnt_and_a_holiday_is_taken_for_a_sunday():
    busy_fridays = [flat(8, 2, 2) if number % 7 == 4 else flat(4, 1, 1) for number in range(39)]
    found = lived(busy_fridays)  # a Friday comes
    friday = found.expected(0, NOON, NOON + US_PER_HOUR)
    show(found, busy_fridays[4], 24 * US_PER_HOUR)
    found.begin_day(day_number(42))  # a Monday
    monday = found.expected(0, NOON, NOON + US_PER_HOUR)

    assert friday == pytest.approx(32, rel=0.15)
    assert monday == pytest.approx(16, rel=0.15)
    found.begin_day(dataclasses.replace(day_number(42), is_weekend=True))
    holiday = found.expected(0, NOON, NOON + US_PER_HOUR)
    found.begin_day(day_number(41))
    assert holiday == found.expected(0, NOON, NOON + US_PER_HOUR)


def test_a_day_that_begins_half_as_busy_lowers_what_is_expected_of_its_evening_also_of_a_store_beside():
    found = lived([flat(8, 8, 8)] * 14)
    before = [found.expected(unit, 18 * US_PER_HOUR, 19 * US_PER_HOUR) for unit in range(3)]
    show(found, flat(4, 8, 8), 16 * US_PER_HOUR)
    after = [found.expected(unit, 18 * US_PER_HOUR, 19 * US_PER_HOUR) for unit in range(3)]

    assert after[0] < 0.8 * before[0]
    assert after[0] < after[1] < before[1]  # of the same trade
    assert after[2] == pytest.approx(before[2], rel=0.03)  # of another


def test_it_goes_on_from_what_was_kept_as_if_it_had_not_stopped():
    whole = lived([flat(4, 1, 2), flat(5, 1, 1), flat(3, 2, 2)])
    show(whole, flat(6, 1, 1), NOON)
    other = Ensemble(IDS, TRADES)
    other.restore(whole.state())
    for each in (whole, other):
        show(each, flat(6, 1, 1), 18 * US_PER_HOUR, NOON)
        each.begin_day(day_number(4))
        show(each, flat(6, 1, 1), NOON)

    for unit in range(3):
        assert whole.expected(unit, NOON, NOON + US_PER_HOUR) == other.expected(unit, NOON, NOON + US_PER_HOUR)
        assert whole.interval(unit, NOON, NOON + US_PER_HOUR) == other.interval(unit, NOON, NOON + US_PER_HOUR)


def test_what_the_seasonal_naive_one_kept_is_a_beginning_for_it_and_the_other_way_round():
    naive, ensemble = SeasonalNaive(IDS), lived([flat(4, 1, 2)] * 2)
    naive.restore(ensemble.state())
    assert naive.sold().tolist() == ensemble.sold().tolist()
    naive.begin_day(day_number(0))
    show(naive, flat(4, 1, 2), NOON)
    begun = Ensemble(IDS, TRADES)
    begun.begin_day(day_number(0))
    begun.restore(naive.state())

    assert begun.expected(0, NOON, NOON + US_PER_HOUR) == naive.expected(0, NOON, NOON + US_PER_HOUR)


def test_the_key_chooses_who_foretells_and_refuses_others():
    compiled = load_compiled(find_floorplan("corner_mall"))
    words = ["policies=[forecast_coupons]", "floorplan=corner_mall"]

    assert type(Desk(compose("everyday", words), compiled).forecaster) is SeasonalNaive
    assert type(Desk(compose("everyday", [*words, "policy.forecaster=ensemble"]), compiled).forecaster) is Ensemble
    with pytest.raises(ConfigError, match="seasonal_naive, ensemble"):
        compose("everyday", ["policy.forecaster=oracle"])
