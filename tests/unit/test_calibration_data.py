"""What a calibration takes in and gives out: feeds to summaries of days, parameters to priors, results to a scenario."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest

from sim.calibration import told
from sim.calibration.checks import held_out, predictive
from sim.calibration.data import Data, read_data
from sim.calibration.days import to_measure
from sim.calibration.priors import priors_of, settings_at
from sim.cli_calibrate import numbers_of
from sim.config_files import compose
from sim.errors import ConfigError, GalleriaError
from sim.feeds.summaries import DayColumns, in_words, summaries_of
from sim.floorplan.cache import compiled_for
from sim.units import US_PER_HOUR

CONFIG = compose("corner_day", [])
COMPILED = compiled_for(CONFIG)
DATE = datetime.date(2026, 11, 21)
ROWS = (  # hour, sensor, kind, value
    (12.0, "door:street", "people_in", 40),
    (13.0, "door:street", "people_in", 10),
    (13.0, "door:street", "people_out", 50),
    (12.5, "till:L1-outfitters", "sale", 20_000),
    (12.5, "till:L1-bakery", "sale", 1_000),
    (13.5, "till:L1-bakery", "sale", 3_000),
    (12.0, "level:L1", "people", 30),
    (12.0, "level:L2", "people", 10),
    (13.0, "level:L1", "people", 0),
    (13.0, "level:L2", "people", 0),
)


def _day() -> DayColumns:
    hours, sensors, kinds, values = zip(*ROWS, strict=True)
    return DayColumns(
        (np.array(hours) * US_PER_HOUR).astype(np.int64), np.array(sensors), np.array(kinds), np.array(values, np.int64)
    )


def _csv(date: str = "") -> str:
    head = "time_us,sensor,kind,value" + (",date" if date else "")
    rows = [
        f"{int(hour * US_PER_HOUR)},{sensor},{kind},{value}" + (f",{date}" if date else "")
        for hour, sensor, kind, value in sorted(ROWS)
    ]
    return "\n".join([head, *rows]) + "\n"


@pytest.mark.plain
def test_a_day_comes_to_the_numbers_that_its_records_add_up_to() -> None:
    found = summaries_of(_day(), CONFIG, COMPILED, DATE)
    assert found["people_in"] == 50  # corner_day's calendar has no busier weekdays
    assert found["bills cafe"] == pytest.approx(100 * 2 / 50)
    assert found["bill_yuan cafe"] == pytest.approx(20.0)
    assert found["bill_yuan fashion"] == pytest.approx(200.0)
    assert found["bill_yuan cinema"] is None  # nobody bought, so that there is no mean
    assert found["level_share L2"] == pytest.approx(0.25)
    assert found["stay_min"] == pytest.approx(40 * 60 / 50)  # 40 inside for an hour, 50 people: Little's law
    assert "cars" not in found  # no gate has reported
    assert all(in_words(name) for name in found)


@pytest.mark.plain
def test_a_day_without_anybody_at_the_doors_has_no_summaries() -> None:
    day = _day()
    rows = day.kind != "people_in"
    assert summaries_of(DayColumns(*(getattr(day, name)[rows] for name in ("time_us", "sensor", "kind", "value"))), CONFIG, COMPILED, DATE) == {}  # fmt: skip


@pytest.mark.plain
def test_a_file_with_dates_and_a_folder_of_files_named_by_date_are_the_same_days(tmp_path: Path) -> None:
    (tmp_path / "all.csv").write_text(_csv("2026-11-23") + "\n".join(_csv("2026-11-24").splitlines()[1:]) + "\n")
    folder = tmp_path / "days"
    folder.mkdir()
    for date in ("2026-11-23", "2026-11-24"):
        (folder / f"mall {date}.csv").write_text(_csv())
    one, several = read_data(tmp_path / "all.csv", CONFIG, COMPILED), read_data(folder, CONFIG, COMPILED)
    assert one.dates == ["2026-11-23", "2026-11-24"]
    assert one.days == several.days
    assert one.sha256 != several.sha256
    assert one.days["2026-11-23"] == summaries_of(_day(), CONFIG, COMPILED, datetime.date(2026, 11, 23))


@pytest.mark.plain
def test_data_that_hold_nothing_are_refused_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(GalleriaError, match="observe RUN --as-feed"):
        read_data(tmp_path, CONFIG, COMPILED)
    (tmp_path / "2026-11-23.csv").write_text("time_us,sensor,kind,value\n1,till:L1-bakery,sale,5\n")
    with pytest.raises(GalleriaError, match="no day has people counted at doors"):
        read_data(tmp_path, CONFIG, COMPILED)


@pytest.mark.plain
def test_the_last_fifth_of_the_days_is_held_out_and_few_days_are_all_fitted() -> None:
    days = {f"2026-11-{day:02d}": {"people_in": 1.0} for day in range(1, 19)}
    fitted, held = Data(days, "", (), "").split()
    assert (len(fitted), len(held)) == (14, 4)
    assert held == sorted(days)[-4:]
    assert Data({"2026-11-01": {}, "2026-11-02": {}}, "", (), "").split()[1] == []


@pytest.mark.plain
def test_parameters_without_a_range_come_in_one_message_with_all_other_mistakes() -> None:
    words = ["choice.lunch_starts", "population.car_shar", "population.weekday_factors", "choice.walk_s_scale:0:9000", "stay"]
    words += ["sensing.identity.portal"]
    with pytest.raises(ConfigError) as mistake:
        priors_of(CONFIG, COMPILED, words, {})
    message = str(mistake.value)
    for part in ("text has no range", "did you mean population.car_share", "a list has no range", "1 to 3600"):
        assert part in message
    assert "the calibration" in message


@pytest.mark.plain
def test_a_choice_is_refused_because_it_has_no_range() -> None:
    with pytest.raises(ConfigError, match="is a choice"):
        priors_of(CONFIG, COMPILED, ["sensing.identity.portal"], {})


@pytest.mark.plain
def test_priors_are_sorted_whatever_the_order_in_which_they_are_named_and_families_are_their_keys() -> None:
    names = ["population.stay_min_mean:40:140", "choice.impulse_share", "walking"]
    forwards, backwards = (priors_of(CONFIG, COMPILED, each, {}) for each in (names, names[::-1]))
    assert forwards == backwards
    assert [prior.key for prior in forwards] == [
        "choice.impulse_share",
        "population.free_speed_mps_mean",
        "population.stay_min_mean",
    ]
    assert (forwards[2].low, forwards[2].high) == (40, 140)
    trades = {prior.key for prior in priors_of(CONFIG, COMPILED, ["dwell"], {})}
    assert trades == {f"categories.{trade}.dwell_min_mean" for trade in set(COMPILED.tenant_categories)}


@pytest.mark.plain
def test_numbers_that_are_wrong_come_in_one_message() -> None:
    with pytest.raises(ConfigError) as mistake:
        numbers_of({"points": "3", "waves": "x", "within": "-1", "engine": "cloud", "workers": "0"})
    assert len(mistake.value.problems) == 5
    assert numbers_of({"points": "64", "within": "50%"}) == ({"points": 64, "waves": 1, "check_days": 24, "days": 28}, 0.5)


@pytest.mark.plain
def test_positions_are_worked_out_only_where_a_policy_acts_on_them() -> None:
    assert to_measure(CONFIG, "2026-11-23", 7).sensing.positioning.method == "off"
    with_policy = compose("corner_day", ["policies=[meal_push]"])
    assert to_measure(with_policy, "2026-11-23", 7).sensing.positioning.method == with_policy.sensing.positioning.method


@pytest.mark.plain
def test_the_calibrated_scenario_is_a_small_difference_that_composes_to_the_values_found(tmp_path: Path) -> None:
    entry = {"low": 50.0, "high": 70.0, "is_told": True}
    record = {
        "scenario": "corner_day", "version": "1",
        "data": {"days_fitted": 6, "first": "2026-11-21", "last": "2026-11-28", "sha256": "abc"},
        "parameters": [
            {"key": "population.stay_min_mean", "before": 84.0, "after": 61.5, **entry},
            {"key": "choice.impulse_share", "before": 0.0085, "after": 0.0085, **entry, "is_told": False},
        ],
    }  # fmt: skip
    path = tmp_path / "calibrated.yaml"
    path.write_text(told.scenario(record, {"defaults": ["corner_day", "_self_"]}, 0.9))
    config = compose(str(path), [])
    assert config.population.stay_min_mean == 61.5
    assert config.population.visits_per_day == CONFIG.population.visits_per_day
    assert config.choice.impulse_share == CONFIG.choice.impulse_share
    assert "choice" not in path.read_text()
    assert "SHA-256 of the data: abc" in path.read_text()


@pytest.mark.plain
def test_values_are_rounded_to_what_a_person_reads_and_whole_numbers_stay_whole() -> None:
    prior = priors_of(CONFIG, COMPILED, ["choice.consideration_size:5:30", "population.stay_min_mean:40:140"], {})
    assert settings_at(prior, [0.5, 1 / 3]) == {"choice.consideration_size": 18, "population.stay_min_mean": 73.3333}


@pytest.mark.plain
def test_checks_find_what_is_outside_and_which_scenario_is_nearer() -> None:
    def days(mean: float, count: int = 8) -> list[dict[str, float | None]]:
        return [{"meal_share": mean + 0.01 * (-1) ** day, "bill_spread": 1.0 + 0.1 * (-1) ** day} for day in range(count)]

    rows = {row["summary"]: row["is_inside"] for row in predictive(["meal_share", "bill_spread"], days(0.5), days(0.4))}
    assert rows == {"meal_share": False, "bill_spread": True}
    found = held_out(["meal_share", "bill_spread"], days(0.5), days(0.3), days(0.48))
    assert found["distance_after"] < found["distance_before"]
    assert found["nearer"] == 1
