"""Signs in the hall: which nodes they are read from, and where old ones send those who look for a tenant that has moved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.plan_arrays import CompiledPlan
from sim.schema.layout import SignConfig

NOWHERE = -1
ALL_ENTRANCES, ALL_CONNECTORS = "entrances", "connectors"  # a sign at each


def put_signs(tables: Any, compiled: CompiledPlan, config: RunConfig) -> None:
    """Write signs into the records of nodes, units and parameters; raises ConfigError for signs at places that there are not."""
    layout, plan = config.layout, compiled.arrays
    one = tables.params[0]
    one.sign_factor, one.old_signs_share = layout.sign_factor, layout.old_signs_share
    index = {unit: number for number, unit in enumerate(compiled.unit_ids)}
    tables.units["was_at"] = [index.get(str(tenant.get("key")), NOWHERE) for tenant in compiled.tenants] or NOWHERE
    places = [list(_places_of(sign, compiled)) for sign in layout.signs]
    problems = [
        Problem(f"layout.signs[{number}]", sign.at or sign.level, "a sign hangs at a unit, an entrance, a connector or on a level",
                "name one by its id, or all: entrances, connectors; or give level, x_m and y_m")
        for number, (sign, found) in enumerate(zip(layout.signs, places, strict=True)) if not found
    ]  # fmt: skip
    if problems:
        raise ConfigError.of("the configuration", problems)
    for sign, found in zip(layout.signs, places, strict=True):
        for level, x_m, y_m in found:
            away_m = np.hypot(plan.node_x_m - x_m, plan.node_y_m - y_m)
            tables.nodes["is_signed"][(plan.node_level == level) & (away_m <= sign.reach_m)] = 1


def _places_of(sign: SignConfig, compiled: CompiledPlan) -> Iterator[tuple[int, float, float]]:
    """Yield level and point of each place where a sign hangs: a connector has one at each of its ends."""
    plan = compiled.arrays
    if not sign.at:
        if sign.level in compiled.level_ids:
            yield compiled.level_ids.index(sign.level), sign.x_m, sign.y_m
        return
    if sign.at == ALL_ENTRANCES:
        nodes = plan.entrance_node
    elif sign.at == ALL_CONNECTORS:
        nodes = np.unique(np.concatenate([plan.ride_from_node, plan.ride_to_node]))
    elif sign.at in compiled.unit_ids:
        unit = compiled.unit_ids.index(sign.at)
        nodes = plan.door_node[plan.unit_door_start[unit] : plan.unit_door_start[unit + 1]]
    elif sign.at in compiled.entrance_ids:
        entrance = compiled.entrance_ids.index(sign.at)
        nodes = plan.entrance_node[entrance : entrance + 1]
    elif sign.at in compiled.connector_ids:
        rides = plan.ride_connector == compiled.connector_ids.index(sign.at)
        nodes = np.unique(np.concatenate([plan.ride_from_node[rides], plan.ride_to_node[rides]]))
    else:
        return
    for node in nodes.tolist():
        yield int(plan.node_level[node]), float(plan.node_x_m[node]), float(plan.node_y_m[node])
