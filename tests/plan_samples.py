"""A small sound plan for tests to break: two floors, four stores along a hall, a lift and an escalator pair."""

from __future__ import annotations

from pathlib import Path

from shapely.geometry import Polygon, box

from sim.floorplan.plan import AccessPoint, Connector, Door, Entrance, FloorPlan, Level, ParkingArea, Stop, Tenant, Unit

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def hall(width_m: float = 40.0) -> Polygon:
    """Return a hall 8 m deep between two rows of stores."""
    return box(0, 10, width_m, 18)


def sound_plan() -> FloorPlan:
    """Return a plan without a problem."""
    levels = [Level("F1", "Ground", 0, 0.0, box(0, 0, 40, 28), hall()), Level("F2", "Upper", 1, 5.0, box(0, 0, 40, 28), hall())]
    units, tenants = [], []
    for level in ("F1", "F2"):
        for column, category in ((0, "fashion"), (1, "restaurant")):
            unit = f"{level}-{column}"
            x_m = 20.0 * column
            units.append(Unit(unit, level, f"Shop {unit}", box(x_m, 0, x_m + 20, 10), "store", (Door(x_m + 10, 10, 2.0),)))
            tenants.append(Tenant(f"Shop {unit}", category, unit, opens="10:00", closes="22:00"))
    units.append(Unit("F1-wc", "F1", "", box(0, 18, 10, 28), "toilet"))
    return FloorPlan(
        name="sample",
        levels=levels,
        units=units,
        tenants=tenants,
        connectors=[
            Connector("lift", "lift", (Stop("F1", 5, 17), Stop("F2", 5, 17))),
            Connector("up", "escalator", (Stop("F1", 15, 14), Stop("F2", 25, 14))),
            Connector("down", "escalator", (Stop("F2", 25, 15), Stop("F1", 15, 15))),
        ],
        entrances=[Entrance("door", "F1", 0.5, 14, 3.0), Entrance("garage", "F1", 39.5, 14, 2.0, kind="car_park")],
        parking=[ParkingArea("garage", "F1", 120, "garage")],
        access_points=[AccessPoint("ap", "F1", 20, 14)],
        source="Drawn for tests.",
    )
