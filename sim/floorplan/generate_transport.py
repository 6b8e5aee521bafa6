"""How people get into a generated mall and between its floors: entrances, escalators, lifts, stairs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from shapely.geometry import Polygon

from sim.floorplan.generate_frame import NORTH, SERVICE_M, SOUTH, Frame
from sim.floorplan.generate_parameters import GenerateParameters
from sim.floorplan.generate_rooms import CORE_DEPTH_M
from sim.floorplan.plan import Connector, Entrance, Stop

ESCALATOR_SLOPE_RAD = math.radians(30.0)
LANDING_M = 0.5  # between the end of an escalator's well and the point where one steps on or off
WELL_HALF_M = 2.6  # half the width of a well with an up and a down escalator
BRIDGE_EXTRA_M = 3.0  # by which a bridge between voids is wider than its passage, on each side
PLATE_M = 7.0  # free floor at both ends of a well: those who step off at the peak and those who queue to step on share it
LIFT_HALF_M = (2.5, 1.4)  # half length and half width of a shaft with two lifts
LIFT_PEOPLE = 21  # a car of 1600 kg (ISO 8100-30)
# from one level to the next, 2 s at full speed and the rest doors and people; the two cars of a bank differ, so that they do
# not stay in step and leave together all day
LIFT_LEVEL_S = (11.5, 12.5)
STREET_SHARES = (
    0.34,
    0.26,
    0.22,
    0.18,
    0.14,
    0.12,
    0.10,
    0.08,
)  # of the busiest entrance first, before they are made to add up


@dataclass(frozen=True)
class Group:
    """A pair of escalators between all consecutive floors, beside a bridge with lifts."""

    name: str
    bridge: int  # passage whose bridge it stands beside
    well_m: tuple[float, float]  # from the lower to the upper landing's edge
    lifts: bool


def bridges_of(parameters: GenerateParameters, wanted: int) -> list[int]:
    """Return the passages beside whose bridges connectors stand: evenly spread, off the ends where there are enough."""
    last = parameters.blocks_per_side
    inset = 1 if last - 1 >= wanted else 0
    spots = np.linspace(inset, last - inset, wanted) if wanted > 1 else np.array([last / 2])
    return sorted({int(spot) for spot in spots})


def groups_of(parameters: GenerateParameters, frame: Frame) -> list[Group]:
    """Return the escalator groups from west to east; a well lies towards the mall's middle, clear of the bridge's lifts.

    In a short hall a group that would touch another is left out.
    """
    run_m = parameters.floor_height_m / math.tan(ESCALATOR_SLOPE_RAD)
    bridges = bridges_of(parameters, parameters.escalator_groups)
    with_lifts = set(bridges_of(parameters, parameters.lift_banks))
    groups: list[Group] = []
    for bridge in bridges:
        middle = bridge * frame.pitch_m
        offset = LIFT_HALF_M[0] + PLATE_M
        east = bridge <= parameters.blocks_per_side / 2
        start = middle + offset if east else middle - offset
        end = start + run_m - 2 * LANDING_M if east else start - run_m + 2 * LANDING_M
        if any(_too_near((start, end), other.well_m) for other in groups):
            continue
        name = chr(ord("a") + len(groups))
        groups.append(Group(name, bridge, (start, end), bridge in with_lifts))
    return groups


def _too_near(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return min(one) < max(other) + PLATE_M and min(other) < max(one) + PLATE_M


def lift_bridges(parameters: GenerateParameters) -> list[int]:
    """Return the passages on whose bridges the lift banks stand."""
    return bridges_of(parameters, parameters.lift_banks)


def void_spans(parameters: GenerateParameters, frame: Frame, groups: Sequence[Group]) -> list[tuple[float, float]]:
    """Return the stretches of the hall that are open between the bridges and the wells' landings."""
    half_bridge = frame.passage_m / 2 + BRIDGE_EXTRA_M
    spans = []
    for block in range(frame.blocks):
        start, end = block * frame.pitch_m + half_bridge, (block + 1) * frame.pitch_m - half_bridge
        for group in groups:
            low, high = min(group.well_m), max(group.well_m)
            if start - PLATE_M < low < start + PLATE_M:
                start = high + PLATE_M
            if end - PLATE_M < high < end + PLATE_M:
                end = low - PLATE_M
        if end - start >= 8.0:
            spans.append((start, end))
    return spans


def well_polygon(frame: Frame, group: Group) -> Polygon:
    """Return the opening with the two escalators of a group."""
    low, high = group.well_m
    return frame.hall_polygon([(low, -WELL_HALF_M), (high, -WELL_HALF_M), (high, WELL_HALF_M), (low, WELL_HALF_M)])


def shaft_polygon(frame: Frame, bridge: int) -> Polygon:
    """Return the shaft of a lift bank."""
    middle, (half_long, half_wide) = bridge * frame.pitch_m, LIFT_HALF_M
    low, high = middle - half_long, middle + half_long
    return frame.hall_polygon([(low, -half_wide), (high, -half_wide), (high, half_wide), (low, half_wide)])


def escalators(frame: Frame, groups: Sequence[Group], level_ids: Sequence[str]) -> list[Connector]:
    """Return an up and a down escalator of each group between consecutive levels, lowest level first."""
    found = []
    for group in groups:
        low, high = group.well_m
        away = math.copysign(LANDING_M, high - low)
        for below, above in pairwise(level_ids):
            for way, across in (("up", WELL_HALF_M / 2), ("down", -WELL_HALF_M / 2)):
                foot = Stop(below, *frame.hall_point(low - away, across))
                head = Stop(above, *frame.hall_point(high + away, across))
                stops = (foot, head) if way == "up" else (head, foot)
                found.append(Connector(f"escalator-{group.name}-{below}-{above}-{way}", "escalator", stops))
    return found


def lifts(frame: Frame, bridges: Sequence[int], level_ids: Sequence[str]) -> list[Connector]:
    """Return two lifts of each bank, which serve all levels; their doors are to the south."""
    if len(level_ids) < 2:
        return []
    found = []
    sweeps = 2.0 * (len(level_ids) - 1)
    width_m = 2 * LIFT_HALF_M[0] / len(LIFT_LEVEL_S)
    for bank, bridge in enumerate(bridges):
        for place, level_s in enumerate(LIFT_LEVEL_S):
            along_m = bridge * frame.pitch_m - LIFT_HALF_M[0] + (place + 0.5) * width_m
            x_m, y_m = frame.hall_point(along_m, -LIFT_HALF_M[1] - LANDING_M)
            stops = tuple(Stop(level, x_m, y_m) for level in level_ids)
            lift_id = f"lift-{chr(ord('a') + bank)}{place + 1}"
            found.append(Connector(lift_id, "lift", stops, capacity_people=LIFT_PEOPLE, cycle_s=sweeps * level_s))
    return found


@dataclass(frozen=True)
class PassageEnds:
    """What closes each passage at the facade of the ground floor: (side, passage) of the entrances and of the stairs."""

    entrances: tuple[tuple[int, int], ...]
    stairs: tuple[tuple[int, int], ...]


def passage_ends(parameters: GenerateParameters) -> PassageEnds:
    """Return where entrances and stairs are: entrances in the middle and at the corners, on both sides; stairs between them."""
    last = parameters.blocks_per_side
    middle = last // 2
    liked = [(SOUTH, middle), (NORTH, (last + 1) // 2), (SOUTH, 0), (NORTH, last), (SOUTH, last), (NORTH, 0)]
    every = [(side, passage) for passage in range(last + 1) for side in (SOUTH, NORTH)]
    spots = [*dict.fromkeys([*liked, *every])]
    entrances = spots[: parameters.entrances]
    left = [spot for spot in every if spot not in entrances]
    # (SOUTH, 0) is the cinema's on the top floor
    left.sort(key=lambda spot: (spot == (SOUTH, 0), abs(abs(spot[1] - last / 2) - last / 4), spot))
    stairs: list[tuple[int, int]] = []
    for spot in left:
        opposite = all(spot[0] != other[0] for other in stairs) or len(stairs) >= 2
        if len(stairs) < parameters.stairs and opposite:
            stairs.append(spot)
    stairs += [spot for spot in left if spot not in stairs][: parameters.stairs - len(stairs)]
    return PassageEnds(tuple(entrances), tuple(stairs))


def street_entrances(frame: Frame, ends: PassageEnds, level: str) -> list[Entrance]:
    """Return the street entrances; their shares of the arrivals add up to 1."""
    weights = STREET_SHARES[: len(ends.entrances)]
    shares = [round(weight / sum(weights), 2) for weight in weights]
    shares[0] = round(1.0 - sum(shares[1:]), 2)
    sides = {NORTH: "north", SOUTH: "south"}
    found = []
    for (side, passage), share in zip(ends.entrances, shares, strict=True):
        x_m, y_m = frame.point(side, passage * frame.pitch_m, frame.depth_m + SERVICE_M - 0.4)
        width_m = min(6.0 if share >= 0.25 else 4.5, frame.passage_m - 1.0)
        found.append(Entrance(f"entrance-{sides[side]}-{passage + 1}", level, x_m, y_m, width_m, "street", share))
    return found


def stairs(frame: Frame, ends: PassageEnds, level_ids: Sequence[str]) -> list[Connector]:
    """Return the public stairs, in front of cores at the ends of passages."""
    if len(level_ids) < 2:
        return []
    found = []
    for number, (side, passage) in enumerate(ends.stairs):
        depth_m = frame.depth_m + SERVICE_M - CORE_DEPTH_M - 0.6
        x_m, y_m = frame.point(side, passage * frame.pitch_m, depth_m)
        stops = tuple(Stop(level, x_m, y_m) for level in level_ids)
        found.append(Connector(f"stairs-{chr(ord('a') + number)}", "stairs", stops, width_m=2.4))
    return found
