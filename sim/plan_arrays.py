"""The array form of a floor plan: what the engine sees of a mall, plain numbers only."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

import numpy as np


class RideKind(IntEnum):
    """How a connector carries people."""

    ESCALATOR = 0
    LIFT = 1
    STAIRS = 2


class PlanArrays(NamedTuple):
    """Every array is sorted by (level ordinal, id), so that the order of a file's features changes nothing.

    Sizes: L levels, N nodes, E directed legs, P pieces, F frontages along legs, Z zones, B borders, U units, D unit doors,
    K entrances, C connectors, R rides (one per connector and ordered pair of levels it serves), T targets, A car parks.
    Coordinates are local metres, x right, y up, one frame for all levels. Indices are int32 unless said. -1 means none.
    """

    # walking layer: nodes of one level are contiguous (level_node_start), legs are straight and directed, sorted by leg_from
    level_node_start: np.ndarray  # (L+1)
    node_x_m: np.ndarray  # (N) float64
    node_y_m: np.ndarray  # (N) float64
    node_level: np.ndarray  # (N)
    node_zone: np.ndarray  # (N) the first piece of every leg that leaves a node lies in this zone, and the last of every arriving one
    node_leg_start: np.ndarray  # (N+1) legs that leave each node
    leg_from: np.ndarray  # (E)
    leg_to: np.ndarray  # (E)
    leg_m: np.ndarray  # (E) float64 length
    leg_piece_start: np.ndarray  # (E+1)
    piece_zone: np.ndarray  # (P) zone of each piece, in walking order
    piece_m: np.ndarray  # (P) float64 length; the pieces of a leg add up to its length
    piece_border: np.ndarray  # (P) border crossed at the END of the piece, -1 at the last piece of a leg
    piece_left_m: np.ndarray  # (P) float64 free width to the left of the walking direction; inside the walkable polygon for sure
    piece_right_m: np.ndarray  # (P) float64 the same to the right
    leg_frontage_start: np.ndarray  # (E+1)
    frontage_unit: np.ndarray  # (F) unit whose frontage one passes on the leg (each unit once per leg, in walking order)
    # crowding layer
    zone_level: np.ndarray  # (Z)
    zone_area_m2: np.ndarray  # (Z) float64; the zones cover a level's walkable floor exactly once
    zone_x_m: np.ndarray  # (Z) float64 a point inside the zone
    zone_y_m: np.ndarray  # (Z) float64
    border_zone_a: np.ndarray  # (B) a < b
    border_zone_b: np.ndarray  # (B)
    border_width_m: np.ndarray  # (B) float64 length of the common boundary of the two zones
    # units with a tenant (vacant units and structure are not here)
    unit_level: np.ndarray  # (U)
    unit_key: np.ndarray  # (U) int64 stable_key of the unit's id: addresses draws
    unit_area_m2: np.ndarray  # (U) float64
    unit_category: np.ndarray  # (U) index into CATEGORIES
    unit_x_m: np.ndarray  # (U) float64 a point inside the unit
    unit_y_m: np.ndarray  # (U) float64
    unit_door_start: np.ndarray  # (U+1) doors of each unit
    door_node: np.ndarray  # (D) node just outside the door
    door_width_m: np.ndarray  # (D) float64
    unit_ring_start: np.ndarray  # (U+1) outer ring of each unit's polygon, closed, counter-clockwise
    ring_x_m: np.ndarray  # float64
    ring_y_m: np.ndarray  # float64
    # entrances: doors to the street, to a car park, to a station
    entrance_node: np.ndarray  # (K)
    entrance_level: np.ndarray  # (K)
    entrance_width_m: np.ndarray  # (K) float64
    entrance_key: np.ndarray  # (K) int64
    entrance_share: np.ndarray  # (K) float64 share of the arrivals on foot; adds up to 1; 0 at car-park doors
    # connectors and their rides
    connector_kind: np.ndarray  # (C) RideKind
    connector_key: np.ndarray  # (C) int64
    connector_capacity_people: np.ndarray  # (C) of a lift car; 0 otherwise
    connector_cycle_s: np.ndarray  # (C) float64 of a lift; 0 otherwise
    connector_width_m: np.ndarray  # (C) float64 clear width of stairs or of an escalator's step
    ride_connector: np.ndarray  # (R) sorted by from-level, then connector, then to-level
    ride_from_node: np.ndarray  # (R)
    ride_to_node: np.ndarray  # (R)
    ride_from_level: np.ndarray  # (R)
    ride_to_level: np.ndarray  # (R)
    ride_length_m: np.ndarray  # (R) float64 along the slope (escalator, stairs) or the height travelled (lift)
    level_ride_start: np.ndarray  # (L+1) rides that leave each level
    # targets that one can walk to on a level: its units, then the entries of its rides, then its entrances
    level_target_start: np.ndarray  # (L+1)
    unit_target: np.ndarray  # (U)
    ride_target: np.ndarray  # (R)
    entrance_target: np.ndarray  # (K)
    # routing inside a level: entry [level_table_start[l] + (target - first target of l) * nodes of l + (node - first node of l)]
    level_table_start: np.ndarray  # (L+1) int64
    next_leg: np.ndarray  # leg to take next, -1 on arrival, -2 when the target cannot be reached from the node
    walk_m: np.ndarray  # float64 walking distance to the target (to its nearest door), inf when unreachable
    # car parks
    parking_key: np.ndarray  # (A) int64
    parking_bays: np.ndarray  # (A)
    parking_gates: np.ndarray  # (A) entry gates; as many exit gates
    parking_entrance: np.ndarray  # (A) entrance by which its people enter the mall
    parking_walk_m: np.ndarray  # (A) float64 mean walk from a bay to that entrance


HALL, SOLID, VOID, OUTSIDE = -1, -2, -3, -4  # what stands in a cell of the room raster that is no store's


class RoomRaster(NamedTuple):
    """Which room each cell of a square grid lies in, level by level; one grid for all levels. Cell (row, col) covers
    [origin_x + col * cell, origin_x + (col + 1) * cell) x the same in y; its room is the one of its middle."""

    cell_m: float
    origin_x_m: float
    origin_y_m: float
    room: np.ndarray  # (L, rows, cols) int16 unit of the plan with a tenant, else HALL, SOLID (structure, vacant), VOID or OUTSIDE
    standing: np.ndarray  # (L, rows, cols) int32 row * cols + col of the nearest cell of the level where people can be (itself there)


class AccessPoints(NamedTuple):
    """Access points in an order of their own (level, x, y, height, band, power), whatever they are called; A of them."""

    key: np.ndarray  # (A) int64 addresses draws: of the place and the band, not of the name
    level: np.ndarray  # (A) int32
    x_m: np.ndarray  # (A) float64
    y_m: np.ndarray  # (A) float64
    z_m: np.ndarray  # (A) float64 above the ground floor
    band_ghz: np.ndarray  # (A) float64
    power_dbm: np.ndarray  # (A) float64


@dataclass(frozen=True)
class CompiledPlan:
    """The arrays of a plan, the names that go with them, and the outlines that pictures need.

    Polygons for pictures are lists of rings, each an (n, 2) float64 array, outer ring first; no geometry library needed.
    """

    name: str
    digest: str  # SHA-256 of the plan's canonical form and of the compiler's version
    arrays: PlanArrays
    level_ids: tuple[str, ...]
    level_names: tuple[str, ...]
    level_ordinals: tuple[int, ...]
    unit_ids: tuple[str, ...]
    tenant_names: tuple[str, ...]  # (U)
    tenant_categories: tuple[str, ...]  # (U)
    entrance_ids: tuple[str, ...]
    connector_ids: tuple[str, ...]
    parking_ids: tuple[str, ...]
    walkable_rings: tuple[tuple[tuple[np.ndarray, ...], ...], ...]  # per level, per polygon: rings
    unit_rings: tuple[tuple[np.ndarray, ...], ...]  # per unit: rings
    structure_rings: tuple[tuple[tuple[np.ndarray, ...], ...], ...]  # per level, per vacant unit or structure: rings
    zone_rings: tuple[tuple[np.ndarray, ...], ...]  # per zone: outer ring(s) of the zone polygon's parts, then holes
    unreachable_units: tuple[str, ...] = ()  # ids of units with a tenant that no entrance reaches (left out of the arrays)
    tenants: tuple[dict[str, object], ...] = field(default=())  # (U) the rest of tenants.csv: opens, closes, staff, rent ...
    structure_names: tuple[tuple[str, ...], ...] = ()  # per level: the name of each of structure_rings; empty where not known
    outline_rings: tuple[tuple[np.ndarray, ...], ...] = ()  # per level: the building's outer wall; empty where not drawn
    parking_rings: tuple[tuple[np.ndarray, ...], ...] = ()  # per car park: its area; empty where not drawn
    level_heights_m: tuple[float, ...] = ()  # of each level's floor above the ground floor
    rooms: RoomRaster | None = None  # None in plans made by hand for tests
    access_points: AccessPoints | None = None
    access_point_ids: tuple[str, ...] = ()  # in the order of access_points
    layout_changes: tuple[dict[str, object], ...] = ()  # what a scenario's layout has changed: what, place, from, fit_out_m2
    drawn_offer_m2: tuple[float, ...] = ()  # floor let to each trade as drawn, where the layout has changed it
