"""What makes a plan impossible to compile, all of it together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from sim.categories import CATEGORY_INDEX
from sim.errors import Problem
from sim.floorplan.plan import CONNECTOR_KINDS, ENTRANCE_KINDS, UNIT_KINDS, FloorPlan


def _one_of(place: str, what: str, value: str, allowed: Iterable[str]) -> Iterator[Problem]:
    known = list(allowed)
    if value not in known:
        close = get_close_matches(value, known, 1)
        way_out = f"did you mean '{close[0]}'?" if close else f"use one of {', '.join(sorted(known)[:12]) or '(none)'}"
        yield Problem(place, f"'{value}'", f"{what} must be known", way_out)


def _repeated(kind: str, ids: Iterable[str]) -> Iterator[Problem]:
    for identifier, times in sorted(Counter(ids).items()):
        if times > 1:
            yield Problem(f"{kind} '{identifier}'", f"{times} times", "an id must be unique", "rename or remove the others")


def _positive(place: str, what: str, value: float) -> Iterator[Problem]:
    if not value > 0:
        yield Problem(place, f"{value}", f"{what} must be positive", "correct it")


def problems_of(plan: FloorPlan) -> Iterator[Problem]:
    """Yield every dangling reference, repeated id and impossible number."""
    levels = [level.id for level in plan.levels]
    if not levels:
        yield Problem("levels", "none", "a plan must have at least one level", "draw a level")
    if not plan.entrances:
        yield Problem("entrances", "none", "a plan must have at least one entrance", "add a feature to entrances")
    for kind, ids in (
        ("level", levels),
        ("unit", [unit.id for unit in plan.units]),
        ("entrance", [entrance.id for entrance in plan.entrances]),
        ("connector", [connector.id for connector in plan.connectors]),
        ("parking", [area.id for area in plan.parking]),
        ("tenant of unit", [tenant.unit for tenant in plan.tenants]),
    ):
        yield from _repeated(kind, ids)
    for unit in plan.units:
        yield from _one_of(f"unit '{unit.id}'", "its level", unit.level, levels)
        yield from _one_of(f"unit '{unit.id}'", "its kind", unit.kind, UNIT_KINDS)
    units = [unit.id for unit in plan.units]
    for tenant in plan.tenants:
        yield from _one_of(f"tenant '{tenant.name}'", "its category", tenant.category, CATEGORY_INDEX)
        yield from _one_of(f"tenant '{tenant.name}'", "its unit", tenant.unit, units)
    for entrance in plan.entrances:
        yield from _one_of(f"entrance '{entrance.id}'", "its level", entrance.level, levels)
        yield from _one_of(f"entrance '{entrance.id}'", "its kind", entrance.kind, ENTRANCE_KINDS)
        yield from _positive(f"entrance '{entrance.id}'", "its width_m", entrance.width_m)
        if entrance.share is not None and not 0 <= entrance.share <= 1:
            yield Problem(f"entrance '{entrance.id}'", f"{entrance.share}", "its share must be from 0 to 1", "correct it")
    for connector in plan.connectors:
        place = f"connector '{connector.id}'"
        yield from _one_of(place, "its kind", connector.kind, CONNECTOR_KINDS)
        yield from _positive(place, "its width_m", connector.width_m)
        if len(connector.stops) < 2:
            yield Problem(place, f"{len(connector.stops)} stops", "it must join two levels", "add a stop or remove it")
        for stop in connector.stops:
            yield from _one_of(place, "the level of its stop", stop.level, levels)
    entrances = [entrance.id for entrance in plan.entrances]
    for area in plan.parking:
        yield from _one_of(f"parking '{area.id}'", "its entrance", area.entrance, entrances)
        yield from _positive(f"parking '{area.id}'", "its number of gates", area.gates)
