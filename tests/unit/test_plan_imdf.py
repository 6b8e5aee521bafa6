"""An IMDF archive, as a folder and as a zip, becomes a sound plan."""

from __future__ import annotations

import json
import zipfile
from collections import Counter

import pytest

from sim.errors import FloorPlanError
from sim.floorplan.check import problems_of
from sim.floorplan.read import read_plan

LONGITUDE, LATITUDE = -122.0, 37.3
DEGREE_M = 88_650.0, 110_980.0


def at(x_m, y_m):
    return [LONGITUDE + x_m / DEGREE_M[0], LATITUDE + y_m / DEGREE_M[1]]


def rectangle(x0, y0, x1, y1):
    return {"type": "Polygon", "coordinates": [[at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1), at(x0, y0)]]}


def line(x0, y0, x1, y1):
    return {"type": "LineString", "coordinates": [at(x0, y0), at(x1, y1)]}


def feature(kind, identity, geometry, **properties):
    return {"type": "Feature", "feature_type": kind, "id": identity, "geometry": geometry, "properties": properties}


def small_archive():
    outline = rectangle(0, 0, 40, 28)
    units = []
    for level in ("ground", "upper"):
        units.append(feature("unit", f"{level}-walk", rectangle(0, 10, 40, 18), level_id=level, category="walkway"))
        units.append(feature("unit", f"{level}-a", rectangle(0, 0, 20, 10), level_id=level, category="room"))
        units.append(feature("unit", f"{level}-lift", rectangle(18, 18, 20, 20), level_id=level, category="elevator"))
        units.append(feature("unit", f"{level}-stairs", rectangle(22, 18, 26, 22), level_id=level, category="stairs"))
    units.append(
        feature("unit", "food", rectangle(20, 0, 40, 10), level_id="ground", category="foodservice", name={"en": "Soup"})
    )
    units.append(feature("unit", "wc", rectangle(0, 18, 10, 28), level_id="ground", category="restroom.unisex"))
    files = {
        "venue": [feature("venue", "v", outline, name={"en": "Bay Mall"})],
        "footprint": [feature("footprint", "f", outline)],
        "level": [
            feature("level", "ground", outline, ordinal=0, short_name={"en": "G"}),
            feature("level", "upper", outline, ordinal=1, short_name={"en": "1"}),
        ],
        "unit": units,
        "opening": [
            feature("opening", "door-a", line(4, 10, 6, 10), level_id="ground", category="pedestrian"),
            feature("opening", "front", line(0, 12, 0, 16), level_id="ground", category="pedestrian.principal"),
            feature("opening", "fire", line(40, 12, 40, 16), level_id="ground", category="emergencyexit"),
        ],
        "anchor": [feature("anchor", "n1", {"type": "Point", "coordinates": at(10, 5)}, unit_id="ground-a")],
        "occupant": [feature("occupant", "o1", None, anchor_id="n1", category="shoestore", name={"en": "Sole &amp; Co"})],
        "amenity": [],
    }
    return {
        f"{kind}.geojson": json.dumps({"type": "FeatureCollection", "features": features}) for kind, features in files.items()
    }


@pytest.fixture(params=["folder", "zip"])
def mall(request, tmp_path):
    files = small_archive()
    if request.param == "zip":
        with zipfile.ZipFile(tmp_path / "mall.zip", "w") as archive:
            for name, text in files.items():
                archive.writestr(f"bay_mall/{name}", text)
        return read_plan(tmp_path / "mall.zip")
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return read_plan(tmp_path)


def test_an_archive_becomes_a_sound_plan(mall):
    assert problems_of(mall) == []
    assert mall.name == "Bay Mall"
    assert [level.name for level in mall.levels] == ["G", "1"]
    assert Counter(unit.kind for unit in mall.units) == {"structure": 4, "store": 2, "vacant": 1, "toilet": 1}


def test_occupants_become_tenants_through_their_anchors(mall):
    assert {(tenant.name, tenant.category, tenant.unit) for tenant in mall.tenants} == {
        ("Sole & Co", "footwear", "ground-a"),
        ("Soup", "restaurant", "food"),
    }


def test_a_drawn_door_is_kept_and_a_missing_one_is_inferred(mall):
    doors = {unit.id: unit.doors for unit in mall.units}

    assert [door.inferred for door in doors["ground-a"]] == [False]
    assert doors["ground-a"][0].width_m == pytest.approx(2.0, abs=0.02)
    assert [door.inferred for door in doors["food"]] == [True]


def test_only_the_street_door_is_an_entrance_and_the_fire_exit_is_listed(mall):
    assert [entrance.id for entrance in mall.entrances] == ["front"]
    assert any("emergencyexit opening left out" in repair.what for repair in mall.repairs)


def test_lift_and_stairs_join_the_levels(mall):
    assert {(one.kind, len(one.stops)) for one in mall.connectors} == {("lift", 2), ("stairs", 2)}


def test_an_archive_without_units_is_refused_by_name(tmp_path):
    with zipfile.ZipFile(tmp_path / "mall.zip", "w") as archive:
        archive.writestr("level.geojson", small_archive()["level.geojson"])

    with pytest.raises(FloorPlanError, match=r"unit\.geojson"):
        read_plan(tmp_path / "mall.zip")
