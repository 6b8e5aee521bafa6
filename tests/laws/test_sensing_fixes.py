"""Fixes are about the true places of phones at their last scans, whatever pieces the crowd's log comes in."""

from __future__ import annotations

import numpy as np
import pytest

from sim.crowd.positions import places_of, positions_at
from sim.events import SegmentLog
from sim.sensing.positioning.kit import Kit
from tests.engine_days import corner_mall, day_config
from tests.phone_samples import follow

TIME_US = 60_000_000
pytestmark = pytest.mark.compiled


def config_of(method: str, visits: float = 120.0, log_rows: int = 1_000_000):
    config = day_config(visits)
    config.sensing.positioning.method = method
    config.engine.log_rows = log_rows
    return config


@pytest.fixture(scope="module")
def followed():
    return follow(corner_mall(), config_of("law"))


def same(one, other) -> bool:
    return all(np.array_equal(one.fixes[name], other.fixes[name]) for name in one.fixes)


@pytest.mark.parametrize("log_rows", [64, 500])
def test_a_small_buffer_changes_no_fix(followed, log_rows):
    again = follow(corner_mall(), config_of("law", log_rows=log_rows))

    assert followed.fixes["time_us"].size > 2_500
    assert same(followed, again)


def test_smoothed_fixes_depend_neither_on_rows_nor_on_the_buffer(followed):
    config = config_of("law")
    config.sensing.positioning.smoother = "kalman"
    smoothed = follow(corner_mall(), config)
    config.engine.log_rows = 64
    again = follow(corner_mall(), config, releases=False)

    assert same(smoothed, again)
    assert np.array_equal(smoothed.fixes["time_us"], followed.fixes["time_us"])
    guests = smoothed.fixes["key"] % 1000 < 500  # the others show a new address at every burst
    error_m = {
        name: np.hypot(found.fixes["x_m"] - found.fixes["true_x_m"], found.fixes["y_m"] - found.fixes["true_y_m"])[
            guests
        ].mean()
        for name, found in (("raw", followed), ("smoothed", smoothed))
    }
    assert error_m["smoothed"] < error_m["raw"]


def test_handing_segments_over_in_pieces_changes_no_fix(followed):
    assert same(followed, follow(corner_mall(), config_of("law"), pieces=7))


def test_rows_that_are_reused_or_not_change_no_fix(followed):
    again = follow(corner_mall(), config_of("law"), releases=False)

    assert again.phones.phones.size >= followed.phones.phones.size
    assert same(followed, again)


def test_every_true_place_is_that_of_the_log_at_the_scan(followed):
    fixes, log = followed.fixes, followed.segments
    order = np.lexsort((log["start_us"], log["visit"]))
    log = log[order]
    # The last segment of the visit that had begun at the scan: searched by (visit, start) as one number per row.
    visits, number = np.unique(log["visit"], return_inverse=True)
    scale = int(log["start_us"].max()) + 1
    at = np.searchsorted(
        number * scale + log["start_us"], np.searchsorted(visits, fixes["visit"]) * scale + fixes["time_us"], side="right"
    )
    row = at - 1
    assert (log["visit"][row] == fixes["visit"]).all()
    assert (log["end_us"][row] > fixes["time_us"]).all()
    columns = SegmentLog(**{name: log[name] for name in SegmentLog._fields[:-1]}, count=np.array([log.size]))
    x_m, y_m, level = positions_at(places_of(corner_mall().arrays), columns, row, fixes["time_us"])

    assert np.array_equal(level, fixes["true_level"])
    assert np.array_equal(x_m, fixes["true_x_m"])
    assert np.array_equal(y_m, fixes["true_y_m"])


def test_no_scan_is_used_twice_and_none_is_older_than_the_tick_before(followed):
    pairs = np.column_stack((followed.fixes["key"], followed.fixes["time_us"]))

    assert len(np.unique(pairs, axis=0)) == len(pairs)
    assert (followed.fixes["age_s"] > 0).all()
    assert (followed.fixes["age_s"] <= 60).all()


def test_a_guests_phone_has_a_fix_at_every_tick_while_its_party_is_inside():
    found = follow(corner_mall(), config_of("law", 40.0), joins_share=1.0)
    fixes, log = found.fixes, found.segments
    asked = (fixes["time_us"] + (fixes["age_s"] * 1e6).round().astype(np.int64)) // TIME_US
    for key in np.unique(fixes["key"]):
        mine = np.unique(asked[fixes["key"] == key])
        inside = log[log["visit"] == fixes["visit"][fixes["key"] == key][0]]
        lasts = int(inside["end_us"].max() // TIME_US - inside["start_us"].min() // TIME_US)

        assert mine.size >= lasts - 1  # a first and a last tick may find the scan outside the door
        assert (np.diff(mine) == 1).all()


def test_the_fixes_of_a_tick_are_in_order_of_scan_visit_and_phone(followed):
    fixes = followed.fixes
    asked_us = fixes["time_us"] + (fixes["age_s"] * 1e6).round().astype(np.int64)

    assert (np.diff(asked_us) >= 0).all()
    later = np.flatnonzero(np.diff(asked_us) == 0)
    assert (np.diff(fixes["time_us"])[later] >= 0).all()


def test_with_positioning_off_there_are_no_fixes():
    assert follow(corner_mall(), config_of("off", 40.0)).fixes["time_us"].size == 0


def test_a_law_of_no_error_finds_every_phone_where_it_is():
    config = config_of("law", 40.0)
    config.sensing.positioning.law_error_m_mean = 0.0
    config.sensing.positioning.law_floor_share = 1.0
    fixes = follow(corner_mall(), config).fixes

    assert fixes["time_us"].size > 800
    for name in ("level", "x_m", "y_m"):
        assert np.array_equal(fixes[name], fixes[f"true_{name}"])
    assert (fixes["radius_m"] == 0).all()


def test_the_same_scans_are_located_by_every_method():
    compiled, config = corner_mall(), config_of("law", 60.0)
    kit = Kit(compiled, config)
    by_law = follow(compiled, config, kit)
    by_radio = follow(compiled, config_of("full", 60.0), kit)
    row = np.searchsorted(by_law.fixes["time_us"], by_radio.fixes["time_us"])

    assert by_radio.fixes["time_us"].size > 0.9 * by_law.fixes["time_us"].size  # the others hear nothing
    assert (np.diff(by_law.fixes["time_us"]) > 0).all()
    for name in ("time_us", "key", "subject", "true_x_m", "true_y_m", "true_level"):
        assert np.array_equal(by_law.fixes[name][row], by_radio.fixes[name])
