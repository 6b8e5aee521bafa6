"""The rooms of a generated floor: shops in blocks, anchors at the ends, courts of stalls, kiosks, cores and voids."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from shapely import get_parts, unary_union
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from sim.floorplan.generate_brief import Brief
from sim.floorplan.generate_frame import NORTH, SERVICE_M, SOUTH, Frame
from sim.floorplan.generate_units import CLOSED_M, divide_block
from sim.floorplan.plan import Door

Point = tuple[float, float]
Edge = tuple[Point, Point]

STALL_DEPTH_M = 6.5
STALL_FRONTAGE_M = 5.6
CORE_DEPTH_M = SERVICE_M + CLOSED_M  # stairs, goods lift or toilets at the end of a passage
KIOSK_M = (7.5, 5.0)
KIOSK_EVERY_M = 15.0
SIDE_DOOR_LEAST_M2 = 220.0  # a corner shop of this size has a second door


@dataclass(frozen=True)
class Room:
    """A room of a floor with its doors; the brief is that of its tenant, None where nobody trades."""

    polygon: Polygon
    doors: tuple[Door, ...] = ()
    brief: Brief | None = None
    kind: str = "structure"
    name: str = ""


def door_at(edge: Edge, share: float, width_m: float) -> Door:
    """Return a door whose middle is at a share of an edge."""
    (x_a, y_a), (x_b, y_b) = edge
    return Door(round(x_a + share * (x_b - x_a), 3), round(y_a + share * (y_b - y_a), 3), round(width_m, 2))


def shop_doors(edges: Sequence[Edge], area_m2: float) -> tuple[Door, ...]:
    """Return the doors of a shop: 2 to 4 m by frontage, a second one on another edge where it is large."""
    doors = []
    for edge in edges[: 2 if area_m2 >= SIDE_DOOR_LEAST_M2 else 1]:
        length_m = math.dist(*edge)
        doors.append(door_at(edge, 0.5, min(max(2.0, 0.3 * length_m), 4.0, 0.8 * length_m)))
    return tuple(doors)


def anchor_doors(edges: Sequence[Edge]) -> tuple[Door, ...]:
    """Return the wide doors of an anchor: two on each edge of 20 m or more, one on a shorter edge."""
    doors = []
    for edge in edges:
        length_m = math.dist(*edge)
        shares = (0.27, 0.73) if length_m >= 20.0 else (0.5,)
        doors += [door_at(edge, share, min(6.0, 0.3 * length_m)) for share in shares]
    return tuple(doors)


def block_rooms(frame: Frame, side: int, block: int, briefs: Sequence[Brief], key: np.uint64, entity: int) -> list[Room]:
    """Return the shops of a block."""
    start_m, _ = frame.block_span_m(block)
    division = divide_block([brief.area_m2 for brief in briefs], frame.block_m, frame.depth_m, key, entity)
    rooms = []
    for cell in division.cells:
        polygon = frame.strip_polygon(side, [(start_m + along, depth) for along, depth in cell.ring])
        edges = [tuple(frame.point(side, start_m + along, depth) for along, depth in edge) for edge in cell.fronts]
        rooms.append(Room(polygon, shop_doors(edges, polygon.area), briefs[cell.index], "store"))  # type: ignore[arg-type]
    return rooms


def court_slots(width_m: float, depth_m: float) -> list[tuple[tuple[Point, ...], Edge]]:
    """Return ring and open edge of each stall around a court: along both sides, then along the back."""
    rows = max(1, int((depth_m - STALL_DEPTH_M) / STALL_FRONTAGE_M))
    columns = max(1, int((width_m - 2 * STALL_DEPTH_M) / STALL_FRONTAGE_M))
    slots: list[tuple[tuple[Point, ...], Edge]] = []
    row_m = (depth_m - STALL_DEPTH_M) / rows
    for near, open_m in ((0.0, STALL_DEPTH_M), (width_m, width_m - STALL_DEPTH_M)):
        for row in range(rows):
            low, high = row * row_m, (row + 1) * row_m
            slots.append((((near, low), (open_m, low), (open_m, high), (near, high)), ((open_m, low), (open_m, high))))
    column_m = (width_m - 2 * STALL_DEPTH_M) / columns
    back = depth_m - STALL_DEPTH_M
    for column in range(columns):
        low = STALL_DEPTH_M + column * column_m
        high = low + column_m
        slots.append((((low, back), (high, back), (high, depth_m), (low, depth_m)), ((low, back), (high, back))))
    return slots


def court_rooms(frame: Frame, side: int, block: int, briefs: Sequence[Brief]) -> list[Room]:
    """Return the stalls around a court; the court itself is floor, slots without a tenant and the corners are kitchens."""
    start_m, end_m = frame.block_span_m(block)
    rooms = []
    for place, (ring, edge) in enumerate(court_slots(frame.block_m, frame.depth_m)):
        polygon = frame.strip_polygon(side, [(start_m + along, depth) for along, depth in ring])
        (along_a, depth_a), (along_b, depth_b) = edge
        open_edge = (frame.point(side, start_m + along_a, depth_a), frame.point(side, start_m + along_b, depth_b))
        if place < len(briefs):
            rooms.append(Room(polygon, shop_doors([open_edge], polygon.area), briefs[place], "store"))
        else:
            rooms.append(Room(polygon, name="Kitchen"))
    back = frame.depth_m - STALL_DEPTH_M
    for low, high in ((start_m, start_m + STALL_DEPTH_M), (end_m - STALL_DEPTH_M, end_m)):
        corner = [(low, back), (high, back), (high, frame.depth_m), (low, frame.depth_m)]
        rooms.append(Room(frame.strip_polygon(side, corner), name="Kitchen"))
    return rooms


def polygon_of(shape: BaseGeometry) -> Polygon:
    """Return the largest polygon of a shape; shapes that share an edge may leave a line or a sliver beside it."""
    return max((part for part in get_parts(shape) if isinstance(part, Polygon)), key=lambda part: part.area)


def anchor_rooms(frame: Frame, brief: Brief, ground: bool, wide: bool) -> list[Room]:
    """Return the anchor at an end of the hall, and what is behind it; `wide` takes the block south of the hall's end too."""
    west = brief.role == "west"
    whole_m = frame.west_box_m if west else frame.east_box_m
    box = frame.box(west, whole_m)
    share = brief.area_m2 / box.area
    length_m = whole_m if share > 0.85 else round(whole_m * share, 1)
    hall_end = frame.hall_ends_m[0 if west else 1]
    north, south = frame.point(NORTH, hall_end, 0.0), frame.point(SOUTH, hall_end, 0.0)
    edges: list[Edge] = [(north, south)]
    polygon = polygon_of(frame.box(west, length_m).intersection(box, grid_size=0.001))
    rooms = []
    if wide:
        start_m, (_, end_m) = frame.hall_ends_m[0], frame.block_span_m(0)
        full = frame.depth_m + SERVICE_M
        wing = frame.strip_polygon(SOUTH, [(start_m, 0.0), (end_m, 0.0), (end_m, full), (start_m, full)])
        polygon = unary_union([polygon, wing.buffer(0)], grid_size=0.001)
        # where people leave the lobby for the street side of the block
        edges.append((frame.point(SOUTH, frame.block_span_m(0)[0] + 4.0, 0.0), frame.point(SOUTH, end_m, 0.0)))
    rooms.append(Room(polygon, anchor_doors(edges), brief, "store"))
    if length_m < whole_m:
        behind = polygon_of(box.difference(polygon, grid_size=0.001))
        rooms.append(Room(behind, name="Loading dock" if ground else "Plant room"))
    return rooms


def service_rooms(frame: Frame, side: int, block: int) -> list[Room]:
    """Return the service corridor behind a block."""
    start_m, end_m = frame.block_span_m(block)
    deep = frame.depth_m + SERVICE_M
    ring = [(start_m, frame.depth_m), (end_m, frame.depth_m), (end_m, deep), (start_m, deep)]
    return [Room(frame.strip_polygon(side, ring), name="Service corridor")]


def core_room(frame: Frame, side: int, passage: int, name: str, kind: str = "structure") -> Room:
    """Return the core that closes a passage at the facade."""
    middle, half = passage * frame.pitch_m, frame.passage_m / 2
    near, far = frame.depth_m + SERVICE_M - CORE_DEPTH_M, frame.depth_m + SERVICE_M
    ring = [(middle - half, near), (middle + half, near), (middle + half, far), (middle - half, far)]
    return Room(frame.strip_polygon(side, ring), kind=kind, name=name)


def void_room(frame: Frame, span_m: tuple[float, float], gallery_m: float) -> Room:
    """Return an opening in the floor with rounded ends, as wide as the galleries leave."""
    start_m, end_m = span_m

    def half(along_m: float) -> float:
        return frame.half_at(along_m) - gallery_m

    reach = min(5.0, (end_m - start_m) / 3)
    steps = [(0.0, 0.45), (0.3 * reach, 0.82), (reach, 1.0)]
    left = [(start_m + inset, share) for inset, share in steps]
    right = [(end_m - inset, share) for inset, share in reversed(steps)]
    north = [(along, share * half(along)) for along, share in [*left, *right]]
    south = [(along, -across) for along, across in reversed(north)]
    return Room(frame.hall_polygon(north + south), name="Void")


def kiosk_places(voids: Sequence[tuple[float, float]]) -> list[float]:
    """Return where along the hall kiosks stand on the ground floor, below the voids."""
    places: list[float] = []
    for start_m, end_m in voids:
        count = int((end_m - start_m - 6.0) / KIOSK_EVERY_M)
        places += [start_m + (end_m - start_m) * (place + 1) / (count + 1) for place in range(count)]
    return places


def kiosk_room(frame: Frame, along_m: float, brief: Brief) -> Room:
    """Return a kiosk in the middle of the hall, open to the north."""
    half_long, half_wide, cut = KIOSK_M[0] / 2, KIOSK_M[1] / 2, 1.0
    ring = [
        (along_m - half_long + cut, half_wide),
        (along_m + half_long - cut, half_wide),
        (along_m + half_long, half_wide - cut),
        (along_m + half_long, -half_wide + cut),
        (along_m + half_long - cut, -half_wide),
        (along_m - half_long + cut, -half_wide),
        (along_m - half_long, -half_wide + cut),
        (along_m - half_long, half_wide - cut),
    ]
    edge = (frame.hall_point(*ring[0]), frame.hall_point(*ring[1]))
    polygon = frame.hall_polygon(ring)
    return Room(polygon, shop_doors([edge], polygon.area), brief, "store")
