"""When a tenant is open: its own hours where tenants.csv gives them, within the mall's."""

from __future__ import annotations

import datetime

from sim.config import RunConfig
from sim.plan_arrays import CompiledPlan
from sim.units import minutes_from_hours


def mall_hours_min(config: RunConfig) -> tuple[int, int]:
    """Return opening and closing of the mall, in minutes after midnight."""
    return minutes_from_hours(config.operations.hours.opens), minutes_from_hours(config.operations.hours.closes)


def tenant_hours_min(compiled: CompiledPlan, config: RunConfig) -> list[tuple[int, int]]:
    """Return opening and closing of every unit."""
    opens, closes = mall_hours_min(config)
    weekday = datetime.date.fromisoformat(config.date).weekday()
    found = [_within(tenant, opens, closes) for tenant in compiled.tenants] or [(opens, closes)] * len(compiled.unit_ids)
    return [
        hours if index >= len(compiled.tenants) or trades_on(compiled.tenants[index], weekday) else (hours[0], hours[0])
        for index, hours in enumerate(found)
    ]


def trades_on(tenant: dict[str, object], weekday: int) -> bool:
    """Tell whether a tenant trades on a weekday, 0 for Monday."""
    weekdays = tenant.get("weekdays")
    return weekdays is None or weekday in weekdays  # type: ignore[operator]


def _within(tenant: dict[str, object], opens: int, closes: int) -> tuple[int, int]:
    first, last = (tenant.get(name) for name in ("opens", "closes"))
    own_opens = minutes_from_hours(first) if isinstance(first, str | int) and first != "" else opens
    own_closes = minutes_from_hours(last) if isinstance(last, str | int) and last != "" else closes
    return max(own_opens, opens), max(max(own_opens, opens), min(own_closes, closes))
