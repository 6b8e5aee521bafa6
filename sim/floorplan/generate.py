"""A parametric mall: a credible floor plan with as many floors and tenants as asked, areas and categories as in a real one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np
from shapely import contains_xy, unary_union
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from sim.errors import ConfigError
from sim.floorplan import generate_brief as brief_of
from sim.floorplan import generate_rooms as rooms_of
from sim.floorplan import generate_transport as transport
from sim.floorplan.generate_brief import Brief
from sim.floorplan.generate_frame import NORTH, SOUTH, Frame, make_frame
from sim.floorplan.generate_names import PIZZA_NAME, names_for
from sim.floorplan.generate_parameters import GenerateParameters
from sim.floorplan.generate_parking import level_names, parking_floor
from sim.floorplan.generate_rooms import Room
from sim.floorplan.generate_terms import tenant_with_terms
from sim.floorplan.plan import AccessPoint, FloorPlan, Level, Unit
from sim.random_streams import stream_key

Block = tuple[int, int]  # side and block

BLOCK_LEAST_M = 24.0
DEPTH_LEAST_M = 14.0
PIZZA_M2 = 250.0  # of the real mall's pizza restaurant
FOOD_STALLS = ("fast_food", "cafe")
LANE_STALLS = ("leisure", "accessories", "beauty", "books", "services", "electronics", "home", "fashion", "footwear", "sport")
KIOSKS = ("cafe", "accessories", "beauty", "services", "electronics")
LANE_TENANTS_LEAST = 150  # a mall of that many tenants has a lane of small shops too


def generate_plan(parameters: GenerateParameters) -> FloorPlan:
    """Return the mall of these parameters; the same parameters give the same plan. Raises ConfigError."""
    problems = list(parameters.problems())
    if problems:
        raise ConfigError.of("floorplan generate", problems)
    programme = _Programme(parameters)
    plan = FloorPlan(name=parameters.name, source=_source(parameters))
    level_ids = [f"L{floor + 1}" for floor in range(parameters.floors)]
    lifted = [*level_names(parameters), *level_ids]
    bridges = transport.lift_bridges(parameters)
    for depth in range(parameters.parking_levels, 0, -1):
        level, units, entrances, parking = parking_floor(parameters, programme.frame, programme.groups, bridges, depth)
        plan.levels.append(level)
        plan.units += units
        plan.entrances += entrances
        plan.parking += parking
    let: list[tuple[Unit, Brief]] = []
    for floor, level_id in enumerate(level_ids):
        rooms = programme.rooms_of_floor(floor)
        level = _level(parameters, programme.frame, floor, level_id, rooms)
        plan.levels.append(level)
        let += _add_units(plan, level_id, rooms)
    _add_tenants(plan, parameters, let)
    plan.entrances = [*transport.street_entrances(programme.frame, programme.ends, "L1"), *plan.entrances]
    plan.connectors += transport.escalators(programme.frame, programme.groups, lifted)
    plan.connectors += transport.lifts(programme.frame, bridges, lifted)
    plan.connectors += transport.stairs(programme.frame, programme.ends, level_ids)
    plan.access_points = _access_points(parameters, plan.levels)
    return plan


def _source(parameters: GenerateParameters) -> str:
    """Return where the plan comes from, with the command that makes it again."""
    words = " ".join(
        f"{key}={value}".lower() if isinstance(value, bool) else f"{key}={value}" for key, value in asdict(parameters).items()
    )
    return (
        f"Made up, no real mall, by `galleria floorplan generate {parameters.name} {words}`. Floor areas of the trades follow the "
        "quantiles of a real mall (sample data of the Indoor Location Competition 2.0, MIT License, Copyright (c) 2017-2020 XYZ10, "
        "Inc.; see sim/floorplan/data/README.md); names, sales and rents are invented."
    )


class _Programme:
    """Which tenant goes into which block of which floor, and the frame that is long enough for all."""

    def __init__(self, parameters: GenerateParameters) -> None:
        self.parameters = parameters
        top = parameters.floors - 1
        self.anchors = brief_of.anchors_of(parameters)
        self.food_floor = max(top - 1, 0) if parameters.food_court and parameters.tenants >= 40 else -1
        self.lane_floor = max(top - 2, 0) if parameters.tenants >= LANE_TENANTS_LEAST and top >= 2 else -1
        self.courts: dict[tuple[int, Block], list[Brief]] = {}
        self.ends = transport.passage_ends(parameters)
        block_m = 44.0
        for _ in range(6):  # the number of stalls and the blocks' length depend on each other; this settles to a few cm
            block_m = self._fit(block_m)
            if block_m < BLOCK_LEAST_M:  # a small mall has shallower shops rather than a hall too short for escalators
                depth_m = self.parameters.shop_depth_m
                shallow_m = max(depth_m * block_m / BLOCK_LEAST_M, DEPTH_LEAST_M)
                self.parameters = replace(self.parameters, shop_depth_m=shallow_m)
                block_m = max(block_m * depth_m / shallow_m, BLOCK_LEAST_M)
        capacity = [self._capacity_m2(floor) for floor in range(parameters.floors)]
        placed = brief_of.to_floors(parameters, self.shops, [sum(blocks.values()) for blocks in capacity])
        self.shops_of_block: dict[tuple[int, Block], list[Brief]] = {}
        for floor, blocks in enumerate(capacity):
            here = [shop for shop in placed if shop.floor == floor]
            for block, shops in zip(blocks, brief_of.to_blocks(here, list(blocks.values())), strict=True):
                self.shops_of_block[floor, block] = shops

    def _fit(self, block_m: float) -> float:
        """Set the frame and who is in courts and kiosks for blocks of this length; return the length that all shops need."""
        parameters = self.parameters
        width_m = 2 * parameters.shop_depth_m + 2 * parameters.gallery_m + parameters.void_m * float(parameters.atrium)
        boxes = {"west": 0.0, "east": 0.0}
        for anchor in self.anchors:
            if anchor.category != "cinema":
                boxes[anchor.role] = max(boxes[anchor.role], round(anchor.area_m2 / width_m, 1))
        self.frame: Frame = make_frame(parameters, block_m, boxes["west"], boxes["east"])
        self.groups = transport.groups_of(parameters, self.frame)
        self.voids = transport.void_spans(parameters, self.frame, self.groups)
        self.shops = brief_of.shops_of(parameters, self.anchors)
        self.courts.clear()
        slots = len(rooms_of.court_slots(block_m, parameters.shop_depth_m))
        middle = parameters.blocks_per_side // 2
        for floor, side, liked in ((self.food_floor, NORTH, FOOD_STALLS), (self.lane_floor, SOUTH, LANE_STALLS)):
            if floor >= 0:
                stalls = brief_of.take_small(self.shops, slots, liked, floor, "stall")
                if 2 * len(stalls) >= slots:
                    self.courts[floor, (side, middle)] = stalls
                else:
                    self.shops += stalls
        places = rooms_of.kiosk_places(self.voids)[: len(self.shops) // 20]
        self.kiosks = brief_of.take_small(self.shops, len(places), KIOSKS, 0, "kiosk")
        capacity = sum(sum(self._capacity_m2(floor).values()) for floor in range(parameters.floors))
        return block_m * sum(shop.area_m2 for shop in self.shops) / capacity

    def _wide_cinema(self, floor: int) -> bool:
        west = [anchor for anchor in self.anchors if anchor.floor == floor and anchor.role == "west"]
        room = self.frame.blocks > 1 and bool(west) and west[0].category == "cinema"
        return room and west[0].area_m2 > 1.1 * self.frame.box(True, self.frame.west_box_m).area

    def _capacity_m2(self, floor: int) -> dict[Block, float]:
        """Return the area of each block that is neither a court nor the cinema's."""
        found: dict[Block, float] = {}
        for side in (NORTH, SOUTH):
            for block in range(self.frame.blocks):
                taken = (floor, (side, block)) in self.courts or (self._wide_cinema(floor) and (side, block) == (SOUTH, 0))
                if not taken:
                    start, end = self.frame.block_span_m(block)
                    depth = self.frame.depth_m
                    ring = [(start, 0.0), (end, 0.0), (end, depth), (start, depth)]
                    found[side, block] = self.frame.strip_polygon(side, ring).area
        return found

    def rooms_of_floor(self, floor: int) -> list[Room]:
        """Return every room of a floor, from west to east, north before south, then what stands in the hall."""
        frame, wide = self.frame, self._wide_cinema(floor)
        key = stream_key(self.parameters.seed, "generate block")
        rooms: list[Room] = []
        for anchor in self.anchors:
            if anchor.floor == floor:
                rooms += rooms_of.anchor_rooms(frame, anchor, floor == 0, wide and anchor.role == "west")
        for block in range(frame.blocks):
            for side in (NORTH, SOUTH):
                if wide and (side, block) == (SOUTH, 0):
                    continue
                court = self.courts.get((floor, (side, block)))
                if court is not None:
                    rooms += rooms_of.court_rooms(frame, side, block, court)
                elif self.shops_of_block[floor, (side, block)]:
                    entity = (floor * 100 + block) * 2 + (side == SOUTH)
                    rooms += rooms_of.block_rooms(frame, side, block, self.shops_of_block[floor, (side, block)], key, entity)
                rooms += rooms_of.service_rooms(frame, side, block)
        return rooms + self._cores(floor, wide) + self._hall_rooms(floor)

    def _cores(self, floor: int, wide: bool) -> list[Room]:
        """Return what closes the passages: stairs, toilets or plant; nothing at the ground floor's entrances."""
        rooms = []
        for passage in range(self.frame.blocks + 1):
            for side in (NORTH, SOUTH):
                spot = (side, passage)
                if (floor == 0 and spot in self.ends.entrances) or (wide and spot == (SOUTH, 0)):
                    continue
                if spot in self.ends.stairs:
                    rooms.append(rooms_of.core_room(self.frame, side, passage, "Stairs"))
                elif (passage + (side == SOUTH)) % 2 == 0:
                    rooms.append(rooms_of.core_room(self.frame, side, passage, "Toilets", "toilet"))
                else:
                    rooms.append(rooms_of.core_room(self.frame, side, passage, "Goods lift and plant"))
        return rooms

    def _hall_rooms(self, floor: int) -> list[Room]:
        """Return what stands in the hall: wells and shafts where there is another level, kiosks below, voids above."""
        frame, rooms = self.frame, []
        if self.parameters.floors + self.parameters.parking_levels > 1:
            rooms += [Room(transport.well_polygon(frame, group), name="Escalators") for group in self.groups]
            bridges = transport.lift_bridges(self.parameters)
            rooms += [Room(transport.shaft_polygon(frame, bridge), name="Lifts") for bridge in bridges]
        if floor == 0:
            places = rooms_of.kiosk_places(self.voids)
            rooms += [rooms_of.kiosk_room(frame, at, kiosk) for at, kiosk in zip(places, self.kiosks, strict=False)]
        elif self.parameters.atrium:
            rooms += [rooms_of.void_room(frame, span, self.parameters.gallery_m) for span in self.voids]
        return rooms


def _level(parameters: GenerateParameters, frame: Frame, floor: int, level_id: str, rooms: Sequence[Room]) -> Level:
    """Return a shop floor: its walkable floor is the building without walls and rooms."""
    outline = frame.outline()
    inner = outline.buffer(-0.4, join_style="mitre")
    # walls of 0.4 m at the facade; on a grid of a millimetre, so that rooms that touch leave no slivers
    walkable = inner.difference(unary_union([room.polygon for room in rooms], grid_size=0.001), grid_size=0.001)
    walkable = walkable.buffer(-0.05, join_style="mitre").buffer(0.05, join_style="mitre").simplify(0.004)
    name = "Ground floor" if floor == 0 else f"Floor {floor + 1}"
    return Level(level_id, name, floor, floor * parameters.floor_height_m, outline, _largest(walkable))


def _largest(area: BaseGeometry) -> Polygon:
    """Return the one walkable polygon; what is left of the facade wall's corners is no floor."""
    if isinstance(area, MultiPolygon):
        return max(area.geoms, key=lambda part: part.area)
    assert isinstance(area, Polygon)
    return area


def _add_units(plan: FloorPlan, level_id: str, rooms: Sequence[Room]) -> list[tuple[Unit, Brief]]:
    """Add the rooms to the plan; return those to let with what was wanted."""
    let: list[tuple[Unit, Brief]] = []
    counts: dict[str, int] = {}
    for room in rooms:
        word = "unit" if room.brief else room.name.split(" ")[0].lower()
        counts[word] = counts.get(word, 0) + 1
        unit_id = f"{level_id}-{counts[word]:02d}" if room.brief else f"{level_id}-{word}-{counts[word]}"
        unit = Unit(unit_id, level_id, room.name, room.polygon, room.kind, room.doors)
        plan.units.append(unit)
        if room.brief:
            let.append((unit, room.brief))
    return let


def _add_tenants(plan: FloorPlan, parameters: GenerateParameters, let: Sequence[tuple[Unit, Brief]]) -> None:
    """Let every shop, one of them to a pizza restaurant (of the size of the real mall's, as low in the building)."""
    anchors = [brief.role in ("west", "east") for _, brief in let]
    names = names_for(parameters.seed, [brief.category for _, brief in let], [unit.polygon.area for unit, _ in let], anchors)
    tables = [place for place, (_, brief) in enumerate(let) if brief.category == "restaurant"]
    if tables:
        names[min(tables, key=lambda place: (abs(let[place][0].polygon.area - PIZZA_M2), place))] = PIZZA_NAME
    for (unit, brief), name, anchor in zip(let, names, anchors, strict=True):
        plan.tenants.append(tenant_with_terms(parameters.seed, name, brief.category, unit.id, unit.polygon.area, anchor))
    named = {tenant.unit: tenant.name for tenant in plan.tenants}
    plan.units = [
        unit if unit.id not in named else Unit(unit.id, unit.level, named[unit.id], unit.polygon, unit.kind, unit.doors)
        for unit in plan.units
    ]


def _access_points(parameters: GenerateParameters, levels: Sequence[Level]) -> list[AccessPoint]:
    """Return a square grid of access points over every shop floor, and over the lobbies of parking levels."""
    spacing = parameters.access_point_spacing_m
    found = []
    for level in levels:
        assert level.outline is not None
        assert level.walkable is not None
        covered = level.outline.buffer(-1.0) if level.ordinal >= 0 else level.walkable.buffer(3.0).intersection(level.outline)
        low_x, low_y, high_x, high_y = level.outline.bounds
        grid_x, grid_y = np.meshgrid(
            np.arange(low_x + spacing / 2, high_x, spacing), np.arange(low_y + spacing / 2, high_y, spacing)
        )
        inside = contains_xy(covered, grid_x.ravel(), grid_y.ravel())
        spots = np.column_stack([grid_x.ravel(), grid_y.ravel()])[inside]
        for number, (x_m, y_m) in enumerate(spots, start=1):
            found.append(AccessPoint(f"ap-{level.id}-{number:03d}", level.id, round(float(x_m), 2), round(float(y_m), 2)))
    return found
