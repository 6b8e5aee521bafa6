"""Reads an IMDF archive (Indoor Mapping Data Format 1.0), as a folder or a .zip."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from sim.errors import FloorPlanError, Problem
from sim.floorplan.archive import read_archive
from sim.floorplan.assemble import assembled
from sim.floorplan.drawn import Drawing, Shape
from sim.floorplan.foreign_categories import is_trade, meaning_of
from sim.floorplan.geojson import (
    Faults,
    Json,
    features_of,
    geometry_of,
    parse_json,
    polygons_of,
    properties_of,
    read_bytes,
    shown,
)
from sim.floorplan.parking import with_drawn_parking
from sim.floorplan.plan import FloorPlan, Level
from sim.floorplan.projection import LocalMetres, looks_like_lonlat
from sim.floorplan.repair import canonical

TYPES = ("venue", "footprint", "level", "unit", "opening", "amenity", "anchor", "occupant")
NEEDED = ("level", "unit")
STOREY_M = 5.0
TOUCH_M = 0.3  # an opening lies on the wall of the units it joins
SHAFTS = ("lift", "goods_lift", "escalator", "stairs")


@dataclass
class _Feature:
    id: str
    properties: Json
    geometry: BaseGeometry | None


@dataclass
class _Archive:
    features: dict[str, list[_Feature]] = field(default_factory=dict)

    def of(self, kind: str) -> list[_Feature]:
        return self.features.get(kind, [])


def is_imdf(folder: Path) -> bool:
    """Tell whether a folder holds an IMDF archive."""
    return folder.is_dir() and (folder / "level.geojson").is_file() and (folder / "unit.geojson").is_file()


def read_imdf(path: Path) -> FloorPlan:
    """Return the plan of an IMDF folder or zip; raises FloorPlanError."""
    if path.is_dir():
        files = {
            f"{kind}.geojson": read_bytes(path / f"{kind}.geojson") for kind in TYPES if (path / f"{kind}.geojson").is_file()
        }
    else:
        files = read_archive(path)
    missing = [f"{kind}.geojson" for kind in NEEDED if f"{kind}.geojson" not in files]
    if missing:
        value = ", ".join(sorted(map(shown, files))[:5]) or "no GeoJSON"
        raise FloorPlanError.of(
            path, [Problem(name, value, "an IMDF archive has this file", "export it again") for name in missing]
        )
    faults = Faults()
    archive = _Archive(
        {kind: _features(kind, files[f"{kind}.geojson"], faults) for kind in TYPES if f"{kind}.geojson" in files}
    )
    if faults.problems:
        raise FloorPlanError.of(path, faults.problems)
    shapes = [one.geometry for one in archive.of("level") + archive.of("unit") if one.geometry is not None]
    if not looks_like_lonlat(shapes):
        raise FloorPlanError.of(
            path, [Problem(path.name, "", "IMDF is in longitude and latitude of one building", "export it as WGS 84")]
        )
    project = LocalMetres.about(shapes)
    for features in archive.features.values():
        for one in features:
            one.geometry = None if one.geometry is None else project(one.geometry)
    drawing = _drawing(path, archive)
    for identity, what in faults.repairs:
        drawing.say(identity, "", what)
    parking = [shape for shape in drawing.shapes if shape.kind == "parking"]
    plan = assembled(drawing, path)
    return canonical(with_drawn_parking(plan, drawing, parking))


def _features(kind: str, data: bytes, faults: Faults) -> list[_Feature]:
    file = f"{kind}.geojson"
    found = []
    for index, feature in enumerate(features_of(parse_json(data, file), file)):
        identity = str(feature.get("id") or f"{kind}-{index}")
        geometry = geometry_of(feature, identity, f"{file} '{shown(identity)}'", faults)
        found.append(_Feature(identity, properties_of(feature), geometry))
    return found


def _drawing(path: Path, archive: _Archive) -> Drawing:
    venue = archive.of("venue")
    name = _label(venue[0].properties.get("name")) if venue else ""
    drawing = Drawing(name or path.stem, f"IMDF archive '{path.name}'")
    footprint = polygons_of(shapely.union_all([one.geometry for one in archive.of("footprint") if one.geometry is not None]))
    for one in archive.of("level"):
        ordinal = one.properties.get("ordinal")
        if isinstance(ordinal, bool) or not isinstance(ordinal, int | float) or not -100 <= ordinal <= 200:
            drawing.say(one.id, one.id, "level without a sensible ordinal taken as the ground floor")
            ordinal = 0
        outline = polygons_of(one.geometry) or footprint
        if polygons_of(one.geometry) is None:
            drawing.say(one.id, one.id, "level without an outline: the building's footprint is used")
        label = _label(one.properties.get("short_name")) or _label(one.properties.get("name")) or one.id
        drawing.levels.append(Level(one.id, label, int(ordinal), STOREY_M * int(ordinal), outline))
    drawing.say("plan", "", f"storeys taken as {STOREY_M} m high: the archive does not say")
    known = {level.id for level in drawing.levels}
    tenants = _occupants(archive)
    for one in archive.of("unit"):
        level, polygon = str(one.properties.get("level_id")), polygons_of(one.geometry)
        if level not in known or polygon is None:
            drawing.say(one.id, level, "unit without a known level or an area left out")
            continue
        drawing.shapes.append(_unit(drawing, one, level, polygon, tenants.pop(one.id, [])))
    for unit, occupants in tenants.items():
        for occupant in occupants:
            drawing.say(
                occupant.id, "", f"occupant '{_label(occupant.properties.get('name'))}' left out: no unit '{shown(unit)}'"
            )
    _add_openings(drawing, archive, known)
    _add_amenities(drawing, archive)
    return drawing


def _occupants(archive: _Archive) -> dict[str, list[_Feature]]:
    """Return unit id -> its occupants, found through their anchors."""
    anchors = {one.id: str(one.properties.get("unit_id")) for one in archive.of("anchor")}
    found: dict[str, list[_Feature]] = {}
    for one in archive.of("occupant"):
        anchor = str(one.properties.get("anchor_id"))
        found.setdefault(anchors.get(anchor, f"of anchor {anchor}"), []).append(one)
    return found


def _unit(drawing: Drawing, one: _Feature, level: str, polygon: BaseGeometry, occupants: list[_Feature]) -> Shape:
    category = str(one.properties.get("category") or "unspecified")
    meaning = meaning_of("imdf:unit", [category, category.split(".")[0]])
    name = _label(one.properties.get("name")) or _label(one.properties.get("alt_name"))
    if meaning is None:
        drawing.say(one.id, level, f"unknown unit category '{shown(category)}' taken as structure")
        meaning = "structure"
    if occupants:
        return _store(drawing, one, level, polygon, occupants, meaning)
    if is_trade(meaning):
        if not name:
            drawing.say(one.id, level, f"{category} unit without a name or occupant taken as vacant")
        return Shape(one.id, level, name, "store" if name else "vacant", polygon, meaning if name else None)
    return Shape(one.id, level, name, meaning, polygon)


def _store(
    drawing: Drawing, one: _Feature, level: str, polygon: BaseGeometry, occupants: list[_Feature], meaning: str
) -> Shape:
    first = min(occupants, key=lambda occupant: occupant.id)
    shape: Shape | None = None
    for occupant in sorted(occupants, key=lambda occupant: occupant.id, reverse=True):
        category = str(occupant.properties.get("category") or "")
        trade = meaning_of("imdf:occupant", [category, *category.split(".")])
        if trade is None:
            trade = meaning if is_trade(meaning) else "services"
            drawing.say(occupant.id, level, f"unknown occupant category '{shown(category)}' taken as {trade}")
        name = _label(occupant.properties.get("name")) or occupant.id
        identity = one.id if occupant is first else occupant.id
        shape = Shape(identity, level, name, "store", polygon, trade, shared=shape)
    if len(occupants) > 2:
        drawing.say(one.id, level, f"{len(occupants)} occupants in one unit: all but two left out")
    assert shape is not None
    return shape


def _add_openings(drawing: Drawing, archive: _Archive, levels: set[str]) -> None:
    """Add openings: between a room and the floor a door, between the floor and outdoors an entrance."""
    for one in archive.of("opening"):
        level, category = str(one.properties.get("level_id")), str(one.properties.get("category") or "")
        if level not in levels or one.geometry is None:
            drawing.say(one.id, level, "opening without a known level left out")
            continue
        if category.startswith(("automobile", "service", "emergencyexit")):
            drawing.say(one.id, level, f"{category} opening left out: not for visitors on foot")
            continue
        near = [
            shape
            for shape in drawing.shapes
            if shape.level == level and shapely.distance(shape.geometry, one.geometry) < TOUCH_M
        ]
        rooms = [shape for shape in near if shape.kind not in ("walkable", "door", "entrance")]
        floor = any(shape.kind == "walkable" for shape in near)
        outside = category in ("pedestrian.principal", "pedestrian.transit") or (floor and not rooms)
        inner = sum(shape.kind == "walkable" for shape in near) > 1
        if outside and not (inner and category == "pedestrian"):
            drawing.shapes.append(Shape(one.id, level, "", "entrance", one.geometry))
        elif rooms:
            drawing.shapes.append(Shape(one.id, level, "", "door", one.geometry))


def _add_amenities(drawing: Drawing, archive: _Archive) -> None:
    """Turn a room that an amenity says is a lift, stairs or an escalator into one."""
    shapes = {shape.id: shape for shape in drawing.shapes}
    for one in archive.of("amenity"):
        category = str(one.properties.get("category") or "")
        meaning = meaning_of("imdf:unit", [category, category.split(".")[0]])
        units = one.properties.get("unit_ids")
        for unit in units if isinstance(units, list) else []:
            shape = shapes.get(str(unit))
            if shape and shape.kind in ("vacant", "structure") and meaning in SHAFTS:
                drawing.say(shape.id, shape.level, f"{shape.kind} unit taken as {meaning}: amenity {one.id} says so")
                shape.kind = meaning


def _label(value: Any) -> str:
    """Return a text of IMDF's labels (language -> text), English first."""
    if isinstance(value, dict) and value:
        value = value.get("en") or value[sorted(value)[0]]
    return html.unescape(value).strip() if isinstance(value, str) else ""
