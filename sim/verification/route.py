"""Everybody leaves by the exit assigned: RiMEA case 10."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.events import EventKind
from sim.random_streams import stream_key, uniforms
from sim.verification.drawings import Drawing, box
from sim.verification.parameters import ROTATION, SEED, Parameter, whole
from sim.verification.records import Record, equal
from sim.verification.walking import Group, walk

MEANING = "rooms along a corridor, each with an exit assigned: everybody leaves by it (RiMEA 10)"
PARAMETERS: dict[str, Parameter] = {
    "seeds": whole(20, "runs with people of other speeds", 1, 1000),
    "seed": SEED,
    "rotate_deg": ROTATION,
}
STANDARD: tuple[dict[str, Any], ...] = ({}, {"rotate_deg": 17.0, "seeds": 2})
ROOM_M, DEPTH_M, WALL_M, DOOR_M = 3.0, 5.0, 0.2, 0.9
CORRIDOR_M = 1.0
ROOMS = 12  # 1 to 6 below the corridor, 7 to 12 above
SECONDARY = (5, 6, 11, 12)
ALONE = 3  # this room has one person, the others two
PEOPLE = 2 * ROOMS - 1


def run(values: dict[str, Any]) -> list[Record]:
    """Return how many left by their exit, over all seeds."""
    compiled = _drawn(values["rotate_deg"]).compiled()
    right = 0
    for run_index in range(values["seeds"]):
        key = stream_key(values["seed"], f"route {run_index}")
        speeds_mps = 0.8 + 0.8 * uniforms(key, np.arange(ROOMS), 0)
        groups = [
            Group(1 if room == ALONE else 2, f"room {room:02d}", _exit_of(room), speed_mps=float(speeds_mps[room - 1]))
            for room in range(1, ROOMS + 1)
        ]
        seen = walk(compiled, groups)
        assigned = np.repeat(
            [_exit_of(room) == "secondary" for room in range(1, ROOMS + 1)], [group.people for group in groups]
        )
        for is_secondary, identity in ((False, "main"), (True, "secondary")):
            right += int((assigned[seen.visits(EventKind.LEFT, identity)] == is_secondary).sum())
    return [equal("people who left by the exit assigned", "people", PEOPLE * values["seeds"], right)]


def _exit_of(room: int) -> str:
    return "secondary" if room in SECONDARY else "main"


def _drawn(rotate_deg: float) -> Drawing:
    """Draw six rooms on either side of a corridor, which ends at the main exit on the left and the secondary one on the right."""
    drawing = Drawing("route", rotate_deg)
    pitch_m, columns = ROOM_M + WALL_M, ROOMS // 2
    length_m, top_m = columns * pitch_m, 2 * DEPTH_M + CORRIDOR_M + 2 * WALL_M
    walls = []
    for column in range(columns):
        x0, x1 = column * pitch_m, (column + 1) * pitch_m
        for y0 in (DEPTH_M, DEPTH_M + WALL_M + CORRIDOR_M):  # walls with a door in the middle of each room
            door_m = (x0 + x1 - WALL_M - DOOR_M) / 2
            walls += [(x0, y0, door_m, y0 + WALL_M), (door_m + DOOR_M, y0, x1, y0 + WALL_M)]
        walls += [(x1 - WALL_M, 0.0, x1, DEPTH_M), (x1 - WALL_M, top_m - DEPTH_M, x1, top_m)]
    drawing.walled("L0", box(0, 0, length_m, top_m), walls)
    for room in range(1, ROOMS + 1):
        x_m = ((room - 1) % columns + 0.5) * pitch_m
        drawing.spot(f"room {room:02d}", x_m, 2.0 if room <= columns else top_m - 2.0)
    middle_m = DEPTH_M + WALL_M + CORRIDOR_M / 2
    drawing.exit("main", 0.0, middle_m, 1.2)
    drawing.exit("secondary", length_m, middle_m, 1.2)
    return drawing
