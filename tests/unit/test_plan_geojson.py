"""Hostile and damaged files end in one clear message, never in a traceback or a silent area of zero."""

from __future__ import annotations

import json
import os
import zipfile

import pytest

from sim.errors import FloorPlanError
from sim.floorplan.geojson import Faults, geometry_of, shown
from sim.floorplan.read import read_plan
from sim.floorplan.repair import made_valid
from sim.floorplan.write_galleria import write_plan
from tests.plan_samples import sound_plan

SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]


def polygon(*rings):
    return {"type": "Feature", "id": "one", "properties": {}, "geometry": {"type": "Polygon", "coordinates": list(rings)}}


def read(feature):
    faults = Faults()
    return geometry_of(feature, "one", "unit 'one'", faults), faults


def test_a_sound_square_is_read_as_it_is():
    shape, faults = read(polygon(SQUARE))

    assert shape.area == 100.0
    assert not faults.problems
    assert not faults.repairs


def test_a_ring_left_open_is_closed_and_listed():
    shape, faults = read(polygon(SQUARE[:-1]))

    assert shape.area == 100.0
    assert faults.repairs == [("one", "ring left open in the drawing was closed")]


@pytest.mark.parametrize(
    "ring",
    [
        [[0, 0], [10, 0]],
        [[0, 0], [10, 0], [0, 0]],
        [[0, 0], [0, 0], [0, 0], [0, 0]],
        [[0, 0], [float("nan"), 0], [0, 10], [0, 0]],
        [[0, 0], [float("inf"), 0], [0, 10], [0, 0]],
        [[0, 0], [1e308, 0], [0, 10], [0, 0]],
        [[1e17, 0], [1e17 + 100, 0], [1e17, 100], [1e17, 0]],
        [[0, 0], ["10", 0], [0, 10], [0, 0]],
        [[0, 0], [True, 0], [0, 10], [0, 0]],
        [[0], [1], [2], [0]],
        [[0, 0], [10**400, 0], [0, 10], [0, 0]],
        [],
        "ring",
        None,
    ],
)
def test_a_ring_that_is_none_is_refused_with_its_place(ring):
    shape, faults = read(polygon(ring))

    assert shape is None
    assert faults.problems[0].place == "unit 'one'"
    assert faults.unreadable == {"one"}


def test_coordinates_nested_ten_thousand_deep_are_refused():
    deep = []
    for _ in range(500):
        deep = [deep]

    assert read(polygon(deep))[0] is None


def test_a_million_vertices_and_more_are_refused():
    shape, faults = read(polygon([[index, 0] for index in range(1_000_001)]))

    assert shape is None
    assert "vertices" in str(faults.problems[0])


def test_a_hole_outside_its_polygon_is_mended_with_both_areas_listed():
    shape, _ = read(polygon(SQUARE, [[20, 0], [30, 0], [30, 10], [20, 0]]))

    mended, what = made_valid(shape)

    assert mended.is_valid
    assert mended.area == pytest.approx(150.0)
    assert "Hole lies outside shell" in what


def test_a_bow_tie_keeps_both_halves_when_mended():
    shape, _ = read(polygon([[0, 0], [10, 10], [10, 0], [0, 10], [0, 0]]))

    mended, what = made_valid(shape)

    assert mended.area == pytest.approx(50.0)
    assert "Self-intersection" in what


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("empty.geojson", b"", "empty"),
        ("blank.geojson", b"  \n", "empty"),
        ("binary.geojson", bytes(range(256)) * 10, "text"),
        ("latin.geojson", '{"a": "é"}'.encode("latin-1"), "UTF-8"),
        ("cut.geojson", b'{"type": "FeatureCollection", "features": [', "whole"),
        ("list.geojson", b"[1, 2]", "object"),
        ("other.geojson", b'{"type": "Topology"}', "FeatureCollection"),
        ("odd.geojson", b'{"type": "FeatureCollection", "features": [3]}', "feature"),
        ("no_indoor.geojson", b'{"type": "FeatureCollection", "features": []}', "indoor"),
        ("deep.geojson", b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "plain"),
        ("cut.zip", b"PK\x03\x04broken", "archive"),
    ],
)
def test_a_damaged_file_ends_in_one_message(tmp_path, name, data, word):
    (tmp_path / name).write_bytes(data)

    with pytest.raises(FloorPlanError) as raised:
        read_plan(tmp_path / name)
    assert word in str(raised.value)
    assert len(raised.value.problems) == 1


def test_a_missing_plan_and_an_unknown_folder_are_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")

    for path in (tmp_path / "nowhere", tmp_path, tmp_path / "notes.txt"):
        with pytest.raises(FloorPlanError, match="1 problem"):
            read_plan(path)


def test_a_file_too_big_is_refused_before_it_is_read(tmp_path):
    with open(tmp_path / "huge.geojson", "wb") as file:
        os.truncate(file.fileno(), 300_000_000)  # sparse: takes no room

    with pytest.raises(FloorPlanError, match="300,000,000 bytes"):
        read_plan(tmp_path / "huge.geojson")


def test_all_faults_of_a_galleria_folder_come_together(tmp_path):
    write_plan(sound_plan(), tmp_path)
    entrances = json.loads((tmp_path / "entrances.geojson").read_text())
    entrances["features"][0]["geometry"]["coordinates"] = [1]
    entrances["features"][1]["properties"]["width_m"] = "wide"
    (tmp_path / "entrances.geojson").write_text(json.dumps(entrances))
    (tmp_path / "tenants.csv").write_text("name,category,unit,staff,rent_yuan_per_year\nA,cafe,F1-0,many,1.234\n")
    (tmp_path / "units.geojson").unlink()

    with pytest.raises(FloorPlanError) as raised:
        read_plan(tmp_path)
    text = str(raised.value)
    for word in ("entrances.geojson 'door'", "width_m", "line 2 staff", "line 2 rent_yuan_per_year", "the file must exist"):
        assert word in text


def test_terminal_control_characters_never_reach_a_message():
    assert "\x1b" not in shown("\x1b[31mred")
    assert len(shown("x" * 10_000)) <= 80


@pytest.mark.parametrize("name", ["../level.geojson", "/etc/level.geojson", "a\\level.geojson"])
def test_archive_names_that_climb_out_are_refused(tmp_path, name):
    path = tmp_path / "plan.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), "{}")
    with pytest.raises(FloorPlanError, match="names stay inside"):
        read_plan(path)


def test_a_link_in_an_archive_is_refused(tmp_path):
    path = tmp_path / "plan.zip"
    link = zipfile.ZipInfo("level.geojson")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")

    with pytest.raises(FloorPlanError, match="plain files"):
        read_plan(path)


def test_a_zip_bomb_is_refused_without_unpacking_it(tmp_path):
    path = tmp_path / "plan.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("level.geojson", b" " * 20_000_000)

    with pytest.raises(FloorPlanError, match="packed at most"):
        read_plan(path)


def test_an_archive_of_many_files_is_refused(tmp_path):
    path = tmp_path / "plan.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for index in range(300):
            archive.writestr(f"{index}.geojson", "{}")

    with pytest.raises(FloorPlanError, match="at most 200 files"):
        read_plan(path)
