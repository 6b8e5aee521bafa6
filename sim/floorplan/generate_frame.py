"""The bent frame of a generated mall: a hall with a strip of shops on each side, and how it lies in local metres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry import Polygon
from shapely.ops import unary_union

from sim.floorplan.generate_parameters import GenerateParameters

NORTH, SOUTH = 1, -1  # the side of the hall's left and right when one walks from the west end to the east end
SERVICE_M = 3.5  # depth of the service corridor behind the shops
BOX_CORNER_M = 9.0  # by which the building's outer corners are cut
BULGE = (0.86, 1.24)  # hall width and shop depth at the ends and in the middle, relative to their means

Vector = np.ndarray


@dataclass(frozen=True)
class Frame:
    """Along is metres from the first passage's middle; in depth from the shop fronts; knots are where the hall may bend.

    Between knots every line of equal `along` or equal depth is straight, so that neighbours who share a line share it exactly.
    """

    along_m: Vector  # (K) position of each knot
    front: dict[int, Vector]  # side -> (K, 2) where the shop fronts bend
    back: dict[int, Vector]  # side -> (K, 2) where the service corridor's outer wall bends
    half_width_m: Vector  # (K) of the hall
    depth_m: float  # nominal depth of the shops; the strip is stretched to the drawn front and back
    block_m: float
    passage_m: float
    blocks: int
    west_box_m: float
    east_box_m: float

    @property
    def pitch_m(self) -> float:
        """Return the distance between the middles of consecutive passages."""
        return self.block_m + self.passage_m

    @property
    def hall_ends_m(self) -> tuple[float, float]:
        """Return where the hall's floor begins and ends."""
        return -self.passage_m / 2, self.blocks * self.pitch_m + self.passage_m / 2

    def block_span_m(self, block: int) -> tuple[float, float]:
        """Return where a block begins and ends."""
        start_m = block * self.pitch_m + self.passage_m / 2
        return start_m, start_m + self.block_m

    def half_at(self, along_m: float) -> float:
        """Return the hall's half width."""
        return float(np.interp(along_m, self.along_m, self.half_width_m))

    def _at(self, line: Vector, along_m: float) -> Vector:
        return np.array([np.interp(along_m, self.along_m, line[:, 0]), np.interp(along_m, self.along_m, line[:, 1])])

    def point(self, side: int, along_m: float, depth_m: float) -> tuple[float, float]:
        """Return the local metres of a point of a strip; depth 0 is the shop front."""
        share = depth_m / (self.depth_m + SERVICE_M)
        spot = (1 - share) * self._at(self.front[side], along_m) + share * self._at(self.back[side], along_m)
        return round(float(spot[0]), 3), round(float(spot[1]), 3)

    def hall_point(self, along_m: float, across_m: float) -> tuple[float, float]:
        """Return the local metres of a point of the hall; across is from its middle, positive to the north."""
        north, south = self._at(self.front[NORTH], along_m), self._at(self.front[SOUTH], along_m)
        spot = (north + south) / 2 + (north - south) / 2 * (across_m / self.half_at(along_m))
        return round(float(spot[0]), 3), round(float(spot[1]), 3)

    def _with_knots(self, ring: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        """Return the ring with a vertex wherever an edge passes a knot."""
        out: list[tuple[float, float]] = []
        for (along_a, other_a), (along_b, other_b) in zip(ring, [*ring[1:], ring[0]], strict=True):
            out.append((along_a, other_a))
            passed = [knot for knot in self.along_m if min(along_a, along_b) + 1e-6 < knot < max(along_a, along_b) - 1e-6]
            for knot in sorted(passed, reverse=along_b < along_a):
                share = (knot - along_a) / (along_b - along_a)
                out.append((float(knot), other_a + share * (other_b - other_a)))
        return out

    def strip_polygon(self, side: int, ring: Sequence[tuple[float, float]]) -> Polygon:
        """Return the polygon of a ring of (along, depth)."""
        return Polygon([self.point(side, along, depth) for along, depth in self._with_knots(ring)])

    def hall_polygon(self, ring: Sequence[tuple[float, float]]) -> Polygon:
        """Return the polygon of a ring of (along, across)."""
        return Polygon([self.hall_point(along, across) for along, across in self._with_knots(ring)])

    def hall_floor(self) -> Polygon:
        """Return the hall between the shop fronts, from end to end."""
        start_m, end_m = self.hall_ends_m
        inner = [float(knot) for knot in self.along_m if start_m < knot < end_m]
        spots = [start_m, *inner, end_m]
        north = [self.point(NORTH, along, 0.0) for along in spots]
        south = [self.point(SOUTH, along, 0.0) for along in reversed(spots)]
        return Polygon(north + south)

    def box(self, west: bool, length_m: float, beyond_m: float = 0.0) -> Polygon:
        """Return the end of the building, `length_m` long, from `beyond_m` past the hall's end; outer corners are cut."""
        start_m, end_m = self.hall_ends_m
        inner = start_m - beyond_m if west else end_m + beyond_m
        outer = inner - length_m if west else inner + length_m
        whole = self.west_box_m if west else self.east_box_m
        cut_m = min(BOX_CORNER_M, length_m / 2) if abs(length_m + beyond_m - whole) < 1e-6 else 0.0
        near = outer + cut_m if west else outer - cut_m
        full = self.depth_m + SERVICE_M
        corners: list[tuple[float, float]] = []
        for side in (NORTH, SOUTH):
            edge = [self.point(side, inner, full), self.point(side, near, full), self.point(side, outer, full - cut_m)]
            edge = edge if cut_m > 0 else edge[:2]
            corners += edge if side == NORTH else edge[::-1]
        front = [self.point(SOUTH, inner, 0.0), self.point(NORTH, inner, 0.0)]
        return Polygon([*corners, *front])

    def outline(self) -> Polygon:
        """Return the building's outer wall: hall, strips and ends together."""
        start_m, end_m = self.hall_ends_m
        full = self.depth_m + SERVICE_M
        parts = [
            self.strip_polygon(side, [(start_m, -0.5), (end_m, -0.5), (end_m, full), (start_m, full)])
            for side in (NORTH, SOUTH)
        ]
        parts.append(self.hall_floor())
        if self.west_box_m > 0:
            parts.append(self.box(True, self.west_box_m))
        if self.east_box_m > 0:
            parts.append(self.box(False, self.east_box_m))
        return (
            unary_union([part.buffer(0.02, join_style="mitre") for part in parts])
            .buffer(0.38, join_style="mitre")
            .simplify(0.05)
        )


def _headings(blocks: int, bend_deg: float) -> Vector:
    """Return the direction of each stretch between knots, the ends' included, in radians."""
    inner = np.radians(np.linspace(bend_deg / 2, -bend_deg / 2, blocks)) if blocks > 1 else np.zeros(1)
    return np.concatenate([inner[:1], inner, inner[-1:]])


def make_frame(parameters: GenerateParameters, block_m: float, west_box_m: float, east_box_m: float) -> Frame:
    """Return the frame of a mall whose blocks and ends have these lengths."""
    blocks, passage_m = parameters.blocks_per_side, parameters.passage_m
    pitch_m = block_m + passage_m
    # a metre more than the box, so that its outer corners lie before the last knot
    along = np.concatenate(
        [
            [-passage_m / 2 - west_box_m - 1.0],
            pitch_m * np.arange(blocks + 1),
            [blocks * pitch_m + passage_m / 2 + east_box_m + 1.0],
        ]
    )
    heading = _headings(blocks, parameters.bend_deg)
    steps = np.diff(along)[:, None] * np.column_stack([np.cos(heading), np.sin(heading)])
    spine = np.vstack([[0.0, 0.0], np.cumsum(steps, axis=0)])
    before, after = np.concatenate([heading[:1], heading]), np.concatenate([heading, heading[-1:]])
    middle, half_turn = (before + after) / 2, (after - before) / 2
    normal = np.column_stack([-np.sin(middle), np.cos(middle)]) / np.cos(half_turn)[:, None]
    mean_half_m = parameters.gallery_m + (parameters.void_m / 2 if parameters.atrium else 1.0)
    place = np.clip((along - along[1]) / (along[-2] - along[1]), 0.0, 1.0)
    swell = np.sin(np.pi * place)
    if parameters.atrium:
        half_m = parameters.gallery_m + (mean_half_m - parameters.gallery_m) * (BULGE[0] + (BULGE[1] - BULGE[0]) * swell)
    else:
        half_m = np.full(along.size, mean_half_m)
    depth_m = (parameters.shop_depth_m + SERVICE_M) * (0.92 + 0.12 * swell)
    front = {side: spine + side * half_m[:, None] * normal for side in (NORTH, SOUTH)}
    back = {side: spine + side * (half_m + depth_m)[:, None] * normal for side in (NORTH, SOUTH)}
    lowest = np.min([np.min(line, axis=0) for line in back.values()], axis=0) - 10.0
    return Frame(
        along_m=along,
        front={side: line - lowest for side, line in front.items()},
        back={side: line - lowest for side, line in back.items()},
        half_width_m=half_m,
        depth_m=parameters.shop_depth_m,
        block_m=block_m,
        passage_m=passage_m,
        blocks=blocks,
        west_box_m=west_box_m,
        east_box_m=east_box_m,
    )
