"""Stairs: walking times up and down, and a crowd that jams at their foot (RiMEA 2, 3 and 13)."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.events import EventKind, SegmentKind
from sim.verification.drawings import Drawing, box
from sim.verification.parameters import Parameter, number, whole
from sim.verification.records import Record, near, record, verdict_of
from sim.verification.walking import Group, flow_per_s, spread, walk

MEANING = "time on stairs up and down, and a crowd before stairs that pass less than the corridor to them (RiMEA 2, 3, 13)"
PARAMETERS: dict[str, Parameter] = {
    "slope_m": number(10.0, "length along the slope", 2.0, 100.0),
    "up_mps": number(0.50, "speed along the slope going up", 0.1, 3.0),
    "down_mps": number(0.65, "speed along the slope going down", 0.1, 3.0),
    "people": whole(150, "people in the room before the corridor to the stairs", 20, 1000),
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
FREE_MPS = 1.34
TOLERANCE_SHARE = 0.05
SLOPE_DEG = 30.0
BEFORE_SPILL_BACK = 100  # people who reach the foot before the queue can fill the corridor, which then flows like the stairs


def run(values: dict[str, Any]) -> list[Record]:
    """Return the times of one walker up and one down, and flows of a crowd that climbs."""
    found = []
    for way, speed_mps in (("up", values["up_mps"]), ("down", values["down_mps"])):
        free_s = values["slope_m"] / speed_mps
        time_s = _time_s(values, way)
        found.append(
            near(f"time {way} the stairs", "s", free_s, time_s, round(TOLERANCE_SHARE * free_s, 4), quantity=f"{way}_s")
        )
    return found + _crowd(values["people"])


def _levels(drawing: Drawing, width_m: float) -> None:
    for level, height_m in (("L0", 0.0), ("L1", 5.0)):
        drawing.floor(level, box(0, 0, 60, width_m), height_m=height_m)


def _time_s(values: dict[str, Any], way: str) -> float:
    config = RunConfig()
    config.movement.stairs_up_factor, config.movement.stairs_down_factor = (
        values["up_mps"] / FREE_MPS,
        values["down_mps"] / FREE_MPS,
    )
    drawing = Drawing("stairs")
    run_m, rise_m = values["slope_m"] * np.cos(np.radians(SLOPE_DEG)), values["slope_m"] * np.sin(np.radians(SLOPE_DEG))
    for level, height_m in (("L0", 0.0), ("L1", float(rise_m))):
        drawing.floor(level, box(0, 0, 20 + float(run_m), 4), height_m=height_m)
    drawing.connector("stairs", "stairs", (("L0", 5.0, 2.0), ("L1", 5.0 + float(run_m), 2.0)), width_m=2.0)
    drawing.spot("low", 2.0, 2.0, "L0")
    drawing.spot("high", 8.0 + float(run_m), 2.0, "L1")
    start, goal = ("low", "high") if way == "up" else ("high", "low")
    seen = walk(drawing.compiled(), [Group(1, start, goal, speed_mps=FREE_MPS)], config, edges=True)
    riding = seen.segment_kind == SegmentKind.RIDING
    return float((seen.segment_end_s - seen.segment_start_s)[riding].sum())


def _crowd(people: int) -> list[Record]:
    """Return flows from an 8 m x 5 m room along a corridor 2 m wide to the foot of stairs as wide, and the queue there."""
    drawing = Drawing("stairs")
    outline = [(0, 0), (8, 0), (8, 1.5), (26, 1.5), (26, 3.5), (8, 3.5), (8, 5), (0, 5)]
    drawing.floor("L0", [(float(x), float(y)) for x, y in outline])
    drawing.floor("L1", box(20, 0, 60, 5), height_m=5.0)
    drawing.connector("stairs", "stairs", (("L0", 25.0, 2.5), ("L1", 34.0, 2.5)), width_m=2.0)
    places = [f"start {x} {y}" for x in (1, 3, 5) for y in (1, 2, 3, 4)]
    for place in places:
        _, x, y = place.split()
        drawing.spot(place, float(x), float(y))
    drawing.spot("end", 55.0, 2.5, "L1")
    seen = walk(drawing.compiled(), spread(people, places, "end"))
    boarded = seen.kind == EventKind.BOARDED
    boarded_s, wait_s = seen.time_s[boarded], 1e-6 * seen.value[boarded]
    foot_s = np.sort(boarded_s - wait_s)
    corridor, stairs = flow_per_s(foot_s[:BEFORE_SPILL_BACK]), flow_per_s(np.sort(boarded_s))
    queue = np.searchsorted(foot_s, boarded_s, side="right") - np.arange(1, boarded_s.size + 1)
    early, late = float(queue[: people // 4].mean()), float(queue[people // 4 : people // 2].mean())
    movement = RunConfig().movement
    return [
        near("flow up the stairs", "people/s", 2 * movement.stairs_up_flow_per_m_s, stairs, 0.05, quantity="stairs_flow_per_s"),
        record(
            "flow up the stairs less flow along the corridor",
            "people/s",
            -0.05,
            stairs - corridor,
            verdict_of(stairs < corridor - 0.05),
            "below the reference",
        ),
        record(
            "queue at the foot, second quarter of the crowd",
            "people",
            early,
            late,
            verdict_of(late > early),
            "above the reference, that of the first quarter",
        ),
    ]
