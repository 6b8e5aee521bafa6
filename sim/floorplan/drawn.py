"""A foreign drawing in local metres, before it becomes a plan: shapes of known kind on levels."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from sim.floorplan.plan import Level, Repair
from sim.floorplan.repair import duplicates_of, made_valid, on_grid

ROOM_KINDS = ("store", "vacant", "structure", "toilet")
SHAFT_KINDS = ("lift", "goods_lift", "stairs", "escalator")
EDGE_KINDS = ("entrance", "car_park_entrance")  # a polygon or a point where one comes in, or a car does
FLOOR_KINDS = ("walkable", "parking", "door")  # a door is a point or a line on a frontage
RANK = {"store": 0, "toilet": 1, "vacant": 2, "structure": 3}  # which of two rooms drawn over each other stays


@dataclass
class Shape:
    """One thing of a drawing; `kind` is one of the words above."""

    id: str
    level: str
    name: str
    kind: str
    geometry: BaseGeometry
    category: str | None = None  # of a store
    serves: tuple[str, ...] = ()  # levels, where the drawing says so (lift, stairs, escalator)
    upward: bool | None = None  # direction of an escalator drawn as a line from its foot to its head
    bays: int | None = None  # of a parking area
    opens: str | None = None
    closes: str | None = None
    shared: Shape | None = None  # another store drawn with the same polygon under another name


@dataclass
class Drawing:
    """What a reader of a foreign form hands on; levels carry their outlines."""

    name: str
    source: str
    levels: list[Level] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)

    def of(self, *kinds: str, level: str | None = None) -> list[Shape]:
        """Return the shapes of some kinds, of one level or of all."""
        return [shape for shape in self.shapes if shape.kind in kinds and level in (None, shape.level)]

    def say(self, feature: str, level: str, what: str) -> None:
        """List a repair."""
        self.repairs.append(Repair(feature, level, what))


def tidy(drawing: Drawing) -> None:
    """Mend what concerns single shapes: equal ids, exact duplicates, invalid rings; and put all on the grid."""
    _make_ids_unique(drawing)
    kept: list[Shape] = []
    for level in drawing.levels:
        shapes = [shape for shape in drawing.shapes if shape.level == level.id]
        # What says most comes first: of a named store and a nameless room of one shape, the store stays.
        shapes.sort(key=lambda shape: RANK.get(shape.kind, -1))
        repeated = duplicates_of([shape.geometry for shape in shapes])
        for index, shape in enumerate(shapes):
            twin = shapes[repeated[index]] if index in repeated else None
            # A room and a corridor may share a polygon; one of the two is not a duplicate of the other.
            if twin and (_alike(twin, shape) or (twin.kind in ROOM_KINDS and shape.kind in ROOM_KINDS)):
                other = "" if (twin.kind, twin.name) == (shape.kind, shape.name) else f" ({shape.kind} '{shape.name}')"
                drawing.say(shape.id, level.id, f"duplicate of {twin.id} dropped{other}")
                if twin.kind == shape.kind == "store" and twin.name != shape.name and twin.shared is None:
                    twin.shared = shape
            elif _mend(drawing, shape):
                kept.append(shape)
    drawing.shapes = kept
    drawing.levels = [_tidy_level(drawing, level) for level in drawing.levels]


def shift_level(drawing: Drawing, level: str, dx_m: float, dy_m: float) -> None:
    """Move a level and all that is on it."""
    drawing.levels = [_moved(one, dx_m, dy_m) if one.id == level else one for one in drawing.levels]
    for shape in drawing.shapes:
        if shape.level == level:
            shape.geometry = translate(shape.geometry, dx_m, dy_m)


def centres_of(shapes: list[Shape]) -> np.ndarray:
    """Return the (n, 2) centres of shapes."""
    return np.array([(shape.geometry.centroid.x, shape.geometry.centroid.y) for shape in shapes]).reshape(-1, 2)


def _alike(one: Shape, other: Shape) -> bool:
    """Tell whether two shapes of one outline are the same thing; two escalators on one line may run opposite ways."""
    return (one.kind, one.serves, one.upward) == (other.kind, other.serves, other.upward)


def _make_ids_unique(drawing: Drawing) -> None:
    seen: dict[str, int] = {}
    for shape in drawing.shapes:
        count = seen.get(shape.id, 0)
        seen[shape.id] = count + 1
        if count:
            renamed = f"{shape.id}#{count + 1}"
            seen[renamed] = 1
            drawing.say(shape.id, shape.level, f"duplicate id renamed to {renamed}")
            shape.id = renamed


def _mend(drawing: Drawing, shape: Shape) -> bool:
    if shape.geometry.geom_type not in ("Polygon", "MultiPolygon"):
        return True
    mended, what = made_valid(shape.geometry)
    if what:
        drawing.say(shape.id, shape.level, what)
    shape.geometry = on_grid(mended)
    if shape.geometry.is_empty:
        drawing.say(shape.id, shape.level, f"{shape.kind} '{shape.name}' without area dropped")
        return False
    return True


def _tidy_level(drawing: Drawing, level: Level) -> Level:
    if level.outline is None:
        return level
    mended, what = made_valid(level.outline)
    if what:
        drawing.say(level.id, level.id, f"outline: {what}")
    return _with_outline(level, on_grid(mended))


def _moved(level: Level, dx_m: float, dy_m: float) -> Level:
    return level if level.outline is None else _with_outline(level, translate(level.outline, dx_m, dy_m))


def _with_outline(level: Level, outline: BaseGeometry) -> Level:
    assert isinstance(outline, shapely.Polygon | shapely.MultiPolygon)
    return Level(level.id, level.name, level.ordinal, level.height_m, outline, level.walkable)
