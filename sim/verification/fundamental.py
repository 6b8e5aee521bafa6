"""Speed against density on a long corridor held at one density: the law that was configured, at work in the engine."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.crowd.movement import speed_factor
from sim.events import EventKind, SegmentKind
from sim.plan_arrays import CompiledPlan
from sim.verification.drawings import Drawing, box
from sim.verification.parameters import ROTATION, Parameter, number
from sim.verification.records import INFO, Record, at_most, between, near, record, verdict_of
from sim.verification.walking import Group, Seen, flow_per_s, spread, walk

MEANING = "speed and flow against density on a long corridor, against the configured Weidmann law (RiMEA 4)"
PARAMETERS: dict[str, Parameter] = {
    "density_per_m2": number(1.0, "people per square metre at the start", 0.05, 5.0),
    "width_m": number(4.0, "width of the corridor", 2.0, 20.0),
    "speed_mps": number(1.34, "free walking speed", 0.3, 3.0),
    "rotate_deg": ROTATION,
}
STANDARD: tuple[dict[str, Any], ...] = ({}, {"rotate_deg": 17.0, "density_per_m2": 1.5})
LENGTH_M, FROM_M, TO_M = 400.0, 190.0, 270.0  # measured in the middle, where neither end is felt yet
FROM_S, TO_S = 40.0, 90.0  # everybody has entered a zone at the density that is held
SPOT_EVERY_M = 8.0
FINISH_S = 300.0  # a segment is written when it ends
PLACES = [f"start {index:03d}" for index in range(int(LENGTH_M / SPOT_EVERY_M))]
TOLERANCE_SHARE = 0.20  # the literature's spread (Seyfried et al.): closer claims about a level floor are not honest
DENSITIES_PER_M2 = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0)
HELD_PER_M2 = (0.5, 2.0)  # range in which the guideline compares
PRESSED, PRESSED_S = 1.3, (200.0, 600.0)  # demand over capacity, and the window in which the flow is taken
CAPACITY_LOW, CAPACITY_HIGH = 1.2, 1.8  # people per second and metre (Seyfried et al.)


def run(values: dict[str, Any]) -> list[Record]:
    """Return the speed at one density."""
    compiled = _corridor(values["width_m"], values["rotate_deg"])
    density, speed_mps = measured(
        compiled, values["density_per_m2"], values["width_m"], values["speed_mps"], values["rotate_deg"]
    )
    law_mps = _law_mps(density, values["speed_mps"])
    low, high = HELD_PER_M2
    rule = f"within {100 * TOLERANCE_SHARE:g} % of the reference from {low:g} to {high:g} people per m2, shown elsewhere"
    holds = verdict_of(abs(speed_mps - law_mps) <= TOLERANCE_SHARE * law_mps)
    verdict = holds if low <= values["density_per_m2"] <= high else INFO
    more = {"quantity": "speed_mps", "density_per_m2": density, "flow_per_m_s": density * speed_mps}
    return [
        record("speed at the density measured", "m/s", law_mps, speed_mps, verdict, rule, **more),
        at_most("speed, which is at most the free speed", "m/s", values["speed_mps"] + 1e-6, speed_mps),
    ]


def run_curve() -> list[Record]:
    """Return the whole curve: within 20 % of the law from 0.5 to 2 people per m2, falling, with a capacity like the literature's."""
    compiled = _corridor(4.0, 0.0)
    found = [measured(compiled, density, 4.0, 1.34, 0.0) for density in DENSITIES_PER_M2]
    records = []
    for aimed, (density, speed_mps) in zip(DENSITIES_PER_M2, found, strict=True):
        law_mps = _law_mps(density, 1.34)
        case, more = f"speed at {aimed:g} per m2", {"density_per_m2": density, "flow_per_m_s": density * speed_mps}
        if HELD_PER_M2[0] <= aimed <= HELD_PER_M2[1]:
            records.append(near(case, "m/s", law_mps, speed_mps, round(TOLERANCE_SHARE * law_mps, 4), **more))
        else:
            records.append(record(case, "m/s", law_mps, speed_mps, INFO, "shown", **more))
    rises = np.diff([speed_mps for _, speed_mps in found])
    records.append(at_most("largest rise of speed from a density to the next", "m/s", 0.02, float(rises.max())))
    flow = max(density * speed_mps for density, speed_mps in found)
    rule = f"from {CAPACITY_LOW} to {CAPACITY_HIGH} people/(m s)"
    capacity = RunConfig().movement.border_flow_per_m_s
    records.append(
        record("largest flow", "people/(m s)", capacity, flow, verdict_of(CAPACITY_LOW <= flow <= CAPACITY_HIGH), rule)
    )
    return [*records, _saturated()]


def _saturated() -> Record:
    """Return the flow out of a corridor into which more people press than it can carry: what it passes once it has filled up."""
    drawing = Drawing("fundamental_diagram")
    drawing.floor("L0", box(0, 0, 120.0, 4.0))
    drawing.spot("start", 1.0, 2.0)
    drawing.spot("end", 119.0, 2.0)
    capacity = RunConfig().movement.border_flow_per_m_s
    every_s = 1 / (PRESSED * capacity * 4.0)
    seen = walk(drawing.compiled(), [Group(int(PRESSED_S[1] / every_s), "start", "end", every_s=every_s)])
    left_s = seen.times_s(EventKind.LEFT)
    flow = flow_per_s(left_s[(left_s > PRESSED_S[0]) & (left_s < PRESSED_S[1])]) / 4.0
    return between(
        "flow out of a corridor pressed into by 1.3 times its capacity",
        "people/(m s)",
        capacity,
        flow,
        CAPACITY_LOW,
        CAPACITY_HIGH,
    )


def _law_mps(density_per_m2: float, free_mps: float) -> float:
    movement = RunConfig().movement
    factor = speed_factor(density_per_m2, movement.weidmann_gamma_per_m2, movement.jam_density_per_m2)
    most_mps = movement.border_flow_per_m_s / max(density_per_m2, 1e-9)  # no border passes more, however fast people walk
    return min(max(free_mps * factor, min(movement.creep_mps, free_mps)), most_mps)


def _corridor(width_m: float, rotate_deg: float) -> CompiledPlan:
    drawing = Drawing("fundamental_diagram", rotate_deg)
    drawing.floor("L0", box(0, 0, LENGTH_M, width_m))
    for index, place in enumerate(PLACES):
        drawing.spot(place, SPOT_EVERY_M * (index + 0.5), width_m / 2)
    drawing.spot("end", LENGTH_M - 0.2, width_m / 2)
    return drawing.compiled()


def measured(
    compiled: CompiledPlan, density_per_m2: float, width_m: float, speed_mps: float, rotate_deg: float
) -> tuple[float, float]:
    """Return density and space-mean speed in the middle of the corridor: Edie's definitions over all that walked or stood there."""
    people = max(round(density_per_m2 * width_m * LENGTH_M), 1)
    groups = spread(people, PLACES, "end", speed_mps=speed_mps)
    return _edie(walk(compiled, groups, edges=True, until_s=TO_S + FINISH_S), rotate_deg)


def _edie(seen: Seen, rotate_deg: float) -> tuple[float, float]:
    """Return person-time over area and time, and metres walked over person-time, in the zones of the middle."""
    plan = seen.compiled.arrays
    angle = np.radians(rotate_deg)
    along_m = plan.zone_x_m * np.cos(angle) + plan.zone_y_m * np.sin(angle)
    middle = (along_m >= FROM_M) & (along_m <= TO_M)
    on_floor = np.isin(seen.segment_kind, (SegmentKind.WALKING, SegmentKind.STANDING)) & (seen.segment_place >= 0)
    zone = plan.piece_zone[np.where(on_floor, seen.segment_place, 0)]
    here = on_floor & middle[zone]
    start_s, end_s = seen.segment_start_s[here], seen.segment_end_s[here]
    inside_s = np.clip(np.minimum(end_s, TO_S) - np.maximum(start_s, FROM_S), 0.0, None)
    person_s = float(inside_s.sum())
    metres = float((seen.segment_m[here] * inside_s / (end_s - start_s)).sum())
    return person_s / (float(plan.zone_area_m2[middle].sum()) * (TO_S - FROM_S)), metres / person_s
