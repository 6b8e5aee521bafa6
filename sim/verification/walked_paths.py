"""A plan's compiled paths against the true shortest ones, its zones against its floor, its legs against its walls."""

from __future__ import annotations

from typing import Any

from sim import paths
from sim.floorplan.compile import compile_plan
from sim.floorplan.path_check import check_paths
from sim.floorplan.read import read_plan
from sim.verification.parameters import Parameter, whole
from sim.verification.records import Record

MEANING = "a plan's paths, zones and legs against an independent reckoning (floorplan=NAME)"
PARAMETERS: dict[str, Parameter] = {
    "floorplan": Parameter("corner_mall", "a name in floorplans/ or a folder", text=True),
    "pairs": whole(2000, "door pairs compared", 10, 1_000_000),
}
STANDARD: tuple[dict[str, Any], ...] = ({},)


def run(values: dict[str, Any]) -> list[Record]:
    """Return the claims of `sim.floorplan.path_check`."""
    plan = read_plan(paths.find_floorplan(values["floorplan"]))
    return [
        {**found, "half_width": None, "rule": "not above the reference"}
        for found in check_paths(plan, compile_plan(plan), values["pairs"])
    ]
