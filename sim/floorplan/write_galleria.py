"""Writes a plan as a Galleria folder: GeoJSON in local metres, tenants.csv, repairs.csv and SOURCE.md, byte for byte the same."""

from __future__ import annotations

import json
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from sim.floorplan.plan import FloorPlan, Repair
from sim.floorplan.repair import canonical
from sim.floorplan.tenants_csv import csv_text, text_of

FORM_VERSION = 1
CRS = "local metres"
REPAIR_COLUMNS = ("feature", "level", "what")

Json = dict[str, Any]


def write_plan(plan: FloorPlan, folder: Path) -> None:
    """Write the canonical form of a plan; each file appears whole or not at all.

    `read_galleria(folder)` gives back `canonical(plan)` exactly. Files of the form that the plan does not need are removed.
    """
    plan = canonical(plan)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files_of(plan).items():
        if text is None:
            (folder / name).unlink(missing_ok=True)
        else:
            _write(folder / name, text)


def files_of(plan: FloorPlan) -> dict[str, str | None]:
    """Return file name -> text of a canonical plan's files, None for one that it does not need."""
    levels = [_feature(one.id, one.outline, name=one.name, ordinal=one.ordinal, height_m=one.height_m) for one in plan.levels]
    walkable = [_feature(one.id, one.walkable) for one in plan.levels if one.walkable is not None]
    units = [_feature(one.id, one.polygon, level=one.level, name=one.name, kind=one.kind) for one in plan.units]
    openings = [
        _point(f"{unit.id}/{index}", door.x_m, door.y_m, unit=unit.id, width_m=door.width_m, inferred=door.inferred)
        for unit in plan.units
        for index, door in enumerate(unit.doors, start=1)
    ]
    connectors = []
    for one in plan.connectors:
        stops = {"type": "MultiPoint", "coordinates": [[stop.x_m, stop.y_m] for stop in one.stops]}
        connectors.append(_feature(
            one.id, stops, kind=one.kind, levels=[stop.level for stop in one.stops], width_m=one.width_m,
            capacity_people=one.capacity_people, cycle_s=one.cycle_s,
        ))  # fmt: skip
    entrances = [
        _point(one.id, one.x_m, one.y_m, level=one.level, width_m=one.width_m, kind=one.kind, share=one.share)
        for one in plan.entrances
    ]
    parking = [
        _feature(one.id, one.polygon, level=one.level, bays=one.bays, entrance=one.entrance, gates=one.gates, walk_m=one.walk_m)
        for one in plan.parking
    ]
    points = [
        _point(one.id, one.x_m, one.y_m, level=one.level, height_m=one.height_m, band_ghz=one.band_ghz, power_dbm=one.power_dbm)
        for one in plan.access_points
    ]
    return {
        "levels.geojson": _collection(levels, name=plan.name, source=plan.source),
        "walkable.geojson": _collection(walkable) if walkable else None,
        "units.geojson": _collection(units),
        "openings.geojson": _collection(openings),
        "connectors.geojson": _collection(connectors),
        "entrances.geojson": _collection(entrances),
        "parking.geojson": _collection(parking),
        "access_points.geojson": _collection(points),
        "tenants.csv": text_of(plan.tenants),
        "repairs.csv": _repairs_csv(plan.repairs) if plan.repairs else None,
        "SOURCE.md": _source_md(plan),
    }


def _collection(features: list[Json], **more: str) -> str:
    """Return a FeatureCollection, one feature a line, so that a diff shows what changed."""
    head = json.dumps({"crs": CRS, "version": FORM_VERSION, **more}, ensure_ascii=False)
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, allow_nan=True, separators=(",", ":")) for feature in features)
    return f'{{"type":"FeatureCollection","galleria":{head},"features":[\n{lines}\n]}}\n'


def _feature(identity: str, geometry: BaseGeometry | Json | None, **properties: object) -> Json:
    shape = mapping(geometry) if isinstance(geometry, BaseGeometry) else geometry
    return {"type": "Feature", "id": identity, "properties": properties, "geometry": shape}


def _point(identity: str, x_m: float, y_m: float, **properties: object) -> Json:
    return _feature(identity, {"type": "Point", "coordinates": [x_m, y_m]}, **properties)


def _repairs_csv(repairs: Iterable[Repair]) -> str:
    return csv_text([REPAIR_COLUMNS, *((repair.feature, repair.level, repair.what) for repair in repairs)])


def _source_md(plan: FloorPlan) -> str:
    """Return the origin of a plan and every repair, those of one wording together."""
    lines = [f"# {plan.name}", "", "## Origin and licence", "", plan.source or "Drawn for Galleria.", ""]
    lines += ["The licence is that of the origin; keep its notice with any copy.", "", "## Repairs", ""]
    if not plan.repairs:
        return "\n".join([*lines, "None.", ""])
    lines += ["What the reader changed, inferred or left out (the same list, sortable, is repairs.csv):", ""]
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for repair in plan.repairs:
        grouped[repair.level, repair.what].append(repair.feature)
    lines += [f"- {level or 'plan'}: {what}: {', '.join(features)}" for (level, what), features in grouped.items()]
    return "\n".join([*lines, ""])


def _write(path: Path, text: str) -> None:
    """Write to a temporary file beside the path, flush it to disk, and give it its name."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
