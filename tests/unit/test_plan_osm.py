"""OpenStreetMap indoor data: a made-up mall, and Grand'Place in Grenoble where it is at hand."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from sim.errors import FloorPlanError
from sim.floorplan.check import problems_of
from sim.floorplan.importing import import_plan
from sim.floorplan.projection import LocalMetres
from sim.floorplan.read import read_plan
from sim.floorplan.read_osm import levels_of
from tests.plan_samples import SHARED

GRENOBLE = SHARED / "grenoble_grandplace_osm" / "grand_place.geojson"
LONGITUDE, LATITUDE = 5.73, 45.16
DEGREE_M = 78_700.0, 111_150.0  # of longitude and latitude there, to 0.1 %


def at(x_m, y_m):
    return [LONGITUDE + x_m / DEGREE_M[0], LATITUDE + y_m / DEGREE_M[1]]


def rectangle(x0, y0, x1, y1):
    return {"type": "Polygon", "coordinates": [[at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1), at(x0, y0)]]}


def feature(identity, geometry, **tags):
    return {"type": "Feature", "id": identity, "geometry": geometry, "properties": tags}


def small_mall():
    features = []
    for level in ("0", "1"):
        features.append(feature(f"hall{level}", rectangle(0, 10, 40, 18), indoor="corridor", level=level))
        features.append(feature(f"shop{level}", rectangle(0, 0, 20, 10), indoor="room", shop="shoes", name="A &amp; B", level=level,
                                opening_hours="Mo-Sa 09:30-20:00"))  # fmt: skip
    features.append(feature("cafe", rectangle(20, 0, 40, 10), indoor="room", amenity="cafe", level="0"))
    features.append(feature("odd", rectangle(0, 18, 20, 28), indoor="room", shop="dragons", name="Drake", level="1"))
    features.append(feature("lift", {"type": "Point", "coordinates": at(2, 14)}, highway="elevator", level="0;1"))
    way = {"type": "LineString", "coordinates": [at(10, 14), at(20, 14)]}
    features.append(feature("up", way, highway="steps", conveying="forward", incline="up", level="0;1"))
    features.append(feature("down", way, highway="steps", conveying="backward", incline="up", level="0;1"))
    features.append(feature("stairs", way, highway="steps", level="0-1"))
    features.append(feature("main", {"type": "Point", "coordinates": at(0, 14)}, entrance="main"))
    return {"type": "FeatureCollection", "features": features}


@pytest.fixture
def mall(tmp_path):
    path = tmp_path / "mall.geojson"
    path.write_text(json.dumps(small_mall()))
    return read_plan(path)


def test_rooms_corridors_and_ways_become_a_sound_plan(mall):
    assert problems_of(mall) == []
    assert Counter(one.kind for one in mall.connectors) == {"lift": 1, "escalator": 2, "stairs": 1}
    assert [(tenant.name, tenant.category) for tenant in mall.tenants if tenant.unit == "shop0"] == [("A & B", "footwear")]


def test_escalators_run_the_way_they_convey(mall):
    directions = {one.id: [stop.level for stop in one.stops] for one in mall.connectors if one.kind == "escalator"}

    assert directions == {"escalator-up": ["0", "1"], "escalator-down": ["1", "0"]}


def test_every_guess_is_listed(mall):
    text = "\n".join(repair.what for repair in mall.repairs)

    for word in (
        "unknown shop=dragons",
        "opening hours 'Mo-Sa 09:30-20:00'",
        "door 2.00 m wide inferred",
        "without a level placed",
    ):
        assert word in text


def test_lengths_are_true_to_a_tenth_of_a_percent(mall):
    unit = next(unit for unit in mall.units if unit.id == "shop0")

    assert unit.polygon.area == pytest.approx(200.0, rel=3e-3)


def test_a_degree_has_the_length_that_the_ellipsoid_gives_it():
    """At 45 degrees north: 111,131.7 m of latitude, 78,846.8 m of longitude (WGS 84)."""
    from shapely.geometry import Point

    point = LocalMetres(0.0, 45.0)(Point(1.0, 46.0))

    assert (point.x, point.y) == pytest.approx((78_846.8, 111_131.7), abs=0.5)


@pytest.mark.parametrize(("text", "levels"), [("0;1", [0, 1]), ("-1", [-1]), ("0-2", [0, 1, 2]), ("-2--1", [-2, -1]), ("0.5", []),
                                              (None, []), ("roof", []), ("1.0", [1])])  # fmt: skip
def test_level_tags_are_read(text, levels):
    assert levels_of(text) == levels


def test_local_metres_are_not_taken_for_longitude_and_latitude(tmp_path):
    mall = small_mall()
    mall["features"] = [
        feature("hall", {"type": "Polygon", "coordinates": [[[0, 0], [40, 0], [40, 9], [0, 9], [0, 0]]]}, indoor="corridor")
    ]
    (tmp_path / "mall.geojson").write_text(json.dumps(mall))

    with pytest.raises(FloorPlanError, match="longitude and latitude"):
        read_plan(tmp_path / "mall.geojson")


@pytest.mark.skipif(not GRENOBLE.is_file(), reason=f"the Grand'Place data are not at {GRENOBLE}")
def test_grand_place_gives_a_sound_plan_with_its_shops(tmp_path):
    plan = import_plan(GRENOBLE, tmp_path / "grenoble")

    assert problems_of(plan) == []
    assert read_plan(tmp_path / "grenoble") == plan
    assert len([tenant for tenant in plan.tenants]) >= 95
    assert {level.id for level in plan.levels} == {"0", "1"}
    assert "ODbL" in plan.source
    assert any("no corridor drawn" in repair.what for repair in plan.repairs)
