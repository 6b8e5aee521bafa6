"""The day of a car park: occupancy follows arrivals by the time that theory says, and looks like that of real garages."""

from __future__ import annotations

import gzip
import math
from functools import cache

import numpy as np
import pytest

from sim.api import population_of
from sim.config import RunConfig
from sim.floorplan.cache import load_compiled
from sim.paths import find_floorplan
from sim.random_streams import stream_key, uniforms
from sim.reporting.bins import BIN_MIN, Level
from sim.reporting.topics.car_money import GARAGES
from sim.units import US_PER_HOUR, US_PER_MIN
from tests.plan_samples import SHARED

pytestmark = pytest.mark.plain
BESIDES_MIN = 8.0  # what a car's stay has beyond its people's visit, see docs/explanation/car-parks.md
LATER_H = 2  # the default mall opens later than those garages' shops, and closes two hours later
GERMAN, ENGLISH = SHARED / "german_mall_garages", SHARED / "birmingham_parking"


def occupancy_of(came_us: np.ndarray, left_us: np.ndarray) -> np.ndarray:
    """Return the cars at the end of each five-minute bin, as the report counts them."""
    time_us, change = np.concatenate([came_us, left_us]), np.repeat([1, -1], came_us.size)
    order = np.argsort(time_us, kind="stable")
    level = Level()
    level.take(time_us[order], change[order])
    return level.at_bin_ends()


def test_with_sinusoidal_arrivals_the_occupancy_lags_by_the_closed_form():
    """60 + 40 sin(2 pi t / 24) cars an hour, exponential stays of 2 h, bays without end: lag 1.842433 h, amplitude 70.872661 / 40.

    A thousand days on one another: 1.4 million cars. The phase's standard error is sqrt(2 mean) / amplitude / sqrt(cars' days) / omega,
    about 0.005 h with the correlation of neighbouring hours; 0.03 h off is false less than once in 10^8.
    """
    days, key = 1000, stream_key(5, "theory of car parks")
    candidates = np.arange(100 * 24 * days)
    at_h = uniforms(key, candidates, 0) * 24.0
    comes = uniforms(key, candidates, 1) * 100.0 < 60.0 + 40.0 * np.sin(2 * np.pi * at_h / 24.0)
    came_h, stay_h = at_h[comes], -2.0 * np.log(uniforms(key, candidates[comes], 2))
    angle = 2 * np.pi / 24.0
    # the first harmonic of the occupancy is that of the arrivals, each smeared over its stay: no bins between
    phase = np.exp(1j * angle * came_h)
    smeared = ((np.exp(1j * angle * (came_h + stay_h)) - phase) / (1j * angle)).sum()
    lag_h = (np.angle(smeared) - np.angle(phase.sum())) / angle

    assert lag_h == pytest.approx(1.842433, abs=0.03)
    assert abs(smeared) / abs(phase.sum()) * 40.0 == pytest.approx(70.872661, rel=0.01)


def test_counted_occupancy_has_its_centre_later_than_arrivals_by_half_the_mean_square_stay():
    """Of independent stays S: E[S^2] / (2 E[S]); 40,000 cars, within 4 standard errors (false once in 16,000 seeds) and a bin's half."""
    key, cars = stream_key(6, "theory of car parks"), np.arange(40_000)
    came_min = 600.0 + 360.0 * np.sqrt(uniforms(key, cars, 0))
    stay_min = -90.0 * np.log(uniforms(key, cars, 1))
    counted = occupancy_of((came_min * US_PER_MIN).astype(np.int64), ((came_min + stay_min) * US_PER_MIN).astype(np.int64))
    ends_min = BIN_MIN * np.arange(1, counted.size + 1)
    lag_min = (counted * ends_min).sum() / counted.sum() - came_min.mean()

    assert lag_min == pytest.approx(
        (stay_min**2).mean() / (2 * stay_min.mean()), abs=4 * 90.0 * math.sqrt(5 / cars.size) + BIN_MIN / 2
    )


@cache
def usual_day(date: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the cars at each full hour of a day of usual size in the default mall, and when they come (h)."""
    config, compiled = RunConfig(date=date), load_compiled(find_floorplan("riverside_mall"))
    config.population.day_total_cv = 0.0
    parties = population_of(config, compiled).arrivals(600, 1320)
    by_car = parties.parking >= 0
    came_us = parties.arrive_us[by_car]
    left_us = np.minimum(came_us + (parties.stay_s[by_car] * 1e6).astype(np.int64), 22 * US_PER_HOUR) + int(
        BESIDES_MIN * US_PER_MIN
    )
    per_hour = 60 // BIN_MIN
    return occupancy_of(came_us, left_us)[per_hour - 1 :: per_hour], came_us / US_PER_HOUR


def test_on_a_saturday_the_cars_peak_after_the_arrivals_do():
    cars, came_h = usual_day("2026-11-21")
    arrivals = np.histogram(came_h, bins=24, range=(0, 24))[0]
    hours = np.arange(1, cars.size + 1)
    centre_h = (cars * hours).sum() / cars.sum()

    assert 0.5 < centre_h - came_h.mean() < 1.5
    assert hours[np.argmax(cars)] >= np.argmax(arrivals)


def shares_of(curve: dict[int, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return hours and shares of the peak."""
    shares = np.array(list(curve.values()))
    return np.array(list(curve)), shares / shares.max()


@pytest.mark.parametrize("garage", GARAGES)
def test_a_saturday_looks_like_that_of_real_garages_two_hours_earlier(garage):
    """Each as a share of its own peak: 0.08 and 0.11 rms an hour are measured; by the clock, without the two hours, it is 0.24 and more."""
    hours, real = shares_of(GARAGES[garage])
    cars, _ = usual_day("2026-11-21")
    ours = cars / cars.max()

    assert math.sqrt(((ours[hours + LATER_H - 1] - real) ** 2).mean()) < 0.14
    assert math.sqrt(((ours[hours - 1] - real) ** 2).mean()) > 0.2


@pytest.mark.skipif(not GERMAN.is_dir(), reason="the garages' data are not here (../shared/data/german_mall_garages)")
def test_the_german_garage_is_quoted_rightly():
    rows = [line.split(",") for line in (GERMAN / "occupancy_profiles_2023.csv").read_text(encoding="utf-8").splitlines()[1:]]
    day = {row[3]: float(row[4]) for row in rows if "Centrum-Galerie" in row[0] and row[2] == "Sat"}
    quoted = GARAGES["Centrum-Galerie, Dresden (1,100 bays)"]

    assert all(abs(day[f"{hour:02d}:00"] - share) <= 0.006 for hour, share in quoted.items())
    assert max(day.values()) == pytest.approx(0.87, abs=0.01)
    assert day["00:00"] == pytest.approx(RunConfig().parking.exits.overnight_share, abs=0.005)


@pytest.mark.skipif(not ENGLISH.is_dir(), reason="the garages' data are not here (../shared/data/birmingham_parking)")
def test_the_english_garage_is_quoted_rightly():
    """Half-hour readings, rounded to the nearest half hour, of the Saturdays."""
    import datetime

    text = gzip.decompress((ENGLISH / "occupancy.csv.gz").read_bytes()).decode()
    found: dict[float, list[float]] = {}
    for line in text.splitlines()[1:]:
        name, capacity, cars, when = line.split(",")
        moment = datetime.datetime.fromisoformat(when)
        if name == "Bull Ring" and moment.weekday() == 5:
            half = (moment.hour * 60 + moment.minute + 15) // 30 / 2
            found.setdefault(half, []).append(int(cars) / int(capacity))
    quoted = GARAGES["Bull Ring, Birmingham (3,053 bays)"]

    assert all(abs(np.mean(found[float(hour)]) - share) <= 0.01 for hour, share in quoted.items())
    assert max(np.mean(shares) for shares in found.values()) == pytest.approx(0.89, abs=0.01)
