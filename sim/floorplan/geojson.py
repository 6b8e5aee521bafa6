"""GeoJSON read with suspicion: whole files, finite numbers, closed rings, and every fault named."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import LineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from sim.errors import FloorPlanError, Problem

FILE_BYTES_MAX = 200_000_000
COORDINATES_MAX = 1_000_000  # of one geometry
COORDINATE_M_MAX = 1e6  # no mall is 1,000 km from its own origin
NESTING_MAX = 60

Json = dict[str, Any]


@dataclass
class Faults:
    """What one reading found: problems that need a person, and repairs made on the way (feature id, what)."""

    problems: list[Problem] = field(default_factory=list)
    repairs: list[tuple[str, str]] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)  # ids of features left out because of a problem

    def refuse(self, feature: str, place: str, value: object, rule: str, way_out: str) -> None:
        self.problems.append(Problem(place, shown(value), rule, way_out))
        self.unreadable.add(feature)


def shown(value: object, length: int = 80) -> str:
    """Return a value as text fit for a terminal: one line, no control characters, not too long."""
    text = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in str(value))
    return text if len(text) <= length else text[: length - 3] + "..."


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes; raises FloorPlanError when it is missing, a folder, empty or too big."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise _one(path, "", "a file is expected here", "name a file of the plan")
        if size > FILE_BYTES_MAX:
            raise _one(path, f"{size:,} bytes", f"a file has at most {FILE_BYTES_MAX:,} bytes", "cut the plan to one building")
        data = path.read_bytes()
    except FileNotFoundError:
        raise _one(path, "", "the file must exist", "check the spelling of the path") from None
    except OSError as error:
        raise _one(path, error.strerror or "", "the file must be readable", "check its permissions") from None
    if not data.strip():
        raise _one(path, "nothing", "the file must hold GeoJSON", "export it again: it is empty")
    return data


def read_json(path: Path) -> Json:
    """Return a JSON file's object; raises FloorPlanError. NaN and Infinity pass as floats, so that features can be named."""
    return parse_json(read_bytes(path), path)


def parse_json(data: bytes, path: Path | str) -> Json:
    """Return the object that the bytes of a JSON file hold."""
    if b"\x00" in data[:4096]:
        raise _one(path, "binary data", "the file must be text", "export the plan as GeoJSON")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _one(path, f"byte {error.start}", "the file must be UTF-8 text", "export the plan as GeoJSON in UTF-8") from None
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        what = "the file ends too early" if error.pos >= len(text.rstrip()) - 1 else error.msg
        raise _one(f"{path} line {error.lineno}", what, "the file must be whole, valid JSON", "export it again") from None
    except (RecursionError, ValueError) as error:
        raise _one(path, type(error).__name__, "the file must be plain GeoJSON", "export it again") from None
    if not isinstance(found, dict):
        raise _one(path, type(found).__name__, "the file must hold a GeoJSON object", "export it as a FeatureCollection")
    return found


def features_of(collection: Json, path: Path | str) -> list[Json]:
    """Return the features of a FeatureCollection; raises FloorPlanError when it is none."""
    features = collection.get("features")
    if collection.get("type") != "FeatureCollection" or not isinstance(features, list):
        value = shown(collection.get("type", "no type"))
        raise _one(path, value, "the file must be a FeatureCollection with features", "export it as GeoJSON")
    odd = [index for index, feature in enumerate(features) if not isinstance(feature, dict)]
    if odd:
        raise _one(f"{path} feature {odd[0]}", "", "every feature must be an object", "export it again")
    return features


def properties_of(feature: Json) -> Json:
    """Return a feature's properties, empty when it has none."""
    found = feature.get("properties")
    return found if isinstance(found, dict) else {}


def positions(coordinates: object, depth: int = 0) -> Iterator[tuple[float, float]]:
    """Yield the (x, y) of nested coordinates; raises ValueError where they are not numbers."""
    if depth > NESTING_MAX or not isinstance(coordinates, list):
        raise ValueError("coordinates must be nested lists of numbers")
    if coordinates and not isinstance(coordinates[0], list):
        if len(coordinates) < 2 or any(isinstance(n, bool) or not isinstance(n, int | float) for n in coordinates[:2]):
            raise ValueError("a position must be two numbers")
        yield _float(coordinates[0]), _float(coordinates[1])
        return
    for part in coordinates:
        yield from positions(part, depth + 1)


def geometry_of(feature: Json, identity: str, place: str, faults: Faults) -> BaseGeometry | None:
    """Return a feature's geometry (perhaps invalid, never with a NaN), or None after noting why not.

    A geometry that is null gives None without a fault. Rings left open are closed and noted as a repair.
    """
    geometry = feature.get("geometry")
    if geometry is None:
        return None
    if not isinstance(geometry, dict) or "coordinates" not in geometry:
        faults.refuse(identity, place, "", "a geometry needs a type and coordinates", "draw the feature again")
        return None
    try:
        found = list(positions(geometry["coordinates"]))
        fault = _fault_of(found)
        if fault:
            faults.refuse(identity, place, *fault)
            return None
        return _built(str(geometry.get("type")), geometry["coordinates"], identity, faults)
    except (ValueError, TypeError, IndexError, shapely.errors.GEOSException) as error:
        faults.refuse(identity, place, str(error), "a geometry must be a sound GeoJSON shape", "draw the feature again")
        return None


def polygons_of(geometry: BaseGeometry | None) -> Polygon | MultiPolygon | None:
    """Return only the polygons of a geometry, None where it has no area."""
    if geometry is None or geometry.is_empty:
        return None
    parts = [part for part in shapely.get_parts(shapely.get_parts(geometry)) if isinstance(part, Polygon) and part.area > 0]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _fault_of(found: list[tuple[float, float]]) -> tuple[str, str, str] | None:
    if not found:
        return "nothing", "a geometry needs coordinates", "draw the feature again"
    if len(found) > COORDINATES_MAX:
        return f"{len(found):,} vertices", f"a geometry has at most {COORDINATES_MAX:,} vertices", "simplify it"
    for x, y in found:
        if not (math.isfinite(x) and math.isfinite(y)):
            return f"({x}, {y})", "coordinates must be finite numbers", "draw the feature again"
        if abs(x) > COORDINATE_M_MAX * 50 or abs(y) > COORDINATE_M_MAX * 50:  # Web Mercator reaches 2e7
            return f"({x:g}, {y:g})", "coordinates must lie on the Earth", "move the plan near its origin"
    return None


def _built(kind: str, coordinates: Any, identity: str, faults: Faults) -> BaseGeometry:
    if kind == "Point":
        return Point(coordinates[:2])
    if kind == "MultiPoint":
        return MultiPoint([position[:2] for position in coordinates])
    if kind == "LineString":
        return LineString([position[:2] for position in coordinates])
    if kind == "Polygon":
        return _polygon(coordinates, identity, faults)
    if kind == "MultiPolygon":
        return MultiPolygon([_polygon(rings, identity, faults) for rings in coordinates])
    raise ValueError(f"{shown(kind)} is not a geometry that a plan uses")


def _polygon(rings: Any, identity: str, faults: Faults) -> Polygon:
    return Polygon(_ring(rings[0], identity, faults), [_ring(ring, identity, faults) for ring in rings[1:]])


def _ring(ring: Any, identity: str, faults: Faults) -> list[tuple[float, float]]:
    found = [(_float(position[0]), _float(position[1])) for position in ring]
    if len(set(found)) < 3:
        raise ValueError(f"a ring of {len(set(found))} different points encloses nothing")
    if found[0] != found[-1]:
        found.append(found[0])
        faults.repairs.append((identity, "ring left open in the drawing was closed"))
    return found


def _float(number: Any) -> float:
    try:
        return float(number)
    except OverflowError:  # an integer of 400 digits
        return math.inf


def _one(place: Path | str, value: str, rule: str, way_out: str) -> FloorPlanError:
    error = FloorPlanError.of(place, [Problem(Path(str(place)).name, value, rule, way_out)])
    assert isinstance(error, FloorPlanError)
    return error
