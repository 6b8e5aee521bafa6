"""What a scan hears: switches, ages, places off the maps, maps of the past, and numbers out of range."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri

from sim.config_files import compose
from sim.config_sensing import SensingConfig
from sim.errors import ConfigError
from sim.floorplan.compile import compile_plan
from sim.floorplan.plan import AccessPoint
from sim.random_streams import draw_words, stream_key
from sim.sensing.radio.radio_map import build_radio, cells_at, hear_many
from sim.sensing.radio.radio_places import FittedPoints, heard_at_places, mean_strengths
from sim.sensing.radio.wifi import age_step, is_heard, normal_of
from tests.plan_samples import sound_plan

pytestmark = pytest.mark.compiled
KEY = stream_key(3, "test of the radio")


def plan_with(points):
    plan = sound_plan()
    plan.access_points = points
    return compile_plan(plan)


def config_with(**changes):
    config = SensingConfig()
    config.radio = replace(config.radio, **changes)
    return config


def scans_at(radio, x_m, y_m, count=1, before_x_m=None, level=0, offset_db=0.0):
    x, y = np.full(count, x_m), np.full(count, y_m)
    before = x if before_x_m is None else np.full(count, before_x_m)
    same = np.zeros(count, np.int64)
    return hear_many(radio, np.arange(count), np.full(count, offset_db), x, y, before, y, same + level, same)


@pytest.fixture(scope="module")
def radio():
    points = [AccessPoint(f"a{index}", "F1", 2.0 + 4.0 * index, 14.0) for index in range(10)]
    return build_radio(plan_with(points), SensingConfig(), 5)


def test_readings_stand_in_order_of_access_point_with_one_of_each(radio):
    for before_x_m in (20.0, 5.0):
        scans = scans_at(radio, 20.0, 14.0, 200, before_x_m)
        for first, end in zip(scans.start[:-1], scans.start[1:], strict=True):
            assert (np.diff(scans.access_point[first:end]) > 0).all()
    assert scans.access_point.dtype == np.int32
    assert scans.rssi_dbm.dtype == np.float32


def test_an_access_point_switched_off_is_not_heard_and_the_others_as_before(radio):
    before = scans_at(radio, 20.0, 14.0, 100)
    radio.is_on[4] = 0
    try:
        after = scans_at(radio, 20.0, 14.0, 100)
    finally:
        radio.is_on[4] = 1

    kept = before.access_point != 4
    assert (~kept).any()
    assert after.access_point.tobytes() == before.access_point[kept].tobytes()
    assert after.rssi_dbm.tobytes() == before.rssi_dbm[kept].tobytes()


@pytest.mark.parametrize(("x_m", "level"), [(-500.0, 0), (900.0, 0), (20.0, -1), (20.0, 7)])
def test_nothing_is_heard_off_the_maps(radio, x_m, level):
    assert scans_at(radio, x_m, 14.0, 3, level=level).start.tolist() == [0, 0, 0, 0]


def test_cells_are_found_where_the_maps_have_entries(radio):
    cells = cells_at(radio, np.array([20.0, -500.0]), np.array([14.0, 14.0]), np.array([0, 0]))

    assert radio.entry_start[cells[0] + 1] - radio.entry_start[cells[0]] == 10
    assert cells[1] == -1


def test_a_plan_without_access_points_has_a_radio_that_is_silent():
    silent = build_radio(plan_with([]), SensingConfig(), 5)

    assert scans_at(silent, 20.0, 14.0, 2).start.tolist() == [0, 0, 0]


def test_a_walking_phone_mixes_what_it_hears_along_its_way():
    """Readings are up to 7 of 10 s old, in eight steps: their strengths are those of the middles of the steps."""
    config = config_with(noise_db=0.0, shadowing_db=0.0, sensitivity_dbm=-120.0, detection_db=0.01, floor_dbm=-110.0)
    line = build_radio(plan_with([AccessPoint("a", "F1", 1.0, 14.0, height_m=1.2)]), config, 5)

    walked = scans_at(line, 1.0, 14.5, 800, before_x_m=39.0).rssi_dbm

    youngest, oldest = (scans_at(line, 1.0 + 38.0 * 0.7 * share, 14.5).rssi_dbm[0] for share in (1 / 16, 15 / 16))
    assert walked.size == 800
    assert np.unique(walked).size == 8
    assert (walked.max(), walked.min()) == (youngest, oldest)


def test_ages_are_spread_evenly_over_their_eight_steps():
    """Chi-square with 7 degrees of freedom; 40 is false once in 800,000 seeds."""
    steps = [age_step(scan, 12345678901) for scan in draw_words(KEY, np.arange(8000), 0)]

    seen = np.bincount(steps, minlength=8)
    assert ((seen - 1000.0) ** 2 / 1000.0).sum() < 40.0


def test_the_quick_normal_is_the_normal_quantile():
    draws = np.concatenate([np.linspace(1e-7, 1 - 1e-7, 2001), [0.02425, 0.97575, 2.0**-25, 1 - 2.0**-25]])

    assert np.allclose([normal_of(draw) for draw in draws], ndtri(draws), rtol=1.2e-9, atol=1e-12)


def test_hearing_compares_the_draw_with_the_logistic_curve():
    words = draw_words(KEY, np.arange(3000), 1)
    odds = np.linspace(-9.0, 9.0, 3000)
    draws = ((words >> np.uint64(40)).astype(float) + 0.5) * 2.0**-24

    heard = [is_heard(one, word) for one, word in zip(odds, words, strict=True)]

    assert heard == (draws < 1.0 / (1.0 + np.exp(-odds))).tolist()


def test_a_map_of_the_past_differs_by_the_configured_change_and_no_more_than_the_shadowing():
    """3 dB in a year; the sd over 2,000 cells of 10 fields has a standard error below 5 %, the band is 20 %."""
    points = [AccessPoint(f"a{index}", "F1", 2.0 + 4.0 * index, 14.0) for index in range(10)]
    compiled, config = plan_with(points), config_with(shadowing_m=1.0, floor_dbm=-119.0, map_cell_m=1.0)
    today, year, ages = (build_radio(compiled, config, 5, months) for months in (0.0, 12.0, 1200.0))

    assert today.entry_ap.tobytes() == year.entry_ap.tobytes() == ages.entry_ap.tobytes()
    assert np.std(year.entry_dbm - today.entry_dbm) == pytest.approx(3.0, rel=0.2)
    assert np.std(ages.entry_dbm - today.entry_dbm) == pytest.approx(5.0, rel=0.2)


def test_without_a_scans_own_chance_a_place_hears_the_same_access_points_for_ever(radio):
    """Shadowing and detection biases are the building's: with a detection curve of no width nothing is left to chance."""
    points = [AccessPoint(f"a{index}", "F1", 2.0 + 4.0 * index, 14.0) for index in range(10)]
    certain = build_radio(plan_with(points), config_with(detection_db=0.01, sensitivity_dbm=-55.0), 5)

    scans = scans_at(certain, 20.3, 14.0, 50)
    by_chance = scans_at(radio, 20.3, 14.0, 50)

    heard = scans.access_point.reshape(50, -1)
    assert 0 < heard.shape[1] < 10
    assert (heard == heard[0]).all()
    assert np.unique(np.diff(by_chance.start)).size > 1


@pytest.mark.parametrize(("share", "alike"), [(1.0, True), (0.0, False)])
def test_access_points_share_as_much_of_their_detection_field_as_configured(share, alike):
    points = [AccessPoint(f"a{index}", "F1", 2.0 + 4.0 * index, 14.0) for index in range(10)]
    shared = build_radio(plan_with(points), config_with(fields_shared_share=share, detection_point_db=0.0), 5)

    (cell,) = cells_at(shared, np.array([20.3]), np.array([14.0]), np.array([0]))
    biases = shared.entry_bias[shared.entry_start[cell] : shared.entry_start[cell + 1]]
    assert (biases.dtype, biases.size) == (np.int8, 10)
    assert (np.unique(biases).size == 1) == alike


def test_fitted_access_points_are_heard_as_the_map_of_a_hall_has_them():
    """A law without walls and a map in the same hall give the same means, field included, to the map's half metre."""
    config = config_with(map_cell_m=1.0)
    points = [AccessPoint(f"a{index}", "F1", 2.0 + 4.0 * index, 14.0) for index in range(10)]
    compiled = plan_with(points)
    hall = build_radio(compiled, config, 5)
    placed = compiled.access_points
    fitted = FittedPoints(
        placed.key, np.zeros(10, np.int64), placed.x_m, placed.y_m, placed.z_m - 1.2, hall.p0_dbm,
        np.full(10, config.radio.exponent_5),
    )  # fmt: skip
    x_m, y_m = np.arange(1, 40, 3) + 0.5, np.full(13, 14.5)
    cells = cells_at(hall, x_m, y_m, np.zeros(13))

    means = mean_strengths(fitted, x_m, y_m, np.zeros(13, np.int64), config.radio, 5)

    mapped = np.array([hall.entry_dbm[hall.entry_start[cell] : hall.entry_start[cell + 1]] for cell in cells])
    assert np.allclose(means, mapped, atol=1e-4)
    scans = heard_at_places(
        fitted, np.arange(13), np.zeros(13), x_m, y_m, x_m, y_m, np.zeros(13), np.zeros(13), config.radio, 5
    )
    same = hear_many(hall, np.arange(13), np.zeros(13), x_m, y_m, x_m, y_m, np.zeros(13), np.zeros(13))
    assert scans.access_point.tobytes() == same.access_point.tobytes()
    assert np.allclose(scans.rssi_dbm, same.rssi_dbm, atol=1e-4)


def test_losses_of_floors_can_be_given_one_by_one():
    one = np.zeros(1)
    fitted = FittedPoints(np.array([9]), np.array([0]), one, one, one, one, one + 3.0)
    config = config_with(shadowing_db=0.0).radio
    levels = np.array([0, -1, 2, 6])

    given = mean_strengths(fitted, np.ones(4), np.zeros(4), levels, config, 1, np.array([0.0, 7.0, 9.0]))

    assert given[:, 0].tolist() == [0.0, -7.0, -9.0, -9.0]
    assert mean_strengths(fitted, np.ones(4), np.zeros(4), levels, config, 1)[3, 0] == -63.0


def test_a_negative_exponent_is_refused_with_key_range_and_value():
    with pytest.raises(ConfigError) as raised:
        compose("everyday", ["sensing.radio.exponent_5=-1"])

    assert "sensing.radio.exponent_5" in str(raised.value)
    assert "-1" in str(raised.value)
