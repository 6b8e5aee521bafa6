"""Thins paths to keypoints: as few as keep every party within the stated distance of where it was, moving evenly between them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.crowd.positions import Places, positions_at
from sim.events import SegmentKind, SegmentLog
from sim.kernel import kernel
from sim.reporting.replay.breaks import Spans, Table, Waits, breaks_of

TOLERANCE_M = 0.5  # no party is shown farther from where it was ...
TIME_TOLERANCE_US = 50_000  # ... at that instant, or so much earlier or later
TICK_US = 100_000  # of the clock that keypoints have
GRID_M = 0.25  # on which keypoints lie
LEVEL_BITS = 5  # of a keypoint's look: level + 32 x what the party does
BEGINS = 128  # added to `people` where a stay in a unit begins
VISITS_AT_ONCE = 4_000


class Keypoints(NamedTuple):
    """Where parties are, in order of (visit, time); between two of a visit they move evenly.

    From a keypoint in a unit on a party strolls there, as sim.crowd.positions says, until the next one outside: its place is not kept.
    """

    visit: np.ndarray  # int32 row in the table of visits
    tick: np.ndarray  # int32 TICK_US since the run's epoch
    x: np.ndarray  # int16 GRID_M from the plan's corner
    y: np.ndarray  # int16
    look: np.ndarray  # uint8 from here on: level, and what the party does
    people: np.ndarray  # uint8 from here on, and BEGINS
    place: np.ndarray  # int32 unit from here on, -1 outside units


def thin(places: Places, spans: Spans, waits: Waits, corner_m: tuple[float, float]) -> Keypoints:
    """Return the keypoints of all visits; `spans` are sorted by (visit, start), grid coordinates are counted from `corner_m`."""
    rows = spans.visit.size
    starts = np.flatnonzero(np.concatenate([[rows > 0], spans.visit[1:] != spans.visit[:-1]])[:rows])
    ends = np.append(starts[1:], rows)
    parts = []
    for first in range(0, starts.size, VISITS_AT_ONCE):
        last = min(first + VISITS_AT_ONCE, starts.size) - 1
        part = Spans(*(np.ascontiguousarray(column[starts[first] : ends[last]]) for column in spans))
        parts.append(_thin_some(places, part, waits, corner_m, first))
    return Keypoints(*map(np.concatenate, zip(*parts, strict=True))) if parts else _no_keypoints(0)


def _no_keypoints(rows: int) -> Keypoints:
    kinds = (np.int32, np.int32, np.int16, np.int16, np.uint8, np.uint8, np.int32)
    return Keypoints(*(np.zeros(rows, kind) for kind in kinds))


def _thin_some(places: Places, spans: Spans, waits: Waits, corner_m: tuple[float, float], first_visit: int) -> Keypoints:
    log = SegmentLog(**spans._asdict(), tracker=np.zeros(0, np.int32), count=np.array([spans.visit.size]))
    row, time_us, doing = breaks_of(places, spans, waits)
    visit = np.cumsum(np.concatenate([[0], spans.visit[1:] != spans.visit[:-1]]))[row]
    is_inside = spans.kind[row] == SegmentKind.INSIDE_UNIT
    x_m, y_m, level = positions_at(places, log, row, time_us)
    x_m, y_m = _as_before_the_door(visit, is_inside, x_m, y_m)
    begins = is_inside & (np.concatenate([[-1], row[:-1]]) != row)
    points = (
        time_us / TICK_US, (x_m - corner_m[0]) / GRID_M, (y_m - corner_m[1]) / GRID_M,
        (level + (doing.astype(np.int64) << LEVEL_BITS)).astype(np.uint8), (spans.people[row] + BEGINS * begins).astype(np.uint8),
        np.where(is_inside, spans.place[row], -1).astype(np.int32), visit.astype(np.int32),
    )  # fmt: skip
    found = _no_keypoints(2 * visit.size + 2)
    used = _fill_keypoints(points, tuple(found), TOLERANCE_M / GRID_M / np.sqrt(2.0) - 0.5)
    kept = Keypoints(*(column[:used].copy() for column in found))
    return kept._replace(visit=(kept.visit + first_visit).astype(np.int32))


def _as_before_the_door(
    visit: np.ndarray, is_inside: np.ndarray, x_m: np.ndarray, y_m: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return positions in which whoever is in a unit has stayed where it last was outside, so that small steps need few digits."""
    is_first = np.concatenate([[True], visit[1:] != visit[:-1]])[: visit.size]
    source = np.maximum.accumulate(np.where(~is_inside | is_first, np.arange(visit.size), 0)) if visit.size else visit
    return x_m[source], y_m[source]


@kernel
def _fill_keypoints(points: Table, found: Table, wide: float) -> int:
    """Follow each visit with a pair of doors that swing (one each way): while one even motion still passes all, nothing is kept.

    The doors are `wide` grid lines to either side on each axis, which leaves what it takes to round the motion's end to the grid.
    Between points a party truly moves evenly, so that a motion which passes all points is nowhere farther from the truth.
    """
    tick, x, y, look, people, place, visit = points
    used, index, passed = 0, 0, -1
    low_x, high_x, low_y, high_y = -np.inf, np.inf, -np.inf, np.inf
    while index < tick.size:
        last = used - 1
        if index == 0 or visit[index] != visit[index - 1]:
            used = _keep(points, found, used, index, x[index], y[index])
            passed, low_x, high_x, low_y, high_y = -1, -np.inf, np.inf, -np.inf, np.inf
            index += 1
            continue
        ticks = tick[index] - found[1][last]
        away_x, away_y = x[index] - found[2][last], y[index] - found[3][last]
        if ticks < 0.5:
            passes = abs(away_x) <= wide and abs(away_y) <= wide
        else:
            least_x, most_x = max(low_x, (away_x - wide) / ticks), min(high_x, (away_x + wide) / ticks)
            least_y, most_y = max(low_y, (away_y - wide) / ticks), min(high_y, (away_y + wide) / ticks)
            passes = least_x <= most_x and least_y <= most_y
            if passes:
                low_x, high_x, low_y, high_y = least_x, most_x, least_y, most_y
        if passes:
            passed = index
            is_same = (
                look[index] == found[4][last] and people[index] == found[5][last] % BEGINS and place[index] == found[6][last]
            )
            is_last = index + 1 == tick.size or visit[index + 1] != visit[index]
            index += 1
            if is_same and not is_last:
                continue
        end = passed
        if passed < 0:  # nothing was passed since the last keypoint: the party is elsewhere at once
            end = index
            index += 1
        aim_x, aim_y = x[end], y[end]
        ticks = tick[end] - found[1][last]
        if passed >= 0 and ticks >= 0.5:
            aim_x = found[2][last] + ticks * min(max((x[end] - found[2][last]) / ticks, low_x), high_x)
            aim_y = found[3][last] + ticks * min(max((y[end] - found[3][last]) / ticks, low_y), high_y)
        used = _keep(points, found, used, end, aim_x, aim_y)
        passed, low_x, high_x, low_y, high_y = -1, -np.inf, np.inf, -np.inf, np.inf
    return used


@kernel
def _keep(points: Table, found: Table, used: int, index: int, x: float, y: float) -> int:
    tick, _, _, look, people, place, visit = points
    found[0][used] = visit[index]
    found[1][used] = np.int64(np.rint(tick[index]))
    found[2][used], found[3][used] = np.int64(np.rint(x)), np.int64(np.rint(y))
    found[4][used], found[5][used], found[6][used] = look[index], people[index], place[index]
    return used + 1
