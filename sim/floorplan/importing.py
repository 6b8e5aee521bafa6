"""Brings a foreign drawing in as a Galleria folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sim.errors import FloorPlanError, Problem
from sim.floorplan.plan import FloorPlan
from sim.floorplan.read import read_plan
from sim.floorplan.tenants_csv import tenants_template
from sim.floorplan.write_galleria import write_plan

__all__ = ["import_plan", "tenants_template"]

LICENCE_NAMES = ("LICENSE", "LICENCE", "COPYING", "LICENSE.md", "LICENSE.txt")
LICENCE_CHARACTERS_MAX = 20_000


def import_plan(source: Path, dest: Path) -> FloorPlan:
    """Read a plan of any form, write it to `dest` as a Galleria folder, and return the plan, its repairs with it.

    Raises FloorPlanError for a source that cannot be read, and for a `dest` that holds something else than a plan.
    """
    source, dest = Path(source), Path(dest)
    if dest.exists() and (not dest.is_dir() or (any(dest.iterdir()) and not (dest / "levels.geojson").is_file())):
        raise FloorPlanError.of(dest, [Problem(dest.name, "something else", "the destination is a new folder or a plan to replace",
                                               "name another folder")])  # fmt: skip
    plan = _with_licence(read_plan(source), source)
    write_plan(plan, dest)
    return plan


def _with_licence(plan: FloorPlan, source: Path) -> FloorPlan:
    """Return the plan with the text of a licence file in the source's folder or the one above added to its origin."""
    folder = source.resolve() if source.is_dir() else source.resolve().parent
    for place in (folder, folder.parent):
        for name in LICENCE_NAMES:
            path = place / name
            if path.is_file() and path.stat().st_size < LICENCE_CHARACTERS_MAX:
                text = path.read_text(encoding="utf-8", errors="replace").strip()
                return replace(plan, source=f"{plan.source}\n\n### {name} found with it\n\n{text}")
    return plan
