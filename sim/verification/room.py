"""A full room empties by several doors: RiMEA case 9."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.events import EventKind
from sim.verification.drawings import Drawing, box
from sim.verification.parameters import ROTATION, Parameter, number, whole
from sim.verification.records import Record, between, equal, if_saturated, near
from sim.verification.walking import spread, walk

MEANING = "time to empty a public room by four doors and by two (RiMEA 9)"
PARAMETERS: dict[str, Parameter] = {
    "people": whole(1000, "people in the room", 10, 5000),
    "door_m": number(1.0, "clear width of each door", 0.5, 5.0),
    "room_m": Parameter(
        [30.0, 20.0], "length and breadth of the room; two doors in each of its long walls", 10.0, 100.0, pair=True
    ),
    "rotate_deg": ROTATION,
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
REFERENCE_PER_M_S = 1.33  # IMO's door
TOLERANCE_SHARE = 0.20
RATIO_LOW, RATIO_HIGH = 1.6, 2.4  # JuPedSim's band about 2
FROM_CORNER_M = 5.0
MEAN_MPS = 1.34


def run(values: dict[str, Any]) -> list[Record]:
    """Return both times and their ratio."""
    reference_s = values["people"] / (4 * values["door_m"] * REFERENCE_PER_M_S)
    four_s, two_s = (_times_s(values, doors) for doors in (4, 2))
    ratio = float(two_s[-1] / four_s[-1])
    capacity = RunConfig().movement.border_flow_per_m_s
    found = [
        near("time to empty by four doors", "s", reference_s, float(four_s[-1]), round(TOLERANCE_SHARE * reference_s, 3), quantity="four_doors_s"),
        between("time by two doors over time by four", "ratio", 2.0, ratio, RATIO_LOW, RATIO_HIGH, two_doors_s=float(two_s[-1])),
        between(
            "flow by two doors per metre", "people/(m s)", capacity, two_s.size / float(two_s[-1]) / (2 * values["door_m"]), 0.0, REFERENCE_PER_M_S
        ),
    ]  # fmt: skip
    walk_s = float(np.hypot(*values["room_m"])) / MEAN_MPS
    found = [if_saturated(one, reference_s, walk_s) for one in found]
    return [*found, equal("people who came out", "people", 2 * values["people"], four_s.size + two_s.size)]


def _times_s(values: dict[str, Any], doors: int) -> np.ndarray:
    """Return when people leave, each by an exit of its own choice."""
    length_m, breadth_m = values["room_m"]
    drawing = Drawing("room", values["rotate_deg"])
    drawing.floor("L0", box(0, 0, length_m, breadth_m))
    corners = [
        (FROM_CORNER_M, 0.0),
        (length_m - FROM_CORNER_M, breadth_m),
        (length_m - FROM_CORNER_M, 0.0),
        (FROM_CORNER_M, breadth_m),
    ]
    for number_, (x_m, y_m) in enumerate(corners[:doors]):
        drawing.exit(f"door {number_}", x_m, y_m, values["door_m"])
    places = []
    for x_m in np.linspace(2.0, length_m - 2.0, 8):
        for y_m in np.linspace(2.0, breadth_m - 2.0, 5):
            places.append(f"start {x_m:04.1f} {y_m:04.1f}")
            drawing.spot(places[-1], float(x_m), float(y_m))
    return walk(drawing.compiled(), spread(values["people"], places, None)).times_s(EventKind.LEFT)
