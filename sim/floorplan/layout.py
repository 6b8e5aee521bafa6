"""Changes a drawing as a scenario's layout says: tenants, doors, escalators, pop-ups; refuses all that cannot be, together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sim.categories import CATEGORIES, CATEGORY_INDEX
from sim.errors import ConfigError, Problem
from sim.floorplan.layout_mix import grown_mix
from sim.floorplan.layout_shapes import with_connector, with_door, with_pop_up
from sim.floorplan.plan import AccessPoint, FloorPlan, Tenant, Unit
from sim.schema.layout import AccessPointConfig, LayoutConfig, LettingConfig, MoveConfig

NEW_KEY = "let"  # a new business has draws of its own


@dataclass
class Drawn:
    """A plan that is being changed: what stands in each unit now, what has changed, what was wrong."""

    plan: FloorPlan
    tenants: dict[str, Tenant] = field(init=False)  # by unit
    units: dict[str, Unit] = field(init=False)
    net_m2: dict[str, float | None] = field(init=False)  # floor area that tenants.csv gives; it belongs to the room
    changes: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take stock of the drawing."""
        self.tenants = {tenant.unit: tenant for tenant in self.plan.tenants}
        self.units = {unit.id: unit for unit in self.plan.units}
        self.net_m2 = {tenant.unit: tenant.floor_area_m2 for tenant in self.plan.tenants}

    def area_m2(self, unit: str) -> float:
        """Return the floor that a tenant has in a unit."""
        return float(self.net_m2.get(unit) or self.units[unit].polygon.area)

    def note(self, what: str, unit: str, came_from: str = "", fit_out_m2: float = 0.0) -> None:
        """Remember a change, for pictures and costs."""
        self.changes.append({"what": what, "place": unit, "from": came_from, "fit_out_m2": round(fit_out_m2, 1)})

    def refuse(self, place: str, value: str, rule: str, way_out: str) -> None:
        """Remember what is wrong."""
        self.problems.append(Problem(place, value, rule, way_out))

    def unit_named(self, place: str, name: str) -> str | None:
        """Return the id of a unit, given so or by its tenant's name; None, with the reason noted, where there is none."""
        if name in self.units:
            return name
        found = [unit for unit, tenant in self.tenants.items() if tenant.name == name]
        if len(found) == 1:
            return found[0]
        if found:
            self.refuse(
                place, repr(name), f"{len(found)} tenants have this name", f"write the unit: {', '.join(sorted(found))}"
            )
            return None
        close = get_close_matches(name, [*self.units, *(tenant.name for tenant in self.tenants.values())], 1, 0.5)
        guess = f"did you mean '{close[0]}'?" if close else "`galleria floorplan draw` shows the units"
        self.refuse(place, repr(name), "must be a unit or a tenant of the plan", guess)
        return None

    def settle(self, tenant: Tenant, unit: str) -> None:
        """Put a tenant into a unit, with its terms, its hours, its staff and its draws; the floor is the unit's."""
        key = tenant.key or tenant.unit
        self.tenants[unit] = replace(tenant, unit=unit, floor_area_m2=self.net_m2.get(unit), key=None if key == unit else key)

    def finished(self) -> FloorPlan:
        """Return the changed plan, and note who is no longer where the drawing has it."""
        drawn = {tenant.unit for tenant in self.plan.tenants}
        for unit, tenant in sorted(self.tenants.items()):
            if tenant.key in drawn and tenant.key is not None:
                self.note("moved", unit, tenant.key, self.area_m2(unit))
        units = [replace(unit, kind=_kind_now(unit, unit.id in self.tenants)) for unit in self.units.values()]
        return replace(self.plan, units=units, tenants=list(self.tenants.values()))


def with_layout(plan: FloorPlan, layout: LayoutConfig, source: Path | str) -> tuple[FloorPlan, list[dict[str, Any]]]:
    """Return the plan as a layout makes it, and what has changed; raises ConfigError with all that cannot be done."""
    drawn = Drawn(plan)
    if layout.anchors.turnover_rent_share >= 0:
        _ask_anchors(drawn, layout)
    for index, letting in enumerate(layout.let):
        _let(drawn, letting, f"layout.let[{index}]")
    for index, name in enumerate(layout.vacate):
        _vacate(drawn, name, f"layout.vacate[{index}]")
    for index, move in enumerate(layout.moves):
        _move(drawn, move, f"layout.moves[{index}]", layout.least_area_share)
    if layout.mix.after_years > 0:
        grown_mix(drawn, layout.mix)
    for index, door in enumerate(layout.doors):
        with_door(drawn, door, f"layout.doors[{index}]")
    for index, connector in enumerate(layout.connectors):
        with_connector(drawn, connector, f"layout.connectors[{index}]")
    for index, stall in enumerate(layout.pop_ups):
        with_pop_up(drawn, stall, f"layout.pop_ups[{index}]", layout.passage_m)
    points = [_hung(drawn, point, index, f"layout.access_points[{index}]") for index, point in enumerate(layout.access_points)]
    if drawn.problems:
        raise ConfigError.of(f"the layout of {Path(source).name}", drawn.problems)
    plan = drawn.finished()
    return replace(plan, access_points=points or plan.access_points), drawn.changes


def _hung(drawn: Drawn, point: AccessPointConfig, index: int, place: str) -> AccessPoint:
    """Return an access point as a drawing has it."""
    levels = [level.id for level in drawn.plan.levels]
    if point.level not in levels:
        drawn.refuse(f"{place}.level", repr(point.level), "must be a level of the plan", f"write one of {', '.join(levels)}")
    identity = f"layout-ap-{index + 1:03d}"
    return AccessPoint(identity, point.level, point.x_m, point.y_m, point.height_m, point.band_ghz, point.power_dbm)


def offer_m2(plan: FloorPlan) -> tuple[float, ...]:
    """Return the floor let to each trade, in the order of CATEGORIES."""
    areas = {unit.id: float(unit.polygon.area) for unit in plan.units}
    found = [0.0] * len(CATEGORIES)
    for tenant in sorted(plan.tenants, key=lambda tenant: tenant.unit):
        found[CATEGORY_INDEX[tenant.category]] += float(tenant.floor_area_m2 or areas[tenant.unit])
    return tuple(round(area, 3) for area in found)


def _kind_now(unit: Unit, has_tenant: bool) -> str:
    if unit.kind not in ("store", "vacant"):
        return unit.kind
    return "store" if has_tenant else "vacant"


def _ask_anchors(drawn: Drawn, layout: LayoutConfig) -> None:
    """Let every anchor pay what is asked of it, or leave."""
    asked = layout.anchors.turnover_rent_share
    for unit in sorted(unit for unit in drawn.tenants if drawn.area_m2(unit) >= layout.mix.anchor_m2):
        if asked > layout.anchors.leaves_above:
            drawn.note("vacated", unit, drawn.tenants.pop(unit).name)
        else:
            drawn.tenants[unit] = replace(drawn.tenants[unit], turnover_rent_share=asked)


def _let(drawn: Drawn, letting: LettingConfig, place: str) -> None:
    unit = drawn.unit_named(f"{place}.unit", letting.unit)
    if unit is None:
        return
    before = drawn.tenants.get(unit)
    if drawn.units[unit].kind not in ("store", "vacant"):
        drawn.refuse(
            f"{place}.unit", repr(unit), f"it is a {drawn.units[unit].kind}, nobody can rent it", "choose another unit"
        )
        return
    if before is not None and not letting.replaces:
        way_out = "write replaces: true to let it go, or choose a vacant unit"
        drawn.refuse(f"{place}.unit", repr(unit), f"the unit is let to '{before.name}'", way_out)
        return
    rent = letting.rent_yuan_per_year
    drawn.tenants[unit] = Tenant(
        letting.name or f"New {letting.trade.replace('_', ' ')}", letting.trade, unit, drawn.net_m2.get(unit),
        rent_fen_per_year=round(100 * rent) if rent >= 0 else before.rent_fen_per_year if before else None,
        turnover_rent_share=letting.turnover_rent_share if letting.turnover_rent_share >= 0 else None,
        key=f"{NEW_KEY} {unit} {letting.trade} {letting.name}",
    )  # fmt: skip
    drawn.note("let", unit, before.name if before else "", drawn.area_m2(unit))


def _vacate(drawn: Drawn, name: str, place: str) -> None:
    unit = drawn.unit_named(place, name)
    if unit is None:
        return
    if unit not in drawn.tenants:
        drawn.refuse(place, repr(name), "nobody rents it", "leave it out")
        return
    drawn.note("vacated", unit, drawn.tenants.pop(unit).name)


def _move(drawn: Drawn, move: MoveConfig, place: str, least_share: float) -> None:
    """Move a tenant, or swap two; each must fit."""
    start, goal = drawn.unit_named(f"{place}.tenant", move.tenant), drawn.unit_named(f"{place}.to", move.to)
    if start is None or goal is None:
        return
    tenant, other = drawn.tenants.get(start), drawn.tenants.get(goal)
    if tenant is None:
        drawn.refuse(f"{place}.tenant", repr(move.tenant), "nobody rents this unit", "name a tenant, or a unit that is let")
        return
    if start == goal:
        drawn.refuse(f"{place}.to", repr(move.to), "the tenant is there already", "leave the move out")
        return
    if drawn.units[goal].kind not in ("store", "vacant"):
        drawn.refuse(f"{place}.to", repr(goal), f"it is a {drawn.units[goal].kind}, nobody can rent it", "choose another unit")
        return
    if other is not None and not move.swap:
        drawn.refuse(
            f"{place}.to", repr(goal), f"the unit is let to '{other.name}'",
            "write swap: true to exchange the two, list the unit under layout.vacate, or choose another",
        )  # fmt: skip
        return
    fits = _fits(drawn, f"{place}.to", tenant, start, goal, least_share)
    if other is not None:
        fits = _fits(drawn, f"{place}.tenant", other, goal, start, least_share) and fits
    if not fits:
        return
    del drawn.tenants[start]
    drawn.settle(tenant, goal)
    if other is not None:
        drawn.settle(other, start)


def _fits(drawn: Drawn, place: str, tenant: Tenant, start: str, goal: str, least_share: float) -> bool:
    """Tell whether a unit is large enough for a tenant; what it has now is what it needs."""
    has_m2, offered_m2 = drawn.area_m2(start), drawn.area_m2(goal)
    if offered_m2 >= least_share * has_m2 - 1e-9:
        return True
    large = [unit for unit in drawn.units if drawn.units[unit].kind in ("store", "vacant") and unit not in (start, goal)]
    large = [unit for unit in large if drawn.area_m2(unit) >= least_share * has_m2]
    nearest = min(large, key=lambda unit: (abs(drawn.area_m2(unit) - has_m2), unit), default="")
    way_out = f"{nearest} has {drawn.area_m2(nearest):.0f} m2" if nearest else "no other unit is large enough"
    drawn.refuse(
        place, f"{goal}: {offered_m2:.0f} m2",
        f"too small for '{tenant.name}', which has {has_m2:.0f} m2 and needs {least_share:.0%} of it (layout.least_area_share)",
        f"{way_out}; or lower layout.least_area_share",
    )  # fmt: skip
    return False
