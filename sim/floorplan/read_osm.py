"""Reads one GeoJSON file of OpenStreetMap data in Simple Indoor Tagging."""

from __future__ import annotations

import html
import re
from pathlib import Path

import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from sim.errors import FloorPlanError, Problem
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

STOREY_M = 5.0
FOOTWAY_WIDTH_M = 3.0  # of a footway drawn as a line where no floor is drawn
NEAR_M = 3.0  # an entrance node without a level belongs to the level whose floor is this near
HOURS = re.compile(r"(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})")
ROOM_TAGS = ("restaurant", "shop", "office", "service")

Tagged = tuple[str, Json, BaseGeometry]  # id, tags, geometry


def read_osm(path: Path) -> FloorPlan:
    """Return the plan of a file; levels without a room or a corridor are left out and listed."""
    faults = Faults()
    tagged: list[Tagged] = []
    features = features_of(parse_json(read_bytes(path), path), path)
    for index, feature in enumerate(features):
        tags = properties_of(feature)
        identity = str(feature.get("id") or tags.get("id") or tags.get("@id") or f"feature-{index}")
        geometry = geometry_of(feature, identity, f"feature {index} ({shown(identity)})", faults)
        if geometry is not None:
            tagged.append((identity, tags, geometry))
    if faults.problems:
        raise FloorPlanError.of(path, faults.problems)
    indoor = [one for one in tagged if one[1].get("indoor") in ("room", "area", "corridor", "yes")]
    if not indoor:
        raise FloorPlanError.of(path, [Problem(path.name, f"{len(tagged)} features", "a plan of this form has features tagged indoor=*",
                                               "map the mall in Simple Indoor Tagging, or name a plan of another form")])  # fmt: skip
    if not looks_like_lonlat([one[2] for one in indoor]):
        raise FloorPlanError.of(path, [Problem(path.name, "", "OpenStreetMap data are in longitude and latitude of one building",
                                               "export them again as WGS 84")])  # fmt: skip
    project = LocalMetres.about([one[2] for one in indoor])
    local = [(identity, tags, project(geometry)) for identity, tags, geometry in tagged]
    drawing = _drawing(path, local)
    for identity, what in faults.repairs:
        drawing.say(identity, "", what)
    parking = [shape for shape in drawing.shapes if shape.kind == "parking"]
    drawing.shapes = [shape for shape in drawing.shapes if shape.kind != "parking"]
    plan = assembled(drawing, path)
    return canonical(with_drawn_parking(plan, drawing, parking))


def levels_of(text: object) -> list[int]:
    """Return the levels of a tag such as "0;1", "1-3" or "-1"; halves and words are left out."""
    found: list[int] = []
    for part in str(text if text is not None else "").split(";"):
        span = re.fullmatch(r"\s*(-?\d{1,2})\s*-\s*(-?\d{1,2})\s*", part)
        if span:
            found += range(int(span[1]), int(span[2]) + 1)
        elif re.fullmatch(r"\s*-?\d{1,2}(\.0)?\s*", part):
            found.append(int(float(part)))
    return sorted(set(found))


def _drawing(path: Path, tagged: list[Tagged]) -> Drawing:
    building = next((one for one in tagged if one[1].get("shop") == "mall" and polygons_of(one[2])), None)
    name = str(building[1].get("name")) if building and building[1].get("name") else path.stem
    drawing = Drawing(
        html.unescape(name), f"OpenStreetMap data in '{path.name}', (c) OpenStreetMap contributors, licence ODbL 1.0"
    )
    drawing.say("plan", "", f"storeys taken as {STOREY_M} m high: the drawing does not say")
    for identity, tags, geometry in tagged:
        _add_area(drawing, identity, tags, geometry)
    floors = _derive_floors(drawing, tagged)
    kept = sorted({shape.level for shape in drawing.shapes} & floors, key=int)
    for level in sorted({shape.level for shape in drawing.shapes} - floors, key=_number):
        rooms = len(drawing.of("store", "vacant", level=level))
        drawing.say(level, level, f"level left out: no walkable floor is drawn or can be derived ({rooms} rooms on it)")
    drawing.shapes = [shape for shape in drawing.shapes if shape.level in kept]
    outlines = {level: shapely.union_all([shape.geometry for shape in drawing.of("walkable", "store", "vacant", level=level)])
                for level in kept}  # fmt: skip
    for level in kept:
        drawing.levels.append(Level(level, level, int(level), STOREY_M * int(level), polygons_of(outlines[level])))
    for identity, tags, geometry in tagged:
        _add_way(drawing, identity, tags, geometry, outlines)
    return drawing


def _add_area(drawing: Drawing, identity: str, tags: Json, geometry: BaseGeometry) -> None:
    """Add a room, a corridor, a column or a car park."""
    polygon = polygons_of(geometry)
    if polygon is None:
        return
    levels = levels_of(tags.get("level"))
    if tags.get("amenity") == "parking":
        level = str(levels[0]) if levels else "0"
        bays = int(tags["capacity"]) if str(tags.get("capacity", "")).isdigit() else None
        drawing.shapes.append(Shape(identity, level, str(tags.get("name") or "parking"), "parking", polygon, bays=bays))
        return
    kind = _kind(tags)
    if kind is None:
        return
    if not levels:
        drawing.say(identity, "", f"{kind} without a level left out")
    for storey in levels:
        named = identity if storey == levels[0] else f"{identity}@{storey}"
        if kind in ("walkable", "structure"):
            drawing.shapes.append(Shape(named, str(storey), "", kind, polygon))
        else:
            drawing.shapes.append(_room(drawing, named, str(storey), tags, polygon))


def _kind(tags: Json) -> str | None:
    if tags.get("indoor") == "room" or ("building:part" in tags and tags.get("room") in ROOM_TAGS):
        return "room"
    if tags.get("indoor") in ("corridor", "area", "yes") or (tags.get("indoor") and tags.get("highway") == "footway"):
        return "walkable"
    return "structure" if tags.get("indoor") in ("column", "wall") else None


def _room(drawing: Drawing, identity: str, level: str, tags: Json, polygon: BaseGeometry) -> Shape:
    name = html.unescape(str(tags.get("name") or "")).strip()
    meaning = None
    for key in ("shop", "amenity", "leisure"):
        value = str(tags.get(key) or "")
        if value and meaning is None:
            meaning = meaning_of(f"osm:{key}", [value])
            if meaning is None:
                drawing.say(identity, level, f"unknown {key}={shown(value)} of '{name}' taken as services")
                meaning = "services"
    if meaning is not None and not is_trade(meaning):
        return Shape(identity, level, name, meaning, polygon)
    if meaning is None and name and tags.get("room") in ("shop", "restaurant"):
        meaning = "restaurant" if tags["room"] == "restaurant" else "fashion"
        drawing.say(
            identity,
            level,
            f"'{name}' has no shop=* or amenity=*: taken as {meaning}, the commonest trade of room={tags['room']}",
        )
    if meaning is None:
        return Shape(identity, level, name, "vacant", polygon)
    if not name:
        name = f"{tags.get('shop') or tags.get('amenity') or 'store'} {identity}"
        drawing.say(identity, level, f"store without a name called '{name}'")
    opens, closes = _hours(drawing, identity, level, tags)
    return Shape(identity, level, name, "store", polygon, meaning, opens=opens, closes=closes)


def _hours(drawing: Drawing, identity: str, level: str, tags: Json) -> tuple[str | None, str | None]:
    """Return the first opening and closing hour of opening_hours; days that differ are listed."""
    text = str(tags.get("opening_hours") or "")
    spans = HOURS.findall(text)
    if not spans:
        return None, None
    if len(spans) > 1 or not text.startswith(("Mo-Su", "24/7", spans[0][0])):
        drawing.say(identity, level, f"opening hours '{shown(text)}' read as {spans[0][0]} to {spans[0][1]} every day")
    (opens, closes) = spans[0]
    if int(closes.split(":")[0]) < int(opens.split(":")[0]):
        closes = "24:00"
    return opens.zfill(5), closes.zfill(5)


def _derive_floors(drawing: Drawing, tagged: list[Tagged]) -> set[str]:
    """Return the levels that have a walkable floor, deriving it from footways where only rooms are drawn."""
    levels = {shape.level for shape in drawing.of("walkable")}
    for level in sorted({shape.level for shape in drawing.of("store", "vacant", "toilet")} - levels, key=_number):
        areas, lines = [], []
        for _, tags, geometry in tagged:
            if tags.get("highway") not in ("footway", "pedestrian", "corridor", "path") or levels_of(tags.get("level")) != [
                int(level)
            ]:
                continue
            if isinstance(geometry, LineString):
                lines.append(shapely.buffer(geometry, FOOTWAY_WIDTH_M / 2, quad_segs=2, cap_style="flat"))
            elif polygons_of(geometry) is not None:
                areas.append(geometry if geometry.is_valid else shapely.make_valid(geometry))
        floor = polygons_of(shapely.union_all(areas + lines))
        if floor is None:
            continue
        levels.add(level)
        drawing.shapes.append(Shape(f"derived-floor-{level}", level, "", "walkable", floor))
        drawing.say(f"derived-floor-{level}", level, f"no corridor drawn: walkable floor derived from {len(areas)} pedestrian areas and "
                    f"{len(lines)} footways taken as {FOOTWAY_WIDTH_M} m wide")  # fmt: skip
    return levels


def _add_way(drawing: Drawing, identity: str, tags: Json, geometry: BaseGeometry, floors: dict[str, BaseGeometry]) -> None:
    """Add a lift, stairs, an escalator, a door or an entrance."""
    levels = [str(level) for level in levels_of(tags.get("level")) if str(level) in floors]
    all_levels = levels_of(tags.get("level"))
    name = str(tags.get("name") or "")
    lift, moving = tags.get("highway") == "elevator", tags.get("conveying") in ("yes", "forward", "backward", "reversible")
    stairs = tags.get("highway") == "steps" or (tags.get("incline") and len(all_levels) > 1)
    if lift or stairs or moving:
        kind = "lift" if lift else "escalator" if moving else "stairs"
        if len(levels) < 2:
            drawing.say(identity, levels[0] if levels else "", f"{kind} (level={shown(tags.get('level', 'none'))}) left out: it joins "
                        "no two levels of the plan; connectors.csv can supply it")  # fmt: skip
            return
        place = geometry
        if isinstance(geometry, LineString) and tags.get("incline") == "down":
            place = shapely.reverse(geometry)
        upward = None
        if tags.get("conveying") in ("forward", "backward"):  # along the way as drawn, which may run downhill
            upward = (tags["conveying"] == "forward") == (tags.get("incline") != "down")
        drawing.shapes.append(Shape(identity, levels[0], name, kind, place, serves=tuple(levels), upward=upward))
        return
    if geometry.geom_type != "Point" or not (tags.get("entrance") or tags.get("door")) or tags.get("entrance") == "service":
        return
    near = {
        level: float(shapely.distance(geometry, floor)) for level, floor in floors.items() if not all_levels or level in levels
    }
    if not near or min(near.values()) > NEAR_M:
        drawing.say(identity, levels[0] if levels else "", "entrance left out: no indoor floor of the plan near it")
        return
    level = min(near, key=lambda one: (near[one], abs(int(one))))
    if not all_levels:
        drawing.say(identity, level, f"entrance without a level placed on the level nearest to it ({near[level]:.1f} m)")
    drawing.shapes.append(Shape(identity, level, name, "entrance" if tags.get("entrance") else "door", geometry))


def _number(level: str) -> int:
    return int(level)
