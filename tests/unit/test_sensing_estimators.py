"""Estimators of places: k nearest fingerprints against the plain definition, pruning, ties, and what cannot be located."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config_sensing import SensingConfig
from sim.errors import ConfigError
from sim.sensing.positioning.estimators import estimator, make_estimator
from sim.sensing.positioning.fingerprints import NO_PRINT_TABLES, fingerprints_in_order, print_tables
from sim.sensing.positioning.metrics import summary
from sim.sensing.positioning.multilateration import NO_RANGING
from sim.sensing.positioning.scans import Scans
from sim.verification import positioning_cases as hall

pytestmark = pytest.mark.compiled
SEED = 11


def noisy(points, places, number):
    return hall._heard(points, places, (SEED, number))


@pytest.fixture(scope="module")
def world():
    points = hall._access_points(hall.SPACING_M)
    grid, places = hall._corners(hall.GRID_M), hall._places(SEED)
    return points, grid, places, noisy(points, grid, 0), noisy(points, places, 1)


def scans_of(rows):
    start = np.concatenate(([0], np.cumsum([len(row) for row in rows]))).astype(np.int64)
    flat = [reading for row in rows for reading in row]
    return Scans(start, np.array([ap for ap, _ in flat], np.int32), np.array([dbm for _, dbm in flat], np.float32))


def prints_of(places, rows, path=None):
    level, x_m, y_m = (np.array(column) for column in zip(*places, strict=True))
    paths = np.full(len(places), -1) if path is None else np.array(path)
    return fingerprints_in_order(level, x_m.astype(float), y_m.astype(float), paths, scans_of(rows))


def test_the_search_finds_what_the_definition_says(world):
    """Weights 1 / (d + epsilon) of the 5 nearest by Euclid over all access points, level by weight, mean on that level."""
    points, grid, _, prints, scans = world
    tables = hall._tables(grid, prints, points, 5)
    fixes = estimator("knn", tables, NO_RANGING, is_pruned=False).locate(scans)

    heard = np.full((len(scans.start) - 1, points.key.size), hall.MISSING_DBM)
    heard[np.repeat(np.arange(len(heard)), np.diff(scans.start)), scans.access_point] = scans.rssi_dbm
    strength_db = np.zeros((tables.level.size, points.key.size))
    is_filled = tables.place >= 0
    strength_db[tables.place[is_filled]] = tables.strength_db.transpose(0, 2, 1)[is_filled]
    for row in range(0, 300):
        distance = np.sqrt((((heard[row] - hall.MISSING_DBM) - strength_db) ** 2).sum(axis=1))
        near = np.argsort(distance, kind="stable")[:5]
        weight = 1 / (distance[near] + 1e-3)
        votes = np.bincount(tables.level[near], weight, hall.LEVELS)
        on = tables.level[near] == votes.argmax()
        assert fixes.level[row] == votes.argmax()
        assert fixes.x_m[row] == pytest.approx(np.average(tables.x_m[near][on], weights=weight[on]), abs=1e-6)
        assert fixes.y_m[row] == pytest.approx(np.average(tables.y_m[near][on], weights=weight[on]), abs=1e-6)
        assert fixes.xx_m2[row] * fixes.yy_m2[row] > fixes.xy_m2[row] ** 2


def test_a_pruned_search_seldom_differs_and_errs_no_more(world):
    """In a small hall; on the default mall 1 to 3 % of the fixes differ. The seed is fixed."""
    points, grid, places, prints, scans = world
    tables = hall._tables(grid, prints, points, 5)
    full, pruned = (estimator("knn", tables, NO_RANGING, is_pruned=is_pruned).locate(scans) for is_pruned in (False, True))

    differs = (full.x_m != pruned.x_m) | (full.y_m != pruned.y_m) | (full.level != pruned.level)
    of_full, of_pruned = (
        summary(f.x_m - places[:, 1], f.y_m - places[:, 2], f.level, places[:, 0].astype(int)) for f in (full, pruned)
    )
    assert differs.mean() < 0.10
    assert of_pruned.p75_m < 1.03 * of_full.p75_m
    assert of_pruned.floor_share > of_full.floor_share - 0.01


def test_one_scan_alone_is_located_as_in_a_batch(world):
    points, grid, _, prints, scans = world
    for name in ("knn", "multilateration", "nearest"):
        found = estimator(name, hall._tables(grid, prints, points, 5), hall._ranging(points))
        fixes = found.locate(scans)
        for scan in range(20):
            first, end = scans.start[scan], scans.start[scan + 1]
            alone = found.locate(Scans(np.array([0, end - first]), scans.access_point[first:end], scans.rssi_dbm[first:end]))
            assert [column[0] for column in alone] == [column[scan] for column in fixes]


@pytest.mark.parametrize("name", ["knn", "multilateration", "nearest"])
def test_a_phone_that_hears_nothing_is_nowhere(world, name):
    points, grid, _, prints, _ = world
    fixes = estimator(name, hall._tables(grid, prints, points, 5), hall._ranging(points)).locate(scans_of([[], [(0, -60.0)]]))

    assert fixes.level[0] == -1
    assert np.isnan(fixes.x_m[0])
    assert np.isnan(fixes.xx_m2[0])
    assert fixes.level[1] >= 0
    assert np.isfinite(fixes.x_m[1])


def test_the_order_of_the_survey_changes_nothing(world):
    points, grid, _, prints, scans = world
    shuffled = np.argsort((np.arange(len(grid)) * 7919) % len(grid))
    start = np.concatenate(([0], np.cumsum(np.diff(prints.start)[shuffled])))
    rows = np.concatenate([np.arange(prints.start[place], prints.start[place + 1]) for place in shuffled])
    other = Scans(start, prints.access_point[rows], prints.rssi_dbm[rows])

    one = estimator("knn", hall._tables(grid, prints, points, 5), NO_RANGING).locate(scans)
    two = estimator("knn", hall._tables(grid[shuffled], other, points, 5), NO_RANGING).locate(scans)

    for first, second in zip(one, two, strict=True):
        assert np.array_equal(first, second)


def test_of_equally_distant_fingerprints_the_one_with_the_lower_place_counts():
    places = [(0, 9.0, 0.0), (0, 1.0, 0.0), (0, 5.0, 0.0)]
    for order in ([0, 1, 2], [2, 1, 0], [1, 0, 2]):
        prints = prints_of([places[row] for row in order], [[(0, -50.0)]] * 3)
        fixes = estimator("knn", print_tables(prints, 1, 1, -95.0, 2), NO_RANGING).locate(scans_of([[(0, -60.0)]]))
        assert fixes.x_m[0] == pytest.approx(3.0)


def test_the_level_that_weighs_more_wins_and_only_its_neighbours_make_the_place():
    prints = prints_of([(0, 0.0, 0.0), (1, 10.0, 0.0), (1, 20.0, 0.0)], [[(0, -50.0)], [(0, -51.0)], [(0, -49.0)]])
    fixes = estimator("knn", print_tables(prints, 1, 2, -95.0, 3), NO_RANGING).locate(scans_of([[(0, -47.0)], [(0, -50.0)]]))

    assert list(fixes.level) == [1, 0], "two that are nearly as near outweigh one; a perfect match outweighs all"
    assert fixes.x_m[0] == pytest.approx((10 / 4.001 + 20 / 2.001) / (1 / 4.001 + 1 / 2.001), rel=1e-4)


def test_a_walk_left_out_does_not_help_to_locate_its_own_scans():
    prints = prints_of([(0, 0.0, 0.0), (0, 50.0, 0.0)], [[(0, -50.0)], [(0, -70.0)]], path=[3, 4])
    found = estimator("knn", print_tables(prints, 1, 1, -95.0, 1), NO_RANGING)

    for path, x_m in ((-1, 0.0), (3, 50.0), (4, 0.0)):
        assert found.locate(scans_of([[(0, -50.0)]]), np.array([path])).x_m[0] == x_m


def test_nearest_is_at_the_strongest_access_point(world):
    points = world[0]
    fixes = estimator("nearest", NO_PRINT_TABLES, hall._ranging(points)).locate(
        scans_of([[(3, -60.0), (7, -50.0), (9, -50.0)]])
    )

    assert (fixes.level[0], fixes.x_m[0], fixes.y_m[0]) == (points.level[7], points.x_m[7], points.y_m[7])


def test_two_access_points_still_give_a_finite_place_between_them(world):
    points = world[0]
    fixes = estimator("multilateration", NO_PRINT_TABLES, hall._ranging(points)).locate(scans_of([[(0, -60.0), (1, -60.0)]]))

    assert np.isfinite([fixes.x_m[0], fixes.y_m[0], fixes.xx_m2[0], fixes.yy_m2[0]]).all()
    assert points.x_m[0] - 20 <= fixes.x_m[0] <= points.x_m[1] + 20


def test_an_estimator_that_does_not_exist_is_named_with_those_that_do(world):
    points = world[0]
    with pytest.raises(ConfigError, match=r"'wknn'.*knn, multilateration, nearest"):
        make_estimator("wknn", points, None, SensingConfig(), (0.0, 5.0, 10.0))
