"""A crowd leaves a room by a door: IMO 4, ISO 20414 case 11, and flow against width."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.events import EventKind
from sim.verification.drawings import Drawing
from sim.verification.parameters import ROTATION, Parameter, number, whole
from sim.verification.records import Record, at_least, between, equal, if_saturated, record, verdict_of
from sim.verification.walking import flow_per_s, spread, walk

MEANING = "sustained flow of a crowd through a door against its capacity, and linear in its width (IMO 4)"
PARAMETERS: dict[str, Parameter] = {
    "width_m": number(1.0, "clear width of the door", 0.5, 10.0),
    "people": whole(100, "people in the room", 10, 5000),
    "room_m": Parameter(
        [8.0, 5.0], "depth and breadth of the room; the door is in the middle of the breadth", 2.0, 200.0, pair=True
    ),
    "rotate_deg": ROTATION,
}
STANDARD: tuple[dict[str, Any], ...] = ({}, {"rotate_deg": 17.0}, {"width_m": 2.0})
WIDTHS_M = (0.8, 1.0, 1.2, 1.6, 2.0)
WALL_M = 0.2
BEHIND_M = 12.0  # floor behind the door, wide enough not to jam
MEAN_MPS = 1.34
LOW_PER_M_S, HIGH_PER_M_S = (
    1.0,
    1.33,
)  # IMO and NIST: no more than 1.33; less than 1.0 would hold people up that real doors let go


def run(values: dict[str, Any]) -> list[Record]:
    """Return the flow at one door."""
    width_m, people = values["width_m"], values["people"]
    if width_m > values["room_m"][1]:
        problem = Problem(
            "width_m", f"{width_m:g}", f"must fit the room's breadth of {values['room_m'][1]:g} m", "make the room wider"
        )
        raise ConfigError.of("galleria verify door", [problem])
    capacity = RunConfig().movement.border_flow_per_m_s
    times_s = crossings_s(width_m, people, values["room_m"], values["rotate_deg"])
    flow = flow_per_s(times_s)
    low, high = LOW_PER_M_S * width_m, HIGH_PER_M_S * width_m
    busy_s, walk_s = people / (capacity * width_m), float(np.hypot(*values["room_m"])) / MEAN_MPS
    found = [
        between(
            "sustained flow, first to last crossing", "people/s", capacity * width_m, flow, low, high, quantity="flow_per_s"
        ),
        between(
            "flow per metre of width",
            "people/(m s)",
            capacity,
            flow / width_m,
            0.85 * capacity,
            1.15 * capacity,
            quantity="flow_per_m_s",
        ),
    ]
    found = [if_saturated(one, busy_s, walk_s) for one in found]
    return [*found, equal("people who come out", "people", people, times_s.size)]


def run_widths() -> list[Record]:
    """Return how flow grows with width (PED-09)."""
    flows = np.array([flow_per_s(crossings_s(width_m, 200, [8.0, 5.0], 0.0)) for width_m in WIDTHS_M])
    fit = np.polyfit(WIDTHS_M, flows, 1)
    unexplained = np.sum((flows - np.polyval(fit, WIDTHS_M)) ** 2) / np.sum((flows - flows.mean()) ** 2)
    steps = np.diff(flows)
    widths = list(WIDTHS_M)
    return [
        at_least(
            "R2 of flow linear in width",
            "share",
            0.95,
            float(1 - unexplained),
            widths_m=widths,
            flows_per_s=[float(flow) for flow in flows],
        ),
        record(
            "smallest rise of flow from a width to the next",
            "people/s",
            0.0,
            float(steps.min()),
            verdict_of(bool((steps >= 0).all())),
            "flow does not fall",
        ),
    ]


def crossings_s(width_m: float, people: int, room_m: list[float], rotate_deg: float) -> np.ndarray:
    """Return when each person reaches a spot behind the door, for which all have the same way to go from it."""
    depth_m, breadth_m = room_m
    drawing = Drawing("door", rotate_deg)
    middle_m, side_m = breadth_m / 2, max(breadth_m / 2, width_m)
    low, high = middle_m - width_m / 2, middle_m + width_m / 2
    far_m = depth_m + WALL_M + BEHIND_M
    drawing.walled(
        "L0",
        [(0, 0), (depth_m, 0), (depth_m, middle_m - side_m - BEHIND_M), (far_m, middle_m - side_m - BEHIND_M),
         (far_m, middle_m + side_m + BEHIND_M), (depth_m, middle_m + side_m + BEHIND_M), (depth_m, breadth_m), (0, breadth_m)],
        [(depth_m, middle_m - side_m - BEHIND_M, depth_m + WALL_M, low), (depth_m, high, depth_m + WALL_M, middle_m + side_m + BEHIND_M)],
    )  # fmt: skip
    columns = np.linspace(0.5, depth_m - 0.8, max(2, int(depth_m // 2)))
    rows = np.linspace(0.5, breadth_m - 0.5, max(2, int(breadth_m // 1.5)))
    places = []
    for column, x_m in enumerate(columns):
        for row, y_m in enumerate(rows):
            places.append(f"start {column:02d} {row:02d}")
            drawing.spot(places[-1], float(x_m), float(y_m))
    drawing.spot("out", depth_m + WALL_M + 4.0, middle_m)
    return walk(drawing.compiled(), spread(people, places, "out")).times_s(EventKind.LEFT)
