"""A packed room with a near and a far exit: most take the near one, some the far one (RiMEA 11)."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.errors import ConfigError, Problem
from sim.events import EventKind
from sim.verification.drawings import Drawing, box
from sim.verification.parameters import ROTATION, Parameter, number, whole
from sim.verification.records import Record, equal, record, verdict_of
from sim.verification.walking import spread, walk

MEANING = "choice between a near and a far exit, and how the crowd at the near one moves it (RiMEA 11)"
PARAMETERS: dict[str, Parameter] = {
    "people": whole(1000, "people in the left half of the room", 10, 3000),
    "near_m": number(1.0, "clear width of the near exit", 0.5, 5.0),
    "narrowed_m": number(0.6, "its width when it is narrowed", 0.4, 5.0),
    "far_m": number(1.0, "clear width of the far exit", 0.5, 5.0),
    "rotate_deg": ROTATION,
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
ROOM_M = (30.0, 20.0)
NEAR_X_M, FAR_X_M = 18.0, 28.0


def run(values: dict[str, Any]) -> list[Record]:
    """Return how many took each exit, and how that changes when the near one is narrowed."""
    if values["narrowed_m"] >= values["near_m"]:
        problem = Problem(
            "narrowed_m", f"{values['narrowed_m']:g}", f"must be less than near_m, {values['near_m']:g}", "narrow it further"
        )
        raise ConfigError.of("galleria verify exit_choice", [problem])
    near, far = _taken(values, values["near_m"])
    narrowed_near, narrowed_far = _taken(values, values["narrowed_m"])
    share, narrowed_share = far / max(near + far, 1), narrowed_far / max(narrowed_near + narrowed_far, 1)
    return [
        record("people by the near exit", "people", float(far), float(near), verdict_of(near > far), "more than by the far exit, the reference"),
        record("people by the far exit", "people", 1, far, verdict_of(far >= 1), "at least the reference"),
        record(
            "share by the far exit when the near one is narrowed", "share", share, narrowed_share, verdict_of(narrowed_share > share),
            "above the reference, the share before",
        ),
        equal("people who came out", "people", 2 * values["people"], near + far + narrowed_near + narrowed_far),
    ]  # fmt: skip


def _taken(values: dict[str, Any], near_m: float) -> tuple[int, int]:
    drawing = Drawing("exit_choice", values["rotate_deg"])
    drawing.floor("L0", box(0, 0, *ROOM_M))
    drawing.exit("near", NEAR_X_M, ROOM_M[1], near_m)
    drawing.exit("far", FAR_X_M, ROOM_M[1], values["far_m"])
    places = []
    for x_m in np.linspace(2.5, 14.5, 6):
        for y_m in np.linspace(2.0, ROOM_M[1] - 2.0, 6):
            places.append(f"start {x_m:04.1f} {y_m:04.1f}")
            drawing.spot(places[-1], float(x_m), float(y_m))
    seen = walk(drawing.compiled(), spread(values["people"], places, None))
    return seen.times_s(EventKind.LEFT, "near").size, seen.times_s(EventKind.LEFT, "far").size
