"""Reads a folder of floors, each with a floor_info.json and a geojson_map.json, as published by the XYZ10 company."""

from __future__ import annotations

import html
import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from sim.errors import FloorPlanError
from sim.floorplan.assemble import assembled
from sim.floorplan.drawn import Drawing, Shape
from sim.floorplan.foreign_categories import is_trade, meaning_of
from sim.floorplan.geojson import Faults, Json, features_of, geometry_of, polygons_of, properties_of, read_json, shown
from sim.floorplan.parking import with_inferred_parking
from sim.floorplan.plan import FloorPlan, Level
from sim.floorplan.repair import canonical

MAP_FILE = "geojson_map.json"
INFO_FILE = "floor_info.json"
EARTH_RADIUS_M = 6_378_137.0  # of Web Mercator
STOREY_M = 5.0  # a mall's usual storey height
VACANT_NAMES = ("kongpu",)  # "empty shop"
FLOOR_NAME = re.compile(r"^(?:(?P<below>B|LG|P)(?P<depth>\d*)|(?P<ground>G|GF)|[FL]?(?P<storey>\d+)[FL]?)$", re.IGNORECASE)


@dataclass
class _Sheet:
    """One floor as read, in Web Mercator metres."""

    name: str
    ordinal: int
    outline: BaseGeometry
    features: list[tuple[str, Json, BaseGeometry]]
    scale: float  # Mercator metres per metre


def is_floors_folder(folder: Path) -> bool:
    """Tell whether a folder's subfolders are floors of this form."""
    return folder.is_dir() and any((child / MAP_FILE).is_file() for child in folder.iterdir() if child.is_dir())


def read_floors(folder: Path) -> FloorPlan:
    """Return the plan of such a folder, in metres of one frame with its origin at the ground floor's lower left corner."""
    faults = Faults()
    sheets = []
    for child in sorted(child for child in folder.iterdir() if (child / MAP_FILE).is_file()):
        sheet = _sheet(child, faults)
        if sheet:
            sheets.append(sheet)
    if faults.problems:
        raise FloorPlanError.of(folder, faults.problems)
    drawing = Drawing(
        folder.resolve().parent.name if folder.name == "geojson" else folder.resolve().name,
        f"per-floor GeoJSON folder '{folder.name}' ({', '.join(sheet.name for sheet in sheets)})",
    )
    _place(drawing, sheets)
    for identity, what in faults.repairs:
        drawing.say(identity, "", what)
    drawing.say("plan", "", f"storeys taken as {STOREY_M} m high: the drawing does not say")
    plan = assembled(drawing, folder)
    return canonical(with_inferred_parking(plan, drawing))


def _sheet(folder: Path, faults: Faults) -> _Sheet | None:
    name = folder.name
    ordinal = _ordinal(name)
    if ordinal is None:
        faults.refuse(name, str(folder), name, "a floor's folder is named like B1, F1 or L2", "rename it")
        return None
    info = read_json(folder / INFO_FILE).get("map_info")
    width_m = info.get("width") if isinstance(info, dict) else None
    if not isinstance(width_m, int | float) or not math.isfinite(width_m) or width_m <= 0:
        faults.refuse(name, f"{name}/{INFO_FILE} map_info.width", shown(width_m), "the width is a number of metres", "give it")
        return None
    features = features_of(read_json(folder / MAP_FILE), folder / MAP_FILE)
    shapes = []
    for index, feature in enumerate(features):
        properties = properties_of(feature)
        identity = str(properties.get("id") or feature.get("id") or f"{name}-{index}")
        geometry = geometry_of(feature, identity, f"{name} feature {index} ({shown(identity)})", faults)
        polygon = polygons_of(None if geometry is None else _mercator(geometry))
        if polygon is not None:
            shapes.append((identity, properties, polygon))
        elif identity not in faults.unreadable:
            faults.repairs.append((identity, f"feature {index} of {name} without area dropped"))
    if not shapes:
        faults.refuse(name, f"{name}/{MAP_FILE}", "no polygon", "the first feature is the floor's outline", "export it again")
        return None
    outline = shapes[0][2]
    x_min, _, x_max, _ = outline.bounds
    return _Sheet(name, ordinal, outline, shapes[1:], (x_max - x_min) / width_m)


def _place(drawing: Drawing, sheets: list[_Sheet]) -> None:
    """Bring all floors into metres of the frame of the floor nearest to the ground."""
    ground = min(sheets, key=lambda sheet: (abs(sheet.ordinal), -sheet.ordinal))
    x_min, y_min, _, _ = ground.outline.bounds
    for sheet in sorted(sheets, key=lambda sheet: sheet.ordinal):
        if abs(sheet.scale / ground.scale - 1.0) > 1e-3:
            drawing.say(
                sheet.name,
                sheet.name,
                f"scale {sheet.scale:.4f} differs from {ground.name}'s {ground.scale:.4f}: each floor's own is used",
            )

        def local(xy: np.ndarray, scale: float = sheet.scale) -> np.ndarray:
            return np.asarray((xy - (x_min, y_min)) / scale)

        outline = polygons_of(shapely.transform(sheet.outline, local))
        drawing.levels.append(Level(sheet.name, sheet.name, sheet.ordinal, STOREY_M * sheet.ordinal, outline))
        for identity, properties, polygon in sheet.features:
            drawing.shapes.append(_shape(drawing, sheet.name, identity, properties, shapely.transform(polygon, local)))


def _shape(drawing: Drawing, level: str, identity: str, properties: Json, polygon: BaseGeometry) -> Shape:
    drawn = str(properties.get("name") or "")
    name = html.unescape(drawn).strip()
    if name != drawn.strip():
        drawing.say(identity, level, f"name '{drawn}' read as '{name}'")
    codes = properties.get("category")
    codes = [str(code) for code in codes] if isinstance(codes, list) else []
    meaning = meaning_of("xyz10", reversed(codes))
    if name in VACANT_NAMES:
        return Shape(identity, level, name, "vacant", polygon)
    if is_trade(meaning):
        if name:
            return Shape(identity, level, name, "store", polygon, meaning)
        drawing.say(identity, level, f"{meaning} unit without a name taken as vacant")
        return Shape(identity, level, "", "vacant", polygon)
    if meaning is None:
        drawing.say(
            identity,
            level,
            f"unknown category of '{name}' ({codes[-1] if codes else 'none'}): "
            + ("taken as services" if name else "taken as structure"),
        )
        return Shape(identity, level, name, "store" if name else "structure", polygon, "services" if name else None)
    if meaning == "structure" and name:
        drawing.say(identity, level, f"'{name}' kept as structure: its category says so; add it to tenants.csv if it is a shop")
    return Shape(identity, level, name, meaning, polygon)


def _ordinal(name: str) -> int | None:
    """Return 0 for the ground floor F1 or G, 1 for F2, -1 for B1."""
    found = FLOOR_NAME.match(name.strip())
    if not found:
        return None
    if found["below"]:
        return -int(found["depth"] or 1)
    return 0 if found["ground"] else int(found["storey"]) - 1


def _mercator(geometry: BaseGeometry) -> BaseGeometry:
    def project(lonlat: np.ndarray) -> np.ndarray:
        latitude = np.clip(lonlat[:, 1], -85.0, 85.0)
        return np.stack(
            [EARTH_RADIUS_M * np.radians(lonlat[:, 0]), EARTH_RADIUS_M * np.log(np.tan(np.pi / 4 + np.radians(latitude) / 2))],
            axis=1,
        )

    return shapely.transform(geometry, project)
