"""Where an arm makes a difference: hours, levels, tenants and segments of hand-made runs."""

from __future__ import annotations

import json

import pytest

from sim.experiments.effects import effects_of
from sim.experiments.parts import (
    ARRIVALS,
    INSIDE,
    KINDS,
    LEVEL_SALES,
    LEVEL_TIME,
    PASSINGS,
    SALES,
    SPENDING,
    STAY,
    TENANTS,
    VISITS,
    parts_in,
)
from sim.reporting.zone_parts import ZONES

pytestmark = pytest.mark.plain
LUCK = [3.0, -2.0, 1.0, -3.0, 2.0, -1.0]


def parts_of(**kinds):
    return {**{kind: {} for kind in KINDS}, **{KIND[name]: values for name, values in kinds.items()}}


KIND = {"tenants": TENANTS, "sales": SALES, "spending": SPENDING}


def two_arms(left, right):
    found = {("none", number): parts for number, parts in enumerate(left, start=1)}
    return found | {("move", number): parts for number, parts in enumerate(right, start=1)}


def test_hours_and_levels_are_read_from_the_files_of_a_run(tmp_path):
    (tmp_path / "tenants.csv").write_text("unit,level,sales_fen\na,Ground,100\nb,Ground,50\nc,Upper,7\n", encoding="utf-8")
    (tmp_path / "segments.csv").write_text(
        "segment,visits,spent_fen,satisfaction_mean,stay_min_mean\nmembers,4,600,0.5,30\nby car,0,0,,\n", encoding="utf-8"
    )
    curves = {
        "sales_fen": [10, 147],
        "arrivals_people": [2, 3],
        "store_entries": [1, 1],
        "people_inside": [0, 1, 4, 3],
        "levels": {"L1": "Ground", "L2": "Upper"},
        "zones": {"level": ["L1", "L2", "L1"], "person_s": [60, 30, 90]},
    }
    (tmp_path / "curves.json").write_text(json.dumps(curves), encoding="utf-8")

    found = parts_in(tmp_path)

    assert found[SALES] == {"00:00": 10.0, "01:00": 147.0}
    assert found[ARRIVALS] == {"00:00": 2.0, "01:00": 3.0}
    assert found[INSIDE] == {"00:00": 0.5, "01:00": 3.5}
    assert found[LEVEL_SALES] == {"Ground": 150.0, "Upper": 7.0}
    assert found[LEVEL_TIME] == {"Ground": 2.5, "Upper": 0.5}
    assert found[VISITS] == {"members": 4.0, "by car": 0.0}
    assert (found[STAY], found[SPENDING]) == ({"members": 30.0}, {"members": 150.0})


def test_a_folder_without_files_has_no_parts(tmp_path):
    assert parts_in(tmp_path) == {kind: {} for kind in (*KINDS, PASSINGS, ZONES)}


def test_days_in_a_row_have_hours_of_the_mean_weekday_and_weekend(tmp_path):
    day = {"sales_fen": [1.5], "people_inside": [2, 4]}
    (tmp_path / "curves.json").write_text(json.dumps({"weekday": day, "weekend": day, "zones": {"person_s": [1]}}))

    assert parts_in(tmp_path)[INSIDE] == {"weekday 00:00": 3.0, "weekend 00:00": 3.0}


def test_what_always_moves_is_seen_and_luck_is_not():
    left = [parts_of(tenants={"a": 100.0, "b": 100.0}, sales={"10:00": 9.0}) for _ in LUCK]
    right = [parts_of(tenants={"a": 60.0 + swing, "b": 100.0 + swing}, sales={"10:00": 9.0}) for swing in LUCK]

    found = {(each["kind"], each["name"]): each for each in effects_of(["none", "move"], two_arms(left, right), range(1, 7))}

    assert found[TENANTS, "a"]["verdict"] == "lower"
    assert found[TENANTS, "a"]["difference_mean"] == -40.0
    assert found[TENANTS, "b"]["verdict"] == "no difference seen"
    assert (found[SALES, "10:00"]["difference_mean"], found[SALES, "10:00"]["p_adjusted"]) == (0.0, 1.0)


def test_every_effect_is_corrected_for_the_number_of_all_effects_of_all_arms_and_kinds():
    left = [parts_of(tenants={"a": 100.0}, spending={"members": 5.0}) for _ in LUCK]
    right = [parts_of(tenants={"a": 102.0 + swing}, spending={"members": 5.0 + swing}) for swing in LUCK]

    (alone,) = effects_of(
        ["none", "move"],
        two_arms([parts_of(tenants=p[TENANTS]) for p in left], [parts_of(tenants=p[TENANTS]) for p in right]),
        range(1, 7),
    )
    first, _ = effects_of(["none", "move"], two_arms(left, right), range(1, 7))

    assert alone["p_adjusted"] == alone["p_value"] == first["p_value"]
    assert first["p_adjusted"] == 2 * first["p_value"]


def test_an_empty_hour_and_a_segment_that_most_days_lack_are_left_out():
    left = [parts_of(sales={"03:00": 0.0}, spending={"cinema": 5.0} if number < 2 else {}) for number in range(6)]

    assert effects_of(["none", "move"], two_arms(left, left), range(1, 7)) == []
