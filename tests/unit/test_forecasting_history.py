"""Counts are foretold from their past alone: learnt weekdays, followed days, honest scores beside the week before."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sim.cli import main
from sim.errors import GalleriaError
from sim.forecasting.backtest import backtest
from sim.forecasting.counts_file import Columns, read_histories
from sim.forecasting.history import DAYS_NEEDED, PlaceHistory
from sim.random_streams import stream_key, uniforms

pytestmark = pytest.mark.plain
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SHAPE = np.array([20.0, 60.0, 100.0, 80.0, 40.0])


def weeks(days: int, day_sd: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    weekdays = np.arange(days) % 7
    draw = np.asarray(uniforms(stream_key(3, "days for tests"), np.arange(days), 0))
    level = np.exp(day_sd * (draw - 0.5) * np.sqrt(12)) * np.where(weekdays >= 5, 2.0, 1.0)
    return level[:, None] * SHAPE, weekdays


def test_days_that_repeat_by_the_week_are_foretold_exactly():
    days, weekdays = weeks(40)
    history = PlaceHistory()
    for day, weekday in zip(days, weekdays, strict=True):
        history.add(day, int(weekday))

    assert np.allclose(history.foretell(5), 2 * SHAPE)
    assert np.allclose(history.foretell(1), SHAPE)


def test_nothing_is_foretold_before_three_weeks_are_known():
    days, weekdays = weeks(DAYS_NEEDED)
    history = PlaceHistory()
    for day, weekday in zip(days[:-1], weekdays, strict=False):
        history.add(day, int(weekday))
    assert history.foretell(0) is None

    history.add(days[-1], int(weekdays[-1]))

    assert history.foretell(0) is not None


def test_a_forecast_does_not_depend_on_what_comes_after_it():
    days, weekdays = weeks(80, 0.2)
    other = days.copy()
    other[60:] *= 3

    first, second = PlaceHistory(), PlaceHistory()
    for number in range(60):
        first.add(days[number], int(weekdays[number]))
        second.add(other[number], int(weekdays[number]))

    assert np.array_equal(first.foretell(4), second.foretell(4))


def test_an_hour_ahead_follows_the_day_and_beats_the_week_before():
    days, weekdays = weeks(120, 0.3)

    day, hour = backtest("door", days, weekdays, 1)

    assert hour.is_won
    assert hour.error_share < 0.5 * day.error_share
    assert 0.8 <= hour.covered_share <= 1.0


def test_no_forecast_passes_the_capacity():
    days, weekdays = weeks(60, 0.3)
    history = PlaceHistory(most=90.0)
    for day, weekday in zip(np.minimum(days, 90), weekdays, strict=True):
        history.add(day, int(weekday))

    assert np.nanmax(history.foretell(6)) <= 90.0


def test_bins_that_were_not_read_are_left_out():
    days, weekdays = weeks(60)
    days[::3, 2] = np.nan

    day, _ = backtest("door", days, weekdays, 1)

    assert 0 < day.forecasts < (60 - DAYS_NEEDED) * 5
    assert day.error_share < 1e-9


def test_wide_and_long_files_give_the_same_history(tmp_path):
    wide, long = tmp_path / "wide.csv", tmp_path / "long.csv"
    wide.write_text("date,hour,door\n2026-11-01,9,5\n2026-11-01,10,\n2026-11-03,9,7\n")
    long.write_text("when,which,count\n2026-11-01 09:30:00,door,5\n2026-11-03 09:10:00,door,7\n")

    (first,) = read_histories(wide, Columns(), 60, 9, 11)
    (second,) = read_histories(long, Columns("when", "which", "count"), 60, 9, 11)

    assert first.counts.tolist()[0][0] == 5
    assert np.array_equal(first.counts, second.counts, equal_nan=True)
    assert first.weekdays.tolist() == [6, 0, 1]


def test_bad_lines_are_named_together(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("date,hour,door\n2026-11-01,25,5\n2026-13-01,9,5\n2026-11-01,9,many\n")

    with pytest.raises(GalleriaError) as refused:
        read_histories(path, Columns(), 60, 0, 24)

    assert [problem.place for problem in refused.value.problems] == ["line 2", "line 3", "line 4"]


def test_the_command_tells_error_beside_the_week_before(tmp_path, capsys):
    days, _ = weeks(40, 0.2)
    path = tmp_path / "counts.csv"
    rows = [
        f"{np.datetime64('2026-10-05') + day},{9 + index},{count:.0f}"
        for day, counts in enumerate(days)
        for index, count in enumerate(counts)
    ]
    path.write_text("date,hour,door\n" + "\n".join(rows) + "\n")

    assert main(["forecast", str(path), "--hours", "9-14", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert [one["ahead"] for one in told["judged"]] == ["day", "hour"]
    assert told["next_day"][0]["date"] == "2026-11-14"
    assert len(told["next_day"][0]["expected"]) == 5


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="needs the counts of Auckland and Birmingham, which are not part of the project")
@pytest.mark.parametrize(
    ("file", "columns", "bin_min", "hours"),
    [
        ("auckland_footfall/hourly_counts_2023_2025.csv.gz", Columns(), 60, (9, 21)),
        (
            "birmingham_parking/occupancy.csv.gz",
            Columns("LastUpdated", "SystemCodeNumber", "Occupancy", "Capacity"),
            30,
            (8, 17),
        ),
    ],
)
def test_on_real_counts_an_hour_ahead_beats_the_week_before_at_nine_places_in_ten(file, columns, bin_min, hours):
    judged = [
        one
        for history in read_histories(DATA / file, columns, bin_min, *hours)
        for one in backtest(history.place, history.counts[-200:], history.weekdays[-200:], 60 // bin_min, history.most)
        if one.ahead == "hour"
    ]

    assert len(judged) >= 11
    assert sum(one.is_won for one in judged) >= 0.9 * len(judged)
    assert 0.8 <= np.mean([one.covered_share for one in judged]) <= 0.97
