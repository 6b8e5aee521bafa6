"""A crowd turns a corner: neither faster than the short way straight on, nor slower than the long one (RiMEA 15)."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.events import EventKind
from sim.verification.drawings import Drawing, Point, box
from sim.verification.parameters import ROTATION, Parameter, number, whole
from sim.verification.records import Record, record, verdict_of
from sim.verification.walking import spread, walk

MEANING = "a crowd round a corner between a short and a long straight corridor (RiMEA 15)"
PARAMETERS: dict[str, Parameter] = {
    "people": whole(500, "people in the first 6 m", 10, 3000),
    "width_m": number(20.0, "width of the corridors", 4.0, 50.0),
    "rotate_deg": ROTATION,
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
SHORT_M, LONG_M = 44.0, 75.4  # straight corridors; the corner's arms are 34 m and 30 m along the outer wall
ARM_M, OTHER_ARM_M = 34.0, 30.0


def run(values: dict[str, Any]) -> list[Record]:
    """Return the three times in one comparison."""
    width_m = values["width_m"]
    corner = [
        (0, 0),
        (ARM_M, 0),
        (ARM_M, OTHER_ARM_M + width_m),
        (ARM_M - width_m, OTHER_ARM_M + width_m),
        (ARM_M - width_m, width_m),
        (0, width_m),
    ]
    short_s = _time_s(values, box(0, 0, SHORT_M, width_m), (SHORT_M - 0.5, width_m / 2))
    corner_s = _time_s(values, [(float(x), float(y)) for x, y in corner], (ARM_M - width_m / 2, OTHER_ARM_M + width_m - 0.5))
    long_s = _time_s(values, box(0, 0, LONG_M, width_m), (LONG_M - 0.5, width_m / 2))
    rule = f"between the short ({short_s:.1f} s) and the long straight corridor ({long_s:.1f} s)"
    holds = short_s <= corner_s <= long_s
    return [
        record(
            "time round the corner",
            "s",
            (short_s + long_s) / 2,
            corner_s,
            verdict_of(holds),
            rule,
            short_s=short_s,
            long_s=long_s,
        )
    ]


def _time_s(values: dict[str, Any], outline: list[Point], goal: Point) -> float:
    drawing = Drawing("corner", values["rotate_deg"])
    drawing.floor("L0", outline)
    places = []
    for x_m in (1.0, 3.0, 5.0):
        for y_m in np.linspace(1.0, values["width_m"] - 1.0, 6):
            places.append(f"start {x_m:.0f} {y_m:04.1f}")
            drawing.spot(places[-1], x_m, float(y_m))
    drawing.spot("end", *goal)
    return float(walk(drawing.compiled(), spread(values["people"], places, "end")).times_s(EventKind.LEFT)[-1])
