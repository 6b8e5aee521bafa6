"""A crowd through bottlenecks: what a farther goal, a longer or a narrower neck and a second one do (RiMEA 12)."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.events import EventKind, SegmentKind
from sim.verification.drawings import Drawing, box
from sim.verification.parameters import ROTATION, Parameter, number, whole
from sim.verification.records import Record, at_least, at_most, between, if_saturated, record, verdict_of
from sim.verification.walking import Seen, flow_per_s, spread, walk

MEANING = "a crowd through one bottleneck and two in a row (RiMEA 12)"
PARAMETERS: dict[str, Parameter] = {
    "people": whole(150, "people in the first 5 m of the room", 20, 1000),
    "width_m": number(1.0, "clear width of the bottleneck", 0.6, 5.0),
    "length_m": number(0.2, "length of the bottleneck", 0.2, 20.0),
    "rotate_deg": ROTATION,
}
STANDARD: tuple[dict[str, Any], ...] = ({}, {"length_m": 5.0}, {"width_m": 0.8}, {"width_m": 1.2})
ROOM_M = 10.0
GOALS_M = (0.5, 2.0, 5.0, 10.0)  # behind the bottleneck
MEAN_MPS = 1.34
DOOR_LENGTH_M = 1.0  # what is longer is a corridor, whose flow follows from speed and density, and its tolerance from theirs
DOOR_TOLERANCE, CORRIDOR_TOLERANCE = 0.15, 0.20


def run(values: dict[str, Any]) -> list[Record]:
    """Return the flow through one bottleneck and what a farther goal costs."""
    found = {goal_m: _single(values, goal_m) for goal_m in GOALS_M}
    times_s = [float(found[goal_m][-1]) for goal_m in GOALS_M]
    flow = flow_per_s(found[GOALS_M[-1]])
    capacity = RunConfig().movement.border_flow_per_m_s * values["width_m"]
    tolerance = DOOR_TOLERANCE if values["length_m"] <= DOOR_LENGTH_M else CORRIDOR_TOLERANCE
    most_s = (GOALS_M[3] - GOALS_M[2]) / MEAN_MPS + 2.0
    busy_s, walk_s = values["people"] / capacity, (ROOM_M + values["length_m"]) / MEAN_MPS
    flow_record = between(
        "flow through the bottleneck",
        "people/s",
        capacity,
        flow,
        (1 - tolerance) * capacity,
        1.33 * values["width_m"],
        quantity="flow_per_s",
    )
    return [
        if_saturated(flow_record, busy_s, walk_s),
        at_least(
            "least rise of the time with the goal's distance",
            "s",
            -1e-9,
            float(np.diff(times_s).min()),
            times_s=times_s,
            goals_m=list(GOALS_M),
        ),
        at_most("time to a goal 10 m behind less time to one 5 m behind", "s", most_s, times_s[3] - times_s[2]),
    ]


def run_two() -> list[Record]:
    """Return how two equal bottlenecks in a row pass a crowd: it jams before the first only (PED-16)."""
    drawing = Drawing("bottleneck")
    _draw_rooms(drawing, [ROOM_M, ROOM_M + 5.2], 1.0, 0.2, 15.4 + ROOM_M, ROOM_M)
    places = _starts(drawing)
    drawing.spot("end", 15.4 + 5.0, ROOM_M / 2)
    seen = walk(drawing.compiled(), spread(150, places, "end"), edges=True)
    first_s, second_s = (_crossings_s(seen, x_m) for x_m in (ROOM_M + 0.4, ROOM_M + 5.6))
    first, second = flow_per_s(first_s), flow_per_s(second_s)
    free_s = 5.2 / MEAN_MPS
    before = _longest_queue(np.zeros(first_s.size), first_s)
    between_them = _longest_queue(first_s + free_s, second_s)
    rule = "at most 20 % of the reference, the longest queue before the first"
    return [
        record(
            "longest queue before the second bottleneck",
            "people",
            before,
            between_them,
            verdict_of(between_them <= 0.2 * before),
            rule,
        ),
        record(
            "flow through the first less that through the second",
            "people/s",
            0.0,
            first - second,
            verdict_of(first - second >= -0.05),
            "not below -0.05",
        ),
    ]


def _longest_queue(ready_s: np.ndarray, crossed_s: np.ndarray) -> int:
    """Return the most people at once who would have crossed by now in free walking and have not."""
    waiting = np.searchsorted(np.sort(ready_s), crossed_s, side="left") - np.arange(crossed_s.size)
    return int(waiting.max())


def _single(values: dict[str, Any], goal_m: float) -> np.ndarray:
    drawing = Drawing("bottleneck", values["rotate_deg"])
    far_m = ROOM_M + values["length_m"] + ROOM_M + 2.0
    _draw_rooms(drawing, [ROOM_M], values["width_m"], values["length_m"], far_m, ROOM_M)
    places = _starts(drawing)
    drawing.spot("end", ROOM_M + values["length_m"] + goal_m, ROOM_M / 2)
    return walk(drawing.compiled(), spread(values["people"], places, "end")).times_s(EventKind.LEFT)


def _draw_rooms(
    drawing: Drawing, walls_x_m: list[float], width_m: float, length_m: float, far_m: float, breadth_m: float
) -> None:
    low, high = (breadth_m - width_m) / 2, (breadth_m + width_m) / 2
    walls = [wall for x_m in walls_x_m for wall in ((x_m, 0.0, x_m + length_m, low), (x_m, high, x_m + length_m, breadth_m))]
    drawing.walled("L0", box(0, 0, far_m, breadth_m), walls)


def _starts(drawing: Drawing) -> list[str]:
    places = []
    for x_m in (0.5, 1.5, 2.5, 3.5, 4.5):
        for y_m in (0.5, 2.5, 5.0, 7.5, 9.5):
            places.append(f"start {x_m:.1f} {y_m:.1f}")
            drawing.spot(places[-1], x_m, y_m)
    return places


def _crossings_s(seen: Seen, x_m: float) -> np.ndarray:
    """Return when each person first crosses the line at x, walking along its leg at an even pace within a segment."""
    plan = seen.compiled.arrays
    walking = seen.segment_kind == SegmentKind.WALKING
    piece = seen.segment_place[walking]
    leg = np.searchsorted(plan.leg_piece_start, piece, side="right") - 1
    done_m = np.concatenate([[0.0], np.cumsum(plan.piece_m)])
    from_share = (done_m[piece] - done_m[plan.leg_piece_start[leg]]) / plan.leg_m[leg]
    to_share = from_share + plan.piece_m[piece] / plan.leg_m[leg]
    start_x, end_x = plan.node_x_m[plan.leg_from[leg]], plan.node_x_m[plan.leg_to[leg]]
    x0, x1 = start_x + from_share * (end_x - start_x), start_x + to_share * (end_x - start_x)
    crosses = (x0 < x_m) & (x1 >= x_m)
    share = (x_m - x0[crosses]) / (x1 - x0)[crosses]
    start_s, end_s = seen.segment_start_s[walking][crosses], seen.segment_end_s[walking][crosses]
    _visits, index = np.unique(seen.segment_visit[walking][crosses], return_index=True)
    return np.sort((start_s + share * (end_s - start_s))[index])
