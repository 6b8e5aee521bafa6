"""The calendar: holidays, seasons, events and weather, each leaving a year's mean as it was."""

from __future__ import annotations

import dataclasses
import datetime

import numpy as np
import pytest

from agents.arrivals import profile_of, sources_in_weather, sources_of, visits_expected
from sim.calendar import day_of, is_like_weekend, luck_cv
from sim.config import RunConfig, problems_of
from sim.config_files import compose
from sim.floorplan.cache import load_compiled
from sim.paths import find_floorplan
from sim.schema.calendar import CalendarConfig, CalendarEventConfig
from sim.weather import CLIMATES, is_wet, wet_share

pytestmark = pytest.mark.plain
YEAR = [datetime.date(2026, 1, 1) + datetime.timedelta(days=number) for number in range(365)]
WEEK = [datetime.date(2026, 11, 16) + datetime.timedelta(days=number) for number in range(7)]


def _rates_per_min(config):
    """Return the visits expected in each minute."""
    return visits_expected(config) * profile_of(config)


def config_with(**calendar) -> RunConfig:
    return RunConfig(calendar=CalendarConfig(**calendar))


def test_a_day_without_a_calendar_is_that_of_its_weekday_alone():
    config = RunConfig()

    days = [day_of(config, date) for date in WEEK]

    assert [day.factor for day in days] == config.population.weekday_factors
    assert all(day.weather is None and day.stay_factor == 1.0 and not day.holiday for day in days)
    assert (days[0].by_mode(np.array([True, False])) == 1.0).all()
    assert (days[0].of_minutes() == 1.0).all()


def test_a_holiday_has_the_hours_and_parties_of_a_weekend_and_a_day_worked_instead_of_it_has_not():
    pytest.importorskip("holidays", reason="the library of public holidays is not installed")
    calendar = CalendarConfig(holidays="china")

    assert is_like_weekend(calendar, datetime.date(2026, 10, 1))  # a Thursday, National Day
    assert not is_like_weekend(calendar, datetime.date(2026, 10, 10))  # a Saturday, worked instead of the 7th
    assert not is_like_weekend(calendar, datetime.date(2026, 10, 15))  # an ordinary Thursday


def test_holidays_and_seasons_leave_the_mean_of_a_year_as_it_was():
    pytest.importorskip("holidays", reason="the library of public holidays is not installed")
    plain, festive = RunConfig(), config_with(holidays="china", season_factors=[2.0] + [1.0] * 10 + [3.0])

    means = [np.mean([day_of(config, date).factor for date in YEAR]) for config in (plain, festive)]

    assert means[1] == pytest.approx(means[0], rel=1e-9)
    assert day_of(festive, datetime.date(2026, 12, 8)).factor > 1.5 * day_of(festive, datetime.date(2026, 6, 9)).factor


def test_an_event_of_some_hours_brings_more_people_in_them_only():
    event = CalendarEventConfig(name="fireworks", first="2026-11-21", factor=2.0, starts="18:00", ends="20:00")
    usual, special = (_rates_per_min(config_with(events=events)) for events in ([], [event]))

    assert special[18 * 60 : 20 * 60] == pytest.approx(2 * usual[18 * 60 : 20 * 60])
    assert (special[: 18 * 60] == usual[: 18 * 60]).all()
    assert (special[20 * 60 :] == usual[20 * 60 :]).all()


def test_an_event_of_whole_days_counts_on_each_of_them_and_on_no_other():
    config = config_with(events=[CalendarEventConfig(name="sale", first="2026-11-17", last="2026-11-18", factor=3.0)])

    found = [day_of(config, date).factor / day_of(RunConfig(), date).factor for date in WEEK]

    assert found == pytest.approx([1, 3, 3, 1, 1, 1, 1])


def test_weather_leaves_the_mean_of_visits_and_stays_as_it_was():
    """10 years of Shanghai: 3,650 days; the standard error of a mean factor is below 0.0009, four of which are allowed (p < 1e-4)."""
    config = config_with(weather="climate")
    dates = [datetime.date(2020, 1, 1) + datetime.timedelta(days=number) for number in range(10 * 365)]

    weather = [day_of(config, date).weather for date in dates]

    for name in ("foot_factor", "car_factor", "stay_factor"):
        values = np.array([getattr(each, name) for each in weather])
        error = (
            4 * values.std() / np.sqrt(values.size) * 1.4
        )  # wet days come in runs: (1 + r) / (1 - r), r = 0.3, under the root
        assert abs(values.mean() - 1) < error < 0.005, name


def test_wet_days_are_as_many_and_as_clustered_as_the_climate_says():
    """Junes of 150 years: 4,500 days, standard error of the share 0.01 with clusters; four are allowed (p < 1e-4)."""
    climate = CLIMATES["shanghai"]
    junes = [[datetime.date(year, 6, day) for day in range(1, 31)] for year in range(1900, 2050)]

    wet = np.array([[is_wet(climate, 0.3, 1, date) for date in june] for june in junes], float)

    assert wet.mean() == pytest.approx(wet_share(climate, 5), abs=0.06)
    assert np.corrcoef(wet[:, 1:].ravel(), wet[:, :-1].ravel())[0, 1] == pytest.approx(0.3, abs=0.06)


def test_the_weather_of_a_date_does_not_depend_on_where_a_run_begins():
    config = config_with(weather="climate")
    later = dataclasses.replace(config, date="2026-12-24", days=9)

    assert day_of(config, datetime.date(2026, 12, 30)) == day_of(later, datetime.date(2026, 12, 30))


def test_rain_keeps_some_of_those_on_foot_at_home_and_brings_cars():
    plan = load_compiled(find_floorplan("riverside_mall")).arrays
    dry, wet = (config_with(weather=weather) for weather in ("dry", "rain"))

    sources = [sources_in_weather(sources_of(plan, 0.35), config) for config in (dry, wet)]
    change = sources[1].share / sources[0].share

    by_car = sources[0].parking >= 0
    assert by_car.any()
    assert change[~by_car] == pytest.approx(0.92)
    assert change[by_car] == pytest.approx(1.06)


def test_luck_and_rain_together_vary_as_much_as_luck_alone_did():
    """3,650 days; the standard error of a sd is 0.17 / sqrt(2 x 3650) = 0.002, four of which are allowed."""
    config = config_with(weather="climate")
    share = config.population.car_share
    dates = [datetime.date(2020, 1, 1) + datetime.timedelta(days=number) for number in range(3650)]

    def total(day):
        return day.luck * (share * day.weather.car_factor + (1 - share) * day.weather.foot_factor)

    totals = np.array([total(day_of(config, date)) for date in dates])

    assert luck_cv(config) < config.population.day_total_cv
    assert totals.std() / totals.mean() == pytest.approx(config.population.day_total_cv, abs=0.01)


@pytest.mark.parametrize(
    ("events", "place"),
    [
        ([CalendarEventConfig(first="tomorrow")], "calendar.events[0].first"),
        ([CalendarEventConfig(first="2026-01-02", last="2026-01-01")], "calendar.events[0].last"),
        ([CalendarEventConfig(first="2026-01-02", starts="18:00")], "calendar.events[0].ends"),
        ([CalendarEventConfig(first="2026-01-02", starts="18:00", ends="17:00")], "calendar.events[0].ends"),
        ([CalendarEventConfig(first="2026-01-02", starts="noon", ends="17:00")], "calendar.events[0].starts"),
    ],
)
def test_an_event_that_cannot_be_is_refused(events, place):
    assert [problem.place for problem in problems_of(config_with(events=events))] == [place]


def test_a_run_that_leaves_the_calendar_is_refused():
    config = RunConfig(date="9999-12-01", days=40)

    assert [problem.place for problem in problems_of(config)] == ["days"]


def test_the_groups_of_calendars_compose():
    assert compose("everyday").calendar == CalendarConfig()
    assert compose("everyday", ["calendar=china"]).calendar.weather == "climate"
