"""The simulated survey: where it is made, what it holds, and what its age does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim import paths
from sim.config_sensing import SensingConfig
from sim.errors import ConfigError
from sim.floorplan.cache import load_compiled
from sim.plan_arrays import HALL
from sim.sensing.positioning.scans import Scans
from sim.sensing.positioning.survey import averaged, survey_of
from sim.sensing.radio.radio_map import build_radio

pytestmark = pytest.mark.compiled


@pytest.fixture(scope="module")
def mall():
    compiled = load_compiled(Path(paths.find_floorplan("corner_mall")))
    config = SensingConfig()
    return compiled, build_radio(compiled, config, 1), config


def surveyed(mall, seed=1, **changes):
    compiled, radio, config = mall
    return survey_of(compiled, radio, replace(config, survey=replace(config.survey, **changes)), seed)


def test_the_same_seed_makes_the_same_map_and_another_seed_another(mall):
    one, again, other = surveyed(mall), surveyed(mall), surveyed(mall, seed=2)

    assert np.array_equal(one.scans.rssi_dbm, again.scans.rssi_dbm)
    assert not np.array_equal(one.scans.rssi_dbm, other.scans.rssi_dbm)


@pytest.mark.parametrize("kind", ["grid", "walk"])
def test_surveyors_stand_where_people_can_be_and_in_order(mall, kind):
    compiled, _, _ = mall
    prints = surveyed(mall, kind=kind)
    rooms = compiled.rooms

    row, column = (
        ((at - origin) // rooms.cell_m).astype(int)
        for at, origin in ((prints.y_m, rooms.origin_y_m), (prints.x_m, rooms.origin_x_m))
    )
    standing = rooms.room[prints.level, row, column] >= HALL
    assert prints.level.size > 10
    assert standing.mean() > (0.99 if kind == "grid" else 0.8)
    assert np.array_equal(np.lexsort((prints.path, prints.y_m, prints.x_m, prints.level)), np.arange(prints.level.size))
    assert (np.diff(prints.scans.start) > 0).all()


def test_a_survey_that_stays_out_of_stores_has_places_in_halls_only(mall):
    compiled, _, _ = mall
    prints = surveyed(mall, includes_stores=False)
    rooms = compiled.rooms

    row, column = (
        ((at - origin) // rooms.cell_m).astype(int)
        for at, origin in ((prints.y_m, rooms.origin_y_m), (prints.x_m, rooms.origin_x_m))
    )
    assert (rooms.room[prints.level, row, column] == HALL).all()
    assert 0 < prints.level.size < surveyed(mall).level.size


def test_more_scans_hear_more_of_the_faint_access_points(mall):
    assert surveyed(mall, scans=20).scans.rssi_dbm.size > surveyed(mall, scans=1).scans.rssi_dbm.size


def test_an_old_map_differs_from_todays_radio_by_what_has_changed_since(mall):
    """With a hundred scans a place the noise is small; differences of an unaged map stay below those of an aged one; seed fixed."""
    today, again, old = (surveyed(mall, scans=100, age_months=months) for months in (0.0, 0.01, 24.0))

    def change_db(prints):
        base = {(level, x, y): row for row, (level, x, y) in enumerate(zip(today.level, today.x_m, today.y_m, strict=True))}
        found = []
        for row, place in enumerate(zip(prints.level, prints.x_m, prints.y_m, strict=True)):
            if place in base:
                now = dict(zip(*readings(today, base[place]), strict=True))
                found += [dbm - now[ap] for ap, dbm in zip(*readings(prints, row), strict=True) if now.get(ap, -99) > -65]
        return float(np.std(found))

    assert change_db(old) > 2 * change_db(again)


def readings(prints, row):
    rows = slice(prints.scans.start[row], prints.scans.start[row + 1])
    return prints.scans.access_point[rows].tolist(), prints.scans.rssi_dbm[rows].tolist()


@pytest.mark.parametrize("kind", ["grid", "walk"])
def test_a_survey_too_coarse_for_a_level_names_it(mall, kind):
    compiled, radio, config = mall
    no_floor = compiled.rooms._replace(
        room=np.where(np.arange(compiled.rooms.room.shape[0])[:, None, None] == 0, np.int16(-2), compiled.rooms.room)
    )
    bare = replace(compiled, rooms=no_floor, arrays=compiled.arrays._replace(leg_m=np.zeros_like(compiled.arrays.leg_m)))

    with pytest.raises(ConfigError, match=compiled.level_names[0]):
        survey_of(bare, radio, replace(config, survey=replace(config.survey, kind=kind)), 1)


def test_an_access_point_not_heard_counts_as_missing_in_the_mean():
    scans = Scans(np.array([0, 2, 3, 4]), np.array([0, 1, 0, 1], np.int32), np.array([-50, -60, -70, -40], np.float32))

    mean = averaged(scans, np.array([0, 0, 1]), -95.0, 2)

    assert mean.start.tolist() == [0, 2, 3]
    assert mean.access_point.tolist() == [0, 1, 1]
    assert mean.rssi_dbm.tolist() == [-60.0, (-60 - 95) / 2, -40.0]
