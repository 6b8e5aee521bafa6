"""Connectors from drawn shafts: lifts and stairs matched from storey to storey, escalators paired by their ends."""

from __future__ import annotations

import itertools
import math

import networkx
import numpy as np
import shapely
from scipy.optimize import linear_sum_assignment
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from sim.floorplan.drawn import Drawing, Shape, centres_of
from sim.floorplan.plan import Connector, Stop
from sim.floorplan.register import matched_pairs
from sim.floorplan.repair import Floor

REACH_M = 15.0  # a connector farther from any walkable floor is not for visitors
MOVED_M = 1.0  # shorter moves onto the floor are not worth a line
MATCH_M = {"lift": 2.0, "stairs": 4.0}  # centres of one shaft on two storeys; stairs turn, so their drawings wander
ESCALATOR_GAP_M = 8.0  # ends of one flight on two storeys
FULL_FLIGHT_M = 10.0  # a shorter polygon is the foot of a flight, the rest hidden under the floor above
BANK_WIDTH_M = 2.4  # a wider polygon holds two escalators side by side
STEP_WIDTH_M = 1.0
STAIRS_WIDTH_M = 1.5
EXPRESS_GROWTH_M = 5.0  # a flight that passes several floors shows longer on each of them


def connectors_of(drawing: Drawing, floors: dict[str, Floor]) -> list[Connector]:
    """Return the connectors that the drawing's shafts make, every inference listed among its repairs."""
    found: list[Connector] = []
    for kind in ("lift", "stairs"):
        drawn = [shape for shape in drawing.of(kind) if not shape.serves]
        for chain in _chains(drawing, drawn, MATCH_M[kind]):
            found += _shaft(drawing, floors, kind, chain)
    found += _escalators(drawing, floors)
    for shape in drawing.of("lift", "stairs", "escalator"):
        if shape.serves:
            found += _told(drawing, floors, shape)
    goods = drawing.of("goods_lift")
    for shape in goods:
        drawing.say(shape.id, shape.level, "goods lift kept as structure: not for visitors")
    return found


def _chains(drawing: Drawing, shapes: list[Shape], reach_m: float) -> list[list[Shape]]:
    """Return the shapes grouped into shafts, each at most once per level, lowest level first."""
    graph = networkx.Graph()
    graph.add_nodes_from(range(len(shapes)))
    levels = [level.id for level in sorted(drawing.levels, key=lambda level: level.ordinal)]
    rows = {level: [index for index, shape in enumerate(shapes) if shape.level == level] for level in levels}
    for below, above in itertools.pairwise(levels):
        lower, upper = rows[below], rows[above]
        if lower and upper:
            pairs = matched_pairs(centres_of([shapes[i] for i in lower]), centres_of([shapes[i] for i in upper]), reach_m)
            graph.add_edges_from((lower[a], upper[b]) for a, b in zip(*pairs, strict=True))
    order = {level: index for index, level in enumerate(levels)}
    chains = [
        sorted((shapes[i] for i in part), key=lambda shape: order[shape.level]) for part in networkx.connected_components(graph)
    ]
    return sorted(chains, key=lambda chain: (order[chain[0].level], chain[0].id))


def _shaft(drawing: Drawing, floors: dict[str, Floor], kind: str, chain: list[Shape]) -> list[Connector]:
    if len(chain) < 2:
        drawing.say(chain[0].id, chain[0].level, f"{kind} drawn on one level only left out; connectors.csv can supply it")
        return []
    stops = [stop for shape in chain if (stop := _stop(drawing, floors, shape.id, shape.level, shape.geometry, kind))]
    if len(stops) < 2:
        drawing.say(chain[0].id, chain[0].level, f"{kind} with fewer than two stops on walkable floor left out")
        return []
    width_m = STAIRS_WIDTH_M if kind == "stairs" else 1.1
    identity = f"{kind}-{chain[0].id}"
    served = ", ".join(stop.level for stop in stops)
    drawing.say(identity, chain[0].level, f"{kind} inferred from {len(chain)} drawings one above the other, serving {served}")
    return [Connector(identity, kind, tuple(stops), width_m=width_m)]


def _stop(drawing: Drawing, floors: dict[str, Floor], identity: str, level: str, at: BaseGeometry, kind: str) -> Stop | None:
    """Return where one steps on or off, on the walkable floor; None (and a repair) when the floor is too far."""
    nearest = floors[level].nearest(at) if level in floors else None
    if nearest is None or nearest[2] > REACH_M:
        distance = "none there" if nearest is None else f"{nearest[2]:.1f} m away"
        drawing.say(identity, level, f"{kind} touches no walkable floor ({distance}): stop left out")
        return None
    if nearest[2] > MOVED_M:
        drawing.say(identity, level, f"{kind} stop moved {nearest[2]:.1f} m onto the walkable floor")
    return Stop(level, nearest[0], nearest[1])


def _told(drawing: Drawing, floors: dict[str, Floor], shape: Shape) -> list[Connector]:
    """Return the connector of a shape whose levels the drawing tells."""
    line = shape.geometry if isinstance(shape.geometry, LineString) else None
    places = [shape.geometry] * len(shape.serves)
    if line is not None:  # drawn from its first to its last level
        places = [line.interpolate(i / max(1, len(places) - 1), normalized=True) for i in range(len(places))]
    stops = [
        stop
        for level, place in zip(shape.serves, places, strict=True)
        if (stop := _stop(drawing, floors, shape.id, level, place, shape.kind))
    ]
    if len(stops) < 2:
        drawing.say(shape.id, shape.level, f"{shape.kind} with fewer than two stops on walkable floor left out")
        return []
    if shape.kind != "escalator":
        width_m = STAIRS_WIDTH_M if shape.kind == "stairs" else 1.1
        return [Connector(f"{shape.kind}-{shape.id}", shape.kind, tuple(stops), width_m=width_m)]
    if shape.upward is None:
        drawing.say(shape.id, shape.level, "escalator without a direction taken as upward")
    ends = tuple(stops[:1] + stops[-1:])
    return [Connector(f"escalator-{shape.id}", "escalator", ends if shape.upward is not False else ends[::-1])]


def _escalators(drawing: Drawing, floors: dict[str, Floor]) -> list[Connector]:
    drawn = [shape for shape in drawing.of("escalator") if not shape.serves]
    levels = [level.id for level in sorted(drawing.levels, key=lambda level: level.ordinal)]
    flights: list[tuple[Shape, Shape]] = []
    for below, above in itertools.pairwise(levels):
        lower = [shape for shape in drawn if shape.level == below]
        upper = [shape for shape in drawn if shape.level == above and _axis(shape)[2] >= FULL_FLIGHT_M]
        flights += _paired(lower, upper)
    flights = _joined(drawing, flights)
    used = {shape.id for flight in flights for shape in flight}
    for shape in drawn:
        if shape.id not in used:
            drawing.say(shape.id, shape.level, "escalator without a counterpart on a neighbouring level left out")
    return [connector for lower, upper in flights for connector in _bank(drawing, floors, lower, upper)]


def _paired(lower: list[Shape], upper: list[Shape]) -> list[tuple[Shape, Shape]]:
    """Return flights: the upper floor shows a flight in full, the lower one its foot or all of it."""
    if not lower or not upper:
        return []
    gaps = np.array([[shapely.distance(a.geometry, b.geometry) for b in upper] for a in lower])
    centres = np.array([[shapely.distance(a.geometry.centroid, b.geometry.centroid) for b in upper] for a in lower])
    # Where a foot and the head of an older flight both fit, the foot is likelier.
    heads = np.array([[0.0 if _axis(a)[2] < FULL_FLIGHT_M else 2.0] for a in lower])
    costs = np.where(gaps <= ESCALATOR_GAP_M, gaps + 0.2 * centres + heads, 1e6)
    rows, columns = linear_sum_assignment(costs)
    return [(lower[a], upper[b]) for a, b in zip(rows, columns, strict=True) if costs[a, b] < 1e6]


def _joined(drawing: Drawing, flights: list[tuple[Shape, Shape]]) -> list[tuple[Shape, Shape]]:
    """Join flights whose drawing grows from floor to floor: one long escalator that passes floors without a stop."""
    above = {lower.id: (lower, upper) for lower, upper in flights}
    merged: list[tuple[Shape, Shape]] = []
    swallowed: set[str] = set()
    express: set[str] = set()
    for lower, upper in flights:
        if lower.id in swallowed:
            continue
        foot, passed = lower, []
        while upper.id in above and _grows(lower, upper) and _grows(upper, above[upper.id][1]):
            passed.append(upper.level)
            swallowed.add(upper.id)
            lower, upper = above[upper.id]
        if passed:
            drawing.say(
                foot.id,
                foot.level,
                f"express escalator to {upper.level} inferred, passing {', '.join(passed)}: "
                "its drawing grows from floor to floor",
            )
            express.add(foot.id)
        merged.append((foot, upper))
    # The foot of an express shows long enough to be taken for the head of a flight from below, unless the two overlap.
    return [
        (low, high) for low, high in merged if high.id not in express or shapely.distance(low.geometry, high.geometry) == 0.0
    ]


def _grows(lower: Shape, upper: Shape) -> bool:
    return (
        _axis(upper)[2] - _axis(lower)[2] > EXPRESS_GROWTH_M
        and shapely.distance(lower.geometry, upper.geometry) == 0.0
        and min(math.dist(a, b) for a in _axis(lower)[:2] for b in _axis(upper)[:2]) < 3.0
    )


def _bank(drawing: Drawing, floors: dict[str, Floor], lower: Shape, upper: Shape) -> list[Connector]:
    """Return the one or two escalators of a flight."""
    foot, head, width_m = _ends(lower, upper, floors)
    two = width_m >= BANK_WIDTH_M
    along = np.subtract(head, foot) / max(1e-9, math.dist(head, foot))
    side = np.array([-along[1], along[0]]) * (width_m / 4.0 if two else 0.0)
    found = []
    for direction, offset in (("up", -side), ("down", side))[: 2 if two else 1]:
        bottom = _stop(drawing, floors, lower.id, lower.level, Point(np.add(foot, offset) - 0.5 * along), "escalator")
        top = _stop(drawing, floors, upper.id, upper.level, Point(np.add(head, offset) + 0.5 * along), "escalator")
        if bottom is None or top is None:
            drawing.say(lower.id, lower.level, f"escalator to {upper.level} without walkable floor at both ends left out")
            return []
        stops = (bottom, top) if direction == "up" else (top, bottom)
        identity = f"escalator-{lower.id}-{upper.level}-{direction}"
        found.append(Connector(identity, "escalator", stops, width_m=STEP_WIDTH_M))
        drawing.say(
            identity,
            lower.level,
            f"escalator {direction} between {lower.level} and {upper.level} inferred from "
            f"a drawing {width_m:.1f} m wide" + (" (one lane of two)" if two else " (single)"),
        )
    return found


def _ends(lower: Shape, upper: Shape, floors: dict[str, Floor]) -> tuple[tuple[float, float], tuple[float, float], float]:
    """Return (foot, head, width in m) of a flight."""
    low_a, low_b, low_m, _ = _axis(lower)
    high_a, high_b, _, width_m = _axis(upper)
    if low_m < FULL_FLIGHT_M:
        centre = ((low_a[0] + low_b[0]) / 2, (low_a[1] + low_b[1]) / 2)
        head = max((high_a, high_b), key=lambda end: math.dist(end, centre))
        return max((low_a, low_b), key=lambda end: math.dist(end, head)), head, width_m
    # Both are drawn in full: the foot is the end nearer to the lower floor, or the farther from the upper one.
    scores = []
    for foot_side, head_side in ((0, 1), (1, 0)):
        feet, heads = (low_a, low_b), (high_a, high_b)
        near = [floors[shape.level].nearest(Point(end)) for shape, end in ((lower, feet[foot_side]), (upper, heads[head_side]))]
        flat = max(((a, b) for a in feet for b in heads), key=lambda ends: math.dist(*ends))
        wrong = math.dist(feet[foot_side], flat[0]) + math.dist(heads[head_side], flat[1])
        scores.append((sum(99.0 if one is None else one[2] for one in near) + 0.1 * wrong, feet[foot_side], heads[head_side]))
    _, foot_end, head_end = min(scores, key=lambda score: score[0])
    if math.dist(foot_end, head_end) < FULL_FLIGHT_M / 2:
        head_end = max((high_a, high_b), key=lambda end: math.dist(end, foot_end))
    return foot_end, head_end, width_m


def _axis(shape: Shape) -> tuple[tuple[float, float], tuple[float, float], float, float]:
    """Return (end, end, length in m, width in m) of a polygon's bounding rectangle along its long axis."""
    corners = list(shapely.minimum_rotated_rectangle(shape.geometry).exterior.coords)[:4]
    sides = [math.dist(corners[i], corners[(i + 1) % 4]) for i in range(4)]
    start = 0 if sides[0] < sides[1] else 1
    first = _middle(corners[start], corners[(start + 1) % 4])
    second = _middle(corners[(start + 2) % 4], corners[(start + 3) % 4])
    width_m = min(shape.geometry.area / max(sides[0], sides[1]), min(sides[0], sides[1]))
    return min(first, second), max(first, second), max(sides[0], sides[1]), width_m


def _middle(a: tuple[float, ...], b: tuple[float, ...]) -> tuple[float, float]:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
