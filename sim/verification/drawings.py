"""Trial floors drawn from plain coordinates, turned by any angle, and compiled like a planner's drawing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sim.floorplan.compile import compile_plan
from sim.floorplan.geojson import Faults, geometry_of
from sim.floorplan.plan import Connector, Door, Entrance, FloorPlan, Level, Stop, Tenant, Unit
from sim.plan_arrays import CompiledPlan

AT_ONCE_M = 1e7  # a spot of this width lets any number of people start or end at one instant

Point = tuple[float, float]


@dataclass
class Drawing:
    """A plan in the making; `rotate_deg` turns every coordinate about the origin."""

    name: str
    rotate_deg: float = 0.0
    plan: FloorPlan = field(init=False)

    def __post_init__(self) -> None:
        """Begin with an empty plan."""
        self.plan = FloorPlan(self.name, source=f"drawn by galleria verify {self.name}")

    def floor(
        self, level: str, outline: Iterable[Point], *, holes: Iterable[Iterable[Point]] = (), height_m: float = 0.0
    ) -> None:
        """Add a level whose floor is a polygon."""
        shape: Any = self._polygon(outline, holes)
        self.plan.levels.append(Level(level, level, len(self.plan.levels), height_m, shape, shape))

    def walled(
        self, level: str, outline: Iterable[Point], walls: Iterable[tuple[float, float, float, float]], *, height_m: float = 0.0
    ) -> None:
        """Add a level whose floor is an outline less walls, each (x0, y0, x1, y1)."""
        self.plan.levels.append(Level(level, level, len(self.plan.levels), height_m, outline=self._polygon(outline)))
        for number, (x0, y0, x1, y1) in enumerate(walls):
            shape = self._polygon(box(x0, y0, x1, y1))
            self.plan.units.append(Unit(f"{level} wall {number}", level, "wall", shape, "structure"))

    def spot(self, identity: str, x_m: float, y_m: float, level: str = "L0") -> None:
        """Add a place where people start or end at once."""
        self._entrance(identity, x_m, y_m, level, AT_ONCE_M, "spot", 0.0)

    def exit(self, identity: str, x_m: float, y_m: float, width_m: float, level: str = "L0") -> None:
        """Add a door to the street."""
        self._entrance(identity, x_m, y_m, level, width_m, "street", None)

    def store(
        self, identity: str, trade: str, outline: Iterable[Point], door: Point, door_m: float = 4.0, *, level: str = "L0"
    ) -> None:
        """Add a tenant's room on a walled level, with a door `door_m` wide."""
        doors = (Door(*self._turned(*door), door_m),)
        self.plan.units.append(Unit(identity, level, identity, self._polygon(outline), "store", doors))
        self.plan.tenants.append(Tenant(identity, trade, identity))

    def connector(self, identity: str, kind: str, stops: Iterable[tuple[str, float, float]], **more: Any) -> None:
        """Add an escalator, stairs or a lift with stops (level, x, y)."""
        turned = tuple(Stop(level, *self._turned(x_m, y_m)) for level, x_m, y_m in stops)
        self.plan.connectors.append(Connector(identity, kind, turned, **more))

    def compiled(self) -> CompiledPlan:
        """Compile the plan; raises FloorPlanError where it cannot be walked."""
        return compile_plan(self.plan)

    def _entrance(
        self, identity: str, x_m: float, y_m: float, level: str, width_m: float, kind: str, share: float | None
    ) -> None:
        x_m, y_m = self._turned(x_m, y_m)
        self.plan.entrances.append(Entrance(identity, level, x_m, y_m, width_m, kind, share))

    def _turned(self, x_m: float, y_m: float) -> Point:
        angle = math.radians(self.rotate_deg)
        return x_m * math.cos(angle) - y_m * math.sin(angle), x_m * math.sin(angle) + y_m * math.cos(angle)

    def _polygon(self, outline: Iterable[Point], holes: Iterable[Iterable[Point]] = ()) -> Any:
        rings = [[list(self._turned(*point)) for point in ring] for ring in (outline, *holes)]
        shape = geometry_of({"geometry": {"type": "Polygon", "coordinates": rings}}, self.name, self.name, Faults())
        assert shape is not None
        return shape


def box(x0: float, y0: float, x1: float, y1: float) -> list[Point]:
    """Return the corners of an upright rectangle."""
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
