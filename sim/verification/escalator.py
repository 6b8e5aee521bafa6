"""An escalator under twice the demand it can carry, and one that runs the wrong way."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.errors import FloorPlanError
from sim.events import EventKind
from sim.verification.drawings import Drawing, box
from sim.verification.parameters import Parameter, number
from sim.verification.records import Record, at_most, equal, near
from sim.verification.walking import Group, walk

MEANING = "throughput of a saturated escalator, its ride time, and a way that only runs against one"
PARAMETERS: dict[str, Parameter] = {
    "width_m": number(1.0, "width of the steps", 0.4, 2.0),
    "demand_ratio": number(2.0, "people who come over people it can carry", 0.1, 5.0),
    "hours": number(1.0, "how long they come", 0.1, 5.0),
    "slope_m": number(10.0, "length along the slope", 2.0, 60.0),
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
EN_115_PER_H = 6000.0  # most that EN 115-1 and GB 16899 credit steps 1 m wide at 0.5 m/s with
SHARE_TOLERANCE = 0.01
WARM_UP_S = 300.0


def run(values: dict[str, Any]) -> list[Record]:
    """Return what it carries in an hour, how long a ride takes, and that nobody rides against it."""
    config = RunConfig()
    capacity_per_h = config.movement.escalator_people_per_h * values["width_m"]
    every_s = 3600.0 / (capacity_per_h * values["demand_ratio"])
    people = int(values["hours"] * 3600.0 / every_s)
    # Whoever waits stands on the floor before it; a hall holds them all, so that the belt and nothing else is the limit.
    seen = walk(
        _drawn(values["slope_m"], people, values["width_m"]).compiled(), [Group(people, "low", "high", every_s=every_s)]
    )
    boarded_s = seen.times_s(EventKind.BOARDED)
    end_s = values["hours"] * 3600.0
    carried_per_h = float(((boarded_s > WARM_UP_S) & (boarded_s <= end_s)).sum()) * 3600.0 / (end_s - WARM_UP_S)
    in_an_hour = _most_within(boarded_s, 3600.0)
    ride_s = values["slope_m"] / config.movement.escalator_mps
    expected_per_h = min(1.0, values["demand_ratio"]) * capacity_per_h
    tolerance_per_h = max(SHARE_TOLERANCE * expected_per_h, 2 * 3600.0 / (end_s - WARM_UP_S))  # or a person at either end
    found = [
        near(
            "people carried",
            "people/h",
            expected_per_h,
            carried_per_h,
            round(tolerance_per_h, 3),
            quantity="carried_per_h",
        ),
        at_most("most people in any hour", "people", np.ceil(capacity_per_h) + 1, in_an_hour, quantity="hour_max"),
        near("time on the steps", "s", ride_s, float(_ride_s(values["slope_m"])), 0.01),
        _against(),
    ]
    if values["width_m"] == 1.0:
        found.insert(1, at_most("people carried against EN 115-1", "people/h", EN_115_PER_H, carried_per_h))
    return found


def _most_within(times_s: np.ndarray, window_s: float) -> int:
    return int((np.searchsorted(times_s, times_s + window_s, side="left") - np.arange(times_s.size)).max())


def _drawn(slope_m: float, people: int, width_m: float = 1.0) -> Drawing:
    side_m = max(20.0, (people / 2.0) ** 0.5)
    drawing = Drawing("escalator")
    for level, height_m in (("L0", 0.0), ("L1", slope_m / 2)):
        drawing.floor(level, box(0, 0, side_m + slope_m, side_m), height_m=height_m)
    run_m = slope_m * 0.75**0.5
    drawing.connector("up", "escalator", (("L0", 3.0, side_m / 2), ("L1", 3.0 + run_m, side_m / 2)), width_m=width_m)
    drawing.spot("low", 2.0, side_m / 2, "L0")
    drawing.spot("high", 4.0 + run_m, side_m / 2, "L1")
    return drawing


def _ride_s(slope_m: float) -> float:
    from sim.events import SegmentKind

    seen = walk(_drawn(slope_m, 1).compiled(), [Group(1, "low", "high")], edges=True)
    riding = seen.segment_kind == SegmentKind.RIDING
    return float((seen.segment_end_s - seen.segment_start_s)[riding].sum())


def _against() -> Record:
    """Return that nobody rides an escalator against its direction: the plan is refused, or the walker says that there is no way."""
    compiled = _drawn(10.0, 1)
    try:
        seen = walk(compiled.compiled(), [Group(1, "high", "low")], until_s=600.0)
    except FloorPlanError:
        return equal("people who ride against it", "people", 0, 0, note="the plan is refused when it is compiled")
    stranded = seen.times_s(EventKind.STRANDED).size
    return equal("people who ride against it", "people", 0, seen.times_s(EventKind.BOARDED).size, stranded=stranded)
