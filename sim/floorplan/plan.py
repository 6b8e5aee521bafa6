"""The one inner form of a floor plan: levels, units, tenants, connectors, entrances, car parks, access points in local metres."""

from __future__ import annotations

from dataclasses import dataclass, field

from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

UNIT_KINDS = ("store", "vacant", "structure", "toilet")  # only a store has a tenant; nobody enters the others
ENTRANCE_KINDS = ("street", "car_park", "transit", "spot")  # a spot is a place on the floor where a test starts or ends a walk
CONNECTOR_KINDS = ("escalator", "lift", "stairs")


@dataclass(frozen=True)
class Level:
    """One storey. Its walkable floor is `walkable` where drawn, else `outline` minus its units."""

    id: str
    name: str
    ordinal: int  # 0 is the ground floor, negative below
    height_m: float  # of the floor above the ground floor's
    outline: Polygon | MultiPolygon | None = None
    walkable: Polygon | MultiPolygon | None = None


@dataclass(frozen=True)
class Door:
    """An opening of a unit: its middle on the frontage, and its clear width."""

    x_m: float
    y_m: float
    width_m: float
    inferred: bool = False


@dataclass(frozen=True)
class Unit:
    """A room: a store, a vacant unit, a toilet or a piece of structure (void, core, back of house)."""

    id: str
    level: str
    name: str
    polygon: BaseGeometry
    kind: str = "store"
    doors: tuple[Door, ...] = ()


@dataclass(frozen=True)
class Tenant:
    """The business in a unit; None where the planner did not say."""

    name: str
    category: str
    unit: str
    floor_area_m2: float | None = None
    sales_fen_per_year: int | None = None
    rent_fen_per_year: int | None = None
    turnover_rent_share: float | None = None
    opens: str | None = None  # "10:00"
    closes: str | None = None
    staff: int | None = None  # servers of its tills or tables
    key: str | None = None  # unit under which its draws are addressed, where it is not its own: it has moved, or is new
    weekdays: tuple[int, ...] | None = None  # on which it trades, 0 is Monday; None: all


@dataclass(frozen=True)
class Stop:
    """Where a connector touches a level: the point on the walkable floor where one steps on or off."""

    level: str
    x_m: float
    y_m: float


@dataclass(frozen=True)
class Connector:
    """An escalator (from its first stop to its second), a lift or stairs (both ways, all stops)."""

    id: str
    kind: str
    stops: tuple[Stop, ...]
    width_m: float = 1.0
    capacity_people: int = 13  # of a lift car
    cycle_s: float = 60.0  # of a lift


@dataclass(frozen=True)
class Entrance:
    """A door between the mall and the street, a car park or a station."""

    id: str
    level: str
    x_m: float
    y_m: float
    width_m: float = 2.0
    kind: str = "street"
    share: float | None = None  # of arrivals on foot; by width where None


@dataclass(frozen=True)
class ParkingArea:
    """A car park and the entrance by which its people come in."""

    id: str
    level: str
    bays: int
    entrance: str
    gates: int = 2
    walk_m: float = 60.0
    polygon: BaseGeometry | None = None


@dataclass(frozen=True)
class AccessPoint:
    """A Wi-Fi access point."""

    id: str
    level: str
    x_m: float
    y_m: float
    height_m: float = 3.0
    band_ghz: float = 5.0
    power_dbm: float = 18.0


@dataclass(frozen=True)
class Repair:
    """What a reader changed, inferred or left out, so that nothing is mended silently."""

    feature: str
    level: str
    what: str  # "duplicate polygon dropped", "door inferred", "level shifted by (26.3, -90.2) m", ...


@dataclass
class FloorPlan:
    """A mall. Ids are unique per kind; units that touch the walkable floor can be entered."""

    name: str
    levels: list[Level] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    tenants: list[Tenant] = field(default_factory=list)
    connectors: list[Connector] = field(default_factory=list)
    entrances: list[Entrance] = field(default_factory=list)
    parking: list[ParkingArea] = field(default_factory=list)
    access_points: list[AccessPoint] = field(default_factory=list)
    source: str = ""
    repairs: list[Repair] = field(default_factory=list)
