"""Access points: their coverage is what phones hear, a proposal can be built and reaches what it claims, and mistakes are named."""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim import cli, cli_wifi
from sim.config import RunConfig
from sim.config_sensing import SensingConfig
from sim.floorplan.compile import compile_plan
from sim.floorplan.read import read_plan
from sim.floorplan.write_galleria import write_plan
from sim.plan_arrays import HALL, CompiledPlan
from sim.reporting.coverage_drawing import draw_coverage
from sim.sensing.positioning.kit import Kit
from sim.sensing.positioning.scans import Scans
from sim.sensing.radio import wifi_design
from sim.sensing.radio.coverage import Coverage, _error_map, _heard_on_floor, coverage_of, shares_of
from sim.sensing.radio.radio_map import build_radio, hear_many
from sim.sensing.radio.trials import Located, Trial, heard_by, hung, located, percentile_m, phones_on_floor, try_out, without

CORNER = Path(__file__).resolve().parents[2] / "floorplans" / "corner_mall"
pytestmark = pytest.mark.compiled


@cache
def corner() -> CompiledPlan:
    return compile_plan(read_plan(CORNER))


@cache
def tried() -> Trial:
    compiled = corner()
    config = SensingConfig()
    return try_out(compiled, wifi_design.on_grid(compiled, 12.0), phones_on_floor(compiled, 400, config, 3), config)


@cache
def covered() -> Coverage:
    return coverage_of(corner(), SensingConfig(), 1)


def test_every_access_point_of_a_grid_hangs_over_floor_and_a_wider_grid_has_no_more():
    compiled = corner()
    rooms = compiled.rooms
    counts = []
    for spacing_m in (6.0, 9.0, 14.0, 21.0, 60.0):
        points = wifi_design.on_grid(compiled, spacing_m)
        row = ((points.y_m - rooms.origin_y_m) / rooms.cell_m).astype(int)
        column = ((points.x_m - rooms.origin_x_m) / rooms.cell_m).astype(int)
        assert (rooms.room[points.level, row, column] >= HALL).all()
        assert np.unique(points.key).size == points.key.size
        counts.append(points.key.size)

    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == len(compiled.level_ids)


def test_a_plan_written_with_proposed_access_points_has_just_these(tmp_path):
    compiled = corner()
    points = wifi_design.on_grid(compiled, 11.0)
    drawn = cli_wifi._as_drawn(compiled, points)

    write_plan(dataclasses.replace(read_plan(CORNER), access_points=drawn), tmp_path)

    read = compile_plan(read_plan(tmp_path)).access_points
    for name in points._fields:
        np.testing.assert_array_equal(getattr(read, name), getattr(points, name), err_msg=name)


def test_leaving_readings_out_is_the_same_as_the_access_points_having_been_off():
    trial = tried()
    kept = np.arange(trial.access_points.key.size) % 3 > 0
    trial.radio.is_on[:] = kept

    heard = heard_by(trial.radio, trial.phones)

    trial.radio.is_on[:] = 1
    for one, other in zip(without(trial.scans, kept), heard, strict=True):
        np.testing.assert_array_equal(one, other)


def test_fewer_access_points_do_not_locate_better():
    """Half of them against all, 400 phones: the 75th percentile grows by metres; a false alarm would take a tenth of that by luck."""
    trial, config = tried(), SensingConfig()
    kept = np.arange(trial.access_points.key.size) % 2 == 0

    all_m, half_m = (percentile_m(located(corner(), trial, config, mask).error_m, 0.75) for mask in (None, kept))

    assert half_m > all_m


def test_phones_stand_on_floor_spread_evenly_and_another_batch_elsewhere():
    compiled, config = corner(), SensingConfig()

    phones, others = (phones_on_floor(compiled, 500, config, 3, batch) for batch in (0, 1))

    rooms = compiled.rooms
    assert (rooms.room.ravel()[phones.cell] >= HALL).all()
    share = np.bincount(phones.level, minlength=2) / 500
    floor = (rooms.room >= HALL).sum(axis=(1, 2))
    np.testing.assert_allclose(share, floor / floor.sum(), atol=0.003)
    assert not np.isin(phones.key, others.key).any()
    assert not np.isin(phones.x_m, others.x_m).any()


def fake_world(monkeypatch, error_of_count):
    """Let the error depend on nothing but the number of access points."""
    empty = Scans(np.zeros(2, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))

    def try_nothing(compiled, access_points, phones, config):
        return Trial(access_points, None, None, phones, empty)

    def locate_nothing(compiled, trial, config, kept=None, phones=None):
        count = trial.access_points.key.size if kept is None else int(kept.sum())
        return Located(np.full(8, error_of_count(count)), np.ones(8, bool))

    monkeypatch.setattr(wifi_design, "try_out", try_nothing)
    monkeypatch.setattr(wifi_design, "located", locate_nothing)


@pytest.mark.parametrize("needed", [4, 9, 17])
def test_the_search_ends_within_a_few_of_the_fewest_that_are_needed(monkeypatch, needed):
    fake_world(monkeypatch, lambda count: 4.0 if count >= needed else 9.0)

    found = wifi_design.propose(corner(), SensingConfig(), 1, 5.0)

    assert found.best.error_m_p75 <= 5.0
    assert needed <= found.access_points.key.size <= needed + 1
    assert len(found.attempts) < 30


def test_a_target_out_of_reach_gives_the_most_exact_that_was_tried(monkeypatch):
    fake_world(monkeypatch, lambda count: 7.0 + 1.0 / count)

    found = wifi_design.propose(corner(), SensingConfig(), 1, 5.0)

    assert found.best == min(found.attempts, key=lambda attempt: attempt.error_m_p75)
    assert found.access_points.key.size == found.best.access_points == max(one.access_points for one in found.attempts)


def test_what_only_the_phones_of_the_search_reach_is_not_proposed(monkeypatch):
    fake_world(monkeypatch, lambda count: 4.0 if count >= 9 else 9.0)
    lenient = wifi_design.located

    def stricter(compiled, trial, config, kept=None, phones=None):
        is_few = phones is not None and kept is not None and kept.sum() < 11
        return Located(np.full(8, 9.0), np.ones(8, bool)) if is_few else lenient(compiled, trial, config, kept)

    monkeypatch.setattr(wifi_design, "located", stricter)

    found = wifi_design.propose(corner(), SensingConfig(), 1, 5.0)

    assert min(one.access_points for one in found.attempts if one.error_m_p75 <= 5.0) < 11 <= found.access_points.key.size
    assert found.confirmed_m_p75 <= 5.0


def test_the_same_question_gets_the_same_proposal():
    one, two = (wifi_design.propose(corner(), SensingConfig(), 5, 9.0, fixes=300) for _ in range(2))

    assert one.attempts == two.attempts
    np.testing.assert_array_equal(one.access_points.key, two.access_points.key)
    assert one.best.error_m_p75 <= 9.0


@pytest.mark.parametrize("building_seed", [0, 1])
def test_coverage_is_tried_out_in_the_building_and_with_the_survey_that_a_run_simulates(building_seed, tmp_path):
    compiled, config = corner(), RunConfig()
    config.sensing.radio.building_seed = building_seed
    kit = Kit(compiled, config, folder=tmp_path)

    trial = try_out(compiled, compiled.access_points, phones_on_floor(compiled, 5, config.sensing, 3), config.sensing)

    for name in ("entry_ap", "entry_dbm", "entry_bias"):
        np.testing.assert_array_equal(getattr(trial.radio, name), getattr(kit.radio, name), err_msg=name)
    for one, other in zip(trial.prints.scans, kit.fingerprints.scans, strict=True):
        np.testing.assert_array_equal(one, other)


def test_another_seed_moves_the_phones_only_and_another_building_seed_the_shadows():
    again, elsewhere = coverage_of(corner(), SensingConfig(), 2), SensingConfig()
    elsewhere.radio.building_seed = 1
    other = coverage_of(corner(), elsewhere, 1)

    np.testing.assert_array_equal(again.best_dbm, covered().best_dbm)
    np.testing.assert_array_equal(again.heard, covered().heard)
    assert not np.isin(again.phones.x_m, covered().phones.x_m).any()
    np.testing.assert_array_equal(other.phones.x_m, covered().phones.x_m)
    assert not np.array_equal(other.best_dbm, covered().best_dbm, equal_nan=True)


def test_coverage_is_known_on_the_floor_and_nowhere_else():
    found, is_floor = covered(), corner().rooms.room >= HALL

    np.testing.assert_array_equal(np.isfinite(found.heard), is_floor)
    np.testing.assert_array_equal(~np.isnan(found.best_dbm), is_floor)
    np.testing.assert_array_equal(~np.isnan(found.error_m_p75), is_floor)


@pytest.mark.parametrize("floor_dbm", [-88.0, -62.0])
def test_as_many_access_points_count_as_heard_as_half_of_the_scans_hear(floor_dbm):
    """1,000 scans at each of 60 places; a share within four standard errors of 1/2 is left open (false alarm below 1 in 100 runs)."""
    compiled, config, scans = corner(), SensingConfig(), 1000
    config.radio.floor_dbm = floor_dbm
    radio = build_radio(compiled, config, config.radio.building_seed)
    rooms, half = compiled.rooms, radio.cell_m / 2
    _, counted = _heard_on_floor(compiled, radio)
    floor = np.argwhere(rooms.room >= HALL)
    places = floor[:: len(floor) // 60]
    level, y_m, x_m = (
        places[:, 0],
        *(
            ((places[:, axis] + 0.5) * rooms.cell_m // radio.cell_m * radio.cell_m + half + origin)
            for axis, origin in ((1, rooms.origin_y_m), (2, rooms.origin_x_m))
        ),
    )
    who = np.repeat(np.arange(len(places)), scans)
    at = (x_m[who], y_m[who], x_m[who], y_m[who])

    heard = hear_many(radio, who, np.zeros(who.size), *at, level[who], np.tile(np.arange(scans), len(places)))

    owner = np.repeat(who, np.diff(heard.start)) * radio.key.size + heard.access_point
    share = np.bincount(owner, minlength=len(places) * radio.key.size).reshape(len(places), -1) / scans
    open_ = 4 * 0.5 / np.sqrt(scans)
    number = counted[places[:, 0], places[:, 1], places[:, 2]]
    assert ((share > 0.5 + open_).sum(axis=1) <= number).all()
    assert (number <= (share > 0.5 - open_).sum(axis=1)).all()
    assert np.unique(number).size > 1


def test_in_an_open_hall_the_best_signal_is_right_below_an_access_point():
    config = SensingConfig()
    radio = config.radio
    radio.shadowing_db = radio.front_loss_db = radio.wall_loss_db = radio.solid_loss_db = 0.0

    found, points = coverage_of(corner(), config, 1), corner().access_points

    rooms = corner().rooms
    row = ((points.y_m - rooms.origin_y_m) / rooms.cell_m).astype(int)
    column = ((points.x_m - rooms.origin_x_m) / rooms.cell_m).astype(int)
    for level in range(2):
        below = found.best_dbm[level, row, column][points.level == level]
        assert below.max() == np.nanmax(found.best_dbm[level])


def test_the_error_of_a_place_is_that_of_the_phones_around_it():
    compiled, config = corner(), SensingConfig()
    phones = phones_on_floor(compiled, 800, config, 1)
    error_m = np.where(phones.x_m < 20.0, 3.0, 8.0)

    drawn = _error_map(compiled, phones, Located(error_m, np.ones(800, bool)))

    is_floor = compiled.rooms.room >= HALL
    assert (drawn[:, :, :12][is_floor[:, :, :12]] == 3.0).all()
    assert (drawn[:, :, 28:][is_floor[:, :, 28:]] == 8.0).all()


def test_the_pictures_name_estimator_unit_and_level_and_repeat_byte_for_byte(tmp_path):
    levels = shares_of(corner(), covered())

    first, second = (draw_coverage(corner(), covered(), levels, RunConfig(), tmp_path / name) for name in ("a", "b"))

    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    text = (tmp_path / "a" / "corner_mall_L2_error.svg").read_text(encoding="utf-8")
    assert "Floor 2" in text
    assert "estimator knn, grid survey every 4 m" in text
    assert "expected error (75th percentile) of positions, m" in text
    facts = json.loads((tmp_path / "a" / "coverage.json").read_text())
    assert [one["level"] for one in facts["levels"]] == ["L1", "L2"]
    assert all(0.0 <= one["good_share"] <= 1.0 for one in facts["levels"])


def test_a_plan_without_access_points_has_no_coverage_to_draw(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_plan(dataclasses.replace(read_plan(CORNER), access_points=[]), tmp_path / "bare")

    assert cli.main(["floorplan", "draw", "./bare", "--coverage"]) == 2

    assert "galleria floorplan access-points" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("access-points", "corner_mall", "target_p75_m=five"), "must be a number"),
        (("access-points", "corner_mall", "target_p75_m=nan"), "between 0.5 and 50"),
        (("access-points", "corner_mall", "target_p75_m=0"), "between 0.5 and 50"),
        (("access-points", "corner_mall", "goal=5"), "no parameter of this name"),
        (("access-points", "corner_mall", "sensing.positioning.estimator=best"), "knn, multilateration, nearest"),
        (("access-points", "nowhere"), "available"),
        (("draw", "corner_mall", "a", "b", "--coverage"), "one word too many"),
        (("draw", "corner_mall", "--coverage", "services.balk_queue=3"), "no parameter of this name"),
        (("check", "corner_mall", "--coverage"), "belongs to"),
    ],
)
def test_a_mistake_is_named_before_anything_is_computed(words, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    assert cli.main(["floorplan", *words]) == 2

    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_proposal_is_a_plan_that_can_be_used(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    assert cli.main(["floorplan", "access-points", "corner_mall", "corner_wifi", "target_p75_m=9", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    compiled = compile_plan(read_plan(tmp_path / "floorplans" / "corner_wifi"))
    assert compiled.name == "corner_wifi"
    assert compiled.access_points.key.size == told["proposed"]["access_points"]
    assert told["is_reached"] is (told["proposed"]["error_m_p75"] <= 9.0)


def test_a_percentile_counts_those_without_a_place_as_wrong():
    error_m = np.array([1.0, 2.0, 3.0, np.inf])

    assert percentile_m(error_m, 0.75) == 3.0
    assert percentile_m(error_m, 0.8) == np.inf


def test_other_access_points_leave_the_rest_of_the_plan_alone():
    other = hung(corner(), wifi_design.on_grid(corner(), 20.0))

    assert other.arrays is corner().arrays
    assert other.rooms is corner().rooms
