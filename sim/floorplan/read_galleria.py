"""Reads a Galleria folder: what write_galleria wrote, or a person drew in the same form."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

from shapely.geometry import MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from sim.errors import FloorPlanError, Problem
from sim.floorplan import sidecar
from sim.floorplan.geojson import Faults, Json, features_of, geometry_of, properties_of, read_bytes, read_json, shown
from sim.floorplan.plan import AccessPoint, Connector, Door, Entrance, FloorPlan, Level, ParkingArea, Repair, Stop, Unit
from sim.floorplan.repair import Floor, canonical, walkable_of
from sim.floorplan.tenants_csv import FILE_NAME as TENANTS
from sim.floorplan.tenants_csv import read_tenants
from sim.floorplan.write_galleria import CRS, FORM_VERSION

LEVELS = "levels.geojson"
UNITS = "units.geojson"
NUMBER_MAX = 1e12  # NaN is not within it either


def is_galleria(folder: Path) -> bool:
    """Tell whether a folder holds a plan of this form (an IMDF folder has level.geojson, in the singular)."""
    return folder.is_dir() and ((folder / LEVELS).is_file() or (folder / UNITS).is_file())


def read_galleria(folder: Path) -> FloorPlan:
    """Return the plan of a folder; raises FloorPlanError with everything that cannot be read."""
    faults = Faults()
    plan = read_leniently(folder, faults)
    if faults.problems:
        raise FloorPlanError.of(folder, faults.problems)
    return plan


def read_leniently(folder: Path, faults: Faults) -> FloorPlan:
    """Return what can be read of a plan and note the rest; geometry is taken as drawn, sound or not."""
    readers = _Files(folder, faults)
    plan = FloorPlan(str(readers.head(LEVELS).get("name") or folder.resolve().name))
    plan.source = str(readers.head(LEVELS).get("source") or "")
    walkable = {one.identity: one.polygon() for one in readers.features("walkable.geojson", needed=False)}
    for one in readers.features(LEVELS):
        outline = one.polygon(needed=False)
        name, ordinal = one.text("name", one.identity), one.whole("ordinal", 0)
        plan.levels.append(Level(one.identity, name, ordinal, one.number("height_m", 5.0 * ordinal), outline,
                                 walkable.get(one.identity)))  # fmt: skip
    doors = _doors(readers)
    for one in readers.features(UNITS):
        polygon = one.polygon()
        if polygon is not None:
            kind = one.text("kind", "store")
            found = tuple(doors.pop(one.identity, ()))
            plan.units.append(Unit(one.identity, one.text("level"), one.text("name", ""), polygon, kind, found))
    for unit in doors:
        faults.problems.append(Problem(f"openings.geojson unit '{shown(unit)}'", "", "a door belongs to a unit of the plan",
                                       "correct its 'unit' or remove it"))  # fmt: skip
    plan.connectors = [made for one in readers.features("connectors.geojson", needed=False) if (made := _connector(one))]
    for one in readers.features("entrances.geojson"):
        if at := one.point():
            share = one.properties.get("share")
            plan.entrances.append(Entrance(one.identity, one.text("level"), *at, one.number("width_m", 2.0),
                                           one.text("kind", "street"), None if share is None else one.number("share", 0.0)))  # fmt: skip
    for one in readers.features("parking.geojson", needed=False):
        plan.parking.append(ParkingArea(one.identity, one.text("level"), one.whole("bays", 0), one.text("entrance"),
                                        one.whole("gates", 2), one.number("walk_m", 60.0), one.polygon(needed=False)))  # fmt: skip
    for one in readers.features("access_points.geojson", needed=False):
        if at := one.point():
            plan.access_points.append(AccessPoint(one.identity, one.text("level"), *at, one.number("height_m", 3.0),
                                                  one.number("band_ghz", 5.0), one.number("power_dbm", 18.0)))  # fmt: skip
    if (folder / TENANTS).is_file():
        plan.tenants = read_tenants(folder / TENANTS, faults)
    plan.repairs = _repairs(folder) + [Repair(feature, "", what) for feature, what in faults.repairs]
    return canonical(_with_sidecar(plan, folder))


class _Feature:
    """One feature, whose properties are asked for by name; what is wrong is noted with its place."""

    def __init__(self, feature: Json, identity: str, file: str, faults: Faults) -> None:
        self.properties = properties_of(feature)
        self.identity = identity
        self._feature = feature
        self._file = file
        self._faults = faults

    @property
    def place(self) -> str:
        level = self.properties.get("level")
        return f"{self._file} '{shown(self.identity)}'" + (f" on level {shown(level)}" if level else "")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.properties.get(key, default)
        if value is None or isinstance(value, list | dict):
            self._note(key, value, "the property is needed")
            return ""
        return str(value)

    def number(self, key: str, default: float) -> float:
        value = self.properties.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -NUMBER_MAX <= value <= NUMBER_MAX:
            self._note(key, value, "the property is a number")
            return default
        return float(value)

    def whole(self, key: str, default: int) -> int:
        value = self.number(key, default)
        if value != int(value):
            self._note(key, value, "the property is a whole number")
        return int(value)

    def polygon(self, needed: bool = True) -> Polygon | MultiPolygon | None:
        shape = self._shape(needed, "Polygon")
        return shape if isinstance(shape, Polygon | MultiPolygon) else None

    def point(self) -> tuple[float, float] | None:
        shape = self._shape(True, "Point")
        return (shape.x, shape.y) if isinstance(shape, Point) else None

    def points(self) -> list[tuple[float, float]]:
        shape = self._shape(True, "MultiPoint")
        return [(point.x, point.y) for point in shape.geoms] if isinstance(shape, MultiPoint) else []

    def _shape(self, needed: bool, kind: str) -> BaseGeometry | None:
        count = len(self._faults.problems)
        shape = geometry_of(self._feature, self.identity, self.place, self._faults)
        good = shape is None or shape.geom_type in (kind, f"Multi{kind}")
        if (shape is None and needed and len(self._faults.problems) == count) or not good:
            found = "none" if shape is None else shape.geom_type
            self._faults.refuse(self.identity, self.place, found, f"the geometry is a {kind}", "draw it")
        return shape

    def _note(self, key: str, value: Any, rule: str) -> None:
        self._faults.problems.append(Problem(f"{self.place} {key}", shown(value), rule, "give it in the properties"))


class _Files:
    """The feature files of a folder."""

    def __init__(self, folder: Path, faults: Faults) -> None:
        self._folder = folder
        self._faults = faults
        self._read: dict[str, Json | None] = {}

    def head(self, file: str) -> Json:
        """Return the `galleria` member of a file."""
        head = (self._collection(file) or {}).get("galleria")
        return head if isinstance(head, dict) else {}

    def features(self, file: str, needed: bool = True) -> list[_Feature]:
        """Return the features of a file; a file that is not needed may be missing."""
        if not needed and not (self._folder / file).is_file():
            return []
        collection = self._collection(file)
        if collection is None:
            return []
        try:
            features = features_of(collection, file)
        except FloorPlanError as error:
            self._faults.problems += error.problems
            return []
        found = []
        for index, feature in enumerate(features):
            identity = feature.get("id", properties_of(feature).get("id"))
            if identity is None or isinstance(identity, list | dict):
                self._faults.refuse("", f"{file} feature {index}", "", "every feature has an id", "give it one")
                identity = f"{file}-{index}"
            found.append(_Feature(feature, str(identity), file, self._faults))
        return found

    def _collection(self, file: str) -> Json | None:
        if file not in self._read:
            try:
                self._read[file] = found = read_json(self._folder / file)
                head = found.get("galleria")
                if isinstance(head, dict) and (
                    head.get("crs", CRS) != CRS or head.get("version", FORM_VERSION) != FORM_VERSION
                ):
                    value = f"crs {head.get('crs')}, version {head.get('version')}"
                    self._faults.refuse(
                        file, f"{file} galleria", value, f"a plan is in {CRS}, version {FORM_VERSION}", "import it"
                    )
            except FloorPlanError as error:
                self._faults.problems += error.problems
                self._read[file] = None
        return self._read[file]


def _doors(readers: _Files) -> dict[str, list[Door]]:
    doors: dict[str, list[Door]] = {}
    for one in readers.features("openings.geojson", needed=False):
        at = one.point()
        if at:
            door = Door(*at, one.number("width_m", 1.0), bool(one.properties.get("inferred", False)))
            doors.setdefault(one.text("unit"), []).append(door)
    return doors


def _connector(one: _Feature) -> Connector | None:
    points = one.points()
    levels = one.properties.get("levels")
    levels = [str(level) for level in levels] if isinstance(levels, list) else []
    if not points:
        return None
    if len(levels) != len(points):
        one._note("levels", levels, f"a connector with {len(points)} points lists as many levels")
        return None
    stops = tuple(Stop(level, *point) for level, point in zip(levels, points, strict=True))
    return Connector(one.identity, one.text("kind"), stops, one.number("width_m", 1.0), one.whole("capacity_people", 13),
                     one.number("cycle_s", 60.0))  # fmt: skip


def _repairs(folder: Path) -> list[Repair]:
    path = folder / "repairs.csv"
    if not path.is_file():
        return []
    rows = csv.DictReader(io.StringIO(read_bytes(path).decode("utf-8-sig", errors="replace"), newline=""))
    return [Repair(row.get("feature") or "", row.get("level") or "", row.get("what") or "") for row in rows]


def _with_sidecar(plan: FloorPlan, folder: Path) -> FloorPlan:
    """Return the plan with the connectors of a connectors.csv in its folder."""
    beside = sidecar.rows_beside(folder)
    if not beside:
        return plan
    floors = {level.id: Floor(walkable_of(level, plan.units)) for level in plan.levels}
    more, repairs = sidecar.connectors_from(*beside, plan.levels, floors)
    taken = {connector.id for connector in plan.connectors}
    more = [one for one in more if one.id not in taken]
    known = set(plan.repairs)
    return replace(plan, connectors=plan.connectors + more, repairs=plan.repairs + [one for one in repairs if one not in known])
