"""The parking levels of a generated mall: car parks around lobbies from which escalators and lifts go up."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import split, unary_union

from sim.floorplan.generate_brief import shares_out
from sim.floorplan.generate_frame import NORTH, SERVICE_M, SOUTH, Frame
from sim.floorplan.generate_parameters import GenerateParameters
from sim.floorplan.generate_transport import LIFT_HALF_M, Group, shaft_polygon, well_polygon
from sim.floorplan.plan import Entrance, Level, ParkingArea, Unit

M2_PER_BAY = 28.0  # bay, share of the aisles and ramps
LOBBY_HALF_M = 9.0
LOBBY_ENDS_M = 10.0  # of lobby beyond the outermost lift or escalator
SPINE_HALF_M = 3.0  # half the width of the walkway between the lobbies
GATES_LEAST, BAYS_PER_GATE = 2, 200  # a bay is let to a new car every 2.5 h, at the peak twice as often: one car a gate in 20 s


def level_names(parameters: GenerateParameters) -> list[str]:
    """Return the ids of the parking levels, the lowest first."""
    return [f"P{depth}" for depth in range(parameters.parking_levels, 0, -1)]


def _lobby_spans(frame: Frame, groups: Sequence[Group], bridges: Sequence[int]) -> list[tuple[float, float]]:
    """Return where along the hall the lobbies are: around each group and lift bank, those that touch as one."""
    spans = [(min(group.well_m), max(group.well_m)) for group in groups]
    spans += [(bridge * frame.pitch_m - LIFT_HALF_M[0], bridge * frame.pitch_m + LIFT_HALF_M[0]) for bridge in bridges]
    spans = sorted((low - LOBBY_ENDS_M, high + LOBBY_ENDS_M) for low, high in spans)
    merged: list[tuple[float, float]] = []
    for low, high in spans:
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged


def _slab(frame: Frame, span_m: tuple[float, float], half_m: float) -> Polygon:
    low, high = span_m
    return frame.hall_polygon([(low, -half_m), (high, -half_m), (high, half_m), (low, half_m)])


def _outline(parameters: GenerateParameters, frame: Frame) -> Polygon:
    """Return the outer wall of a parking level: the building's, or as far beyond it as the bays need."""
    building = frame.outline()
    needed_m2 = parameters.parking_bays / parameters.parking_levels * M2_PER_BAY + 2500.0
    beyond_m = max(1.0, (needed_m2 - building.area) / building.length)
    return building.buffer(beyond_m, join_style="mitre").simplify(0.5)


def _areas(frame: Frame, floor: BaseGeometry, lobbies: Sequence[tuple[float, float]]) -> list[BaseGeometry]:
    """Return the floor divided half-way between consecutive lobbies, one part per lobby."""
    far_m = frame.depth_m + SERVICE_M + 80.0
    parts: list[BaseGeometry] = [floor]
    for (_, before), (after, _) in pairwise(lobbies):
        middle = (before + after) / 2
        cut = LineString([frame.point(NORTH, middle, far_m), frame.point(SOUTH, middle, far_m)])
        parts = [piece for part in parts for piece in split(part, cut).geoms]
    middles = [Point(frame.hall_point((low + high) / 2, 0.0)) for low, high in lobbies]
    found: list[list[BaseGeometry]] = [[] for _ in lobbies]
    for part in parts:
        nearest = min(range(len(lobbies)), key=lambda lobby: (part.centroid.distance(middles[lobby]), lobby))
        found[nearest].append(part)
    return [unary_union(pieces) for pieces in found]


def parking_floor(
    parameters: GenerateParameters, frame: Frame, groups: Sequence[Group], bridges: Sequence[int], depth: int
) -> tuple[Level, list[Unit], list[Entrance], list[ParkingArea]]:
    """Return the parking level `depth` floors below the ground floor with everything on it."""
    level_id = f"P{depth}"
    lobbies = _lobby_spans(frame, groups, bridges)
    wells = [(f"{level_id}-escalators-{group.name}", "Escalators", well_polygon(frame, group)) for group in groups]
    shafts = [(f"{level_id}-lifts-{place + 1}", "Lifts", shaft_polygon(frame, bridge)) for place, bridge in enumerate(bridges)]
    solid = unary_union([polygon for _, _, polygon in (*wells, *shafts)])
    floor = [_slab(frame, span, LOBBY_HALF_M) for span in lobbies]
    floor.append(_slab(frame, (lobbies[0][0], lobbies[-1][1]), SPINE_HALF_M))
    slab = unary_union(floor)
    walkable = slab.difference(solid, grid_size=0.001)
    outline = _outline(parameters, frame)
    level = Level(level_id, f"Parking {depth}", -depth, -depth * parameters.floor_height_m, outline, walkable)
    units = [Unit(unit_id, level_id, name, polygon, "structure") for unit_id, name, polygon in (*wells, *shafts)]
    bays_here = shares_out(parameters.parking_bays, [1.0] * parameters.parking_levels)[depth - 1]
    areas = _areas(frame, outline.buffer(-0.4, join_style="mitre").difference(slab), lobbies)
    bays = shares_out(bays_here, [area.area for area in areas])
    entrances, parking = [], []
    for place, (area, count, (low, high)) in enumerate(zip(areas, bays, lobbies, strict=True)):
        letter = chr(ord("A") + place)
        x_m, y_m = frame.hall_point((low + high) / 2, LOBBY_HALF_M - 0.4)
        entrance = Entrance(f"{level_id}-lobby-{letter.lower()}", level_id, x_m, y_m, 3.0, "car_park", 0.0)
        entrances.append(entrance)
        # from the mean bay straight to the lobby, a fifth longer for the aisles
        walk_m = round(1.2 * _mean_distance_m(area, Point(x_m, y_m)), 1)
        gates = max(GATES_LEAST, round(count / BAYS_PER_GATE))
        parking.append(ParkingArea(f"{level_id}-{letter}", level_id, count, entrance.id, gates, walk_m, area))
    return level, units, entrances, parking


def _mean_distance_m(area: BaseGeometry, spot: Point) -> float:
    """Return the mean distance of an area's points from a spot, over a 6 m grid."""
    from shapely import contains_xy

    low_x, low_y, high_x, high_y = area.bounds
    points = [
        (low_x + 6.0 * i, low_y + 6.0 * j)
        for i in range(int((high_x - low_x) / 6) + 1)
        for j in range(int((high_y - low_y) / 6) + 1)
    ]
    inside = contains_xy(area, [x for x, _ in points], [y for _, y in points])
    distances = [spot.distance(Point(point)) for point, within in zip(points, inside, strict=True) if within]
    return float(sum(distances) / max(len(distances), 1))
