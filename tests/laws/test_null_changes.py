"""What changes nothing for anybody changes nothing in the log but the names: other names, another order of a list, an idle tenant."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from shapely.geometry import box

from agents.membership import Memory
from agents.population import residents_of
from agents.visits import Visits
from sim.config import RunConfig
from sim.events import PLACE_TABLE
from sim.floorplan.compile import compile_plan
from sim.floorplan.plan import Door, FloorPlan, Tenant, Unit
from tests.catchments import with_one_more_household
from tests.engine_days import COLUMNS, Lived, day_config, live, parties
from tests.plan_samples import sound_plan


def few() -> RunConfig:
    config = day_config(150.0)
    config.catchment.residents = 3000
    return config


def lived(plan: FloorPlan, config: RunConfig) -> tuple[Lived, np.ndarray]:
    """Return a day on a plan, and the id of each event's place where it has one."""
    compiled = compile_plan(plan)
    day = live(compiled, config, [parties(config, compiled)])
    nodes = list(zip(compiled.arrays.node_level, compiled.arrays.node_x_m, compiled.arrays.node_y_m, strict=True))
    names = {"unit": compiled.unit_ids, "station": day.crowd.station_names, "entrance": compiled.entrance_ids, "node": nodes}
    tables = [PLACE_TABLE.get(int(kind), "") for kind in day.events["kind"]]
    places = [
        str(names[table][place]) if table in names else place for table, place in zip(tables, day.events["place"], strict=True)
    ]
    return day, np.array(places)


@pytest.fixture(scope="module")
def usual() -> tuple[Lived, np.ndarray]:
    return lived(sound_plan(), few())


def test_other_names_of_tenants_in_another_order_change_no_byte_of_the_log(usual):
    plan = sound_plan()
    plan.tenants = [dataclasses.replace(tenant, name=f"New {tenant.name}") for tenant in reversed(plan.tenants)]

    day, _ = lived(plan, few())
    assert usual[0].events["kind"].size > 1000
    assert day.digest == usual[0].digest


def test_units_in_another_order_change_only_what_places_are_numbered(usual):
    plan = sound_plan()
    plan.units = plan.units[::-1]

    day, places = lived(plan, few())
    for name in COLUMNS:
        if name not in ("place", "value"):  # values name units too
            assert np.array_equal(day.events[name], usual[0].events[name]), name
    assert np.array_equal(places, usual[1])


def test_a_tenant_whom_nobody_wants_or_notices_changes_nobodys_day():
    """Its trade is no need and has no appeal; nobody enters it by impulse or by mistake. Its door adds a node to the plan's graph."""
    config = few()
    config.choice.impulse_share = config.choice.wrong_turn_share = 0.0
    config.categories["services"].appeal = config.categories["services"].need_share = 0.0
    without, with_one = sound_plan(), sound_plan()
    with_one.units.append(Unit("F1-idle", "F1", "Idle", box(10, 18, 20, 28), "store", (Door(15, 18, 2.0),)))
    with_one.tenants.append(Tenant("Idle Corner", "services", "F1-idle", opens="10:00", closes="22:00"))
    without.units.append(Unit("F1-idle", "F1", "Idle", box(10, 18, 20, 28), "store", (Door(15, 18, 2.0),)))

    (one, places), (other, other_places) = lived(without, config), lived(with_one, config)
    for name in COLUMNS:
        if name != "place":
            assert np.array_equal(one.events[name], other.events[name]), name
    assert np.array_equal(places, other_places)


def test_one_more_household_leaves_the_day_of_everybody_else_where_there_is_room(usual):
    """Two parties meet in lines and crowds only; so whoever has left before the first of the new household arrives has the same log."""
    config, compiled = few(), compile_plan(sound_plan())
    residents = residents_of(config)
    more = with_one_more_household(residents)
    came = Visits(config, compiled, more, Memory(config, more)).arrivals(600, 1320)
    newcomers = came.resident >= residents.key.size
    first_us = int(came.arrive_us[newcomers].min())

    day = live(compiled, config, [came])
    before = {name: usual[0].events[name][usual[0].events["time_us"] < first_us] for name in COLUMNS}
    assert newcomers.any()
    assert before["kind"].size > 100
    for name in COLUMNS:
        assert np.array_equal(day.events[name][day.events["time_us"] < first_us], before[name]), name
