"""Recognises the form of a floor plan and reads it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from sim.errors import FloorPlanError, Problem
from sim.floorplan.geojson import read_bytes
from sim.floorplan.plan import FloorPlan
from sim.floorplan.read_floors_geojson import is_floors_folder, read_floors
from sim.floorplan.read_galleria import is_galleria, read_galleria
from sim.floorplan.read_imdf import is_imdf, read_imdf
from sim.floorplan.read_osm import read_osm

FORMS = (
    "a Galleria folder (levels.geojson, units.geojson), an IMDF folder or .zip (level.geojson, unit.geojson), a folder of floors "
    "(F1/geojson_map.json) or one OpenStreetMap indoor .geojson"
)


def read_plan(path: Path) -> FloorPlan:
    """Return the plan at a path in whichever form it is; raises FloorPlanError.

    The plan of a Galleria folder is as drawn, not checked (see `check.require_sound`); the other forms are mended on reading.
    """
    path = Path(path)
    if not path.exists():
        raise _unknown(
            path, "nothing there", "the plan must exist", "check the spelling; `galleria list` names the plans at hand"
        )
    if path.is_dir():
        for recognises, read in ((is_galleria, read_galleria), (is_imdf, read_imdf), (is_floors_folder, read_floors)):
            if recognises(path):
                return read(path)
        inside = sorted(child.name for child in path.iterdir())[:5]
        raise _unknown(
            path, ", ".join(inside) or "an empty folder", f"a plan is {FORMS}", "name a folder of one of these forms"
        )
    if zipfile.is_zipfile(path):
        return read_imdf(path)
    data = read_bytes(path)
    if path.suffix.lower() == ".zip" or data[:2] == b"PK":
        raise _unknown(path, "a damaged archive", "an IMDF archive is a whole .zip file", "download it again")
    return read_osm(path)


def _unknown(path: Path, value: str, rule: str, way_out: str) -> FloorPlanError:
    error = FloorPlanError.of(path, [Problem(path.name or str(path), value, rule, way_out)])
    assert isinstance(error, FloorPlanError)
    return error
