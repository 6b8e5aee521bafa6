"""All problems of a plan at once: each names the feature, its level and place, the rule it breaks and the way out."""

from __future__ import annotations

from pathlib import Path

from sim.errors import FloorPlanError, Problem
from sim.floorplan.check_reach import problems_of_reach, separate_parts
from sim.floorplan.check_shapes import problems_of_shapes, sound_geometry
from sim.floorplan.check_terms import problems_of_terms
from sim.floorplan.geojson import Faults
from sim.floorplan.plan import FloorPlan
from sim.floorplan.read import read_plan
from sim.floorplan.read_galleria import is_galleria, read_leniently
from sim.floorplan.slits import slits_of


def problems_of(plan: FloorPlan) -> list[Problem]:
    """Return everything that keeps a plan from being simulated, in a fixed order; empty when it is sound."""
    found = problems_of_shapes(plan) + problems_of_terms(plan)
    # Distances mean nothing where coordinates are not numbers or not metres; then only the shapes are reported.
    if sound_geometry(plan):
        found += problems_of_reach(plan)
    return found


def warnings_of(plan: FloorPlan) -> list[Problem]:
    """Return what a person should confirm although a plan can be simulated with it: narrow passages, separate parts."""
    return separate_parts(plan) + slits_of(plan) if sound_geometry(plan) else []


def require_sound(plan: FloorPlan, source: Path | str) -> FloorPlan:
    """Return the plan; raises FloorPlanError with all its problems when it has any."""
    found = problems_of(plan)
    if found:
        raise FloorPlanError.of(source, found)
    return plan


def check_path(path: Path) -> tuple[list[Problem], list[Problem]]:
    """Return the problems and warnings of a plan on disk, those of reading it included.

    A Galleria folder is read as far as it goes, so that one unreadable feature hides no other fault; problems of features
    that could not be read are not repeated as missing.
    """
    if not is_galleria(path):
        try:
            plan = read_plan(path)
        except FloorPlanError as error:
            return list(error.problems), []
        return problems_of(plan), warnings_of(plan)
    faults = Faults()
    try:
        plan = read_leniently(path, faults)
    except FloorPlanError as error:
        return [*faults.problems, *error.problems], []
    found = problems_of(plan)
    if faults.unreadable:
        quoted = {f"'{identity}'" for identity in faults.unreadable if identity}
        found = [one for one in found if one.value not in faults.unreadable and not any(name in one.place for name in quoted)]
        if any(problem.place.startswith("levels.geojson") for problem in faults.problems):
            found = []  # without its levels everything of a plan is out of place
    return faults.problems + found, warnings_of(plan)
